//! Chains made to order: certificates by role, how they stand in the file, and how it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use time::OffsetDateTime;

use super::certificate::{self, CertificateDocument, Signature};
use crate::source::{Source, escape};
use crate::span::Span;
use crate::synth::certificate::Recipe;
use crate::synth::pem::Style;
use crate::yaml::{self, Key, Located, Node, Problem, Problems, Value, one_of};

/// A chain made to order. Without more, `leaf: {}` and `root: {}` are a chain that nothing is wrong with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Chain")]
pub(super) struct ChainDocument {
    /// The chain of `chains` that this one is like; what is given here replaces it, key by key, and `null` takes a
    /// key out.
    #[serde(default)]
    #[schemars(with = "String")]
    #[expect(dead_code, reason = "merged before the rest is read")]
    like: Option<Node>,
    /// The end entity: `{}` is one that nothing is wrong with.
    #[serde(default)]
    #[schemars(with = "CertificateDocument")]
    leaf: Option<Node>,
    /// The CA between the leaf and the root.
    #[serde(default)]
    #[schemars(with = "CertificateDocument")]
    intermediate: Option<Node>,
    /// The root.
    #[serde(default)]
    #[schemars(with = "CertificateDocument")]
    root: Option<Node>,
    /// More certificates, by name. Each is a CA that signs itself, unless `issued_by` and `kind` say otherwise.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, CertificateDocument>")]
    others: Option<Node>,
    /// Which certificates stand in the file, first to last; without it the leaf, the intermediate, `others` and
    /// the root, as far as they are there.
    order: Option<Vec<Located<String>>>,
    /// CA certificates that are trusted beside the anchors of the policy, by name.
    trusted: Option<Vec<Located<String>>>,
    /// How the file is written.
    #[serde(default)]
    write: Write,
}

/// How a chain is written into its file; without more, as OpenSSL writes.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Write {
    /// The form of the file.
    #[serde(default)]
    form: Form,
    /// Characters of base64 a line; 0 for one line.
    width: Option<usize>,
    /// What ends a line.
    #[serde(default)]
    line_break: LineBreak,
    /// What stands in the BEGIN and END lines instead of CERTIFICATE.
    label: Option<String>,
    /// Text before the first block.
    before: Option<String>,
    /// Text after the last block.
    after: Option<String>,
    /// Texts of the file to replace, wherever they stand, in this order.
    #[serde(default)]
    replace: Vec<Replacement>,
}

/// The form of a file.
#[derive(Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Form {
    /// PEM.
    #[default]
    Pem,
    /// The certificates in DER, one after the other.
    Der,
    /// PEM in UTF-16 with a byte order mark.
    #[serde(rename = "utf-16")]
    Utf16,
}

/// What ends a line.
#[derive(Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum LineBreak {
    /// As on Unix.
    #[default]
    Lf,
    /// As on Windows.
    Crlf,
}

/// A text and what stands in its place.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Replacement {
    /// The text that goes; it has to be there.
    text: Located<String>,
    /// What comes.
    with: String,
}

/// A file made to order.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    /// In DER.
    pub(super) trusted: Vec<Vec<u8>>,
}

/// The chains of a test file, by name, with what they are like filled in.
#[derive(Default)]
pub(super) struct Chains(BTreeMap<String, Node>);

impl Chains {
    /// Reads `chains`. Each may be like one that stands before it.
    pub(super) fn read(node: Option<&Node>, source: &Arc<Source>, problems: &mut Problems) -> Self {
        let mut chains = Self::default();
        let Some(node) = node else {
            return chains;
        };
        let Some(entries) = node.entries() else {
            let found = node.describe();
            let message = format!("`chains`: expected a map, found {found}");
            let problem = Problem::new(source, node.span, message, &found);
            problems.push(problem.help("write `chains: { good: { leaf: {}, root: {} } }`"));
            return chains;
        };
        for (key, node) in entries {
            if let Some(whole) = chains.whole(node, source, problems) {
                chains.0.insert(key.name.clone(), whole);
            }
        }
        chains
    }

    /// Whether there is a chain of that name, and what it is like.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The chain with what it is like filled in.
    fn whole(&self, node: &Node, source: &Arc<Source>, problems: &mut Problems) -> Option<Node> {
        let Some(like) = like(node) else {
            return Some(node.clone());
        };
        let name = like.text().unwrap_or_default();
        let Some(base) = self.0.get(name) else {
            let message = format!("there is no chain `{}` before this one", escape(name));
            let problem = Problem::new(source, like.span, message, "unknown chain");
            let names = self.0.keys().map(String::as_str);
            problems.push(problem.help(one_of(name, names)));
            return None;
        };
        if node.text().is_some() {
            return Some(base.clone());
        }
        Some(merged(base, node))
    }
}

