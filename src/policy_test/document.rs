//! A test file as it stands, every part with its place.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use time::OffsetDateTime;

use super::expect::Expectation;
use super::schema;
use crate::policy::{Location, Override, Reference};
use crate::source::Source;
use crate::yaml::{Located, Node};

/// Tests of a policy: chains, and what each rule comes to on them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TestDocument {
    /// The version of this language, 1.
    #[schemars(schema_with = "schema::version")]
    pub(super) version: Located<i64>,
    /// The policy: a built-in's name, or a path relative to this file.
    #[schemars(required, with = "String")]
    pub(super) policy: Option<Node>,
    /// The instant at which the cases are judged: a day (its first instant, UTC) or RFC 3339.
    #[schemars(required, with = "String")]
    pub(super) at: Option<Node>,
    /// Values for variables of the policy.
    #[serde(default)]
    #[schemars(schema_with = "schema::values")]
    pub(super) vars: Option<Node>,
    /// The environment label of the files.
    #[schemars(with = "Option<String>")]
    pub(super) environment: Option<Node>,
    /// The app label of the files.
    #[schemars(with = "Option<String>")]
    pub(super) app: Option<Node>,
    /// Chains to start from, by name.
    #[serde(default)]
    #[schemars(schema_with = "schema::chains")]
    pub(super) chains: Option<Node>,
    /// The cases.
    #[schemars(with = "Vec<CaseDocument>")]
    pub(super) cases: Vec<Node>,
}

/// A file, and what rules come to on it. It is a `chain`, a `file` or a `text`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
pub(super) struct CaseDocument {
    /// What the case shows, in a few words; each name once a file.
    pub(super) name: Located<String>,
    /// A chain made to order: the name of one of `chains`, or a map.
    #[serde(default)]
    #[schemars(schema_with = "schema::chain_or_name")]
    pub(super) chain: Option<Node>,
    /// A file to read, relative to this one.
    pub(super) file: Option<Located<String>>,
    /// The text of the file.
    pub(super) text: Option<Located<String>>,
    /// The file cannot be read, for this reason.
    pub(super) unreadable: Option<Located<String>>,
    /// What the file is called; without it, `chain.pem`.
    pub(super) path: Option<String>,
    /// The environment label of the file; `null` for none where the test file gives one.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    pub(super) environment: Option<Node>,
    /// The app label of the file; `null` for none where the test file gives one.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    pub(super) app: Option<Node>,
    /// Judge as `check --strict` does.
    pub(super) strict: Option<bool>,
    /// Another instant than the file's.
    pub(super) at: Option<Located<String>>,
    /// Values for variables, over those of the file.
    #[serde(default)]
    #[schemars(schema_with = "schema::values")]
    pub(super) vars: Option<Node>,
    /// What rules come to. A finding of a rule that is not named here fails the case.
    #[serde(default)]
    #[schemars(schema_with = "schema::expectations")]
    pub(super) expect: Option<Node>,
    /// Findings of rules that are not named are no matter.
    pub(super) other_findings: Option<bool>,
}

/// A test file that was read.
#[derive(Debug)]
pub struct TestFile {
    /// The file.
    pub source: Arc<Source>,
    /// The policy that it tests.
    pub policy: Reference,
    /// The cases, in written order.
    pub cases: Vec<Case>,
}

/// One case of a test file.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Where the name stands.
    pub place: Location,
    /// What the file is called.
    pub path: String,
    /// What the file holds.
    pub content: Content,
    /// CA certificates in DER that the case trusts beside the policy's.
    pub trusted: Vec<Vec<u8>>,
    /// When it is judged.
    pub now: OffsetDateTime,
    /// The environment label.
    pub environment: Option<Arc<str>>,
    /// The app label.
    pub app: Option<Arc<str>>,
    /// Whether what cannot be checked is an error.
    pub strict: bool,
    /// Values for variables, the later ones winning.
    pub vars: Vec<Override>,
    /// What rules come to.
    pub(super) expect: Vec<Expectation>,
    /// Whether findings of rules that are not named fail the case.
    pub(super) closed: bool,
}

/// What the file of a case holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// It cannot be read, and why.
    Unreadable(String),
}

/// A value that may be nothing on purpose.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Node>, D::Error> {
    Node::deserialize(deserializer).map(Some)
}
