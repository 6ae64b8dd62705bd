//! Edits, held against texts as people write them.

use proptest::prelude::*;
use time::macros::date;

use super::*;

fn entry(path: &str) -> Entry {
    Entry {
        id: None,
        rule: "some-rule".to_owned(),
        certificate: None,
        path: Some(path.to_owned()),
        reason: "a reason: with a colon, and # no comment".to_owned(),
        owner: None,
        expires: date!(2027 - 02 - 01),
    }
}

/// Without the waivers of these paths.
fn without(text: &str, gone: &[&str]) -> Result<Rewritten, Unedited> {
    remove(text, &|waiver| {
        let path = waiver.entry.path.as_deref();
        path.is_some_and(|path| gone.contains(&path))
    })
}

const ITEM: &str = "- { rule: some-rule, path: a, reason: b, expires: 2027-01-01 }";

/// What an added waiver looks like.
fn added(path: &str, indent: &str) -> String {
    format!(
        "{indent}- rule: some-rule\n{indent}  path: {path}\n{indent}  reason: \"a reason: with a colon, and # no comment\"\n{indent}  expires: 2027-02-01\n"
    )
}

#[test]
fn what_is_added_stands_at_the_end_of_the_list_wherever_that_is() {
    let texts = [
        (String::new(), "version: 1\nwaivers:\n@  "),
        ("# ours\n".to_owned(), "# ours\nversion: 1\nwaivers:\n@  "),
        ("version: 1\n".to_owned(), "version: 1\nwaivers:\n@  "),
        ("version: 1".to_owned(), "version: 1\nwaivers:\n@  "),
        ("  version: 1\n".to_owned(), "  version: 1\n  waivers:\n@    "),
        ("---\nversion: 1\n...\n".to_owned(), "---\nversion: 1\nwaivers:\n@  ...\n"),
        ("version: 1\nwaivers:\n".to_owned(), "version: 1\nwaivers:\n@  "),
        ("version: 1\nwaivers: # note\n".to_owned(), "version: 1\nwaivers: # note\n@  "),
        ("waivers:\n  # by the PKI team\nversion: 1\n".to_owned(), "waivers:\n  # by the PKI team\n@  version: 1\n"),
        ("waivers: []  # note\nversion: 1\n".to_owned(), "waivers:  # note\n@  version: 1\n"),
        ("waivers: [ ]\nversion: 1\n".to_owned(), "waivers:\n@  version: 1\n"),
        ("waivers: [\n  ]\nversion: 1\n".to_owned(), "waivers:\n@  version: 1\n"),
        ("waivers: ~\nversion: 1\n".to_owned(), "waivers:\n@  version: 1\n"),
        ("waivers: null\nversion: 1\n".to_owned(), "waivers:\n@  version: 1\n"),
        ("\"waivers\": []\nversion: 1\n".to_owned(), "\"waivers\":\n@  version: 1\n"),
        ("version: 1\nwaivers: # none yet\n  []\n".to_owned(), "version: 1\nwaivers: # none yet\n@  "),
        (format!("version: 1\nwaivers:\n{ITEM}\n# end\nfail_on: error\n"), &*format!("version: 1\nwaivers:\n{ITEM}\n@# end\nfail_on: error\n")),
        (format!("version: 1\nwaivers:\n    {ITEM}"), &*format!("version: 1\nwaivers:\n    {ITEM}\n@    ")),
        // A comment that stands further in is the waiver's.
        (format!("waivers:\n  {ITEM}\n\n    # see PKI-3\n  # end\nversion: 1\n"), &*format!("waivers:\n  {ITEM}\n\n    # see PKI-3\n@    # end\nversion: 1\n")),
        ("version: 1\nwaivers:\n  - rule: some-rule\n    path: a\n    expires: 2027-01-01\n    reason: >-\n      one\n\n      two\n\n\nfail_on: error\n".to_owned(), "version: 1\nwaivers:\n  - rule: some-rule\n    path: a\n    expires: 2027-01-01\n    reason: >-\n      one\n\n      two\n@  \n\nfail_on: error\n"),
    ];
    for (text, wanted) in texts {
        let (head, tail) = wanted.split_once('@').unwrap();
        let indent = tail.len() - tail.trim_start_matches(' ').len();
        // What stands behind is not indented, but for a comment beside the items.
        let (indent, tail) = match tail.trim_start_matches(' ') {
            rest if rest.starts_with("# end") && indent == 4 => (2, "  # end\nversion: 1\n"),
            rest => (indent, rest),
        };
        let indent = " ".repeat(indent);
        let wanted = format!(
            "{head}{}{}{tail}",
            added("x y", &indent),
            added("\"*.pem\"", &indent)
        );
        let written = put(&text, &[entry("x y"), entry("*.pem"), entry("x y")]);
        let written = written.unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(written.added, 2, "{text}");
        assert_eq!(written.text, wanted);
        assert_eq!(put(&written.text, &[entry("./x y")]).unwrap().added, 0);
        let crlf = put(&text.replace('\n', "\r\n"), &[entry("x y"), entry("*.pem")]).unwrap();
        if text.contains('\n') {
            assert_eq!(crlf.text, wanted.replace('\n', "\r\n"));
        }
    }
}

