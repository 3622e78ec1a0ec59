//! The streams that can send: a ring for each urgency, made of links between streams.

/// An index of no stream.
pub(super) const NONE: u32 = u32::MAX;

/// The rings, one for each urgency.
pub(super) const URGENCIES: usize = 8;

/// The place of a stream in the ring of its urgency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links {
    pub(super) previous: u32,
    pub(super) next: u32,
    /// The urgency of the ring that it stands in.
    pub(super) ring: Option<u8>,
    /// Bytes that are left of its turn.
    pub(super) deficit: u32,
}

impl Links {
    /// In no ring.
    pub(super) const NONE: Self = Self { previous: NONE, next: NONE, ring: None, deficit: 0 };
}

/// The streams that can send, in a ring for each urgency.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The first stream of each ring.
    pub(super) heads: [u32; URGENCIES],
    /// Turns of the most urgent ring since another had one.
    pub(super) passed: u8,
    /// The other that had one last.
    pub(super) favoured: usize,
}

impl Ready {
    pub(crate) const fn new() -> Self {
        Self { heads: [NONE; URGENCIES], passed: 0, favoured: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.iter().all(|head| *head == NONE)
    }

    pub(super) fn head_mut(&mut self, ring: u8) -> Option<&mut u32> {
        self.heads.get_mut(usize::from(ring))
    }
}
