//! The chains of cases as files, for people to look at.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::policy_test::{Content, FileOutcome};

/// The longest name of a case's file that is made of its words, in characters.
const MAX_NAME: usize = 60;

/// Writes the file of each case into a folder for its test file.
///
/// # Errors
/// Where the folder has something in it, or cannot be written to.
pub(super) fn write(folder: &Path, files: &[FileOutcome]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(io::Error::other("the folder is not empty"));
    }
    for file in files {
        let folder = folder.join(beneath(file.source.name()));
        fs::create_dir_all(&folder)?;
        for (number, (name, path, content)) in (1_usize..).zip(file.contents()) {
            let Content::Bytes(bytes) = content else {
                continue;
            };
            let end = Path::new(path).extension().and_then(|end| end.to_str());
            let end = words(end.unwrap_or("pem"));
            fs::write(
                folder.join(format!("{number:02}-{}.{end}", words(name))),
                bytes,
            )?;
        }
    }
    Ok(())
}

/// The path of a test file without what ends all such paths, and without what leads out of a folder.
fn beneath(shown: &str) -> PathBuf {
    let plain = shown.split(".test.y").next().unwrap_or(shown);
    let parts = Path::new(plain).components();
    let parts = parts.filter(|part| matches!(part, Component::Normal(_)));
    parts.collect()
}

/// Letters and digits, with hyphens between the words.
fn words(text: &str) -> String {
    let split = text.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = split.filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(MAX_NAME).collect()
}
