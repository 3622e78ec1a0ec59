//! See `src/hpack_decode.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(hpack_decode);
