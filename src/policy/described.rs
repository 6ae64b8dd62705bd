//! What a rule's texts say before anything is judged: for descriptions of a policy, and of the rules of a run.

use super::Policy;
use super::rule::Rule;
use super::template::Template;
use crate::check;

impl Policy {
    /// A message or help of a rule for whoever reads about the rule: variables by their values, and in ‹› what the
    /// other placeholders stand for. A text that is nothing but a placeholder says where to look.
    #[must_use]
    pub fn described(&self, rule: &Rule, text: &Template) -> String {
        let detail = |name: &str| {
            let details = check::kind(rule.check_name).map_or(&[][..], |kind| kind.details);
            let known = details.iter().find(|(detail, _)| *detail == name);
            known.map(|(_, meaning)| (*meaning).to_owned())
        };
        if let Some(meaning) = text.only_name().and_then(detail) {
            return format!("Each finding says {meaning}.");
        }
        text.render(&|name| {
            let variable = self.variable(name).filter(|value| !value.is_empty());
            let stands_for = || format!("‹{}›", detail(name).unwrap_or_else(|| words(name)));
            Some(variable.unwrap_or_else(stands_for))
        })
    }
}

/// The path of a fact or variable in words: `cert.subject.common_name` is `subject common name`.
fn words(path: &str) -> String {
    let (_, inner) = path.split_once('.').unwrap_or(("", path));
    inner.replace(['.', '_'], " ")
}

#[cfg(test)]
mod tests {
    use crate::policy::tests::good;

    fn described(help: &str) -> String {
        let policy = good(&format!(
            "version: 1\nname: p\nvars: {{ team: {{ type: string, default: PKI }}, empty: {{ type: string, default: \"\" }} }}\n\
             rules:\n  r:\n    severity: error\n    check: {{ order: {{}} }}\n    message: m\n    help: \"{help}\"\n"
        ));
        let rule = &policy.rules[0];
        let help = rule.help.as_ref().unwrap().of(None);
        policy.described(rule, help)
    }

    #[test]
    fn placeholders_are_told_by_what_they_stand_for() {
        assert_eq!(
            described(
                "{moves}; then {{x}} {cert.subject.common_name}, says {vars.team} of {vars.empty}"
            ),
            "‹which certificates have to move›; then {x} ‹subject common name›, says PKI of ‹empty›"
        );
    }

    #[test]
    fn a_text_that_is_a_mere_placeholder_says_where_to_look() {
        assert_eq!(
            described("{moves}"),
            "Each finding says which certificates have to move."
        );
    }
}
