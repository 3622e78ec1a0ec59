//! The command line.

mod decode;
mod encode;
mod hpack;
mod probe;
mod values; // what several options accept

use clap::{Parser, Subcommand};

pub(crate) use decode::DecodeOptions;
pub(crate) use encode::{EncodeOptions, SideName};
pub(crate) use hpack::{HpackDecodeOptions, HpackEncodeOptions, Huffman};
pub(crate) use probe::ProbeOptions;

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
    #[command(after_help = values::EXIT_STATUS)]
    Decode(DecodeOptions),

    /// Write the octets of frames that are given as JSON, one object a line, as `decode --json` prints them
    #[command(after_help = encode::HELP)]
    Encode(EncodeOptions),

    /// Explain an error code, a frame type, a setting or a rule: what it means, what leads to it, what to check
    Explain {
        /// The name in any case, or the number; without it all names are listed
        name: Option<String>,
    },

    /// Open a connection, send one request over HTTP/2, show every frame, and say what is wrong if it does not work
    #[command(after_help = probe::EXIT_STATUS)]
    Probe(Box<ProbeOptions>),

    /// Decode or encode field blocks alone
    #[command(subcommand)]
    Hpack(HpackCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum HpackCommand {
    /// Decode the field blocks of one direction of a connection: one block a line, in hexadecimal.
    /// A line `!N` is a new table limit, acknowledged
    #[command(after_help = values::EXIT_STATUS)]
    Decode(HpackDecodeOptions),

    /// Encode header lists to the field blocks of one direction of a connection: one list a line, in JSON, an array
    /// of fields that are arrays of a name, a value, and perhaps "never" for a field that must not be indexed.
    /// A line `!N` is a new table limit of the peer
    Encode(HpackEncodeOptions),
}
