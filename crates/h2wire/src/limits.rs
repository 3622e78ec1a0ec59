//! How much of everything is taken from a peer.

#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};

use h2wire_frame::{ParseOptions, PayloadLength};
use h2wire_hpack::Exceeded;

/// How much is accepted from a peer. RFC 9113 §10.5.
///
/// | limit | default | breaking it |
/// |---|---|---|
/// | [`max_frame_size`](Self::max_frame_size) | 16,384 | connection error `FRAME_SIZE_ERROR` at the frame header |
/// | [`max_section_size`](Self::max_section_size) | 16,384 | [`Limit::SectionSize`], an error of the stream |
/// | [`max_fields`](Self::max_fields) | 256 | [`Limit::Fields`], an error of the stream |
/// | [`max_block_len`](Self::max_block_len) | 65,536 | [`Limit::BlockLength`], connection error `ENHANCE_YOUR_CALM`; one string longer than it: `COMPRESSION_ERROR` |
/// | [`max_continuations`](Self::max_continuations) | 8 | [`Limit::Continuations`], connection error `ENHANCE_YOUR_CALM` at the frame header |
/// | [`max_settings`](Self::max_settings) | 32 | [`Limit::Settings`], connection error `ENHANCE_YOUR_CALM` at the frame header |
/// | [`max_table_size`](Self::max_table_size) | 4,096 | connection error `COMPRESSION_ERROR` if the peer uses a larger table than it was offered |
///
/// ```
/// use h2wire::Limits;
///
/// let small = Limits::DEFAULT.with_max_section_size(4096).with_max_fields(32);
/// assert_eq!(small.max_block_len, 4 * 4096);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The longest payload of a frame, in bytes: announce it as `SETTINGS_MAX_FRAME_SIZE`. Less than 16,384 violates
    /// RFC 9113 §6.5.2; constrained devices may accept that. Must not be 0.
    pub max_frame_size: PayloadLength,
    /// The size of a decoded field section, counted as name + value + 32 bytes for each field: announce it as
    /// `SETTINGS_MAX_HEADER_LIST_SIZE`. Must not be 0.
    pub max_section_size: u32,
    /// The number of fields in a section. Must not be 0.
    pub max_fields: u32,
    /// The length of a field block, and of one string in it, in bytes. With 4 times `max_section_size`, every section
    /// within its limit fits, even if Huffman coding makes it longer. Must not be 0.
    pub max_block_len: u32,
    /// The number of CONTINUATION frames in a field block, empty ones included.
    pub max_continuations: u32,
    /// The number of settings in a SETTINGS frame. A [`ChunkedReader`](crate::ChunkedReader) accepts at most 32. Must not be 0.
    pub max_settings: u32,
    /// The size of the peer's dynamic table, in bytes as counted by RFC 7541 §4.1: the most that may be announced as
    /// `SETTINGS_HEADER_TABLE_SIZE`. The memory is made for it. With less than 4,096, a peer that has not seen the
    /// lower setting yet may use 4,096 bytes, which is a `COMPRESSION_ERROR` then.
    pub max_table_size: u32,
}

impl Limits {
    /// The defaults, those of a careful server.
    pub const DEFAULT: Self = Self {
        max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE,
        max_section_size: 16_384,
        max_fields: 256,
        max_block_len: 65_536,
        max_continuations: 8,
        max_settings: 32,
        max_table_size: 4_096,
    };

    /// The same limits with another [`max_section_size`](Self::max_section_size), and the
    /// [`max_block_len`](Self::max_block_len) that goes with it.
    #[must_use]
    pub const fn with_max_section_size(self, bytes: u32) -> Self {
        Self { max_section_size: bytes, max_block_len: bytes.saturating_mul(4), ..self }
    }

    /// The same limits with another [`max_frame_size`](Self::max_frame_size).
    #[must_use]
    pub const fn with_max_frame_size(self, max_frame_size: PayloadLength) -> Self {
        Self { max_frame_size, ..self }
    }

    /// The same limits with another [`max_fields`](Self::max_fields).
    #[must_use]
    pub const fn with_max_fields(self, fields: u32) -> Self {
        Self { max_fields: fields, ..self }
    }

    /// The same limits with another [`max_block_len`](Self::max_block_len).
    #[must_use]
    pub const fn with_max_block_len(self, bytes: u32) -> Self {
        Self { max_block_len: bytes, ..self }
    }

    /// The same limits with another [`max_continuations`](Self::max_continuations).
    #[must_use]
    pub const fn with_max_continuations(self, frames: u32) -> Self {
        Self { max_continuations: frames, ..self }
    }

