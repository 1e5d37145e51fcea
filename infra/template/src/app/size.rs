//! How large a task is.

use serde_json::Value;

use super::list::part;
use crate::expression::reference;
use crate::{Kind, Template};

/// Processors (1024 is one) and MiB, as Fargate takes them together. In one parameter, because there is no saying in a
/// template that two fit each other; a pair that Fargate refuses would come to light in the middle of an update.
pub(super) const SIZES: [&str; 20] = [
    "256/512",
    "256/1024",
    "256/2048",
    "512/1024",
    "512/2048",
    "512/4096",
    "1024/2048",
    "1024/3072",
    "1024/4096",
    "1024/8192",
    "2048/4096",
    "2048/6144",
    "2048/8192",
    "2048/16384",
    "4096/8192",
    "4096/16384",
    "4096/30720",
    "8192/16384",
    "8192/61440",
    "16384/32768",
];

pub(super) fn add(template: &mut Template) {
    template.parameter(
        "Size",
        Kind::OneOf(&SIZES),
        "512/1024",
        "Processors (1024 is one) and MiB of a task.",
    );
}

pub(super) fn processors() -> Value {
    part(0, "/", &reference("Size"))
}

pub(super) fn memory() -> Value {
    part(1, "/", &reference("Size"))
}
