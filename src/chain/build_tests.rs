//! Files as people make them, and what is seen in them.

use super::super::testing::{
    Made, NOW, block, ca, ca_of_length, chain, leaf, oid, read, sequence, tlv,
};
use super::super::{Chain, Ending, Gap, Signature, Top};
use super::*;
use crate::chain::Class;
use crate::trust::{Anchor, Anchors, Given, KnownRoot, Origin};

/// Leaf, intermediate and root.
fn three() -> [Made; 3] {
    [
        leaf("leaf", "middle"),
        ca("middle", "root"),
        ca("root", "root"),
    ]
}

/// The path by the numbers that certificates have in the file, from 1.
fn path(chain: &Chain) -> Vec<usize> {
    chain.path_members().map(|member| member.index).collect()
}

fn moves(chain: &Chain) -> String {
    let moves: Vec<String> = chain
        .order()
        .moves
        .iter()
        .map(ToString::to_string)
        .collect();
    moves.join(", then ")
}

fn roles(chain: &Chain) -> Vec<&'static str> {
    chain
        .members
        .iter()
        .map(|member| member.role.as_str())
        .collect()
}

fn is_whole(chain: &Chain) -> bool {
    chain.top == Top::SelfIssued(Signature::Valid)
        && chain.links.iter().all(|link| *link == Signature::Valid)
        && !chain.exhausted
}

#[test]
fn a_file_in_order_is_its_own_path() {
    let [leaf, middle, root] = three();
    let chain = chain(&[&leaf, &middle, &root]);
    assert_eq!(path(&chain), [1, 2, 3]);
    assert!(is_whole(&chain));
    assert_eq!(roles(&chain), ["leaf", "intermediate", "root"]);
    assert_eq!((moves(&chain).as_str(), chain.gap()), ("", None));
    assert_eq!(
        (&chain.leaves, &chain.strangers),
        (&vec![0], &Vec::<usize>::new())
    );
    assert_eq!(
        (chain.class, chain.ending),
        (Class::Private, Ending::Unknown)
    );
}

#[test]
fn every_order_of_a_file_gives_the_same_path_and_moves_that_mend_it() {
    let [leaf, middle, root] = three();
    for (file, expected, mend) in [
        ([&root, &middle, &leaf], [3, 2, 1], 2),
        ([&leaf, &root, &middle], [1, 3, 2], 1),
        ([&middle, &leaf, &root], [2, 1, 3], 1),
        ([&middle, &root, &leaf], [3, 1, 2], 1),
        ([&root, &leaf, &middle], [2, 3, 1], 1),
    ] {
        let chain = chain(&file);
        assert_eq!(path(&chain), expected);
        assert!(is_whole(&chain));
        assert_eq!(chain.order().moves.len(), mend, "{expected:?}");
        assert!(chain.strangers.is_empty());
    }
    let chain = chain(&[&leaf, &root, &middle]);
    assert_eq!(moves(&chain), "move certificate 3 before 2");
    assert_eq!(roles(&chain), ["leaf", "root", "intermediate"]);
}

#[test]
fn a_missing_intermediate_is_told_from_a_missing_root() {
    let [leaf, middle, root] = three();
    let without_middle = chain(&[&leaf, &root]);
    assert_eq!(path(&without_middle), [1]);
    assert_eq!(without_middle.top, Top::IssuerMissing);
    let gap = Gap::Intermediate {
        below: 0,
        unreached: vec![1],
    };
    assert_eq!(without_middle.gap(), Some(gap));
    assert_eq!(without_middle.strangers, [1]);

    let without_root = chain(&[&leaf, &middle]);
    assert_eq!(path(&without_root), [1, 2]);
    assert_eq!(without_root.gap(), Some(Gap::Root { below: 1 }));

    let leaf_alone = chain(&[&leaf]);
    assert_eq!(leaf_alone.gap(), Some(Gap::Root { below: 0 }));
    assert_eq!(roles(&leaf_alone), ["leaf"]);
}

#[test]
fn a_leaf_beside_an_intermediate_that_did_not_issue_it_misses_its_own() {
    let [leaf, _, _] = three();
    let foreign = ca("foreign", "elsewhere");
    let gap = Gap::Intermediate {
        below: 0,
        unreached: vec![1],
    };
    assert_eq!(chain(&[&leaf, &foreign]).gap(), Some(gap));
}

