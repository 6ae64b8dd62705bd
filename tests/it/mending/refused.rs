//! What `--fix` leaves as it is, and the reason that it gives.

use data_encoding::BASE64;

use super::rounds::four;
use super::{mend, pkcs7};
use crate::cases::draft::{intermediate_key, other_key, own_chain, three_certificates};
use crate::support::certificate::Recipe;
use crate::support::name::Name;
use crate::support::pem::OPENSSL;
use crate::support::{der, keys, oid};

/// A file that stays as it is, byte for byte, whatever may be mended in it.
fn left(content: &[u8], why: &str) {
    for scope in ["--fix", "--fix=all"] {
        let (status, said, after) = mend(content, &[scope]);
        assert!(after == content, "{why}: {said}");
        assert!(
            said.contains(&format!("left a.pem: {why}")),
            "{why}: {said}"
        );
        assert_ne!(status, 2);
    }
}

fn utf16(text: &str) -> Vec<u8> {
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn text(numbers: &[usize]) -> String {
    String::from_utf8(own_chain().file_of(numbers)).unwrap()
}

#[test]
fn a_private_key_wherever_it_stands() {
    let key = own_chain().leaf.key.private_pkcs8();
    let wrong = text(&[2, 1]);
    let block = OPENSSL.block("PRIVATE KEY", &key);
    left(
        format!("{wrong}{block}").as_bytes(),
        "it holds a private key (line 4",
    );
    let loose = "it holds a private key, which no label announces (line 1)";
    let base64 = BASE64.encode(&key);
    left(format!("{base64}\n{wrong}").as_bytes(), loose);
    left(
        format!("AGE-SECRET-KEY-1{}\n{wrong}", "Q".repeat(58)).as_bytes(),
        loose,
    );
    let all = [own_chain().certificates(), vec![key.clone()]].concat();
    left(&all.concat(), "certificate 3 in it is damaged, or is none");
    left(&pkcs7(&all), "certificate 3 in it is damaged, or is none");
    left(&utf16(&format!("{wrong}{block}")), "it holds a private key");
    left(
        &utf16(&format!("{wrong}{base64}\n")),
        "it holds a private key, which no label announces",
    );
}

#[test]
fn text_that_may_be_secret_neither_goes_nor_moves() {
    let why = "nobody can tell that the text in it is no secret (line 1)";
    for secret in [
        "password = hunter2",
        "# Zq7xWw9KdL0p",
        "4f:22:aa:bb:9d:10:5e:77:c1",
    ] {
        left(format!("{secret}\n{}", text(&[1, 2])).as_bytes(), why);
        let wrong = format!("{secret}\n{}", text(&[2, 1]));
        let (_, said, after) = mend(wrong.as_bytes(), &["--fix", "--ignore", "pem-stray-text"]);
        assert!(after == wrong.as_bytes(), "{said}");
        assert!(said.contains(why), "{said}");
    }
    // Headers inside of a block go as well where it is written anew.
    let header = text(&[1, 2]).replacen("-----\n", "-----\nX-Note: Zq7xWw9KdL0p\n\n", 1);
    left(
        header.as_bytes(),
        "nobody can tell that the headers of a block in it are no secret (line 2)",
    );
    // What it has nothing to do with is mended.
    let repeated = format!("password = hunter2\n{}", text(&[1, 2, 2]));
    let (_, said, after) = mend(repeated.as_bytes(), &["--fix"]);
    assert!(after == format!("password = hunter2\n{}", text(&[1, 2])).as_bytes());
    assert!(
        said.contains(
            "mended a.pem: dropped repeated certificates; left the rest: nobody can tell"
        ),
        "{said}"
    );
}

#[test]
fn containers_that_hold_more_than_certificates() {
    let certificates = own_chain().certificates();
    let good = pkcs7(&certificates);
    let key = own_chain().leaf.key.private_pkcs8();
    left(
        &[good.clone(), key].concat(),
        "something follows its PKCS#7 container",
    );
    left(
        &[good.clone(), good.clone()].concat(),
        "something follows its PKCS#7 container",
    );
    left(
        &[good.as_slice(), b"\n"].concat(),
        "something follows its PKCS#7 container",
    );
    let signed = |content: Vec<u8>, certificates: Vec<Vec<u8>>, rest: Vec<Vec<u8>>| {
        let none = der::tlv(der::SET, []);
        let certificates = der::context(0, der::concat(&certificates));
        let parts = [vec![der::small(1), none, content, certificates], rest].concat();
        der::sequence([
            der::oid(&oid("1.2.840.113549.1.7.2")),
            der::context(0, der::sequence(parts)),
        ])
    };
    let data = || der::oid(&oid("1.2.840.113549.1.7.1"));
    let empty = || der::sequence([data()]);
    let none = || der::tlv(der::SET, []);
    let octets = || der::tlv(0x04, [1, 2, 3]);
    left(
        &signed(
            der::sequence([data(), der::context(0, octets())]),
            certificates.clone(),
            vec![none()],
        ),
        "its PKCS#7 container holds signed content",
    );
    left(
        &signed(
            empty(),
            certificates.clone(),
            vec![der::context(1, octets()), none()],
        ),
        "its PKCS#7 container holds revocation lists",
    );
    left(
        &signed(
            empty(),
            certificates.clone(),
            vec![der::tlv(der::SET, octets())],
        ),
        "its PKCS#7 container holds signatures",
    );
    let attributes = der::context(1, octets());
    left(
        &signed(
            empty(),
            [certificates.clone(), vec![attributes]].concat(),
            vec![none()],
        ),
        "its PKCS#7 container holds something else than certificates",
    );
    left(
        &signed(empty(), vec![certificates[0].clone(); 1001], vec![none()]),
        "its PKCS#7 container holds more than 1000 certificates",
    );
    left(
        &signed(empty(), Vec::new(), vec![none()]),
        "its PKCS#7 container holds no certificate",
    );
    left(
        &good[..good.len() - 100],
        "its PKCS#7 container is damaged, or not in DER",
    );
    let block = OPENSSL.block("PKCS7", &good);
    left(
        format!("Acme\n{block}").as_bytes(),
        "text stands beside its PKCS#7 container (line 1)",
    );
    left(
        format!("{}{block}", text(&[1, 2])).as_bytes(),
        "a PKCS#7 container stands beside something else in it (line 4",
    );
    left(
        &block.replace('M', "!").into_bytes(),
        "its PKCS#7 container is damaged: it is no base64",
    );
}

#[test]
fn what_is_damaged() {
    let certificates = own_chain().certificates();
    let damaged = {
        let mut der = certificates[1].clone();
        // No SEQUENCE any more.
        der[4] ^= 1;
        der
    };
    let both = [certificates[0].clone(), damaged];
    let why = "certificate 2 in it is damaged, or is none";
    left(&both.concat(), why);
    left(&pkcs7(&both), why);
    left(
        &[certificates[0].as_slice(), b"\n"].concat(),
        "what follows certificate 1 in it is no certificate",
    );
    let chain = text(&[1, 2]);
    let cut = utf16(&chain);
    left(&cut[..cut.len() - 1], "it is UTF-16, and damaged");
    let begin = "-----BEGIN CERTIFICATE-----\n";
    let end = "-----END CERTIFICATE-----\n";
    for (wrong, why) in [
        (
            format!("{begin}AAAA\n{end}{chain}"),
            "a certificate in it is damaged",
        ),
        (
            format!("{begin}{end}{chain}"),
            "a block in it is empty (line 1)",
        ),
        (
            chain.replacen("MII", "M#I", 1),
            "a certificate in it is damaged: a character is not base64 (line 2)",
        ),
        (
            chain.replacen(end, "", 1),
            "a block in it has no END (line 1)",
        ),
        (chain.replacen(begin, "", 1), "an END in it has no BEGIN"),
        (
            chain.replacen(begin, "-----BEGIN CERTIFICATE----\n", 1),
            "a BEGIN or END in it is not written as one",
        ),
        (
            chain.replace(" CERT", " TRUSTED CERT"),
            "a certificate in it has OpenSSL's trust settings",
        ),
        (
            chain.replacen(end, &format!("AAAA\n{end}"), 1),
            "a certificate in it is damaged",
        ),
    ] {
        // With something to mend beside it.
        left(format!("{wrong}{}", text(&[2])).as_bytes(), why);
    }
}

#[test]
fn what_is_no_chain() {
    let chain = text(&[2, 1]);
    let block = |label: &str| OPENSSL.block(label, &[0x30, 0]) + &chain;
    left(
        block("CERTIFICATE REQUEST").as_bytes(),
        "it holds a certificate request (line 1)",
    );
    left(
        block("X509 CRL").as_bytes(),
        "it holds a revocation list (line 1)",
    );
    left(
        block("ACME TICKET").as_bytes(),
        "it holds a block of another kind (line 1)",
    );
    left(b"", "it is empty");
    left(b"nothing\n", "it holds no PEM");
    let pkcs12 = der::sequence([
        der::small(3),
        der::sequence([
            der::oid(&oid("1.2.840.113549.1.7.1")),
            der::context(0, vec![0; 200]),
        ]),
    ]);
    left(
        &pkcs12,
        "it is a PKCS#12 container, which may hold a private key",
    );
    let store = [&[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2][..], &[0; 64]].concat();
    left(
        &store,
        "it is a Java key store, which may hold a private key",
    );
}

#[test]
fn several_leaves_whatever_else_there_is_to_mend() {
    let why = "it holds several leaves, and which of them is meant is not for a program to say";
    let other = Recipe::leaf(Name::new("other", "Acme Payments"), other_key());
    let other = OPENSSL.block("CERTIFICATE", &other.sign(&own_chain().root));
    let chain = text(&[1, 2]);
    left(format!("{chain}{other}{other}").as_bytes(), why);
    left(format!("# text\n{chain}{other}").as_bytes(), why);
    left(format!("\u{feff}{chain}{other}").as_bytes(), why);
    let all = [
        own_chain().certificates(),
        own_chain().leaf(|leaf| leaf.days(400)).certificates(),
    ];
    left(&all.concat().concat(), why);
}

#[test]
fn renewals_and_cross_certificates_are_never_dropped() {
    let why = "two certificates in it could take each other's place";
    let draft = three_certificates();
    let [leaf, middle, root]: [Vec<u8>; 3] = draft.certificates().try_into().unwrap();
    let old_root = draft.root.clone().days(100).self_signed();
    let elder = Recipe::ca(
        Name::new("Elder Root CA", "Acme Payments"),
        keys::rsa(2048, "elder"),
    );
    let cross = draft.root.sign(&elder);
    let old_middle = draft
        .intermediate
        .clone()
        .unwrap()
        .days(100)
        .sign(&draft.root);
    for certificates in [
        vec![&leaf, &middle, &old_root, &root],
        vec![&leaf, &middle, &root, &old_root],
        vec![&leaf, &old_middle, &middle, &root],
        vec![&leaf, &middle, &root, &cross],
        vec![&leaf, &middle, &root, &cross, &elder.self_signed()],
        vec![&root, &middle, &leaf, &old_middle],
    ] {
        let file = OPENSSL.certificates(&certificates);
        left(file.as_bytes(), why);
        // What the choice does not touch is mended.
        let repeated = format!("{file}{}", OPENSSL.block("CERTIFICATE", &leaf));
        assert!(mend(repeated.as_bytes(), &["--fix"]).2 == file.as_bytes());
    }
    let foreign = Recipe::ca(draft.root.subject.clone(), intermediate_key()).self_signed();
    let file = OPENSSL.certificates(&[&leaf, &middle, &root, &foreign]);
    let right = OPENSSL.certificates(&[&leaf, &middle, &root]);
    assert!(mend(file.as_bytes(), &["--fix"]).2 == right.as_bytes());
}

#[test]
fn a_chain_with_a_gap() {
    let why = "a certificate is missing between the leaf and the root, above this one";
    let (all, _) = four();
    let file = OPENSSL.certificates(&[&all[3], &all[1], &all[0]]);
    left(file.as_bytes(), why);
}

#[test]
fn files_that_are_something_else_by_name_and_by_text() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = text(&[2, 1]);
    let yaml = wrong.replace('\n', "\n    ");
    let dump = "Certificate:\n    Data:\n        Version: 3 (0x2)\n";
    for (name, content, is_mended) in [
        (
            "values.yaml",
            format!("tls:\n  cert: |\n    {yaml}\n"),
            false,
        ),
        (
            "README.md",
            format!("# Chains\n\nOurs:\n\n```\n{wrong}```\n"),
            false,
        ),
        (
            "make.sh",
            format!("#!/bin/sh\ncat > chain.pem <<EOF\n{wrong}EOF\n"),
            false,
        ),
        ("chain.txt", format!("the chain\n{wrong}"), false),
        ("plain.txt", wrong.clone(), true),
        ("comment.txt", format!("# the chain\n{wrong}"), true),
        ("dump", format!("{dump}{wrong}"), true),
        ("chain.pem", format!("the chain\n{wrong}"), true),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, &content).unwrap();
        let (_, _, said) = super::run(folder.path(), &["--fix", name]);
        let after = std::fs::read_to_string(&path).unwrap();
        if is_mended {
            assert_eq!(after, text(&[1, 2]), "{said}");
        } else {
            assert_eq!(after, content, "{said}");
            assert!(said.contains("by its name it is no chain file"), "{said}");
            assert!(said.contains("(line "), "{said}");
        }
    }
}

#[test]
fn certificates_of_cas_alone_are_a_bundle_and_no_chain() {
    let roots = ["One", "Two", "Three"].map(|name| {
        let root = Recipe::ca(Name::new(name, "Acme"), keys::rsa(2048, name));
        OPENSSL.block("CERTIFICATE", &root.self_signed())
    });
    left(
        roots.concat().as_bytes(),
        "it holds CA certificates alone, of which none is a stranger to the others",
    );
}
