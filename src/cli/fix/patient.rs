//! One file, its mends, and which of them are made.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use similar::TextDiff;
use time::OffsetDateTime;

use super::attempt::{Attempt, Reading};
use super::broken::{Broken, mend_of};
use super::{Mended, Scope};
use crate::cli::replace;
use crate::engine::PlannedFile;
use crate::mend::Mend;
use crate::pem;
use crate::source::escape;

/// A file with its mends.
pub(super) struct Patient {
    pub(super) file: PlannedFile,
    /// None for standard input.
    path: Option<PathBuf>,
    before: Vec<u8>,
    now: Vec<u8>,
    pub(super) broken: Broken,
    done: BTreeSet<Mend>,
    /// Mends that are not made, and why.
    given_up: BTreeMap<Mend, String>,
    /// One mend at a time: together they failed.
    singly: bool,
    pub(super) attempt: Option<Attempt>,
}

impl Patient {
    /// A file with these bytes, in which this is broken.
    pub(super) fn new(
        file: PlannedFile,
        path: Option<PathBuf>,
        bytes: Vec<u8>,
        broken: Broken,
    ) -> Self {
        Self {
            file,
            path,
            now: bytes.clone(),
            before: bytes,
            broken,
            done: BTreeSet::new(),
            given_up: BTreeMap::new(),
            singly: false,
            attempt: None,
        }
    }

    /// Whether its path is such.
    pub(super) fn is_at(&self, such: impl FnOnce(&Path) -> bool) -> bool {
        self.path.as_deref().is_some_and(such)
    }

    /// Whether anything was mended.
    pub(super) fn is_changed(&self) -> bool {
        self.now != self.before
    }

    /// What the file may become next; `None` where nothing is left to try.
    pub(super) fn propose(&mut self, scope: Scope, now: OffsetDateTime) -> Option<Attempt> {
        let reading = Reading::of(&self.now, &self.file, now);
        loop {
            let mut mends = self.broken.wanted(&self.file.policy, scope);
            mends.retain(|mend| !self.given_up.contains_key(mend));
            if self.singly {
                mends.truncate(1);
            }
            if mends.is_empty() {
                return None;
            }
            let tried = guarded(|| reading.attempt(&mends));
            match tried.and_then(|tried| tried) {
                Ok(attempt) if attempt.bytes != self.now => return Some(attempt),
                Ok(_) => {
                    let why = format!("{} changes nothing", doing(&mends));
                    give_up(&mut self.given_up, &mends, &why);
                }
                // Others may be made without what cannot be.
                Err(_) if mends.len() > 1 => self.singly = true,
                Err(why) => give_up(&mut self.given_up, &mends, &why),
            }
        }
    }

    /// Takes what was tried, if it is better for it: what was mended is cured, nothing is broken that was whole, and
    /// what is waived is as it was.
    pub(super) fn settle(&mut self, broken: Broken) {
        let Some(attempt) = self.attempt.take() else {
            return;
        };
        let Some(objection) = self.objection(&broken, &attempt) else {
            self.now = attempt.bytes;
            self.broken = broken;
            self.done.extend(attempt.mends);
            // What was in its way may be gone now. Without this, mending twice could mend more than once.
            self.given_up.clear();
            self.singly = false;
            return;
        };
        if attempt.mends.len() > 1 {
            self.singly = true;
        } else {
            let why = format!("{} {objection}", doing(&attempt.mends));
            give_up(&mut self.given_up, &attempt.mends, &why);
        }
    }

    /// Why an attempt is not to be taken.
    fn objection(&self, after: &Broken, attempt: &Attempt) -> Option<String> {
        let policy = &self.file.policy;
        let asked_again = after.wanted(policy, Scope::All);
        if attempt.mends.iter().any(|mend| asked_again.contains(mend)) {
            return Some("would not be enough".to_owned());
        }
        let gone = self.broken.waived.iter();
        let mut gone = gone.filter(|(finding, _)| !after.waived.contains_key(*finding));
        if gone.any(|(_, rule)| {
            mend_of(policy, rule).is_some_and(|mend| attempt.mends.contains(&mend))
        }) {
            return Some("would mend what is waived, too".to_owned());
        }
        let before = &self.broken.rules;
        let cured = before.iter();
        let cured = cured.filter(|(rule, _)| !after.rules.contains_key(*rule));
        let gravest = cured.map(|(_, severity)| *severity).max();
        let appended = attempt.mends.contains(&Mend::Root);
        let new = after.rules.iter();
        let mut new = new.filter(|(rule, _)| !before.contains_key(*rule));
        // What is to be said of a certificate that was missing was true before; it may be lighter than that.
        let grave = new.find(|(_, severity)| !appended || Some(**severity) >= gravest);
        let grave = grave.filter(|_| !attempt.unpacked);
        grave.map(|(rule, _)| format!("would break {rule}"))
    }

