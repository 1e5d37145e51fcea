//! What holds whatever is chosen.

use proptest::prelude::*;

use super::*;

/// Parameters of the data stack with values that matter to its costs.
const CHOICES: [(&str, &[&str]); 8] = [
    ("Zones", &["2", "3"]),
    ("Egress", &["endpoints", "nat", "nat-per-az", "public"]),
    ("DatabaseEngine", &["mysql", "aurora"]),
    (
        "DatabaseClass",
        &["db.t4g.medium", "db.m7g.large", "db.x9.huge"],
    ),
    ("DatabaseStorage", &["20", "500"]),
    ("MultiAz", &["true", "false"]),
    ("Cache", &["none", "valkey"]),
    ("Keys", &["aws", "own"]),
];

fn any_choice() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let each = CHOICES.map(|(name, values)| {
        proptest::sample::select(values.to_vec()).prop_map(move |value| (name, value))
    });
    each.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_difference_is_what_lies_between_two_estimates(one in any_choice(), other in any_choice()) {
        let before = estimate(&data(), &one, "us-east-1");
        let after = estimate(&data(), &other, "us-east-1");
        prop_assert!(before.lines.iter().all(|line| line.monthly >= 0.0));
        let parts: std::collections::BTreeSet<_> =
            before.lines.iter().map(|line| (&line.logical_id, line.what)).collect();
        prop_assert_eq!(parts.len(), before.lines.len());

        let difference = Estimate::difference(&before, &after);
        let sum: f64 = difference.lines.iter().map(LineDifference::monthly).sum();
        prop_assert!((difference.monthly() - sum).abs() < 0.01);
        let [deployed, wanted] = [&one, &other].map(|choice| inputs(choice, "us-east-1"));
        let template = data().to_string();
        let change = CostChange::of(
            Some(Version { template: &template, inputs: &deployed }),
            Version { template: &template, inputs: &wanted },
            &Assumptions::default(),
        )
        .unwrap();
        prop_assert_eq!(change.difference(), difference.clone());
        prop_assert!(!change.summary().contains("-0.00"), "{}", change.summary());

        let back = Estimate::difference(&after, &before);
        prop_assert!((difference.monthly() + back.monthly()).abs() < 1e-9);
        prop_assert!(Estimate::difference(&before, &before).is_empty());
    }
}
