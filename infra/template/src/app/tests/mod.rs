//! What the stack is, asked of the template as CloudFormation would make it.

mod alarms;
mod balancer;
mod dashboard;
mod edge;
mod evaluation;
mod names;
mod outputs;
mod parameters;
mod roles;
mod service;
mod task;
