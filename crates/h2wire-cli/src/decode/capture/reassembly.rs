//! TCP segments to octets in order. Our own: the crates that offer it are unmaintained, drop what comes early, or are
//! not under a licence that this project can use.

use std::collections::BTreeMap;

/// Octets that came early are kept up to this many; behind them the capture is taken to have a hole.
const MOST_EARLY: usize = 16 * 1024 * 1024;

/// One direction of a TCP connection.
#[derive(Default, Debug)]
pub(crate) struct Reassembly {
    /// The sequence number of the next octet; `None` before the first segment.
    next: Option<u32>,
    /// Octets given out so far.
    given: u64,
    /// Octets that came early, by their place in the stream.
    early: BTreeMap<u64, Vec<u8>>,
    early_octets: usize,
    /// A hole that can no longer be filled.
    has_hole: bool,
}

impl Reassembly {
    /// Takes a segment, gives out what is next in the stream, in order and once.
    pub(crate) fn take(
        &mut self,
        sequence_number: u32,
        syn: bool,
        payload: &[u8],
        mut give: impl FnMut(&[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // A SYN takes a sequence number of its own.
        let start = if syn { sequence_number.wrapping_add(1) } else { sequence_number };
        let next = *self.next.get_or_insert(start);
        if payload.is_empty() || self.has_hole {
            return Ok(());
        }
        // Within 2^31 of what is next, before or behind it.
        let ahead = start.wrapping_sub(next).cast_signed();
        if ahead > 0 {
            self.keep(self.given.saturating_add(ahead.unsigned_abs().into()), payload);
            return Ok(());
        }
        self.give(ahead.unsigned_abs(), payload, &mut give)?;
        while let Some(entry) = self.early.first_entry() {
            let Some(seen) = self.given.checked_sub(*entry.key()) else { break };
            let payload = entry.remove();
            self.early_octets = self.early_octets.saturating_sub(payload.len());
            self.give(u32::try_from(seen).unwrap_or(u32::MAX), &payload, &mut give)?;
        }
        Ok(())
    }

    /// Octets that are missing in front of others that are there; 0 when all were given out.
    pub(crate) fn missing(&self) -> u64 {
        self.early.first_key_value().map_or(0, |(place, _)| place.saturating_sub(self.given))
    }

    fn keep(&mut self, place: u64, payload: &[u8]) {
        let octets = self.early_octets.saturating_add(payload.len());
        if octets > MOST_EARLY {
            self.has_hole = true;
            return;
        }
        let kept = self.early.entry(place).or_default();
        if kept.len() < payload.len() {
            self.early_octets = octets.saturating_sub(kept.len());
            *kept = payload.to_vec();
        }
    }

    /// Gives out what is new of a payload whose first `seen` octets were given out before.
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

    /// What comes out of segments `(sequence number, SYN, payload)`, and how much is missing.
    fn reassemble(segments: &[(u32, bool, &str)]) -> (String, u64) {
        let mut stream = Reassembly::default();
        let mut octets = Vec::new();
        for (sequence_number, syn, payload) in segments {
            let give = |part: &[u8]| {
                octets.extend_from_slice(part);
                Ok(())
            };
            stream.take(*sequence_number, *syn, payload.as_bytes(), give).unwrap();
        }
        (String::from_utf8(octets).unwrap(), stream.missing())
    }

    fn whole(text: &str) -> (String, u64) {
        (text.to_owned(), 0)
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
        assert_eq!(reassemble(&[(9, true, ""), (10, false, "ab"), (15, false, "f")]), ("ab".to_owned(), 3));
    }
}
