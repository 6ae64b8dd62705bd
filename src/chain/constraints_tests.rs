//! Path length and name constraints along whole paths.

use super::super::testing::{Made, ca, ca_of_length, chain, leaf, name};
use super::*;

/// Form, subtree, a name inside, a name outside.
type Case<'a> = (u8, &'a [u8], &'a [u8], &'a [u8]);

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xA4;
const URI: u8 = 0x86;
const IP: u8 = 0x87;
const REGISTERED_ID: u8 = 0x88;
const OTHER_NAME: u8 = 0xA0;

/// (number of the CA in the file, allowed, found).
fn excesses(certificates: &[&Made]) -> Vec<(usize, u32, usize)> {
    let chain = chain(certificates);
    assert_eq!(chain.path.len(), certificates.len());
    path_length(&chain)
        .iter()
        .map(|excess| (excess.ca + 1, excess.allowed, excess.found))
        .collect()
}

#[test]
fn a_ca_may_have_as_many_intermediates_below_it_as_it_allows() {
    let leaf = leaf("leaf", "low");
    let low = ca("low", "high");
    let high = ca("high", "root");
    let root = |length| ca_of_length("root", "root", length);
    assert_eq!(excesses(&[&leaf, &low, &high, &root(2)]), []);
    assert_eq!(excesses(&[&leaf, &low, &high, &root(1)]), [(4, 1, 2)]);
    assert_eq!(
        excesses(&[&leaf, &low, &ca_of_length("high", "root", 0), &root(1)]),
        [(3, 0, 1), (4, 1, 2)]
    );
}

#[test]
fn the_leaf_is_no_intermediate_even_where_it_is_a_ca() {
    let root = ca_of_length("root", "root", 0);
    assert_eq!(excesses(&[&leaf("leaf", "root"), &root]), []);
    assert_eq!(excesses(&[&ca("leaf", "root"), &root]), []);
}

#[test]
fn self_issued_intermediates_do_not_count() {
    // A CA that changes its key certifies the new one with the old one.
    let leaf = leaf("leaf", "root").signer("new");
    let rollover = ca("root", "root").key("new");
    let root = ca_of_length("root", "root", 0);
    assert_eq!(excesses(&[&leaf, &rollover, &root]), []);
}

/// What a constrained root says of a leaf: reason, number of the certificate, name.
fn held(leaf: &Made, permitted: &[(u8, &[u8])], excluded: &[(u8, &[u8])]) -> Vec<(Reason, String)> {
    let chain = chain(&[leaf, &ca("root", "root").constraints(permitted, excluded)]);
    assert_eq!(chain.path.len(), 2);
    names(&chain)
        .into_iter()
        .map(|found| {
            assert_eq!((found.member, found.ca), (0, 1));
            (found.why, found.name)
        })
        .collect()
}

fn reasons(leaf: &Made, permitted: &[(u8, &[u8])], excluded: &[(u8, &[u8])]) -> Vec<Reason> {
    held(leaf, permitted, excluded)
        .into_iter()
        .map(|(why, _)| why)
        .collect()
}

#[test]
fn every_form_of_name_is_held_against_permitted_and_excluded_subtrees() {
    let inside = name("O=Acme,CN=a");
    let outside = name("O=Other,CN=a");
    let base = name("O=Acme");
    let cases: [Case<'_>; 6] = [
        (DNS, b"example.com", b"a.example.com", b"a.example.org"),
        (EMAIL, b"example.com", b"a@example.com", b"a@example.org"),
        (
            URI,
            b".example.com",
            b"https://a.example.com/x",
            b"https://example.com/x",
        ),
        (
            IP,
            &[10, 0, 0, 0, 255, 0, 0, 0],
            &[10, 9, 8, 7],
            &[11, 9, 8, 7],
        ),
        (IP, &[255; 32], &[255; 16], &[254; 16]),
        (DIRECTORY, &base, &inside, &outside),
    ];
    for (form, base, inside, outside) in cases {
        // The subject is a directory name too; an empty one is held against nothing.
        let leaf = |content| leaf("", "root").names(&[(form, content)]);
        let base: &[(u8, &[u8])] = &[(form, base)];
        assert_eq!(reasons(&leaf(inside), base, &[]), [], "form {form:#x}");
        assert_eq!(
            reasons(&leaf(outside), base, &[]),
            [Reason::NotPermitted],
            "form {form:#x}"
        );
        assert_eq!(
            reasons(&leaf(inside), &[], base),
            [Reason::Excluded],
            "form {form:#x}"
        );
        assert_eq!(reasons(&leaf(outside), &[], base), [], "form {form:#x}");
    }
}

#[test]
fn excluding_weighs_more_than_permitting() {
    let leaf = leaf("leaf", "root").names(&[(DNS, b"a.example.com")]);
    let seen = reasons(&leaf, &[(DNS, b"example.com")], &[(DNS, b"a.example.com")]);
    assert_eq!(seen, [Reason::Excluded]);
}

#[test]
fn one_of_several_permitted_subtrees_is_enough() {
    let leaf = leaf("leaf", "root").names(&[(DNS, b"a.example.org")]);
    let permitted: &[(u8, &[u8])] = &[(DNS, b"example.com"), (DNS, b"example.org")];
    assert_eq!(reasons(&leaf, permitted, &[]), []);
}