#[test]
fn an_intermediate_that_does_not_belong_does_not_hide_that_the_root_is_missing() {
    let [leaf, middle, _] = three();
    let foreign = ca("foreign", "elsewhere");
    let chain = chain(&[&leaf, &middle, &foreign]);
    assert_eq!(chain.gap(), Some(Gap::Root { below: 1 }));
    assert_eq!(chain.strangers, [2]);
}

#[test]
fn repeated_certificates_are_duplicates_and_no_strangers() {
    let [leaf, middle, root] = three();
    let chain = chain(&[&leaf, &middle, &leaf, &root, &middle, &leaf]);
    assert_eq!(path(&chain), [1, 2, 4]);
    assert_eq!(chain.duplicates, [(2, 0), (4, 1), (5, 0)]);
    assert_eq!(
        (chain.strangers.as_slice(), chain.leaves.as_slice()),
        (&[][..], &[0][..])
    );
    assert_eq!(
        roles(&chain),
        [
            "leaf",
            "intermediate",
            "leaf",
            "root",
            "intermediate",
            "leaf"
        ]
    );
    assert_eq!(moves(&chain), "");
}

#[test]
fn a_ca_outside_of_a_whole_path_is_a_stranger() {
    let [leaf, middle, root] = three();
    let chain = chain(&[&leaf, &ca("other", "other"), &middle, &root]);
    assert_eq!(path(&chain), [1, 3, 4]);
    assert!(is_whole(&chain));
    assert_eq!(chain.strangers, [1]);
    assert_eq!(chain.gap(), None);
}

#[test]
fn the_first_leaf_leads_and_further_ones_are_leaves() {
    let [one, middle, root] = three();
    let two = leaf("second", "middle");
    let both_whole = chain(&[&two, &one, &middle, &root]);
    assert_eq!(path(&both_whole), [1, 3, 4]);
    assert_eq!(both_whole.leaves, [0, 1]);
    assert!(both_whole.strangers.is_empty());
    assert_eq!(roles(&both_whole), ["leaf", "leaf", "intermediate", "root"]);
}

#[test]
fn a_later_leaf_leads_where_it_alone_has_a_whole_path() {
    let [one, middle, root] = three();
    let orphan = leaf("orphan", "nobody");
    let chain = chain(&[&orphan, &one, &middle, &root]);
    assert_eq!(path(&chain), [2, 3, 4]);
    assert_eq!(chain.leaves, [1, 0]);
}

#[test]
fn a_self_signed_end_entity_certificate_beside_a_chain_is_a_further_leaf() {
    let [one, middle, root] = three();
    let chain = chain(&[&leaf("own", "own"), &one, &middle, &root]);
    assert_eq!(path(&chain), [2, 3, 4]);
    assert_eq!(
        (chain.leaves.as_slice(), chain.strangers.as_slice()),
        (&[1, 0][..], &[][..])
    );
}

#[test]
fn a_root_made_anew_under_its_old_name_is_linked_and_the_link_is_wrong() {
    let [leaf, middle, _] = three();
    let anew = ca("root", "root").key("another").signer("another");
    let chain = chain(&[&leaf, &middle, &anew]);
    assert_eq!(path(&chain), [1, 2, 3]);
    assert_eq!(chain.links, [Signature::Valid, Signature::Invalid]);
    assert_eq!(chain.top, Top::SelfIssued(Signature::Valid));
    assert_eq!((chain.strangers.as_slice(), chain.gap()), (&[][..], None));
}

#[test]
fn of_two_roots_with_one_name_the_signer_is_chosen() {
    let [leaf, middle, root] = three();
    let anew = ca("root", "root").key("another").signer("another");
    let chain = chain(&[&leaf, &middle, &anew, &root]);
    assert_eq!(path(&chain), [1, 2, 4]);
    assert!(is_whole(&chain));
    assert_eq!(chain.strangers, [2]);
}

