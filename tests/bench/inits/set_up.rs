//! How long `wpimg-init` takes before it starts anything that serves.
//!
//! Both ends are this program, in one container: it starts `wpimg-init`, which starts it as php-fpm.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use wpimg_e2e::{docker::Launch, image::Image};

use crate::logs::SERVICE;

/// What the program is called where it starts `wpimg-init`.
pub(crate) const STARTER: &str = "/usr/bin/start-init";

const BEGUN: &str = "php-fpm began at ";

pub(super) fn milliseconds() -> Result<f64> {
    let ourselves = env::current_exe()?;
    let container = Launch::of(Image::Wordpress.tag()?)
        .mount(&ourselves, SERVICE)
        .mount(&ourselves, STARTER)
        .entrypoint(STARTER)
        .start()?
        .without_log();
    container.wait()?;
    let logs = container.logs()?;
    let number = logs.trim().parse();
    number.with_context(|| format!("no measurement: {logs}"))
}

/// Starts `wpimg-init` and prints how many milliseconds later php-fpm was there.
pub(crate) fn start() -> Result<()> {
    let before = since_1970()?;
    let mut init = Command::new("/usr/bin/wpimg-init")
        .stderr(Stdio::piped())
        .spawn()?;
    let output = init.stderr.take().context("no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, microseconds)) = line.split_once(BEGUN) {
            let begun = Duration::from_micros(microseconds.trim().parse()?);
            let took = begun.checked_sub(before).context("the clock went back")?;
            writeln!(io::stdout(), "{}", took.as_secs_f64() * 1000.0)?;
            break;
        }
    }
    init.kill()?;
    init.wait()?;
    Ok(())
}

/// Says when it was started, and stays.
pub(crate) fn be_started() -> Result<()> {
    writeln!(io::stderr(), "{BEGUN}{}", since_1970()?.as_micros())?;
    loop {
        std::thread::park();
    }
}

fn since_1970() -> Result<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}
