//! See `src/differential_hpack.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(differential_hpack);
