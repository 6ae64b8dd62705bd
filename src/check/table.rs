//! The one table of checks.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::expression::{Constant, Model};
use super::{Check, kinds};
use crate::mend::Mend;
use crate::source::Source;
use crate::yaml::{self, Node, Problems};
use std::sync::Arc;

/// The parameters of a check: what stands under its name in a policy.
pub trait Parameters: DeserializeOwned + JsonSchema + Sized {
    /// The check's name, kebab-case.
    const NAME: &'static str;
    /// What can come out where a failure is not just a failure; a rule may give each a severity.
    const OUTCOMES: Details = &[];
    /// The placeholders that a rule's message and help may use beside the facts: name, meaning.
    const DETAILS: Details;
    /// Whether it is asked of each certificate (then a rule has `on`) or of the file.
    const SCOPE: Scope;
    /// What cures a failure, where `--fix` can.
    const MEND: Option<Mend> = None;

    /// Makes the check.
    ///
    /// # Errors
    /// When the parameters contradict each other: a sentence.
    fn build(self) -> Result<Check, String>;
}

/// Names with their meanings.
pub type Details = &'static [(&'static str, &'static str)];

/// What a check is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Each certificate.
    Certificate,
    /// The chain or the file's text.
    Chain,
    /// The file as such.
    File,
    /// Each certificate where the rule has `on`, else the chain.
    ByRule,
    /// Each waiver of the config.
    Waiver,
}

/// What a check may know of the rule that asks it.
#[derive(Debug)]
pub struct Within<'a> {
    /// The file that the parameters stand in.
    pub source: &'a Arc<Source>,
    /// Whether the rule has `on`.
    pub has_on: bool,
    /// The policy's variables.
    pub variables: &'a [(&'a str, Constant)],
    /// Whether all of the policy could be read.
    pub is_complete: bool,
    /// The facts that expressions may name.
    pub model: &'a Model,
}

