//! How much of everything is taken from a peer.

use h2wire_frame::{PayloadLength, SettingBuffer, SettingId};

use crate::Role;

/// The size of a table before SETTINGS say otherwise. RFC 9113 §6.5.2.
const INITIAL_TABLE_SIZE: u32 = 4_096;
/// What each field adds to the size of a section. RFC 9113 §6.5.2.
const FIELD_OVERHEAD: u32 = 32;
/// A block up to this length is decoded, whatever the section size.
const LEAST_BLOCK_LEN: u32 = 65_536;
/// That many CONTINUATION frames are accepted, whatever the block length.
const LEAST_CONTINUATIONS: u32 = 8;

/// How much is accepted from a peer. RFC 9113 §10.5.
///
/// | limit | default | breaking it |
/// |---|---|---|
/// | [`max_frame_size`](Self::max_frame_size) | 16,384 | connection error `FRAME_SIZE_ERROR` at the frame header |
/// | [`max_section_size`](Self::max_section_size) | 65,536 | [`Limit::SectionSize`](crate::Limit::SectionSize), an error of the stream |
/// | [`max_fields`](Self::max_fields) | as many as fit a section | [`Limit::Fields`](crate::Limit::Fields), an error of the stream |
/// | [`max_block_len`](Self::max_block_len) | 4 times the section size, at least 65,536 | [`Limit::BlockLength`](crate::Limit::BlockLength), connection error `ENHANCE_YOUR_CALM`; one string longer than it: `COMPRESSION_ERROR` |
/// | [`max_continuations`](Self::max_continuations) | as many as such a block needs, at least 8 | [`Limit::Continuations`](crate::Limit::Continuations), connection error `ENHANCE_YOUR_CALM` at the frame header |
/// | [`max_settings`](Self::max_settings) | 32 | [`Limit::Settings`](crate::Limit::Settings), connection error `ENHANCE_YOUR_CALM` at the frame header |
/// | [`max_table_size`](Self::max_table_size) | 4,096 | connection error `COMPRESSION_ERROR` if the peer uses a larger table than it was offered |
///
/// A peer can only keep limits that it knows: send it the SETTINGS of [`settings`](Self::settings). A reader judges frames and
/// tables by the SETTINGS that were sent and acknowledged, and by the protocol's defaults until then (RFC 9113 §6.5.3).
///
/// The limits that no setting tells follow from the section size, so a section within it is never refused if its frames are full.
///
/// ```
/// use h2wire::{Limits, Role};
/// use h2wire::frame::{SettingId, Setting};
///
/// let small = Limits::DEFAULT.with_max_section_size(4096).with_max_table_size(512);
/// assert_eq!((small.fields(), small.block_len(), small.continuations()), (128, 65_536, 8));
///
/// let settings = small.settings(Role::Server);
/// let sent: Vec<_> = settings.list().iter().map(|Setting { id, value }| (id, value)).collect();
/// assert_eq!(sent, [(SettingId::HEADER_TABLE_SIZE, 512), (SettingId::MAX_HEADER_LIST_SIZE, 4096)]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The longest payload of a frame to announce as `SETTINGS_MAX_FRAME_SIZE`, in bytes. Less than 16,384 counts as 16,384,
    /// which every endpoint must accept (RFC 9113 §6.5.2).
    pub max_frame_size: PayloadLength,
    /// The size of a decoded field section, counted as name + value + 32 bytes for each field: announced as
    /// `SETTINGS_MAX_HEADER_LIST_SIZE`. Must not be 0.
    pub max_section_size: u32,
    /// The number of fields in a section. `None`: as many as fit [`max_section_size`](Self::max_section_size). Must not be 0.
    pub max_fields: Option<u32>,
    /// The length of a field block, and of one string in it, in bytes. `None`: 4 times
    /// [`max_section_size`](Self::max_section_size), which every section within its limit fits, even if Huffman coding
    /// makes it longer; and at least 65,536, because a section that is too large should end its stream and not the
    /// connection. Must not be 0.
    pub max_block_len: Option<u32>,
    /// The number of CONTINUATION frames in a field block, empty ones included. `None`: enough for a block of
    /// [`max_block_len`](Self::max_block_len) in frames of 16,384 bytes, and at least 8.
    pub max_continuations: Option<u32>,
    /// The number of settings in a SETTINGS frame. A [`ChunkedReader`](crate::ChunkedReader) accepts at most 32. Must not be 0.
    pub max_settings: u32,
    /// The size of the peer's dynamic table, in bytes as counted by RFC 7541 §4.1: the most that may be announced as
    /// `SETTINGS_HEADER_TABLE_SIZE`. The memory is made for it. With less than 4,096, a peer that has not seen the
    /// lower setting yet may use 4,096 bytes. A reader that allocates has memory for that; in memory of the caller it is
    /// a `COMPRESSION_ERROR`.
    pub max_table_size: u32,
    /// Whether a server may push. If not, a client announces `SETTINGS_ENABLE_PUSH` 0, and a push after its acknowledgment
    /// is a connection error (RFC 9113 §8.4). Default off.
    pub accept_push: bool,
}

