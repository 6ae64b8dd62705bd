//! The file read back, and certificates found in it.

use time::macros::datetime;

use super::*;

fn root(number: usize) -> Arc<Certificate> {
    let der = &webpki_root_certs::TLS_SERVER_ROOT_CERTS[number];
    Arc::new(Certificate::parse(der).unwrap())
}

fn service(name: &str, certificates: &[usize]) -> Service {
    Service {
        provider: "Provider: \"a\" \\ # ė".to_owned(),
        name: name.to_owned(),
        status_since: datetime!(2020-01-02 03:04:05 UTC),
        certificates: certificates.iter().map(|number| root(*number)).collect(),
    }
}

fn list(territory: &str, services: Vec<Service>) -> TrustedList {
    TrustedList {
        territory: territory.to_owned(),
        operator: "Op\u{1b}[31m\u{202e}\n\u{FFFE}\u{7f}".to_owned(),
        sequence: 79,
        issued: datetime!(2026-05-21 10:00 UTC),
        next_update: Some(datetime!(2026-11-21 10:00 UTC)),
        file: "LT.xml".to_owned(),
        sha256: [0xA5; 32],
        services,
    }
}

fn lists() -> TrustedLists {
    let closed = TrustedList {
        next_update: None,
        ..list("EE", Vec::new())
    };
    let services = vec![service("Web CA", &[0, 1]), service("Other", &[2])];
    TrustedLists::new([list("LT", services), closed])
}

fn mistakes(text: &str) -> Vec<String> {
    let problems = TrustedLists::parse(text, "lists.yaml").unwrap_err();
    let told = problems.iter().map(|problem| {
        let at = problem.file.position(problem.span.start);
        format!("{}:{} {problem}", at.line, at.column)
    });
    told.collect()
}

#[test]
fn what_is_written_reads_as_the_same_and_is_written_the_same() {
    let text = lists().to_string();
    let read = TrustedLists::parse(&text, "lists.yaml").unwrap_or_else(|problems| {
        panic!("{text}\n{problems:?}");
    });
    assert_eq!(read.to_string(), text);
    let [ee, lt] = read.lists() else {
        panic!("{read:?}")
    };
    assert_eq!((ee.next_update, ee.services.len()), (None, 0));
    let before = list("LT", vec![]);
    assert_eq!(lt.operator, before.operator);
    assert_eq!(
        (lt.issued, lt.next_update),
        (before.issued, before.next_update)
    );
    assert_eq!(lt.services[0].certificates[1].der, root(1).der);
    assert_eq!(lt.services[0].provider, service("", &[]).provider);
    let nothing = TrustedLists::default().to_string();
    assert!(
        TrustedLists::parse(&nothing, "x")
            .unwrap()
            .lists()
            .is_empty()
    );
}

#[test]
fn the_file_says_where_it_comes_from_and_that_no_signature_was_verified() {
    let text = lists().to_string();
    assert!(
        text.starts_with("# CA certificates of qualified website authentication services, taken")
    );
    assert!(text.contains("# THE XML SIGNATURE OF THE LISTS WAS NOT VERIFIED."));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    assert!(
        text.lines().all(|line| line.chars().count() <= 120),
        "{text}"
    );
}

#[test]
fn the_later_of_two_lists_of_a_territory_counts() {
    let newer = TrustedList {
        sequence: 80,
        ..list("LT", Vec::new())
    };
    let all = lists().lists().to_vec().into_iter().chain([newer]);
    let sequences: Vec<u64> = TrustedLists::new(all)
        .lists()
        .iter()
        .map(|l| l.sequence)
        .collect();
    assert_eq!(sequences, [79, 80]);
}

