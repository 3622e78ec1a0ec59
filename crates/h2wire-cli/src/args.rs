//! The command line.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use h2wire::Role;
use h2wire::frame::PayloadLength;

use crate::probe::{EXIT_STATUS as PROBE_EXIT_STATUS, ProbeOptions};

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

    /// Write the octets of frames that are given as JSON, one object a line, as `decode --json` prints them
    #[command(after_help = ENCODE_HELP)]
    Encode(EncodeOptions),

    /// Explain an error code, a frame type, a setting or a rule: what it means, what leads to it, what to check
    Explain {
        /// The name in any case, or the number; without it all names are listed
        name: Option<String>,
    },

    /// Open a connection, send one request over HTTP/2, show every frame, and say what is wrong if it does not work
    #[command(after_help = PROBE_EXIT_STATUS)]
    Probe(Box<ProbeOptions>),

    /// Decode or encode field blocks alone
    #[command(subcommand)]
    Hpack(HpackCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum HpackCommand {
    /// Decode the field blocks of one direction of a connection: one block a line, in hexadecimal.
    /// A line `!N` is a new table limit, acknowledged
    #[command(after_help = EXIT_STATUS)]
    Decode(HpackDecodeOptions),

    /// Encode header lists to the field blocks of one direction of a connection: one list a line, in JSON, an array
    /// of fields that are arrays of a name, a value, and perhaps "never" for a field that must not be indexed.
    /// A line `!N` is a new table limit of the peer
    Encode(HpackEncodeOptions),
}

#[derive(Args, Debug)]
pub(crate) struct HpackDecodeOptions {
    /// Lines of field blocks; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The table limit that both ends know before the first block, in octets. A table larger than 4096 still has to be
    /// announced by the encoder
    #[arg(long, value_name = "OCTETS", default_value_t = 4096, value_parser = table_size())]
    pub(crate) table_size: u32,

    /// The most octets of a block's fields, name + value + 32 each; a larger block is decoded, its fields are dropped
    #[arg(long, value_name = "OCTETS", default_value_t = 16_384, value_parser = list_size())]
    pub(crate) max_header_list_size: u32,
}

#[derive(Args, Debug)]
pub(crate) struct HpackEncodeOptions {
    /// Lines of header lists; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The table limit that both ends know before the first block, in octets; the table is as large
    #[arg(long, value_name = "OCTETS", default_value_t = 4096, value_parser = table_size())]
    pub(crate) table_size: u32,

    /// When strings are Huffman-coded
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) huffman: Huffman,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Huffman {
    /// When that is shorter
    Auto,
    Always,
    Never,
}

/// The largest table that the command makes.
pub(crate) const MOST_TABLE: u32 = 16 * 1024 * 1024;

/// Memory is made for a list of this size.
fn list_size() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(1..=u64::from(MOST_TABLE))
}

fn table_size() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(..=u64::from(MOST_TABLE))
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

    /// Read each frame by itself: no preface, no rules about order, no field sections
    #[arg(long)]
    pub(crate) stateless: bool,

    /// The longest payload accepted, in octets; by default 16384, or what the receiver announces in a capture
    #[arg(long, value_name = "OCTETS", value_parser = payload_length)]
    pub(crate) max_frame_size: Option<PayloadLength>,

    /// The most octets of a field section, name + value + 32 for each field; a field block may have 4 times as many
    #[arg(long, value_name = "OCTETS", default_value_t = 16_384, value_parser = list_size())]
    pub(crate) max_header_list_size: u32,

    /// The most fields of a field section
    #[arg(long, value_name = "COUNT", default_value_t = 256, value_parser = value_parser!(u32).range(1..))]
    pub(crate) max_header_fields: u32,

    /// The most CONTINUATION frames of a field block
    #[arg(long, value_name = "COUNT", default_value_t = 8)]
    pub(crate) max_continuations: u32,

    /// The limit of the HPACK table that the receiver announced, in octets; by default 4096, or what the receiver
    /// announces in a capture. Of a table above 16 MiB nothing is read
    #[arg(long, value_name = "OCTETS")]
    pub(crate) header_table_size: Option<u32>,

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

#[derive(Args, Debug)]
pub(crate) struct EncodeOptions {
    /// Lines of JSON objects; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// Write frames that must not be sent too: nothing is checked, see below
    #[arg(long)]
    pub(crate) raw: bool,

    /// Of the objects of a capture, take those of this connection only
    #[arg(long, value_name = "NUMBER")]
    pub(crate) connection: Option<u64>,

    /// Of the objects of a capture, take what this side sends only
    #[arg(long, value_enum)]
    pub(crate) from: Option<SideName>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SideName {
    Client,
    Server,
}

const ENCODE_HELP: &str = "\
A frame needs \"type\" (or \"type_name\"), \"stream_id\" and \"payload\". Flags that the payload shows (PADDED, PRIORITY, \
ACK) and \"length\" may be left out; \"flags\" is a number, \"flag_names\" a list. {\"preface\":true} is the preface.\n\n\
Field sections, errors and incomplete frames are passed over; if octets are missing for that, a note says so. A frame \
that a receiver must refuse by itself is an error. The order of frames is not checked.\n\n\
With --raw, header fields are written as given, also \"length\" and flags that do not fit, and \"reserved\":true sets the \
reserved bit. The payload is written as given, whatever its values, or from \"payload_hex\" for a frame of any type.\n\n\
Exit status: 0 all was written; 2 a line is no frame that can be sent, the input cannot be read, or wrong usage.";

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
