//! How large the container is, and what is too small in it.

use std::ffi::OsStr;
use std::path::Path;

use crate::ecs::TaskMetadata;
use crate::settings::{self, Capacity, Environment, ServerSettings};
use wpimg_report::Report;

/// What the kernel allows, and where ECS runs the container, what it says.
pub(super) fn capacity(environment: &Environment, report: &mut Report) -> Capacity {
    let capacity = Capacity::of_this_container();
    let endpoint = environment.get(settings::ECS_METADATA);
    let Some(endpoint) = endpoint
        .and_then(OsStr::to_str)
        .filter(|url| !url.is_empty())
    else {
        return capacity;
    };
    match TaskMetadata::fetch(endpoint) {
        Ok(task) => capacity.within(&task),
        Err(error) => {
            report.warning(format_args!(
                "ECS does not say how large the task is ({error}): sizes follow from what the kernel says"
            ));
            capacity
        }
    }
}

pub(super) fn say_short(room: u64, run: &Path, server: &ServerSettings, report: &mut Report) {
    report.warning(format_args!(
        "`{}` has room for {}M, and an upload of {} needs twice its size while it comes in: large uploads may fail; \
         mount a larger volume on `/tmp`, or lower `WPIMG_UPLOAD_LIMIT`",
        run.display(),
        room >> 20,
        server.upload_limit
    ));
}
