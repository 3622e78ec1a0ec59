//! Judges many field lists as the target `differential_fields` does, and reports how often which answer was given.
//!
//! `cargo run --release --example field_lists [COUNT [SEED]]` in `fuzz/`: 300,000 lists and the seed 1 if nothing is said.

use h2wire_fuzz::differential_fields::{self, Counts};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse().expect("a number"));
    let (count, seed) = (numbers.next().unwrap_or(300_000), numbers.next().unwrap_or(1));
    let counts: Counts = differential_fields::many(count, seed);
    print!("{counts}");
}
