//! Chance that can be repeated: a failing test names its seed, and `WPIMG_CHAOS_SEED` gives the same run again.

use std::env;

use anyhow::{Context, Result};

const USUAL_SEED: u64 = 20_261_121;

/// Numbers from a seed: splitmix64, which is even enough to spread moments over a time.
#[derive(Debug, Clone)]
pub struct Dice {
    pub seed: u64,
    state: u64,
}

impl Dice {
    /// The seed is the one in the environment, else always the same.
    pub fn new() -> Result<Self> {
        let seed = match env::var("WPIMG_CHAOS_SEED") {
            Ok(text) => text.parse().context("WPIMG_CHAOS_SEED is not a number")?,
            Err(_) => USUAL_SEED,
        };
        Ok(Self { seed, state: seed })
    }

    /// A number below `limit`, which is not zero.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let index = self.below(choices.len() as u64);
        choices[usize::try_from(index).unwrap_or_default()]
    }
}
