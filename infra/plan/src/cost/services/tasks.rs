//! ECS: on Fargate by processor, memory and disk of a task and hour (AWS Fargate pricing); on instances the instances cost.

use serde_json::Value;

use super::{
    network::public_addresses,
    task_count::{Tasks, count, shared_out},
};
use crate::{
    cost::{
        HOURS,
        estimate::Unit,
        ledger::{Charge, Ledger, number},
        price::Quote,
        prices::Item,
    },
    evaluate::{Resource, text},
};

/// `1024` units of a task definition's `Cpu` are a processor, and MiB of its `Memory` a GB.
const WHOLE: f64 = 1024.0;

/// GB of a task's own disk that are free.
const FREE_STORAGE: f64 = 20.0;

/// How large a task is.
struct Size {
    processors: f64,
    gigabytes: f64,
    /// GB of disk beyond those that are free.
    storage: f64,
    processor_item: Item,
    memory_item: Item,
}

pub(in crate::cost) fn service(ledger: &mut Ledger<'_>, properties: &Value) {
    let Some(count) = count(ledger, ledger.logical_id(), properties) else {
        ledger.not_counted("how many tasks run is not known");
        return;
    };
    if count <= 0.0 {
        ledger.not_counted("tasks, of which there are none as long as `DesiredCount` is 0");
        return;
    }
    let Some(tasks) = shared_out(count, properties) else {
        ledger.not_counted("where the tasks run is not known");
        return;
    };
    ledger.assume(format!(
        "`{}` runs {count} tasks all the time",
        ledger.logical_id()
    ));
    if tasks.fargate + tasks.spot > 0.0 {
        let size = ledger
            .referenced(&properties["TaskDefinition"])
            .and_then(size);
        match size {
            Some(size) => fargate(ledger, tasks, &size),
            None => ledger.not_counted("the size of a task is not known"),
        }
        let network = &properties["NetworkConfiguration"]["AwsvpcConfiguration"];
        match (&network["AssignPublicIp"], text(&network["AssignPublicIp"])) {
            (_, Some(known)) if known == "ENABLED" => {
                public_addresses(ledger, tasks.fargate + tasks.spot);
            }
            (_, Some(_)) | (Value::Null, None) => {}
            (_, None) => ledger.not_counted("public addresses of the tasks, if they have some"),
        }
    }
    ledger.not_counted("tasks that scaling adds, and traffic");
}

fn size(definition: &Resource) -> Option<Size> {
    let properties = &definition.properties;
    let architecture = text(&properties["RuntimePlatform"]["CpuArchitecture"]);
    let (processor_item, memory_item) = match architecture.as_deref() {
        Some("ARM64") => (Item::FargateProcessorArm64, Item::FargateMemoryArm64),
        None | Some("X86_64") => (Item::FargateProcessorAmd64, Item::FargateMemoryAmd64),
        Some(_) => return None,
    };
    let storage = number(&properties["EphemeralStorage"]["SizeInGiB"]).unwrap_or(FREE_STORAGE);
    Some(Size {
        processors: number(&properties["Cpu"])? / WHOLE,
        gigabytes: number(&properties["Memory"])? / WHOLE,
        storage: (storage - FREE_STORAGE).max(0.0),
        processor_item,
        memory_item,
    })
}

fn fargate(ledger: &mut Ledger<'_>, tasks: Tasks, size: &Size) {
    let share = ledger.assumptions.spot_share;
    if tasks.spot > 0.0 {
        ledger.assume(format!("a task on Spot costs {share} of one on Fargate"));
    }
    for (whole, number, discount) in [
        (["processors", "memory", "disk"], tasks.fargate, 1.0),
        (
            ["Spot processors", "Spot memory", "Spot disk"],
            tasks.spot,
            share,
        ),
    ] {
        let parts = [
            (size.processors, Unit::Hours, size.processor_item),
            (size.gigabytes, Unit::GigabyteHours, size.memory_item),
            (size.storage, Unit::GigabyteHours, Item::FargateStorage),
        ];
        for (what, (each, unit, item)) in whole.into_iter().zip(parts) {
            if number * each <= 0.0 {
                continue;
            }
            let charge = Charge {
                what,
                detail: &format!("{number} tasks with {each}"),
                quantity: number * each * HOURS,
                unit,
            };
            let quote = item.quote(ledger.region);
            let usd = quote.usd * discount;
            ledger.charge(&charge, Quote { usd, ..quote });
        }
    }
}

/// Container Insights is billed by the metric and the log line.
pub(in crate::cost) fn cluster(ledger: &mut Ledger<'_>, properties: &Value) {
    let settings = properties["ClusterSettings"].as_array();
    let is_off = settings.is_some_and(|settings| {
        settings
            .iter()
            .any(|setting| setting["Name"] == "containerInsights" && setting["Value"] == "disabled")
    });
    if !is_off && settings.is_some() {
        ledger.not_counted("metrics of Container Insights, some for each task");
    }
}
