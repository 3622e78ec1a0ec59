//! See `src/differential_session.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(differential_session);
