//! What the stack is, asked of the template as CloudFormation would make it.

mod alarms;
mod balancer;
mod edge;
mod evaluation;
mod names;
mod parameters;
mod roles;
mod service;
mod task;
