//! How much of everything is taken from a peer.

use h2wire_frame::{ParseOptions, PayloadLength};

/// How much of everything is taken from a peer. RFC 9113 §10.5.
///
/// | limit | default | breaking it |
/// |---|---|---|
/// | [`max_frame_size`](Self::max_frame_size) | 16,384 | connection error `FRAME_SIZE_ERROR` at the frame header |
/// | [`max_section_size`](Self::max_section_size) | 16,384 | [`Limit::SectionSize`], an error of the stream |
/// | [`max_fields`](Self::max_fields) | 256 | [`Limit::Fields`], an error of the stream |
/// | [`max_block_len`](Self::max_block_len) | 65,536 | [`Limit::BlockLength`], connection error `ENHANCE_YOUR_CALM`; one string longer than it: `COMPRESSION_ERROR` |
/// | [`max_continuations`](Self::max_continuations) | 8 | [`Limit::Continuations`], connection error `ENHANCE_YOUR_CALM` at the frame header |
/// | [`max_settings`](Self::max_settings) | 32 | [`Limit::Settings`], connection error `ENHANCE_YOUR_CALM` at the frame header |
/// | [`max_table_size`](Self::max_table_size) | 4,096 | none: it is what the peer may be offered |
///
/// ```
/// use h2wire::Limits;
///
/// let small = Limits { max_fields: 32, ..Limits::DEFAULT.with_section_size(4096) };
/// assert_eq!(small.max_block_len, 4 * 4096);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The longest payload of a frame, in octets: what is announced as `SETTINGS_MAX_FRAME_SIZE`. Less than 16,384 breaks
    /// a promise (RFC 9113 §6.5.2). 0 is refused.
    pub max_frame_size: PayloadLength,
    /// The most octets of a decoded field section, counted as name + value + 32 for each field: what is announced as
    /// `SETTINGS_MAX_HEADER_LIST_SIZE`. 0 is refused.
    pub max_section_size: u32,
    /// The most fields of a section. 0 is refused.
    pub max_fields: u32,
    /// The most octets of a field block, and of one string in it. The longest Huffman code has 30 bits, so with 4 times
    /// `max_section_size` nothing is refused that could be small enough. 0 is refused.
    pub max_block_len: u32,
    /// The most CONTINUATION frames of a field block; empty ones count.
    pub max_continuations: u32,
    /// The most settings of a SETTINGS frame. 0 is refused.
    pub max_settings: u32,
    /// The largest dynamic table of the peer's encoder, in octets as counted by RFC 7541 §4.1: the most that may be
    /// announced as `SETTINGS_HEADER_TABLE_SIZE`. Memory is made for it. Less than 4,096 breaks a promise: a peer that has not
    /// seen the lower setting yet may use 4,096 octets, and meets a `COMPRESSION_ERROR` if it does.
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

    /// The same limits with another size of sections, and a block length that goes with it.
    #[must_use]
    pub const fn with_section_size(self, octets: u32) -> Self {
        Self { max_section_size: octets, max_block_len: octets.saturating_mul(4), ..self }
    }

    /// Octets of memory that field sections need with these limits.
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        self.hpack().memory_len()
    }

    pub(crate) const fn hpack(&self) -> h2wire_hpack::DecoderLimits {
        h2wire_hpack::DecoderLimits::DEFAULT
            .with_max_table_size(self.max_table_size)
            .with_max_list_size(self.max_section_size)
            .with_max_fields(self.max_fields)
            .with_max_string_len(self.max_block_len)
    }

    pub(crate) const fn parse_options(&self) -> ParseOptions {
        ParseOptions { max_frame_size: self.max_frame_size, extensions: true }
    }

    /// Refuses a 0 where nothing could be read any more.
    pub(crate) const fn check(&self) -> Result<(), LimitIsZero> {
        let limit = match () {
            () if self.max_frame_size.get() == 0 => "max_frame_size",
            () if self.max_section_size == 0 => "max_section_size",
            () if self.max_fields == 0 => "max_fields",
            () if self.max_block_len == 0 => "max_block_len",
            () if self.max_settings == 0 => "max_settings",
            () => return Ok(()),
        };
        Err(LimitIsZero { limit })
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A limit is 0, with which nothing could be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("{limit} is 0, with which nothing could be read")]
pub struct LimitIsZero {
    /// The name of the field of [`Limits`].
    pub limit: &'static str,
}

h2wire_frame::rule_table! {
    /// A limit that the peer exceeded. A server may answer a section that is too large with status 431.
    pub enum Limit {
        SectionSize: "section_size_limit", RFC 9113 "10.5.1", ENHANCE_YOUR_CALM,
            "the fields of a section are more octets than the limit, counted as name + value + 32 each",
            "send fewer or shorter fields, as cookies for instance; or raise max_section_size and announce it as SETTINGS_MAX_HEADER_LIST_SIZE";
        Fields: "fields_limit", RFC 9113 "10.5.1", ENHANCE_YOUR_CALM,
            "a section has more fields than the limit",
            "send fewer fields, or raise max_fields";
        BlockLength: "block_length_limit", RFC 9113 "10.5.1", ENHANCE_YOUR_CALM,
            "a field block has more octets than the limit",
            "send fewer or shorter fields; or raise max_block_len, which is 4 times max_section_size by default";
        Continuations: "continuations_limit", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "a field block goes on for more CONTINUATION frames than the limit",
            "fill each frame up to SETTINGS_MAX_FRAME_SIZE; many small or empty CONTINUATION frames are a known attack (CVE-2024-27316 and others)";
        Settings: "settings_limit", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "a SETTINGS frame has more settings than the limit",
            "send each setting once; there are less than a dozen that mean anything";
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
        assert_eq!(Limits::DEFAULT.with_section_size(u32::MAX).max_block_len, u32::MAX);
    }
}
