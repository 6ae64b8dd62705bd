//! PEM as people and programs write it.

use data_encoding::BASE64;

/// How to write a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Characters a line of base64; 0 for one line.
    pub(crate) width: usize,
    pub(crate) line_break: &'static str,
    pub(crate) indent: &'static str,
}

pub(crate) const OPENSSL: Style = Style {
    width: 64,
    line_break: "\n",
    indent: "",
};

impl Style {
    pub(crate) fn block(&self, label: &str, content: &[u8]) -> String {
        let base64 = BASE64.encode(content);
        let width = if self.width == 0 {
            base64.len().max(1)
        } else {
            self.width
        };
        let begin = format!("-----BEGIN {label}-----");
        let end = format!("-----END {label}-----");
        let lines = base64
            .as_bytes()
            .chunks(width)
            .map(|line| std::str::from_utf8(line).unwrap());
        std::iter::once(begin.as_str())
            .chain(lines)
            .chain([end.as_str()])
            .map(|line| format!("{}{line}{}", self.indent, self.line_break))
            .collect()
    }

    pub(crate) fn certificates<C: AsRef<[u8]>>(&self, certificates: &[C]) -> String {
        certificates
            .iter()
            .map(|der| self.block("CERTIFICATE", der.as_ref()))
            .collect()
    }
}

/// Certificates one after the other, as `cat` of OpenSSL's files makes them.
pub(crate) fn chain<C: AsRef<[u8]>>(certificates: &[C]) -> String {
    OPENSSL.certificates(certificates)
}
