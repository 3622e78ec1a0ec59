//! TCP segments to bytes in order. Our own: the available crates are unmaintained, drop early segments, or have a
//! licence that this project cannot use.

use std::collections::BTreeMap;

use crate::inspect::capture::packets::Segment;

/// The most early bytes that are kept; with more, the capture is taken to have a hole.
const MOST_EARLY: usize = 16 * 1024 * 1024;

/// One direction of a TCP connection.
#[derive(Default, Debug)]
pub(crate) struct Reassembly {
    /// The sequence number of the next byte; `None` before the first segment.
    next: Option<u32>,
    /// Bytes given out so far.
    given: u64,
    /// Bytes that came early, by their place in the stream.
    early: BTreeMap<u64, Vec<u8>>,
    early_octets: usize,
    /// Bytes that are missing, and can no longer be waited for.
    hole: Option<u64>,
    /// The place of the end, once a FIN has arrived.
    end: Option<u64>,
}

impl Reassembly {
    /// Takes a segment and passes on the next bytes of the stream, in order and once.
    pub(crate) fn take(
        &mut self,
        segment: &Segment<'_>,
        mut give: impl FnMut(&[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // A SYN takes a sequence number of its own.
        let number = segment.sequence_number;
        let start = if segment.syn { number.wrapping_add(1) } else { number };
        let next = *self.next.get_or_insert(start);
        // Within 2^31 of the next byte, before or after it.
        let ahead = start.wrapping_sub(next).cast_signed();
        let place = self.given.saturating_add_signed(ahead.into());
        if segment.fin {
            self.end = Some(place.saturating_add(u64::try_from(segment.payload.len()).unwrap_or(u64::MAX)));
        }
        if segment.payload.is_empty() || self.hole.is_some() {
            return Ok(());
        }
        if ahead > 0 {
            self.keep(place, segment.payload);
            return Ok(());
        }
        self.give(ahead.unsigned_abs(), segment.payload, &mut give)?;
        while let Some(entry) = self.early.first_entry() {
            let Some(seen) = self.given.checked_sub(*entry.key()) else { break };
            let payload = entry.remove();
            self.early_octets = self.early_octets.saturating_sub(payload.len());
            self.give(u32::try_from(seen).unwrap_or(u32::MAX), &payload, &mut give)?;
        }
        Ok(())
    }

    /// The number of bytes missing before the first early ones.
    pub(crate) fn missing(&self) -> Option<u64> {
        self.hole.or_else(|| self.early.first_key_value().map(|(place, _)| place.saturating_sub(self.given)))
    }

    /// Whether a segment has come.
    pub(crate) const fn has_started(&self) -> bool {
        self.next.is_some()
    }

    /// Whether all bytes up to the end were given out, or never will be.
    pub(crate) const fn is_over(&self) -> bool {
        match self.end {
            Some(end) => self.given >= end || self.hole.is_some(),
            None => false,
        }
    }

    fn keep(&mut self, place: u64, payload: &[u8]) {
        let octets = self.early_octets.saturating_add(payload.len());
        if octets > MOST_EARLY {
            self.hole = self.missing();
            self.early = BTreeMap::new();
            return;
        }
        let kept = self.early.entry(place).or_default();
        if kept.len() < payload.len() {
            self.early_octets = octets.saturating_sub(kept.len());
            *kept = payload.to_vec();
        }
    }

    /// Passes on the new part of a payload whose first `seen` bytes were passed on before.
    fn give(
        &mut self,
        seen: u32,
        payload: &[u8],
        give: &mut impl FnMut(&[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let new = usize::try_from(seen).ok().and_then(|seen| payload.get(seen..)).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        // The sequence number wraps, the place does not.
        let len = u64::try_from(new.len()).unwrap_or(u64::MAX);
        self.given = self.given.saturating_add(len);
        let [.., l0, l1, l2, l3] = len.to_be_bytes();
        self.next = self.next.map(|next| next.wrapping_add(u32::from_be_bytes([l0, l1, l2, l3])));
        give(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(sequence_number: u32, syn: bool, payload: &[u8]) -> Segment<'_> {
        let address = "192.0.2.1:1".parse().unwrap();
        Segment {
            from: address,
            to: address,
            sequence_number,
            syn,
            ack: false,
            fin: false,
            rst: false,
            payload,
        }
    }

    /// The reassembled bytes of segments `(sequence number, SYN, payload)`, and the number of missing ones.
    fn reassemble(segments: &[(u32, bool, &str)]) -> (String, Option<u64>) {
        let mut stream = Reassembly::default();
        let mut octets = Vec::new();
        for (sequence_number, syn, payload) in segments {
            let give = |part: &[u8]| {
                octets.extend_from_slice(part);
                Ok(())
            };
            stream.take(&segment(*sequence_number, *syn, payload.as_bytes()), give).unwrap();
        }
        (String::from_utf8(octets).unwrap(), stream.missing())
    }

    fn whole(text: &str) -> (String, Option<u64>) {
        (text.to_owned(), None)
    }

    #[test]
    fn segments_in_order() {
        assert_eq!(reassemble(&[(9, true, ""), (10, false, "ab"), (12, false, "c")]), whole("abc"));
    }

    #[test]
    fn a_capture_may_start_in_the_middle() {
        assert_eq!(reassemble(&[(10, false, "ab"), (12, false, "c")]), whole("abc"));
    }

    #[test]
    fn early_segments_wait() {
        let segments =
            [(9, true, ""), (14, false, "e"), (12, false, "cd"), (10, false, "ab"), (15, false, "f")];
        assert_eq!(reassemble(&segments), whole("abcdef"));
    }

    #[test]
    fn repeats_and_overlaps_count_once() {
        let segments =
            [(9, true, ""), (10, false, "ab"), (10, false, "ab"), (11, false, "bcd"), (13, false, "defg")];
        assert_eq!(reassemble(&segments), whole("abcdefg"));
        let segments =
            [(9, true, ""), (12, false, "c"), (12, false, "cde"), (13, false, "d"), (10, false, "abc")];
        assert_eq!(reassemble(&segments), whole("abcde"));
    }

    #[test]
    fn sequence_numbers_wrap() {
        let segments =
            [(u32::MAX - 2, true, ""), (0, false, "cd"), (u32::MAX - 1, false, "ab"), (2, false, "e")];
        assert_eq!(reassemble(&segments), whole("abcde"));
    }

    #[test]
    fn a_keep_alive_gives_nothing() {
        assert_eq!(
            reassemble(&[(9, true, ""), (10, false, "ab"), (11, false, "x"), (12, false, "c")]),
            whole("abc")
        );
    }

    #[test]
    fn a_hole_is_told() {
        assert_eq!(
            reassemble(&[(9, true, ""), (10, false, "ab"), (15, false, "f")]),
            ("ab".to_owned(), Some(3))
        );
    }
    #[test]
    fn too_much_that_came_early_is_a_hole_and_takes_no_memory() {
        let mut stream = Reassembly::default();
        let nothing = |_: &[u8]| panic!("nothing is next");
        stream.take(&segment(9, true, b""), nothing).unwrap();
        let payload = vec![0; 1 << 20];
        for index in 0..40_u32 {
            stream.take(&segment(20 + (index << 20), false, &payload), nothing).unwrap();
        }
        assert_eq!((stream.missing(), stream.early.len()), (Some(10), 0));
    }

    #[test]
    fn the_end_is_known_when_all_before_it_has_come() {
        let mut stream = Reassembly::default();
        let take = |stream: &mut Reassembly, segment| {
            stream.take(&segment, |_| Ok(())).unwrap();
            stream.is_over()
        };
        assert!(!take(&mut stream, segment(9, true, b"")));
        assert!(!take(&mut stream, Segment { fin: true, ..segment(12, false, b"cd") }));
        assert!(take(&mut stream, segment(10, false, b"ab")));
    }
}