impl Limits {
    /// The defaults, those of a careful server. Devices without an allocator choose a smaller section size: the memory has
    /// room for one.
    pub const DEFAULT: Self = Self {
        max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE,
        max_section_size: 65_536,
        max_fields: None,
        max_block_len: None,
        max_continuations: None,
        max_settings: 32,
        max_table_size: INITIAL_TABLE_SIZE,
        accept_push: false,
    };

    /// The same limits with another [`max_section_size`](Self::max_section_size). The limits that follow from it change too.
    #[must_use]
    pub const fn with_max_section_size(self, bytes: u32) -> Self {
        Self { max_section_size: bytes, ..self }
    }

    /// The same limits with another [`max_frame_size`](Self::max_frame_size).
    #[must_use]
    pub const fn with_max_frame_size(self, max_frame_size: PayloadLength) -> Self {
        Self { max_frame_size, ..self }
    }

    /// The same limits with another [`max_fields`](Self::max_fields), which does not follow from the section size then.
    #[must_use]
    pub const fn with_max_fields(self, fields: u32) -> Self {
        Self { max_fields: Some(fields), ..self }
    }

    /// The same limits with another [`max_block_len`](Self::max_block_len), which does not follow from the section size then.
    #[must_use]
    pub const fn with_max_block_len(self, bytes: u32) -> Self {
        Self { max_block_len: Some(bytes), ..self }
    }

    /// The same limits with another [`max_continuations`](Self::max_continuations), which does not follow from the block
    /// length then.
    #[must_use]
    pub const fn with_max_continuations(self, frames: u32) -> Self {
        Self { max_continuations: Some(frames), ..self }
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

    /// The same limits with [`accept_push`](Self::accept_push) on or off.
    #[must_use]
    pub const fn with_accept_push(self, accept_push: bool) -> Self {
        Self { accept_push, ..self }
    }

    /// Limits for an observer: never stricter than those of any endpoint, announced or not. The table is the
    /// largest that is followed, as the memory is made for it; a section may be as large as `max_section_size`.
    #[must_use]
    pub const fn observing(max_section_size: u32, max_table_size: u32) -> Self {
        Self {
            max_section_size,
            max_table_size,
            max_block_len: Some(u32::MAX),
            max_continuations: Some(u32::MAX),
            max_settings: u32::MAX,
            ..Self::DEFAULT
        }
    }

    /// The most fields of a section: [`max_fields`](Self::max_fields) or, without it, as many as fit the section size.
    #[must_use]
    pub const fn fields(&self) -> u32 {
        match self.max_fields {
            Some(fields) => fields,
            None if self.max_section_size < FIELD_OVERHEAD => 1,
            None => self.max_section_size / FIELD_OVERHEAD,
        }
    }

    /// The longest field block: [`max_block_len`](Self::max_block_len) or, without it, what follows from the section size.
    #[must_use]
    pub const fn block_len(&self) -> u32 {
        let derived = self.max_section_size.saturating_mul(4);
        match self.max_block_len {
            Some(bytes) => bytes,
            None if derived < LEAST_BLOCK_LEN => LEAST_BLOCK_LEN,
            None => derived,
        }
    }

    /// The most CONTINUATION frames of a block: [`max_continuations`](Self::max_continuations) or, without it, what follows
    /// from [`block_len`](Self::block_len).
    #[must_use]
    pub const fn continuations(&self) -> u32 {
        // One less would do if the HEADERS frame had neither padding nor priority fields.
        let derived = self.block_len().div_ceil(PayloadLength::INITIAL_MAX_FRAME_SIZE.get());
        match self.max_continuations {
            Some(frames) => frames,
            None if derived < LEAST_CONTINUATIONS => LEAST_CONTINUATIONS,
            None => derived,
        }
    }

    /// The SETTINGS that tell a peer what these limits are: what differs from the protocol's defaults, and
    /// `SETTINGS_MAX_HEADER_LIST_SIZE`. `role` is the side that sends them. There is room for four more settings, windows for
    /// example.
    ///
    /// Give them to `settings_sent` of the reader, and send them.
    #[must_use]
    pub fn settings(&self, role: Role) -> SettingBuffer<8> {
        let defaults = [
            (SettingId::HEADER_TABLE_SIZE, INITIAL_TABLE_SIZE),
            (SettingId::ENABLE_PUSH, 1),
            (SettingId::MAX_FRAME_SIZE, PayloadLength::INITIAL_MAX_FRAME_SIZE.get()),
        ];
        collect(self.all_settings(role).into_iter().filter(|setting| !defaults.contains(setting)))
    }

    fn all_settings(&self, role: Role) -> [(SettingId, u32); 4] {
        [
            (SettingId::HEADER_TABLE_SIZE, self.max_table_size),
            // A server does not say so. RFC 9113 §6.5.2.
            (SettingId::ENABLE_PUSH, u32::from(self.accept_push || role != Role::Client)),
            (SettingId::MAX_FRAME_SIZE, self.max_frame_size.max(PayloadLength::INITIAL_MAX_FRAME_SIZE).get()),
            (SettingId::MAX_HEADER_LIST_SIZE, self.max_section_size),
        ]
    }

    /// The SETTINGS that tell a peer how these limits differ from `before`, which it knows; empty if it need not know
    /// anything. `role` is the side that sends them.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use h2wire::{Limits, Reader, Role};
    /// use h2wire::frame::SettingId;
    ///
    /// let before = Limits::DEFAULT;
    /// let mut reader = Reader::new(Role::Server, &before)?;
    /// let larger = before.with_max_section_size(1 << 20).with_max_fields(5_000);
    /// reader.set_limits(&larger)?;
    /// let settings = larger.changed_settings(&before, Role::Server);
    /// assert_eq!(settings.list().get(SettingId::MAX_HEADER_LIST_SIZE), Some(1 << 20));
    /// assert_eq!(settings.list().iter().len(), 1);
    /// reader.settings_sent(&settings.list())?; // and send them
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn changed_settings(&self, before: &Self, role: Role) -> SettingBuffer<8> {
        let (old, new) = (before.all_settings(role), self.all_settings(role));
        collect(new.into_iter().zip(old).filter(|(new, old)| new != old).map(|(new, _)| new))
    }

    /// The bytes of memory that a reader with these limits needs for HPACK.
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        self.decoder_limits().memory_len()
    }

