//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use h2wire::Role;
use h2wire::frame::PayloadLength;

/// Reads HTTP/2 frame by frame, and explains what is wrong.
#[derive(Parser, Debug)]
#[command(name = "h2wire", version, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Show the frames in raw octets, hexadecimal text or a packet capture
    #[command(after_help = EXIT_STATUS)]
    Decode(DecodeOptions),
}

const EXIT_STATUS: &str = "Exit status: 0 nothing is wrong; 1 a rule was broken; 2 the input cannot be read, or \
    wrong usage; 3 the input ends inside a frame. Where several apply: 2, then 1, then 3.";

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct DecodeOptions {
    /// Octets of one direction of a connection, or a pcap or pcapng capture (found out by itself); - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The input is hexadecimal text; white space and comments from # to the end of the line are allowed
    #[arg(long)]
    pub(crate) hex: bool,

    /// Who receives the octets, which decides the rules for them; by default a server if they start with the preface,
    /// else an observer. In a capture both sides are held to their rules, with this option only what the one receives
    #[arg(long, value_enum)]
    pub(crate) role: Option<RoleName>,

    /// Read each frame by itself: no preface, no rules about order
    #[arg(long)]
    pub(crate) stateless: bool,

    /// The longest payload accepted, in octets; by default 16384, or what the receiver announces in a capture
    #[arg(long, value_name = "OCTETS", value_parser = payload_length)]
    pub(crate) max_frame_size: Option<PayloadLength>,

    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,

    /// Print every octet with its field and the section of the RFC
    #[arg(long, conflicts_with = "json")]
    pub(crate) annotate: bool,

    /// Print totals only; memory stays the same however large the input
    #[arg(long, conflicts_with_all = ["json", "annotate"])]
    pub(crate) stats: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RoleName {
    Server,
    Client,
    Observer,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Server => Self::Server,
            RoleName::Client => Self::Client,
            RoleName::Observer => Self::Observer,
        }
    }
}

fn payload_length(text: &str) -> Result<PayloadLength, String> {
    let octets: u32 = text.parse().map_err(|error| format!("{error}"))?;
    match PayloadLength::new(octets) {
        Some(length) if octets > 0 => Ok(length),
        _ => Err(format!(
            "a frame's payload has at most {} octets, and a limit of 0 makes no sense",
            PayloadLength::MAX.get()
        )),
    }
}