#[test]
fn of_cross_signed_intermediates_the_one_whose_root_is_there_is_taken() {
    let [leaf, middle, root] = three();
    let cross = ca("middle", "elsewhere").serial(2);
    let chain = chain(&[&leaf, &cross, &middle, &root]);
    assert_eq!(path(&chain), [1, 3, 4]);
    assert!(is_whole(&chain));
    assert_eq!(chain.strangers, [1]);
}

#[test]
fn a_root_that_is_there_ends_the_path_though_a_cross_certificate_leads_past_it() {
    let [leaf, middle, root] = three();
    let cross = ca("root", "old root").serial(2);
    let long = chain(&[&leaf, &middle, &cross, &ca("old root", "old root")]);
    assert_eq!(path(&long), [1, 2, 3, 4]);
    let both = chain(&[&leaf, &middle, &root, &cross]);
    assert_eq!(path(&both), [1, 2, 3]);
}

#[test]
fn of_certificates_with_one_name_and_key_the_valid_one_is_taken() {
    let [leaf, middle, root] = three();
    let old_root = ca("root", "root").serial(2).expired();
    let future = ca("root", "root")
        .serial(2)
        .valid(["270101000000Z", "360101000000Z"]);
    for other in [&old_root, &future] {
        for file in [
            [&leaf, &middle, other, &root],
            [&leaf, &middle, &root, other],
        ] {
            let chain = chain(&file);
            let root = file
                .iter()
                .position(|made| std::ptr::eq(*made, &raw const root))
                .unwrap();
            assert_eq!(path(&chain), [1, 2, root + 1]);
            assert_eq!(chain.strangers, [5 - root]);
            assert_eq!(chain.spares, [5 - root]);
            assert!(is_whole(&chain));
        }
    }
    let old_middle = ca("middle", "root").serial(2).expired();
    assert_eq!(
        path(&chain(&[&leaf, &old_middle, &middle, &root])),
        [1, 3, 4]
    );
    // Without the root, and where there is no other.
    assert_eq!(path(&chain(&[&leaf, &old_middle, &middle])), [1, 3]);
    assert_eq!(path(&chain(&[&leaf, &old_middle, &old_root])), [1, 2, 3]);
}

#[test]
fn the_ends_of_validity_still_count_as_valid() {
    let (leaf, root) = (leaf("leaf", "root"), ca("root", "root"));
    for validity in [
        ["200101000000Z", "261123000000Z"],
        ["261123000000Z", "360101000000Z"],
    ] {
        let just = ca("root", "root").serial(2).valid(validity);
        assert_eq!(path(&chain(&[&leaf, &just, &root])), [1, 2]);
    }
}

#[test]
fn a_file_in_order_gives_way_to_a_part_of_it_that_is_valid() {
    // A root that was certified by an elder one, which has expired since.
    let [leaf, middle, root] = three();
    let cross = ca("root", "elder").serial(2);
    let elder = ca("elder", "elder").expired();
    let all = chain(&[&leaf, &middle, &cross, &elder]);
    assert_eq!(path(&all), [1, 2, 3, 4]);
    let with_root = chain(&[&leaf, &middle, &cross, &elder, &root]);
    assert_eq!(path(&with_root), [1, 2, 5]);
}

#[test]
fn what_could_stand_in_the_place_of_another_is_told_from_what_belongs_to_nothing() {
    let [leaf, middle, root] = three();
    let cross = ca("root", "elder").serial(2);
    let elder = ca("elder", "elder");
    let foreign = ca("foreign", "foreign");
    let anew = ca("root", "root").key("another").signer("another");
    let all = chain(&[&leaf, &middle, &root, &cross, &foreign, &anew]);
    assert_eq!(path(&all), [1, 2, 3]);
    assert_eq!((all.strangers, all.spares), (vec![3, 4, 5], vec![3]));
    let past_root = chain(&[&leaf, &middle, &root, &cross, &elder]);
    assert_eq!(path(&past_root), [1, 2, 4, 5]);
    assert_eq!(past_root.spares, [2]);
}