    /// The limits of an HPACK decoder that go with these.
    #[must_use]
    pub const fn decoder_limits(&self) -> h2wire_hpack::DecoderLimits {
        h2wire_hpack::DecoderLimits::DEFAULT
            .with_max_table_size(self.max_table_size)
            .with_max_list_size(self.max_section_size)
            .with_max_fields(self.fields())
            .with_max_string_len(self.block_len())
    }

    /// The same limits with memory for the table that a peer may use before it has seen any SETTINGS.
    #[cfg(feature = "alloc")]
    pub(crate) const fn with_initial_table(self) -> Self {
        if self.max_table_size < INITIAL_TABLE_SIZE {
            self.with_max_table_size(INITIAL_TABLE_SIZE)
        } else {
            self
        }
    }

    /// Refuses limits of 0 with which nothing could be read.
    pub(crate) const fn check(&self) -> Result<(), LimitIsZero> {
        let limit = if self.max_section_size == 0 {
            "max_section_size"
        } else if matches!(self.max_fields, Some(0)) {
            "max_fields"
        } else if matches!(self.max_block_len, Some(0)) {
            "max_block_len"
        } else if self.max_settings == 0 {
            "max_settings"
        } else {
            return Ok(());
        };
        Err(LimitIsZero { limit })
    }
}

