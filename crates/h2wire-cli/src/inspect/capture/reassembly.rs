//! TCP segments to bytes in order. Our own: the available crates are unmaintained, drop early segments, or have a
//! licence that this project cannot use.

use std::collections::BTreeMap;

use crate::inspect::capture::packets::Segment;
use crate::moment::Moment;

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
    /// What follows waited for bytes that are lost since this packet.
    Since(Option<Moment>),
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
    moment: Option<Moment>,
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
        self.give_early(false, &mut give)
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
        let acknowledged = self.acknowledged.saturating_sub(self.given);
        let missing = match self.end {
            Some(end) => end.saturating_sub(self.given),
            // Perhaps a FIN that was not captured, which counts as a byte.
            None if acknowledged == 1 => 0,
            None => acknowledged,
        };
        self.lose(missing, &mut give)
    }

    /// The sequence number of the first byte, if none has come.
    pub(crate) fn expect(&mut self, first: Option<u32>) {
        self.next = self.next.or(first);
    }

    /// The sequence number of the next byte.
    pub(crate) const fn next(&self) -> Option<u32> {
        self.next
    }

    /// Whether the other side, which acknowledges this number, has more than what was given out.
    pub(crate) fn is_behind(&self, acknowledgment_number: Option<u32>) -> bool {
        let ahead = acknowledgment_number.zip(self.next).map(|(number, next)| number.wrapping_sub(next));
        !self.early.is_empty() || ahead.is_some_and(|ahead| (1..FURTHEST).contains(&ahead))
    }

    /// The bytes given out, and those lost.
    pub(crate) const fn given(&self) -> u64 {
        self.given
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
            kept.moment = segment.moment;
        }
    }

    /// Gives up what is missing before the first early bytes.
    fn give_up(&mut self, give: &mut impl FnMut(Piece<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let Some((place, early)) = self.early.first_key_value() else { return Ok(()) };
        give(Piece::Since(early.moment))?;
        self.lose(place.saturating_sub(self.given), give)?;
        self.give_early(true, give)
    }

    /// Passes on what came early and is next. It was complete before now if what it waited for is `lost`.
    fn give_early(
        &mut self,
        lost: bool,
        give: &mut impl FnMut(Piece<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        while let Some(entry) = self.early.first_entry() {
            let Some(seen) = self.given.checked_sub(*entry.key()) else { break };
            let Early { payload, cut, moment } = entry.remove();
            if lost {
                give(Piece::Since(moment))?;
            }
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
mod tests;
