//! The dynamic table, in the caller's memory. RFC 7541 §2.3.2, §4.
//!
//! ```text
//! data:  | free | oldest … newest entry | field being read | free |
//! slots: 16 octets an entry, a ring
//! ```
//! Entries lie one after the other, so that names and values can be lent as slices. When the end of `data` is
//! reached, the live octets move to its start. There is enough room that a move costs less than writing the octets
//! since the last one did. The 32 octets that an entry is counted with (§4.1) pay for its slot.

use crate::Known;

/// The table limit that both ends start with. RFC 9113 §6.5.2.
pub(crate) const INITIAL_TABLE_LIMIT: u32 = 4_096;

/// Octets that an entry is counted with in addition to its name and value. §4.1
pub(crate) const ENTRY_OVERHEAD: u32 = 32;

/// In the place of a static index: a name that stands in an entry that was not seen.
pub(crate) const UNKNOWN_NAME: u32 = 0xff;

/// Octets of a slot.
pub(crate) const SLOT_LEN: usize = 16;

/// Octets that are always free after the live ones, so that a short copy may write more than it needs.
pub(crate) const SLACK: usize = 16;

/// The most octets of data. Positions have 32 bits, and one bit tells whether a difference is negative.
pub(crate) const MAX_DATA_LEN: usize = 0x7fff_ffff;

/// Where everything lies. The memory is passed to each call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DynamicTable {
    /// The size of the entries. §4.1
    pub(crate) size: u32,
    /// The size that they may have. §4.2
    pub(crate) capacity: u32,
    /// The number of entries.
    pub(crate) len: u32,
    /// The sequence number of the next entry; the low bits are its slot.
    pub(crate) next: u32,
    /// The end of the newest entry. The octets from here on are free.
    pub(crate) head: usize,
    /// How far entries have moved to the front in total. Slots hold positions as if nothing had ever moved.
    pub(crate) base: u32,
    slot_mask: u32,
    /// The octets of the memory that are data. The rest is slots.
    pub(crate) data_len: usize,
}

/// One entry. Its name lies in front of its value, or in the static table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// The start of its value in `data`. A name of its own is in front of it.
    pub(crate) value_start: usize,
    pub(crate) name_len: u32,
    pub(crate) value_len: u32,
    /// The index of the name in the static table; 0 for a name of its own, or [`UNKNOWN_NAME`].
    pub(crate) static_name: u32,
    /// What [`mark_newest`](DynamicTable::mark_newest) has put there; 0 at first.
    pub(crate) mark: u8,
}

impl Entry {
    /// The size of the entry. §4.1 No overflow: it is in the table, so it is not larger than the table.
    #[inline(always)]
    const fn size(self) -> u32 {
        self.name_len.wrapping_add(self.value_len).wrapping_add(ENTRY_OVERHEAD)
    }

    /// What is known of it.
    #[inline(always)]
    pub(crate) const fn known(self) -> Known {
        known_of(self.static_name)
    }

    /// Where a name of its own starts.
    #[inline(always)]
    pub(crate) fn name_start(self) -> usize {
        self.value_start.wrapping_sub(to_usize(self.name_len))
    }

    /// Where its octets start.
    fn start(self) -> usize {
        if self.static_name == 0 { self.name_start() } else { self.value_start }
    }

    #[inline(always)]
    pub(crate) fn value(self, data: &[u8]) -> &[u8] {
        slice(data, self.value_start, to_usize(self.value_len))
    }

    #[inline(always)]
    pub(crate) fn name(self, data: &[u8]) -> &[u8] {
        match crate::static_entry(self.static_name) {
            Some((name, _)) => name,
            None => slice(data, self.name_start(), to_usize(self.name_len)),
        }
    }
}

/// What is known of a field whose name stands at this static index. Without an allocator no decoder joins late.
#[inline(always)]
pub(crate) const fn known_of(static_name: u32) -> Known {
    if cfg!(feature = "alloc") && static_name == UNKNOWN_NAME { Known::Value } else { Known::Both }
}

/// The octets of slots for a table of `max_size`.
pub(crate) const fn slots_len(max_size: u32) -> usize {
    slot_count(max_size).saturating_mul(SLOT_LEN)
}

