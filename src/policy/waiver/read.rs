//! Waivers as they are written: under `waivers` of a config, or in a file of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use time::Date;

use super::path::CoveredPath;
use super::{Entry, Places, Subject, Waiver};
use crate::check::day::day;
use crate::policy::schema;
use crate::source::{Source, escape};
use crate::span::Span;
use crate::yaml::{self, Located, Node, Problem, Problems};

/// A finding that somebody has answered for: one rule, a certificate or a path or both, and a last day.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Waiver")]
pub(in crate::policy) struct WaiverFile {
    /// A name of its own, for reports; without it, one that follows from rule, certificate and path.
    id: Option<Located<String>>,
    /// The rule whose findings are waived.
    #[schemars(schema_with = "schema::rule_id")]
    rule: Located<String>,
    /// The certificate in which they stand, `sha256:` and 64 hexadecimal digits, as reports give it.
    certificate: Option<Located<String>>,
    /// The file in which they stand: a path or a pattern, from the config's folder.
    path: Option<Located<String>>,
    /// Why.
    reason: Located<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// The last day on which it holds, in UTC: `2027-02-01`.
    #[schemars(with = "String")]
    expires: Node,
}

/// A file of waivers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::require_version)]
pub(in crate::policy) struct WaiversFile {
    /// The version of this language, 1.
    #[schemars(schema_with = "schema::version")]
    pub(in crate::policy) version: Option<Node>,
    /// The waivers.
    #[serde(default, deserialize_with = "crate::yaml::or_nothing")]
    #[schemars(with = "Vec<WaiverFile>")]
    pub(in crate::policy) waivers: Option<Node>,
}

/// Reads a list of waivers; what is wrong goes into `problems`, and the rest is read all the same.
pub(in crate::policy) fn read(
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Vec<Waiver> {
    let Some(items) = node.items() else {
        let found = node.describe();
        let message = format!("`waivers`: expected a list, found {found}");
        let problem = Problem::new(source, node.span, message, &found);
        problems
            .push(problem.help("write `waivers: [{ rule: …, path: …, reason: …, expires: … }]`"));
        return Vec::new();
    };
    let mut waivers: Vec<Waiver> = Vec::new();
    let mut reader = Reader { source, problems };
    for item in items {
        waivers.extend(reader.waiver(item));
    }
    waivers
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn waiver(&mut self, node: &Node) -> Option<Waiver> {
        let file: WaiverFile = yaml::read_known(Some("waivers"), node, self.source, self.problems)?;
        let expires = self.day(&file.expires);
        let certificate = file.certificate.as_ref().map(|given| self.hash(given));
        let path = file.path.as_ref().map(|given| self.path(given));
        if file.reason.value.trim().is_empty() {
            let message = "a waiver says why it was granted".to_owned();
            self.say(file.reason.span, message, "no reason", "write a sentence");
        }
        if file.certificate.is_none() && file.path.is_none() {
            let message = "the waiver names neither a certificate nor a path".to_owned();
            let help = "give `certificate: \"sha256:…\"`, `path: …`, or both: a rule as a whole is turned off in the policy";
            self.say(
                file.rule.span,
                message,
                "would waive the rule everywhere",
                help,
            );
            return None;
        }
        let entry = Entry {
            id: file.id.as_ref().map(|id| id.value.clone()),
            rule: file.rule.value,
            // What was given and is wrong must not become a waiver of more.
            certificate: certificate.map_or(Some(None), |read| read.map(Some))?,
            path: file.path.as_ref().map(|given| given.value.clone()),
            reason: file.reason.value,
            owner: file.owner,
            expires: expires?,
        };
        let path = path.map_or(Some(None), |read| read.map(Some))?;
        let places = Places {
            whole: node.span,
            id: file.id.map_or(file.rule.span, |id| id.span),
            rule: file.rule.span,
            expires: file.expires.span,
        };
        Some(Waiver::new(entry, path, self.source, places))
    }

    fn day(&mut self, given: &Node) -> Option<Date> {
        let day = given.text().and_then(day);
        if day.is_none() {
            let message = match given.text() {
                Some(text) => format!("`{}` is no day", escape(text)),
                None => format!("`expires`: expected a day, found {}", given.describe()),
            };
            let help = "write the last day on which it holds, as in 2027-02-01";
            self.say(given.span, message, "expires", help);
        }
        day
    }

    fn hash(&mut self, given: &Located<String>) -> Option<String> {
        let hash = hash(&given.value);
        if hash.is_none() {
            let message = format!("`{}` is no certificate's hash", escape(&given.value));
            let help = "write `\"sha256:…\"` with 64 hexadecimal digits, as `chainlint inspect` prints them";
            self.say(given.span, message, "certificate", help);
        }
        hash
    }

    fn path(&mut self, given: &Located<String>) -> Option<CoveredPath> {
        match CoveredPath::parse(&given.value) {
            Ok(path) => Some(path),
            Err((why, help)) => {
                let message = format!("`{}` is no path: {why}", escape(&given.value));
                self.say(given.span, message, "path", help);
                None
            }
        }
    }

    fn say(&mut self, span: Span, message: String, label: &str, help: &str) {
        let problem = Problem::new(self.source, span, message, label);
        self.problems.push(problem.help(help));
    }
}

/// Two waivers for the same thing, of which one would never be looked at, and two that share a name, which could not
/// be told apart.
pub(in crate::policy) fn refuse_twice(waivers: &[Waiver], problems: &mut Problems) {
    let mut subjects: BTreeMap<Subject, &Waiver> = BTreeMap::new();
    let mut names: BTreeMap<&str, &Waiver> = BTreeMap::new();
    for waiver in waivers {
        if let Some(first) = subjects.insert(waiver.subject(), waiver) {
            let rule = escape(&waiver.entry.rule);
            let message = format!("there is a waiver of `{rule}` for this already");
            let problem = Problem::new(&waiver.source, waiver.rule_at, message, "waived again");
            let problem = problem.related(&first.source, first.rule_at, "waived here");
            problems.push(problem.help("keep one of them"));
        } else if let Some(first) = names.insert(&waiver.id, waiver) {
            let id = escape(&waiver.id);
            let message = format!("there is a waiver called `{id}` already");
            let problem = Problem::new(&waiver.source, waiver.id_at, message, "the same name");
            let problem = problem.related(&first.source, first.id_at, "the first one");
            problems.push(problem.help("give it a name of its own, or none"));
        }
    }
}

/// The 64 lower-case digits of `sha256:` and a hash.
fn hash(text: &str) -> Option<String> {
    let digits = text.strip_prefix("sha256:")?;
    let is_hash = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| digits.to_ascii_lowercase())
}
