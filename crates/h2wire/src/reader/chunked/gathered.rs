//! Bytes that must be seen together, and their position in the stream.

use h2wire_frame::{FrameHeader, Setting};

/// The most settings of a SETTINGS frame that are gathered.
pub(super) const MOST_SETTINGS: u32 = 32;
/// Bytes that are gathered at most: those settings.
const ROOM: usize = 32 * Setting::LEN;

#[derive(Clone, Debug)]
pub(super) struct Gathered {
    octets: [u8; ROOM],
    len: usize,
    /// Bytes taken so far.
    pub(super) offset: u64,
    /// Bytes of the current frame that are taken.
    pub(super) frame_taken: u64,
    /// Bytes of the current frame, as far as is known.
    pub(super) frame_len: usize,
}

impl Gathered {
    pub(super) const fn new() -> Self {
        Self { octets: [0; ROOM], len: 0, offset: 0, frame_taken: 0, frame_len: FrameHeader::LEN }
    }

    /// What is gathered.
    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    /// Takes bytes off `input` until `want` are gathered. Returns whether they are.
    pub(super) fn gather(&mut self, input: &mut &[u8], want: usize) -> bool {
        let octets = self.pass(input, want.saturating_sub(self.len));
        let free = self.octets.get_mut(self.len..).unwrap_or_default();
        for (place, octet) in free.iter_mut().zip(octets) {
            *place = *octet;
        }
        self.len = self.len.saturating_add(octets.len());
        self.len >= want
    }

    /// Takes up to `most` bytes off `input`.
    pub(super) fn pass<'i>(&mut self, input: &mut &'i [u8], most: usize) -> &'i [u8] {
        let (octets, rest) = input.split_at_checked(most).unwrap_or((input, &[]));
        *input = rest;
        self.count(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        octets
    }

    /// Counts bytes of the current frame.
    pub(super) const fn count(&mut self, octets: u64) {
        self.offset = self.offset.saturating_add(octets);
        self.frame_taken = self.frame_taken.saturating_add(octets);
    }

    /// Forgets what is gathered.
    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    /// The next frame starts here.
    pub(super) const fn next_frame(&mut self) {
        self.len = 0;
        self.frame_taken = 0;
        self.frame_len = FrameHeader::LEN;
    }
}