/// The number of entries that a table of `max_size` can have, rounded up to a power of two.
#[allow(clippy::as_conversions, reason = "u32 to usize in a const fn; h2wire does not run on 16 bits")]
pub(crate) const fn slot_count(max_size: u32) -> usize {
    (max_size / ENTRY_OVERHEAD).next_power_of_two() as usize
}

impl DynamicTable {
    pub(crate) fn new(max_size: u32, capacity: u32, data_len: usize) -> Self {
        let slot_mask = u32::try_from(slot_count(max_size)).unwrap_or(1).saturating_sub(1);
        // Both wrap around. They start near the end so that tests see it, not only a connection of 4 GiB.
        let (next, base) = (u32::MAX - 20, u32::MAX - 1_000);
        Self { size: 0, capacity, len: 0, next, head: 0, base, slot_mask, data_len }
    }

    /// Splits memory into data and slots.
    #[inline]
    pub(crate) fn split<'m>(&self, memory: &'m mut [u8]) -> (&'m mut [u8], &'m mut [u8]) {
        memory.split_at_mut_checked(self.data_len).unwrap_or_default()
    }

    #[inline]
    fn slot(&self, sequence: u32) -> usize {
        to_usize(sequence & self.slot_mask)
    }

    /// The entry with a sequence number, which must be in the table.
    #[inline]
    pub(crate) fn entry(&self, slots: &[u8], sequence: u32) -> Option<Entry> {
        let (chunks, _) = slots.as_chunks::<SLOT_LEN>();
        let slot = u128::from_le_bytes(*chunks.get(self.slot(sequence))?);
        Some(Entry {
            value_start: to_usize(word(slot).wrapping_sub(self.base)),
            name_len: word(slot >> 32),
            value_len: word(slot >> 64),
            static_name: word(slot >> 96) & 0xff,
            mark: u8::try_from(word(slot >> 104) & 0xff).unwrap_or(0),
        })
    }

    /// The entry at an index counted from 0 for the newest. §2.3.3
    #[inline]
    pub(crate) fn get(&self, slots: &[u8], index: u32) -> Option<Entry> {
        if index >= self.len {
            return None;
        }
        self.entry(slots, self.next.wrapping_sub(1).wrapping_sub(index))
    }

    /// The sequence number of the oldest entry.
    #[inline]
    pub(crate) const fn oldest(&self) -> u32 {
        self.next.wrapping_sub(self.len)
    }

    /// Evicts old entries until the size is `max` or less. §4.3, §4.4
    #[inline(always)]
    pub(crate) fn evict_to(&mut self, slots: &[u8], max: u32) {
        while self.size > max {
            let size = self.entry(slots, self.oldest()).map_or(u32::MAX, Entry::size);
            self.size = self.size.saturating_sub(size);
            self.len = self.len.saturating_sub(1);
        }
    }

    /// Sets the capacity, and evicts what no longer fits. §4.3
    pub(crate) fn set_capacity(&mut self, slots: &[u8], capacity: u32) {
        self.capacity = capacity;
        self.evict_to(slots, capacity);
    }

    /// The number of slots.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) fn slots(&self) -> usize {
        to_usize(self.slot_mask).saturating_add(1)
    }

    /// Copies the slots to `to`, the slots of a larger table. The octets of the entries stay where they are in
    /// `data`.
    #[cfg(feature = "alloc")]
    pub(crate) fn grow(&mut self, from: &[u8], data_len: usize, to: &mut [u8]) {
        let (old, _) = from.as_chunks::<SLOT_LEN>();
        let (new, _) = to.as_chunks_mut::<SLOT_LEN>();
        let grown = Self { slot_mask: to_u32(new.len()).saturating_sub(1), ..*self };
        for back in 0..self.len {
            let sequence = self.oldest().wrapping_add(back);
            if let (Some(slot), Some(place)) =
                (old.get(self.slot(sequence)), new.get_mut(grown.slot(sequence)))
            {
                *place = *slot;
            }
        }
        self.slot_mask = grown.slot_mask;
        self.data_len = data_len;
    }

    /// Makes the field whose octets start at `head` the newest entry. If it is larger than the table, the table
    /// becomes empty; the octets stay. §4.4
    #[inline(always)]
    pub(crate) fn insert(&mut self, slots: &mut [u8], name_len: u32, value_len: u32, static_name: u32) {
        let size = name_len.saturating_add(value_len).saturating_add(ENTRY_OVERHEAD);
        // §4.4
        let Some(max) = self.capacity.checked_sub(size) else {
            (self.size, self.len) = (0, 0);
            return;
        };
        self.evict_to(slots, max);
        let own = if static_name == 0 { to_usize(name_len) } else { 0 };
        let value_start = self.head.wrapping_add(own);
        let start = to_u32(value_start).wrapping_add(self.base);
        let slot = u128::from(start)
            | u128::from(name_len) << 32
            | u128::from(value_len) << 64
            | u128::from(static_name) << 96;
        let (chunks, _) = slots.as_chunks_mut::<SLOT_LEN>();
        if let Some(place) = chunks.get_mut(self.slot(self.next)) {
            *place = slot.to_le_bytes();
        }
        self.next = self.next.wrapping_add(1);
        self.len = self.len.wrapping_add(1);
        self.size = self.size.saturating_add(size);
        self.head = value_start.wrapping_add(to_usize(value_len));
    }

    /// Marks the newest entry, if there is one.
    #[inline]
    pub(crate) fn mark_newest(&self, slots: &mut [u8], mark: u8) {
        let (chunks, _) = slots.as_chunks_mut::<SLOT_LEN>();
        if self.len > 0
            && let Some([.., place, _, _]) = chunks.get_mut(self.slot(self.next.wrapping_sub(1)))
        {
            *place = mark;
        }
    }

    /// Makes sure that `room` octets are free after the `pending` ones at `head`, if the memory is that large.
    /// Returns how far that moved all entries.
    #[inline(always)]
    pub(crate) fn make_room(&mut self, data: &mut [u8], slots: &[u8], pending: usize, room: usize) -> usize {
        let end = self.head.wrapping_add(pending);
        if self.data_len.saturating_sub(end) < room { self.compact(data, slots, end) } else { 0 }
    }

    /// Moves the octets from the oldest entry up to `end` to the front. Returns how far.
    #[cold]
    pub(crate) fn compact(&mut self, data: &mut [u8], slots: &[u8], end: usize) -> usize {
        let oldest = if self.len == 0 { None } else { self.entry(slots, self.oldest()) };
        let start = oldest.map_or(self.head, Entry::start);
        if start > end || end > data.len() {
            return 0;
        }
        move_to_front(data, start, end);
        self.base = self.base.wrapping_add(to_u32(start));
        self.head = self.head.saturating_sub(start);
        start
    }
}

