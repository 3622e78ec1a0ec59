//! A reverse proxy: takes HTTP/2 in cleartext, and asks a server for each of its clients, which gets its own connection there.
//!
//! ```text
//! cargo run --release -p h2wire-connection --example relay --features tokio -- --listen 127.0.0.1:8082 --connect 127.0.0.1:8080
//! curl --http2-prior-knowledge http://127.0.0.1:8082/
//! ```
//!
//! `pass.rs` is the part to read. For TLS on either side see the examples `server` and `client`: the driver takes any stream.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]
#![allow(unreachable_pub, reason = "a program: nothing of it is reached from outside")]

mod head; // fields that are changed
mod pass; // requests and responses

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

const USAGE: &str = "usage: relay --connect HOST:PORT [--listen ADDR]
It listens on 127.0.0.1:8082 if nothing else is said.";

type Failure = Box<dyn Error + Send + Sync>;

/// How long no connection is accepted when it cannot be.
const PAUSE: Duration = Duration::from_millis(50);

fn arguments() -> Result<(SocketAddr, Arc<str>), Failure> {
    use lexopt::prelude::*;
    let (mut listen, mut connect) = (SocketAddr::from(([127, 0, 0, 1], 8082)), None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => listen = parser.value()?.parse()?,
            Long("connect") => connect = Some(parser.value()?.string()?),
            Short('h') | Long("help") => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok((listen, connect.ok_or(USAGE)?.into()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let (listen, connect) = arguments()?;
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    println!("http://{}/ to {connect}", listener.local_addr()?);
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                let connect = connect.clone();
                tokio::spawn(async move {
                    match relay(client, &connect).await {
                        // That a client is gone is no news.
                        Err(error) if !is_gone(&error) => eprintln!("{connect}: {error}"),
                        _ => {}
                    }
                });
            }
            // It is gone already, or there are no more file descriptors.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn relay(client: TcpStream, connect: &Arc<str>) -> io::Result<()> {
    let server = TcpStream::connect(&**connect).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    pass::relay(client, server, connect).await
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
}
