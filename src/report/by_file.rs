//! The findings of a report, file by file.

use std::collections::BTreeMap;

use crate::finding::{FileStatus, Finding, Report};

/// A file and what was found in it.
#[derive(Debug)]
pub(super) struct OfFile<'a> {
    /// The display path.
    pub(super) path: &'a str,
    /// What became of it; `None` for files that findings point into without being chains, as the
    /// config is.
    pub(super) status: Option<&'a FileStatus>,
    /// Its findings, waived ones included.
    pub(super) findings: Vec<&'a Finding>,
}

/// Every file of a report and every file that a finding points into, by path.
pub(super) fn by_file(report: &Report) -> Vec<OfFile<'_>> {
    let mut files: BTreeMap<&str, OfFile<'_>> = BTreeMap::new();
    let empty = |path| OfFile {
        path,
        status: None,
        findings: Vec::new(),
    };
    for file in &report.files {
        let here = files
            .entry(&file.path)
            .or_insert_with(|| empty(&*file.path));
        here.status = Some(&file.status);
    }
    for finding in &report.findings {
        let here = files
            .entry(&finding.path)
            .or_insert_with(|| empty(&*finding.path));
        here.findings.push(finding);
    }
    files.into_values().collect()
}
