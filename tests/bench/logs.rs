//! How much output of a service goes through `wpimg-init` when somebody reads it.
//!
//! Both ends are this program, in one container: as php-fpm it writes lines as fast as it can, and as the parent of
//! `wpimg-init` it reads them. Ten secrets are looked for in every line, as in a real container.

use std::{
    env, fs,
    io::{self, Read, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use wpimg_e2e::{docker::Launch, image::Image};

use crate::inits::set_up;
use crate::measure::{MEGABYTE, Spread, note};
use crate::table::Table;

/// What the program is called where it plays the service: the newest php-fpm of the image.
pub(crate) const SERVICE: &str = "/usr/sbin/php-fpm99";
const READER: &str = "/usr/bin/read-log";

const BYTES: usize = 1_000_000_000;
const LENGTH: &str = "LENGTH";
const LAST: &str = "that was all";
const MASTER: &str = "a master of all ten keys, of more than 32 bytes";

/// Does what this program is there for inside of the container; `None` outside.
pub(crate) fn play_a_part() -> Option<Result<()>> {
    match env::args().next()?.as_str() {
        SERVICE if env::var_os(LENGTH).is_none() => Some(set_up::be_started()),
        SERVICE => Some(write()),
        READER => Some(read()),
        set_up::STARTER => Some(set_up::start()),
        _ => None,
    }
}

pub(crate) fn measure(runs: usize) -> Result<Table> {
    note("log throughput");
    let mut table = Table::new(
        "1 GB of output through `wpimg-init`",
        &[
            "format, line",
            "MB/s",
            "lines lost",
            "processor time",
            "peak memory",
        ],
    );
    for format in ["plain", "json"] {
        for length in [100, 300, 4000] {
            let results: Vec<[f64; 4]> = (0..runs)
                .map(|_| once(format, length))
                .collect::<Result<_>>()?;
            let [speed, lost, processor, memory] = [0, 1, 2, 3]
                .map(|place| Spread::of(results.iter().map(|run| run[place]).collect()));
            table.row(&[
                &format!("{format}, {length} bytes"),
                &speed.to_string(),
                &format!("{}", lost.median),
                &format!("{processor} s"),
                &format!("{memory} MB"),
            ]);
        }
    }
    Ok(table)
}

/// Megabytes per second, lines lost, seconds of processor time, megabytes of memory.
fn once(format: &str, length: usize) -> Result<[f64; 4]> {
    let ourselves = env::current_exe()?;
    let container = Launch::of(Image::Wordpress.tag()?)
        .mount(&ourselves, SERVICE)
        .mount(&ourselves, READER)
        .env("WPIMG_LOG_FORMAT", format)
        .env("WORDPRESS_DB_PASSWORD", "correct-horse-battery-staple")
        .env("WPIMG_SALT_MASTER", MASTER)
        .env(LENGTH, &length.to_string())
        .entrypoint(READER)
        .start()?
        .without_log();
    container.wait()?;
    let logs = container.logs()?;
    let numbers: Vec<f64> = logs
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    <[f64; 4]>::try_from(numbers).map_err(|_| anyhow::anyhow!("no measurement: {logs}"))
}

fn length() -> Result<usize> {
    Ok(env::var(LENGTH)?.parse()?)
}

/// The lines of one write, about as much as a pipe takes.
fn block(length: usize) -> String {
    let text =
        "GET /shop/page took 12 ms for visitor number 4711 with a cart of three ".repeat(100);
    let line = format!("{}\n", &text[..length - 1]);
    line.repeat((64 * 1024 / length).max(1))
}

fn write() -> Result<()> {
    let block = block(length()?);
    let mut output = io::stderr().lock();
    for _ in 0..BYTES.div_ceil(block.len()) {
        output.write_all(block.as_bytes())?;
    }
    output.write_all(format!("{LAST}\n").as_bytes())?;
    loop {
        std::thread::park();
    }
}

fn read() -> Result<()> {
    let length = length()?;
    let block = block(length).len();
    let blocks = BYTES.div_ceil(block);
    let mut init = Command::new("/usr/bin/wpimg-init")
        .stderr(Stdio::piped())
        .spawn()?;
    let mut output = init.stderr.take().context("no output")?;
    let mut buffer = vec![0; 256 * 1024];
    let (mut lines, mut tail, mut begin) = (0, Vec::new(), None);
    while !String::from_utf8_lossy(&tail).contains(LAST) {
        let count = output.read(&mut buffer)?;
        ensure!(
            count > 0,
            "the output has ended: {}",
            String::from_utf8_lossy(&tail)
        );
        begin.get_or_insert_with(Instant::now);
        lines += memchr::memchr_iter(b'\n', &buffer[..count]).count();
        tail.extend_from_slice(&buffer[..count]);
        tail.drain(..tail.len().saturating_sub(400));
    }
    let seconds = begin
        .map_or(Duration::ZERO, |begin| begin.elapsed())
        .as_secs_f64();
    let process = format!("/proc/{}", init.id());
    let status = fs::read_to_string(format!("{process}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: f64 = peak
        .and_then(|size| size.trim().strip_suffix(" kB"))
        .context("no peak")?
        .parse()?;
    // Fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
    let stat = fs::read_to_string(format!("{process}/stat"))?;
    let times = stat.split(' ').skip(13).take(2);
    let hundredths: f64 = times.map(|time| time.parse().unwrap_or(0.0)).sum();
    // The last one is not counted.
    let lost = (blocks * block / length).saturating_sub(lines - 1);
    #[expect(clippy::cast_precision_loss, reason = "some hundred megabytes")]
    let speed = (blocks * block) as f64 / MEGABYTE / seconds;
    println_to_stdout(&format!(
        "{speed} {lost} {} {}",
        hundredths / 100.0,
        peak * 1024.0 / MEGABYTE
    ))?;
    init.kill()?;
    Ok(())
}

fn println_to_stdout(text: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}
