//! Who sends next: deficit round robin within an urgency, the more urgent first but never alone. RFC 9218 §10 leaves it open.

use super::Streams;
use super::ready::{Links, NONE, Ready, URGENCIES};

/// The bytes that a stream may send in a turn, and in the turns of one that is of no use in parts: it is better sent as a whole.
const TURN: u32 = 16 << 10;
const WHOLE_TURN: u32 = 256 << 10;

/// A less urgent stream gets a turn after this many turns of more urgent ones.
const PATIENCE: u8 = 16;

impl Streams {
    fn links(&mut self, index: u32) -> Option<&mut Links> {
        self.get_mut(index).map(|stream| &mut stream.links)
    }

    /// Lets a stream have turns, after the others of its urgency.
    pub(crate) fn make_ready(&mut self, index: u32) {
        let Some(stream) = self.get_mut(index).filter(|stream| stream.links.ring.is_none()) else { return };
        let ring = stream.priority.urgency.min(7);
        stream.links = Links { previous: index, next: index, ring: Some(ring), deficit: 0 };
        let Some(head) = self.ready.head_mut(ring) else { return };
        let first = *head;
        if first == NONE {
            *head = index;
            return;
        }
        let Some(links) = self.links(first) else { return };
        let last = core::mem::replace(&mut links.previous, index);
        if let Some(links) = self.links(last) {
            links.next = index;
        }
        if let Some(links) = self.links(index) {
            (links.previous, links.next) = (last, first);
        }
    }

    /// A stream has no more turns.
    pub(crate) fn make_unready(&mut self, index: u32) {
        if self.links(index).is_some_and(|links| links.deficit > 0) {
            self.end_turn(index);
        }
        let Some(links) = self.links(index) else { return };
        let Some(ring) = links.ring.take() else { return };
        let (previous, next) = (links.previous, links.next);
        if let Some(links) = self.links(previous) {
            links.next = next;
        }
        if let Some(links) = self.links(next) {
            links.previous = previous;
        }
        if let Some(head) = self.ready.head_mut(ring)
            && *head == index
        {
            *head = if next == index { NONE } else { next };
        }
    }

    /// Whether no other stream has turns.
    pub(crate) fn is_alone(&self, index: u32) -> bool {
        let mut heads = self.ready.heads.iter().filter(|head| **head != NONE);
        let is_next = |stream: &super::Stream| stream.links.ring.is_none() || stream.links.next == index;
        heads.all(|head| *head == index) && self.get(index).is_some_and(is_next)
    }

    /// The stream whose turn it is.
    pub(crate) fn next_ready(&self) -> Option<u32> {
        let Ready { heads, passed, favoured } = &self.ready;
        let first = heads.iter().position(|head| *head != NONE)?;
        let mut ring = first;
        if *passed >= PATIENCE {
            // Each ring in its turn, so that nobody waits for ever.
            let waits = |ring: &usize| heads.get(*ring).is_some_and(|head| *head != NONE);
            let after = favoured.saturating_add(1)..URGENCIES;
            ring = after.chain(first.saturating_add(1)..URGENCIES).find(waits).unwrap_or(first);
        }
        heads.get(ring).copied()
    }

    /// Records how many bytes a stream has sent in its turn.
    pub(crate) fn note_sent(&mut self, index: u32, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Some(links) = self.links(index) else { return };
        links.deficit = links.deficit.saturating_sub(bytes);
        if links.deficit == 0 {
            self.end_turn(index);
        }
    }

    /// The turn of a stream is over: the next one of its ring follows.
    fn end_turn(&mut self, index: u32) {
        let Some(links) = self.links(index) else { return };
        links.deficit = 0;
        let (ring, next) = (links.ring, links.next);
        let Some(ring) = ring else { return };
        if let Some(head) = self.ready.head_mut(ring) {
            *head = next;
        }
        let ring = usize::from(ring);
        let Ready { heads, passed, favoured } = &mut self.ready;
        let mut waiting =
            heads.iter().zip(0_usize..).filter(|(head, _)| **head != NONE).map(|(_, ring)| ring);
        if waiting.next().is_some_and(|first| first < ring) {
            (*passed, *favoured) = (0, ring);
        } else if waiting.next().is_some() {
            *passed = passed.saturating_add(1);
        }
    }

    /// The bytes that a stream may send in this turn: one frame at least, which is so long at most.
    pub(crate) fn turn_left(&mut self, index: u32, longest_frame: u32) -> usize {
        let Some(stream) = self.get_mut(index) else { return 0 };
        if stream.links.deficit == 0 {
            let is_whole = stream.has_priority && !stream.priority.incremental;
            stream.links.deficit = longest_frame.max(if is_whole { WHOLE_TURN } else { TURN });
        }
        usize::try_from(stream.links.deficit).unwrap_or(usize::MAX)
    }
}
