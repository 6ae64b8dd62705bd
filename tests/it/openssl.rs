//! What OpenSSL cannot read is a finding, and what it reads is none, where there is an openssl.

use std::fs;
use std::process::{Command, Stdio};

use crate::cases::draft::own_chain;
use crate::golden::has_openssl;
use crate::support::pem::{OPENSSL, Style};
use crate::support::program::{check, findings};

/// The chain in one of the many ways in which people's tools leave PEM.
fn variants() -> Vec<(String, String)> {
    let style = |width, line_break, indent| Style {
        width,
        line_break,
        indent,
    };
    let write = |style: Style| style.certificates(&own_chain().certificates());
    let plain = write(OPENSSL);
    let begin = "-----BEGIN CERTIFICATE-----";
    let end = "-----END CERTIFICATE-----";
    let mut all = Vec::new();
    let mut add = |name: &str, text: String| all.push((name.to_owned(), text));
    for width in [
        0, 1, 3, 13, 63, 64, 65, 76, 253, 254, 255, 256, 508, 1023, 1024,
    ] {
        let text = write(style(width, "\n", ""));
        add(&format!("width {width}"), text.clone());
        add(
            &format!("width {width}, blank first line"),
            text.replace(begin, &format!("{begin}\n")),
        );
        add(
            &format!("width {width}, indented base64"),
            text.replace('\n', "\n ").replace(" -", "-"),
        );
    }
    for (name, line_break) in [
        ("CRLF", "\r\n"),
        ("CR", "\r"),
        ("CR CR LF", "\r\r\n"),
        ("LF CR", "\n\r"),
    ] {
        add(name, write(style(64, line_break, "")));
    }
    for indent in [" ", "\t", "    ", "\u{b}"] {
        add(
            &format!("indent {indent:?}"),
            write(style(64, "\n", indent)),
        );
        add(
            &format!("begin behind {indent:?}"),
            plain.replace(begin, &format!("{indent}{begin}")),
        );
        add(
            &format!("end behind {indent:?}"),
            plain.replace(end, &format!("{indent}{end}")),
        );
    }
    for space in [" ", "\t", "\r", "\u{b}", "\u{c}", "  \t", "\u{b} \r"] {
        add(
            &format!("{space:?} behind lines"),
            plain.replace('\n', &format!("{space}\n")),
        );
        for line in [1, 2, 3] {
            let at = plain.match_indices('\n').nth(line).unwrap().0 + 1;
            for (what, at) in [("before", at), ("inside of", at + 10)] {
                let mut text = plain.clone();
                text.insert_str(at, space);
                add(&format!("{space:?} {what} line {line}"), text);
            }
        }
    }
    for blank in ["\n", " \n", "\r\n", "\n\n", "\u{b}\n"] {
        for line in [0, 1, 5] {
            let at = plain.match_indices('\n').nth(line).unwrap().0 + 1;
            let mut text = plain.clone();
            text.insert_str(at, blank);
            add(&format!("{blank:?} behind line {line}"), text);
        }
        add(
            &format!("{blank:?} before END"),
            plain.replace(end, &format!("{blank}{end}")),
        );
        add(
            &format!("{blank:?} between blocks"),
            plain.replace(begin, &format!("{blank}{begin}")),
        );
    }
    add("no final line break", plain.trim_end().to_owned());
    add(
        "text",
        format!(
            "text\n{}\nmore text\n",
            plain.replace(begin, &format!("# one\n{begin}"))
        ),
    );
    add(
        "headers",
        plain.replace(begin, &format!("{begin}\nProc-Type: 1\n")),
    );
    add(
        "glued",
        plain.replace(&format!("{end}\n{begin}"), &format!("{end}{begin}")),
    );
    add("five dashes alone", plain.replacen('\n', "\n-----\n", 1));
    add(
        "another label",
        plain.replace(end, "-----END X509 CERTIFICATE-----"),
    );
    add(
        "four dashes",
        plain.replace(end, "-----END CERTIFICATE----"),
    );
    all
}

/// How many certificates OpenSSL finds in a file; `None` where it gives up.
fn read_by_openssl(file: &std::path::Path) -> Option<usize> {
    let container = Command::new("openssl")
        .args(["crl2pkcs7", "-nocrl", "-certfile"])
        .arg(file)
        .output()
        .unwrap();
    if !container.status.success() {
        return None;
    }
    let container_file = file.with_extension("p7b");
    fs::write(&container_file, container.stdout).unwrap();
    let printed = Command::new("openssl")
        .args(["pkcs7", "-print_certs", "-in"])
        .arg(container_file)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    Some(printed.matches("BEGIN CERTIFICATE").count())
}

#[test]
fn what_openssl_does_not_read_is_a_finding_and_what_it_reads_is_none() {
    if !has_openssl() {
        eprintln!("skipped: no openssl");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let variants = variants();
    for (at, (_, text)) in variants.iter().enumerate() {
        fs::write(folder.path().join(format!("{at}.pem")), text).unwrap();
    }
    let (report, _) = check(
        folder.path(),
        &["--no-config", "--select", "pem-format", "."],
    );
    let mut wrong = Vec::new();
    for (at, (name, _)) in variants.iter().enumerate() {
        let file = format!("{at}.pem");
        let found = findings(&report).iter().any(|found| found["path"] == *file);
        let read = read_by_openssl(&folder.path().join(&file));
        if found == (read == Some(2)) {
            wrong.push(format!("{name}: OpenSSL reads {read:?}, found: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(variants.len() > 100);
}
