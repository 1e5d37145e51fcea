//! A template as it is kept in the repository: for people, in an order in which it reads well.

use crate::{Template, json};

/// The sections of a template.
const SECTIONS: [&str; 6] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Parameters",
    "Conditions",
    "Resources",
    "Outputs",
];

/// What a parameter, a resource or an output begins with.
const BEGINNINGS: [&str; 7] = [
    "Type",
    "Description",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
];

/// The level of what is in one entry of a section.
const ENTRY: usize = 2;

/// The template with a line for each property. CloudFormation takes it as well, but not in one call: it may be too long.
pub fn indented(template: &Template) -> String {
    json::indented(&template.to_json(), rank)
}

fn rank(level: usize, name: &str) -> usize {
    let first: &[&str] = match level {
        0 => &SECTIONS,
        ENTRY => &BEGINNINGS,
        _ => &[],
    };
    let position = first.iter().position(|first| *first == name);
    position.unwrap_or(first.len())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Kept, Kind, Resource};

    #[test]
    fn a_template_begins_with_what_it_is() {
        let mut template = Template::default();
        template.parameter("B", Kind::Text, "b", "Bees.");
        let bucket = Resource::new("AWS::S3::Bucket", json!({ "Type": 1, "A": 2 }));
        template.add("A", bucket.kept(Kept::Always).only_if("C"));
        let text = indented(&template);
        let positions: Vec<usize> = [
            "\"AWSTemplateFormatVersion\"",
            "\"Parameters\"",
            "\"Type\": \"String\"",
            "\"Description\": \"Bees.\"",
            "\"Default\"",
            "\"Conditions\"",
            "\"Resources\"",
            "\"Type\": \"AWS::S3::Bucket\"",
            "\"Condition\": \"C\"",
            "\"DeletionPolicy\"",
            "\"Properties\"",
            "\"A\": 2",
            "\"Type\": 1",
            "\"Outputs\"",
        ]
        .iter()
        .map(|piece| text.find(piece).unwrap_or_else(|| panic!("no {piece}")))
        .collect();
        assert!(positions.is_sorted(), "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, template.to_json());
    }
}
