//! See `src/conversation.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(conversation);