/// The name of the chain that one starts from.
pub(super) fn like(node: &Node) -> Option<&Node> {
    if node.text().is_some() {
        Some(node)
    } else {
        node.get("like")
    }
}

/// The one with what the other gives, key by key, however deep: chain, certificate (of `others`), and the parts of it.
/// Nothing at all takes a key out.
fn merged(base: &Node, over: &Node) -> Node {
    let (Value::Map(base_entries), Value::Map(entries)) = (&base.value, &over.value) else {
        return over.clone();
    };
    let mut all: Vec<(Key, Node)> = base_entries.clone();
    for (key, node) in entries {
        match all.iter().position(|(known, _)| known.name == key.name) {
            Some(at) if node.is_null() => {
                all.remove(at);
            }
            Some(at) => {
                if let Some((known, old)) = all.get_mut(at) {
                    *old = merged(old, node);
                    known.span = key.span;
                }
            }
            None => all.push((key.clone(), node.clone())),
        }
    }
    Node {
        span: over.span,
        value: Value::Map(all),
    }
}

/// A certificate of a chain before it is signed.
struct Member {
    name: String,
    /// Who signs it; itself where that is its own name.
    issued_by: Located<String>,
    /// How, where that is said.
    signature: Option<Located<Signature>>,
    /// `None` where something is wrong with it.
    recipe: Option<Recipe>,
}

/// Makes the file of a chain, judged at `now`.
pub(super) fn make(
    node: &Node,
    chains: &Chains,
    now: OffsetDateTime,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Made> {
    let before = problems.len();
    let node = chains.whole(node, source, problems)?;
    let chain: ChainDocument = yaml::read_known(Some("chain"), &node, source, problems)?;
    let mut maker = Maker {
        source,
        problems,
        now,
    };
    let members = maker.members(&chain);
    if members.is_empty() {
        let message = "the chain has no certificate".to_owned();
        maker.say(
            node.span,
            message,
            "chain",
            "write `leaf: {}` and `root: {}`",
        );
        return None;
    }
    let signed = maker.signed(&members);
    let names = |listed: &Option<Vec<Located<String>>>, maker: &mut Maker<'_>| {
        let listed = listed.iter().flatten();
        listed
            .filter_map(|name| {
                maker
                    .find(&members, name)
                    .and_then(|index| signed.get(index))
                    .cloned()
            })
            .collect::<Vec<Vec<u8>>>()
    };
    let trusted = names(&chain.trusted, &mut maker);
    let ordered = match chain.order {
        Some(_) => names(&chain.order, &mut maker),
        None => signed.clone(),
    };
    maker.refuse_text(&chain.write, node.get("write"));
    let bytes = maker.write(&chain.write, &ordered);
    (problems.len() == before).then_some(Made { bytes, trusted })
}

struct Maker<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
    now: OffsetDateTime,
}

