//! What can be chosen about both stacks together: a parameter that both have is chosen once.

use std::collections::BTreeMap;

use crate::{Parameter, Template};

/// Whose parameter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Data,
    Both,
    App,
}

/// The parameters of the app stack that are no choice, and what they are.
pub(super) const FILLED: [(&str, &str); 2] = [
    ("DataStack", "the data stack's name"),
    ("Image", "the name of the image's parameter"),
];

pub(super) fn is_filled(name: &str) -> bool {
    FILLED.iter().any(|(filled, _)| *filled == name)
}

/// Everything that can be chosen. Where both stacks have a parameter, the data stack's explains it.
pub(super) fn all(data: &Template, app: &Template) -> BTreeMap<&'static str, (Owner, Parameter)> {
    let mut all: BTreeMap<_, _> = data
        .parameters
        .iter()
        .map(|(name, parameter)| (*name, (Owner::Data, parameter.clone())))
        .collect();
    for (name, parameter) in &app.parameters {
        if is_filled(name) {
            continue;
        }
        all.entry(*name)
            .and_modify(|(owner, _)| *owner = Owner::Both)
            .or_insert_with(|| (Owner::App, parameter.clone()));
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::names::snake_case;
    use super::*;

    #[test]
    fn what_both_stacks_have_is_the_same_choice() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let mut both = Vec::new();
        for (name, (owner, parameter)) in all(&data, &app) {
            if owner == Owner::Both {
                let other = &app.parameters[name];
                assert_eq!(parameter.kind, other.kind, "{name}");
                assert_eq!(parameter.default, other.default, "{name}");
                both.push(name);
            }
        }
        assert_eq!(both, ["Cache", "DatabaseEngine", "Keys"]);
    }

    #[test]
    fn every_parameter_is_a_choice_or_filled() {
        let (data, app) = (crate::data::template(), crate::app::template());
        let all = all(&data, &app);
        for name in data.parameters.keys().chain(app.parameters.keys()) {
            assert_ne!(all.contains_key(name), is_filled(name), "{name}");
        }
        for (name, _) in FILLED {
            assert!(app.parameters.contains_key(name), "{name}");
        }
    }

    #[test]
    fn no_two_choices_are_written_the_same() {
        let all = all(&crate::data::template(), &crate::app::template());
        let written: BTreeSet<String> = all.keys().map(|name| snake_case(name)).collect();
        assert_eq!(written.len(), all.len());
    }
}
