//! See `src/connection_pair.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(connection_pair);