#[test]
fn a_path_that_keeps_to_its_constraints_is_taken_before_a_longer_one() {
    let leaf = leaf("leaf", "middle").names(&[(0x82, b"a.example.com")]);
    let cross = ca("middle", "strict").serial(2);
    let middle = ca("middle", "root");
    let strict = |made: Made| made.constraints(&[], &[(0x82, b"example.com")]);
    let file = |strict: &Made, root: &Made| {
        let elder = ca("elder", "elder");
        path(&chain(&[&leaf, &cross, strict, &elder, &middle, root]))
    };
    let root = ca("root", "root");
    assert_eq!(file(&strict(ca("strict", "elder")), &root), [1, 5, 6]);
    assert_eq!(file(&ca_of_length("strict", "elder", 0), &root), [1, 5, 6]);
    // Where neither does, the longer one is taken as ever.
    assert_eq!(
        file(&strict(ca("strict", "elder")), &strict(root.clone())),
        [1, 2, 3, 4]
    );
    assert_eq!(file(&ca("strict", "elder"), &root), [1, 2, 3, 4]);
}

#[test]
fn ca_certificates_alone_have_a_path_and_no_leaf() {
    let [_, middle, root] = three();
    for file in [[&middle, &root], [&root, &middle]] {
        let chain = chain(&file);
        assert!(is_whole(&chain));
        assert_eq!(chain.path.len(), 2);
        assert!(chain.leaves.is_empty());
        assert!(chain.strangers.is_empty());
    }
    assert_eq!(roles(&chain(&[&middle, &root])), ["intermediate", "root"]);
}

#[test]
fn without_a_leaf_a_lone_root_does_not_lead_before_a_longer_path() {
    let [_, middle, root] = three();
    let chain = chain(&[&ca("other", "other"), &middle, &root]);
    assert_eq!(path(&chain), [2, 3]);
    assert_eq!(chain.strangers, [0]);
}

#[test]
fn a_self_signed_certificate_alone_is_a_leaf_unless_it_is_a_ca() {
    let end_entity = chain(&[&leaf("own", "own")]);
    assert!(is_whole(&end_entity));
    assert_eq!(roles(&end_entity), ["leaf"]);
    assert_eq!(end_entity.leaves, [0]);

    let authority = chain(&[&ca("own", "own")]);
    assert!(is_whole(&authority));
    assert_eq!(roles(&authority), ["root"]);
    assert!(authority.leaves.is_empty());
}

#[test]
fn self_signed_certificates_of_one_name_and_key_did_not_issue_one_another() {
    let chain = chain(&[&leaf("own", "own"), &leaf("own", "own").serial(2)]);
    assert_eq!(chain.leaves, [0, 1]);
    assert_eq!(roles(&chain), ["leaf", "leaf"]);
}

#[test]
fn a_wrong_self_signature_is_told() {
    let chain = chain(&[&leaf("leaf", "root"), &ca("root", "root").signer("another")]);
    assert_eq!(path(&chain), [1, 2]);
    assert_eq!(chain.links, [Signature::Valid]);
    assert_eq!(chain.top, Top::SelfIssued(Signature::Invalid));
}

#[test]
fn a_certificate_without_ca_stands_in_the_path_where_it_issued_another() {
    let middle = leaf("middle", "root");
    let chain = chain(&[&leaf("leaf", "middle"), &middle, &ca("root", "root")]);
    assert_eq!(path(&chain), [1, 2, 3]);
    assert_eq!(roles(&chain), ["leaf", "intermediate", "root"]);
    assert_eq!(chain.leaves, [0]);
}

#[test]
fn names_that_differ_in_letter_case_and_spaces_join_a_path() {
    let leaf = leaf("leaf", " middle").signer("MIDDLE");
    let chain = chain(&[&leaf, &ca("MIDDLE", "root"), &ca("root", "root")]);
    assert_eq!(path(&chain), [1, 2, 3]);
    assert!(is_whole(&chain));
}

#[test]
fn blocks_that_cannot_be_read_are_counted_and_hide_nothing() {
    let [leaf, middle, root] = three();
    let bad = "-----BEGIN CERTIFICATE-----\nM*==\n-----END CERTIFICATE-----\n";
    let text = [
        leaf.pem(),
        bad.to_owned(),
        middle.pem(),
        block(b"no DER"),
        root.pem(),
    ]
    .concat();
    let chain = read(&text);
    assert_eq!(path(&chain), [1, 3, 5]);
    assert!(is_whole(&chain));
    let unreadable: Vec<(usize, bool)> = chain
        .unreadable
        .iter()
        .map(|block| (block.index, block.error.is_some()))
        .collect();
    assert_eq!(unreadable, [(2, false), (4, true)]);
}

