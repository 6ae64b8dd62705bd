//! The policies that come with the program.

use std::io;
use std::path::Path;

use super::{plain, told};
use crate::policy::{BUILTINS, Known, Library, Policy, Reference, show};

fn load(text: &str, at: &str) -> Policy {
    let read = |_: &Path| -> io::Result<String> { Ok(text.to_owned()) };
    let library = Library {
        builtins: BUILTINS,
        read: &read,
        shown: &|path| path.display().to_string(),
        is_fact: crate::facts::is_path,
        known: Known::default(),
    };
    let wanted = Reference::from_flag("--policy", at, Path::new(""));
    let loaded = library.load(&wanted, &[]);
    loaded.unwrap_or_else(|problems| panic!("{at}:\n{}", told(&problems)))
}

#[test]
fn every_built_in_policy_loads_under_its_own_name() {
    for (name, _) in BUILTINS {
        assert_eq!(&*load("", name).name, *name);
    }
}

#[test]
fn every_built_in_policy_can_be_shown_and_loaded_again() {
    for (name, _) in BUILTINS {
        let policy = load("", name);
        let again = load(&show(&policy, true, &plain), "./shown.yaml");
        assert_eq!(show(&again, false, &plain), show(&policy, false, &plain));
    }
}

#[test]
fn every_rule_explains_itself() {
    for (name, _) in BUILTINS {
        for rule in &load("", name).rules {
            let id = &rule.id;
            assert!(rule.help.is_some(), "{name}: {id} has no help");
            assert!(rule.reference.is_some(), "{name}: {id} has no reference");
            assert!(
                rule.description.is_some(),
                "{name}: {id} has no description"
            );
            assert!(rule.examples.is_some(), "{name}: {id} has no examples");
        }
    }
}
