//! The pseudo-header fields. RFC 9113 §8.3, RFC 8441 §4.

/// A pseudo-header field: a bit of a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pseudo {
    Method = 1,
    Scheme = 2,
    Authority = 4,
    Path = 8,
    Protocol = 16,
    Status = 32,
}

impl Pseudo {
    const ALL: [(&'static [u8], Self); 6] = [
        (b":method", Self::Method),
        (b":scheme", Self::Scheme),
        (b":authority", Self::Authority),
        (b":path", Self::Path),
        (b":protocol", Self::Protocol),
        (b":status", Self::Status),
    ];

    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.iter().find(|(defined, _)| *defined == name).map(|(_, pseudo)| *pseudo)
    }

    pub(super) fn name(self) -> &'static [u8] {
        Self::ALL.iter().find(|(_, pseudo)| *pseudo == self).map_or(b":", |(name, _)| name)
    }

    #[allow(clippy::as_conversions, reason = "the bit of a variant")]
    pub(super) const fn bit(self) -> u8 {
        self as u8
    }
}
