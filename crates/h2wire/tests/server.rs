//! The example server without its sockets: its parts, each rule of a connection, and conversations with the example client.

#![allow(dead_code, reason = "what serves sockets is run by interop/")]
#![allow(unreachable_pub, reason = "parts of a program")]

#[path = "../examples/common/client.rs"]
mod client; // the other end of a connection
#[path = "../examples/server/content.rs"]
mod content;
#[path = "../examples/server/conversation.rs"]
mod conversation; // client and server in memory
#[path = "../examples/server/date.rs"]
mod date;
#[path = "../examples/server/exchange.rs"]
mod exchange;
#[path = "../examples/common/fetch.rs"]
mod fetch; // the client's socket
#[path = "../examples/common/flow.rs"]
mod flow;
#[path = "../examples/server/protocol/mod.rs"]
mod protocol; // and its conformance tests
#[path = "../examples/common/trust.rs"]
mod trust; // whose certificates are good
