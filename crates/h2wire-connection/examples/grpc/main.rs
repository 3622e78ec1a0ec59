//! A unary gRPC call over the driver, and a server that answers it with what it was given.
//!
//! ```text
//! cargo run -p h2wire-connection --example grpc --features tokio -- serve [--listen ADDR]
//! cargo run -p h2wire-connection --example grpc --features tokio -- call HOST:PORT TEXT
//! ```
//!
//! The method is `rpc Say(google.protobuf.StringValue) returns (google.protobuf.StringValue)` of the service `h2wire.Echo`. `message.rs` is what
//! gRPC adds to HTTP/2, `call.rs` and `serve.rs` are the two sides. What is missing is a compiler of `.proto` files, compression and streams.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]
#![allow(unreachable_pub, reason = "a program: nothing of it is reached from outside")]

mod call; // a client
mod message; // messages and statuses
mod serve; // a server
mod text; // what the messages say

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

const USAGE: &str = "usage: grpc serve [--listen ADDR]
       grpc call HOST:PORT TEXT
It listens on 127.0.0.1:50051 if nothing else is said.";

type Failure = Box<dyn Error + Send + Sync>;

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long no connection is accepted when it cannot be.
const PAUSE: Duration = Duration::from_millis(50);

enum Command {
    Serve(SocketAddr),
    Call(String, String),
}

fn arguments() -> Result<Command, Failure> {
    use lexopt::prelude::*;
    let (mut listen, mut values) = (SocketAddr::from(([127, 0, 0, 1], 50_051)), Vec::new());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => listen = parser.value()?.parse()?,
            Value(value) => values.push(value.string()?),
            Short('h') | Long("help") => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    let mut values = values.into_iter();
    match (values.next().as_deref(), values.next(), values.next(), values.next()) {
        (Some("serve"), None, None, None) => Ok(Command::Serve(listen)),
        (Some("call"), Some(server), Some(text), None) => Ok(Command::Call(server, text)),
        _ => Err(USAGE.into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match arguments() {
        Ok(Command::Serve(listen)) => serve(listen).await,
        Ok(Command::Call(server, text)) => call(&server, &text).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn call(server: &str, text: &str) -> Result<(), Failure> {
    let socket = TcpStream::connect(server).await.map_err(|error| format!("{server}: {error}"))?;
    socket.set_nodelay(true)?;
    let reply = call::say(socket, server, text::encode(text), PATIENCE).await?;
    println!("{}", text::decode(&reply).ok_or("the reply is no StringValue")?);
    Ok(())
}

async fn serve(listen: SocketAddr) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    println!("{}", listener.local_addr()?);
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                // Without it small messages may wait for more.
                let _ = socket.set_nodelay(true);
                tokio::spawn(serve::serve(socket));
            }
            // It is gone already, or there are no more file descriptors.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
