//! How many bytes hide the length of a payload.

use core::num::NonZeroU8;

/// How frames are padded. Padding hides lengths and costs bytes; it counts for flow control. RFC 9113 §10.7.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Padding {
    /// No padding.
    #[default]
    None,
    /// This many bytes in each frame, as far as there is room.
    Octets(u8),
    /// As many bytes as make the length of the content a multiple of this, as far as there is room.
    Multiple(NonZeroU8),
}

impl Padding {
    /// The Pad Length for `len` bytes of content, with at most `room` bytes for the padding; `None` for no padding.
    pub(super) fn pad_length(self, len: usize, room: usize) -> Option<u8> {
        let octets = match self {
            Self::None => return None,
            Self::Octets(octets) => octets,
            Self::Multiple(of) => {
                let over = u8::try_from(len.checked_rem(of.get().into())?).unwrap_or(0);
                if over == 0 { 0 } else { of.get().saturating_sub(over) }
            }
        };
        Some(octets.min(u8::try_from(room).unwrap_or(u8::MAX)))
    }

    /// The most bytes of padding in a frame.
    pub(super) const fn most(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Octets(octets) => octets,
            Self::Multiple(of) => of.get().saturating_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_up_as_far_as_there_is_room() {
        let multiple = Padding::Multiple(NonZeroU8::new(16).unwrap());
        for (padding, len, room, pad_length) in [
            (Padding::None, 5, 100, None),
            (Padding::Octets(7), 5, 100, Some(7)),
            (Padding::Octets(7), 5, 3, Some(3)),
            (multiple, 0, 100, Some(0)),
            (multiple, 1, 100, Some(15)),
            (multiple, 16, 100, Some(0)),
            (multiple, 17, 9, Some(9)),
        ] {
            assert_eq!(padding.pad_length(len, room), pad_length, "{padding:?} {len}");
        }
        assert_eq!((multiple.most(), Padding::Octets(7).most(), Padding::None.most()), (15, 7, 0));
    }
}
