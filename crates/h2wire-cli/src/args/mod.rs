//! The command line.

mod decode;
mod encode;
mod generate; // notes on completions and manual pages
mod hpack;
mod probe;
mod values; // values of several options

use std::path::PathBuf;

use clap::{ColorChoice, Parser, Subcommand, ValueHint, value_parser};
use clap_complete::Shell;

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

    /// When to use colours; auto: on a terminal, unless `NO_COLOR` is set, and always if `CLICOLOR_FORCE` is, to another value than 0. JSON and files have none
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, help_heading = OUTPUT)]
    pub(crate) color: ColorChoice,

    /// The width of text; default: that of the terminal, and no limit elsewhere. 0 for no limit
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = value_parser!(u16), help_heading = OUTPUT)]
    pub(crate) width: Option<u16>,
}

const OUTPUT: &str = "Output";

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

    /// Print completions for a shell
    #[command(after_help = generate::COMPLETIONS)]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },

    /// Print the manual page of the command, or write the pages of all commands to a directory
    #[command(after_help = generate::MAN)]
    Man {
        /// The directory for h2wire.1 and a page for each command; it is created
        #[arg(value_hint = ValueHint::DirPath)]
        directory: Option<PathBuf>,
    },
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
