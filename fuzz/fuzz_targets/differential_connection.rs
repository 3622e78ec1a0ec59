//! See `src/differential_connection.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(differential_connection);
