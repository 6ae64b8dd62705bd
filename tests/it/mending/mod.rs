//! `check --fix` and `--diff`.

mod diffs;
mod files;
mod mixtures;
mod refused;
mod rounds;

use crate::support::oid;
use std::fs;
use std::path::Path;

use crate::cases::draft::{other_key, own_chain, three_certificates};
use crate::support::certificate::Recipe;
use crate::support::name::Name;
use crate::support::pem::{OPENSSL, Style};
use crate::support::program::{self, chainlint};
use crate::support::{NOW, der, project};

/// Exit status, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let check = ["check", "--no-config", "--at", NOW, "--format", "concise"];
    program::run(folder, &[&check, arguments].concat())
}

/// Mends a file of this content: exit status, what is said, what the file holds afterwards.
fn mend(content: &[u8], arguments: &[&str]) -> (i32, String, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pem"), content).unwrap();
    let arguments = [&["a.pem"], arguments].concat();
    let (status, _, said) = run(folder.path(), &arguments);
    let after = fs::read(folder.path().join("a.pem")).unwrap();
    if after != content {
        let (_, _, again) = run(folder.path(), &arguments);
        assert!(!again.contains("mended"), "mended twice: {again}");
        assert_eq!(fs::read(folder.path().join("a.pem")).unwrap(), after);
    }
    (status, said, after)
}

/// A container of certificates and nothing else (RFC 5652 §5.1), as `openssl crl2pkcs7 -nocrl` makes it.
fn pkcs7(certificates: &[Vec<u8>]) -> Vec<u8> {
    let content = der::sequence([der::oid(&oid("1.2.840.113549.1.7.1"))]);
    let none = der::tlv(der::SET, []);
    let certificates = der::context(0, der::concat(certificates));
    let signed = der::sequence([der::small(1), none.clone(), content, certificates, none]);
    der::sequence([
        der::oid(&oid("1.2.840.113549.1.7.2")),
        der::context(0, signed),
    ])
}

fn stranger() -> Vec<u8> {
    Recipe::ca(Name::new("Other Root", "Other"), other_key()).self_signed()
}

#[test]
fn the_order_is_put_right() {
    let right = three_certificates().file();
    for wrong in [[3, 2, 1], [2, 1, 3], [1, 3, 2]] {
        let (status, said, after) = mend(&three_certificates().file_of(&wrong), &["--fix"]);
        assert_eq!(status, 0, "{said}");
        assert!(
            said.contains("mended a.pem: put the certificates in order"),
            "{said}"
        );
        assert!(after == right);
    }
}

#[test]
fn repetitions_and_strangers_go() {
    let right = own_chain().file();
    let repeated = own_chain().file_of(&[1, 2, 2]);
    assert!(mend(&repeated, &["--fix"]).2 == right);
    let with_stranger = [OPENSSL.block("CERTIFICATE", &stranger()).as_bytes(), &right].concat();
    let (status, said, after) = mend(&with_stranger, &["--fix"]);
    assert_eq!(status, 0, "{said}");
    assert!(after == right);
}

#[test]
fn text_goes_where_a_rule_asks_for_it_and_travels_along_where_none_does() {
    let text = |text: &str, number| [text.as_bytes(), &own_chain().file_of(&[number])].concat();
    let wrong = [text("the root\n", 2), text("the leaf\n", 1)].concat();
    assert!(mend(&wrong, &["--fix"]).2 == own_chain().file());
    let (_, said, after) = mend(&wrong, &["--fix", "--ignore", "pem-stray-text"]);
    let right = [text("the leaf\n", 1), text("the root\n", 2)].concat();
    assert!(after == right, "{said}");
}

#[test]
fn pem_that_openssl_does_not_read_is_written_anew() {
    let right = String::from_utf8(own_chain().file()).unwrap();
    let glued = right.replace("-----\n-----BEGIN", "----------BEGIN");
    let headers = right.replace(
        "BEGIN CERTIFICATE-----\n",
        "BEGIN CERTIFICATE-----\nX-Origin: mail\n\n",
    );
    for wrong in [
        glued,
        headers,
        right.replace(" CERT", " X509 CERT"),
        right.replace('\n', "\r"),
        right.replace('\n', "\n  "),
        right.replacen('\n', "\n\n", 4),
        right.replace("-----END", " -----END"),
        format!("\u{feff}{right}"),
    ] {
        assert_ne!(wrong, right);
        let (status, said, after) = mend(wrong.as_bytes(), &["--fix"]);
        assert_eq!(status, 0, "{said}");
        assert!(after == right.as_bytes(), "{wrong:?}");
    }
}

