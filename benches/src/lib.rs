//! What the benches share: frames, header lists and whole messages, and engines to compare with.
//!
//! `H2WIRE_HPACK_CORPUS` names directories (separated as in `PATH`) in the format of the public hpack-test-case suite;
//! without it the project's own `testdata/hpack` is used.

pub mod corpus; // header lists
pub mod engines; // HPACK
pub mod frames; // frames by themselves
pub mod idle; // connections that have nothing to do
pub mod in_memory; // connections without a network
pub mod messages; // whole messages read
pub mod sending; // whole messages written
pub mod sink; // where they go
pub mod whole; // whole connections, both ways
pub mod workload; // messages of a connection
