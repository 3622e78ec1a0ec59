//! The options of `h2wire hpack`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::{list_size, table_size};

#[derive(Args, Debug)]
pub(crate) struct HpackDecodeOptions {
    /// Lines of field blocks; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The table limit that both ends know before the first block, in bytes. The encoder must still announce a table
    /// larger than 4096
    #[arg(long, value_name = "OCTETS", default_value_t = 4096, value_parser = table_size())]
    pub(crate) table_size: u32,

    /// The largest field list of a block, in bytes: name + value + 32 each. A larger block is decoded, and its fields
    /// are dropped
    #[arg(long, value_name = "OCTETS", default_value_t = 16_384, value_parser = list_size())]
    pub(crate) max_header_list_size: u32,

    /// Print every byte with its meaning and its section of the RFC: representations, indices and their entries, strings, and
    /// what each adds to the table or evicts from it
    #[arg(long)]
    pub(crate) annotate: bool,
}

#[derive(Args, Debug)]
pub(crate) struct HpackEncodeOptions {
    /// Lines of header lists; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The table limit that both ends know before the first block, in bytes; the encoder uses a table of this size
    #[arg(long, value_name = "OCTETS", default_value_t = 4096, value_parser = table_size())]
    pub(crate) table_size: u32,

    /// When to Huffman-code strings
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) huffman: Huffman,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Huffman {
    /// When it is shorter
    Auto,
    Always,
    Never,
}
