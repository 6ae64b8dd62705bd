//! chainlint: a declarative policy-as-code linter for X.509 certificate chains.
//!
//! The layers, from the bottom: `span`, `source`, `repository` · `synth` · `yaml` · `pem` · `x509` · `trust` · `chain` ·
//! `finding` · `facts` · `mend` · `check` · `input` · `policy` · `engine` · `policy_test` · `report` · `cli`. Imports point
//! down only; a test holds it.

pub mod chain;
pub mod check;
pub mod cli;
pub mod engine;
pub mod facts;
pub mod finding;
pub mod input;
pub mod mend;
pub mod pem;
pub mod policy;
pub mod policy_test;
pub mod report;
pub mod repository;
pub mod source;
pub mod span;
pub mod synth;
pub mod trust;
pub mod x509;
pub mod yaml;
