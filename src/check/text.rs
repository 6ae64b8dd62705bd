//! Words that checks put into labels, and the patterns they hold names against.

use std::fmt::Display;

use schemars::JsonSchema;
use serde::Deserialize;

/// `a, b, c`; `none` where there is nothing.
pub(crate) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

/// A pattern over a whole text: `*` stands for any run of characters, everything else for itself;
/// letter case does not count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// Whether the whole text fits the pattern.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.to_lowercase(), text.to_lowercase());
        let mut parts = pattern.split('*');
        let Some(mut rest) = parts.next().and_then(|head| text.strip_prefix(head)) else {
            return false;
        };
        let Some(tail) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            // The leftmost place is the best one: it leaves the most text for what follows.
            let Some((_, after)) = rest.split_once(part) else {
                return false;
            };
            rest = after;
        }
        rest.ends_with(tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern(pattern.to_owned()).matches(text)
    }

    #[test]
    fn without_a_star_the_whole_text_must_be_equal_but_for_case() {
        assert!(matches("ISRG", "isrg"));
        assert!(!matches("ISRG", "ISRG Root X1"));
        assert!(!matches("", "x"));
        assert!(matches("", ""));
    }

    #[test]
    fn stars_stand_for_any_run_of_characters() {
        assert!(matches("*cloudflare*", "Cloudflare TLS Issuing ECC CA 1"));
        assert!(matches(
            "CloudFlare Origin SSL*Certificate Authority",
            "CloudFlare Origin SSL ECC Certificate Authority"
        ));
        assert!(matches(
            "CloudFlare Origin SSL*Certificate Authority",
            "CloudFlare Origin SSL Certificate Authority"
        ));
        assert!(matches("a*b*c", "a-b-b-c"));
        assert!(!matches("a*b*c", "a-c-b"));
        assert!(matches("*", ""));
        assert!(!matches("ab*ba", "aba"));
    }

    #[test]
    fn lists_say_when_they_are_empty() {
        assert_eq!(list(["a", "b"]), "a, b");
        assert_eq!(list(Vec::<String>::new()), "none");
    }
}
