//! Periods and instants.

use time::Duration;

use super::draft::{own_chain, public_chain, three_certificates};
use super::{Case, NON_PRODUCTION, fail, not_applicable, pass};
use crate::support::certificate::Recipe;
use crate::support::{NOW, instant};

const SECOND: Duration = Duration::SECOND;

/// The leaf's period ends so long after the instant of the test.
fn leaf_left(left: Duration) -> Vec<u8> {
    own_chain()
        .leaf(|leaf| Recipe {
            not_after: instant(NOW) + left,
            ..leaf
        })
        .file()
}

fn leaf_lasting(duration: Duration) -> Vec<u8> {
    own_chain().leaf(|leaf| leaf.lasting(duration)).file()
}

fn public_leaf_lasting(duration: Duration) -> Vec<u8> {
    public_leaf("2026-11-01T00:00:00Z", duration)
}

fn public_leaf(issued: &str, duration: Duration) -> Vec<u8> {
    public_chain()
        .leaf(|leaf| {
            Recipe {
                not_before: instant(issued),
                ..leaf
            }
            .lasting(duration)
        })
        .file()
}

fn days(days: i64) -> Duration {
    Duration::days(days)
}

pub(super) fn cases() -> Vec<Case> {
    [now(), ranges(), limits()].into_iter().flatten().collect()
}

fn now() -> Vec<Case> {
    let expired = "cert-expired";
    let early = "cert-not-yet-valid";
    let soon = "leaf-expiring-soon";
    let begins = |at: Duration| {
        own_chain()
            .leaf(|leaf| {
                Recipe {
                    not_before: instant(NOW) + at,
                    ..leaf
                }
                .days(750)
            })
            .file()
    };
    vec![
        pass(
            expired,
            "at-the-instant-of-not-after",
            "The leaf's notAfter is the instant of the check.",
            || leaf_left(Duration::ZERO),
        ),
        fail(
            expired,
            "a-second-after-not-after",
            "The leaf's notAfter is a second before the check.",
            || leaf_left(-SECOND),
        )
        .error()
        .certificate(1)
        .field("not_after"),
        fail(
            expired,
            "root",
            "The root's notAfter is a day before the check.",
            || {
                own_chain()
                    .root(|root| Recipe {
                        not_after: instant(NOW) - days(1),
                        ..root
                    })
                    .file()
            },
        )
        .error()
        .certificate(2)
        .field("not_after"),
        fail(
            expired,
            "intermediate",
            "The intermediate expired a day before the check.",
            || {
                three_certificates()
                    .intermediate(|ca| Recipe {
                        not_after: instant(NOW) - days(1),
                        ..ca
                    })
                    .file()
            },
        )
        .error()
        .certificate(2)
        .field("not_after"),
        pass(
            early,
            "at-the-instant-of-not-before",
            "The leaf's notBefore is the instant of the check.",
            move || begins(Duration::ZERO),
        ),
        fail(
            early,
            "a-second-before-not-before",
            "The leaf's notBefore is a second after the check.",
            move || begins(SECOND),
        )
        .error()
        .certificate(1)
        .field("not_before"),
        pass(
            soon,
            "30-days",
            "The leaf has exactly 30 days left.",
            || leaf_left(days(30)),
        ),
        fail(
            soon,
            "30-days-but-a-second",
            "The leaf has 30 days less a second left.",
            || leaf_left(days(30) - SECOND),
        )
        .warning()
        .certificate(1)
        .field("not_after"),
        fail(soon, "29-days", "The leaf has 29 days left.", || {
            leaf_left(days(29))
        })
        .warning()
        .certificate(1)
        .field("not_after"),
        pass(
            soon,
            "non-production-14-days",
            "The leaf has exactly 14 days left.",
            || leaf_left(days(14)),
        )
        .policy(NON_PRODUCTION),
        fail(
            soon,
            "non-production-13-days",
            "The leaf has 13 days left.",
            || leaf_left(days(13)),
        )
        .policy(NON_PRODUCTION)
        .warning()
        .certificate(1),
        pass(
            soon,
            "bound-of-a-variable",
            "The leaf has 13 days left, and the bound is set to 13.",
            || leaf_left(days(13)),
        )
        .variable("min_days_left", "13"),
        not_applicable(
            soon,
            "already-expired",
            "The leaf has expired, which is a rule of its own.",
            || leaf_left(-days(1)),
        ),
    ]
}

