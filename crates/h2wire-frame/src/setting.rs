//! One setting, a received list, and a list being built. RFC 9113 §6.5.1 and §6.5.2.

use crate::{EncodeError, FrameError, FrameRule, SettingId};

/// One setting. RFC 9113 §6.5.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Setting {
    /// The identifier.
    pub id: SettingId,
    /// Its value; the unit depends on the setting.
    pub value: u32,
}

impl Setting {
    /// Bytes of a setting.
    pub const LEN: usize = 6;

    /// Reads a setting. Any six bytes are a setting, though its value may be forbidden: see [`check`](Self::check).
    #[must_use]
    pub const fn parse(octets: &[u8; Self::LEN]) -> Self {
        let [i0, i1, v0, v1, v2, v3] = *octets;
        Self { id: SettingId(u16::from_be_bytes([i0, i1])), value: u32::from_be_bytes([v0, v1, v2, v3]) }
    }

    /// Writes the setting.
    #[must_use]
    pub const fn encode(&self) -> [u8; Self::LEN] {
        let [i0, i1] = self.id.0.to_be_bytes();
        let [v0, v1, v2, v3] = self.value.to_be_bytes();
        [i0, i1, v0, v1, v2, v3]
    }

    /// Whether the value is one its receiver accepts. Unknown settings are always fine. RFC 9113 §6.5.2.
    ///
    /// The caller, who knows earlier values, checks the rules about those: that `ENABLE_CONNECT_PROTOCOL` does not go back to 0
    /// (RFC 8441 §3) and that `NO_RFC7540_PRIORITIES` does not change (RFC 9218 §2.1).
    pub const fn check(&self) -> Result<(), FrameError> {
        let (lowest, highest, rule) = match self.id {
            // §6.5.2
            SettingId::ENABLE_PUSH => (0, 1, FrameRule::SettingsEnablePush),
            // §6.5.2
            SettingId::INITIAL_WINDOW_SIZE => (0, 0x7fff_ffff, FrameRule::SettingsInitialWindowSize),
            // §6.5.2
            SettingId::MAX_FRAME_SIZE => (0x4000, 0x00ff_ffff, FrameRule::SettingsMaxFrameSize),
            // RFC 8441 §3
            SettingId::ENABLE_CONNECT_PROTOCOL => (0, 1, FrameRule::SettingsEnableConnectProtocol),
            // RFC 9218 §2.1
            SettingId::NO_RFC7540_PRIORITIES => (0, 1, FrameRule::SettingsNoRfc7540Priorities),
            _ => return Ok(()),
        };
        if lowest <= self.value && self.value <= highest { Ok(()) } else { Err(FrameError::connection(rule)) }
    }
}

/// Settings in the bytes of a payload: valid ones, in their order, with repeats and unknown identifiers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SettingList<B> {
    octets: B,
}

impl<B: AsRef<[u8]>> SettingList<B> {
    /// Takes the bytes of a payload if they are settings with allowed values. Every repeat is checked.
    #[inline]
    pub fn parse(octets: B) -> Result<Self, FrameError> {
        let (settings, rest) = octets.as_ref().as_chunks();
        // §6.5
        if !rest.is_empty() {
            return Err(FrameError::connection(FrameRule::SettingsLength));
        }
        for setting in settings {
            Setting::parse(setting).check()?;
        }
        Ok(Self { octets })
    }

    /// The settings in wire order. A receiver applies them in this order: if a setting repeats, the last value wins.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Setting> + '_ {
        self.octets.as_ref().as_chunks().0.iter().map(Setting::parse)
    }

    /// The value that is in force after all are applied; `None` when the setting is not in the list.
    pub fn get(&self, id: SettingId) -> Option<u32> {
        self.iter().filter(|setting| setting.id == id).last().map(|setting| setting.value)
    }

    /// The bytes of the payload.
    pub fn octets(&self) -> &[u8] {
        self.octets.as_ref()
    }

    /// The same list, borrowed.
    pub fn as_borrowed(&self) -> SettingList<&[u8]> {
        SettingList { octets: self.octets.as_ref() }
    }
}

impl<B> SettingList<B> {
    pub(crate) const fn octets_ref(&self) -> &B {
        &self.octets
    }

    /// Changes the type that holds the bytes. The content must stay the same.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> SettingList<C> {
        SettingList { octets: f(self.octets) }
    }
}

/// Room for `N` settings to send, without an allocator.
///
/// ```
/// use h2wire_frame::{SettingBuffer, SettingId, Settings};
///
/// let mut settings = SettingBuffer::<2>::new();
/// settings.push(SettingId::MAX_CONCURRENT_STREAMS, 100)?;
/// settings.push(SettingId::INITIAL_WINDOW_SIZE, 1 << 20)?;
/// assert!(settings.push(SettingId::ENABLE_PUSH, 0).is_err()); // no room
///
/// let mut octets = [0; 21];
/// Settings::List(settings.list()).encode(&mut octets)?;
/// # Ok::<(), h2wire_frame::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SettingBuffer<const N: usize> {
    settings: [[u8; Setting::LEN]; N],
    len: usize,
}

