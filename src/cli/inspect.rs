//! `chainlint inspect`: what the program sees in a file.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment::Environment;
use super::inputs::Item;
use super::plan::Loader;
use super::{Failure, Outcome, policies};
use crate::chain::{self, Session};
use crate::engine::PlannedInput;
use crate::facts::{self, CertificateFacts, FileFacts, QcFacts};
use crate::input::name::{plain, shown_as};
use crate::input::{self, Candidate, Content};
use crate::trust::Anchors;
use crate::x509::qc::statement_name;

/// Show what is in a file: each certificate, and how they belong together.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file; `-` for standard input.
    file: PathBuf,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The policy whose trust anchors count: a built-in's name, or a path to a YAML file.
    #[arg(long, value_name = "NAME|FILE")]
    policy: Option<String>,
    /// The config to use instead of the nearest chainlint.yaml.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Use no config.
    #[arg(long)]
    no_config: bool,
}

/// A form for people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let limits = input::Limits::default();
    let path = plain(&environment.current.join(&arguments.file));
    let input = if arguments.file.as_os_str() == "-" {
        let bytes = environment.input(limits.bytes)?;
        input::from_bytes("<stdin>", true, &bytes, &limits)
    } else {
        let candidate = Candidate {
            display: shown_as(&arguments.file, &path, &environment.current),
            path: path.clone(),
            named: true,
        };
        input::read(&candidate, &limits)
    };
    let document = match input.content {
        Content::Chain { document, .. } => document,
        Content::Encrypted { tool, .. } => {
            return Err(Failure::Said(format!(
                "{}: encrypted with {tool}",
                input.display
            )));
        }
        Content::Skipped { reason } => {
            return Err(Failure::Said(format!("{}: {reason}", input.display)));
        }
        Content::Unreadable { why } => {
            return Err(Failure::Said(format!("{}: {why}", input.display)));
        }
    };
    let anchors = anchors(arguments, path, environment)?;
    let chain = chain::build(document, &Session::default(), &anchors, environment.now);
    let expired = policies::expired_lists([&anchors], environment.now);
    let faults: Vec<String> = chain
        .document
        .faults
        .iter()
        .map(|f| f.kind.describe())
        .collect();
    let facts = facts::of_file(&chain, &input.display);
    let text = match arguments.format {
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&facts)
                .map_err(|error| Failure::Said(error.to_string()))?;
            text.push('\n');
            text
        }
        Format::Text => text(&facts),
    };
    environment.output(&text)?;
    for line in &expired {
        environment.note(line);
    }
    for fault in faults {
        environment.note(&format!("{}: {fault}", facts.path));
    }
    Ok(if facts.certificates.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Clean
    })
}

/// Whom the config and the policy of the file trust.
fn anchors(
    arguments: &Arguments,
    path: PathBuf,
    environment: &Environment,
) -> Result<Anchors, Failure> {
    let config = policies::config(
        arguments.config.as_deref(),
        arguments.no_config,
        environment,
    )?;
    if config.is_none() && arguments.policy.is_none() {
        return Ok(Anchors::embedded());
    }
    let input = PlannedInput::Bytes {
        display: String::new(),
        bytes: Vec::new(),
        named: true,
    };
    let policy = arguments.policy.as_deref();
    let mut loader = Loader::new(policy, config.as_ref(), Vec::new(), environment)?;
    Ok(loader.plan(Item { path, input })?.anchors)
}

fn text(facts: &FileFacts) -> String {
    let chain = &facts.chain;
    // Writing to a String cannot fail.
    let mut out = format!("{}\n", facts.path);
    let path: Vec<String> = chain.path.iter().map(ToString::to_string).collect();
    let whole = if chain.complete { "whole" } else { "not whole" };
    let order = if chain.in_order {
        "in order"
    } else {
        "out of order"
    };
    if !path.is_empty() {
        let _ = writeln!(out, "  class        {} ({})", chain.class, chain.ending);
        if let Some(status) = &chain.trusted_list_text {
            let _ = writeln!(out, "  trusted list {status}");
        }
        let _ = writeln!(
            out,
            "  path         {} ({whole}, {order})",
            path.join(" → ")
        );
    }
    for (what, numbers) in [
        ("other leaves", &chain.other_leaves),
        ("repeated", &chain.duplicates),
        ("unrelated", &chain.strangers),
        ("unreadable", &chain.unreadable),
    ] {
        if !numbers.is_empty() {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let _ = writeln!(out, "  {what:<12} {}", numbers.join(", "));
        }
    }
    for certificate in &facts.certificates {
        out.push_str(&certificate_text(certificate));
    }
    out
}

