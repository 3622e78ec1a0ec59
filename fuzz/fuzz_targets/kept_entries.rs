//! See `src/kept_entries.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(kept_entries);
