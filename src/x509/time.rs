//! Instants of validity.

use std::fmt;

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

use super::der::{self, Tlv};
use super::{Error, Located};

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

/// Reads a Time (RFC 5280 §4.1.2.5): `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, nothing else.
pub(super) fn read(der: &[u8], time: Tlv) -> Result<Located<Instant>, Error> {
    let fail = |why: &str| Error {
        span: time.span,
        what: format!("time: {why}"),
    };
    let text = time.bytes(der);
    let year_digits = match time.tag {
        der::UTC_TIME => 2,
        der::GENERALIZED_TIME => 4,
        _ => return Err(fail("neither UTCTime nor GeneralizedTime")),
    };
    let Some((b'Z', digits)) = text.split_last() else {
        return Err(fail("it does not end in Z"));
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(fail("it has other characters than digits before the Z"));
    }
    let (year, rest) = digits
        .split_at_checked(year_digits)
        .ok_or_else(|| fail("it is too short"))?;
    let pairs: Vec<u8> = rest
        .chunks(2)
        .map(|pair| u8::try_from(number(pair)).unwrap_or(u8::MAX))
        .collect();
    let ([month, day, hour, minute, second], 10) = (pairs.as_slice(), rest.len()) else {
        return Err(fail("it does not go down to seconds, or has a fraction"));
    };
    let year = match (time.tag, number(year)) {
        // UTCTime counts from 1950 to 2049 (§4.1.2.5.1).
        (der::UTC_TIME, year) if year >= 50 => year.saturating_add(1900),
        (der::UTC_TIME, year) => year.saturating_add(2000),
        (_, year) => year,
    };
    let instant = Month::try_from(*month)
        .and_then(|month| Date::from_calendar_date(year, month, *day))
        .and_then(|date| date.with_hms(*hour, *minute, *second))
        .map_err(|_| fail("there is no such date or time of day"))?;
    let unix = instant.assume_utc().unix_timestamp();
    Ok(Located {
        value: Instant(unix),
        span: time.span,
    })
}

fn number(digits: &[u8]) -> i32 {
    digits.iter().fold(0, |sum: i32, digit| {
        sum.saturating_mul(10)
            .saturating_add(i32::from(digit.saturating_sub(b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(tag: u8, text: &str) -> Option<String> {
        let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
        der.extend_from_slice(text.as_bytes());
        let tlv = der::Reader::new(&der).next("time").unwrap();
        read(&der, tlv).ok().map(|time| time.value.to_string())
    }

    #[test]
    fn two_digit_years_run_from_1950_to_2049() {
        assert_eq!(
            parse(0x17, "491231235959Z").as_deref(),
            Some("2049-12-31T23:59:59Z")
        );
        assert_eq!(
            parse(0x17, "500101000000Z").as_deref(),
            Some("1950-01-01T00:00:00Z")
        );
    }

    #[test]
    fn the_end_of_the_year_9999_fits() {
        assert_eq!(
            parse(0x18, "99991231235959Z").as_deref(),
            Some("9999-12-31T23:59:59Z")
        );
    }

    #[test]
    fn times_without_seconds_or_z_or_with_fractions_or_of_no_calendar_are_refused() {
        for (tag, text) in [
            (0x17, "2601010000Z"),
            (0x17, "260101000000"),
            (0x17, "260101000000+0100"),
            (0x18, "20260101000000.5Z"),
            (0x17, "260230000000Z"),
            (0x17, "260101240000Z"),
            (0x17, "2601010000é"),
            (0x16, "260101000000Z"),
        ] {
            assert_eq!(parse(tag, text), None, "{text}");
        }
    }

    #[test]
    fn a_started_second_counts_as_past() {
        let instant = Instant::from_unix(100);
        let at = |nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap();
        assert_eq!(instant.seconds_until(at(100_000_000_000)), 0);
        assert_eq!(instant.seconds_until(at(100_000_000_001)), 1);
        assert_eq!(instant.seconds_since(at(100_000_000_001)), -1);
    }
}
