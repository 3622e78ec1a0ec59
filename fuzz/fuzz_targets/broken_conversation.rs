//! See `src/broken_conversation.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(broken_conversation);
