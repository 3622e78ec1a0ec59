//! The limits that a peer can exceed.

use h2wire_hpack::Exceeded;

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
            "a field block has more bytes than the limit",
            "send fewer or shorter fields; or raise max_block_len, which follows from max_section_size by default";
        Continuations: "continuations_limit", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "a field block has more CONTINUATION frames than the limit",
            "fill each frame up to SETTINGS_MAX_FRAME_SIZE, or raise max_continuations; many small or empty CONTINUATION frames are a known attack (CVE-2024-27316 and others)";
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
