//! What goes wrong: the peer broke a rule of HPACK, or the caller gave too little room.

use core::fmt;

use h2wire_frame::ErrorCode;

/// A rule of HPACK that the peer broke. The connection cannot go on: the tables of both ends are out of step.
///
/// Every one of them is a connection error `COMPRESSION_ERROR`. RFC 9113 §4.3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is described by `Error::sentence`")]
pub enum Error {
    IndexZero,
    IndexOutOfRange,
    NameIndexOutOfRange,
    IntegerOverflow,
    StringTooLong,
    HuffmanPaddingTooLong,
    HuffmanPaddingNotOnes,
    HuffmanEos,
    SizeUpdateAboveLimit,
    SizeUpdateAfterField,
    TooManySizeUpdates,
    MissingSizeUpdate,
    TruncatedBlock,
    AbandonedBlock,
}

/// What is known of an error.
struct Facts {
    name: &'static str,
    section: &'static str,
    sentence: &'static str,
    remedy: &'static str,
}

impl Error {
    /// All errors.
    pub const ALL: &'static [Self] = &[
        Self::IndexZero,
        Self::IndexOutOfRange,
        Self::NameIndexOutOfRange,
        Self::IntegerOverflow,
        Self::StringTooLong,
        Self::HuffmanPaddingTooLong,
        Self::HuffmanPaddingNotOnes,
        Self::HuffmanEos,
        Self::SizeUpdateAboveLimit,
        Self::SizeUpdateAfterField,
        Self::TooManySizeUpdates,
        Self::MissingSizeUpdate,
        Self::TruncatedBlock,
        Self::AbandonedBlock,
    ];

    /// The error's name in snake case, `index_zero` for instance. Stable: scripts may depend on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The section of RFC 7541 that holds the rule, `"6.1"` for instance.
    #[must_use]
    pub const fn section(self) -> &'static str {
        self.facts().section
    }

    /// The error code to send with GOAWAY: `COMPRESSION_ERROR`. RFC 9113 §4.3.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        ErrorCode::COMPRESSION_ERROR
    }

    /// What the peer did, in one sentence without a full stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        self.facts().sentence
    }

    /// The usual cause and what to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        self.facts().remedy
    }

    #[rustfmt::skip]
    const fn facts(self) -> Facts {
        match self {
            Self::IndexZero => row("index_zero", "6.1",
                "an indexed field has the index 0, which stands for nothing",
                "indices start at 1; the octets may not be the start of a field block"),
            Self::IndexOutOfRange => row("index_out_of_range", "2.3.3",
                "an indexed field has an index past the end of the dynamic table",
                OUT_OF_STEP),
            Self::NameIndexOutOfRange => row("name_index_out_of_range", "2.3.3",
                "the name of a literal field has an index past the end of the dynamic table",
                OUT_OF_STEP),
            Self::IntegerOverflow => row("integer_overflow", "5.1",
                "an integer is above 4,294,967,295 or has more than 5 continuation octets",
                "no honest length or index is that large: the encoder is broken, hostile, or the octets are not HPACK"),
            Self::StringTooLong => row("string_too_long", "5.2",
                "a string literal announces more octets than the limit for strings",
                "raise the limit if the peer is to be trusted with such strings; nothing was stored for it"),
            Self::HuffmanPaddingTooLong => row("huffman_padding_too_long", "5.2",
                "the padding of a Huffman-coded string is longer than 7 bits",
                "the encoder counts the octets of the string wrong: it must stop at the octet that holds the last code"),
            Self::HuffmanPaddingNotOnes => row("huffman_padding_not_ones", "5.2",
                "the padding of a Huffman-coded string is not all ones, or its last code is cut off",
                "pad with the first bits of EOS, which are ones, and send every code whole"),
            Self::HuffmanEos => row("huffman_eos", "5.2",
                "a Huffman-coded string contains the EOS symbol",
                "EOS is never sent; its first bits are padding, its whole code is an error"),
            Self::SizeUpdateAboveLimit => row("size_update_above_limit", "6.3",
                "a dynamic table size update is above the limit that was acknowledged",
                "keep to the SETTINGS_HEADER_TABLE_SIZE that the decoder sent last"),
            Self::SizeUpdateAfterField => row("size_update_after_field", "4.2",
                "a dynamic table size update follows a field of the same block",
                "send size updates at the start of a field block only"),
            Self::TooManySizeUpdates => row("too_many_size_updates", "4.2",
                "a field block starts with more than two dynamic table size updates",
                "send the lowest size since the last block, then the final one"),
            Self::MissingSizeUpdate => row("missing_size_update", "4.2",
                "the table limit was lowered and the next field block does not start with a size update that follows it",
                "after acknowledging a lower SETTINGS_HEADER_TABLE_SIZE start the next block with an update to it or below"),
            Self::TruncatedBlock => row("truncated_block", "6",
                "the field block ends inside a field",
                "octets are missing at the end of the block: was END_HEADERS set too early, or a fragment dropped?"),
            Self::AbandonedBlock => row("abandoned_block", "2.2",
                "the field block was not decoded to its end, so the tables are out of step",
                "call `next` until it says that the fragment ends, also when the fields are of no interest"),
        }
    }
}

const OUT_OF_STEP: &str =
    "the tables of both ends are out of step: was a field block skipped, or its size updates ignored?";

const fn row(
    name: &'static str,
    section: &'static str,
    sentence: &'static str,
    remedy: &'static str,
) -> Facts {
    Facts { name, section, sentence, remedy }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (RFC 7541 §{})", self.code(), self.sentence(), self.section())
    }
}

impl core::error::Error for Error {}

/// The caller's buffer is too small. Nothing was written and the encoder's table is as it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the buffer is too small: {needed} octets must be free")]
pub struct BufferTooSmall {
    /// Octets that must be free for the call to succeed.
    pub needed: usize,
}

/// The caller's memory is too small for the table that was asked for.
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
        /// The largest limit: [`Limits::max_table_size`](crate::Limits::max_table_size).
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
    fn all_lists_each_error_once() {
        for (index, error) in Error::ALL.iter().enumerate() {
            assert_eq!(*error as usize, index, "{error} is out of order or missing before it");
        }
        assert_eq!(Error::ALL.last(), Some(&Error::AbandonedBlock), "the last variant ends the list");
    }

    #[test]
    fn names_are_unique_and_follow_the_variant() {
        let names: HashSet<_> = Error::ALL.iter().map(|error| error.name()).collect();
        assert_eq!(names.len(), Error::ALL.len());
        for error in Error::ALL {
            assert_eq!(error.name().replace('_', ""), format!("{error:?}").to_lowercase());
            assert!(!error.sentence().ends_with('.') && error.sentence().len() > 20, "{error}");
            assert!(!error.remedy().ends_with('.') && error.remedy().len() > 20, "{error}");
        }
    }

    #[test]
    fn says_code_sentence_and_section() {
        assert_eq!(
            Error::IndexZero.to_string(),
            "COMPRESSION_ERROR: an indexed field has the index 0, which stands for nothing (RFC 7541 §6.1)"
        );
    }
}
