//! What waits for the peer: small things gathered in one buffer, large contents as they were given.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::{Buf, Bytes};

/// A content of at least this many bytes is a piece of its own; a smaller one is copied, which costs less than a piece.
const LARGE: usize = 1_024;

/// With less written than this, what is left is not moved to the front.
const MOVED: usize = 8 << 10;

/// Frames in their order. What is in it is never taken back: a part of a frame may be under way.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Heads, control frames and small contents.
    gathered: Vec<u8>,
    /// Bytes of `gathered` that are written.
    written: usize,
    /// Contents that belong between.
    large: VecDeque<Large>,
    /// Bytes of `large`.
    large_len: usize,
    /// What waits of this side's own accord: its preface, requests and content.
    unasked: VecDeque<Unasked>,
    /// Bytes of it.
    unasked_len: usize,
    /// Bytes up to the end of the last of it.
    noted: usize,
}

/// Bytes that the peer has not asked for.
#[derive(Debug)]
struct Unasked {
    /// Bytes before them that it has asked for.
    before: usize,
    len: usize,
}

#[derive(Debug)]
struct Large {
    /// It comes before this byte of `gathered`.
    at: usize,
    content: Bytes,
}

impl Output {
    /// Where frames are appended.
    pub(crate) const fn gathered(&mut self) -> &mut Vec<u8> {
        &mut self.gathered
    }

    /// Appends the content of a frame whose head was appended.
    #[inline(always)]
    pub(crate) fn content(&mut self, content: Bytes) {
        if content.len() < LARGE {
            self.gathered.extend_from_slice(&content);
        } else {
            self.large_len = self.large_len.saturating_add(content.len());
            self.large.push_back(Large { at: self.gathered.len(), content });
        }
    }

    /// Bytes that are not written yet.
    pub(crate) fn len(&self) -> usize {
        self.gathered.len().saturating_sub(self.written).saturating_add(self.large_len)
    }

    /// The bytes after this length were not asked for by the peer.
    #[inline(always)]
    pub(crate) fn note_unasked(&mut self, since: usize) {
        let end = self.len();
        let (before, len) = (since.saturating_sub(self.noted), end.saturating_sub(since));
        match self.unasked.back_mut() {
            Some(last) if before == 0 => last.len = last.len.saturating_add(len),
            _ => self.unasked.push_back(Unasked { before, len }),
        }
        self.unasked_len = self.unasked_len.saturating_add(len);
        self.noted = end;
    }

    /// Bytes that wait because of what the peer has sent.
    pub(crate) fn asked_len(&self) -> usize {
        self.len().saturating_sub(self.unasked_len)
    }

    /// Bytes were written, which may be among those that were not asked for.
    fn pass_unasked(&mut self, mut bytes: usize) {
        self.noted = self.noted.saturating_sub(bytes);
        while let Some(Unasked { before, len }) = self.unasked.front_mut() {
            let step = bytes.min(*before);
            *before = before.saturating_sub(step);
            bytes = bytes.saturating_sub(step);
            let step = bytes.min(*len);
            *len = len.saturating_sub(step);
            bytes = bytes.saturating_sub(step);
            self.unasked_len = self.unasked_len.saturating_sub(step);
            if *before > 0 || *len > 0 {
                break;
            }
            self.unasked.pop_front();
        }
    }

    /// Fills in the next pieces; the number of them.
    pub(crate) fn pieces<'a>(&'a self, pieces: &mut [&'a [u8]]) -> usize {
        let mut large = self.large.iter();
        let mut next = large.next();
        let (mut from, mut count) = (self.written, 0_usize);
        for piece in pieces {
            let to = next.map_or(self.gathered.len(), |large| large.at);
            *piece = match (self.gathered.get(from..to), next) {
                (Some(gathered), _) if !gathered.is_empty() => {
                    from = to;
                    gathered
                }
                (_, Some(Large { content, .. })) => {
                    next = large.next();
                    content
                }
                _ => break,
            };
            count = count.saturating_add(1);
        }
        count
    }

    /// Bytes were written: at most those that wait.
    pub(crate) fn advance(&mut self, mut bytes: usize) {
        self.pass_unasked(bytes.min(self.len()));
        loop {
            let to = self.large.front().map_or(self.gathered.len(), |large| large.at);
            let step = to.saturating_sub(self.written).min(bytes);
            self.written = self.written.saturating_add(step);
            bytes = bytes.saturating_sub(step);
            if self.written < to {
                break;
            }
            let Some(Large { content, .. }) = self.large.front_mut() else { break };
            let step = content.len().min(bytes);
            content.advance(step);
            bytes = bytes.saturating_sub(step);
            self.large_len = self.large_len.saturating_sub(step);
            if content.has_remaining() {
                break;
            }
            self.large.pop_front();
        }
        self.tidy();
    }

    /// Gives up memory of what is written, now and then.
    fn tidy(&mut self) {
        if self.written == self.gathered.len() && self.large.is_empty() {
            self.gathered.clear();
            self.written = 0;
        } else if self.written > self.gathered.len() / 2 && self.written > MOVED {
            // Each byte is moved once at most for each byte that is written.
            self.gathered.drain(..self.written);
            for large in &mut self.large {
                large.at = large.at.saturating_sub(self.written);
            }
            self.written = 0;
        }
    }

