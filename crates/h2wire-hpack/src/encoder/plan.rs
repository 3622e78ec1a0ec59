//! What will be written for a field: decided, and measured to the octet, before anything changes.

use super::index::{Chains, Key};
use super::policy::{self, HuffmanPolicy, Indexing};
use crate::dynamic_table::{DynamicTable, to_u32};
use crate::static_table::{self, LAST_WITH_VALUE, STATIC_TABLE_LEN};
use crate::{huffman, integer};

/// A representation. §6
#[derive(Clone, Copy)]
pub(super) enum Plan<'a> {
    Indexed(u32),
    Literal(Literal<'a>),
}

#[derive(Clone, Copy)]
pub(super) struct Literal<'a> {
    /// The pattern in the first octet, and the bits behind it.
    pattern: u8,
    bits: u32,
    name_index: u32,
    name: Option<StringPlan<'a>>,
    value: StringPlan<'a>,
    /// If it becomes an entry: the name's index in the static table, 0 for a name of its own.
    pub(super) insert: Option<u32>,
}

/// A string and the octets it will have. §5.2
#[derive(Clone, Copy)]
struct StringPlan<'a> {
    octets: &'a [u8],
    huffman: bool,
    len: u32,
}

/// Where entries are looked for.
pub(super) struct Tables<'m> {
    pub(super) table: &'m DynamicTable,
    pub(super) data: &'m [u8],
    pub(super) slots: &'m [u8],
    pub(super) chains: &'m Chains<'m>,
}

impl<'a> Plan<'a> {
    #[inline]
    pub(super) fn new(
        key: &Key<'a>,
        indexing: Indexing,
        huffman: HuffmanPolicy,
        tables: &Tables<'_>,
    ) -> Self {
        let static_name = key.static_name;
        let indexing = policy::decide(indexing, static_name, key.name, key.value, tables.table.capacity);
        if indexing != Indexing::Never
            && let Some(index) = find_field(key, tables)
        {
            return Self::Indexed(index);
        }
        let name_index = if static_name == 0 { find_name(key, tables) } else { static_name };
        let (pattern, bits) = match indexing {
            Indexing::Incremental | Indexing::Auto => (0x40, 6),
            Indexing::Without => (0, 4),
            Indexing::Never => (0x10, 4),
        };
        Self::Literal(Literal {
            pattern,
            bits,
            name_index,
            name: (name_index == 0).then(|| StringPlan::new(key.name, huffman)),
            value: StringPlan::new(key.value, huffman),
            insert: (pattern == 0x40).then_some(static_name),
        })
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Indexed(index) => integer::encoded_len(*index, 7),
            Self::Literal(literal) => integer::encoded_len(literal.name_index, literal.bits)
                .saturating_add(literal.name.as_ref().map_or(0, StringPlan::len))
                .saturating_add(literal.value.len()),
        }
    }

    /// Writes to a buffer of `len` octets.
    #[inline]
    pub(super) fn write(&self, buf: &mut [u8]) {
        match self {
            Self::Indexed(index) => {
                integer::encode(*index, 7, 0x80, buf);
            }
            Self::Literal(literal) => {
                let written = integer::encode(literal.name_index, literal.bits, literal.pattern, buf);
                let mut rest = buf.get_mut(written..).unwrap_or_default();
                if let Some(name) = &literal.name {
                    rest = name.write(rest);
                }
                literal.value.write(rest);
            }
        }
    }
}

#[inline]
fn find_field(key: &Key<'_>, tables: &Tables<'_>) -> Option<u32> {
    match key.static_name {
        1..=LAST_WITH_VALUE => {
            if let Some(index) = static_table::find(key.name, key.value, key.field_hash) {
                return Some(index);
            }
        }
        1.. if key.value.is_empty() => return Some(key.static_name),
        _ => {}
    }
    let index = tables.chains.find_field(tables.table, tables.data, tables.slots, key)?;
    Some(dynamic(index))
}

/// The index of a name that is not in the static table; 0 if it is nowhere.
#[inline]
fn find_name(key: &Key<'_>, tables: &Tables<'_>) -> u32 {
    tables.chains.find_name(tables.table, tables.data, tables.slots, key).map_or(0, dynamic)
}

/// The first entry of the dynamic table follows the last one of the static table. §2.3.3
#[inline]
const fn dynamic(index: u32) -> u32 {
    index.saturating_add(STATIC_TABLE_LEN).saturating_add(1)
}

impl<'a> StringPlan<'a> {
    #[inline]
    fn new(octets: &'a [u8], policy: HuffmanPolicy) -> Self {
        let plain = octets.len();
        let (huffman, len) = match policy {
            HuffmanPolicy::Never => (false, plain),
            HuffmanPolicy::Always => (true, huffman::encoded_len(octets)),
            HuffmanPolicy::Auto => {
                let coded = huffman::encoded_len(octets);
                (coded < plain, coded.min(plain))
            }
        };
        Self { octets, huffman, len: to_u32(len) }
    }

    #[inline]
    fn len(&self) -> usize {
        let octets = crate::dynamic_table::to_usize(self.len);
        integer::encoded_len(self.len, 7).saturating_add(octets)
    }

    /// Writes it, and gives what is free behind it.
    #[inline]
    fn write<'b>(&self, buf: &'b mut [u8]) -> &'b mut [u8] {
        let written = integer::encode(self.len, 7, if self.huffman { 0x80 } else { 0 }, buf);
        let rest = buf.get_mut(written..).unwrap_or_default();
        let len = crate::dynamic_table::to_usize(self.len);
        let (place, rest) = rest.split_at_mut_checked(len).unwrap_or_default();
        if self.huffman {
            huffman::encode_exact(self.octets, place);
        } else if place.len() == self.octets.len() {
            place.copy_from_slice(self.octets);
        }
        rest
    }
}
