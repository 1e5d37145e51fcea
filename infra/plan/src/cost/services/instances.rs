//! Instances of EC2 that tasks run on (Amazon EC2 on-demand pricing, Amazon EBS pricing).

use serde_json::Value;

use super::task_count::{count, shared_out};
use crate::{
    cost::{
        HOURS,
        estimate::Unit,
        ledger::{Charge, Ledger, number},
        prices::{INSTANCES, Item},
    },
    evaluate::{Resource, text},
};

/// ECS sets the size of the group by what fits. How many tasks fit depends on addresses, memory and zones, so each is taken
/// to have an instance of its own, up to the group's limit.
pub(in crate::cost) fn group(ledger: &mut Ledger<'_>, properties: &Value) {
    let Some(tasks) = tasks(ledger) else {
        ledger.not_counted("how many tasks run on instances is not known");
        return;
    };
    let least = number(&properties["MinSize"]).unwrap_or(0.0);
    let most = number(&properties["MaxSize"]).unwrap_or(f64::INFINITY);
    let instances = tasks.ceil().max(least).min(most);
    if instances <= 0.0 {
        ledger.not_counted("instances, of which there are none as long as there is no task");
        return;
    }
    let template = &properties["LaunchTemplate"]["LaunchTemplateId"];
    let data = ledger
        .referenced(template)
        .map(|template| &template.properties["LaunchTemplateData"]);
    let class = data.and_then(|data| text(&data["InstanceType"]));
    let quote = class
        .as_ref()
        .and_then(|class| INSTANCES.quote(class, ledger.region));
    let (Some(data), Some(class), Some(quote)) = (data, class, quote) else {
        ledger.not_counted("the price of an instance of this type is not known here");
        return;
    };
    ledger.assume("each task on instances has one of its own".to_owned());
    let charge = Charge {
        what: "instances",
        detail: &format!("{instances} of {class}"),
        quantity: instances * HOURS,
        unit: Unit::Hours,
    };
    ledger.charge(&charge, quote);
    disks(ledger, data, instances);
    ledger.not_counted("instances that scaling adds, and traffic");
}

/// Tasks of all services that run on instances.
fn tasks(ledger: &Ledger<'_>) -> Option<f64> {
    let services = ledger.stack.resources.iter();
    let services = services.filter(|(_, resource)| resource.kind == "AWS::ECS::Service");
    let tasks: Option<Vec<f64>> = services
        .map(|(logical_id, Resource { properties, .. })| {
            let count = count(ledger, logical_id, properties)?;
            Some(shared_out(count, properties)?.instances)
        })
        .collect();
    tasks.map(|tasks| tasks.iter().sum())
}

fn disks(ledger: &mut Ledger<'_>, data: &Value, instances: f64) {
    let disks = data["BlockDeviceMappings"].as_array().into_iter().flatten();
    let sizes: Option<Vec<f64>> = disks
        .map(|disk| {
            let is_known = disk["Ebs"]["VolumeType"] == "gp3";
            number(&disk["Ebs"]["VolumeSize"]).filter(|_| is_known)
        })
        .collect();
    let Some(sizes) = sizes.filter(|sizes| !sizes.is_empty()) else {
        ledger.not_counted("the price of the instances' disks is not known here");
        return;
    };
    let gigabytes: f64 = sizes.iter().sum();
    let charge = Charge {
        what: "disks",
        detail: &format!("{instances} of {gigabytes} GB, gp3"),
        quantity: instances * gigabytes,
        unit: Unit::GigabyteMonths,
    };
    ledger.charge(&charge, Item::Disk.quote(ledger.region));
}
