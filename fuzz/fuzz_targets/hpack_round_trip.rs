//! See `src/hpack_round_trip.rs`.
#![cfg_attr(fuzzing, no_main)]

h2wire_fuzz::target!(hpack_round_trip);
