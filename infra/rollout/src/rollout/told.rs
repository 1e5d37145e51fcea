//! What has been said already: ECS repeats in every answer what it has said before.

use std::collections::BTreeSet;

use super::{
    action::Action,
    notice::Notice,
    observation::{Counts, Observation, ServiceDeployment, StoppedTask, find},
    status::{ServiceDeploymentStatus, StopCode},
};

/// A version that crashes at its start fills every log with the same lines.
const TASKS_WITH_LOGS: usize = 3;

/// Finds out what is news.
#[derive(Debug)]
pub(super) struct Told {
    deployment: String,
    events: BTreeSet<String>,
    tasks: BTreeSet<String>,
    tasks_with_logs: usize,
    counts: Option<(Counts, u32)>,
    status: Option<ServiceDeploymentStatus>,
    /// Tasks that failed by themselves.
    failures: u32,
    /// The most that ECS has counted; it begins anew when a task runs.
    counted: u32,
}

impl Told {
    pub(super) fn new(deployment: &str, old_events: impl IntoIterator<Item = String>) -> Self {
        Self {
            deployment: deployment.to_owned(),
            events: old_events.into_iter().collect(),
            tasks: BTreeSet::new(),
            tasks_with_logs: 0,
            counts: None,
            status: None,
            failures: 0,
            counted: 0,
        }
    }

    /// How many tasks of the deployment have failed.
    pub(super) fn failed_tasks(&self) -> u32 {
        self.failures.max(self.counted)
    }

    pub(super) fn news(&mut self, observation: &Observation) -> Vec<Action> {
        let mut actions = Vec::new();
        for event in observation.events.iter().rev() {
            if self.events.insert(event.id.clone()) {
                let message = event.message.clone();
                actions.push(Action::Say(Notice::Event { message }));
            }
        }
        for task in &observation.stopped {
            actions.extend(self.stopped(task));
        }
        if let Some(ServiceDeployment { status, .. }) = observation.service_deployment
            && self.status.replace(status) != Some(status)
        {
            actions.push(Action::Say(Notice::Status { status }));
        }
        if let Some(ours) = find(&observation.deployments, &self.deployment) {
            self.counted = self.counted.max(ours.failed);
            let counts = (ours.counts, self.failed_tasks());
            if self.counts.replace(counts) != Some(counts) {
                let (counts, failed) = counts;
                actions.push(Action::Say(Notice::Tasks { counts, failed }));
            }
        }
        actions
    }

    /// Tasks of other deployments stop because ours replaces them.
    fn stopped(&mut self, task: &StoppedTask) -> Vec<Action> {
        if task.started_by != self.deployment || !self.tasks.insert(task.id.clone()) {
            return Vec::new();
        }
        let mut actions = vec![Action::Say(Notice::TaskStopped(task.clone()))];
        if task.code.is_some_and(StopCode::is_failure) {
            self.failures = self.failures.saturating_add(1);
        }
        if self.tasks_with_logs < TASKS_WITH_LOGS {
            self.tasks_with_logs += 1;
            actions.push(Action::FetchLogs(task.clone()));
        }
        actions
    }
}
