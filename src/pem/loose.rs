//! Private keys that no label announces: base64 without BEGIN and END, hex, and the forms of other programs.
//!
//! Says only what is certain. Text that may or may not be secret is told by `doubt`.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};

use super::line::{Lines, pieces, slice, trim};
use super::shape::{Walk, begins_key, key_start, walk};
use super::{Block, Document, FaultKind, Label};
use crate::span::Span;

/// Characters of base64 or hex that are decoded to tell what they are.
const HEAD: usize = 256;

/// Lines that a head may be spread over; more would be fewer than four characters each.
const LINES: usize = 64;

/// Lines a file that are looked at for what begins there, as they may begin a key; a hostile file has millions.
const STARTS: usize = 10_000;

/// Characters of the shortest private value of a JWK: 16 bytes.
const SHORTEST_VALUE: usize = 22;

/// Beginnings of lines that are of private keys: `PuTTY`'s own form, `openssl rsa -text` and `openssl ec -text`.
const HEADS: [&str; 4] = [
    "PuTTY-User-Key-File-",
    "privateExponent:",
    "prime1:",
    "priv:",
];

/// Where private keys begin that stand in text, in a block of another label, or behind a certificate in its block.
pub(super) fn keys(bytes: &[u8], document: &Document) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut search = Search {
        bytes,
        starts: STARTS,
    };
    let faults = document.faults.iter();
    let headers = faults.filter(|fault| fault.kind == FaultKind::Headers);
    let headers = headers.map(|headers| headers.span);
    for text in document.texts.iter().copied().chain(headers) {
        found.extend(search.in_lines(text));
    }
    for block in &document.blocks {
        match block.label {
            Label::PrivateKey => {}
            Label::Certificate | Label::X509Certificate | Label::TrustedCertificate => {
                found.extend(block.begin_where(search.holds_key(block)));
            }
            Label::PublicKey
            | Label::CertificateRequest
            | Label::Crl
            | Label::Pkcs7
            | Label::Parameters
            | Label::Other => {
                let body = Span::new(block.begin.end, block.span.end);
                found.extend(block.begin_where(search.in_lines(body).is_some()));
            }
        }
    }
    found.sort_unstable();
    found
}

struct Search<'a> {
    bytes: &'a [u8],
    /// See [`STARTS`]: how many are left.
    starts: usize,
}

impl Search<'_> {
    /// Where the private key of a run of lines begins.
    fn in_lines(&mut self, span: Span) -> Option<Span> {
        let bytes = self.bytes;
        let lines: Vec<Span> = Lines::new(bytes, span.start)
            .take_while(|line| line.start < span.end)
            .flat_map(|line| pieces(bytes, line))
            .map(|line| trim(bytes, Span::new(line.start, line.end.min(span.end))))
            .filter(|line| !line.is_empty())
            .collect();
        let texts: Vec<&str> = lines
            .iter()
            .map(|line| std::str::from_utf8(slice(bytes, *line)).unwrap_or_default())
            .collect();
        let at = (0..texts.len())
            .find(|at| self.begins_here(texts.get(*at..).unwrap_or_default()))
            .or_else(|| member(&texts))?;
        lines.get(at).copied()
    }

    /// Whether a private key begins with the first of these lines.
    fn begins_here(&mut self, lines: &[&str]) -> bool {
        let first = lines.first().copied().unwrap_or_default();
        if is_marked(first) {
            return true;
        }
        // An element of DER begins with 0x30; OpenSSH's form with `openssh`.
        let base64 = base64_of(first).starts_with(['M', 'b']);
        let hex = hex_of(first).starts_with('3');
        if !base64 && !hex || self.starts == 0 {
            return false;
        }
        self.starts = self.starts.saturating_sub(1);
        (base64 && begins_key(&decoded_base64(lines))) || (hex && begins_key(&decoded_hex(lines)))
    }

    /// Whether a block of a certificate's label holds a private key, alone or behind the certificate.
    fn holds_key(&mut self, block: &Block) -> bool {
        let Some(content) = &block.content else {
            let body = Span::new(block.begin.end, block.span.end);
            return self.in_lines(body).is_some();
        };
        let der = &content.der;
        let is_certificate = walk(der) == Walk::Complete(der.len());
        !is_certificate && (begins_key(der) || key_start(der).is_some())
    }
}

