//! The parts of the example clients.

#![allow(dead_code, reason = "what needs a network is run by interop/")]
#![allow(unreachable_pub, reason = "parts of a program")]

#[path = "../examples/common/fetch.rs"]
mod fetch;
#[path = "../examples/common/trust.rs"]
mod trust;
