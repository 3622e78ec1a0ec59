//! TCP segments to bytes in order. Our own: the available crates are unmaintained, drop early segments, or have a
//! licence that this project cannot use.

use std::collections::BTreeMap;

use crate::inspect::capture::packets::Segment;

/// The most early bytes that are kept; with more, those before them are taken for lost.
const MOST_EARLY: usize = 16 * 1024 * 1024;

/// A segment further ahead is not of this stream: no window is larger. RFC 7323 §2.3.
const FURTHEST: u32 = 1 << 30;

/// Segments of the connection to wait for after the other side has acknowledged bytes that were not captured: some captures
/// are not quite in order.
const PATIENCE: u8 = 3;

/// What comes next in a direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Piece<'a> {
    Octets(&'a [u8]),
    /// This many bytes are not in the capture.
    Lost(u64),
}

/// One direction of a TCP connection.
#[derive(Default, Debug)]
pub(crate) struct Reassembly {
    /// The sequence number of the next byte; `None` before the first segment.
    next: Option<u32>,
    /// Bytes given out so far, and those lost.
    given: u64,
    /// What came early, by its place in the stream.
    early: BTreeMap<u64, Early>,
    early_octets: usize,
    /// The place up to which the other side has all bytes.
    acknowledged: u64,
    /// Segments of the connection since it has the bytes that are missing here.
    waited: u8,
    /// The place of the end, once a FIN has arrived.
    end: Option<u64>,
}

#[derive(Default, Debug)]
struct Early {
    payload: Vec<u8>,
    /// Bytes after it that the capture has cut off.
    cut: u32,
}

