//! What is said to many lists, the same ones for the same seed.

use std::collections::BTreeMap;
use std::fmt;

use super::{Outcome, compare};
use crate::deviation::Deviation;

/// How often each answer was given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Lists that both accept.
    pub both_accept: u64,
    /// Lists that both refuse.
    pub both_refuse: u64,
    /// Lists that nghttp2 alone accepts.
    pub they_accept: u64,
    /// Lists that we alone accept.
    pub we_accept: u64,
    /// How many of these each deviation was part of.
    pub deviations: BTreeMap<Deviation, u64>,
}

impl Counts {
    fn count(&mut self, outcome: Outcome) {
        let (number, met) = match outcome {
            Outcome::BothAccept => (&mut self.both_accept, Vec::new()),
            Outcome::BothRefuse => (&mut self.both_refuse, Vec::new()),
            Outcome::TheyAccept(met) => (&mut self.they_accept, met),
            Outcome::WeAccept(met) => (&mut self.we_accept, met),
        };
        *number += 1;
        for deviation in met {
            *self.deviations.entry(deviation).or_default() += 1;
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:8}  both accept", self.both_accept)?;
        writeln!(f, "{:8}  both refuse", self.both_refuse)?;
        writeln!(f, "{:8}  nghttp2 alone accepts", self.they_accept)?;
        writeln!(f, "{:8}  we alone accept", self.we_accept)?;
        self.deviations.iter().try_for_each(|(deviation, count)| {
            writeln!(f, "{count:8}  {deviation:?}: {}", deviation.sentence())
        })
    }
}

/// Compares this many lists; the same ones for the same seed.
#[must_use]
pub fn many(lists: u64, seed: u64) -> Counts {
    let mut counts = Counts::default();
    let mut state = seed;
    for _ in 0..lists {
        let octets: [[u8; 8]; 8] = std::array::from_fn(|_| split_mix(&mut state).to_le_bytes());
        counts.count(compare(octets.as_flattened()));
    }
    counts
}

/// `SplitMix64`.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
