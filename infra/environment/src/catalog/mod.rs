//! Every key of `[infra]` and of the tables of `[env]`, and what it sets.
//!
//! The parameters are those of the templates, so a new one there is a new key here. What wpimg fills in itself is listed, and
//! no key.

mod filled;
mod own;

use std::collections::BTreeMap;

use wpimg_template::{Parameter, Template};

pub(crate) use filled::Filled;
pub(crate) use own::Own;

use crate::stack::Stack;
use crate::value::Shape;

/// A parameter of one template or of both.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) parameter: &'static str,
    /// In which stacks it is set, to the same value.
    pub(crate) stacks: Vec<Stack>,
    pub(crate) definition: Parameter,
    /// Who gives it where the recipe must not.
    pub(crate) filled: Option<Filled>,
}

/// What a key sets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning<'c> {
    Own(Own),
    Parameter(&'c Setting),
}

/// All keys by name.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    settings: BTreeMap<String, Setting>,
}

impl Setting {
    /// How its value is written.
    pub(crate) fn shape(&self) -> Shape {
        Shape::of(self.parameter, &self.definition)
    }
}

impl Catalog {
    /// That of the two templates that wpimg has with it.
    pub(crate) fn bundled() -> Self {
        Self::of(Stack::ALL.map(|stack| (stack, stack.template())))
    }

    pub(crate) fn of(templates: impl IntoIterator<Item = (Stack, Template)>) -> Self {
        let mut settings: BTreeMap<String, Setting> = BTreeMap::new();
        for (stack, template) in templates {
            for (parameter, definition) in template.parameters {
                let setting = Setting {
                    parameter,
                    stacks: Vec::new(),
                    definition,
                    filled: Filled::of(parameter),
                };
                let setting = settings.entry(key_of(parameter)).or_insert(setting);
                setting.stacks.push(stack);
            }
        }
        Self { settings }
    }

    pub(crate) fn meaning(&self, key: &str) -> Option<Meaning<'_>> {
        let own = Own::ALL.into_iter().find(|own| own.key() == key);
        let parameter = || self.settings.get(key).map(Meaning::Parameter);
        own.map(Meaning::Own).or_else(parameter)
    }

    /// By the parameter's own name.
    pub(crate) fn setting(&self, parameter: &str) -> Option<&Setting> {
        self.settings.get(&key_of(parameter))
    }

    /// In the order of their keys.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.settings.iter().map(|(key, set)| (key.as_str(), set))
    }

    /// Keys that a recipe may have.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let free = self.settings().filter(|(_, set)| set.filled.is_none());
        let own = Own::ALL.into_iter().map(|own| -> &str { own.key() });
        own.chain(free.map(|(key, _)| key))
    }
}

/// A parameter's key: `DatabaseEngine` is `database-engine`.
pub(crate) fn key_of(parameter: &str) -> String {
    let mut key = String::with_capacity(parameter.len() + 4);
    for letter in parameter.chars() {
        if letter.is_ascii_uppercase() && !key.is_empty() {
            key.push('-');
        }
        key.push(letter.to_ascii_lowercase());
    }
    key
}
