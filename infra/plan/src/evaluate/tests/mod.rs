//! What templates come to.

mod exported;
mod properties;
mod templates;
mod undecided;

use serde_json::{Value, json};

use super::*;

/// Inputs with these parameters, in a region.
fn inputs(parameters: &[(&str, &str)]) -> Inputs {
    Inputs {
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        exports: [("net-Subnets".to_owned(), "subnet-1,subnet-2".to_owned())].into(),
        region: "eu-west-1".into(),
        stack: Some("shop".into()),
    }
}

/// A template with one property, which is this expression.
fn template(expression: &Value) -> Value {
    json!({
        "Parameters": {
            "Size": { "Type": "String", "Default": "512/1024" },
            "Count": { "Type": "Number", "Default": 2 },
            "Networks": { "Type": "CommaDelimitedList", "Default": "10.0.0.0/8, 192.0.2.0/24" },
            "Image": { "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/wp/image" },
            "Given": { "Type": "String" },
        },
        "Mappings": { "Sizes": { "eu-west-1": { "small": "t4g.small", "large": ["a", "b"] } } },
        "Conditions": {
            "Yes": { "Fn::Equals": [{ "Ref": "Count" }, 2] },
            "No": { "Fn::Not": [{ "Condition": "Yes" }] },
            "Maybe": { "Fn::Equals": [{ "Ref": "Image" }, ""] },
        },
        "Resources": { "Thing": { "Type": "T", "Properties": { "Value": expression } } },
    })
}

/// What an expression comes to; null if it is as if it were not there.
fn come_to(expression: &Value) -> Value {
    let stack = evaluate(&template(expression), &inputs(&[])).unwrap();
    stack.resources["Thing"].properties["Value"].clone()
}

#[test]
fn functions_of_what_is_known_are_their_result() {
    let size = json!({ "Ref": "Size" });
    let table = [
        (json!("plain"), json!("plain")),
        (
            json!([1, true, { "a": { "Ref": "Size" } }]),
            json!([1, true, { "a": "512/1024" }]),
        ),
        (size.clone(), json!("512/1024")),
        (json!({ "Ref": "Count" }), json!("2")),
        (
            json!({ "Ref": "Networks" }),
            json!(["10.0.0.0/8", "192.0.2.0/24"]),
        ),
        (json!({ "Ref": "AWS::Region" }), json!("eu-west-1")),
        (json!({ "Ref": "AWS::NoValue" }), Value::Null),
        (json!([{ "Ref": "AWS::NoValue" }, 1]), json!([1])),
        (json!({ "Fn::If": ["Yes", 1, 2] }), json!(1)),
        (
            json!({ "Fn::If": ["No", 1, { "Ref": "AWS::NoValue" }] }),
            Value::Null,
        ),
        (json!({ "Fn::Split": ["/", size] }), json!(["512", "1024"])),
        (
            json!({ "Fn::Select": [1, { "Fn::Split": ["/", size] }] }),
            json!("1024"),
        ),
        (
            json!({ "Fn::Select": ["0", ["a", { "Ref": "Vpc" }]] }),
            json!("a"),
        ),
        (
            json!({ "Fn::Select": [1, ["a", { "Ref": "Vpc" }]] }),
            json!({ "Ref": "Vpc" }),
        ),
        (
            json!({ "Fn::Join": ["+", [size, 1, true]] }),
            json!("512/1024+1+true"),
        ),
        (
            json!({ "Fn::Join": ["", { "Ref": "Networks" }] }),
            json!("10.0.0.0/8192.0.2.0/24"),
        ),
        (
            json!({ "Fn::Sub": "${AWS::StackName}-${Count}-${!Count}" }),
            json!("shop-2-${Count}"),
        ),
        (
            json!({ "Fn::Sub": ["${A}${Count}", { "A": { "Ref": "Size" } }] }),
            json!("512/10242"),
        ),
        (
            json!({ "Fn::FindInMap": ["Sizes", { "Ref": "AWS::Region" }, "small"] }),
            json!("t4g.small"),
        ),
        (
            json!({ "Fn::FindInMap": ["Sizes", "eu-west-1", "large"] }),
            json!(["a", "b"]),
        ),
        (
            json!({ "Fn::FindInMap": ["Sizes", "eu-west-1", "no", { "DefaultValue": "x" }] }),
            json!("x"),
        ),
        (
            json!({ "Fn::Split": [",", { "Fn::ImportValue": { "Fn::Sub": "net-Subnets" } }] }),
            json!(["subnet-1", "subnet-2"]),
        ),
    ];
    for (expression, expected) in table {
        assert_eq!(come_to(&expression), expected, "{expression}");
    }
}

