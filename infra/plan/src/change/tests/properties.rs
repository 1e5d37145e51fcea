//! What holds of whatever CloudFormation answers.

use proptest::prelude::*;

use super::*;

fn any_change() -> impl Strategy<Value = ResourceChange> {
    let kinds = [
        "AWS::RDS::DBInstance",
        "AWS::EFS::FileSystem",
        "AWS::EC2::VPC",
        "AWS::IAM::Role",
    ];
    (
        any::<String>(),
        proptest::sample::select(kinds.to_vec()),
        proptest::option::of(any::<String>()),
        proptest::sample::select(Action::ALL.to_vec()),
        proptest::sample::select(Replacement::ALL.to_vec()),
        proptest::option::of(proptest::sample::select(Policy::ALL.to_vec())),
        proptest::collection::vec(any_detail(), 0..3),
    )
        .prop_map(
            |(logical_id, kind, physical_id, action, replacement, policy, details)| {
                ResourceChange {
                    logical_id,
                    kind: kind.to_owned(),
                    physical_id,
                    action,
                    replacement,
                    policy,
                    details,
                    before: None,
                }
            },
        )
}

fn any_detail() -> impl Strategy<Value = Detail> {
    (
        any::<String>(),
        proptest::sample::select(Recreation::ALL.to_vec()),
        any::<String>(),
        proptest::option::of(any::<String>()),
    )
        .prop_map(|(property, recreation, parameter, after)| Detail {
            after,
            ..detail(&property, recreation, Cause::Parameter(parameter))
        })
}

proptest! {
    #[test]
    fn a_plan_is_a_line_for_each_resource_in_an_order_that_does_not_depend_on_theirs(
        changes in proptest::collection::vec(any_change(), 0..6),
    ) {
        let plan = Plan::of("wp", changes.clone());
        let text = plan.to_string();
        prop_assert_eq!(text.lines().count(), changes.len());
        prop_assert!(!text.replace('\n', "").chars().any(char::is_control));
        let turns: Vec<Turn> = plan.steps.iter().map(|step| step.turn).collect();
        prop_assert!(turns.is_sorted());
        let mut ids: Vec<&str> = changes.iter().map(|change| change.logical_id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() == changes.len() {
            prop_assert_eq!(&plan, &Plan::of("wp", changes.into_iter().rev()));
        }
        for line in plan.lines() {
            let has_consequence = line.spans.iter().any(|span| span.style == Style::Consequence);
            prop_assert_eq!(has_consequence, line.severity > Severity::Plain);
        }
        let has_loss = plan.lines().any(|line| line.severity == Severity::Loss);
        prop_assert_eq!(plan.refusal(AllowReplacement::No).is_some(), has_loss);
    }
}
