//! Reports for the tests of the writers.

use std::collections::BTreeMap;

use crate::chain::Class;
use crate::finding::{
    ActiveRule, CertificateRef, FileOutcome, FileStatus, Finding, Origin, Related, Report,
    Severity, SkipReason, Waived,
};
use crate::source::Position;

pub(super) fn at(line: usize, column: usize, offset: usize) -> Position {
    Position {
        line,
        column,
        offset,
    }
}

/// A finding with every field filled but for the waiver.
pub(super) fn finding() -> Finding {
    Finding {
        rule: "some-rule".into(),
        severity: Severity::Error,
        message: "it \"breaks\"".to_owned(),
        help: Some("mend it".to_owned()),
        reference: Some("RFC 1, 2".into()),
        policy: "some-policy".into(),
        path: "a.pem".into(),
        start: at(1, 2, 1),
        end: at(3, 4, 70),
        label: "what it says".to_owned(),
        certificate: Some(CertificateRef {
            index: 1,
            sha256: "ab".repeat(32),
            subject: "CN=a".to_owned(),
        }),
        field: Some("validity"),
        related: vec![Related {
            path: "b.pem".into(),
            start: at(1, 1, 0),
            end: at(1, 2, 1),
            message: "the other one".to_owned(),
        }],
        fingerprint: "cd".repeat(32),
        waived: None,
        origin: Origin::BuiltIn {
            policy: "some-policy".into(),
            line: 7,
        },
    }
}

pub(super) fn waived() -> Finding {
    Finding {
        waived: Some(Waived {
            id: "w".to_owned(),
            reason: "because".to_owned(),
            owner: Some("team-pki".to_owned()),
            expires: "2027-01-01".to_owned(),
        }),
        certificate: None,
        field: None,
        ..finding()
    }
}

pub(super) fn rule(id: &str, policy: &str, severity: Severity) -> ActiveRule {
    ActiveRule {
        id: id.into(),
        policy: policy.into(),
        severity,
        check: "some-check",
        description: Some("It is whole. Half of it is nothing.".into()),
        help: vec!["Mend `{this}`.".to_owned()],
        reference: Some("RFC 1, 2".into()),
        examples: Some(("`half`".to_owned(), "`whole`".to_owned())),
    }
}

/// A report of these findings about `a.pem`.
pub(super) fn report_of(findings: Vec<Finding>) -> Report {
    let checked = FileStatus::Checked {
        policy: "some-policy".into(),
        class: Some(Class::Private),
        trusted_list: None,
        environment: Some("production".into()),
        app: None,
    };
    Report {
        at: time::OffsetDateTime::from_unix_timestamp(1_795_392_000).unwrap(),
        rules: vec![
            rule("other-rule", "some-policy", Severity::Advice),
            rule("some-rule", "another-policy", Severity::Warning),
            rule("some-rule", "some-policy", Severity::Error),
        ],
        findings,
        files: vec![
            FileOutcome {
                path: "a.pem".into(),
                status: checked,
            },
            FileOutcome {
                path: "k.pem".into(),
                status: FileStatus::Skipped {
                    reason: SkipReason::PrivateKey,
                },
            },
        ],
        places: BTreeMap::new(),
        sources: BTreeMap::new(),
    }
}

/// A report with every field filled: one finding as it is, one waived.
pub(super) fn report() -> Report {
    report_of(vec![finding(), waived()])
}

/// What the program says where there is nothing to say.
pub(super) fn nothing() -> Report {
    Report {
        rules: Vec::new(),
        files: Vec::new(),
        ..report_of(Vec::new())
    }
}

/// Texts that mean something to one reader or another, as they are after the engine's escaping.
pub(super) const HOSTILE: &str = "a]]><script>alert(1)</script>&amp;\"'%0A::error::,b\\u{1b}[link](http://evil.example)<!-- x:1:2: error[no-rule] no";

/// A report in which every text that comes from outside is hostile.
pub(super) fn hostile() -> Report {
    let finding = finding();
    let text = || HOSTILE.to_owned();
    let related = Related {
        path: HOSTILE.into(),
        message: text(),
        ..finding.related[0].clone()
    };
    let mut report = report_of(vec![Finding {
        message: text(),
        help: Some(text()),
        path: HOSTILE.into(),
        label: text(),
        certificate: Some(CertificateRef {
            index: 1,
            sha256: "ab".repeat(32),
            subject: text(),
        }),
        related: vec![related],
        ..finding
    }]);
    report.files[0].path = HOSTILE.into();
    report.files[1].path = format!("{HOSTILE}2").into();
    report
}
