//! One policy file, as it stands: typed where that needs no other file, every part with its place.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{FORMS, POLICY};
use super::location::Location;
use super::schema;
use super::template::printable;
use crate::source::{Source, escape};
use crate::yaml::{self, Key, Located, Node, Problem, Problems};

/// A policy: rules for certificate chains, and what they rest on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::require_version_and_name)]
pub(super) struct PolicyFile {
    /// The version of this language, 1.
    #[schemars(schema_with = "schema::version")]
    version: Option<Node>,
    /// The policy's name in reports, kebab-case.
    #[schemars(schema_with = "schema::kebab")]
    name: Option<Node>,
    /// What the policy is for, in a sentence.
    #[schemars(with = "String")]
    description: Option<Node>,
    /// The policy that this one rests on, or a list of them: the name of a built-in policy, or a path
    /// relative to this file. Where several give a field of a rule, the last one counts.
    #[schemars(schema_with = "schema::extends")]
    extends: Option<Node>,
    /// Whom to trust beside public CAs: files with CA certificates, PEM or DER, and EU trusted lists
    /// that `chainlint trust import` wrote, by path or pattern
    /// (`anchors/*.pem`), relative to this file. Those of parents count too.
    #[schemars(with = "Vec<String>")]
    trust_anchors: Option<Node>,
    /// Variables: a declaration (a map with `type`), or a value for a variable that a parent declares.
    #[serde(default, deserialize_with = "yaml::or_nothing")]
    #[schemars(schema_with = "schema::vars")]
    vars: Option<Node>,
    /// Rules by id. A rule of a parent is changed field by field; `off` alone turns it off.
    #[serde(default, deserialize_with = "yaml::or_nothing")]
    #[schemars(schema_with = "schema::rules")]
    rules: Option<Node>,
    /// Which waivers of a config count under this policy.
    #[schemars(with = "WaiverBoundsFile")]
    waivers: Option<Node>,
}

/// Which waivers of a config count.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WaiverBounds", transform = schema::require_nothing)]
pub(super) struct WaiverBoundsFile {
    /// How many days ahead the last day of a waiver may lie; one that ends later covers nothing. Of
    /// several policies that extend each other the smallest number counts.
    #[schemars(with = "std::num::NonZeroU16")]
    max_days: Option<Node>,
}

/// A rule: which check, with which parameters, asked of what, and what to say when it fails.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Rule", transform = schema::require_nothing)]
pub(super) struct RuleFile {
    /// What is wanted and why, for `chainlint explain`.
    #[schemars(with = "String")]
    description: Option<Node>,
    /// How much a failure weighs; for a check with several outcomes also a map that names each.
    #[schemars(schema_with = "schema::severity")]
    severity: Option<Node>,
    /// Which certificates are asked: needed for checks of one certificate, refused for checks of a
    /// chain.
    #[schemars(with = "super::On")]
    on: Option<Node>,
    /// Which chains are asked; without it, all.
    #[schemars(with = "super::When")]
    when: Option<Node>,
    /// The check and its parameters.
    #[schemars(schema_with = "schema::check")]
    check: Option<Node>,
    /// What a finding says. `{name}` stands for a detail of the check, a variable (`{vars.company}`) or
    /// a fact (`{cert.subject.common_name}`). One text, or a map from the check's outcomes to texts, in
    /// which `default` stands for all outcomes that are not named.
    #[schemars(schema_with = "schema::texts")]
    message: Option<Node>,
    /// How to mend it; written like `message`.
    #[schemars(schema_with = "schema::texts")]
    help: Option<Node>,
    /// The clause or standard that asks for it.
    #[schemars(with = "String")]
    reference: Option<Node>,
    /// A chain that fails and one that passes, for `chainlint explain`.
    #[schemars(with = "super::Examples")]
    examples: Option<Node>,
    /// `true`: a policy that extends this one may tighten the rule, and neither loosen it, turn it off, ask
    /// it of fewer certificates or chains, nor unlock it.
    #[schemars(with = "bool")]
    locked: Option<Node>,
    /// Whether a waiver of a config may cover findings of this rule; without it, `true`, but `false` for a rule
    /// that is locked.
    #[schemars(with = "bool")]
    waivable: Option<Node>,
}

/// The fields of a rule, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `description`
    Description,
    /// `severity`
    Severity,
    /// `on`
    On,
    /// `when`
    When,
    /// `check`
    Check,
    /// `message`
    Message,
    /// `help`
    Help,
    /// `reference`
    Reference,
    /// `examples`
    Examples,
    /// `locked`
    Locked,
    /// `waivable`
    Waivable,
}

