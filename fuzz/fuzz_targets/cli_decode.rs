//! See `src/cli_decode.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(cli_decode);
