//! From `docker start` to the first `/healthz` that answers 200.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use wpimg_e2e::{
    docker::{self, Launch},
    site::WEB_PORT,
};

use crate::docker_build::{Cached, DockerBuild, tag};
use crate::measure::{Spread, note, run};
use crate::ours::Ours;
use crate::site::Site;
use crate::table::Table;

/// A start takes so little that more of them are made.
const FACTOR: usize = 3;
const PAUSE: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn measure(
    runs: usize,
    site: &Site,
    ours: &Ours,
    docker: &DockerBuild<'_>,
) -> Result<Table> {
    note("starts");
    let wpimg = tag("wpimg");
    run(&mut ours.default_image(&["--unlocked", "--load", "--tag", &wpimg])?)?;
    docker.build("s6", site, Cached::Everything)?;
    docker.build("supervisor", site, Cached::Everything)?;
    let starts = first_answers(runs * FACTOR, [&wpimg, &tag("s6"), &tag("supervisor")]);
    docker::run(["rmi", "--force", &wpimg])?;
    let [ours, s6, supervisor] = starts?;

    let mut table = Table::new(
        "`docker start` to first `/healthz`",
        &["wpimg-init", "other", "the other takes"],
    );
    for (name, other) in [("s6", s6), ("supervisord", supervisor)] {
        table.row(&[
            &format!("{ours} s"),
            &format!("{other} s ({name})"),
            &format!("{:.2}x", other.median / ours.median),
        ]);
    }
    Ok(table)
}

/// Starts each image several times, taking turns.
fn first_answers<const N: usize>(runs: usize, images: [&str; N]) -> Result<[Spread; N]> {
    let mut seconds = images.map(|_| Vec::new());
    for _ in 0..runs {
        for (image, seconds) in images.iter().zip(&mut seconds) {
            seconds.push(first_answer(image)?);
        }
    }
    Ok(seconds.map(Spread::of))
}

fn first_answer(image: &str) -> Result<f64> {
    let container = Launch::of(image).publish(WEB_PORT).create()?.without_log();
    let begin = Instant::now();
    container.start()?;
    let address = container.address(WEB_PORT)?;
    loop {
        if answers(&address).unwrap_or(false) {
            return Ok(begin.elapsed().as_secs_f64());
        }
        ensure!(
            begin.elapsed() < PATIENCE,
            "`{image}` does not answer: {}",
            container.logs()?
        );
        thread::sleep(PAUSE);
    }
}

fn answers(address: &str) -> Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}
