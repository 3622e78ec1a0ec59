//! What goes wrong: the peer broke a rule of HPACK, or the caller gave too little room.

h2wire_frame::rule_table! {
    /// A rule of HPACK that the peer broke. The tables of both ends are out of step, so the connection cannot go on.
    ///
    /// Each of them is a connection error `COMPRESSION_ERROR`. RFC 9113 §4.3.
    pub enum HpackError {
        IndexZero: "index_zero", RFC 7541 "6.1", COMPRESSION_ERROR,
            "an indexed field has the index 0, which stands for nothing",
            "indices start at 1; the octets may not be the start of a field block";
        IndexOutOfRange: "index_out_of_range", RFC 7541 "2.3.3", COMPRESSION_ERROR,
            "an indexed field has an index past the end of the dynamic table",
            "the tables of both ends are out of step: was a field block skipped, or its size updates ignored?";
        NameIndexOutOfRange: "name_index_out_of_range", RFC 7541 "2.3.3", COMPRESSION_ERROR,
            "the name of a literal field has an index past the end of the dynamic table",
            "the tables of both ends are out of step: was a field block skipped, or its size updates ignored?";
        IntegerOverflow: "integer_overflow", RFC 7541 "5.1", COMPRESSION_ERROR,
            "an integer is above 4,294,967,295 or has more than 5 continuation octets",
            "no honest length or index is that large: the encoder is broken, hostile, or the octets are not HPACK";
        StringTooLong: "string_too_long", RFC 7541 "5.2", COMPRESSION_ERROR,
            "a string literal announces more octets than the limit for strings",
            "raise the limit if the peer is to be trusted with such strings; nothing was stored for it";
        HuffmanPaddingTooLong: "huffman_padding_too_long", RFC 7541 "5.2", COMPRESSION_ERROR,
            "the padding of a Huffman-coded string is longer than 7 bits",
            "the encoder counts the octets of the string wrong: it must stop at the octet that holds the last code";
        HuffmanPaddingNotOnes: "huffman_padding_not_ones", RFC 7541 "5.2", COMPRESSION_ERROR,
            "the padding of a Huffman-coded string is not all ones, or its last code is cut off",
            "pad with the first bits of EOS, which are ones, and send every code whole";
        HuffmanEos: "huffman_eos", RFC 7541 "5.2", COMPRESSION_ERROR,
            "a Huffman-coded string contains the EOS symbol",
            "EOS is never sent; its first bits are padding, its whole code is an error";
        SizeUpdateAboveLimit: "size_update_above_limit", RFC 7541 "6.3", COMPRESSION_ERROR,
            "a dynamic table size update is above the limit that was acknowledged",
            "keep to the SETTINGS_HEADER_TABLE_SIZE that the decoder sent last";
        SizeUpdateAfterField: "size_update_after_field", RFC 7541 "4.2", COMPRESSION_ERROR,
            "a dynamic table size update follows a field of the same block",
            "send size updates at the start of a field block only";
        TooManySizeUpdates: "too_many_size_updates", RFC 7541 "4.2", COMPRESSION_ERROR,
            "a field block starts with more than two dynamic table size updates",
            "send the lowest size since the last block, then the final one";
        MissingSizeUpdate: "missing_size_update", RFC 7541 "4.2", COMPRESSION_ERROR,
            "the table limit was lowered and the next field block does not start with a size update that follows it",
            "after acknowledging a lower SETTINGS_HEADER_TABLE_SIZE start the next block with an update to it or below";
        TruncatedBlock: "truncated_block", RFC 7541 "6", COMPRESSION_ERROR,
            "the field block ends inside a field",
            "octets are missing at the end of the block: was END_HEADERS set too early, or a fragment dropped?";
        AbandonedBlock: "abandoned_block", RFC 7541 "2.2", COMPRESSION_ERROR,
            "the field block was not decoded to its end, so the tables are out of step",
            "call `next` until it says that the fragment ends, also when the fields are of no interest";
    }
}

/// The caller's buffer is too small. Nothing was written and the encoder's table is as it was.
///
/// This struct is closed: one number says all there is to know, and tests can write it down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the buffer is too small: {needed} octets must be free")]
pub struct BufferTooSmall {
    /// Octets that must be free for the call to succeed.
    pub needed: usize,
}

/// The caller's memory is too small for the table that was asked for.
///
/// This struct is closed: one number says all there is to know, and tests can write it down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the memory is too small: {needed} octets are needed")]
pub struct MemoryTooSmall {
    /// Octets the memory must have.
    pub needed: usize,
}

/// A table limit that a decoder cannot take. It is as it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableLimitError {
    /// The memory does not hold a table of that size.
    #[error("the memory is made for tables of up to {max} octets")]
    TooLarge {
        /// The largest limit: [`DecoderLimits::max_table_size`](crate::DecoderLimits::max_table_size).
        max: u32,
    },
    /// A field block has started and not ended. Limits change between blocks, as frames of other kinds cannot come
    /// inside of one. RFC 9113 §4.3.
    #[error("a field block is open: table limits change between blocks")]
    FieldBlockOpen,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_follow_the_variant() {
        let names: HashSet<_> = HpackError::ALL.iter().map(|error| error.name()).collect();
        assert_eq!(names.len(), HpackError::ALL.len());
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