impl Field {
    /// The key in YAML.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Severity => "severity",
            Self::On => "on",
            Self::When => "when",
            Self::Check => "check",
            Self::Message => "message",
            Self::Help => "help",
            Self::Reference => "reference",
            Self::Examples => "examples",
            Self::Locked => "locked",
            Self::Waivable => "waivable",
        }
    }
}

/// A value as a file gives it.
#[derive(Debug, Clone)]
pub struct Given {
    /// The value.
    pub node: Node,
    /// The file.
    pub source: Arc<Source>,
}

impl Given {
    /// Where it stands.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::new(&self.source, self.node.span)
    }

    pub(super) fn problem(&self, message: impl Into<String>, label: &str) -> Problem {
        self.location().problem(message, label)
    }
}

/// What a file says about one rule.
#[derive(Debug)]
pub(super) struct RuleEntry {
    pub(super) id: Key,
    pub(super) fields: BTreeMap<Field, Given>,
    /// Written as `id: off` or the like.
    pub(super) shorthand: bool,
}

/// One policy file.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) source: Arc<Source>,
    pub(super) name: Option<Located<String>>,
    pub(super) description: Option<Located<String>>,
    pub(super) extends: Vec<Located<String>>,
    pub(super) trust_anchors: Vec<Located<String>>,
    pub(super) vars: Vec<(Key, Node)>,
    pub(super) rules: Vec<RuleEntry>,
    /// How many days ahead the last day of a waiver may lie.
    pub(super) waiver_days: Option<Located<NonZeroU16>>,
}

/// Reads a policy file; what is wrong goes into `problems`, and the rest is read all the same.
pub(super) fn read(text: &str, source: &Arc<Source>, problems: &mut Problems) -> Option<Document> {
    let node = yaml::read_form(&POLICY, &FORMS, yaml::MAX_BYTES, text, source, problems)?;
    let file: PolicyFile = yaml::read_known(None, &node, source, problems)?;
    let mut reader = Reader { source, problems };
    reader.version(&node, file.version.as_ref());
    let name = reader.name(&node, file.name.as_ref());
    Some(Document {
        source: source.clone(),
        name,
        description: file
            .description
            .and_then(|node| reader.text("description", &node))
            .map(|text| Located {
                value: printable(text.value.trim_end()),
                span: text.span,
            }),
        extends: file
            .extends
            .map(|node| reader.extends(&node))
            .unwrap_or_default(),
        trust_anchors: file
            .trust_anchors
            .and_then(|node| yaml::from_field("trust_anchors", &node, source, reader.problems))
            .unwrap_or_default(),
        vars: file.vars.map(|node| reader.vars(&node)).unwrap_or_default(),
        rules: file
            .rules
            .map(|node| reader.rules(&node))
            .unwrap_or_default(),
        waiver_days: file.waivers.and_then(|node| reader.waiver_days(&node)),
    })
}

/// Reads `version`, which must be there and 1.
pub(super) fn version(
    file: &Node,
    node: Option<&Node>,
    source: &Arc<Source>,
    problems: &mut Problems,
) {
    let Some(node) = node else {
        problems.push(missing(file, source, "version").help("begin the file with `version: 1`"));
        return;
    };
    if node.value != yaml::Value::Integer(1) {
        let message = format!(
            "`version`: expected the number 1, found {}",
            node.describe()
        );
        let problem = Problem::new(source, node.span, message, "unknown version");
        problems.push(problem.help("this program reads version 1: `version: 1`"));
    }
}

/// A key that the file as a whole lacks.
fn missing(file: &Node, source: &Arc<Source>, key: &str) -> Problem {
    let first = file.entries().and_then(<[_]>::first);
    let span = first.map_or(file.span, |(key, _)| key.span);
    Problem::new(
        source,
        span,
        format!("`{key}` is missing"),
        "the file begins here",
    )
}