#[test]
fn a_file_without_certificates_is_an_empty_chain() {
    let chain = read("nothing\n");
    assert_eq!((chain.path.len(), chain.top), (0, Top::Nothing));
}

#[test]
fn certificates_that_issued_one_another_in_a_circle_end_somewhere() {
    let chain = chain(&[
        &leaf("leaf", "a"),
        &ca("a", "b"),
        &ca("b", "c"),
        &ca("c", "a"),
    ]);
    assert_eq!(path(&chain), [1, 2, 3, 4]);
    assert_eq!(chain.top, Top::IssuerMissing);
}

#[test]
fn a_longer_path_than_any_real_one_is_cut_and_says_so() {
    let mut file = vec![leaf("leaf", "0")];
    file.extend((0..40).map(|at| ca(&at.to_string(), &(at + 1).to_string())));
    let chain = chain(&file.iter().collect::<Vec<_>>());
    assert!(chain.exhausted);
    assert_eq!(chain.path.len(), 32);
}

#[test]
fn many_certificates_of_one_name_cost_no_more_than_the_budget() {
    // Every one might be issued by every other one.
    let many: Vec<Made> = (0..600)
        .map(|at| {
            ca("same", "same")
                .key(&format!("key {at}"))
                .signer("nobody")
        })
        .collect();
    let mut file: Vec<&Made> = many.iter().collect();
    let leaf = leaf("leaf", "same");
    file.push(&leaf);
    let chain = chain(&file);
    assert!(chain.exhausted);
    assert_eq!(chain.leaf().map(|member| member.index), Some(601));
}

#[test]
fn a_root_with_a_public_name_and_another_key_is_an_impostor() {
    for name in [
        "C=US,O=DigiCert Inc,OU=www.digicert.com,CN=DigiCert Global Root G2",
        "C=US,O=DigiCert Inc,OU=www.digicert.com,CN=DigiCert Assured ID Root CA",
    ] {
        let chain = chain(&[&leaf("leaf", name), &ca(name, name)]);
        assert_eq!(chain.class, Class::Private);
        assert!(matches!(chain.ending, Ending::Impostor { .. }), "{name}");
    }
}

#[test]
fn a_chain_without_its_root_is_public_where_a_known_root_signed_its_top() {
    let known = ca("root", "root").certificate();
    let (session, anchors) = (Session::default(), Anchors::of(vec![known]));
    let ending = |middle: Made| {
        let text = [leaf("leaf", "middle").pem(), middle.pem()].concat();
        let document = crate::pem::scan(text.as_bytes(), crate::pem::Limits::default());
        let chain = build(document, &session, &anchors, NOW);
        (chain.class, chain.ending)
    };
    let root = KnownRoot {
        subject: "CN=root".to_owned(),
        origin: Origin::Mozilla,
    };
    assert_eq!(
        ending(ca("middle", "root")),
        (Class::Public, Ending::IssuedByKnownRoot(root))
    );
    assert_eq!(
        ending(ca("middle", "root").signer("another")),
        (Class::Private, Ending::Unknown)
    );
}

/// The chain of these certificates where these are trust anchors that a user names.
fn anchored(certificates: &[&Made], anchors: &[&Made]) -> Chain {
    let given = anchors.iter().map(|made| Anchor {
        certificate: std::sync::Arc::new(made.certificate()),
        file: "anchors.pem".into(),
    });
    let anchors = Anchors::embedded().with(Given {
        anchors: given.collect(),
        lists: Vec::new(),
    });
    let text: String = certificates.iter().map(|made| made.pem()).collect();
    let document = crate::pem::scan(text.as_bytes(), crate::pem::Limits::default());
    build(document, &Session::default(), &anchors, NOW)
}

