//! The `h2wire` command: HTTP/2 octets in, frames for people and scripts out.
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod args; // the command line
mod decode; // octets, hexadecimal text or captures to events
mod encode; // JSON to octets
mod event; // what is told of the octets
mod explain; // what names mean
mod hex_text; // hexadecimal text to octets
mod hpack; // field blocks alone
mod lines; // input of one thing a line
mod probe; // a real connection
mod render; // events to text or JSON
mod status; // how it ended

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command, HpackCommand};
use crate::status::Status;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let ended = match command {
        Command::Decode(options) => decode::run(&options),
        Command::Encode(options) => encode::run(&options),
        Command::Explain { name } => explain::run(name.as_deref()),
        Command::Probe(options) => probe::run(&options),
        Command::Hpack(HpackCommand::Decode(options)) => hpack::decode(&options),
        Command::Hpack(HpackCommand::Encode(options)) => hpack::encode(&options),
    };
    match ended {
        Ok(status) => status.into(),
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "h2wire: {error:#}");
            Status::Trouble.into()
        }
    }
}
