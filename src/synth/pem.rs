//! PEM as people and programs write it.

use data_encoding::BASE64;

/// How to write a block.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Characters a line of base64; 0 for one line.
    pub width: usize,
    /// What ends a line.
    pub line_break: &'static str,
    /// What stands before each line.
    pub indent: &'static str,
}

/// As OpenSSL writes.
pub const OPENSSL: Style = Style {
    width: 64,
    line_break: "\n",
    indent: "",
};

impl Style {
    /// One block.
    #[must_use]
    pub fn block(&self, label: &str, content: &[u8]) -> String {
        let base64 = BASE64.encode(content);
        let width = if self.width == 0 {
            base64.len().max(1)
        } else {
            self.width
        };
        let begin = format!("-----BEGIN {label}-----");
        let end = format!("-----END {label}-----");
        let lines = base64.as_bytes().chunks(width).map(String::from_utf8_lossy);
        let lines = std::iter::once(begin.into()).chain(lines);
        let mut block = String::with_capacity(base64.len() + base64.len() / 32 + 64);
        for line in lines.chain([end.into()]) {
            block.push_str(self.indent);
            block.push_str(&line);
            block.push_str(self.line_break);
        }
        block
    }

    /// Certificates one after the other.
    #[must_use]
    pub fn certificates<C: AsRef<[u8]>>(&self, certificates: &[C]) -> String {
        certificates
            .iter()
            .map(|der| self.block("CERTIFICATE", der.as_ref()))
            .collect()
    }
}

/// Certificates one after the other, as `cat` of OpenSSL's files makes them.
#[must_use]
pub fn chain<C: AsRef<[u8]>>(certificates: &[C]) -> String {
    OPENSSL.certificates(certificates)
}
