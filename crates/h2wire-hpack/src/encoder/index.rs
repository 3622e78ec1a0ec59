//! Finds entries of the dynamic table by hash, newest first. Two chains an entry: those with the same name, and those
//! with the same name and value.
//!
//! An entry that is evicted is the oldest of its chains, so nothing is taken out: a chain ends where it reaches the
//! sequence number of an evicted entry.

use crate::dynamic_table::{DynamicTable, Entry, SLOT_LEN, to_usize};
use crate::{hash, static_table};

/// Octets an entry has here: name hash, field hash, next with the same name, next with the same field.
const LINK_LEN: usize = 16;

/// Heads of chains an entry has room for, of each kind.
const HEADS_AN_ENTRY: usize = 2;

/// Entries looked at in a search. Only collisions make more, and missing one costs octets, not correctness.
const MAX_STEPS: u32 = 16;

/// The shape of the index; the octets are passed to each call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Index {
    slots: usize,
}

/// The index in its memory.
pub(super) struct Chains<'m> {
    links: &'m mut [[u8; LINK_LEN]],
    names: &'m mut [[u8; 4]],
    fields: &'m mut [[u8; 4]],
}

/// A field and the hashes it is searched by.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) name_hash: u64,
    pub(super) field_hash: u64,
    /// The lowest index of the name in the static table, or 0.
    pub(super) static_name: u32,
}

impl<'a> Key<'a> {
    #[inline]
    pub(super) fn new(name: &'a [u8], value: &'a [u8]) -> Self {
        let name_hash = hash::name(name);
        let static_name = static_table::find_name(name, name_hash).unwrap_or(0);
        Self { name, value, name_hash, field_hash: hash::value(name_hash, value), static_name }
    }
}

/// Whether an entry has the name of the key. Names of the static table are known by their index.
#[inline]
fn same_name(entry: Entry, data: &[u8], key: &Key<'_>) -> bool {
    entry.static_name == key.static_name && (key.static_name != 0 || hash::same(entry.name(data), key.name))
}

/// Octets of the index of a table with `slots` slots.
pub(super) const fn index_len(slots: usize) -> usize {
    slots.saturating_mul(LINK_LEN.saturating_add(2_usize.saturating_mul(HEADS_AN_ENTRY).saturating_mul(4)))
}

impl Index {
    pub(super) const fn new(slots: usize) -> Self {
        Self { slots }
    }

    /// Octets of the slots of the table that is indexed.
    #[inline]
    pub(super) const fn slots_len(self) -> usize {
        self.slots.saturating_mul(SLOT_LEN)
    }

    /// Splits the index's memory.
    #[inline]
    pub(super) fn split(self, memory: &mut [u8]) -> Chains<'_> {
        let links = self.slots.saturating_mul(LINK_LEN);
        let heads = self.slots.saturating_mul(HEADS_AN_ENTRY).saturating_mul(4);
        let (links, rest) = memory.split_at_mut_checked(links).unwrap_or_default();
        let (names, rest) = rest.split_at_mut_checked(heads).unwrap_or_default();
        let fields = rest.get_mut(..heads).unwrap_or_default();
        Chains {
            links: links.as_chunks_mut().0,
            names: names.as_chunks_mut().0,
            fields: fields.as_chunks_mut().0,
        }
    }
}

impl Chains<'_> {
    /// The newest entry with that name and value: its index counted from 0.
    #[inline]
    pub(super) fn find_field(
        &self,
        table: &DynamicTable,
        data: &[u8],
        slots: &[u8],
        key: &Key<'_>,
    ) -> Option<u32> {
        let mut sequence = head(self.fields, key.field_hash)?;
        for _ in 0..MAX_STEPS {
            let index = live(table, sequence)?;
            let link = Link::parse(self.links.get(self.slot(sequence))?);
            if link.field_hash == short(key.field_hash)
                && let Some(entry) = table.get(slots, index)
                && same_name(entry, data, key)
                && hash::same(entry.value(data), key.value)
            {
                return Some(index);
            }
            sequence = link.next_field;
        }
        None
    }

    /// The newest entry with that name: its index counted from 0.
    #[inline]
    pub(super) fn find_name(
        &self,
        table: &DynamicTable,
        data: &[u8],
        slots: &[u8],
        key: &Key<'_>,
    ) -> Option<u32> {
        let mut sequence = head(self.names, key.name_hash)?;
        for _ in 0..MAX_STEPS {
            let index = live(table, sequence)?;
            let link = Link::parse(self.links.get(self.slot(sequence))?);
            if link.name_hash == short(key.name_hash)
                && table.get(slots, index).is_some_and(|entry| same_name(entry, data, key))
            {
                return Some(index);
            }
            sequence = link.next_name;
        }
        None
    }

    /// Makes the entry that is about to get the sequence number `sequence` the first of its chains.
    #[inline]
    pub(super) fn insert(&mut self, sequence: u32, key: &Key<'_>) {
        let link = Link {
            name_hash: short(key.name_hash),
            field_hash: short(key.field_hash),
            next_name: replace(self.names, key.name_hash, sequence),
            next_field: replace(self.fields, key.field_hash, sequence),
        };
        let slot = self.slot(sequence);
        if let Some(place) = self.links.get_mut(slot) {
            *place = link.to_octets();
        }
    }

    #[inline]
    fn slot(&self, sequence: u32) -> usize {
        // The number of slots is a power of two.
        to_usize(sequence) & self.links.len().wrapping_sub(1)
    }
}

struct Link {
    name_hash: u32,
    field_hash: u32,
    next_name: u32,
    next_field: u32,
}

impl Link {
    #[inline]
    fn parse(octets: &[u8; LINK_LEN]) -> Self {
        let word = u128::from_le_bytes(*octets);
        let at = |shift: u32| u32::try_from(word.wrapping_shr(shift) & 0xffff_ffff).unwrap_or(0);
        Self { name_hash: at(0), field_hash: at(32), next_name: at(64), next_field: at(96) }
    }

    #[inline]
    fn to_octets(&self) -> [u8; LINK_LEN] {
        let word = u128::from(self.name_hash)
            | u128::from(self.field_hash) << 32
            | u128::from(self.next_name) << 64
            | u128::from(self.next_field) << 96;
        word.to_le_bytes()
    }
}

/// The bits of a hash that are kept with an entry.
#[inline]
fn short(hash: u64) -> u32 {
    u32::try_from(hash & 0xffff_ffff).unwrap_or(0)
}

/// The bits of a hash that choose a chain.
#[inline]
fn bucket(heads: &[[u8; 4]], hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0) & heads.len().wrapping_sub(1)
}

#[inline]
fn head(heads: &[[u8; 4]], hash: u64) -> Option<u32> {
    heads.get(bucket(heads, hash)).map(|head| u32::from_le_bytes(*head))
}

#[inline]
fn replace(heads: &mut [[u8; 4]], hash: u64, sequence: u32) -> u32 {
    let bucket = bucket(heads, hash);
    match heads.get_mut(bucket) {
        Some(head) => u32::from_le_bytes(core::mem::replace(head, sequence.to_le_bytes())),
        None => 0,
    }
}

/// The index, counted from 0 for the newest entry, of a sequence number; `None` if it was evicted.
#[inline]
fn live(table: &DynamicTable, sequence: u32) -> Option<u32> {
    let index = table.next.wrapping_sub(1).wrapping_sub(sequence);
    (index < table.len).then_some(index)
}
