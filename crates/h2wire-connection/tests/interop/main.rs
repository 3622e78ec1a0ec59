//! Programs in use against the example programs, over loopback. What is not installed is named: `SKIPPED: ...`.
//!
//! ```text
//! cargo test -p h2wire -p h2wire-connection --all-features -- clients:: servers::
//! ```
//!
//! Without `--test`, with which cargo does not build the examples again. The observer is an example of `h2wire`: without that crate its
//! tests are skipped.

#![cfg(unix)]

mod arguments; // what the example programs say of how they are called
mod browser; // Chromium, with the example server
mod clients; // theirs, with the example server
mod grpc; // grpcio, with the example of gRPC
mod in_process; // hyper and reqwest
mod observer; // between the example programs
mod programs; // processes that end in time
mod relay; // the example relay
mod servers; // theirs, with the example clients
