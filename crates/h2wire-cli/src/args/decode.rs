//! The options of `h2wire decode`.

use std::path::PathBuf;

use clap::{Args, value_parser};
use h2wire::frame::PayloadLength;

use super::values::{RoleName, list_size, payload_length};

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
