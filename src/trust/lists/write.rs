//! The file of trusted lists as text.

use std::fmt::{self, Display, Formatter, Write};

use data_encoding::{BASE64, HEXLOWER};
use time::OffsetDateTime;

use super::{Service, TrustedList, TrustedLists};
use crate::source::escape;
use crate::x509::Instant;

/// What the file says of itself.
const HEADER: &str = "\
# CA certificates of qualified website authentication services, taken from EU trusted lists
# (ETSI TS 119 612) by `chainlint trust import`. Do not edit: import the lists again.
#
# THE XML SIGNATURE OF THE LISTS WAS NOT VERIFIED. What stands here is as genuine as the files that
# were imported: compare `sha256` with a copy that was fetched over https from the address which the
# EU's list of lists gives for the country.
version: 1
";

/// Octets of a certificate a line of PEM (RFC 7468 §2: 64 characters).
const OCTETS_A_LINE: usize = 48;

/// The text of the file, the same for the same lists.
impl Display for TrustedLists {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(HEADER)?;
        if self.lists.is_empty() {
            return out.write_str("trusted_lists: []\n");
        }
        out.write_str("trusted_lists:\n")?;
        self.lists.iter().try_for_each(|one| list(out, one))
    }
}

fn list(out: &mut Formatter<'_>, list: &TrustedList) -> fmt::Result {
    writeln!(out, "  - territory: {}", Quoted(&list.territory))?;
    writeln!(out, "    operator: {}", Quoted(&list.operator))?;
    writeln!(out, "    sequence: {}", list.sequence)?;
    writeln!(out, "    issued: \"{}\"", instant(list.issued))?;
    if let Some(next) = list.next_update {
        writeln!(out, "    next_update: \"{}\"", instant(next))?;
    }
    writeln!(out, "    file: {}", Quoted(&list.file))?;
    writeln!(out, "    sha256: \"{}\"", HEXLOWER.encode(&list.sha256))?;
    if list.services.is_empty() {
        return out.write_str("    services: []\n");
    }
    out.write_str("    services:\n")?;
    list.services.iter().try_for_each(|one| service(out, one))
}

fn service(out: &mut Formatter<'_>, service: &Service) -> fmt::Result {
    let since = instant(service.status_since);
    writeln!(out, "      - provider: {}", Quoted(&service.provider))?;
    writeln!(out, "        name: {}", Quoted(&service.name))?;
    writeln!(out, "        status_since: \"{since}\"")?;
    out.write_str("        certificates:\n")?;
    for certificate in &service.certificates {
        out.write_str("          - |\n")?;
        out.write_str("            -----BEGIN CERTIFICATE-----\n")?;
        for line in certificate.der.chunks(OCTETS_A_LINE) {
            writeln!(out, "            {}", BASE64.encode(line))?;
        }
        out.write_str("            -----END CERTIFICATE-----\n")?;
    }
    Ok(())
}

/// RFC 3339, to the second.
fn instant(at: OffsetDateTime) -> Instant {
    Instant::from_unix(at.unix_timestamp())
}

/// A text as a quoted YAML scalar: on one line, whatever stands in it.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_char('"')?;
        let mut buffer = [0; 4];
        for character in self.0.chars() {
            let text: &str = character.encode_utf8(&mut buffer);
            if matches!(character, '"' | '\\') {
                write!(out, "\\{character}")?;
            } else if is_noncharacter(character) || escape(text) != text {
                write!(out, "\\U{:08X}", u32::from(character))?;
            } else {
                out.write_char(character)?;
            }
        }
        out.write_char('"')
    }
}

/// U+FFFE and U+FFFF, which no YAML text may hold (YAML 1.2 §5.1).
fn is_noncharacter(character: char) -> bool {
    matches!(character, '\u{FFFE}' | '\u{FFFF}')
}