impl<const N: usize> SettingBuffer<N> {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { settings: [[0; Setting::LEN]; N], len: 0 }
    }

    /// Adds a setting at the end, if its value is allowed and there is room.
    pub fn push(&mut self, id: SettingId, value: u32) -> Result<(), EncodeError> {
        let setting = Setting { id, value };
        setting.check().map_err(|error| EncodeError::Refused(error.rule))?;
        let free = self.settings.get_mut(self.len).ok_or(EncodeError::TooManySettings(N))?;
        *free = setting.encode();
        self.len = self.len.saturating_add(1);
        Ok(())
    }

    /// The settings so far.
    #[must_use]
    pub fn list(&self) -> SettingList<&[u8]> {
        SettingList { octets: self.settings.get(..self.len).unwrap_or_default().as_flattened() }
    }
}

impl<const N: usize> Default for SettingBuffer<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(id: SettingId, value: u32) -> Option<FrameRule> {
        Setting { id, value }.check().err().map(|error| error.rule)
    }

    #[test]
    fn values_are_checked_at_their_bounds() {
        use SettingId as Id;
        for (id, rule) in [
            (Id::ENABLE_PUSH, FrameRule::SettingsEnablePush),
            (Id::ENABLE_CONNECT_PROTOCOL, FrameRule::SettingsEnableConnectProtocol),
            (Id::NO_RFC7540_PRIORITIES, FrameRule::SettingsNoRfc7540Priorities),
        ] {
            assert_eq!(
                [0, 1, 2, u32::MAX].map(|value| rule_of(id, value)),
                [None, None, Some(rule), Some(rule)]
            );
        }
        let rule = Some(FrameRule::SettingsInitialWindowSize);
        assert_eq!(
            [0, 0x7fff_ffff, 0x8000_0000].map(|v| rule_of(Id::INITIAL_WINDOW_SIZE, v)),
            [None, None, rule]
        );
        let rule = Some(FrameRule::SettingsMaxFrameSize);
        assert_eq!(
            [0x3fff, 0x4000, 0x00ff_ffff, 0x0100_0000].map(|v| rule_of(Id::MAX_FRAME_SIZE, v)),
            [rule, None, None, rule]
        );
        for id in
            [Id::HEADER_TABLE_SIZE, Id::MAX_CONCURRENT_STREAMS, Id::MAX_HEADER_LIST_SIZE, SettingId(0xff)]
        {
            assert_eq!([0, u32::MAX].map(|value| rule_of(id, value)), [None, None]);
        }
    }

    #[test]
    fn a_list_keeps_order_repeats_and_unknown_identifiers() {
        let octets = [[0, 3, 0, 0, 0, 1], [0xf0, 0, 0, 0, 0, 2], [0, 3, 0, 0, 0, 3]];
        let list = SettingList::parse(octets.as_flattened()).unwrap();
        let pairs: Vec<_> = list.iter().map(|setting| (setting.id.0, setting.value)).collect();
        assert_eq!(pairs, [(3, 1), (0xf000, 2), (3, 3)]);
        assert_eq!(list.get(SettingId::MAX_CONCURRENT_STREAMS), Some(3));
        assert_eq!(list.get(SettingId::ENABLE_PUSH), None);
    }

    #[test]
    fn every_repeat_is_checked() {
        for octets in [[[0, 2, 0, 0, 0, 9], [0, 2, 0, 0, 0, 1]], [[0, 2, 0, 0, 0, 1], [0, 2, 0, 0, 0, 9]]] {
            let error = SettingList::parse(octets.as_flattened()).unwrap_err();
            assert_eq!(error.rule, FrameRule::SettingsEnablePush);
        }
    }

    #[test]
    fn a_buffer_refuses_what_a_receiver_would() {
        let mut settings = SettingBuffer::<1>::new();
        assert_eq!(
            settings.push(SettingId::ENABLE_PUSH, 2),
            Err(EncodeError::Refused(FrameRule::SettingsEnablePush))
        );
        assert_eq!(settings.list().octets(), b"");
        for (id, value, rule) in [
            (SettingId::INITIAL_WINDOW_SIZE, 1 << 31, FrameRule::SettingsInitialWindowSize),
            (SettingId::MAX_FRAME_SIZE, (1 << 14) - 1, FrameRule::SettingsMaxFrameSize),
            (SettingId::MAX_FRAME_SIZE, 1 << 24, FrameRule::SettingsMaxFrameSize),
            (SettingId::ENABLE_CONNECT_PROTOCOL, 2, FrameRule::SettingsEnableConnectProtocol),
            (SettingId::NO_RFC7540_PRIORITIES, 2, FrameRule::SettingsNoRfc7540Priorities),
        ] {
            assert_eq!(settings.push(id, value), Err(EncodeError::Refused(rule)));
        }
        settings.push(SettingId::ENABLE_PUSH, 1).unwrap();
        assert_eq!(settings.push(SettingId::ENABLE_PUSH, 0), Err(EncodeError::TooManySettings(1)));
        assert_eq!(settings.list().octets(), [0, 2, 0, 0, 0, 1]);
    }
}
