//! The options of `h2wire decode`.

use std::path::PathBuf;

use clap::{Args, value_parser};
use h2wire::frame::{FrameType, PayloadLength, StreamId};

use super::values::{RoleName, frame_type, list_size, message_stream, payload_length, stream_id};

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct DecodeOptions {
    /// Bytes of one direction of a connection, or a pcap or pcapng capture (detected); - for standard input. Several are read
    /// one after the other
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) files: Vec<PathBuf>,

    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// The input is hexadecimal text: digits with white space, 0x, \x, commas, colons and comments (#), a dump of xxd, hexdump -C,
    /// od -t x1 or Wireshark, or a literal of Rust, C, Go or Python
    #[arg(long)]
    pub(crate) hex: bool,

    /// The receiver of the bytes, which decides which rules apply. Default: a server if the bytes start with the
    /// preface, otherwise an observer. In a capture, each side follows its own rules; this option checks one side only
    #[arg(long, value_enum)]
    pub(crate) role: Option<RoleName>,

    /// Read each frame alone: no preface, no rules about order, no field sections
    #[arg(long)]
    pub(crate) stateless: bool,

    /// The longest payload accepted, in bytes; default: 16384, or the size the receiver announces in a capture; for an
    /// observer of one direction, any
    #[arg(long, value_name = "OCTETS", value_parser = payload_length)]
    pub(crate) max_frame_size: Option<PayloadLength>,

    /// The largest field section, in bytes: name + value + 32 for each field; default with --role server or client: 65536.
    /// Without a role, and in a capture, this and the limits below are not applied unless they are given
    #[arg(long, value_name = "OCTETS", value_parser = list_size())]
    pub(crate) max_header_list_size: Option<u32>,

    /// The most fields in a field section; default: no limit but their size
    #[arg(long, value_name = "COUNT", value_parser = value_parser!(u32).range(1..))]
    pub(crate) max_header_fields: Option<u32>,

    /// The longest field block, in bytes; default with --role server or client: 4 times the largest section, at least 65536
    #[arg(long, value_name = "OCTETS", value_parser = value_parser!(u32).range(1..))]
    pub(crate) max_header_block: Option<u32>,

    /// The most CONTINUATION frames in a field block; default with --role server or client: what the longest block needs in
    /// full frames, at least 8
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_continuations: Option<u32>,

    /// The HPACK table limit that the receiver announced, in bytes; default: 4096, or the limit it announces in a
    /// capture; for an observer of one direction, any. Field sections that need a table above 16 MiB are not read
    #[arg(long, value_name = "OCTETS")]
    pub(crate) header_table_size: Option<u32>,

    /// Decrypt TLS 1.2 and 1.3 in a capture with this key log, in the format of SSLKEYLOGFILE, of which 256 MiB are read. Secrets in a pcapng file are
    /// used without this option
    #[arg(long, value_name = "FILE", conflicts_with = "hex")]
    pub(crate) keylog: Option<PathBuf>,

    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,

    /// Write one page that a browser opens without a network: a timeline of streams, a table of requests, every frame with its
    /// bytes and fields. To the file of -o, or to standard output if that is not a terminal. What is too much for a page is left
    /// out, which the page says: choose with --connection, --stream, --type or --errors
    #[arg(long, conflicts_with_all = ["json", "annotate", "stats", "summary", "follow"])]
    pub(crate) html: bool,

    /// Print one line for each request: when it came, how long it took, bytes of content each way, status, target, and what
    /// is remarkable; with --json one object
    #[arg(long, conflicts_with_all = ["annotate", "stats", "stateless"])]
    pub(crate) summary: bool,

    /// Print the messages of this stream, both ways: fields, and content without its content-encoding (gzip, deflate, br,
    /// zstd); messages of gRPC with their lengths. Of the connection of --connection, or of the first with such a stream
    #[arg(long, value_name = "STREAM", value_parser = message_stream, conflicts_with_all = ["annotate", "stats", "stateless", "summary", "stream", "types", "errors"])]
    pub(crate) follow: Option<StreamId>,

    /// Show this stream only; also what promises it, and errors of the connection
    #[arg(long, value_name = "NUMBER", value_parser = stream_id)]
    pub(crate) stream: Option<StreamId>,

    /// Show frames of these types only: names or numbers, separated by commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', value_parser = frame_type, conflicts_with = "summary")]
    pub(crate) types: Vec<FrameType>,

    /// In a capture, show this connection only
    #[arg(long, value_name = "NUMBER")]
    pub(crate) connection: Option<u64>,

    /// Show only what is wrong: broken rules, incomplete frames, resets and GOAWAY with an error; with --summary
    /// requests that failed
    #[arg(long)]
    pub(crate) errors: bool,

    /// In a capture, count times from its first packet, not from 1970 or midnight (UTC)
    #[arg(long)]
    pub(crate) relative_time: bool,

    /// Print every byte with its field and its section of the RFC
    #[arg(long, conflicts_with = "json")]
    pub(crate) annotate: bool,

    /// Print totals only, in constant memory
    #[arg(long, conflicts_with_all = ["json", "annotate"])]
    pub(crate) stats: bool,
}
