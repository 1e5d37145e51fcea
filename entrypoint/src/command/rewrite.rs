//! `--rewrite FROM:TO`: which signal the command gets instead of the one that came.

use std::collections::BTreeMap;

use crate::process::SignalNumber;

/// The exceptions; any other signal is forwarded as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rewrites(BTreeMap<i32, Option<SignalNumber>>);

impl Rewrites {
    pub(super) const EXPECTED: &'static str =
        "two signals such as TERM:QUIT, or a signal to drop such as HUP:0";

    /// Adds `FROM:TO`; a later one for the same signal counts.
    pub(super) fn add(&mut self, text: &str) -> Result<(), ()> {
        let (from, to) = text.split_once(':').ok_or(())?;
        let from: SignalNumber = from.parse()?;
        // KILL and STOP never come to us, and CHLD is about our own children.
        if from.is_beyond_reach() || from == SignalNumber::CHLD {
            return Err(());
        }
        let to = match to {
            "0" => None,
            to => Some(to.parse()?),
        };
        self.0.insert(from.get(), to);
        Ok(())
    }

    /// What to forward, or `None` when the signal is dropped.
    pub(super) fn apply(&self, signal: SignalNumber) -> Option<SignalNumber> {
        self.0.get(&signal.get()).copied().unwrap_or(Some(signal))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signal(text: &str) -> SignalNumber {
        text.parse().unwrap()
    }

    fn rewrites(texts: &[&str]) -> Result<Rewrites, ()> {
        let mut rewrites = Rewrites::default();
        texts.iter().try_for_each(|text| rewrites.add(text))?;
        Ok(rewrites)
    }

    #[test]
    fn a_signal_is_rewritten_or_dropped_and_others_stay() {
        let rewrites = rewrites(&["TERM:QUIT", "1:0", "rtmin+1:SIGUSR1"]).unwrap();
        assert_eq!(rewrites.apply(signal("TERM")), Some(signal("QUIT")));
        assert_eq!(rewrites.apply(signal("HUP")), None);
        assert_eq!(rewrites.apply(signal("35")), Some(signal("USR1")));
        assert_eq!(rewrites.apply(signal("INT")), Some(signal("INT")));
    }

    #[test]
    fn the_last_word_on_a_signal_counts() {
        let rewrites = rewrites(&["TERM:0", "TERM:INT"]).unwrap();
        assert_eq!(rewrites.apply(signal("TERM")), Some(signal("INT")));
    }

    #[test]
    fn what_cannot_be_rewritten_is_refused() {
        for text in [
            "",
            "TERM",
            "TERM:",
            ":TERM",
            "TERM:QUIT:INT",
            "KILL:TERM",
            "STOP:0",
            "CHLD:0",
            "0:TERM",
        ] {
            assert_eq!(rewrites(&[text]), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn rewriting_is_not_repeated(from in 1..=64_i32, to in 1..=64_i32) {
            // A swap would otherwise go round for ever.
            let texts = [format!("{from}:{to}"), format!("{to}:{from}")];
            if let Ok(rewrites) = rewrites(&[&texts[0], &texts[1]]) && from != to {
                prop_assert_eq!(rewrites.apply(SignalNumber::new(from).unwrap()).unwrap().get(), to);
                prop_assert_eq!(rewrites.apply(SignalNumber::new(to).unwrap()).unwrap().get(), from);
            }
        }
    }
}