/// Whether a line says itself that it is of a private key.
fn is_marked(line: &str) -> bool {
    let age = line.split("AGE-SECRET-KEY-1").nth(1).unwrap_or_default();
    HEADS.iter().any(|head| line.starts_with(head))
        || age.len() >= SHORTEST_VALUE
            && age
                .bytes()
                .take(SHORTEST_VALUE)
                .all(|byte| byte.is_ascii_alphanumeric())
}

/// The line with the private value of a JWK (RFC 7518 §6), or of XML's `RSAKeyValue`.
fn member(lines: &[&str]) -> Option<usize> {
    let has = |what: &str| lines.iter().any(|line| line.contains(what));
    if has("<RSAKeyValue") {
        return lines.iter().position(|line| line.contains("<D>"));
    }
    if !has("\"kty\"") {
        return None;
    }
    lines.iter().position(|line| {
        let mut values = line.split("\"d\"").skip(1);
        values.any(|rest| {
            let value = rest.trim_start().strip_prefix(':').unwrap_or_default();
            let value = value.trim_start().strip_prefix('"').unwrap_or_default();
            value.chars().take_while(|each| is_base64(*each)).count() >= SHORTEST_VALUE
        })
    })
}

/// What lines begin with, as base64, whatever stands beside it.
fn decoded_base64(lines: &[&str]) -> Vec<u8> {
    let plain = head(lines, base64_of).replace('-', "+").replace('_', "/");
    BASE64.decode(plain.as_bytes()).unwrap_or_default()
}

/// What lines begin with, as hex.
fn decoded_hex(lines: &[&str]) -> Vec<u8> {
    let digits = head(lines, hex_of);
    HEXLOWER_PERMISSIVE
        .decode(digits.as_bytes())
        .unwrap_or_default()
}

/// The first characters of some lines, of each what `part` takes from it.
fn head(lines: &[&str], part: fn(&str) -> String) -> String {
    let mut head = String::new();
    for line in lines.iter().take(LINES) {
        let part = part(line);
        if part.is_empty() || head.len() >= HEAD {
            break;
        }
        head.push_str(&part);
    }
    let length = head.len().min(HEAD);
    head.truncate(length.saturating_sub(length % 4));
    head
}

/// The longest run of base64 in a line, without its padding.
fn base64_of(line: &str) -> String {
    let runs = line.split(|each| !is_base64(each));
    let longest = runs.max_by_key(|run| run.len());
    longest.unwrap_or_default().to_owned()
}

/// Whether a character is one of base64, in either alphabet.
fn is_base64(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_')
}

