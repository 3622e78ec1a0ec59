#![cfg_attr(feature = "alloc", doc = include_str!("../docs/guide.md"))]
#![cfg_attr(
    not(feature = "alloc"),
    doc = "HPACK, RFC 7541. The examples of the front page need the feature `alloc`."
)]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::arithmetic_side_effects,
        clippy::as_conversions
    )
)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod decoder; // reads fields from fragments of blocks
mod dynamic_table; // entries in the caller's memory, for both directions
mod encoder; // writes fields to blocks
mod error; // broken rules, and too little room
mod hash; // finds fields in the tables
pub mod huffman; // the code of strings
mod integer; // a prefix of N bits, then 7 bits in each octet
mod known; // what is known of a field after missed blocks
mod static_table; // 61 entries, by index and by hash
mod table_entries; // lists a table, for tools

#[cfg(all(doc, feature = "alloc"))]
#[doc = include_str!("../docs/from-other-hpack-crates.md")]
pub mod from_other_hpack_crates {}

pub use decoder::{
    BlockEnd, Decoded, Decoder, DecoderLimits, EntryCount, Exceeded, Field, Fragment, Marks, NoMarks,
    Representation,
};
pub use encoder::{BlockWriter, Encoder, Guessed, HuffmanPolicy, Indexing};
pub use error::{BufferTooSmall, HpackError, MemoryTooSmall, SetLimitsError, TableLimitError};
pub use integer::decode_integer;
pub use known::Known;
pub use static_table::{STATIC_TABLE_LEN, static_entry};
pub use table_entries::{TableEntries, TableEntry};
