//! How each service is billed: from a resource's properties to quantities.
//!
//! A property that is not known leaves its resource out of the sum, and says so.

pub(super) mod balancer;
pub(super) mod cache;
pub(super) mod database;
pub(super) mod files;
pub(super) mod firewall;
pub(super) mod instances;
pub(super) mod monthly;
pub(super) mod network;
pub(super) mod task_count;
pub(super) mod tasks;