#[test]
fn a_file_that_is_mended_is_written_in_one_layout() {
    let crlf = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
    let wide = Style {
        width: 76,
        ..OPENSSL
    };
    let turned: Vec<Vec<u8>> = own_chain().certificates().into_iter().rev().collect();
    let right = own_chain().file();
    let wrong = wide.certificates(&turned);
    for (wrong, right) in [
        (wrong.clone(), right.clone()),
        (wrong.trim_end().to_owned(), right.clone()),
        (wrong.replacen('\n', "\r\n", 5), right.clone()),
        (
            crlf(wrong.clone().into_bytes()),
            crlf(right.clone()).into_bytes(),
        ),
        (
            crlf(wrong.clone().into_bytes()).replacen("\r\n", "\n", 5),
            crlf(right.clone()).into_bytes(),
        ),
        (
            format!("\u{feff}{}", crlf(wrong.clone().into_bytes())),
            crlf(right).into_bytes(),
        ),
    ] {
        assert!(mend(wrong.as_bytes(), &["--fix"]).2 == right);
    }
    // And one that is not mended stays as it is.
    let good = wide.certificates(&own_chain().certificates());
    assert!(mend(good.as_bytes(), &["--fix"]).2 == good.as_bytes());
}

#[test]
fn files_are_made_uniform_where_a_policy_asks_for_it() {
    let uniform = project("examples/policies/uniform-layout.yaml");
    let arguments = ["--fix", "--policy", uniform.to_str().unwrap()];
    let right = own_chain().file();
    let style = |width, line_break| Style {
        width,
        line_break,
        indent: "",
    };
    for wrong in [style(76, "\n"), style(0, "\n"), style(13, "\n")] {
        let wrong = wrong.certificates(&own_chain().certificates());
        let (_, said, after) = mend(wrong.as_bytes(), &arguments);
        assert!(
            said.contains("mended a.pem: laid the PEM out anew"),
            "{said}"
        );
        assert!(after == right);
    }
    let text = format!(
        "# the leaf\n\n{}",
        String::from_utf8(right.clone()).unwrap().trim_end()
    );
    let with_text = [&arguments[..], &["--ignore", "pem-stray-text"]].concat();
    let (_, _, after) = mend(text.as_bytes(), &with_text);
    assert!(after == format!("{text}\n").as_bytes());
}

#[test]
fn text_stays_where_it_is_unless_a_rule_asks_for_it_to_go() {
    let block = |number| String::from_utf8(own_chain().file_of(&[number])).unwrap();
    let (leaf, root) = (block(1), block(2));
    let repeated =
        format!("# leaf\n\n{leaf}\n# once more\n# the leaf\n{leaf}# root\n{root}# end\n");
    let right = format!("# leaf\n\n{leaf}\n# once more\n# the leaf\n# root\n{root}# end\n");
    let keep = ["--fix", "--ignore", "pem-stray-text"];
    let (_, said, after) = mend(repeated.as_bytes(), &keep);
    assert_eq!(String::from_utf8(after).unwrap(), right, "{said}");
    // Nor where it has other line breaks than are read.
    let right = format!("# leaf\n\n{leaf}\n# the root\n{root}# end\n");
    for ends in ["\r", "\r\n\r", "\r\r\n"] {
        let wrong = right.replace('\n', "\r");
        let wrong = wrong.replacen("# the root\r", &format!("# the root{ends}"), 1);
        let (_, said, after) = mend(wrong.as_bytes(), &keep);
        let more = if ends == "\r" { "\n" } else { "\n\n" };
        let right = right.replacen("# the root\n", &format!("# the root{more}"), 1);
        let after = String::from_utf8(after).unwrap();
        assert!(after.lines().eq(right.lines()), "{said}\n{after}");
    }
    let last = format!("{leaf}{root}# once more\n{root}");
    let (_, _, after) = mend(last.as_bytes(), &keep);
    assert!(after == format!("{leaf}{root}# once more\n").as_bytes());
    assert!(mend(repeated.as_bytes(), &["--fix"]).2 == own_chain().file());
}

