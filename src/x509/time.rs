//! Instants of validity.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A day as validity periods count it, in seconds.
pub const SECONDS_A_DAY: i64 = 86_400;

/// An instant in UTC, as Unix seconds; the year 9999 fits (RFC 5280 §4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// From Unix seconds.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// As Unix seconds.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Whole seconds from this instant to `later`; negative where it lies before, and a started
    /// second counts.
    #[must_use]
    pub fn seconds_until(self, later: OffsetDateTime) -> i64 {
        let started = i64::from(later.nanosecond() > 0);
        later
            .unix_timestamp()
            .saturating_add(started)
            .saturating_sub(self.0)
    }

    /// Whole seconds from `earlier` to this instant; negative where it lies before, and a started
    /// second does not count.
    #[must_use]
    pub fn seconds_since(self, earlier: OffsetDateTime) -> i64 {
        self.seconds_until(earlier).saturating_neg()
    }

    /// Seconds from this instant to another; negative where that lies before.
    #[must_use]
    pub fn seconds_to(self, other: Self) -> i64 {
        other.0.saturating_sub(self.0)
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match OffsetDateTime::from_unix_timestamp(self.0).map(|at| at.format(&Rfc3339)) {
            Ok(Ok(text)) => formatter.write_str(&text),
            Ok(Err(_)) | Err(_) => write!(formatter, "{} s after 1970", self.0),
        }
    }
}