/// There are fewer than fit, with values that are allowed.
fn collect(settings: impl Iterator<Item = (SettingId, u32)>) -> SettingBuffer<8> {
    let mut buffer = SettingBuffer::new();
    for (id, value) in settings {
        let pushed = buffer.push(id, value);
        debug_assert!(pushed.is_ok(), "{id:?} {value}");
    }
    buffer
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setter_sets_its_limit() {
        let set = Limits::DEFAULT.with_max_frame_size(PayloadLength::MAX).with_max_section_size(1);
        let set = set.with_max_fields(2).with_max_block_len(3).with_max_continuations(4);
        let set = set.with_max_settings(5).with_max_table_size(6).with_accept_push(true);
        let Limits { max_frame_size, max_section_size, max_fields, max_block_len, .. } = set;
        let Limits { max_continuations, max_settings, max_table_size, accept_push, .. } = set;
        assert_eq!((max_frame_size, max_section_size), (PayloadLength::MAX, 1));
        assert_eq!((max_fields, max_block_len, max_continuations), (Some(2), Some(3), Some(4)));
        assert_eq!((max_settings, max_table_size, accept_push), (5, 6, true));
    }

    #[test]
    fn a_limit_of_0_is_refused_where_it_makes_no_sense() {
        let default = Limits::DEFAULT;
        for (limits, name) in [
            (Limits { max_section_size: 0, ..default }, Some("max_section_size")),
            (default.with_max_fields(0), Some("max_fields")),
            (default.with_max_block_len(0), Some("max_block_len")),
            (Limits { max_settings: 0, ..default }, Some("max_settings")),
            (default.with_max_continuations(0).with_max_table_size(0), None),
            (default.with_max_frame_size(PayloadLength::default()), None),
        ] {
            assert_eq!(limits.check().err().map(|error| error.limit), name);
        }
    }

    #[test]
    fn what_is_not_announced_follows_from_the_section_size() {
        let derived = |size| {
            let limits = Limits::DEFAULT.with_max_section_size(size);
            (limits.block_len(), limits.continuations())
        };
        assert_eq!(derived(1), (65_536, 8));
        assert_eq!(derived(16_384), (65_536, 8));
        assert_eq!(derived(16_385), (65_540, 8));
        assert_eq!(derived(32_768), (131_072, 8));
        assert_eq!(derived(32_769), (131_076, 9));
        assert_eq!(derived(65_536), (262_144, 16));
        assert_eq!(derived(1 << 20), (4 << 20, 256));
        assert_eq!(derived(u32::MAX), (u32::MAX, 262_144));
        let fields = |size| Limits::DEFAULT.with_max_section_size(size).fields();
        assert_eq!([1, 31, 32, 63, 64].map(fields), [1, 1, 1, 1, 2]);
        // What is set stays, in any order of the setters.
        let set = Limits::DEFAULT.with_max_block_len(10).with_max_continuations(3).with_max_fields(2);
        let set = set.with_max_section_size(1 << 20);
        assert_eq!((set.block_len(), set.continuations(), set.fields()), (10, 3, 2));
    }

    #[test]
    fn only_what_changed_is_told_again() {
        let before = Limits::DEFAULT;
        let changed = |limits: Limits, role| {
            let settings = limits.changed_settings(&before, role);
            settings.list().iter().map(|setting| (setting.id.0, setting.value)).collect::<Vec<_>>()
        };
        assert_eq!(changed(before, Role::Client), []);
        assert_eq!(changed(before.with_max_continuations(1).with_max_fields(1), Role::Client), []);
        let all = before.with_max_table_size(1).with_accept_push(true).with_max_section_size(2);
        assert_eq!(changed(all, Role::Server), [(1, 1), (6, 2)]);
        assert_eq!(changed(all, Role::Client), [(1, 1), (2, 1), (6, 2)]);
        // Back to the default is a change too.
        let back = before.changed_settings(&before.with_max_frame_size(PayloadLength::MAX), Role::Server);
        assert_eq!(back.list().get(SettingId::MAX_FRAME_SIZE), Some(16_384));
    }

    #[test]
    fn settings_say_what_differs_from_the_defaults() {
        let told = |limits: Limits, role| {
            let settings = limits.settings(role);
            settings.list().iter().map(|setting| (setting.id.0, setting.value)).collect::<Vec<_>>()
        };
        assert_eq!(told(Limits::DEFAULT, Role::Server), [(6, 65_536)]);
        assert_eq!(told(Limits::DEFAULT, Role::Client), [(2, 0), (6, 65_536)]);
        assert_eq!(told(Limits::DEFAULT.with_accept_push(true), Role::Client), [(6, 65_536)]);
        let limits = Limits::DEFAULT.with_max_table_size(0).with_max_section_size(u32::MAX);
        let all = limits.with_max_frame_size(PayloadLength::MAX);
        assert_eq!(told(all, Role::Client), [(1, 0), (2, 0), (5, 0x00ff_ffff), (6, u32::MAX)]);
        // Less than 16,384 must not be announced.
        let less = limits.with_max_frame_size(PayloadLength::new(16_383).unwrap());
        assert_eq!(told(less, Role::Observer), [(1, 0), (6, u32::MAX)]);
    }
}
