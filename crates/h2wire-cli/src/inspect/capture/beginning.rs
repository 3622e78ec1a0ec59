//! What one side sends first, until it is known what that is.

use crate::inspect::capture::http1::Body;

/// The most parts that are listed one by one. All later ones are listed as one.
const MOST_UNREAD: usize = 64;

/// The next bytes of a side, and what came before them.
#[derive(Default, Debug)]
pub(crate) struct Beginning {
    pub(crate) octets: Vec<u8>,
    /// Bytes before them that were passed over, those that the capture lacks too.
    pub(crate) offset: u64,
    /// What of them was not read.
    pub(crate) unread: Vec<Unread>,
    /// It is not known what comes next: the capture lacks what is before it.
    pub(crate) is_lost: bool,
    /// What is left of the content of an HTTP/1.1 message.
    pub(super) body: Body,
}

/// Bytes that were not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unread {
    pub(crate) offset: u64,
    pub(crate) octets: u64,
    /// Whether the capture lacks them.
    pub(crate) is_lost: bool,
}

impl Beginning {
    /// Passes over bytes that were understood.
    pub(super) fn pass(&mut self, octets: usize) {
        self.octets.drain(..octets.min(self.octets.len()));
        self.offset = self.offset.saturating_add(to_u64(octets));
    }

    /// Skips bytes that were not understood.
    pub(super) fn skip(&mut self, octets: usize) {
        let octets = octets.min(self.octets.len());
        self.octets.drain(..octets);
        self.skip_unkept(to_u64(octets));
    }

    /// Skips all that there is.
    pub(super) fn skip_all(&mut self) {
        self.skip(self.octets.len());
    }

    /// Skips bytes that were not kept.
    pub(super) fn skip_unkept(&mut self, octets: u64) {
        self.note(octets, false);
    }

    /// The capture lacks the next bytes. What came of the part before them is not understood.
    pub(super) fn lose(&mut self, octets: u64) {
        let is_content = self.octets.is_empty() && self.body.lose(octets);
        self.skip_all();
        self.note(octets, true);
        if !is_content {
            (self.body, self.is_lost) = (Body::None, true);
        }
    }

    /// How many bytes the capture lacks, and how many others were not read.
    pub(super) fn counts(&self) -> [u64; 2] {
        [true, false].map(|is_lost| {
            let parts = self.unread.iter().filter(|part| part.is_lost == is_lost);
            parts.fold(0, |sum: u64, part| sum.saturating_add(part.octets))
        })
    }

    /// How many bytes were not read.
    pub(super) fn unread_octets(&self) -> u64 {
        self.counts().into_iter().fold(0, u64::saturating_add)
    }

    fn note(&mut self, octets: u64, is_lost: bool) {
        let offset = self.offset;
        self.offset = offset.saturating_add(octets);
        let is_full = self.unread.len() >= MOST_UNREAD;
        match self.unread.last_mut() {
            _ if octets == 0 => {}
            Some(last) if is_full => {
                last.octets = self.offset.saturating_sub(last.offset);
                last.is_lost |= is_lost;
            }
            Some(last) if last.is_lost == is_lost && last.offset.saturating_add(last.octets) == offset => {
                last.octets = last.octets.saturating_add(octets);
            }
            _ => self.unread.push(Unread { offset, octets, is_lost }),
        }
    }
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
