//! What set-up will do, as a list of steps that can be read and tested.

use std::path::PathBuf;

use super::{Identity, Layout, render};
use crate::port::Ipv6;
use crate::settings::{Secret, Settings, WordPressSettings};

/// Who a file belongs to. Only root can make a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Ourselves,
    /// Root, with the workers' group: they may read, nobody may write.
    ReadableByWorkers,
    Workers,
}

/// One thing to do. Every step may find its work already done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Directory {
        path: PathBuf,
        mode: u32,
        owner: Owner,
    },
    /// Written beside its place and renamed over it.
    File {
        path: PathBuf,
        content: Secret,
        mode: u32,
        owner: Owner,
    },
    /// Removes what an earlier run of this container left and this one does not write again.
    KeepOnly {
        directory: PathBuf,
        names: Vec<String>,
    },
    Remove {
        path: PathBuf,
    },
}

/// Steps in the order in which to take them.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) steps: Vec<Step>,
}

pub(crate) fn plan(settings: &Settings, layout: &Layout, identity: &Identity, ipv6: Ipv6) -> Plan {
    let run = layout.run();
    let ours = |path: PathBuf| Step::Directory {
        path,
        mode: 0o755,
        owner: Owner::Ourselves,
    };
    let workers = |name: &str| Step::Directory {
        path: run.join(name),
        mode: 0o700,
        owner: Owner::Workers,
    };
    let configuration = |path: PathBuf, content: String| Step::File {
        path,
        content: Secret::new(content.into_bytes()),
        mode: 0o644,
        owner: Owner::Ourselves,
    };
    let server = &settings.server;
    let mut steps = vec![
        Step::Remove {
            path: layout.draining_marker(),
        },
        ours(run.join("nginx")),
        ours(run.join("php")),
        ours(layout.php_settings()),
        // nginx makes the directories in it and gives them to its workers.
        ours(run.join("cache")),
        workers("sessions"),
        workers("tmp"),
        configuration(
            layout.nginx_configuration(),
            render::nginx(server, layout, identity, ipv6),
        ),
        configuration(
            layout.fpm_configuration(),
            render::php_fpm(server, layout, identity),
        ),
        configuration(
            layout.php_settings().join("95-wpimg.ini"),
            render::php(server, layout),
        ),
    ];
    steps.extend(plan_secrets(&settings.wordpress, layout).steps);
    Plan { steps }
}

/// The part of the plan that can be carried out again while everything serves: wp-config.php reads
/// these files with each request, and each is replaced in one step.
pub(crate) fn plan_secrets(settings: &WordPressSettings, layout: &Layout) -> Plan {
    let names = settings.values().map(|(name, _)| name.to_owned());
    let mut steps = vec![
        Step::Directory {
            path: layout.secrets(),
            mode: 0o750,
            owner: Owner::ReadableByWorkers,
        },
        Step::KeepOnly {
            directory: layout.secrets(),
            names: names.collect(),
        },
    ];
    steps.extend(settings.values().map(|(name, value)| Step::File {
        path: layout.secrets().join(name),
        content: value.clone(),
        mode: 0o440,
        owner: Owner::ReadableByWorkers,
    }));
    Plan { steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Capacity, Environment};

    fn planned(environment: impl Into<Environment>) -> Plan {
        let settings = Settings::resolve(
            &environment.into(),
            &|_, _| unreachable!(),
            Capacity::of_a_small_task(),
        )
        .unwrap();
        let layout = Layout::new("/".into(), "/run/wpimg".into());
        plan(&settings, &layout, &Identity::Unprivileged, Ipv6::Missing)
    }

    #[test]
    fn each_given_setting_becomes_a_file_the_workers_can_read_and_nobody_can_write() {
        let plan = planned([("WORDPRESS_DB_PASSWORD", "hunter2")]);
        let secrets: Vec<&Step> = plan
            .steps
            .iter()
            .filter(|step| matches!(step, Step::File { mode: 0o440, .. }))
            .collect();
        assert_eq!(
            secrets,
            [&Step::File {
                path: "/run/wpimg/secrets/WORDPRESS_DB_PASSWORD".into(),
                content: Secret::new(b"hunter2".to_vec()),
                mode: 0o440,
                owner: Owner::ReadableByWorkers,
            }]
        );
    }

    #[test]
    fn a_printed_plan_shows_no_secret() {
        let plan = planned([("WORDPRESS_DB_PASSWORD", "hunter2")]);
        assert!(!format!("{plan:?}").contains("hunter2"));
    }

    #[test]
    fn a_setting_that_is_no_longer_given_is_forgotten() {
        let forgets =
            |step: &Step| matches!(step, Step::KeepOnly { names, .. } if names.is_empty());
        assert!(planned([]).steps.iter().any(forgets));
    }
}