/// Whether a name is kebab-case: lower-case letters and digits, single hyphens between.
pub(super) fn is_kebab(name: &str) -> bool {
    !name.is_empty()
        && name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn version(&mut self, file: &Node, node: Option<&Node>) {
        version(file, node, self.source, self.problems);
    }

    fn name(&mut self, file: &Node, node: Option<&Node>) -> Option<Located<String>> {
        let Some(node) = node else {
            let problem = missing(file, self.source, "name");
            self.problems
                .push(problem.help("reports name the policy: `name: acme-internal`"));
            return None;
        };
        let name = self.text("name", node)?;
        if !is_kebab(&name.value) {
            let message = format!("the name `{}` is not kebab-case", escape(&name.value));
            let problem = Problem::new(self.source, node.span, message, "name");
            self.problems
                .push(problem.help("lower-case letters, digits and hyphens: `acme-internal`"));
        }
        Some(name)
    }

    fn text(&mut self, key: &str, node: &Node) -> Option<Located<String>> {
        yaml::from_field(key, node, self.source, self.problems)
    }

    fn extends(&mut self, node: &Node) -> Vec<Located<String>> {
        if node.text().is_some() {
            let one: Option<Located<String>> = yaml::from_node(node, self.source, self.problems);
            return one.into_iter().collect();
        }
        let Some(items) = node.items() else {
            let found = node.describe();
            let message = format!("`extends`: expected a policy or a list of them, found {found}");
            let problem = Problem::new(self.source, node.span, message, &found);
            self.problems
                .push(problem.help("a built-in policy's name, or a path relative to this file"));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| yaml::from_field("extends", item, self.source, self.problems))
            .collect()
    }

    fn entries(&mut self, node: &Node, what: &str) -> Vec<(Key, Node)> {
        let Some(entries) = node.entries() else {
            let found = node.describe();
            let message = format!("`{what}`: expected a map, found {found}");
            self.problems
                .push(Problem::new(self.source, node.span, message, &found));
            return Vec::new();
        };
        entries.to_vec()
    }

    fn vars(&mut self, node: &Node) -> Vec<(Key, Node)> {
        self.entries(node, "vars")
    }

    fn rules(&mut self, node: &Node) -> Vec<RuleEntry> {
        let entries = self.entries(node, "rules");
        entries
            .into_iter()
            .filter_map(|(id, node)| self.rule(id, node))
            .collect()
    }

    fn waiver_days(&mut self, node: &Node) -> Option<Located<NonZeroU16>> {
        let bounds: WaiverBoundsFile =
            yaml::read_known(Some("waivers"), node, self.source, self.problems)?;
        let node = bounds.max_days?;
        let days: Located<u16> = yaml::from_field("max_days", &node, self.source, self.problems)?;
        let span = days.span;
        let value = NonZeroU16::new(days.value);
        if value.is_none() {
            let message = "`max_days`: expected 1 or more, found the number 0".to_owned();
            let problem = Problem::new(self.source, span, message, "no waiver could count");
            let help = "to let nobody waive a rule, write `waivable: false` in it";
            self.problems.push(problem.help(help));
        }
        value.map(|value| Located { value, span })
    }

    fn rule(&mut self, id: Key, node: Node) -> Option<RuleEntry> {
        if !is_kebab(&id.name) {
            let message = format!("the rule id `{}` is not kebab-case", escape(&id.name));
            let problem = Problem::new(self.source, id.span, message, "rule id");
            self.problems
                .push(problem.help("lower-case letters, digits and hyphens: `acme-key-size`"));
        }
        let is_map = node.entries().is_some();
        if let Some((key, value)) = node.text().and_then(|text| text.split_once(':')) {
            let message = format!("rule `{}`: expected a map or a severity", escape(&id.name));
            let problem = Problem::new(self.source, node.span, message, &node.describe());
            let (key, value) = (escape(key), escape(value.trim_start()));
            self.problems
                .push(problem.help(format!("a space is missing: `{key}: {value}`")));
            return None;
        }
        if !is_map && node.text().is_none() && !matches!(node.value, yaml::Value::Bool(_)) {
            let found = node.describe();
            let id = escape(&id.name);
            let message = format!("rule `{id}`: expected a map or a severity, found {found}");
            let problem = Problem::new(self.source, node.span, message, &found);
            self.problems.push(
                problem
                    .help("the fields of the rule, or one of `error`, `warning`, `advice`, `off`"),
            );
            return None;
        }
        let fields = if is_map {
            self.fields(&id, &node)?
        } else {
            BTreeMap::from([(Field::Severity, self.given(node))])
        };
        Some(RuleEntry {
            id,
            fields,
            shorthand: !is_map,
        })
    }

    fn fields(&mut self, id: &Key, node: &Node) -> Option<BTreeMap<Field, Given>> {
        let name = format!("rules.{}", id.name);
        let file: RuleFile = yaml::read_known(Some(&name), node, self.source, self.problems)?;
        let fields = [
            (Field::Description, file.description),
            (Field::Severity, file.severity),
            (Field::On, file.on),
            (Field::When, file.when),
            (Field::Check, file.check),
            (Field::Message, file.message),
            (Field::Help, file.help),
            (Field::Reference, file.reference),
            (Field::Examples, file.examples),
            (Field::Locked, file.locked),
            (Field::Waivable, file.waivable),
        ];
        Some(
            fields
                .into_iter()
                .filter_map(|(field, node)| Some((field, self.given(node?))))
                .collect(),
        )
    }

    fn given(&self, node: Node) -> Given {
        let source = self.source.clone();
        Given { node, source }
    }
}
