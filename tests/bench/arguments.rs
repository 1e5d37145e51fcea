//! What the benchmark is asked for: how many runs, and which of its parts.

use std::env;

use anyhow::{Context, Result, bail, ensure};

const RUNS: usize = 3;

/// One part of the benchmark, with tables of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All kinds of builds beside the other builders, and the bound of the cold one.
    Builds,
    Push,
    Platforms,
    /// Peak memory, and what the image's bytes are.
    Image,
    /// From `docker start` to the first answer.
    Starts,
    /// `wpimg-init` beside other inits.
    Inits,
    /// Who the uploads belong to, with a million files and with slow calls.
    Ownership,
    /// How much output of services goes through `wpimg-init`.
    Logs,
    /// Plans and deployments on an emulator of AWS.
    Aws,
}

const PARTS: [(&str, Part); 9] = [
    ("builds", Part::Builds),
    ("push", Part::Push),
    ("platforms", Part::Platforms),
    ("image", Part::Image),
    ("starts", Part::Starts),
    ("inits", Part::Inits),
    ("ownership", Part::Ownership),
    ("logs", Part::Logs),
    ("aws", Part::Aws),
];

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) runs: usize,
    /// Empty: all of them.
    parts: Vec<Part>,
}

impl Arguments {
    pub(crate) fn of_this_process() -> Result<Self> {
        let mut words = env::args().skip(1);
        let mut arguments = Self {
            runs: RUNS,
            parts: Vec::new(),
        };
        while let Some(word) = words.next() {
            if word == "--runs" {
                let runs = words.next().context("`--runs` needs a number")?;
                arguments.runs = runs
                    .parse()
                    .with_context(|| format!("`--runs {runs}` is not a number"))?;
                ensure!(arguments.runs > 0, "`--runs 0` measures nothing");
                continue;
            }
            match PARTS.iter().find(|(name, _)| *name == word) {
                Some((_, part)) => arguments.parts.push(*part),
                None => bail!(
                    "`{word}` is no part of the benchmark; there are: {}",
                    PARTS.map(|(name, _)| name).join(", ")
                ),
            }
        }
        Ok(arguments)
    }

    /// Whether a part is wanted that builds the site.
    pub(crate) fn wants_the_site(&self) -> bool {
        let alone = [Part::Inits, Part::Logs, Part::Aws];
        self.parts.is_empty() || self.parts.iter().any(|part| !alone.contains(part))
    }

    pub(crate) fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}