impl Reassembly {
    /// Takes a segment and passes on what is next in the stream, in order and once.
    pub(crate) fn take(
        &mut self,
        segment: &Segment<'_>,
        mut give: impl FnMut(Piece<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // A SYN takes a sequence number of its own.
        let number = segment.sequence_number;
        let start = if segment.syn { number.wrapping_add(1) } else { number };
        let next = *self.next.get_or_insert(start);
        // Within 2^31 of the next byte, before or after it.
        let ahead = start.wrapping_sub(next).cast_signed();
        if ahead > FURTHEST.cast_signed() {
            return Ok(());
        }
        let place = self.given.saturating_add_signed(ahead.into());
        let len = to_u64(segment.payload.len()).saturating_add(segment.cut.into());
        if segment.fin {
            self.end = Some(place.saturating_add(len));
        }
        if len == 0 {
            return Ok(());
        }
        if ahead > 0 {
            self.keep(place, segment);
            if self.early_octets > MOST_EARLY {
                self.give_up(&mut give)?;
            }
            return Ok(());
        }
        self.give(ahead.unsigned_abs(), segment.payload, segment.cut, &mut give)?;
        self.give_early(&mut give)
    }

    /// The other side has all bytes before this sequence number.
    pub(crate) fn acknowledge(&mut self, number: u32) {
        let Some(next) = self.next else { return };
        let ahead = number.wrapping_sub(next).cast_signed();
        if ahead <= FURTHEST.cast_signed() {
            self.acknowledged = self.acknowledged.max(self.given.saturating_add_signed(ahead.into()));
        }
    }

    /// A segment of the connection has come: bytes that the other side has, and that were not captured yet, are not waited for
    /// for ever.
    pub(crate) fn wait(
        &mut self,
        mut give: impl FnMut(Piece<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match self.early.first_key_value() {
            Some((place, _)) if self.acknowledged >= *place => self.waited = self.waited.saturating_add(1),
            _ => self.waited = 0,
        }
        if self.waited <= PATIENCE {
            return Ok(());
        }
        self.waited = 0;
        self.give_up(&mut give)
    }

    /// No more segments come: passes on the rest, and what is missing in it and after it.
    pub(crate) fn finish(
        &mut self,
        mut give: impl FnMut(Piece<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        while !self.early.is_empty() {
            self.give_up(&mut give)?;
        }
        // An acknowledged FIN that was not captured counts as a byte.
        let acknowledged = self.acknowledged.saturating_sub(self.given);
        let missing = self.end.map_or_else(
            || if acknowledged > 1 { acknowledged } else { 0 },
            |end| end.saturating_sub(self.given),
        );
        self.lose(missing, &mut give)
    }

    /// The sequence number of the next byte.
    pub(crate) const fn next(&self) -> Option<u32> {
        self.next
    }

    /// Whether all bytes up to the end were given out.
    pub(crate) const fn is_over(&self) -> bool {
        match self.end {
            Some(end) => self.given >= end,
            None => false,
        }
    }

    /// Whether a FIN has come.
    pub(crate) const fn is_closed(&self) -> bool {
        self.end.is_some()
    }

    fn keep(&mut self, place: u64, segment: &Segment<'_>) {
        let kept = self.early.entry(place).or_default();
        if kept.payload.len() < segment.payload.len() {
            self.early_octets =
                self.early_octets.saturating_sub(kept.payload.len()).saturating_add(segment.payload.len());
            kept.payload = segment.payload.to_vec();
            kept.cut = segment.cut;
        }
    }

    /// Gives up what is missing before the first early bytes.
    fn give_up(&mut self, give: &mut impl FnMut(Piece<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let Some((place, _)) = self.early.first_key_value() else { return Ok(()) };
        self.lose(place.saturating_sub(self.given), give)?;
        self.give_early(give)
    }

    /// Passes on what came early and is next.
    fn give_early(&mut self, give: &mut impl FnMut(Piece<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        while let Some(entry) = self.early.first_entry() {
            let Some(seen) = self.given.checked_sub(*entry.key()) else { break };
            let Early { payload, cut } = entry.remove();
            self.early_octets = self.early_octets.saturating_sub(payload.len());
            self.give(u32::try_from(seen).unwrap_or(u32::MAX), &payload, cut, give)?;
        }
        Ok(())
    }

    /// Passes on the new part of a payload whose first `seen` bytes were passed on before, and what is cut off after it.
    fn give(
        &mut self,
        seen: u32,
        payload: &[u8],
        cut: u32,
        give: &mut impl FnMut(Piece<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let seen = usize::try_from(seen).unwrap_or(usize::MAX);
        let new = payload.get(seen..).unwrap_or_default();
        if !new.is_empty() {
            self.advance(to_u64(new.len()));
            give(Piece::Octets(new))?;
        }
        let seen_of_cut = to_u64(seen.saturating_sub(payload.len()));
        self.lose(u64::from(cut).saturating_sub(seen_of_cut), give)
    }

    fn lose(
        &mut self,
        octets: u64,
        give: &mut impl FnMut(Piece<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if octets == 0 {
            return Ok(());
        }
        self.advance(octets);
        give(Piece::Lost(octets))
    }

    /// The sequence number wraps, the place does not.
    fn advance(&mut self, octets: u64) {
        self.given = self.given.saturating_add(octets);
        let [.., o0, o1, o2, o3] = octets.to_be_bytes();
        self.next = self.next.map(|next| next.wrapping_add(u32::from_be_bytes([o0, o1, o2, o3])));
    }
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
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
            acknowledgment_number: 0,
            window: 0,
            window_scale: None,
            cut: 0,
            payload,
        }
    }

    /// The reassembled bytes of segments `(sequence number, SYN, payload)`. Of lost bytes there is a number, in brackets.
    fn reassemble(segments: &[(u32, bool, &str)]) -> String {
        let mut stream = Reassembly::default();
        let mut text = String::new();
        for (sequence_number, syn, payload) in segments {
            let segment = segment(*sequence_number, *syn, payload.as_bytes());
            stream.take(&segment, |piece| write(&mut text, piece)).unwrap();
        }
        stream.finish(|piece| write(&mut text, piece)).unwrap();
        text
    }

    fn write(text: &mut String, piece: Piece<'_>) -> anyhow::Result<()> {
        match piece {
            Piece::Octets(octets) => text.push_str(str::from_utf8(octets)?),
            Piece::Lost(octets) => text.push_str(&format!("[{octets}]")),
        }
        Ok(())
    }

    #[test]
    fn segments_in_order() {
        assert_eq!(reassemble(&[(9, true, ""), (10, false, "ab"), (12, false, "c")]), "abc");
    }

    #[test]
    fn a_capture_may_start_in_the_middle() {
        assert_eq!(reassemble(&[(10, false, "ab"), (12, false, "c")]), "abc");
    }

    #[test]
    fn early_segments_wait() {
        let segments =
            [(9, true, ""), (14, false, "e"), (12, false, "cd"), (10, false, "ab"), (15, false, "f")];
        assert_eq!(reassemble(&segments), "abcdef");
    }

    #[test]
    fn repeats_and_overlaps_count_once() {
        let segments =
            [(9, true, ""), (10, false, "ab"), (10, false, "ab"), (11, false, "bcd"), (13, false, "defg")];
        assert_eq!(reassemble(&segments), "abcdefg");
        let segments =
            [(9, true, ""), (12, false, "c"), (12, false, "cde"), (13, false, "d"), (10, false, "abc")];
        assert_eq!(reassemble(&segments), "abcde");
    }

    #[test]
    fn sequence_numbers_wrap() {
        let segments =
            [(u32::MAX - 2, true, ""), (0, false, "cd"), (u32::MAX - 1, false, "ab"), (2, false, "e")];
        assert_eq!(reassemble(&segments), "abcde");
    }

    #[test]
    fn a_keep_alive_gives_nothing() {
        assert_eq!(
            reassemble(&[(9, true, ""), (10, false, "ab"), (11, false, "x"), (12, false, "c")]),
            "abc"
        );
    }

    #[test]
    fn a_hole_is_told() {
        let segments = [(9, true, ""), (10, false, "ab"), (15, false, "f"), (18, false, "i")];
        assert_eq!(reassemble(&segments), "ab[3]f[2]i");
    }

    #[test]
    fn a_hole_is_told_soon_after_the_other_side_has_its_bytes() {
        let mut stream = Reassembly::default();
        let mut text = String::new();
        for segment in [segment(9, true, b""), segment(10, false, b"ab"), segment(15, false, b"f")] {
            stream.take(&segment, |piece| write(&mut text, piece)).unwrap();
        }
        let mut wait = |stream: &mut Reassembly, times| {
            for _ in 0..times {
                stream.wait(|piece| write(&mut text, piece)).unwrap();
            }
            text.clone()
        };
        // The bytes before the hole only.
        stream.acknowledge(14);
        assert_eq!(wait(&mut stream, 20), "ab");
        stream.acknowledge(16);
        assert_eq!(wait(&mut stream, PATIENCE), "ab");
        assert_eq!(wait(&mut stream, 1), "ab[3]f");
        // They come later after all.
        stream.take(&segment(12, false, b"cde"), |_| panic!("it is past")).unwrap();
    }

    #[test]
    fn what_is_cut_off_is_lost_and_its_repetition_too() {
        let mut stream = Reassembly::default();
        let mut text = String::new();
        let cut = |number, payload, cut| Segment { cut, ..segment(number, false, payload) };
        for segment in [cut(10, b"ab".as_slice(), 3), cut(10, b"ab", 3), cut(18, b"i", 1), cut(15, b"f", 2)] {
            stream.take(&segment, |piece| write(&mut text, piece)).unwrap();
        }
        assert_eq!(text, "ab[3]f[2]i[1]");
    }

    #[test]
    fn what_is_missing_at_the_end_is_told() {
        for (fin, acknowledged, expected) in
            [(None, 15, "ab[3]"), (Some(15), 12, "ab[3]"), (None, 13, "ab"), (Some(12), 13, "ab")]
        {
            let mut stream = Reassembly::default();
            let mut text = String::new();
            stream.take(&segment(10, false, b"ab"), |piece| write(&mut text, piece)).unwrap();
            stream.acknowledge(acknowledged);
            if let Some(number) = fin {
                let fin = Segment { fin: true, ..segment(number, false, b"") };
                stream.take(&fin, |_| panic!("nothing new")).unwrap();
            }
            stream.finish(|piece| write(&mut text, piece)).unwrap();
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_segment_beyond_every_window_is_of_another_stream() {
        assert_eq!(
            reassemble(&[(10, false, "ab"), (12 + FURTHEST + 1, false, "x"), (12, false, "c")]),
            "abc"
        );
    }

    #[test]
    fn memory_for_what_came_early_has_a_bound() {
        let mut stream = Reassembly::default();
        let (mut given, mut lost) = (0, 0);
        let mut take = |piece: Piece<'_>| {
            match piece {
                Piece::Octets(octets) => given += octets.len(),
                Piece::Lost(octets) => lost += octets,
            }
            Ok(())
        };
        stream.take(&segment(9, true, b""), &mut take).unwrap();
        let payload = vec![0; 1 << 20];
        for index in 0..40_u32 {
            stream.take(&segment(20 + (index << 20), false, &payload), &mut take).unwrap();
            assert!(stream.early_octets <= MOST_EARLY);
        }
        assert_eq!((given, lost), (40 << 20, 10));
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
