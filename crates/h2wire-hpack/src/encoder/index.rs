//! Finds entries of the dynamic table by hash, newest first. Each entry is in two chains: one of entries with the
//! same name, one of entries with the same name and value.
//!
//! An entry that is evicted is the oldest of its chains, so it need not be removed from them: a chain ends where it
//! reaches the sequence number of an evicted entry.

use crate::dynamic_table::{DynamicTable, Entry, SLOT_LEN, to_usize};
use crate::hash;

/// Octets for each entry: name hash, field hash, next entry with the same name, next entry with the same field.
const LINK_LEN: usize = 16;

/// Heads of chains for each entry, of either kind.
const HEADS_AN_ENTRY: usize = 2;

/// The most entries that a search looks at. Only collisions need more, and a missed entry costs octets, not
/// correctness.
const MAX_STEPS: u32 = 16;

/// Where the index lies in the memory after the data: the slots of the table, the links, the heads of chains of names, and
/// those of fields. The memory is passed to each call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Index {
    /// A power of two.
    slots: usize,
}

/// A field, and the hashes that find it.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) name_hash: u32,
    pub(super) field_hash: u32,
}

impl<'a> Key<'a> {
    #[inline(always)]
    pub(super) const fn new(name: &'a [u8], value: &'a [u8]) -> Self {
        let name_hash = hash::name(name);
        Self { name, value, name_hash, field_hash: hash::value(name_hash, value) }
    }
}

/// The octets of memory for the index of a table with `slots` slots.
pub(super) const fn index_len(slots: usize) -> usize {
    slots.saturating_mul(LINK_LEN.saturating_add(2_usize.saturating_mul(HEADS_AN_ENTRY).saturating_mul(4)))
}

impl Index {
    pub(super) const fn new(slots: usize) -> Self {
        Self { slots }
    }

    /// The newest entry with that name and value, and its index counted from 0.
    #[inline(always)]
    pub(super) fn find_field(
        self,
        table: &DynamicTable,
        data: &[u8],
        index: &[u8],
        key: &Key<'_>,
    ) -> Option<(u32, Entry)> {
        let mut sequence = u32::from_le_bytes(*at(index, self.field_head(key.field_hash))?);
        for _ in 0..MAX_STEPS {
            let place = live(table, sequence)?;
            let link = ChainLink::parse(at(index, self.link(sequence))?);
            if link.field_hash == key.field_hash
                && let Some(entry) = table.entry(index, sequence)
                && hash::same(entry.value(data), key.value)
                && hash::same(entry.name(data), key.name)
            {
                return Some((place, entry));
            }
            sequence = link.next_field;
        }
        None
    }

    /// The index, counted from 0, of the newest entry with a name that is not in the static table.
    #[inline(always)]
    pub(super) fn find_name(
        self,
        table: &DynamicTable,
        data: &[u8],
        index: &[u8],
        key: &Key<'_>,
    ) -> Option<u32> {
        let mut sequence = u32::from_le_bytes(*at(index, self.name_head(key.name_hash))?);
        for _ in 0..MAX_STEPS {
            let place = live(table, sequence)?;
            let link = ChainLink::parse(at(index, self.link(sequence))?);
            if link.name_hash == key.name_hash
                && table.entry(index, sequence).is_some_and(|entry| hash::same(entry.name(data), key.name))
            {
                return Some(place);
            }
            sequence = link.next_name;
        }
        None
    }

    /// Puts the entry that will get the sequence number `sequence` at the start of its chains.
    #[inline(always)]
    pub(super) fn insert(self, index: &mut [u8], sequence: u32, key: &Key<'_>) {
        let link = ChainLink {
            name_hash: key.name_hash,
            field_hash: key.field_hash,
            next_name: replace(index, self.name_head(key.name_hash), sequence),
            next_field: replace(index, self.field_head(key.field_hash), sequence),
        };
        if let Some(place) = at_mut(index, self.link(sequence)) {
            *place = link.to_octets();
        }
    }

    #[inline(always)]
    fn link(self, sequence: u32) -> usize {
        let slot = to_usize(sequence) & self.slots.wrapping_sub(1);
        self.slots.wrapping_mul(SLOT_LEN).wrapping_add(slot.wrapping_mul(LINK_LEN))
    }

    #[inline(always)]
    fn name_head(self, hash: u32) -> usize {
        let links_end = self.slots.wrapping_mul(SLOT_LEN.wrapping_add(LINK_LEN));
        links_end.wrapping_add(self.bucket(hash).wrapping_mul(4))
    }

    #[inline(always)]
    fn field_head(self, hash: u32) -> usize {
        self.name_head(hash).wrapping_add(self.slots.wrapping_mul(HEADS_AN_ENTRY).wrapping_mul(4))
    }

    /// The chain of a hash. The lowest bit of a hash is always set, so it is not used.
    #[inline(always)]
    fn bucket(self, hash: u32) -> usize {
        to_usize(hash >> 1) & self.slots.wrapping_mul(HEADS_AN_ENTRY).wrapping_sub(1)
    }
}

/// What the index stores for one entry.
struct ChainLink {
    name_hash: u32,
    field_hash: u32,
    next_name: u32,
    next_field: u32,
}

impl ChainLink {
    #[inline(always)]
    fn parse(octets: &[u8; LINK_LEN]) -> Self {
        let word = u128::from_le_bytes(*octets);
        let at = |shift: u32| u32::try_from(word.wrapping_shr(shift) & 0xffff_ffff).unwrap_or(0);
        Self { name_hash: at(0), field_hash: at(32), next_name: at(64), next_field: at(96) }
    }

    #[inline(always)]
    fn to_octets(&self) -> [u8; LINK_LEN] {
        let word = u128::from(self.name_hash)
            | u128::from(self.field_hash) << 32
            | u128::from(self.next_name) << 64
            | u128::from(self.next_field) << 96;
        word.to_le_bytes()
    }
}

/// Some octets of the memory; `None` without memory.
#[inline(always)]
fn at<const LEN: usize>(index: &[u8], place: usize) -> Option<&[u8; LEN]> {
    index.get(place..)?.first_chunk()
}

#[inline(always)]
fn at_mut<const LEN: usize>(index: &mut [u8], place: usize) -> Option<&mut [u8; LEN]> {
    index.get_mut(place..)?.first_chunk_mut()
}

#[inline(always)]
fn replace(index: &mut [u8], place: usize, sequence: u32) -> u32 {
    match at_mut(index, place) {
        Some(head) => u32::from_le_bytes(core::mem::replace(head, sequence.to_le_bytes())),
        None => 0,
    }
}

/// The index, counted from 0 for the newest entry, of a sequence number; `None` if it was evicted.
#[inline(always)]
pub(super) fn live(table: &DynamicTable, sequence: u32) -> Option<u32> {
    let index = table.next.wrapping_sub(1).wrapping_sub(sequence);
    (index < table.len).then_some(index)
}
