//! `wpimg infra outputs`: what the stacks tell about themselves.

use std::collections::BTreeMap;

use serde::Serialize;
use wpimg_environment::Stack;

use crate::{
    cli::{Format, InfraOutputsArgs},
    commands::Context,
    error_report::{CommandResult, Failure},
    exit_status::ExitStatus,
    infra::{InfraError, Site},
    report::json_text,
};

/// `wpimg infra outputs --format json`.
#[derive(Serialize)]
struct OutputsDocument {
    schema: &'static str,
    /// By the stack's name.
    stacks: BTreeMap<String, BTreeMap<String, String>>,
}

pub(crate) async fn outputs(arguments: InfraOutputsArgs, context: &Context) -> CommandResult {
    let site = Site::open(&arguments.site, context).await?;
    match arguments.name {
        None => show(&site, context).await?,
        Some(name) => {
            let stacks = all(&site).await?;
            let value = stacks.values().find_map(|outputs| outputs.get(&name));
            let Some(value) = value else {
                return Err(InfraError::NoOutput {
                    stack: site.name().to_owned(),
                    output: name,
                    known: stacks
                        .values()
                        .flat_map(|map| map.keys().cloned())
                        .collect(),
                }
                .into());
            };
            context.report.data(value)?;
        }
    }
    Ok(ExitStatus::Success)
}

/// Writes all of them to standard output.
pub(super) async fn show(site: &Site, context: &Context) -> Result<(), Failure> {
    let stacks = all(site).await?;
    match context.settings.format {
        Format::Json => context.report.data(&json_text(&OutputsDocument {
            schema: "wpimg/infra-outputs/1",
            stacks,
        }))?,
        Format::Text => {
            let names = stacks.values().flat_map(BTreeMap::keys).map(String::len);
            let width = names.max().unwrap_or_default();
            for (name, value) in stacks.values().flatten() {
                context.report.data(&format!("{name:<width$}  {value}"))?;
            }
        }
    }
    Ok(())
}

async fn all(site: &Site) -> Result<BTreeMap<String, BTreeMap<String, String>>, Failure> {
    let mut all = BTreeMap::new();
    for stack in Stack::ALL {
        let name = site.stack(stack);
        let found = site.session.stacks().stack(&name).await?;
        let found = found.ok_or_else(|| site.no_stack(stack))?;
        all.insert(name, found.outputs);
    }
    Ok(all)
}
