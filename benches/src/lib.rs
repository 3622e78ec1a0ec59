//! What the benches share: corpora of header lists, and engines to compare with.
//!
//! `H2WIRE_HPACK_CORPUS` names directories (separated as in `PATH`) in the format of the public hpack-test-case suite;
//! without it the project's own `testdata/hpack` is used.

pub mod corpus;
pub mod engines;
pub mod frames;