/// One row of the table.
pub struct Kind {
    /// The check's name in policies.
    pub name: &'static str,
    /// What it is asked of.
    pub scope: Scope,
    /// See [`Parameters::OUTCOMES`].
    pub outcomes: Details,
    /// See [`Parameters::DETAILS`].
    pub details: Details,
    /// See [`Parameters::MEND`].
    pub mend: Option<Mend>,
    /// Reads the parameters; problems go into the list, and then there is no check.
    pub read: fn(&Node, &Within<'_>, &mut Problems) -> Option<Check>,
    /// The JSON Schema of the parameters, with their docs.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Kind")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

const fn row<P: Parameters>() -> Kind {
    Kind {
        name: P::NAME,
        scope: P::SCOPE,
        outcomes: P::OUTCOMES,
        details: P::DETAILS,
        mend: P::MEND,
        read: read::<P>,
        schema: SchemaGenerator::subschema_for::<P>,
    }
}

fn read<P: Parameters>(node: &Node, within: &Within<'_>, problems: &mut Problems) -> Option<Check> {
    let source = within.source;
    let parameters: P = yaml::from_node(node, source, problems)?;
    match parameters.build() {
        Ok(check) => Some(check),
        Err(message) => {
            problems.push(yaml::Problem {
                file: source.clone(),
                span: node.span,
                message,
                label: format!("parameters of {}", P::NAME),
                help: None,
                related: Vec::new(),
            });
            None
        }
    }
}

/// Every check there is, by name.
pub const KINDS: &[Kind] = &[
    row::<kinds::already_valid::AlreadyValid>(),
    row::<kinds::basic_constraints::BasicConstraints>(),
    row::<kinds::ca_outlives_leaf::CaOutlivesLeaf>(),
    row::<kinds::complete::Complete>(),
    row::<kinds::distinct_keys::DistinctKeys>(),
    row::<kinds::encoding::Encoding>(),
    kinds::expression::KIND,
    row::<kinds::extension_not_critical::ExtensionNotCritical>(),
    row::<kinds::extension_present::ExtensionPresent>(),
    row::<kinds::issuer_among::IssuerAmong>(),
    row::<kinds::issuer_avoids::IssuerAvoids>(),
    row::<kinds::key_algorithm::KeyAlgorithm>(),
    row::<kinds::key_identifiers::KeyIdentifiers>(),
    row::<kinds::key_strength::KeyStrength>(),
    row::<kinds::key_usage::KeyUsage>(),
    row::<kinds::leaf_is_not_ca::LeafIsNotCa>(),
    row::<kinds::name_avoids::NameAvoids>(),
    row::<kinds::name_constraints::NameConstraints>(),
    row::<kinds::name_includes::NameIncludes>(),
    row::<kinds::nca_id::NcaId>(),
    row::<kinds::nca_listed::NcaListed>(),
    row::<kinds::nca_organization::NcaOrganization>(),
    row::<kinds::no_duplicates::NoDuplicates>(),
    row::<kinds::no_private_key::NoPrivateKey>(),
    row::<kinds::no_stray_text::NoStrayText>(),
    row::<kinds::no_unrelated::NoUnrelated>(),
    row::<kinds::not_encrypted::NotEncrypted>(),
    row::<kinds::not_expired::NotExpired>(),
    row::<kinds::not_single_self_signed::NotSingleSelfSigned>(),
    row::<kinds::order::Order>(),
    row::<kinds::organization_identifier::OrganizationIdentifier>(),
    row::<kinds::path_length::PathLength>(),
    row::<kinds::pem_format::PemFormat>(),
    row::<kinds::pem_layout::PemLayout>(),
    row::<kinds::policy_any_of::PolicyAnyOf>(),
    row::<kinds::psd2_roles_avoid::Psd2RolesAvoid>(),
    row::<kinds::psd2_roles_include::Psd2RolesInclude>(),
    row::<kinds::psd2_roles_known::Psd2RolesKnown>(),
    row::<kinds::psd2_roles_present::Psd2RolesPresent>(),
    row::<kinds::psd2_statement::Psd2Statement>(),
    row::<kinds::purpose::Purpose>(),
    row::<kinds::purpose_beyond::PurposeBeyond>(),
    row::<kinds::qc_disclosures::QcDisclosures>(),
    row::<kinds::qc_statement_present::QcStatementPresent>(),
    row::<kinds::qc_statements_avoid::QcStatementsAvoid>(),
    row::<kinds::qc_type::QcType>(),
    row::<kinds::readable::Readable>(),
    row::<kinds::recognised_root::RecognisedRoot>(),
    row::<kinds::remaining_validity::RemainingValidity>(),
    row::<kinds::root_included::RootIncluded>(),
    row::<kinds::root_not_own::RootNotOwn>(),
    row::<kinds::rsa_exponent::RsaExponent>(),
    row::<kinds::rsa_key_size::RsaKeySize>(),
    row::<kinds::serial_number::SerialNumber>(),
    row::<kinds::signature_digest::SignatureDigest>(),
    row::<kinds::signatures::Signatures>(),
    row::<kinds::single_leaf::SingleLeaf>(),
    row::<kinds::subject_attribute::SubjectAttribute>(),
    row::<kinds::subject_attributes_once::SubjectAttributesOnce>(),
    row::<kinds::validity_limit::ValidityLimit>(),
    row::<kinds::validity_period::ValidityPeriod>(),
    row::<kinds::version::Version>(),
    row::<kinds::waiver_allowed::WaiverAllowed>(),
    row::<kinds::waiver_in_force::WaiverInForce>(),
    row::<kinds::waiver_used::WaiverUsed>(),
];

/// The check of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The words that the elements of a parameter may be, where the schema lists some.
#[must_use]
pub fn words(check: &str, parameter: &str) -> Vec<String> {
    let Some(kind) = kind(check) else {
        return Vec::new();
    };
    let mut generator = SchemaGenerator::default();
    (kind.schema)(&mut generator);
    let definitions = generator.take_definitions(true);
    let own = own_definition(&definitions);
    let parameter = own.and_then(|own| own.get("properties")?.get(parameter));
    // A parameter that may be left out is a list or null.
    let items = parameter.and_then(|parameter| parameter.get("items"));
    let named = items
        .and_then(|items| items.get("$ref")?.as_str()?.rsplit('/').next())
        .and_then(|name| definitions.get(name));
    let Some(word) = named.or(items) else {
        return Vec::new();
    };
    let listed = |word: &serde_json::Value| -> Vec<String> {
        let all = ["enum", "examples"]
            .into_iter()
            .find_map(|key| word.get(key)?.as_array());
        let all = all.into_iter().flatten().chain(word.get("const"));
        all.filter_map(|word| word.as_str().map(str::to_owned))
            .collect()
    };
    let variants = word.get("oneOf").and_then(|all| all.as_array());
    let variants = variants.into_iter().flatten().flat_map(listed);
    listed(word).into_iter().chain(variants).collect()
}

/// The definition of a check's parameters, which alone has the documentation of a check.
fn own_definition(
    definitions: &serde_json::Map<String, serde_json::Value>,
) -> Option<&serde_json::Value> {
    definitions.values().find(|definition| {
        let text = definition.get("description").and_then(|text| text.as_str());
        text.is_some_and(|text| text.contains("Fails:"))
    })
}

/// A check's documentation: what it asks, when it fails, and its parameters.
#[must_use]
pub fn documentation(kind: &Kind) -> String {
    let mut generator = SchemaGenerator::default();
    // The generator gives a reference to the definition, which it keeps.
    (kind.schema)(&mut generator);
    let definitions = generator.take_definitions(true);
    let text = |value: &serde_json::Value| {
        value
            .get("description")
            .and_then(|text| text.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let Some(own) = own_definition(&definitions) else {
        return String::new();
    };
    let mut out = text(own);
    out.push('\n');
    let parameters = own.get("properties").and_then(|found| found.as_object());
    for (name, parameter) in parameters.into_iter().flatten() {
        let said = text(parameter).replace('\n', " ");
        out.push_str(&format!("\n{name}: {said}"));
    }
    for (heading, rows) in [("Outcomes", kind.outcomes), ("Placeholders", kind.details)] {
        if !rows.is_empty() {
            out.push_str(&format!("\n\n{heading}:"));
        }
        for (name, meaning) in rows {
            out.push_str(&format!("\n  {name}: {meaning}"));
        }
    }
    out.push('\n');
    out
}
