//! What differs in how the images are run.

use std::collections::{BTreeMap, BTreeSet};

use crate::image::Config;

/// A value of the config that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    pub member: Member,
    /// `None` if it is not set.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What of the config it is; with the name where there are many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    Platform,
    User,
    WorkingDirectory,
    Entrypoint,
    Command,
    StopSignal,
    Environment(String),
    Port(String),
    Volume(String),
    Label(String),
}

impl Member {
    /// Returns the member's name, as in "environment PATH".
    pub fn label(&self) -> String {
        match self {
            Self::Platform => "platform".to_owned(),
            Self::User => "user".to_owned(),
            Self::WorkingDirectory => "working directory".to_owned(),
            Self::Entrypoint => "entrypoint".to_owned(),
            Self::Command => "command".to_owned(),
            Self::StopSignal => "stop signal".to_owned(),
            Self::Environment(name) => format!("environment {name}"),
            Self::Port(port) => format!("port {port}"),
            Self::Volume(path) => format!("volume {path}"),
            Self::Label(key) => format!("label {key}"),
        }
    }
}

pub(super) fn compare(before: &Config, after: &Config) -> Vec<ConfigChange> {
    let (mut old, new) = (members(before), members(after));
    let mut changes = Vec::new();
    for (member, after) in new {
        let before = old.remove(&member);
        if before.as_ref() != Some(&after) {
            let after = Some(after);
            changes.push(ConfigChange {
                member,
                before,
                after,
            });
        }
    }
    changes.extend(old.into_iter().map(|(member, before)| ConfigChange {
        member,
        before: Some(before),
        after: None,
    }));
    changes.sort_by(|a, b| a.member.cmp(&b.member));
    changes
}

fn members(config: &Config) -> BTreeMap<Member, String> {
    let execution = &config.execution;
    let mut members = BTreeMap::from([(Member::Platform, config.platform())]);
    let texts = [
        (Member::User, execution.user.clone()),
        (Member::WorkingDirectory, execution.working_dir.clone()),
        (Member::StopSignal, execution.stop_signal.clone()),
        (Member::Entrypoint, words(&execution.entrypoint)),
        (Member::Command, words(&execution.cmd)),
    ];
    members.extend(texts.into_iter().filter(|(_, value)| !value.is_empty()));
    members.extend(execution.env.iter().map(|line| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (Member::Environment(name.to_owned()), value.to_owned())
    }));
    let names = |set: &BTreeSet<String>, member: fn(String) -> Member| -> Vec<_> {
        set.iter()
            .map(|name| (member(name.clone()), "declared".to_owned()))
            .collect()
    };
    members.extend(names(&execution.exposed_ports, Member::Port));
    members.extend(names(&execution.volumes, Member::Volume));
    let labels = execution.labels.iter();
    members.extend(labels.map(|(key, value)| (Member::Label(key.clone()), value.clone())));
    members
}

/// As JSON, which tells one word with a space from two words.
fn words(words: &[String]) -> String {
    match words {
        [] => String::new(),
        words => serde_json::to_string(words).expect("strings become JSON"),
    }
}
