//! `expression`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::chain::{Chain, Member};
use crate::check::expression::{Known, Names, Program, Undetermined, compile};
use crate::check::{
    CertificateCheck, ChainCheck, Check, Context, Details, Kind, Place, Scope, Subject, Verdict,
    Violation, Within,
};
use crate::facts;
use crate::source::escape;
use crate::x509::Field;
use crate::yaml::{self, Located, Node, Problem, Problems, one_of};

/// An expression over the facts holds.
///
/// It is written in CEL, the language of Kubernetes' and cert-manager's policies, over the facts that
/// `chainlint inspect --format json` prints. In a rule with `on` it is asked of each certificate, else
/// once of the file. Names, types, patterns and timestamps are checked when the policy loads. What
/// cannot be told when it runs (a fact that is null where a value is needed, an index past the end, an
/// extension that cannot be read) counts as a failure, with the reason as the message.
///
/// Variables: `cert` (in a rule with `on`), `chain`, `file` (also `file.certificates`,
/// `file.environment`, `file.app`), `now`, and `vars.NAME`, a variable of the policy. Facts that are
/// absent are null: `cert.subject.country == null`.
///
/// Operators: `!`, `-`, `*`, `/`, `%`, `+`, `<`, `<=`, `>`, `>=`, `==`, `!=`, `in`, `&&`, `||`, `?:`,
/// `list[0]`, `map["key"]`.
///
/// Macros: `has(x.fact)` (it is not null); of lists `all(x, test)`, `exists(x, test)`,
/// `exists_one(x, test)`, `filter(x, test)`, `map(x, value)`.
///
/// Functions: `size(x)`; of texts `startsWith`, `endsWith`, `contains`, `matches` (RE2, anywhere in the
/// text unless `^` and `$` say otherwise), `lowerAscii`, `upperAscii`; `int(x)`, `string(x)`,
/// `timestamp("2030-01-01T00:00:00Z")`, `duration("720h")`; of timestamps, in UTC, `getFullYear`,
/// `getMonth` (from 0), `getDate` (from 1), `getDayOfMonth` (from 0), `getDayOfYear`, `getDayOfWeek`
/// (from 0, Sunday), and also of durations `getHours`, `getMinutes`, `getSeconds`, `getMilliseconds`.
///
/// Fails: `assert: cert.key.bits >= 3072`, and the key has 2048 bits, or is no RSA key (bits are null).
/// Passes: the key has 3072 bits.
/// Source: <https://cel.dev>.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expression {
    /// What must hold: a CEL expression that is true or false.
    assert: Located<String>,
    /// Where a finding points: a field of the certificate, such as `subject_alternative_name`, or a
    /// fact of it, such as `cert.san.uris`; in a rule without `on`, of the leaf. Without it, the whole
    /// certificate.
    #[serde(default)]
    #[schemars(schema_with = "point_at")]
    point_at: Option<Located<String>>,
}

/// A field, which editors offer, or a fact.
fn point_at(_: &mut SchemaGenerator) -> Schema {
    let fields: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    json_schema!({ "anyOf": [{ "enum": fields }, { "type": "string" }] })
}

/// The row in the table: whether it asks certificates or the file is the rule's to say.
pub(in crate::check) const KIND: Kind = Kind {
    name: "expression",
    scope: Scope::ByRule,
    outcomes: &[],
    details: DETAILS,
    mend: None,
    read,
    schema: SchemaGenerator::subschema_for::<Expression>,
};

const DETAILS: Details = &[
    ("assert", "the expression"),
    ("found", "the facts that it names, with their values"),
];

/// Most facts that `{found}` shows.
const MAX_SHOWN: usize = 4;
/// Longest value of a fact, and longest expression, that a label shows, in characters.
const MAX_TEXT: usize = 60;

fn read(node: &Node, within: &Within<'_>, problems: &mut Problems) -> Option<Check> {
    let parameters: Expression = yaml::from_node(node, within.source, problems)?;
    let point_at = match &parameters.point_at {
        None => Some(None),
        Some(wanted) => field(wanted, within, problems).map(Some),
    };
    let names = Names {
        has_certificate: within.has_on,
        variables: within.variables,
        is_complete: within.is_complete,
        model: within.model,
    };
    let program = match compile(&parameters.assert.value, names) {
        Ok(program) => program,
        Err(faults) => {
            let written = node.get("assert").unwrap_or(node);
            problems.extend(faults.into_iter().map(|fault| Problem {
                file: within.source.clone(),
                span: yaml::locate(within.source, written, &fault.range),
                message: fault.message,
                label: fault.label,
                help: fault.help,
                related: Vec::new(),
            }));
            return None;
        }
    };
    if let Some(problem) = swallowed(&program, node.get("assert").unwrap_or(node), within) {
        problems.push(problem);
        return None;
    }
    let asked = Asked {
        program,
        point_at: point_at?,
    };
    Some(if within.has_on {
        Check::Certificate(Box::new(asked))
    } else {
        Check::Chain(Box::new(asked))
    })
}