#[test]
fn constraints_of_one_form_say_nothing_of_another() {
    let leaf = leaf("leaf", "root").names(&[(IP, &[10, 0, 0, 1])]);
    assert_eq!(reasons(&leaf, &[(DNS, b"example.com")], &[]), []);
}

#[test]
fn subjects_are_directory_names() {
    let permitted = name("O=Acme");
    let permitted: &[(u8, &[u8])] = &[(DIRECTORY, &permitted)];
    assert_eq!(reasons(&leaf("O=ACME,CN=a", "root"), permitted, &[]), []);
    let seen = reasons(&leaf("CN=a", "root"), permitted, &[]);
    assert_eq!(seen, [Reason::NotPermitted]);
}

#[test]
fn common_names_that_look_like_hosts_are_not_held_against_hosts() {
    let leaf = leaf("CN=www.example.org", "root");
    assert_eq!(reasons(&leaf, &[(DNS, b"example.com")], &[]), []);
}

#[test]
fn addresses_of_the_subject_count_where_no_alternative_name_is_one() {
    let permitted: &[(u8, &[u8])] = &[(EMAIL, b"example.com")];
    let subject = leaf("E=a@example.org", "root");
    assert_eq!(
        held(&subject, permitted, &[])
            .into_iter()
            .map(|(why, name)| (why, name.contains("a@example.org")))
            .collect::<Vec<_>>(),
        [(Reason::NotPermitted, true)]
    );
    let both = subject.names(&[(EMAIL, b"b@example.com")]);
    assert_eq!(reasons(&both, permitted, &[]), []);
}

#[test]
fn names_of_forms_that_cannot_be_told_are_unsupported_where_a_constraint_is_about_them() {
    let registered = leaf("leaf", "root").names(&[(REGISTERED_ID, &[0x2A, 3])]);
    let seen = reasons(&registered, &[(REGISTERED_ID, &[0x2A, 4])], &[]);
    assert_eq!(seen, [Reason::Unsupported]);
    // otherName: id-on-dnsSRV-like OID and a value.
    let other_name: &[u8] = &[0x06, 0x02, 0x2A, 3, 0xA0, 0x02, 0x05, 0x00];
    let other = leaf("leaf", "root").names(&[(OTHER_NAME, other_name)]);
    let seen = reasons(&other, &[], &[(OTHER_NAME, other_name)]);
    assert_eq!(seen, [Reason::Unsupported]);
    let host = leaf("leaf", "root").names(&[(DNS, b"example.com")]);
    assert_eq!(reasons(&host, &[(OTHER_NAME, other_name)], &[]), []);
}

#[test]
fn intermediates_are_held_too_but_not_self_issued_ones() {
    let permitted = name("O=Acme");
    let root = |subject: &str| ca(subject, subject).constraints(&[(DIRECTORY, &permitted)], &[]);
    let held = |chain: &Chain| -> Vec<usize> {
        names(chain).iter().map(|found| found.member + 1).collect()
    };
    let leaf_below = |issuer: &str| leaf("O=Acme,CN=leaf", issuer);
    let plain = chain(&[&leaf_below("middle"), &ca("middle", "root"), &root("root")]);
    assert_eq!(held(&plain), [2]);
    let rollover = chain(&[
        &leaf_below("root").signer("new"),
        &ca("root", "root").key("new"),
        &root("root"),
    ]);
    assert_eq!((rollover.path.len(), held(&rollover)), (3, Vec::new()));
}

#[test]
fn a_forbidden_name_is_pointed_at() {
    let leaf = leaf("leaf", "root").names(&[(DNS, b"example.com"), (DNS, b"bad.example.org")]);
    let chain = chain(&[
        &leaf,
        &ca("root", "root").constraints(&[(DNS, b"example.com")], &[]),
    ]);
    let found = names(&chain);
    assert_eq!(found.len(), 1);
    let der = &chain.members[0].certificate.der;
    assert!(found[0].span.of(der).ends_with(b"bad.example.org"));
    assert_eq!(found[0].field, Field::SubjectAlternativeName);
}

#[test]
fn more_names_and_constraints_than_are_worth_comparing_are_refused_soon() {
    let hosts: Vec<String> = (0..2_000).map(|at| format!("{at}.example.com")).collect();
    let names_of: Vec<(u8, &[u8])> = hosts.iter().map(|host| (DNS, host.as_bytes())).collect();
    let bases: Vec<String> = (0..2_000).map(|at| format!("{at}.example.org")).collect();
    let excluded: Vec<(u8, &[u8])> = bases.iter().map(|base| (DNS, base.as_bytes())).collect();
    let seen = reasons(&leaf("leaf", "root").names(&names_of), &[], &excluded);
    assert_eq!(seen, [Reason::TooMany]);
    // Few, but long.
    let long = vec![b'a'; 200_000];
    let seen = reasons(&leaf("leaf", "root").names(&[(DNS, &long)]), &[], &excluded);
    assert_eq!(seen, [Reason::TooMany]);
}
