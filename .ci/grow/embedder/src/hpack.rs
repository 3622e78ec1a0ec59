//! HPACK.

use h2wire_hpack::huffman::DecodeError;
use h2wire_hpack::{
    BlockEnd, BufferTooSmall, Decoded, DecoderLimits, Exceeded, Field, HpackError, HuffmanPolicy, Indexing,
    MemoryTooSmall, Representation, TableLimitError,
};

/// In a constant, as devices have it.
pub const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(512)
    .with_max_list_size(4096)
    .with_max_fields(32)
    .with_max_string_len(1024);

#[must_use]
pub fn limits(limits: DecoderLimits) -> u32 {
    let DecoderLimits { max_table_size, max_list_size, max_fields, max_string_len, .. } = limits;
    max_table_size.max(max_list_size).max(max_fields).max(max_string_len)
}

#[must_use]
pub fn decoded(decoded: &Decoded<'_>) -> u32 {
    match decoded {
        Decoded::Field(Field { name: _, value: _, never_indexed: _, representation, .. }) => {
            match representation {
                Representation::Indexed { index } => *index,
                Representation::IncrementalIndexing { name_index }
                | Representation::WithoutIndexing { name_index }
                | Representation::NeverIndexed { name_index } => *name_index,
            }
        }
        Decoded::FragmentEnd => 0,
        Decoded::BlockEnd(BlockEnd { list_size, fields, exceeded, .. }) => match exceeded {
            None => *list_size,
            Some(Exceeded::ListSize | Exceeded::Fields) => *fields,
        },
    }
}

#[must_use]
pub fn errors(error: HpackError, limit: TableLimitError, huffman: DecodeError) -> bool {
    let known = match error {
        HpackError::IndexZero | HpackError::HuffmanEos => true,
        _ => error.name().is_empty(),
    };
    let limit = match limit {
        TableLimitError::TooLarge { max } => max == 0,
        TableLimitError::FieldBlockOpen => false,
        _ => false,
    };
    let huffman = match huffman {
        DecodeError::Huffman(rule) => rule == error,
        DecodeError::BufferFull => false,
    };
    known && limit && huffman
}

#[must_use]
pub fn needed(BufferTooSmall { needed }: BufferTooSmall, memory: MemoryTooSmall) -> usize {
    let MemoryTooSmall { needed: octets } = memory;
    needed + octets
}

#[must_use]
pub fn policy(indexing: Indexing, huffman: HuffmanPolicy) -> bool {
    let indexed = match indexing {
        Indexing::Auto | Indexing::Incremental => true,
        Indexing::Without | Indexing::Never => false,
        _ => false,
    };
    match huffman {
        HuffmanPolicy::Auto | HuffmanPolicy::Always => indexed,
        HuffmanPolicy::Never => false,
        _ => false,
    }
}