/// A comment that goes on over the line it stands in: a scalar that joins its lines has taken what follows into it.
fn swallowed(program: &Program, written: &Node, within: &Within<'_>) -> Option<Problem> {
    let comments = program.comments().iter();
    let mut places = comments.map(|comment| yaml::locate(within.source, written, comment));
    let line = |at: usize| within.source.position(at).line;
    let place = places.find(|place| line(place.start) != line(place.end))?;
    let message = "this comment takes the lines below it along: the scalar makes one line of them";
    let problem = Problem::new(within.source, place, message.to_owned(), "comment");
    Some(problem.help("write `assert: |`, which keeps line breaks, or leave the comment out"))
}

/// The field that `point_at` names, itself or by a fact that is read from it.
fn field(wanted: &Located<String>, within: &Within<'_>, problems: &mut Problems) -> Option<Field> {
    let name = wanted.value.as_str();
    if let Some(field) = Field::ALL.iter().find(|field| field.as_str() == name) {
        return Some(*field);
    }
    let path = name.strip_prefix("cert.").unwrap_or(name);
    let is_fact = !path.contains('.') || facts::is_path(&format!("cert.{path}"));
    if let Some(field) = facts::field_of(path).filter(|_| is_fact) {
        return Some(field);
    }
    let paths = facts::paths();
    let known = Field::ALL.iter().map(|field| field.as_str()).chain(
        paths
            .iter()
            .filter(|path| path.starts_with("cert."))
            .map(String::as_str),
    );
    let help = match yaml::did_you_mean(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => one_of(name, Field::ALL.iter().map(|field| field.as_str())),
    };
    let message = format!("`point_at`: a certificate has no field `{}`", escape(name));
    let problem = Problem::new(within.source, wanted.span, message, "unknown field");
    problems.push(problem.help(help));
    None
}

/// An expression and where its findings point.
#[derive(Debug)]
struct Asked {
    program: Program,
    point_at: Option<Field>,
}

impl CertificateCheck for Asked {
    fn check(&self, subject: Subject<'_>, context: &Context<'_>) -> Verdict {
        self.ask(Some(subject.member), subject.chain, context)
    }

    fn certain(&self, known: &Known<'_>) -> Option<bool> {
        self.program.certain(known)
    }

    fn goes_by_anchors(&self) -> bool {
        self.reads_of_anchors()
    }
}

impl ChainCheck for Asked {
    fn check(&self, chain: &Chain, context: &Context<'_>) -> Verdict {
        self.ask(None, chain, context)
    }

    fn certain(&self, known: &Known<'_>) -> Option<bool> {
        self.program.certain(known)
    }

    fn goes_by_anchors(&self) -> bool {
        self.reads_of_anchors()
    }
}

impl Asked {
    fn reads_of_anchors(&self) -> bool {
        let mut facts = self.program.reads().iter();
        facts.any(|fact| facts::is_by_anchors(fact))
    }

    fn ask(&self, member: Option<&Member>, chain: &Chain, context: &Context<'_>) -> Verdict {
        let is_asked = |known: &Member| member.is_some_and(|member| member.block == known.block);
        let position = chain.members.iter().position(is_asked);
        let outcome = self
            .program
            .run(context.facts, position, context.now, context.steps);
        let pointed = member.or(chain.leaf());
        match outcome {
            Ok(true) => Verdict::Pass,
            Ok(false) => {
                let found = self.found(context, position);
                let label = if found.is_empty() {
                    "the expression does not hold"
                } else {
                    &found
                };
                let violation = violation(pointed, self.point_at, label);
                Verdict::fail(
                    violation
                        .with("assert", self.assert())
                        .with("found", &found),
                )
            }
            Err(Undetermined { why, field }) => {
                let place = field.filter(|_| member.is_some()).or(self.point_at);
                // A reason of the expression's own is not that of another rule.
                let label = match field {
                    Some(_) => why.clone(),
                    None => format!("{why} in: {}", shortened(&self.assert())),
                };
                Verdict::undetermined(violation(pointed, place, &label), why)
            }
        }
    }

    /// The expression on one line.
    fn assert(&self) -> String {
        let words: Vec<&str> = self.program.text().split_whitespace().collect();
        words.join(" ")
    }

    /// `cert.key.bits is 2048, cert.key.curve is null`
    fn found(&self, context: &Context<'_>, position: Option<usize>) -> String {
        let shown = self.program.reads().iter().take(MAX_SHOWN).map(|path| {
            let text = context.facts.text(position, path).unwrap_or_default();
            if text.is_empty() {
                format!("{path} is nothing")
            } else {
                format!("{path} is {}", shortened(&text))
            }
        });
        let shown: Vec<String> = shown.collect();
        shown.join(", ")
    }
}

fn violation(member: Option<&Member>, field: Option<Field>, label: &str) -> Violation {
    match (member, field) {
        (Some(member), Some(field)) => Violation::at_field(member, field, label),
        (Some(member), None) => Violation::at_certificate(member, label),
        (None, _) => Violation::at(Place::File(crate::span::Span::default()), label),
    }
}

fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(MAX_TEXT).collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        out.push('…');
    }
    out
}