impl Maker<'_> {
    fn say(&mut self, span: Span, message: String, label: &str, help: &str) {
        let problem = Problem::new(self.source, span, message, label);
        self.problems.push(problem.help(help));
    }

    /// The certificates in the order in which a file holds them.
    fn members(&mut self, chain: &ChainDocument) -> Vec<Member> {
        let leaf = chain.leaf.iter().map(|node| ("leaf", node));
        let intermediate = chain.intermediate.iter().map(|node| ("intermediate", node));
        let root = chain.root.iter().map(|node| ("root", node));
        let others = chain.others.as_ref();
        let others = others.and_then(Node::entries).unwrap_or_default();
        let others = others.iter().map(|(key, node)| (key.name.as_str(), node));
        let above = |name: &'static str| -> &'static str {
            match name {
                "leaf" if chain.intermediate.is_some() => "intermediate",
                "leaf" | "intermediate" if chain.root.is_some() => "root",
                _ => name,
            }
        };
        let named: Vec<(&str, &Node)> =
            leaf.chain(intermediate).chain(others).chain(root).collect();
        let mut documents: Vec<(&str, &Node, Option<CertificateDocument>)> = Vec::new();
        for (name, node) in named {
            let read = yaml::read_known(Some(name), node, self.source, self.problems);
            documents.push((name, node, read));
        }
        let key_of = |of: &str| {
            let found = documents.iter().find(|(name, ..)| *name == of);
            found.and_then(|(name, _, document)| Some((*name, document.as_ref()?)))
        };
        let reading = certificate::Reading {
            source: self.source,
            now: self.now,
        };
        let mut members = Vec::new();
        for (name, node, document) in &documents {
            let usual = match *name {
                "leaf" => above("leaf"),
                "intermediate" => above("intermediate"),
                other => other,
            };
            let given = document.as_ref();
            let issued_by = given.and_then(|document| document.issued_by.clone());
            members.push(Member {
                name: (*name).to_owned(),
                issued_by: issued_by.unwrap_or(Located {
                    value: usual.to_owned(),
                    span: node.span,
                }),
                signature: given.and_then(|document| document.signature.clone()),
                recipe: given.and_then(|document| {
                    reading.recipe(name, document, node, &key_of, self.problems)
                }),
            });
        }
        members
    }

    /// Each certificate in DER.
    fn signed(&mut self, members: &[Member]) -> Vec<Vec<u8>> {
        let mut signed = Vec::with_capacity(members.len());
        for member in members {
            let issuer = self.find(members, &member.issued_by);
            let issuer = issuer.and_then(|index| members.get(index));
            let recipes = issuer.and_then(|issuer| Some((&member.recipe, issuer.recipe.as_ref()?)));
            let der = recipes.and_then(|(recipe, issuer)| {
                self.refuse_signature(member, issuer);
                Some(recipe.as_ref()?.sign(issuer))
            });
            signed.push(der.unwrap_or_default());
        }
        signed
    }

    /// A signature that such a key cannot make.
    fn refuse_signature(&mut self, member: &Member, issuer: &Recipe) {
        let Some(signature) = &member.signature else {
            return;
        };
        if issuer.key.signs(signature.value.scheme()) {
            return;
        }
        let message = format!(
            "the key of `{}` makes no such signature",
            escape(&member.issued_by.value)
        );
        let help = "RSA signs in all of these ways, keys on curves over SHA-1 and SHA-2, rsa-pss as `pss`; Ed25519 has one way alone, without `signature`";
        self.say(signature.span, message, "signature", help);
    }

    fn find(&mut self, members: &[Member], name: &Located<String>) -> Option<usize> {
        let found = members.iter().position(|member| member.name == name.value);
        if found.is_none() {
            let message = format!("the chain has no certificate `{}`", escape(&name.value));
            let names = members.iter().map(|member| member.name.as_str());
            let help = one_of(&name.value, names.collect::<Vec<_>>());
            self.say(name.span, message, "unknown certificate", &help);
        }
        found
    }

    /// What is said of a text where the file has none.
    fn refuse_text(&mut self, write: &Write, node: Option<&Node>) {
        match write.form {
            Form::Der => {}
            Form::Pem | Form::Utf16 => return,
        }
        for (key, value) in node.and_then(Node::entries).unwrap_or_default() {
            if key.name != "form" && !value.is_null() {
                let message = format!("a file in DER has no text, so `{}` means nothing", key.name);
                self.say(
                    value.span,
                    message,
                    "of a text",
                    "leave it out, or write it as PEM",
                );
            }
        }
    }

    fn write(&mut self, write: &Write, certificates: &[Vec<u8>]) -> Vec<u8> {
        let style = Style {
            width: write.width.unwrap_or(64),
            line_break: match write.line_break {
                LineBreak::Lf => "\n",
                LineBreak::Crlf => "\r\n",
            },
            indent: "",
        };
        let label = write.label.as_deref().unwrap_or("CERTIFICATE");
        let blocks = certificates.iter().map(|der| style.block(label, der));
        let mut text = write.before.clone().unwrap_or_default();
        text.extend(blocks);
        text.push_str(write.after.as_deref().unwrap_or_default());
        for replacement in &write.replace {
            if replacement.text.value.is_empty() || !text.contains(&replacement.text.value) {
                let message = "this text is not in the file, so nothing is replaced".to_owned();
                let help = "blocks are 64 characters wide, and each ends with a line break";
                self.say(replacement.text.span, message, "not there", help);
            }
            text = text.replace(&replacement.text.value, &replacement.with);
        }
        match write.form {
            Form::Pem => text.into_bytes(),
            Form::Der => certificates.concat(),
            Form::Utf16 => {
                let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
        }
    }
}