    /// Frees memory above this many bytes if no output waits.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        if self.len() == 0 {
            self.gathered.shrink_to(bytes);
            self.unasked.shrink_to(bytes.checked_div(size_of::<Unasked>()).unwrap_or(0));
            self.large.shrink_to(bytes.checked_div(size_of::<Large>()).unwrap_or(0));
        }
    }

    /// Forgets everything: nothing of it was for a peer that speaks HTTP/2.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    /// Ten thousand writes of every size, of small and large pieces.
    #[test]
    fn comes_out_as_it_went_in() {
        let mut output = Output::default();
        let (mut expected, mut written) = (Vec::new(), Vec::new());
        let mut seed = 1_u32;
        for round in 0..10_000_u32 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let byte = seed.to_be_bytes()[0];
            output.gathered().extend_from_slice(&[byte; 9]);
            expected.extend_from_slice(&[byte; 9]);
            let len = usize::from(byte) * if seed.is_multiple_of(3) { 20 } else { 1 };
            output.content(vec![byte; len].into());
            expected.extend(vec![byte; len]);
            if round.is_multiple_of(2) {
                let mut pieces = [[].as_slice(); 5];
                let count = output.pieces(&mut pieces);
                let all = pieces[..count].concat();
                assert!(pieces[..count].iter().all(|piece| !piece.is_empty()));
                let take = all.len() * usize::from(seed.to_be_bytes()[1]) / 255;
                written.extend_from_slice(&all[..take]);
                output.advance(take);
            }
            assert_eq!(output.len(), expected.len() - written.len());
        }
        while output.len() > 0 {
            let mut pieces = [[].as_slice(); 1];
            assert_eq!(output.pieces(&mut pieces), 1);
            written.extend_from_slice(pieces[0]);
            let len = pieces[0].len();
            output.advance(len);
        }
        assert!(written == expected && output.gathered.is_empty() && output.written == 0);
    }

    /// Written bytes are given up also if output always waits.
    #[test]
    fn memory_is_bounded_by_what_waits() {
        let mut output = Output::default();
        output.gathered().extend_from_slice(&[0; 100]);
        let mut most = 0;
        for _ in 0..10_000 {
            output.gathered().extend_from_slice(&[0; 100]);
            output.advance(100);
            assert_eq!(output.len(), 100);
            most = most.max(output.gathered.len());
        }
        assert!(most <= MOVED + 300, "{most}");
    }

    #[test]
    fn content_of_a_kibibyte_is_lent() {
        for (len, lent) in [(LARGE - 1, 0), (LARGE, 1)] {
            let mut output = Output::default();
            output.content(vec![0; len].into());
            assert_eq!((output.large.len(), output.len()), (lent, len));
        }
    }

    /// What is left is moved when more than half is written, and a good part.
    #[test]
    fn what_waits_is_moved_seldom() {
        let after = |len: usize, written: usize| {
            let mut output = Output::default();
            output.gathered().extend_from_slice(&vec![0; len]);
            output.advance(written);
            (output.gathered.len(), output.written)
        };
        assert_eq!(after(4 * MOVED, 2 * MOVED), (4 * MOVED, 2 * MOVED));
        assert_eq!(after(4 * MOVED, 2 * MOVED + 1), (2 * MOVED - 1, 0));
        assert_eq!(after(MOVED + 1, MOVED), (MOVED + 1, MOVED));
        assert_eq!(after(MOVED + 2, MOVED + 1), (1, 0));
    }

    #[test]
    fn memory_is_given_back_when_nothing_waits() {
        let mut output = Output::default();
        let mut since = 0;
        for _ in 0..100 {
            output.gathered().extend_from_slice(&[0; 100]);
            output.content(vec![0; LARGE].into());
            output.note_unasked(since);
            since = output.len();
        }
        // What follows what was not asked for makes it longer.
        assert_eq!((output.unasked.len(), output.unasked_len), (1, 100 * (100 + LARGE)));
        output.shrink_to(0);
        assert!(output.gathered.capacity() >= 10_000 && output.large.capacity() >= 100, "it waits");
        output.advance(usize::MAX);
        output.shrink_to(0);
        let left = (output.gathered.capacity(), output.large.capacity(), output.unasked.capacity());
        assert_eq!(left, (0, 0, 0));
    }

    /// What was asked for is counted to the byte, wherever it stands.
    #[test]
    fn counts_what_was_asked_for() {
        let mut output = Output::default();
        let (mut asked, mut written) = (Vec::new(), 0);
        let mut seed = 1_u32;
        for _ in 0..5_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [kind, len, take, _] = seed.to_be_bytes();
            let before = output.len();
            output.gathered().extend_from_slice(&vec![kind; usize::from(len)]);
            if kind.is_multiple_of(2) {
                output.note_unasked(before);
            }
            asked.extend(vec![!kind.is_multiple_of(2); usize::from(len)]);
            let take = usize::from(take).min(output.len());
            output.advance(take);
            written += take;
            assert_eq!(output.asked_len(), asked[written..].iter().filter(|asked| **asked).count());
        }
        output.advance(usize::MAX);
        assert_eq!((output.asked_len(), output.unasked_len, output.noted), (0, 0, 0));
        assert!(output.unasked.is_empty());
    }
}