#[test]
fn what_only_a_stack_knows_stays_a_function() {
    for expression in [
        json!({ "Ref": "Vpc" }),
        json!({ "Ref": "Image" }),
        json!({ "Ref": "Given" }),
        json!({ "Ref": "AWS::AccountId" }),
        json!({ "Fn::GetAtt": ["Key", "Arn"] }),
        json!({ "Fn::Sub": "${Vpc}-${Count}" }),
        json!({ "Fn::Join": [",", ["a", { "Ref": "Vpc" }]] }),
        json!({ "Fn::Select": [9, ["a"]] }),
        json!({ "Fn::Split": [",", { "Ref": "Vpc" }] }),
        json!({ "Fn::ImportValue": "net-Other" }),
        json!({ "Fn::FindInMap": ["Sizes", "us-east-1", "small"] }),
        json!({ "Fn::FindInMap": [{ "Ref": "Vpc" }, "a", "b"] }),
        json!({ "Fn::GetAZs": "" }),
        json!({ "Fn::Nonsense": {} }),
        json!({ "Fn::If": [] }),
        json!({ "Fn::If": ["Maybe", 1, { "Ref": "AWS::NoValue" }] }),
        json!({ "Fn::If": ["Missing", 1, 2] }),
        // An item that may not be there moves those after it.
        json!({ "Fn::Select": [1, [{ "Fn::If": ["Maybe", "a", { "Ref": "AWS::NoValue" }] }, "b", "c"]] }),
    ] {
        assert_eq!(come_to(&expression), expression);
    }
    // What is known inside of it is filled in.
    let inside = json!({ "Fn::GetAtt": ["Key", { "Ref": "Size" }] });
    assert_eq!(
        come_to(&inside),
        json!({ "Fn::GetAtt": ["Key", "512/1024"] })
    );
}

#[test]
fn what_is_no_template_is_an_error() {
    for (template, expected) in [
        (json!({}), TemplateError::NoResources),
        (json!("text"), TemplateError::NoResources),
        (json!({ "Resources": {} }), TemplateError::NoResources),
        (
            json!({ "Resources": { "Thing": {} } }),
            TemplateError::NoType {
                logical_id: "Thing".into(),
            },
        ),
    ] {
        assert_eq!(evaluate(&template, &inputs(&[])), Err(expected));
    }
    let error = evaluate(&template(&Value::Null), &inputs(&[("Sise", "1/1")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the template has no parameter `Sise`; it has `Count`, `Given`, `Image`, `Networks`, `Size`"
    );
    assert!(error.hint().contains("`Sise`"));
}

#[test]
fn a_list_whose_length_is_not_known_has_none() {
    let maybe = json!({ "Fn::If": ["Maybe", "a", { "Ref": "AWS::NoValue" }] });
    for (list, expected) in [
        (json!(["a", { "Ref": "Vpc" }]), Some(2)),
        (json!([]), Some(0)),
        (
            json!(["a", { "Fn::If": ["No", "b", { "Ref": "AWS::NoValue" }] }]),
            Some(1),
        ),
        (json!(["a", maybe]), None),
        (json!({ "Ref": "Vpc" }), None),
        (json!("a"), None),
    ] {
        let found = come_to(&list);
        assert_eq!(items(&found).map(<[Value]>::len), expected, "{list}");
    }
}
