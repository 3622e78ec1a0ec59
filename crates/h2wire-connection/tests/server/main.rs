//! The example server in memory: its parts, and conversations with it.

#![allow(dead_code, reason = "what listens is run by interop/")]
#![allow(unreachable_pub, reason = "parts of a program")]

#[path = "../../examples/server/content.rs"]
mod content;
mod conversation; // with a client of the driver
#[path = "../../examples/server/date.rs"]
mod date;
#[path = "../../examples/server/exchange.rs"]
mod exchange;
#[path = "../../examples/server/io.rs"]
mod io;
#[path = "../../examples/server/memory.rs"]
mod memory;
mod raw; // byte for byte
#[path = "../../examples/common/tls.rs"]
mod tls;
