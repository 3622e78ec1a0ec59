//! See `src/split.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(split);
