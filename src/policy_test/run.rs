//! Running the cases of a test file.

use std::sync::Arc;

use rayon::prelude::*;

use super::document::{Case, Content, TestFile};
use super::expect;
use crate::engine::Session;
use crate::engine::{self, Judged, Plan, PlannedFile, PlannedInput};
use crate::policy::{self, Override, OverrideValue, Policy};
use crate::source::Source;
use crate::span::Span;
use crate::trust::{Anchor, Anchors};
use crate::x509::Certificate;
use crate::yaml::{self, Problems};

/// A policy as a case sees it, with its variables, and whom it trusts.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The policy.
    pub policy: Arc<Policy>,
    /// Whom it trusts.
    pub anchors: Anchors,
}

/// What a test file came to.
#[derive(Debug)]
pub struct FileOutcome {
    /// The file.
    pub source: Arc<Source>,
    /// The name of the policy that it tests.
    pub policy: Arc<str>,
    /// The cases, in written order.
    pub cases: Vec<CaseOutcome>,
    /// What the cases ran under, each with a policy of its own where it sets variables of its own.
    pub(super) ran: Vec<Ran>,
    /// The policy as it is where nobody sets a variable; `None` where it cannot be so.
    base: Option<Loaded>,
}

impl FileOutcome {
    /// The policy that is tested, as it is where nobody sets a variable, if that can be.
    pub(super) fn tested(&self) -> Option<&Arc<Policy>> {
        let first = self.ran.first().map(|ran| &ran.loaded);
        self.base.as_ref().or(first).map(|loaded| &loaded.policy)
    }

    /// The files of its cases: the case's name, what the file is called, and what it holds.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &str, &Content)> {
        let cases = self.ran.iter().map(|ran| &ran.case);
        cases.map(|case| (case.name.as_str(), case.path.as_str(), &case.content))
    }

    /// The policy as it is where nobody sets a variable.
    pub(super) fn base(&self) -> Option<&Arc<Policy>> {
        self.base.as_ref().map(|loaded| &loaded.policy)
    }

    /// The file that the tested policy stands in: two policies may share a name.
    pub(super) fn policy_file(&self) -> Option<Arc<str>> {
        let file = self.tested()?.sources.last()?;
        Some(file.name().clone())
    }
}

/// What a case came to.
#[derive(Debug)]
pub struct CaseOutcome {
    /// Its name.
    pub name: String,
    /// The line on which its name stands.
    pub line: usize,
    /// Where rules came to something else than expected; it passes where there is none.
    pub misses: Problems,
}

/// A case and what it ran under.
#[derive(Debug, Clone)]
pub(super) struct Ran {
    pub(super) case: Arc<Case>,
    pub(super) loaded: Loaded,
}

/// Gives the policy of a test file under these variables.
pub type Load<'a, E> = dyn Fn(&TestFile, &[Override]) -> Result<Loaded, E> + 'a;

/// Runs the cases; `load` gives the policy under a case's variables.
///
/// # Errors
/// When a policy cannot be read, or a case names a rule that it does not have.
pub fn run<E: From<Problems>>(
    file: TestFile,
    load: &Load<'_, E>,
    session: &Session,
) -> Result<FileOutcome, E> {
    let Named {
        policies,
        of_cases,
        mut problems,
    } = named(&file, load)?;
    if !problems.is_empty() {
        yaml::sort(&mut problems);
        return Err(problems.into());
    }
    let base = policies.into_iter().find(|(values, _)| values.is_empty());
    let base = match base {
        Some((_, loaded)) => Some(loaded),
        // A variable without a default may be asked for.
        None => load(&file, &[]).ok(),
    };
    let cases = file.cases.into_iter().map(Arc::new);
    let ran: Vec<Ran> = cases
        .zip(of_cases)
        .map(|(case, loaded)| Ran { case, loaded })
        .collect();
    let cases: Vec<CaseOutcome> = ran
        .par_iter()
        .map(|ran| CaseOutcome {
            name: ran.case.name.clone(),
            line: ran.case.place.line(),
            misses: ran.misses(&ran.loaded.policy, None, session),
        })
        .collect();
    let policy = ran.first().map(|ran| ran.loaded.policy.name.clone());
    Ok(FileOutcome {
        source: file.source,
        policy: policy.unwrap_or_default(),
        cases,
        ran,
        base,
    })
}

