//! `trust_anchors` of policies and configs: files become certificates.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::library::Reference;
use crate::pem::{self, Label};
use crate::source::escape;
use crate::trust::lists::TrustedLists;
use crate::trust::{Anchor, Given};
use crate::x509::Certificate;
use crate::yaml::{Problem, Problems};

/// A file that a pattern names.
#[derive(Debug, Clone)]
pub struct AnchorFile {
    /// How it is shown.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Finds and reads the files that a path or pattern names, from a folder on.
pub type AnchorFiles<'a> = dyn Fn(&Path, &str) -> io::Result<Vec<AnchorFile>> + 'a;

/// Reads the certificates that these references name, PEM or DER, and the trusted lists, YAML.
///
/// # Errors
/// Every reference that names no file, and every file that holds no CA certificate or something else
/// beside them, at its place in the YAML.
pub fn read_anchors<'a>(
    references: impl IntoIterator<Item = &'a Reference>,
    files: &AnchorFiles<'_>,
) -> Result<Given, Problems> {
    let mut given = Given::default();
    let mut problems = Vec::new();
    for reference in references {
        let shown = escape(&reference.text);
        let problem = |message: String, label: &str| reference.at.problem(message, label);
        match files(&reference.folder, &reference.text) {
            Err(error) => {
                let why = escape(&error.to_string());
                let message = format!("the trust anchor `{shown}` cannot be read: {why}");
                problems.push(problem(message, "names it").help(FROM_THE_FILE));
            }
            Ok(found) if found.is_empty() => {
                let message = format!("`{shown}` matches no file");
                problems.push(problem(message, "no trust anchor").help(FROM_THE_FILE));
            }
            Ok(found) => {
                for file in found {
                    if is_yaml(&file.name) {
                        match trusted_lists(&file) {
                            Ok(lists) => given.lists.push(lists),
                            Err(mut wrong) => problems.append(&mut wrong),
                        }
                        continue;
                    }
                    match certificates(&file) {
                        Ok(more) => given.anchors.extend(more),
                        Err(why) => problems.push(refusal(reference, &file, &why)),
                    }
                }
            }
        }
    }
    if problems.is_empty() {
        Ok(given)
    } else {
        Err(problems)
    }
}

const FROM_THE_FILE: &str = "a path starts from the folder of the file that names it";

fn refusal(reference: &Reference, file: &AnchorFile, why: &str) -> Problem {
    let name = escape(&file.name);
    let message = format!("`{name}` holds no trust anchors: {why}");
    reference.at.problem(message, "names it")
}

fn is_yaml(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

/// The trusted lists of a file that `chainlint trust import` wrote.
fn trusted_lists(file: &AnchorFile) -> Result<(Arc<str>, Arc<TrustedLists>), Problems> {
    let name = escape(&file.name);
    let text = String::from_utf8_lossy(&file.bytes);
    let lists = TrustedLists::parse(&text, &name)?;
    Ok((name.into(), Arc::new(lists)))
}

/// The CA certificates of a file; anything else in it is a mistake.
fn certificates(file: &AnchorFile) -> Result<Vec<Anchor>, String> {
    let name: Arc<str> = escape(&file.name).into();
    let anchor = |der: &[u8]| {
        let certificate = Certificate::parse(der).map_err(|error| escape(&error.to_string()))?;
        if !certificate.is_ca() && !certificate.is_self_issued() {
            let subject = escape(&certificate.subject.value.to_string());
            return Err(format!("the certificate of {subject} is no CA's"));
        }
        Ok(Anchor {
            certificate: Arc::new(certificate),
            file: name.clone(),
        })
    };
    if file.bytes.first() == Some(&DER) {
        return Ok(vec![anchor(&file.bytes)?]);
    }
    let document = pem::scan(&file.bytes, pem::Limits::default());
    let blocks = &document.blocks;
    if blocks.iter().any(|block| block.label == Label::PrivateKey) {
        return Err("it holds a private key, which has no place there".to_owned());
    }
    let mut anchors = Vec::new();
    for block in blocks {
        match &block.content {
            Some(content) => anchors.push(anchor(&content.der)?),
            None => return Err("a block of it is no certificate, or is damaged".to_owned()),
        }
    }
    if anchors.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(anchors)
}

/// How a certificate in DER begins: SEQUENCE.
const DER: u8 = 0x30;
