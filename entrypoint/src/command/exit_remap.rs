//! `--remap-exit FROM:TO`: exit codes that mean something else to whoever started us.

use std::collections::BTreeMap;

use crate::exit_code::{Exit, ExitCode};

/// By the number a shell would report: 143 is both `exit 143` and an end by TERM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExitRemap(BTreeMap<u8, u8>);

impl ExitRemap {
    pub(super) const EXPECTED: &'static str = "two exit codes from 0 to 255 such as 143:0";

    /// Adds `FROM:TO`; a later one for the same code counts.
    pub(super) fn add(&mut self, text: &str) -> Result<(), ()> {
        let (from, to) = text.split_once(':').ok_or(())?;
        self.0.insert(code(from)?, code(to)?);
        Ok(())
    }

    pub(super) fn apply(&self, exit: Exit) -> ExitCode {
        let mapped = self.0.get(&exit.number()).copied().map(Exit::Code);
        ExitCode::Child(mapped.unwrap_or(exit))
    }
}

fn code(text: &str) -> Result<u8, ()> {
    // `parse` alone would take `+1`.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remap(texts: &[&str]) -> Result<ExitRemap, ()> {
        let mut remap = ExitRemap::default();
        texts.iter().try_for_each(|text| remap.add(text))?;
        Ok(remap)
    }

    #[test]
    fn an_end_by_signal_and_its_code_are_the_same_to_a_shell_and_here() {
        let remap = remap(&["143:0", "3:4"]).unwrap();
        assert_eq!(remap.apply(Exit::Signal(15)).number(), 0);
        assert_eq!(remap.apply(Exit::Code(143)).number(), 0);
        assert_eq!(remap.apply(Exit::Code(3)).number(), 4);
        assert_eq!(
            remap.apply(Exit::Signal(9)),
            ExitCode::Child(Exit::Signal(9))
        );
    }

    #[test]
    fn what_is_no_exit_code_is_refused() {
        for text in [
            "", "143", "143:", ":0", "256:0", "0:256", "-1:0", "+1:0", "TERM:0", "1:2:3",
        ] {
            assert_eq!(remap(&[text]), Err(()), "{text}");
        }
    }
}
