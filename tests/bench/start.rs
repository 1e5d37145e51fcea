//! From `docker start` to the first `/healthz` that answers 200.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use wpimg_e2e::{docker::Launch, site::WEB_PORT};

use crate::measure::Spread;

const RUNS: usize = 9;
const PAUSE: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts each image several times, taking turns.
pub(crate) fn first_answers<const N: usize>(images: [&str; N]) -> Result<[Spread; N]> {
    let mut seconds = images.map(|_| Vec::new());
    for _ in 0..RUNS {
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
