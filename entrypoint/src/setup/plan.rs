//! What set-up will do, as a list of steps that can be read and tested.

use std::path::PathBuf;

use super::generations::Generation;
use super::{Identity, Layout, render};
use crate::port::Ipv6;
use crate::settings::{Secret, ServerSettings, WordPressSettings};

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
    /// Swapped in one step for a link that may be there.
    Link {
        path: PathBuf,
        target: PathBuf,
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

/// All but the settings of WordPress, which a job writes.
pub(crate) fn plan(
    server: &ServerSettings,
    layout: &Layout,
    identity: &Identity,
    ipv6: Ipv6,
) -> Plan {
    let run = layout.run();
    let ours = |path: PathBuf| Step::Directory {
        path,
        mode: 0o755,
        owner: Owner::Ourselves,
    };
    let workers = |path: PathBuf| Step::Directory {
        path,
        mode: 0o700,
        owner: Owner::Workers,
    };
    let configuration = |path: PathBuf, content: String| Step::File {
        path,
        content: Secret::new(content.into_bytes()),
        mode: 0o644,
        owner: Owner::Ourselves,
    };
    let steps = vec![
        Step::Remove {
            path: layout.draining_marker(),
        },
        Step::Remove {
            path: layout.ready_marker(),
        },
        Step::Remove {
            path: layout.status_file(),
        },
        Step::Remove {
            path: layout.metrics_totals(),
        },
        ours(run.join("nginx")),
        ours(run.join("php")),
        ours(layout.php_settings()),
        ours(layout.php_defaults()),
        // nginx makes the directories in it and gives them to its workers.
        ours(layout.spool().join("cache")),
        workers(run.join("sessions")),
        workers(layout.temporary()),
        // Mostly the same.
        workers(layout.spool().join("tmp")),
        configuration(
            layout.nginx_configuration(),
            render::nginx(server, layout, identity, ipv6),
        ),
        configuration(
            layout.fpm_configuration(),
            render::php_fpm(server, layout, identity),
        ),
        configuration(
            layout.php_defaults().join("wpimg.ini"),
            render::php_defaults(server),
        ),
        configuration(
            layout.php_settings().join("95-wpimg.ini"),
            render::php(server, layout),
        ),
    ];
    Plan { steps }
}

/// What can be carried out again while everything serves: wp-config.php follows the link once in each request, so a
/// request sees one generation of settings, whole.
pub(super) fn plan_secrets(
    settings: &WordPressSettings,
    layout: &Layout,
    generation: Generation,
) -> Plan {
    let directory = layout.run().join(generation.name());
    let mut steps = vec![Step::Directory {
        path: directory.clone(),
        mode: 0o750,
        owner: Owner::ReadableByWorkers,
    }];
    steps.extend(settings.values().map(|(name, value)| Step::File {
        path: directory.join(name),
        content: value.clone(),
        mode: 0o440,
        owner: Owner::ReadableByWorkers,
    }));
    steps.push(Step::Link {
        path: layout.secrets(),
        target: generation.name().into(),
    });
    Plan { steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Environment;

    fn planned(environment: impl Into<Environment>) -> Plan {
        let settings =
            WordPressSettings::resolve(&environment.into(), &|_, _| unreachable!()).unwrap();
        let layout = Layout::new("/".into(), "/run/wpimg".into());
        plan_secrets(&settings, &layout, Generation(7))
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
                path: "/run/wpimg/secrets-7/WORDPRESS_DB_PASSWORD".into(),
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
    fn the_link_is_swapped_when_everything_is_there() {
        let plan = planned([("WORDPRESS_DB_PASSWORD", "hunter2")]);
        let link = Step::Link {
            path: "/run/wpimg/secrets".into(),
            target: "secrets-7".into(),
        };
        assert_eq!(plan.steps.last(), Some(&link));
    }
}
