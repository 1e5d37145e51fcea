//! A template as CloudFormation sees it once the parameters are chosen: conditions are decided, what they leave out is
//! gone, and parameters are their values. What only a running stack knows stays as it is.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) struct Choices<'a> {
    parameters: BTreeMap<&'a str, &'a str>,
    conditions: &'a Value,
}

/// A template's resources and outputs under these parameters, defaults for the rest.
pub(crate) fn evaluate(template: &Value, chosen: &[(&str, &str)]) -> Value {
    let choices = Choices::new(template, chosen);
    let sections = ["Resources", "Outputs"].map(|section| {
        let there = choices.there(&template[section]);
        let values = there.filter_map(|(name, entry)| Some((name.clone(), choices.value(entry)?)));
        (section.to_owned(), values.collect::<Map<_, _>>().into())
    });
    Map::from_iter(sections).into()
}

impl<'a> Choices<'a> {
    pub(crate) fn new(template: &'a Value, chosen: &[(&'a str, &'a str)]) -> Self {
        let known = template["Parameters"].as_object().into_iter().flatten();
        let mut parameters: BTreeMap<&str, &str> = known
            .filter_map(|(name, known)| Some((name.as_str(), known["Default"].as_str()?)))
            .collect();
        for (name, value) in chosen {
            let known = &template["Parameters"][*name];
            assert!(!known.is_null(), "there is no parameter `{name}`");
            if let Some(values) = known["AllowedValues"].as_array() {
                let allowed = values.contains(&(*value).into());
                assert!(allowed, "`{name}` is never `{value}`");
            }
            parameters.insert(name, value);
        }
        Self {
            parameters,
            conditions: &template["Conditions"],
        }
    }

    /// Of a section of the template the entries that are there.
    pub(crate) fn there<'b>(
        &self,
        section: &'b Value,
    ) -> impl Iterator<Item = (&'b String, &'b Value)> {
        let entries = section.as_object().into_iter().flatten();
        entries.filter(|(_, entry)| {
            let condition = entry["Condition"].as_str();
            condition.is_none_or(|condition| self.holds(condition))
        })
    }

    /// Which of the two values of an `Fn::If` counts.
    pub(crate) fn side<'b>(&self, choice: &'b Value) -> &'b Value {
        if self.holds(choice[0].as_str().unwrap()) {
            &choice[1]
        } else {
            &choice[2]
        }
    }
}

impl Choices<'_> {
    /// `None` for what is as if it were not there.
    fn value(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => Some(items.iter().filter_map(|item| self.value(item)).collect()),
            Value::Object(entries) => self.object(entries),
            plain => Some(plain.clone()),
        }
    }

    fn object(&self, entries: &Map<String, Value>) -> Option<Value> {
        if let Some(choice) = entries.get("Fn::If") {
            return self.value(self.side(choice));
        }
        if let Some(name) = entries.get("Ref").and_then(Value::as_str) {
            if name == "AWS::NoValue" {
                return None;
            }
            if let Some(value) = self.parameters.get(name) {
                return Some((*value).into());
            }
        }
        let values = entries
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), self.value(value)?)));
        let values: Map<_, _> = values.collect();
        // A list that is a parameter is one text, with commas between its parts.
        if let Some([separator, Value::String(list)]) = values
            .get("Fn::Join")
            .and_then(|argument| argument.as_array()?.first_chunk())
        {
            let separator = separator.as_str().unwrap();
            return Some(list.replace(',', separator).into());
        }
        Some(values.into())
    }

    pub(crate) fn holds(&self, condition: &str) -> bool {
        let definition = &self.conditions[condition];
        assert!(!definition.is_null(), "there is no condition `{condition}`");
        self.is_true(definition)
    }

    fn is_true(&self, definition: &Value) -> bool {
        let (name, argument) = definition
            .as_object()
            .and_then(|one| one.iter().next())
            .unwrap();
        let parts = argument.as_array().map_or(&[][..], Vec::as_slice);
        match name.as_str() {
            "Condition" => self.holds(argument.as_str().unwrap()),
            "Fn::Equals" => self.value(&parts[0]) == self.value(&parts[1]),
            "Fn::Not" => !self.is_true(&parts[0]),
            "Fn::And" => parts.iter().all(|part| self.is_true(part)),
            "Fn::Or" => parts.iter().any(|part| self.is_true(part)),
            other => panic!("`{other}` is no condition"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_that_is_a_parameter_is_one_text() {
        let template = json!({
            "Parameters": { "List": { "Type": "CommaDelimitedList", "Default": "" } },
            "Conditions": {
                "Empty": { "Fn::Equals": [{ "Fn::Join": ["", { "Ref": "List" }] }, ""] },
            },
            "Resources": { "One": { "Condition": "Empty" } },
        });
        for (list, there) in [("", true), ("a,b", false)] {
            let found = evaluate(&template, &[("List", list)]);
            assert_eq!(found["Resources"]["One"].is_object(), there, "{list}");
        }
    }

    #[test]
    fn what_a_condition_leaves_out_is_gone() {
        let template = json!({
            "Parameters": { "Size": { "Default": "small", "AllowedValues": ["small", "large"] } },
            "Conditions": {
                "Large": { "Fn::Equals": [{ "Ref": "Size" }, "large"] },
                "Small": { "Fn::Not": [{ "Condition": "Large" }] },
            },
            "Resources": {
                "One": {
                    "Properties": {
                        "Size": { "Ref": "Size" },
                        "List": ["a", { "Fn::If": ["Large", "b", { "Ref": "AWS::NoValue" }] }],
                        "Extra": { "Fn::If": ["Small", { "Ref": "AWS::NoValue" }, { "Ref": "Two" }] },
                    },
                },
                "Two": { "Condition": "Large" },
            },
        });
        for (size, expected) in [
            (
                "small",
                json!({ "One": { "Properties": { "Size": "small", "List": ["a"] } } }),
            ),
            (
                "large",
                json!({
                    "One": {
                        "Properties": { "Size": "large", "List": ["a", "b"], "Extra": { "Ref": "Two" } },
                    },
                    "Two": { "Condition": "Large" },
                }),
            ),
        ] {
            let found = evaluate(&template, &[("Size", size)]);
            assert_eq!(found["Resources"], expected, "{size}");
        }
    }
}