#[test]
fn a_certificate_is_listed_by_key_and_subject() {
    let lists = lists();
    let listed = lists.find(&root(1)).unwrap();
    assert_eq!(
        (listed.list.territory.as_str(), listed.service.name.as_str()),
        ("LT", "Web CA")
    );
    assert_eq!(listed.certificate.sha256, root(1).sha256);
    assert!(lists.find(&root(3)).is_none());
    // The same certificate by other dates and from another issuer is the same service.
    let mut again = Certificate::clone(&root(1));
    again.not_after = again.not_before.clone();
    again.issuer = root(3).issuer.clone();
    assert!(lists.find(&again).is_some());
    let mut renamed = Certificate::clone(&root(1));
    renamed.subject = root(3).subject.clone();
    assert!(lists.find(&renamed).is_none());
    let mut rekeyed = Certificate::clone(&root(1));
    rekeyed.public_key = root(3).public_key.clone();
    assert!(lists.find(&rekeyed).is_none());
}

#[test]
fn listed_certificates_are_found_by_name() {
    let lists = lists();
    let names = |number| lists.named(&root(number).subject.value).count();
    assert_eq!((names(2), names(3)), (1, 0));
}

#[test]
fn every_mistake_is_told_in_its_place() {
    let text = "version: 2\ntrusted_lists:\n  - territory: LT\n    operator: a\n    sequence: 1\n    \
                issued: soon\n    next_update: later\n    file: x\n    sha256: 12\n    services: []\n";
    assert_eq!(
        mistakes(text),
        ["9:13 `sha256`: expected a text, found the number 12"]
    );
    let text = text.replace("sha256: 12", "sha256: 'ab'");
    assert_eq!(
        mistakes(&text),
        [
            "1:10 `version`: expected the number 1, found the number 2",
            "6:13 `soon` is not an instant",
            "7:18 `later` is not an instant",
            "9:13 `ab` is not a SHA-256",
        ]
    );
    assert_eq!(
        mistakes("version: 1\ntrusted_list: []\n"),
        ["1:1 `lists.yaml` is no file of trusted lists"]
    );
    assert_eq!(
        mistakes("version: 1\ntrusted_lists:\n  - {territory: LT}\n")[0],
        "3:5 `file` is missing in `trusted_lists`"
    );
}

#[test]
fn two_lists_of_one_territory_are_refused() {
    let text = lists().to_string().replace("\"EE\"", "\"LT\"");
    assert_eq!(mistakes(&text).len(), 1);
    assert!(mistakes(&text)[0].ends_with("the territory `LT` has two lists"));
}

#[test]
fn each_certificate_is_one_pem_block_that_can_be_read() {
    let text = lists().to_string();
    let begin = "-----BEGIN CERTIFICATE-----";
    let line = 1 + text.lines().position(|line| line.contains(begin)).unwrap();
    for (from, to, told) in [
        (
            begin,
            "-----BEGIN PUBLIC KEY-----",
            "this is not one certificate as a PEM block",
        ),
        (
            "            MII",
            "            %II",
            "this is not one certificate as a PEM block",
        ),
        (
            "            MII",
            "            BII",
            "the certificate cannot be read: ",
        ),
    ] {
        let mistakes = mistakes(&text.replacen(from, to, 1));
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        // A block scalar stands where its text begins.
        let at = format!("{line}:13 {told}");
        assert!(mistakes[0].starts_with(&at), "{mistakes:?} {at}");
    }
}

#[test]
fn the_schema_is_fresh_and_takes_what_is_written() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/schema/trusted-lists.schema.json"
    );
    let wanted = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == wanted, "stale: run `UPDATE=1 cargo test`");
}

#[test]
fn a_file_of_all_the_unions_services_is_read_in_a_moment() {
    let services: Vec<Service> = (0..1000).map(|n| service("Web CA", &[n % 100])).collect();
    let text = TrustedLists::new([list("LT", services)]).to_string();
    assert!(text.len() > 1 << 20);
    let begun = std::time::Instant::now();
    assert!(TrustedLists::parse(&text, "x").is_ok());
    // Tests run without optimisation on busy machines; quadratic cost would take minutes.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