#[test]
fn containers_become_pem() {
    let right = own_chain().file();
    let der = own_chain().certificates().concat();
    assert!(mend(&der, &["--fix"]).2 == right);
    let text = String::from_utf8(right.clone()).unwrap();
    let utf16 = |to: fn(u16) -> [u8; 2]| {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(to).collect::<Vec<u8>>()
    };
    assert!(mend(&utf16(u16::to_le_bytes), &["--fix"]).2 == right);
    assert!(mend(&utf16(u16::to_be_bytes), &["--fix"]).2 == right);
    assert!(mend(&utf16(u16::to_le_bytes)[2..], &["--fix"]).2 == right);
    assert!(mend(&utf16(u16::to_be_bytes)[2..], &["--fix"]).2 == right);
    let container = pkcs7(&own_chain().certificates());
    // The root first, as sets are sorted as they please.
    let turned: Vec<Vec<u8>> = own_chain().certificates().into_iter().rev().collect();
    assert!(mend(&container, &["--fix"]).2 == right);
    assert!(mend(&pkcs7(&turned), &["--fix"]).2 == right);
    for label in ["PKCS7", "CMS", "PKCS #7 SIGNED DATA"] {
        let block = OPENSSL.block(label, &container);
        assert!(mend(block.as_bytes(), &["--fix"]).2 == right);
        assert!(mend(format!("\u{feff}{block}").as_bytes(), &["--fix"]).2 == right);
    }
}

#[test]
fn what_cannot_be_mended_is_still_reported() {
    let expired = own_chain().leaf(|leaf| leaf.days(10)).file_of(&[2, 1]);
    let (status, said, after) = mend(&expired, &["--fix"]);
    assert_eq!(status, 1);
    assert!(said.contains("mended a.pem"), "{said}");
    assert!(after != expired);
}

#[test]
fn a_good_file_is_not_touched() {
    let right = own_chain().file();
    let (status, said, after) = mend(&right, &["--fix"]);
    assert_eq!((status, said.lines().count()), (0, 1), "{said}");
    assert!(after == right);
}

#[test]
fn a_run_says_how_much_it_has_mended_or_could() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a.pem"), own_chain().file_of(&[2, 1, 1])).unwrap();
    fs::write(
        at("b.pem"),
        own_chain().leaf(|leaf| leaf.days(10)).file_of(&[2, 1]),
    )
    .unwrap();
    let (_, _, said) = run(folder.path(), &["."]);
    assert!(
        said.ends_with("`--fix` would mend 3 of these; `--diff` shows how\n"),
        "{said}"
    );
    for quiet in [["--format", "json"], ["-q", "."]] {
        let output = chainlint(folder.path())
            .args(["check", "--no-config", "--at", NOW])
            .args(quiet)
            .output()
            .unwrap();
        assert!(
            !String::from_utf8(output.stderr)
                .unwrap()
                .contains("would mend")
        );
    }
    let (_, _, said) = run(folder.path(), &["--fix", "."]);
    assert!(
        said.ends_with("2 files mended; 2 errors in 1 file; 2 files checked\n"),
        "{said}"
    );
    let (_, _, said) = run(folder.path(), &["."]);
    assert!(
        said.ends_with("2 errors in 1 file; 2 files checked\n"),
        "{said}"
    );
}

#[test]
fn every_mistake_of_the_examples_is_mended_or_left_whole() {
    let folder = tempfile::tempdir().unwrap();
    for mistake in fs::read_dir(project("examples/mistakes")).unwrap() {
        let mistake = mistake.unwrap();
        let to = folder.path().join(mistake.file_name());
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(mistake.path()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    let (_, before, _) = run(folder.path(), &["."]);
    let (_, after, _) = run(folder.path(), &["--fix", "."]);
    let (_, again, said) = run(folder.path(), &["--fix", "."]);
    assert_eq!(after, again);
    assert!(!said.contains("mended"), "{said}");
    assert!(after.lines().count() < before.lines().count());
}
