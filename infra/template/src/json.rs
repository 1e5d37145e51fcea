//! JSON as text whose bytes follow from the value alone.
//!
//! The maps of `serde_json` are in the order of their names or in that of insertion, as features of the whole build say.
//! What is written here is always in the order of the names, or in one that the caller gives.

use serde_json::{Map, Value};

/// Columns that a line may have before its value is broken into several.
const WIDTH: usize = 100;

/// Spaces for each level.
const INDENT: usize = 2;

/// Says where a name comes among its siblings, from its level (0 is outermost). Equal ranks go by name.
pub(crate) type Rank = fn(level: usize, name: &str) -> usize;

/// A value without a space too many, names in their order.
pub fn compact(value: &Value) -> String {
    let mut text = String::new();
    write_compact(value, &mut text);
    text
}

/// A value for people, with a line break at its end. A change of one property is a change of one line, and what has only
/// one member and fits into a line is on one.
pub(crate) fn indented(value: &Value, rank: Rank) -> String {
    let mut text = String::new();
    write_indented(value, 0, 0, rank, &mut text);
    text.push('\n');
    text
}

fn in_order(entries: &Map<String, Value>, level: usize, rank: Rank) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(name, _)| (rank(level, name), *name));
    entries
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn write_compact(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_compact(item, text);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (name, entry)) in in_order(entries, 0, |_, _| 0).into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&quoted(name));
                text.push(':');
                write_compact(entry, text);
            }
            text.push('}');
        }
    }
}

/// The value on one line, unless an object of several members is in it.
fn on_one_line(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Some(value.to_string())
        }
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(on_one_line).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Object(entries) => {
            let mut entries = entries.iter();
            match (entries.next(), entries.next()) {
                (None, _) => Some("{}".to_owned()),
                (Some((name, entry)), None) => {
                    Some(format!("{{ {}: {} }}", quoted(name), on_one_line(entry)?))
                }
                (Some(_), Some(_)) => None,
            }
        }
    }
}

/// `column` is where the value begins.
fn write_indented(value: &Value, level: usize, column: usize, rank: Rank, text: &mut String) {
    // The comma after it belongs to the line too.
    let fits = |line: &String| column + line.chars().count() < WIDTH;
    if let Some(line) = on_one_line(value).filter(fits) {
        text.push_str(&line);
        return;
    }
    let inner = " ".repeat((level + 1) * INDENT);
    let outer = " ".repeat(level * INDENT);
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ",\n" } else { "\n" });
                text.push_str(&inner);
                write_indented(item, level + 1, inner.len(), rank, text);
            }
            text.push('\n');
            text.push_str(&outer);
            text.push(']');
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (name, entry)) in in_order(entries, level, rank).into_iter().enumerate() {
                text.push_str(if index > 0 { ",\n" } else { "\n" });
                let name = format!("{inner}{}: ", quoted(name));
                text.push_str(&name);
                write_indented(entry, level + 1, name.chars().count(), rank, text);
            }
            text.push('\n');
            text.push_str(&outer);
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Objects as lists of names and values, so that they can be made in any order.
    #[derive(Clone, Debug)]
    enum Tree {
        Leaf(Value),
        List(Vec<Tree>),
        Members(Vec<(String, Tree)>),
    }

    impl Tree {
        fn value(&self, reversed: bool) -> Value {
            match self {
                Self::Leaf(value) => value.clone(),
                Self::List(items) => items.iter().map(|item| item.value(reversed)).collect(),
                Self::Members(members) => {
                    // The first of two members with one name counts, whatever comes first.
                    let mut object = Map::new();
                    for (index, (name, member)) in members.iter().enumerate() {
                        if members[..index].iter().all(|(other, _)| other != name) {
                            object.insert(name.clone(), member.value(reversed));
                        }
                    }
                    if reversed {
                        let members: Vec<_> = object.into_iter().collect();
                        object = members.into_iter().rev().collect();
                    }
                    Value::Object(object)
                }
            }
        }
    }

    fn trees() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_map(Tree::Leaf).prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(Tree::List),
                vec((any::<String>(), inner), 0..6).prop_map(Tree::Members),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_text_is_the_value_again_and_the_same_in_any_order(tree in trees()) {
            let rank: Rank = |level, name| level + name.len() % 3;
            let (one, other) = (tree.value(false), tree.value(true));
            prop_assert_eq!(compact(&one), compact(&other));
            prop_assert_eq!(indented(&one, rank), indented(&other, rank));
            for text in [compact(&one), indented(&one, rank)] {
                let read: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&read, &one);
            }
        }
    }

    #[test]
    fn names_are_in_order_however_they_came() {
        let mut inner = Map::new();
        inner.insert("z".into(), 1.into());
        inner.insert("a".into(), json!([true, null, "x\n\"y\""]));
        let value = json!({ "b": inner, "B": {} });
        assert_eq!(
            compact(&value),
            r#"{"B":{},"b":{"a":[true,null,"x\n\"y\""],"z":1}}"#
        );
    }

    #[test]
    fn a_caller_may_put_names_first() {
        let first = |level: usize, name: &str| usize::from(level != 1 || name != "Type");
        let value = json!({ "Type": 1, "A": { "B": 1, "Type": { "Type": 2, "C": 3 } } });
        let expected = r#"{
  "A": {
    "Type": {
      "C": 3,
      "Type": 2
    },
    "B": 1
  },
  "Type": 1
}
"#;
        assert_eq!(indented(&value, first), expected);
    }

    #[test]
    fn what_fits_into_a_line_is_on_one_unless_it_has_several_members() {
        let long = "x".repeat(60);
        let value = json!({
            "Empty": [[], {}],
            "Long": [long, long],
            "One": { "Fn::If": ["A", { "Ref": "B" }, 2] },
            "Two": [{ "A": 1, "B": 2 }],
        });
        let expected = format!(
            r#"{{
  "Empty": [[], {{}}],
  "Long": [
    "{long}",
    "{long}"
  ],
  "One": {{ "Fn::If": ["A", {{ "Ref": "B" }}, 2] }},
  "Two": [
    {{
      "A": 1,
      "B": 2
    }}
  ]
}}
"#
        );
        assert_eq!(indented(&value, |_, _| 0), expected);
    }

    #[test]
    fn both_forms_are_the_value_again() {
        for template in [crate::data::template(), crate::app::template()] {
            let value = template.to_json();
            for text in [compact(&value), indented(&value, |_, _| 0)] {
                let read: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(read, value);
            }
        }
    }
}
