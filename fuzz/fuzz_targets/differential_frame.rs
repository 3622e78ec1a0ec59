//! See `src/differential_frame.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(differential_frame);