/// The hex digits of a line: what is left of its longest run of digits and what parts them, without the offset that
/// dumps begin with.
fn hex_of(line: &str) -> String {
    let offset = line.split_once(':').filter(|(offset, _)| {
        offset.len() >= 6 && offset.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let (line, _) = offset.map_or((line, ""), |(_, rest)| {
        let rest = rest.trim_start();
        // What `xxd` prints as text stands behind two blanks.
        rest.split_once("  ").unwrap_or((rest, ""))
    });
    let line = line.replace("0x", " ").replace("\\x", " ");
    let runs =
        line.split(|each: char| !each.is_ascii_hexdigit() && !matches!(each, ':' | ' ' | ','));
    let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
    longest.chars().filter(char::is_ascii_hexdigit).collect()
}

impl Block {
    /// Its BEGIN line, if so.
    fn begin_where(&self, so: bool) -> Option<Span> {
        so.then_some(self.begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    use crate::pem::samples::{block, certificate, keys as samples, noise, wrap};
    use crate::pem::{Limits, scan};

    /// The lines at which private keys are found.
    fn found(text: &str) -> Vec<&str> {
        let document = scan(text.as_bytes(), Limits::default());
        let line = |span: &Span| text.get(span.start..span.end).expect("on characters");
        document.loose_keys.iter().map(line).collect()
    }

    fn hex(der: &[u8]) -> String {
        HEXLOWER.encode(der)
    }

    #[test]
    fn keys_without_a_label_are_found_whatever_stands_beside_their_lines() {
        let mut keys = samples();
        // The sample's algorithm is none that encrypts.
        let (_, encrypted) = keys.pop().expect("a key");
        let plain = wrap(&encrypted, 64, "", "\n");
        assert!(found(&plain).is_empty());
        let openssh = [b"openssh-key-v1\0".as_slice(), &noise(4, 300)].concat();
        keys.push(("openssh", openssh));
        for (name, key) in keys {
            for width in [4, 10, 12, 64, 76, 10_000] {
                for before in ["", "# ", "    ", "> ", "key: ", "L: "] {
                    let lines = wrap(&key, width, before, "\n");
                    // A line whose prefix is longer than its base64 is unknown text.
                    if width == 4 && before == "key: " {
                        continue;
                    }
                    let text = format!("{0}{lines}{0}", block("CERTIFICATE", &certificate()));
                    let first = lines.lines().next().map(str::trim);
                    assert_eq!(
                        found(&text),
                        Vec::from_iter(first),
                        "{name} {width} {before:?}"
                    );
                }
            }
            if name == "openssh" {
                continue;
            }
            let digits = hex(&key);
            let pairs: Vec<String> = key.iter().map(|byte| format!("{byte:02X}")).collect();
            let words: Vec<String> = key.iter().map(|byte| format!("0x{byte:02x}")).collect();
            for text in [
                digits.clone(),
                format!("key: {digits}"),
                pairs.join(":"),
                pairs
                    .chunks(15)
                    .map(|line| line.join(":") + ":\n")
                    .collect(),
                words
                    .chunks(8)
                    .map(|line| line.join(", ") + ",\n")
                    .collect(),
            ] {
                assert_eq!(found(&text).len(), 1, "{name}: {text}");
            }
        }
    }

    #[test]
    fn the_forms_of_other_programs_are_found() {
        let value = wrap(&noise(6, 40), 100, "", "")
            .replace('+', "-")
            .replace('/', "_");
        for text in [
            format!("AGE-SECRET-KEY-1{}", "Q".repeat(58)),
            "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none".to_owned(),
            format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"{value}\"}}"),
            format!("{{\n  \"d\" : \"{value}\",\n  \"kty\": \"OKP\"\n}}"),
            format!("<RSAKeyValue><Modulus>{value}</Modulus><D>{value}</D></RSAKeyValue>"),
            "Private-Key: (2048 bit)\nprivateExponent:\n    00:aa:bb".to_owned(),
            "priv:\n    00:aa:bb".to_owned(),
        ] {
            assert_eq!(found(&text).len(), 1, "{text}");
        }
        for text in [
            format!("{{\"kty\":\"EC\",\"x\":\"{value}\",\"y\":\"{value}\"}}"),
            format!("<RSAKeyValue><Modulus>{value}</Modulus></RSAKeyValue>"),
            "AGE-SECRET-KEY-1".to_owned(),
            "the private key is kept elsewhere".to_owned(),
            "Public-Key: (2048 bit)\nModulus:\n    00:aa:bb".to_owned(),
            wrap(&certificate(), 64, "", "\n"),
            hex(&certificate()),
        ] {
            assert_eq!(found(&text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_key_under_another_label_is_found_at_its_begin() {
        let (_, key) = samples().swap_remove(2);
        for label in [
            "CERTIFICATE",
            "PUBLIC KEY",
            "ACME TICKET",
            "CERTIFICATE REQUEST",
        ] {
            let text = block(label, &key);
            assert_eq!(found(&text), [format!("-----BEGIN {label}-----")]);
        }
        let header = wrap(&key, 10_000, "X-Key: ", "\n\n");
        let header = block("CERTIFICATE", &certificate()).replacen('\n', &format!("\n{header}"), 1);
        assert_eq!(
            found(&header),
            header.lines().nth(1).into_iter().collect::<Vec<_>>()
        );
        let behind = block("CERTIFICATE", &[certificate(), key.clone()].concat());
        assert_eq!(found(&behind), ["-----BEGIN CERTIFICATE-----"]);
        let damaged = block("CERTIFICATE", &key).replace("-----END", "#\n-----END");
        assert_eq!(found(&damaged), ["-----BEGIN CERTIFICATE-----"]);
        assert!(found(&block("CERTIFICATE", &certificate())).is_empty());
        assert!(found(&block("PRIVATE KEY", &key)).is_empty());
    }
}
