//! See `src/differential_fields.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(differential_fields);
