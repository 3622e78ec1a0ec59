//! The options of `h2wire decode`.

use std::path::PathBuf;

use clap::{Args, value_parser};
use h2wire::frame::PayloadLength;

use super::values::{RoleName, list_size, payload_length};

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct DecodeOptions {
    /// Bytes of one direction of a connection, or a pcap or pcapng capture (detected); - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The input is hexadecimal text; white space and comments from # to the end of the line are allowed
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

    /// Decrypt TLS 1.2 and 1.3 in a capture with this key log, in the format of SSLKEYLOGFILE. Secrets in a pcapng file are
    /// used without this option
    #[arg(long, value_name = "FILE", conflicts_with = "hex")]
    pub(crate) keylog: Option<PathBuf>,

    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,

    /// Print every byte with its field and its section of the RFC
    #[arg(long, conflicts_with = "json")]
    pub(crate) annotate: bool,

    /// Print totals only, in constant memory
    #[arg(long, conflicts_with_all = ["json", "annotate"])]
    pub(crate) stats: bool,
}