    /// Writes what was mended, or adds to the differences; what there is to say.
    pub(super) fn deliver(&self, dry: bool, mended: &mut Mended, tree: &Path) -> Option<String> {
        let name = escape(self.file.display());
        let reasons: BTreeSet<&str> = self.given_up.values().map(String::as_str).collect();
        let reasons = escape(&reasons.into_iter().collect::<Vec<_>>().join("; "));
        if !self.is_changed() {
            return (!reasons.is_empty()).then(|| format!("left {name}: {reasons}"));
        }
        if dry {
            let diff = guarded(|| diff(&name, &self.before, &self.now));
            match diff {
                Ok(diff) => mended.diff.push_str(&diff),
                Err(why) => return Some(format!("left {name}: {why}")),
            }
        } else if let Some(path) = &self.path
            && let Err(why) = replace::replace(path, &self.before, &self.now, tree)
        {
            return Some(format!("left {name}: {}", escape(&why)));
        }
        mended.changed = mended.changed.saturating_add(1);
        let verb = if dry { "would mend" } else { "mended" };
        let done: Vec<&str> = self.done.iter().map(|mend| mend.done()).collect();
        let left = if reasons.is_empty() {
            String::new()
        } else {
            format!("; left the rest: {reasons}")
        };
        Some(format!("{verb} {name}: {}{left}", done.join(", ")))
    }
}

fn give_up(given_up: &mut BTreeMap<Mend, String>, mends: &[Mend], why: &str) {
    given_up.extend(mends.iter().map(|mend| (*mend, why.to_owned())));
}

fn doing(mends: &[Mend]) -> String {
    let all: Vec<&str> = mends.iter().map(|mend| mend.doing()).collect();
    all.join(" and ")
}

/// Runs parsers over what may be hostile: a panic ends the work on one file, not the run.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "chainlint failed on it, which is a bug in chainlint".to_owned())
}

/// The differences between two texts; what may be secret in them is masked.
fn diff(name: &str, before: &[u8], after: &[u8]) -> String {
    let text = |bytes: &[u8]| pem::mask(bytes, &pem::scan(bytes, pem::Limits::default()));
    let (before, after) = (text(before), text(after));
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cli::policies::library;
    use crate::engine::PlannedInput;
    use crate::policy::Reference;
    use crate::trust::Anchors;

    #[test]
    fn a_panic_over_one_file_is_told_and_ends_nothing() {
        assert_eq!(guarded(|| 1), Ok(1));
        let failed: Result<(), String> = guarded(|| panic!("a bug"));
        assert!(failed.is_err_and(|why| why.contains("bug in chainlint")));
    }

    #[test]
    fn what_was_given_up_is_tried_again_after_a_mend() {
        let reference = Reference::from_flag("--policy", "hygiene", Path::new(""));
        let policy = library().load(&reference, &[]).expect("a policy");
        let file = PlannedFile {
            input: PlannedInput::Bytes {
                display: "a.pem".to_owned(),
                bytes: Vec::new(),
                named: true,
            },
            from_config: None,
            policy: Arc::new(policy),
            anchors: Anchors::embedded(),
            environment: None,
            app: None,
        };
        let mut patient = Patient::new(file, None, Vec::new(), Broken::default());
        give_up(
            &mut patient.given_up,
            &[Mend::Order],
            "its path is not certain",
        );
        patient.singly = true;
        patient.attempt = Some(Attempt {
            bytes: b"better".to_vec(),
            mends: vec![Mend::Strangers],
            unpacked: false,
        });
        patient.settle(Broken::default());
        assert!(patient.is_changed() && patient.given_up.is_empty() && !patient.singly);
    }
}