/// What the cases of a file name.
struct Named {
    /// The policy under each set of variables.
    policies: Vec<(Vec<(String, OverrideValue)>, Loaded)>,
    /// The policy of each case.
    of_cases: Vec<Loaded>,
    /// Variables and rules that the policy does not have.
    problems: Problems,
}

fn named<E>(file: &TestFile, load: &Load<'_, E>) -> Result<Named, E> {
    let mut named = Named {
        policies: Vec::new(),
        of_cases: Vec::with_capacity(file.cases.len()),
        problems: Vec::new(),
    };
    for case in &file.cases {
        // Loading is the dear part; cases with the same variables share it.
        let values = values(&case.vars);
        let known = named.policies.iter().find(|(known, _)| *known == values);
        let loaded = if let Some((_, loaded)) = known {
            loaded.clone()
        } else {
            let loaded = load(file, &case.vars)?;
            let undeclared = policy::undeclared(&case.vars, &loaded.policy.vars);
            named.problems.extend(undeclared);
            named.policies.push((values, loaded.clone()));
            loaded
        };
        named.problems.extend(expect::unknown(case, &loaded.policy));
        named.of_cases.push(loaded);
    }
    Ok(named)
}

/// What is wrong with what a file names, where it cannot be run for other reasons.
///
/// # Errors
/// Those of `load`.
pub fn misnamed<E>(file: &TestFile, load: &Load<'_, E>) -> Result<Problems, E> {
    Ok(named(file, load)?.problems)
}

/// Variables by name and value, without their places.
fn values(vars: &[Override]) -> Vec<(String, OverrideValue)> {
    let value = |given: &Override| match &given.value {
        OverrideValue::Yaml(node) => OverrideValue::Yaml(node.moved_to(Span::default())),
        OverrideValue::Text(text) => OverrideValue::Text(text.clone()),
    };
    vars.iter()
        .map(|given| (given.name.clone(), value(given)))
        .collect()
}

impl Ran {
    /// Where the case's expectations and this policy differ; with `only`, of that rule alone.
    pub(super) fn misses(
        &self,
        policy: &Arc<Policy>,
        only: Option<&str>,
        session: &Session,
    ) -> Problems {
        let judged = self.judged(policy, session);
        expect::judge(&self.case, &judged, policy, only)
    }

    fn judged(&self, policy: &Arc<Policy>, session: &Session) -> Judged {
        let case = &self.case;
        let file = PlannedFile {
            input: match &case.content {
                Content::Bytes(bytes) => PlannedInput::Bytes {
                    display: case.path.clone(),
                    bytes: bytes.clone(),
                    named: true,
                },
                Content::Unreadable(why) => PlannedInput::Unreadable {
                    display: case.path.clone(),
                    why: why.clone(),
                },
            },
            from_config: None,
            policy: policy.clone(),
            anchors: self.anchors(),
            environment: case.environment.clone(),
            app: case.app.clone(),
        };
        let plan = Plan {
            strict: case.strict,
            keeps_answers: true,
            ..Plan::new(Vec::new(), case.now)
        };
        engine::judge(&plan, &file, session)
    }

    /// Whom the policy trusts, and whom the case does.
    fn anchors(&self) -> Anchors {
        let file = self.case.place.source.name();
        // What does not parse is no anchor; the case's chain shows it all the same.
        let own = self
            .case
            .trusted
            .iter()
            .filter_map(|der| Certificate::parse(der).ok());
        own.fold(self.loaded.anchors.clone(), |anchors, certificate| {
            anchors.and(Anchor {
                certificate: Arc::new(certificate),
                file: file.clone(),
            })
        })
    }
}
