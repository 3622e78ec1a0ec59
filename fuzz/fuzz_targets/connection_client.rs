//! See `src/connection_client.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(connection_client);
