//! Nothing refers to what is not there, whatever is chosen.

use super::template;
use crate::references::{alternatives, conditions, dangling};

#[test]
fn conditions_are_defined_and_used() {
    let (defined, asked) = conditions(&template());
    assert_eq!(asked, defined);
}

#[test]
fn nothing_refers_to_what_is_not_there_whatever_is_chosen() {
    let template = template();
    let alternatives = alternatives(&template);
    let combinations: usize = alternatives.values().map(Vec::len).product();
    for combination in 0..combinations {
        let mut rest = combination;
        let chosen: Vec<(&str, &str)> = alternatives
            .iter()
            .map(|(name, values)| {
                let value = values[rest % values.len()];
                rest /= values.len();
                (*name, value)
            })
            .collect();
        let found = dangling(&template, &chosen);
        assert!(found.is_empty(), "{found:?} with {chosen:?}");
    }
}
