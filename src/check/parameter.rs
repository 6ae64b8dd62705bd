//! What parameters are made of: a value that could never mean anything is told where the policy loads, at its place.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::x509::{AttributeType, purpose_oid, purposes};

/// A value that `parse` makes of another one, or says what was wanted. To our deserialiser it is a type of its own, so
/// that the error stands at it.
fn parsed<'de, D, F, T>(
    deserializer: D,
    parse: impl FnOnce(F) -> Result<T, Wanted>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: Deserialize<'de>,
{
    deserializer.deserialize_newtype_struct("Parameter", Parse(parse, PhantomData))
}

/// What was wanted instead.
enum Wanted {
    /// One thing or another: `expected …`.
    Other(String),
    /// A sentence.
    Said(String),
}

struct Parse<P, F>(P, PhantomData<F>);

impl<'de, P, F, T> Visitor<'de> for Parse<P, F>
where
    P: FnOnce(F) -> Result<T, Wanted>,
    F: Deserialize<'de>,
{
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a parameter")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        (self.0)(F::deserialize(deserializer)?).map_err(|wanted| match wanted {
            Wanted::Other(wanted) => {
                D::Error::invalid_value(Unexpected::Other("this"), &wanted.as_str())
            }
            Wanted::Said(message) => D::Error::custom(message),
        })
    }
}

/// A text that `parse` takes.
fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    wanted: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    parsed(deserializer, |text: String| {
        parse(&text).ok_or_else(|| Wanted::Other(wanted.to_owned()))
    })
}

/// Whether a text is an object identifier in dotted form (X.660): two arcs at least, without leading zeros.
fn is_dotted(text: &str) -> bool {
    let is_arc = |arc: &str| {
        let digits = arc.bytes().all(|byte| byte.is_ascii_digit());
        digits && !arc.is_empty() && (arc == "0" || !arc.starts_with('0'))
    };
    text.contains('.') && text.split('.').all(is_arc)
}

const DOTTED: &str = r"^[0-2](\.(0|[1-9][0-9]*))+$";

/// An object identifier, dotted.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct Oid(#[schemars(regex(pattern = DOTTED))] String);

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wanted = "a dotted OID, as in `2.5.29.17`";
        let parse = |text: &str| is_dotted(text).then(|| Self(text.to_owned()));
        text(deserializer, wanted, parse)
    }
}

impl Deref for Oid {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A purpose of extendedKeyUsage, by its customary name (`clientAuth`) or its OID, dotted.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct PurposeId(
    #[schemars(extend("examples" = ["clientAuth", "serverAuth", "1.3.6.1.5.5.7.3.2"]))] String,
);

impl PurposeId {
    /// The OID, dotted.
    #[must_use]
    pub fn oid(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for PurposeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names: Vec<&str> = purposes().map(|(_, name)| name).collect();
        let wanted = format!("a dotted OID or one of `{}`", names.join("`, `"));
        let parse = |text: &str| {
            let oid = purpose_oid(text).or_else(|| is_dotted(text).then_some(text));
            oid.map(|oid| Self(oid.to_owned()))
        };
        text(deserializer, &wanted, parse)
    }
}

/// The algorithm of a public key, by its name in facts or its OID, dotted.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct KeyAlgorithmName(#[schemars(extend("examples" = ["rsa", "ec", "ed25519"]))] String);

impl<'de> Deserialize<'de> for KeyAlgorithmName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = crate::x509::KEY_ALGORITHMS;
        let wanted = format!("one of `{}`, or a dotted OID", names.join("`, `"));
        let parse = |text: &str| {
            let is_known = names.contains(&text) || is_dotted(text);
            is_known.then(|| Self(text.to_owned()))
        };
        text(deserializer, &wanted, parse)
    }
}

impl Deref for KeyAlgorithmName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyAlgorithmName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The type of an attribute of a name: `common_name`, organization, `organizational_unit`, country, locality,
/// `state_or_province`, `serial_number`, `organization_identifier`, `email_address`, `domain_component`, or a dotted OID.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct AttributeName(
    #[schemars(with = "String", extend("examples" = AttributeType::names().collect::<Vec<_>>()))]
    AttributeType,
);

impl<'de> Deserialize<'de> for AttributeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names: Vec<&str> = AttributeType::names().collect();
        let wanted = format!("one of `{}`, or a dotted OID", names.join("`, `"));
        text(deserializer, &wanted, |text| {
            AttributeType::parse(text).map(Self)
        })
    }
}

impl Deref for AttributeName {
    type Target = AttributeType;

    fn deref(&self) -> &AttributeType {
        &self.0
    }
}

/// A list that has an item: a question about nothing would be answered by everything, or by nothing.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct NonEmpty<T>(#[schemars(length(min = 1))] Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NonEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |items: Vec<T>| {
            if items.is_empty() {
                let why =
                    "the list is empty, so nothing is asked; to ask nothing, turn the rule `off`";
                return Err(Wanted::Said(why.to_owned()));
            }
            Ok(Self(items))
        })
    }
}

#[cfg(test)]
impl<T> NonEmpty<T> {
    pub(crate) fn of(first: T, more: impl IntoIterator<Item = T>) -> Self {
        Self(std::iter::once(first).chain(more).collect())
    }
}

impl<T> Deref for NonEmpty<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a NonEmpty<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// A pattern over a whole text: `*` stands for any run of characters, everything else for itself;
/// letter case does not count.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct Pattern(#[schemars(length(min = 1))] String);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |pattern: String| {
            if pattern.is_empty() {
                let why = "an empty pattern fits nothing but an empty text";
                return Err(Wanted::Said(why.to_owned()));
            }
            Ok(Self(pattern))
        })
    }
}

impl Pattern {
    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

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

/// The version of a certificate, as people count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
pub struct VersionNumber(#[schemars(range(min = 1, max = 3))] u32);

impl VersionNumber {
    /// 1, 2 or 3.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for VersionNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |number: u32| {
            let is_one = (1..=3).contains(&number);
            let wanted = || Wanted::Other("one of 1, 2, 3".to_owned());
            is_one.then_some(Self(number)).ok_or_else(wanted)
        })
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
}