/// A part of `data`. It is empty if the range is not inside, which never happens.
#[inline]
pub(crate) fn slice(data: &[u8], start: usize, len: usize) -> &[u8] {
    data.get(start..).and_then(|data| data.get(..len)).unwrap_or_default()
}

/// Copies octets to a place after them. `copy_within` would do the same, but contains a panic.
#[inline]
pub(crate) fn copy_ahead(data: &mut [u8], start: usize, len: usize, place: usize) {
    let Some((front, back)) = data.split_at_mut_checked(place) else { return };
    let octets = front.get(start..).and_then(|octets| octets.get(..len));
    if let (Some(octets), Some(place)) = (octets, back.get_mut(..len)) {
        place.copy_from_slice(octets);
    }
}

/// Moves octets to the start of `data`, in steps that do not overlap.
fn move_to_front(data: &mut [u8], start: usize, end: usize) {
    let live = end.saturating_sub(start);
    let mut moved: usize = 0;
    while start > 0 && moved < live {
        let len = start.min(live.saturating_sub(moved));
        let Some((front, back)) = data.split_at_mut_checked(moved.saturating_add(start)) else { return };
        let place = front.get_mut(moved..).and_then(|place| place.get_mut(..len));
        if let (Some(octets), Some(place)) = (back.get(..len), place) {
            place.copy_from_slice(octets);
        }
        moved = moved.saturating_add(len);
    }
}

/// The low 32 bits.
#[inline]
fn word(slot: u128) -> u32 {
    u32::try_from(slot & 0xffff_ffff).unwrap_or(0)
}

/// Nothing is lost on 32 and 64 bits.
#[inline]
pub(crate) fn to_usize(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Saturates on 64 bits. Lengths that large exceed a limit first.
#[inline]
pub(crate) fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