#[test]
fn a_trust_anchor_of_the_user_is_known_and_makes_no_chain_public() {
    let (root, middle) = (ca("root", "root"), ca("middle", "root"));
    let leaf = leaf("leaf", "middle");
    let given = |subject: &str| KnownRoot {
        subject: subject.to_owned(),
        origin: Origin::Given("anchors.pem".into()),
    };
    let whole = anchored(&[&leaf, &middle, &root], &[&root]);
    assert_eq!(whole.ending, Ending::KnownRoot(given("CN=root")));
    assert_eq!(whole.class, Class::Private);
    let without_root = anchored(&[&leaf, &middle], &[&root]);
    assert_eq!(
        without_root.ending,
        Ending::IssuedByKnownRoot(given("CN=root"))
    );
    assert_eq!(without_root.class, Class::Private);
    // Trusted lists name issuing CAs.
    let by_issuer = anchored(&[&leaf, &middle, &root], &[&middle]);
    assert_eq!(by_issuer.ending, Ending::KnownRoot(given("CN=middle")));
}

#[test]
fn a_trust_anchor_counts_by_name_and_key() {
    let (root, leaf) = (ca("root", "root"), leaf("leaf", "root"));
    let other_key = ca("root", "root").key("other").signer("other");
    let impostor = anchored(&[&leaf, &root], &[&other_key]);
    assert!(matches!(impostor.ending, Ending::Impostor { .. }));
    let other_name = ca("another", "another").key("root").signer("root");
    let unknown = anchored(&[&leaf, &root], &[&other_name]);
    assert_eq!(unknown.ending, Ending::Unknown);
    // A renewed certificate of the same root.
    let renewed = ca("root", "root").serial(9);
    let known = anchored(&[&leaf, &renewed], &[&root]);
    assert!(matches!(known.ending, Ending::KnownRoot(_)));
}

#[test]
fn an_older_root_is_known_by_its_key_alone() {
    let root = ca("root", "root");
    let key = root.certificate().public_key.value.spki_sha256;
    let anchors = Anchors::of_older(key, "CN=Older Root");
    let text = [leaf("leaf", "root").pem(), root.pem()].concat();
    let document = crate::pem::scan(text.as_bytes(), crate::pem::Limits::default());
    let chain = build(document, &Session::default(), &anchors, NOW);
    let known = KnownRoot {
        subject: "CN=Older Root".to_owned(),
        origin: Origin::Legacy,
    };
    assert_eq!(
        (chain.class, chain.ending),
        (Class::Public, Ending::KnownRoot(known))
    );
}

#[test]
fn a_root_of_the_store_makes_a_chain_public() {
    let root = &webpki_root_certs::TLS_SERVER_ROOT_CERTS[0];
    let chain = read(&block(root));
    assert_eq!(chain.class, Class::Public);
    assert!(matches!(chain.ending, Ending::KnownRoot(_)));
}

#[test]
fn a_leaf_tells_its_class_by_policies_timestamps_and_statements() {
    let policy = sequence(&[&sequence(&[&oid("2.23.140.1.2.2")])]);
    let psd2 = sequence(&[&sequence(&[&oid("0.4.0.19495.2")])]);
    let web = sequence(&[&sequence(&[
        &oid("0.4.0.1862.1.6"),
        &sequence(&[&oid("0.4.0.1862.1.6.3")]),
    ])]);
    let seal = sequence(&[&sequence(&[
        &oid("0.4.0.1862.1.6"),
        &sequence(&[&oid("0.4.0.1862.1.6.2")]),
    ])]);
    let timestamps = tlv(0x04, b"whatever");
    for (kind, value, class) in [
        ("2.5.29.32", &policy, Class::Public),
        ("1.3.6.1.4.1.11129.2.4.2", &timestamps, Class::Public),
        ("1.3.6.1.5.5.7.1.3", &psd2, Class::Qwac),
        ("1.3.6.1.5.5.7.1.3", &web, Class::Qwac),
        ("1.3.6.1.5.5.7.1.3", &seal, Class::Private),
    ] {
        let leaf = leaf("leaf", "root").extension(kind, false, value);
        assert_eq!(chain(&[&leaf, &ca("root", "root")]).class, class, "{kind}");
    }
}

#[test]
fn equal_certificates_are_parsed_once_a_session() {
    let session = Session::default();
    let der = leaf("leaf", "root").der();
    let (one, two) = (session.certificate(&der), session.certificate(&der));
    assert!(std::sync::Arc::ptr_eq(&one.unwrap(), &two.unwrap()));
}
