//! See `src/connection_server.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(connection_server);
