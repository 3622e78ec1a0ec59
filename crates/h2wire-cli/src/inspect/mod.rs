//! Bytes or a capture to events, for `decode` and `probe`.

mod asked; // whether what was chosen is there
pub(crate) mod capture; // packets, TCP, which connections speak HTTP/2
mod direction; // one direction: bytes to events
mod report; // where events go
mod sections; // field blocks to field sections
mod tls; // records of TLS to what was inside
mod watch; // rules of streams, windows and settings, with both directions

pub(crate) use asked::Asked;
pub(crate) use direction::{Direction, Mode};
pub(crate) use report::Report;
pub(crate) use tls::Facts as TlsFacts;