#[test]
fn a_baseline_of_thousands_is_written_and_read_again() {
    let entries: Vec<Entry> = (0..4200)
        .map(|number| entry(&format!("{number}.pem")))
        .collect();
    let written = put("version: 1\n", &entries).unwrap();
    assert_eq!(written.added, 4200);
    assert_eq!(without(&written.text, &["7.pem"]).unwrap().removed, 1);
}

#[test]
fn what_cannot_be_edited_line_by_line_is_refused_with_a_reason() {
    let item = ITEM.trim_start_matches("- ");
    let other = item.replace("path: a", "path: b");
    let refused = [
        (
            format!("version: 1\nwaivers: [{item}] # see PKI-7\n"),
            Unedited::Brackets,
        ),
        (
            format!("version: 1\nwaivers: [\n  {item},\n  {other}\n]\nfail_on: error\n"),
            Unedited::Brackets,
        ),
        (
            format!("{{ version: 1, fail_on: warning, vars: {{ a: b }}, waivers: [{item}] }}\n"),
            Unedited::Braces,
        ),
        (
            format!("{{\n  version: 1,\n  waivers: [{item}],\n  fail_on: error\n}}\n"),
            Unedited::Braces,
        ),
        (
            format!("waivers: &all\n  {ITEM}\nvars: {{ a: *all }}\n"),
            Unedited::Odd,
        ),
        (
            format!("vars: {{ a: &one {item} }}\nwaivers:\n  - *one\n"),
            Unedited::Odd,
        ),
        (format!("? waivers\n: {ITEM}\n"), Unedited::Odd),
    ];
    for (text, why) in refused {
        assert_eq!(without(&text, &["a"]).unwrap_err(), why, "{text}");
        assert_eq!(without(&text, &[]).unwrap().text, text);
        if why != Unedited::Odd {
            assert_eq!(put(&text, &[entry("c")]).unwrap_err(), why, "{text}");
        }
    }
    assert!(put("waivers: 3\n", &[entry("c")]).is_err());
    assert!(put("waivers: [\n", &[entry("c")]).is_err());
    assert!(put("- a\n", &[entry("c")]).is_err());
}

#[test]
fn removing_takes_a_waiver_with_its_own_comments_and_nothing_else() {
    let one = "  # one\n  # of two lines\n  - rule: r # here\n    path: a\n    reason: |\n      x\n\n      y\n    expires: 2027-01-01\n    # behind one\n";
    let two = "  # two\n  - { rule: r, path: b, reason: b, expires: 2027-01-01 } # same line\n";
    let text = format!("# top\nwaivers: # ours\n{one}\n{two}  # end\nfail_on: error\n");
    let left = |gone: &[&str]| {
        let left = without(&text, gone).unwrap();
        assert_eq!(left.removed, gone.len());
        left.text
    };
    assert_eq!(left(&[]), text);
    assert_eq!(left(&["a"]), text.replace(one, ""));
    assert_eq!(left(&["b"]), text.replace(two, ""));
    assert_eq!(
        left(&["a", "b"]),
        "# top\nwaivers: [] # ours\n\n  # end\nfail_on: error\n"
    );
}

