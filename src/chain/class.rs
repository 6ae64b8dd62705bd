//! The class of a chain: who stands behind it.

/// Who issued a chain, decided before any rule runs.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// An eIDAS website certificate: the leaf has the PSD2 QcStatement or the QcType "web".
    Qwac,
    /// Issued under a public CA: the root's key is known, or the leaf says so (CA/B Forum policy, SCTs).
    Public,
    /// Everything else: an organisation's own root.
    Private,
}