fn ranges() -> Vec<Case> {
    let range = "leaf-validity-range";
    let short = "leaf-short-lived";
    let outlives = "ca-expires-before-leaf";
    let leaf_end = || own_chain().leaf.not_after;
    let root_ends = |after_leaf: Duration| {
        own_chain()
            .root(|root| Recipe {
                not_after: own_chain().leaf.not_after + after_leaf,
                ..root
            })
            .file()
    };
    vec![
        pass(
            range,
            "365-days",
            "The leaf is valid for exactly 365 days.",
            || leaf_lasting(days(365)),
        ),
        pass(
            range,
            "1095-days",
            "The leaf is valid for exactly 1095 days.",
            || leaf_lasting(days(1095)),
        ),
        fail(range, "364-days", "The leaf is valid for 364 days.", || {
            leaf_lasting(days(364))
        })
        .error()
        .certificate(1)
        .field("validity"),
        fail(
            range,
            "365-days-but-a-second",
            "The leaf is valid for 365 days less a second.",
            || leaf_lasting(days(365) - SECOND),
        )
        .error()
        .certificate(1),
        fail(
            range,
            "1095-days-and-a-second",
            "The leaf is valid for 1095 days and a second.",
            || leaf_lasting(days(1095) + SECOND),
        )
        .error()
        .certificate(1),
        fail(
            range,
            "1096-days",
            "The leaf is valid for 1096 days.",
            || leaf_lasting(days(1096)),
        )
        .error()
        .certificate(1)
        .field("validity"),
        not_applicable(
            range,
            "public",
            "A public leaf of 199 days; the bounds are for own roots.",
            || public_chain().file(),
        ),
        pass(short, "96-days", "A public leaf of 96 days.", || {
            public_leaf_lasting(days(96))
        }),
        pass(
            short,
            "95-days-and-a-second",
            "A public leaf of 95 days and a second.",
            || public_leaf_lasting(days(95) + SECOND),
        ),
        fail(
            short,
            "95-days",
            "A public leaf of exactly 95 days.",
            || public_leaf_lasting(days(95)),
        )
        .warning()
        .certificate(1)
        .field("validity"),
        fail(short, "90-days", "A public leaf of 90 days.", || {
            public_leaf_lasting(days(90))
        })
        .warning()
        .certificate(1),
        not_applicable(
            short,
            "private",
            "A leaf of 90 days under an own root, of which leaf-validity-range speaks.",
            || {
                let start = instant("2026-11-01T00:00:00Z");
                own_chain()
                    .leaf(|leaf| {
                        Recipe {
                            not_before: start,
                            ..leaf
                        }
                        .days(90)
                    })
                    .file()
            },
        ),
        pass(
            outlives,
            "same-instant",
            "Root and leaf end at the same instant.",
            move || root_ends(Duration::ZERO),
        ),
        fail(
            outlives,
            "a-second-earlier",
            "The root ends a second before the leaf.",
            move || root_ends(-SECOND),
        )
        .warning()
        .certificate(2)
        .field("not_after"),
        fail(
            outlives,
            "intermediate",
            "The intermediate ends a day before the leaf; the root outlives both.",
            move || {
                three_certificates()
                    .intermediate(|ca| Recipe {
                        not_after: leaf_end() - days(1),
                        ..ca
                    })
                    .file()
            },
        )
        .warning()
        .certificate(2),
        not_applicable(outlives, "leaf-alone", "The leaf alone.", || {
            own_chain().file_of(&[1])
        }),
    ]
}

fn limits() -> Vec<Case> {
    let rule = "leaf-public-validity";
    vec![
        pass(
            rule,
            "398-days-the-day-before",
            "A public leaf of the last second before 2026-03-15, for 398 days.",
            || public_leaf("2026-03-14T23:59:59Z", days(398)),
        ),
        fail(
            rule,
            "398-days-and-a-second",
            "A public leaf of the last second before 2026-03-15, for 398 days and a second.",
            || public_leaf("2026-03-14T23:59:59Z", days(398) + SECOND),
        )
        .warning()
        .certificate(1)
        .field("validity"),
        pass(
            rule,
            "200-days",
            "A public leaf of the first second of 2026-03-15, for 200 days.",
            || public_leaf("2026-03-15T00:00:00Z", days(200)),
        )
        .at("2026-04-01T00:00:00Z"),
        fail(
            rule,
            "398-days-on-the-day",
            "A public leaf of the first second of 2026-03-15, for 398 days.",
            || public_leaf("2026-03-15T00:00:00Z", days(398)),
        )
        .warning()
        .certificate(1),
        fail(
            rule,
            "101-days-in-2027",
            "A public leaf of 2027-03-15 for 100 days and a second.",
            || public_leaf("2027-03-15T00:00:00Z", days(100) + SECOND),
        )
        .at("2027-04-01T00:00:00Z")
        .warning()
        .certificate(1),
        pass(
            rule,
            "47-days-in-2029",
            "A public leaf of 2029-03-15 for 47 days.",
            || public_leaf("2029-03-15T00:00:00Z", days(47)),
        )
        .at("2029-04-01T00:00:00Z"),
        not_applicable(
            rule,
            "private",
            "A leaf of 750 days under an own root.",
            || own_chain().file(),
        ),
    ]
}
