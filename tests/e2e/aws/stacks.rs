//! `wpimg infra`: plan, apply, look, change, destroy.

use anyhow::{Result, ensure};
use serde_json::Value;
use wpimg_e2e::aws::Account;

#[test]
fn stacks_are_planned_made_changed_and_destroyed() -> Result<()> {
    let account = Account::open()?;

    let plan = account.run(&["infra", "plan"])?;
    plan.expect_exit(3)?;
    ensure!(plan.stdout.contains("+ Vpc (AWS::EC2::VPC)"), "{plan}");
    ensure!(
        plan.stdout.contains("monthly cost: about 0.00 -> "),
        "{plan}"
    );
    ensure!(
        !account.gateway.calls().contains(&"ExecuteChangeSet".into()),
        "a plan changes something\n{plan}"
    );

    // Nobody sits at this terminal to say yes.
    let unasked = account.run(&["infra", "apply"])?;
    unasked.expect_exit(2)?.expect_said(&["--yes"])?;

    let apply = account.run(&["infra", "apply", "--yes"])?;
    apply.expect_success()?.expect_said(&[
        "Created",
        "Finished `shop-data`",
        "Protected",
        "Finished `shop-app`",
    ])?;
    ensure!(apply.stdout.contains("Repository"), "{apply}");

    let again = account.run(&["infra", "plan"])?;
    again.expect_success()?;
    ensure!(
        again.stdout.contains("`shop-app` is as its template says"),
        "{again}"
    );

    let status = account.run(&["infra", "status", "--format", "json"])?;
    let status: Value = serde_json::from_str(&status.expect_success()?.stdout)?;
    let data = &status["stacks"][0];
    ensure!(
        data["status"] == "CREATE_COMPLETE" && data["protected"] == true,
        "the data stack is not there, or not protected: {status}"
    );

    account.write_recipe("log-days = 7")?;
    let change = account.run(&["infra", "apply", "--yes"])?;
    change
        .expect_success()?
        .expect_said(&["Unchanged `shop-data`", "Updated Log"])?;

    let wrong = account.run(&["infra", "destroy", "--confirm", "ship"])?;
    wrong
        .expect_exit(2)?
        .expect_said(&["`ship` is not the name of the site"])?;
    let destroy = ["infra", "destroy", "--confirm", "shop", "--data"];
    account.run(&destroy)?.expect_exit(1)?.expect_said(&[
        "protected from being deleted",
        "deletion-protection = false",
    ])?;
    account.write_recipe("deletion-protection = false")?;
    // The emulator takes a secret for replaced whose template names something of the changed database.
    account
        .run(&["infra", "apply", "--yes"])?
        .expect_exit(1)?
        .expect_said(&[
            "would lose what it holds",
            "DatabaseSecret",
            "--allow-replacement",
        ])?;
    account
        .run(&["infra", "apply", "--yes", "--allow-replacement"])?
        .expect_success()?;
    account.run(&destroy)?.expect_success()?;
    let status = account.run(&["infra", "status"])?;
    ensure!(status.stdout.matches("ABSENT").count() == 2, "{status}");
    Ok(())
}
