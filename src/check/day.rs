//! Days, as policies, waivers, tests and options write them.

use time::Date;
use time::macros::format_description;

/// A day, `YYYY-MM-DD`. The year has no sign: days are compared as texts, too.
pub(crate) fn day(text: &str) -> Option<Date> {
    let plain = text.starts_with(|each: char| each.is_ascii_digit());
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    day.ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_no_sign() {
        assert!(day("2030-01-01").is_some());
        for text in [
            "+2030-01-01",
            "-2030-01-01",
            " 2030-01-01",
            "2030-02-30",
            "",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
