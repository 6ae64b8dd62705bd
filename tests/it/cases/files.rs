//! The text of a file.

use crate::support::oid;
use data_encoding::BASE64;

use super::draft::{own_chain, three_certificates};
use super::{Case, fail, not_applicable, pass};
use crate::support::der;
use crate::support::keys;
use crate::support::pem::{OPENSSL, Style};

/// The good chain's text, changed.
fn text(change: impl FnOnce(String) -> String) -> Vec<u8> {
    change(String::from_utf8(own_chain().file()).unwrap()).into_bytes()
}

fn styled(style: Style) -> Vec<u8> {
    style.certificates(&own_chain().certificates()).into_bytes()
}

/// The chain, and before it one more block.
fn after_block(label: &str, content: &[u8]) -> Vec<u8> {
    text(|text| OPENSSL.block(label, content) + &text)
}

/// The line that begins the second block.
fn second_begin() -> usize {
    let text = String::from_utf8(own_chain().file()).unwrap();
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.contains("BEGIN"))
        .nth(1)
        .unwrap()
        .0
        + 1
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

pub(super) fn cases() -> Vec<Case> {
    [
        styles(),
        boundaries(),
        contents(),
        others(),
        containers(),
        stray(),
        layouts(),
        whole_files(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const FORMAT: &str = "pem-format";

fn styles() -> Vec<Case> {
    vec![
        pass(
            FORMAT,
            "plain",
            "Two blocks as OpenSSL writes them.",
            || own_chain().file(),
        ),
        pass(FORMAT, "crlf", "Lines end with CR and LF.", || {
            styled(Style {
                line_break: "\r\n",
                ..OPENSSL
            })
        }),
        pass(FORMAT, "width-76", "Lines have 76 characters.", || {
            styled(Style {
                width: 76,
                ..OPENSSL
            })
        }),
        pass(
            FORMAT,
            "one-line",
            "All base64 of a block stands on one line.",
            || {
                styled(Style {
                    width: 0,
                    ..OPENSSL
                })
            },
        ),
        pass(
            FORMAT,
            "no-final-line-break",
            "The last line has no line break.",
            || text(|text| text.trim_end().to_owned()),
        ),
        pass(
            FORMAT,
            "blank-lines",
            "Blank lines stand between the blocks.",
            || text(|text| text.replace(END, "-----END CERTIFICATE-----\n\n")),
        ),
        pass(
            FORMAT,
            "indented-base64",
            "The base64 is indented by a tab, the boundaries are not.",
            || text(|text| text.replace('\n', "\n\t").replace("\t-", "-")),
        ),
        pass(
            FORMAT,
            "mixed-widths",
            "The third line of each block is cut in two, and its sixth joined to the next.",
            || text(|text| mixed_widths(&text)),
        ),
        pass(
            FORMAT,
            "blanks-at-line-ends",
            "Each line ends with two blanks.",
            || text(|text| text.replace('\n', "  \n")),
        ),
        pass(
            FORMAT,
            "blank-first-line",
            "A blank line stands behind each BEGIN, where OpenSSL expects the end of headers.",
            || text(|text| text.replace(BEGIN, &format!("{BEGIN}\n"))),
        ),
        pass(
            FORMAT,
            "text",
            "Text stands before the first block; another rule speaks of it.",
            || text(|text| format!("Acme Payments, production\n{text}")),
        ),
    ]
}

/// As people's editors leave base64.
fn mixed_widths(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for line in text.lines() {
        at = if line.starts_with('-') { 0 } else { at + 1 };
        match at {
            3 => {
                let (one, two) = line.split_at(20);
                out.push_str(&format!("{one}\n{two}\n"));
            }
            6 => out.push_str(line),
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

fn boundaries() -> Vec<Case> {
    let line = second_begin();
    vec![
        fail(
            FORMAT,
            "indented",
            "The blocks are indented by four spaces, as in a YAML file.",
            || {
                styled(Style {
                    indent: "    ",
                    ..OPENSSL
                })
            },
        )
        .error()
        .line(1)
        .error()
        .line(line),
        fail(
            FORMAT,
            "indented-end",
            "A blank stands before the last END.",
            || text(|text| text.trim_end().trim_end_matches(END).to_owned() + " " + END + "\n"),
        )
        .error(),
        fail(
            FORMAT,
            "carriage-returns",
            "Lines end with CR alone.",
            || {
                styled(Style {
                    line_break: "\r",
                    ..OPENSSL
                })
            },
        )
        .error()
        .line(1),
        fail(
            FORMAT,
            "blank-line",
            "A blank line stands between the second and the third line of the first block.",
            || text(|text| text.replacen('\n', "\n\n", 3).replacen("\n\n", "\n", 2)),
        )
        .error()
        .line(4),
        fail(
            FORMAT,
            "blank-last-line",
            "A blank line stands before the last END.",
            || text(|text| text.trim_end().trim_end_matches(END).to_owned() + "\n" + END + "\n"),
        )
        .error(),
        fail(
            FORMAT,
            "blank-first-line-width-76",
            "A blank line stands behind each BEGIN, and lines have 76 characters.",
            || {
                let wide = styled(Style {
                    width: 76,
                    ..OPENSSL
                });
                let wide = String::from_utf8(wide).unwrap();
                wide.replace(BEGIN, &format!("{BEGIN}\n")).into_bytes()
            },
        )
        .error()
        .line(2)
        .error(),
        fail(
            FORMAT,
            "glued",
            "The line break between END and BEGIN is missing.",
            || text(|text| text.replace(&format!("{END}\n{BEGIN}"), &format!("{END}{BEGIN}"))),
        )
        .error()
        .line(line - 1),
        fail(
            FORMAT,
            "unterminated",
            "The last END line is missing.",
            || text(|text| text.trim_end().trim_end_matches(END).to_owned()),
        )
        .error()
        .line(line),
        fail(
            FORMAT,
            "first-unterminated",
            "The first END line is missing.",
            || text(|text| text.replacen(&format!("{END}\n"), "", 1)),
        )
        .error()
        .line(1),
        fail(
            FORMAT,
            "stray-end",
            "The first BEGIN line is missing.",
            || text(|text| text.replacen(&format!("{BEGIN}\n"), "", 1)),
        )
        .error()
        .line(line - 2),
        fail(
            FORMAT,
            "other-label",
            "The first block ends with the label X509 CRL.",
            || text(|text| text.replacen(END, "-----END X509 CRL-----", 1)),
        )
        .error()
        .line(line - 1),
        fail(
            FORMAT,
            "four-dashes",
            "The first BEGIN line has four dashes at its end.",
            || text(|text| text.replacen(BEGIN, "-----BEGIN CERTIFICATE----", 1)),
        )
        .error()
        .line(1),
    ]
}

fn contents() -> Vec<Case> {
    vec![
        fail(
            FORMAT,
            "not-base64",
            "A character of the third line is `!`.",
            || {
                text(|mut text| {
                    let third = text.match_indices('\n').nth(1).unwrap().0 + 6;
                    text.replace_range(third..=third, "!");
                    text
                })
            },
        )
        .error()
        .line(3),
        fail(
            FORMAT,
            "padding-missing",
            "The padding at the end of the first padded block is missing.",
            || {
                let padded = |text: &str| text.contains("=\n");
                // One of these lengths needs padding.
                let found = (1_u8..4)
                    .map(|length| vec![0x55; usize::from(length)])
                    .map(|serial| {
                        let recipe = own_chain()
                            .leaf(|leaf| crate::support::certificate::Recipe { serial, ..leaf });
                        String::from_utf8(recipe.file()).unwrap()
                    });
                let text = found.into_iter().find(|text| padded(text)).unwrap();
                let end = text.find("=\n").unwrap() + 1;
                let (block, rest) = text.split_at(end);
                [block.trim_end_matches('='), rest].concat().into_bytes()
            },
        )
        .error(),
        fail(FORMAT, "empty-block", "The first block is empty.", || {
            text(|text| format!("{BEGIN}\n{END}\n{text}"))
        })
        .error()
        .line(1),
        fail(
            FORMAT,
            "headers",
            "The first block has a header line.",
            || text(|text| text.replacen(BEGIN, &format!("{BEGIN}\nX-Origin: mail\n"), 1)),
        )
        .error(),
        fail(
            FORMAT,
            "byte-order-mark",
            "A byte order mark stands before the first line.",
            || text(|text| format!("\u{FEFF}{text}")),
        )
        .error()
        .line(1),
        fail(
            FORMAT,
            "trusted-certificate",
            "The label is TRUSTED CERTIFICATE.",
            || text(|text| text.replacen("CERTIFICATE", "TRUSTED CERTIFICATE", 2)),
        )
        .error()
        .line(1),
        fail(
            FORMAT,
            "x509-certificate",
            "The label is X509 CERTIFICATE.",
            || text(|text| text.replacen("CERTIFICATE", "X509 CERTIFICATE", 2)),
        )
        .error()
        .line(1),
    ]
}

/// Blocks that are no certificates.
fn others() -> Vec<Case> {
    let other = |name: &'static str, made: &'static str, label: &'static str| {
        fail(FORMAT, name, made, move || {
            after_block(label, &der::sequence([der::small(1)]))
        })
        .error()
        .line(1)
    };
    vec![
        other(
            "certificate-request",
            "A certificate request stands before the chain.",
            "CERTIFICATE REQUEST",
        ),
        other(
            "crl",
            "A revocation list stands before the chain.",
            "X509 CRL",
        ),
        other("pkcs7", "A PKCS#7 block stands before the chain.", "PKCS7"),
        other(
            "parameters",
            "DH parameters stand before the chain.",
            "DH PARAMETERS",
        ),
        other(
            "unknown-label",
            "A block of an unknown label stands before the chain.",
            "ACME TICKET",
        ),
        fail(
            FORMAT,
            "public-key-alone",
            "The file holds a public key alone.",
            || {
                OPENSSL
                    .block("PUBLIC KEY", &keys::rsa(2048, "leaf").spki())
                    .into_bytes()
            },
        )
        .error()
        .line(1),
    ]
}

fn containers() -> Vec<Case> {
    let utf_16 = || {
        let text = String::from_utf8(own_chain().file()).unwrap();
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let content_info = |dotted: &str| {
        der::sequence([
            der::oid(&oid(dotted)),
            der::context(0, der::sequence([vec![0; 200]])),
        ])
    };
    vec![
        fail(FORMAT, "utf-16", "The file is UTF-16.", utf_16).error(),
        fail(FORMAT, "der", "The file is the leaf in DER.", || {
            own_chain().certificates().remove(0)
        })
        .error(),
        fail(
            FORMAT,
            "pkcs7-der",
            "The file begins as a PKCS#7 container does.",
            move || content_info("1.2.840.113549.1.7.2"),
        )
        .error(),
        fail(
            FORMAT,
            "pkcs12",
            "The file begins as a PKCS#12 container does.",
            move || der::sequence([der::small(3), content_info("1.2.840.113549.1.7.1")]),
        )
        .error(),
        fail(
            FORMAT,
            "java-key-store",
            "The file begins as a Java key store does.",
            || der::concat([&[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2][..], &[0; 64]]),
        )
        .error(),
        fail(FORMAT, "empty-file", "The file is empty.", Vec::new).error(),
        fail(FORMAT, "no-pem", "The file holds a sentence.", || {
            b"The chain comes tomorrow.\n".to_vec()
        })
        .error(),
        fail(
            FORMAT,
            "bare-base64",
            "The file holds base64 without BEGIN and END.",
            || (BASE64.encode(&own_chain().certificates()[0]) + "\n").into_bytes(),
        )
        .error(),
    ]
}

fn stray() -> Vec<Case> {
    let rule = "pem-stray-text";
    vec![
        pass(rule, "plain", "Blocks alone.", || own_chain().file()),
        pass(
            rule,
            "blank-lines",
            "Blank lines stand between the blocks.",
            || text(|text| text.replace(END, "-----END CERTIFICATE-----\n\n")),
        ),
        fail(
            rule,
            "before",
            "Text stands before the first block.",
            || text(|text| format!("subject=CN = acme-payments-prod\n{text}")),
        )
        .advice()
        .line(1),
        fail(rule, "between", "Comments stand before each block.", || {
            text(|text| text.replace(BEGIN, &format!("# a certificate\n{BEGIN}")))
        })
        .advice()
        .line(1),
        fail(rule, "after", "Text stands behind the last block.", || {
            text(|text| text + "# end of chain\n")
        })
        .advice(),
        not_applicable(
            rule,
            "no-certificate",
            "A sentence, and no certificate at all.",
            || b"The chain comes tomorrow.\n".to_vec(),
        ),
    ]
}

fn layouts() -> Vec<Case> {
    let rule = "pem-layout";
    let uniform = "../../examples/policies/uniform-layout.yaml";
    vec![
        pass(
            rule,
            "off",
            "All base64 of a block stands on one line, and the rule is off.",
            || {
                styled(Style {
                    width: 0,
                    ..OPENSSL
                })
            },
        ),
        pass(rule, "plain", "Two blocks as OpenSSL writes them.", || {
            own_chain().file()
        })
        .policy(uniform),
        pass(rule, "crlf", "The same with CR and LF.", || {
            styled(Style {
                line_break: "\r\n",
                ..OPENSSL
            })
        })
        .policy(uniform),
        fail(rule, "width-76", "Lines have 76 characters.", || {
            styled(Style {
                width: 76,
                ..OPENSSL
            })
        })
        .policy(uniform)
        .advice()
        .line(2),
        fail(
            rule,
            "trailing-blank",
            "The third line ends with a blank.",
            || text(|text| text.replacen('\n', " \n", 3).replacen(" \n", "\n", 2)),
        )
        .policy(uniform)
        .advice()
        .line(3),
        fail(
            rule,
            "mixed-line-breaks",
            "The first line ends with CR and LF.",
            || text(|text| text.replacen('\n', "\r\n", 1)),
        )
        .policy(uniform)
        .advice()
        .line(1),
        fail(
            rule,
            "no-final-line-break",
            "The last line has no line break.",
            || text(|text| text.trim_end().to_owned()),
        )
        .policy(uniform)
        .advice(),
        not_applicable(rule, "no-certificate", "A sentence.", || {
            b"The chain comes tomorrow.".to_vec()
        })
        .policy(uniform),
    ]
}

fn whole_files() -> Vec<Case> {
    let encrypted = "file-encrypted";
    let unreadable = "file-unreadable";
    let vault = || {
        b"$ANSIBLE_VAULT;1.1;AES256\n62313365396662343061393464336163383764373764613633653634306231386433626436623361\n".to_vec()
    };
    vec![
        pass(encrypted, "plain", "A plain PEM file.", || own_chain().file()).argument("--strict"),
        pass(encrypted, "without-strict", "A file of ansible-vault, checked without --strict.", vault)
            .argument("--allow-empty"),
        fail(encrypted, "ansible-vault", "A file of ansible-vault, checked with --strict.", vault)
            .argument("--strict")
            .error(),
        fail(encrypted, "git-crypt", "A file of git-crypt, checked with --strict.", || {
            b"\0GITCRYPT\0\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC".to_vec()
        })
        .argument("--strict")
        .error(),
        fail(encrypted, "age", "A file of age, checked with --strict.", || {
            b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n-----END AGE ENCRYPTED FILE-----\n".to_vec()
        })
        .argument("--strict")
        .error(),
        fail(encrypted, "sops", "A file of SOPS, checked with --strict.", || {
            b"{\"data\":\"ENC[AES256_GCM,data:cGVt,iv:aXY=,tag:dGFn,type:str]\",\"sops\":{\"mac\":\"ENC[AES256_GCM,data:bWFj,type:str]\",\"version\":\"3.9.0\"}}\n".to_vec()
        })
        .argument("--strict")
        .error(),
        pass(unreadable, "plain", "A file that can be read.", || three_certificates().file()),
        fail(unreadable, "too-large", "A file of 17 MiB.", || vec![b'\n'; 17 << 20]).error().ephemeral(),
    ]
}
