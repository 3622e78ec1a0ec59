//! A client with prior knowledge of HTTP/2, in cleartext: RFC 9113 §3.3.
//!
//! ```text
//! cargo run -p h2wire-connection --example client_h2c --features tokio -- http://127.0.0.1:8080/ [--method METHOD]
//!     [--data FILE]
//! ```
//!
//! The request is sent in `common/fetch.rs`. It reports a server that speaks another protocol.

#![allow(unreachable_pub, reason = "a program: nothing of it is reached from outside")]

#[path = "common/fetch.rs"]
mod fetch; // the request and the printed output

use std::process::ExitCode;

const USAGE: &str = "usage: client_h2c http://HOST[:PORT][/PATH] [--method METHOD] [--data FILE]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    fetch::report(run().await)
}

async fn run() -> Result<(), fetch::Failure> {
    let target = fetch::Target::from_arguments("http", USAGE, |_, _| Ok(false))?;
    let socket = target.connect().await?;
    eprintln!("* {} with prior knowledge", target.authority());
    fetch::fetch(socket, &target).await
}
