//! The push of a site of which one line changed, to a registry that has everything else.
//!
//! `wpimg push` and `skopeo copy` send the same layout; `docker push` sends the image that `docker build` made of the
//! same change. Bytes are counted on the wire, in a proxy before the registry.

use std::{path::Path, process::Command};

use anyhow::{Result, ensure};
use wpimg_e2e::docker;

use crate::counting_proxy::CountingProxy;
use crate::docker_build::{self, Cached, DockerBuild};
use crate::measure::{Spread, note, run, timed};
use crate::ours::Ours;
use crate::registry::Registry;
use crate::site::Site;
use crate::table::Table;

const PUSHERS: [Pusher; 3] = [Pusher::Ours, Pusher::Skopeo, Pusher::Docker];

#[derive(Debug, Clone, Copy)]
enum Pusher {
    Ours,
    Skopeo,
    Docker,
}

/// What a push cost in each run.
#[derive(Default)]
struct Pushes {
    seconds: Vec<f64>,
    kilobytes: Vec<f64>,
}

pub(crate) fn measure(
    runs: usize,
    site: &mut Site,
    ours: &Ours,
    docker: &DockerBuild<'_>,
    scratch: &Path,
) -> Result<Table> {
    let registry = Registry::start(scratch)?;
    let proxy = CountingProxy::before(registry.address())?;
    let mut pushes: [Pushes; 3] = Default::default();
    for run_number in 0..=runs {
        note(&format!("push {run_number} of {runs}"));
        site.edit_theme()?;
        run(&mut ours.build(site, &["--locked"])?)?;
        docker.build("site", site, Cached::Everything)?;
        for (pusher, pushes) in PUSHERS.into_iter().zip(&mut pushes) {
            let mut command = pusher.command(ours, &proxy, run_number)?;
            proxy.take_sent();
            let seconds = timed(&mut command)?.seconds;
            let sent = proxy.take_sent();
            pusher.clean_up(&proxy, run_number)?;
            ensure!(sent > 0, "{pusher:?} sent nothing to the registry");
            // The first push is of the whole image and only prepares the others.
            if run_number > 0 {
                pushes.seconds.push(seconds);
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "images are far below 2^52 bytes"
                )]
                pushes.kilobytes.push(sent as f64 / 1000.0);
            }
        }
    }

    let mut table = Table::new(
        "Push of a one-line change of the theme",
        &[
            "",
            "wpimg push",
            "skopeo copy",
            "docker push",
            "of the better other",
        ],
    );
    let [seconds, bytes] = [
        pushes.each_ref().map(|all| Spread::of(all.seconds.clone())),
        pushes
            .each_ref()
            .map(|all| Spread::of(all.kilobytes.clone())),
    ];
    for (what, unit, [ours, skopeo, docker]) in
        [("seconds", "s", seconds), ("bytes sent", "kB", bytes)]
    {
        let ratio = ours.median / skopeo.median.min(docker.median);
        table.row(&[
            &what,
            &format!("{ours} {unit}"),
            &format!("{skopeo} {unit}"),
            &format!("{docker} {unit}"),
            &format!("{ratio:.2}x"),
        ]);
    }
    Ok(table)
}

impl Pusher {
    fn reference(self, proxy: &CountingProxy, run_number: usize) -> String {
        let repository = format!("{self:?}").to_lowercase();
        format!("{}/bench/{repository}:{run_number}", proxy.address())
    }

    fn command(self, ours: &Ours, proxy: &CountingProxy, run_number: usize) -> Result<Command> {
        let reference = self.reference(proxy, run_number);
        let layout = ours.layout();
        Ok(match self {
            Self::Ours => {
                let mut push = ours.command(&["push"])?;
                push.arg(layout).arg(reference);
                push
            }
            Self::Skopeo => {
                let mut copy = Command::new("skopeo");
                copy.args(["copy", "--quiet", "--dest-tls-verify=false"])
                    .arg(format!("oci:{}", layout.display()))
                    .arg(format!("docker://{reference}"));
                copy
            }
            Self::Docker => {
                docker::run(["tag", &docker_build::tag("site"), &reference])?;
                let mut push = Command::new("docker");
                push.args(["push", "--quiet", &reference]);
                push
            }
        })
    }

    fn clean_up(self, proxy: &CountingProxy, run_number: usize) -> Result<()> {
        match self {
            Self::Ours | Self::Skopeo => {}
            Self::Docker => {
                docker::run(["rmi", &self.reference(proxy, run_number)])?;
            }
        }
        Ok(())
    }
}
