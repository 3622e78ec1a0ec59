//! See `src/huffman.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(huffman);
