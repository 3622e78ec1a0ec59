//! See `src/mutated_frame.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(mutated_frame);
