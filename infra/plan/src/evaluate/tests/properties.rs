//! What holds of every expression.

use proptest::prelude::*;

use super::*;

fn any_expression() -> impl Strategy<Value = Value> {
    let names = ["Size", "Count", "Networks", "Image", "Vpc", "AWS::NoValue"];
    let leaf = prop_oneof![
        "[a-z,/${}!.]{0,8}".prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        proptest::sample::select(names.to_vec()).prop_map(|name| json!({ "Ref": name })),
        "[a-z]?\\$\\{(Size|Vpc|!Size)\\}".prop_map(|text| json!({ "Fn::Sub": text })),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            list.clone().prop_map(Value::from),
            list.clone()
                .prop_map(|list| json!({ "Fn::Join": ["/", list] })),
            list.prop_map(|list| json!({ "Fn::Select": [1, list] })),
            inner
                .clone()
                .prop_map(|text| json!({ "Fn::Split": ["/", text] })),
            inner
                .clone()
                .prop_map(|value| json!({ "a": value, "b": 1 })),
            (
                proptest::sample::select(vec!["Yes", "No", "Maybe"]),
                inner.clone(),
                inner,
            )
                .prop_map(|(condition, yes, no)| json!({ "Fn::If": [condition, yes, no] })),
        ]
    })
}

proptest! {
    #[test]
    fn what_has_been_evaluated_is_not_changed_by_doing_it_again(expression in any_expression()) {
        let once = come_to(&expression);
        prop_assert_eq!(come_to(&once), once);
    }
}