    /// The same limits with another [`max_settings`](Self::max_settings).
    #[must_use]
    pub const fn with_max_settings(self, settings: u32) -> Self {
        Self { max_settings: settings, ..self }
    }

    /// The same limits with another [`max_table_size`](Self::max_table_size).
    #[must_use]
    pub const fn with_max_table_size(self, bytes: u32) -> Self {
        Self { max_table_size: bytes, ..self }
    }

    /// The bytes of memory that a reader with these limits needs for HPACK.
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        self.decoder_limits().memory_len()
    }

    /// Memory for HPACK; empty if no slice can be that long, which the constructor reports as too small.
    #[cfg(feature = "alloc")]
    pub(crate) fn allocate(&self) -> Vec<u8> {
        let needed = self.memory_len();
        if isize::try_from(needed).is_ok() { vec![0; needed] } else { Vec::new() }
    }

    /// The limits of an HPACK decoder that go with these.
    #[must_use]
    pub const fn decoder_limits(&self) -> h2wire_hpack::DecoderLimits {
        h2wire_hpack::DecoderLimits::DEFAULT
            .with_max_table_size(self.max_table_size)
            .with_max_list_size(self.max_section_size)
            .with_max_fields(self.max_fields)
            .with_max_string_len(self.max_block_len)
    }

    pub(crate) const fn parse_options(&self) -> ParseOptions {
        ParseOptions::DEFAULT.with_max_frame_size(self.max_frame_size)
    }

    /// Refuses limits of 0 with which nothing could be read.
    pub(crate) const fn check(&self) -> Result<(), LimitIsZero> {
        let limit = if self.max_frame_size.get() == 0 {
            "max_frame_size"
        } else if self.max_section_size == 0 {
            "max_section_size"
        } else if self.max_fields == 0 {
            "max_fields"
        } else if self.max_block_len == 0 {
            "max_block_len"
        } else if self.max_settings == 0 {
            "max_settings"
        } else {
            return Ok(());
        };
        Err(LimitIsZero { limit })
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A limit is 0, so nothing could be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("`{limit}` must not be 0")]
#[non_exhaustive]
pub struct LimitIsZero {
    /// The name of the field of [`Limits`].
    pub limit: &'static str,
}

h2wire_frame::rule_table! {
    /// A limit that the peer exceeded. A server may answer a section that is too large with status 431.
    pub enum Limit {
        SectionSize: "section_size_limit", RFC 9113 "10.5.1", ENHANCE_YOUR_CALM,
            "the fields of a section exceed the size limit, counted as name + value + 32 for each",
            "send fewer or shorter fields, cookies for example; or raise max_section_size and announce it as SETTINGS_MAX_HEADER_LIST_SIZE";
        Fields: "fields_limit", RFC 9113 "10.5.1", ENHANCE_YOUR_CALM,
            "a section has more fields than the limit",
            "send fewer fields, or raise max_fields";
        BlockLength: "block_length_limit", RFC 9113 "10.5.1", ENHANCE_YOUR_CALM,
            "a field block has more octets than the limit",
            "send fewer or shorter fields; or raise max_block_len, which is 4 times max_section_size by default";
        Continuations: "continuations_limit", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "a field block has more CONTINUATION frames than the limit",
            "fill each frame up to SETTINGS_MAX_FRAME_SIZE; many small or empty CONTINUATION frames are a known attack (CVE-2024-27316 and others)";
        Settings: "settings_limit", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "a SETTINGS frame has more settings than the limit",
            "send each setting once: fewer than a dozen are defined";
    }
}

impl From<Exceeded> for Limit {
    fn from(exceeded: Exceeded) -> Self {
        match exceeded {
            Exceeded::ListSize => Self::SectionSize,
            Exceeded::Fields => Self::Fields,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_0_is_refused_where_it_makes_no_sense() {
        let default = Limits::DEFAULT;
        for (limits, name) in [
            (Limits { max_frame_size: PayloadLength::default(), ..default }, Some("max_frame_size")),
            (Limits { max_section_size: 0, ..default }, Some("max_section_size")),
            (Limits { max_fields: 0, ..default }, Some("max_fields")),
            (Limits { max_block_len: 0, ..default }, Some("max_block_len")),
            (Limits { max_settings: 0, ..default }, Some("max_settings")),
            (Limits { max_continuations: 0, max_table_size: 0, ..default }, None),
        ] {
            assert_eq!(limits.check().err().map(|error| error.limit), name);
        }
    }

    #[test]
    fn the_largest_section_size_does_not_wrap() {
        assert_eq!(Limits::DEFAULT.with_max_section_size(u32::MAX).max_block_len, u32::MAX);
    }
}
