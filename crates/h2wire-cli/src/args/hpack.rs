//! The options of `h2wire hpack`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::{list_size, table_size};

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
