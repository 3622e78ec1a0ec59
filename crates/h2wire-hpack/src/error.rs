//! What goes wrong: the peer broke a rule of HPACK, or the caller gave too little room.

h2wire_frame::rule_table! {
    /// A rule of HPACK that the peer broke. The tables of both ends differ from then on, so the connection must be
    /// closed.
    ///
    /// Every one is a connection error `COMPRESSION_ERROR`. RFC 9113 §4.3.
    pub enum HpackError {
        IndexZero: "index_zero", RFC 7541 "6.1", COMPRESSION_ERROR,
            "an indexed field has the index 0, which stands for nothing",
            "count indices from 1, the first entry of the static table";
        IndexOutOfRange: "index_out_of_range", RFC 7541 "2.3.3", COMPRESSION_ERROR,
            "an indexed field has an index past the end of the dynamic table",
            "decode every field block of the connection in order, also those of refused streams: after a skipped block the decoder's table lacks its entries";
        NameIndexOutOfRange: "name_index_out_of_range", RFC 7541 "2.3.3", COMPRESSION_ERROR,
            "the name of a literal field has an index past the end of the dynamic table",
            "send the name as a string unless it is still in the table: an entry is evicted as soon as the sizes, 32 added for each entry, exceed the limit";
        IntegerOverflow: "integer_overflow", RFC 7541 "5.1", COMPRESSION_ERROR,
            "an integer is above 4,294,967,295 or has more than 5 continuation bytes",
            "encode indices, lengths and sizes in 32 bits and in as few bytes as possible";
        StringTooLong: "string_too_long", RFC 7541 "5.2", COMPRESSION_ERROR,
            "a string literal announces more bytes than the limit for strings",
            "send shorter names and values, or raise the decoder's limit for strings if the peer is trusted";
        HuffmanPaddingTooLong: "huffman_padding_too_long", RFC 7541 "5.2", COMPRESSION_ERROR,
            "the padding of a Huffman-coded string is longer than 7 bits",
            "end the string with the byte that holds the last bit of the last code";
        HuffmanPaddingNotOnes: "huffman_padding_not_ones", RFC 7541 "5.2", COMPRESSION_ERROR,
            "the padding of a Huffman-coded string is not all ones, or its last code is cut off",
            "fill the rest of the last byte with ones, and check that the length of the string counts all of its bytes";
        HuffmanEos: "huffman_eos", RFC 7541 "5.2", COMPRESSION_ERROR,
            "a Huffman-coded string contains the EOS symbol",
            "encode the 256 byte values only, and never use the code of EOS to mark the end of a string";
        SizeUpdateAboveLimit: "size_update_above_limit", RFC 7541 "6.3", COMPRESSION_ERROR,
            "a dynamic table size update is above the limit that was acknowledged",
            "keep the table within the last acknowledged SETTINGS_HEADER_TABLE_SIZE, which is 4,096 at first; if the peer did, the reader does not know all settings that were sent";
        SizeUpdateAfterField: "size_update_after_field", RFC 7541 "4.2", COMPRESSION_ERROR,
            "a dynamic table size update follows a field of the same block",
            "delay the size update to the start of the next field block";
        MissingSizeUpdate: "missing_size_update", RFC 9113 "4.3.1", COMPRESSION_ERROR,
            "the dynamic table holds more than the limit that was acknowledged, and no size update went before",
            "after acknowledging a lower SETTINGS_HEADER_TABLE_SIZE, start the next field block with an update to that size or less; if the peer has not acknowledged it, the reader does not know all settings that were sent";
        TruncatedBlock: "truncated_block", RFC 7541 "6", COMPRESSION_ERROR,
            "the field block ends inside a field",
            "set END_HEADERS only on the frame that holds the last byte of the block, and drop none of its CONTINUATION frames";
        AbandonedBlock: "abandoned_block", RFC 7541 "2.2", COMPRESSION_ERROR,
            "the field block was not decoded to its end, so the tables of both ends differ",
            "decode each block to its end, even if its fields are not needed";
    }
}

/// The caller's buffer is too small. Nothing was written, and the encoder's table is unchanged.
///
/// This struct is closed: one number says all there is to know, and tests can write it down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the buffer is too small: {needed} bytes must be free")]
pub struct BufferTooSmall {
    /// The number of bytes that must be free for the call to succeed.
    pub needed: usize,
}

/// The caller's memory is too small for the limits.
///
/// This struct is closed: one number says all there is to know, and tests can write it down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the memory is too small: {needed} bytes are needed")]
pub struct MemoryTooSmall {
    /// The number of bytes that the memory must have.
    pub needed: usize,
}

/// Why a decoder refused a table limit. The decoder is unchanged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableLimitError {
    /// The memory is too small for a table of that size.
    #[error("the decoder's memory is made for tables of up to {max} bytes")]
    TooLarge {
        /// The largest limit: [`DecoderLimits::max_table_size`](crate::DecoderLimits::max_table_size).
        max: u32,
    },
    /// A field block has started and not ended. Limits only change between blocks, as no SETTINGS frame may arrive
    /// inside of one. RFC 9113 §4.3.
    #[error("a field block has started and not ended: table limits only change between blocks")]
    FieldBlockOpen,
}

/// Why a decoder refused other limits. The decoder is unchanged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetLimitsError {
    /// A field block has started and not ended.
    #[error("a field block has started and not ended: limits only change between blocks")]
    FieldBlockOpen,
    /// The limits need more memory.
    #[error(transparent)]
    Memory(#[from] MemoryTooSmall),
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_are_unique_and_names_follow_the_variant() {
        for column in [HpackError::name, HpackError::sentence, HpackError::remedy] {
            let texts: HashSet<_> = HpackError::ALL.iter().map(|error| column(*error)).collect();
            assert_eq!(texts.len(), HpackError::ALL.len());
        }
        for error in HpackError::ALL {
            assert_eq!(error.name().replace('_', ""), format!("{error:?}").to_lowercase());
            assert!(!error.sentence().ends_with('.') && error.sentence().len() > 20, "{error:?}");
            assert!(!error.remedy().ends_with('.') && error.remedy().len() > 20, "{error:?}");
        }
    }

    #[test]
    fn displays_sentence_and_section() {
        assert_eq!(
            HpackError::IndexZero.to_string(),
            "an indexed field has the index 0, which stands for nothing (RFC 7541 §6.1)"
        );
    }
}