#[test]
fn a_renewed_waiver_keeps_its_place_its_lines_and_its_comments() {
    let text = "waivers:\n  # see PKI-7\n  - id: PKI-7\n    rule: some-rule\n    path: ./a # here\n    reason: |\n      Two\n      lines.\n    expires: 2026-01-01 # soon\n  - { rule: some-rule, path: b, reason: c, owner: d, expires: 2026-01-01 }\n";
    let renewed = |path: &str, owner: Option<&str>| {
        let given = Entry {
            reason: "it goes on: #2".to_owned(),
            owner: owner.map(str::to_owned),
            ..entry(path)
        };
        put(text, &[given]).unwrap()
    };
    let of_a = renewed("a", None);
    assert_eq!((of_a.added, of_a.renewed), (0, 1));
    assert_eq!(
        of_a.text,
        text.replace("|\n      Two\n      lines.", "\"it goes on: #2\"")
            .replace("2026-01-01 # soon", "2027-02-01 # soon")
    );
    let owned = renewed("a", Some("team-pki")).text;
    assert!(
        owned.contains("\"it goes on: #2\"\n    owner: team-pki\n    expires: 2027-02-01 # soon\n"),
        "{owned}"
    );
    let of_b = renewed("b", Some("e")).text;
    assert!(
        of_b.contains("{ rule: some-rule, path: b, reason: \"it goes on: #2\", owner: e, expires: 2027-02-01 }"),
        "{of_b}"
    );
    assert!(renewed("b", None).text.contains("owner: d"));
    // What ends on that day already stays as it is.
    let again = put(&of_a.text, &[entry("a")]).unwrap();
    assert_eq!((again.renewed, again.text), (0, of_a.text));
}

/// A part of a config: lines, and whether it is a waiver.
fn parts() -> impl Strategy<Value = Vec<(String, bool)>> {
    let waiver = (0..1000_u32, 0..4_u8).prop_map(|(number, form)| {
        let fields = |break_: &str| {
            format!(
                "rule: r{break_}path: p{number}{break_}reason: \"#\"{break_}expires: 2027-01-01"
            )
        };
        let lines = match form {
            0 => format!("  - {{ {} }}\n", fields(", ")),
            1 => format!("  # {number}\n  - {}\n", fields("\n    ")),
            2 => format!("  - {} # {number}\n    # {number}\n", fields("\n    ")),
            _ => format!("  -\n    {}\n", fields("\n    ")),
        };
        (lines, true)
    });
    let other = prop_oneof![Just("\n"), Just("\n  # end of a part\n\n")];
    prop::collection::vec(
        prop_oneof![4 => waiver, 1 => other.prop_map(|text| (text.to_owned(), false))],
        0..6,
    )
}

proptest! {
    #[test]
    fn whatever_is_not_removed_is_there_afterwards(parts in parts(), chosen in any::<u8>(), after in "(fail_on: error\n|# end\n){0,2}") {
        let chosen = |at: usize| chosen.checked_shr(u32::try_from(at).unwrap()).unwrap_or(0) & 1 == 1;
        let head = "# top\nversion: 1\nwaivers:\n";
        let whole: String = parts.iter().map(|(lines, _)| lines.as_str()).collect();
        let text = format!("{head}{whole}{after}");
        let waivers = |gone: bool| {
            let all = parts.iter().enumerate();
            all.filter(move |(at, (_, is_waiver))| !(gone && *is_waiver && chosen(*at)))
        };
        let kept: String = waivers(true).map(|(_, (lines, _))| lines.as_str()).collect();
        let gone: Vec<String> = parts.iter().enumerate()
            .filter(|(at, (_, is_waiver))| *is_waiver && chosen(*at))
            .filter_map(|(_, (lines, _))| lines.split("path: p").nth(1)?.split([',', '\n']).next().map(|number| format!("p{number}")))
            .collect();
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        // A key given twice, or two waivers of one thing, is no config.
        prop_assume!(Document::of(&text).is_ok());
        let left = without(&text, &gone).unwrap();
        prop_assert_eq!(left.removed, gone.len());
        let is_empty = waivers(true).all(|(_, (_, is_waiver))| !is_waiver) && left.removed > 0;
        let head = if is_empty { head.replace("waivers:", "waivers: []") } else { head.to_owned() };
        prop_assert_eq!(left.text, format!("{head}{kept}{after}"));
    }
}
