//! The command line.

mod decode;
mod encode;
mod hpack;
mod probe;
mod values; // values of several options

use clap::{Parser, Subcommand};

pub(crate) use decode::DecodeOptions;
pub(crate) use encode::{EncodeOptions, SideName};
pub(crate) use hpack::{HpackDecodeOptions, HpackEncodeOptions, Huffman};
pub(crate) use probe::ProbeOptions;

/// Reads HTTP/2 frame by frame and explains errors.
#[derive(Parser, Debug)]
#[command(name = "h2wire", version, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Show the frames in raw bytes, hexadecimal text or a packet capture
    #[command(after_help = values::EXIT_STATUS)]
    Decode(DecodeOptions),

    /// Write the bytes of frames given as JSON, one object per line, as `decode --json` prints them
    #[command(after_help = encode::HELP)]
    Encode(EncodeOptions),

    /// Explain an error code, a frame type, a setting, a rule or a finding of probe: its meaning, usual causes, what to do
    Explain {
        /// The name in upper or lower case, or the number; a section of an RFC; or a message with such names in it. Without
        /// it, list all names
        text: Vec<String>,
    },

    /// Open a connection, send one request over HTTP/2, show every frame, and diagnose a failure
    #[command(after_help = probe::EXIT_STATUS)]
    Probe(Box<ProbeOptions>),

    /// Decode or encode field blocks without frames
    #[command(subcommand)]
    Hpack(HpackCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum HpackCommand {
    /// Decode the field blocks of one direction of a connection: one block per line, in hexadecimal.
    /// A line `!N` sets a new table limit, already acknowledged
    #[command(after_help = values::EXIT_STATUS)]
    Decode(HpackDecodeOptions),

    /// Encode header lists to the field blocks of one direction of a connection: one list per line, as a JSON array.
    /// Each field is an array of a name, a value and, if it must never be indexed, "never".
    /// A line `!N` sets a new table limit of the peer
    Encode(HpackEncodeOptions),
}