fn certificate_text(facts: &CertificateFacts) -> String {
    let mut out = format!("\ncertificate {}: {}\n", facts.index, facts.role);
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "  {name:<14} {value}");
        }
    };
    row("subject", &facts.subject.text);
    row(
        "issuer",
        if facts.self_issued {
            "itself"
        } else {
            &facts.issuer.text
        },
    );
    let validity = &facts.validity;
    row(
        "valid",
        &format!(
            "{} to {} ({} days)",
            validity.not_before, validity.not_after, validity.days
        ),
    );
    row("serial", &facts.serial_number);
    row("key", &facts.key.text);
    row("signed with", &facts.signature_algorithm);
    let names: Vec<&str> = [
        &facts.san.dns,
        &facts.san.emails,
        &facts.san.uris,
        &facts.san.ips,
        &facts.san.others,
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
    .collect();
    row("names", &names.join(", "));
    if let Some(constraints) = &facts.basic_constraints {
        let length = constraints
            .path_len
            .map_or_else(String::new, |len| format!(", pathlen {len}"));
        row(
            "CA",
            &format!("{}{length}", if constraints.ca { "yes" } else { "no" }),
        );
    }
    row(
        "key usage",
        &facts.key_usage.as_deref().unwrap_or_default().join(", "),
    );
    row(
        "purposes",
        &facts
            .extended_key_usage
            .as_deref()
            .unwrap_or_default()
            .join(", "),
    );
    row("policies", &facts.policies.join(", "));
    row(
        "validation",
        facts.validation.as_deref().unwrap_or_default(),
    );
    if let Some(qc) = &facts.qc {
        for (name, value) in qc_rows(qc) {
            row(name, &value);
        }
    }
    row(
        "version",
        &if facts.version == 3 {
            String::new()
        } else {
            facts.version.to_string()
        },
    );
    row("SHA-256", &facts.sha256);
    row("key SHA-256", &facts.key.spki_sha256);
    out
}

/// The rows about qcStatements: name, value.
fn qc_rows(qc: &QcFacts) -> Vec<(&'static str, String)> {
    let statements = qc.statements.iter().map(|statement| {
        let name = statement.name.as_deref().unwrap_or(&statement.oid);
        match &statement.problem {
            Some(problem) => format!("{name} (malformed: {problem})"),
            None => name.to_owned(),
        }
    });
    let types = qc.types.iter().map(|oid| match statement_name(oid) {
        Some(name) => format!("{name} ({oid})"),
        None => oid.clone(),
    });
    let disclosures = qc
        .disclosures
        .iter()
        .map(|found| format!("{} ({})", found.url, found.language));
    let mut rows = vec![
        ("statements", statements.collect::<Vec<_>>().join(", ")),
        ("qualified for", types.collect::<Vec<_>>().join(", ")),
        ("disclosures", disclosures.collect::<Vec<_>>().join(", ")),
        ("law of", qc.legislation.join(", ")),
        ("limit", qc.limit_value.clone().unwrap_or_default()),
    ];
    if let Some(psd2) = &qc.psd2 {
        let roles = psd2.roles.iter();
        let roles = roles.map(|role| format!("{} ({})", role.name, role.oid));
        let authority = [&psd2.nca_id, &psd2.nca_name];
        let authority = authority.into_iter().flatten().cloned();
        rows.push(("PSD2 roles", roles.collect::<Vec<_>>().join(", ")));
        rows.push(("authority", authority.collect::<Vec<_>>().join(", ")));
        rows.push(("PSD2 at fault", psd2.problems.join("; ")));
    }
    rows
}
