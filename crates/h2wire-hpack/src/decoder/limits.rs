//! What a decoder accepts, and how much memory it needs for that.

use crate::dynamic_table::{ENTRY_OVERHEAD, MAX_DATA_LEN, SLACK, slots_len};

/// Limits of a decoder. The defaults suit a careful server.
///
/// ```
/// use h2wire_hpack::DecoderLimits;
///
/// const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
///     .with_max_list_size(4096)
///     .with_max_fields(64);
/// assert_eq!((LIMITS.max_fields, LIMITS.max_table_size), (64, 4096));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct DecoderLimits {
    /// The largest table limit that [`set_table_limit`](crate::Decoder::set_table_limit) will be called with, as
    /// counted by RFC 7541 §4.1. The memory holds a table of that size. Default 4,096.
    ///
    /// A decoder starts with a limit of 4,096 (RFC 9113 §6.5.2), or with this one if it is lower. A peer may use
    /// 4,096 until it has received lower settings: choose less only if you know that the peer does not.
    pub max_table_size: u32,
    /// The largest size of all fields of a block together, counted as name + value + 32 for each field (RFC 9113
    /// §6.5.2, `SETTINGS_MAX_HEADER_LIST_SIZE`). Fields above it are decoded and discarded. Default 16,384. The
    /// memory has room for that much, as a single field may be that large.
    pub max_list_size: u32,
    /// The largest number of fields in a block. Fields above it are decoded and discarded. Default 256.
    pub max_fields: u32,
    /// The longest string literal, in bytes as sent. A longer one is [`HpackError::StringTooLong`]. Default 65,536.
    ///
    /// [`HpackError::StringTooLong`]: crate::HpackError::StringTooLong
    pub max_string_len: u32,
}

impl DecoderLimits {
    /// The defaults.
    pub const DEFAULT: Self =
        Self { max_table_size: 4_096, max_list_size: 16_384, max_fields: 256, max_string_len: 65_536 };

    /// The same limits with another [`max_table_size`](Self::max_table_size).
    #[must_use]
    pub const fn with_max_table_size(self, max_table_size: u32) -> Self {
        Self { max_table_size, ..self }
    }

    /// The same limits with another [`max_list_size`](Self::max_list_size).
    #[must_use]
    pub const fn with_max_list_size(self, max_list_size: u32) -> Self {
        Self { max_list_size, ..self }
    }

    /// The same limits with another [`max_fields`](Self::max_fields).
    #[must_use]
    pub const fn with_max_fields(self, max_fields: u32) -> Self {
        Self { max_fields, ..self }
    }

    /// The same limits with another [`max_string_len`](Self::max_string_len).
    #[must_use]
    pub const fn with_max_string_len(self, max_string_len: u32) -> Self {
        Self { max_string_len, ..self }
    }

    /// The number of bytes of memory that [`Decoder::new_in`](crate::Decoder::new_in) needs: about 1.5 times
    /// `max_table_size`, plus the larger of `max_table_size` and `max_list_size`.
    ///
    /// With more memory a decoder moves its table less often. The result is `usize::MAX` if the limits need 2 GiB or
    /// more, which is too large for any memory.
    #[must_use]
    pub const fn memory_len(&self) -> usize {
        let data = self.full_data_len();
        if data > MAX_DATA_LEN {
            return usize::MAX;
        }
        data.saturating_add(slots_len(self.max_table_size))
    }

    /// Octets of `memory_len` that are not slots.
    pub(super) const fn full_data_len(&self) -> usize {
        to_usize_const(self.max_table_size).saturating_add(self.max_literal_len()).saturating_add(SLACK)
    }

    /// The most octets of a literal's name and value that are stored: enough for the table and for what the caller
    /// sees. The rest of a longer literal is read and dropped.
    pub(super) const fn max_literal_len(&self) -> usize {
        if self.max_list_size > self.max_table_size {
            to_usize_const(self.max_list_size)
        } else {
            to_usize_const(self.max_table_size)
        }
    }

    /// Octets of a memory of `memory_len` that are not slots.
    pub(super) fn data_len(&self, memory_len: usize) -> usize {
        memory_len.saturating_sub(slots_len(self.max_table_size)).min(MAX_DATA_LEN)
    }
}

#[allow(clippy::as_conversions, reason = "u32 to usize in a const fn; h2wire does not run on 16 bits")]
const fn to_usize_const(value: u32) -> usize {
    value as usize
}

impl Default for DecoderLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A limit that makes a block too large for its caller, not for the connection. RFC 9113 §10.5.1.
///
/// This enum is closed: a caller answers each limit in its own way, so it has to know all of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Exceeded {
    /// The fields are larger than [`DecoderLimits::max_list_size`].
    ListSize,
    /// There are more fields than [`DecoderLimits::max_fields`].
    Fields,
}

/// The totals of a block, reported at its end. Even if a limit was exceeded, the table matches the peer's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub struct BlockEnd {
    /// The size of all fields: name + value + 32 for each. Discarded fields are included.
    pub list_size: u32,
    /// The number of fields. Discarded fields are included.
    pub fields: u32,
    /// The first limit that was exceeded. If there is one, some fields were discarded: refuse the request or
    /// response, with status 431 or a stream error. The connection can go on.
    pub exceeded: Option<Exceeded>,
}

/// The counts of a block. 64 bits never overflow, so nothing has to saturate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    list_size: u64,
    fields: u64,
    exceeded: Option<Exceeded>,
}

impl Counts {
    /// Counts a field; false if it is to be discarded.
    #[inline(always)]
    pub(super) fn count(&mut self, limits: &DecoderLimits, name: usize, value: usize) -> bool {
        let size = wide(name).wrapping_add(wide(value)).wrapping_add(u64::from(ENTRY_OVERHEAD));
        self.list_size = self.list_size.wrapping_add(size);
        self.fields = self.fields.wrapping_add(1);
        // Both only grow.
        if self.list_size <= u64::from(limits.max_list_size) && self.fields <= u64::from(limits.max_fields) {
            return true;
        }
        self.note_exceeded(limits);
        false
    }

    #[cold]
    fn note_exceeded(&mut self, limits: &DecoderLimits) {
        if self.exceeded.is_none() {
            let list_size = self.list_size > u64::from(limits.max_list_size);
            self.exceeded = Some(if list_size { Exceeded::ListSize } else { Exceeded::Fields });
        }
    }

    /// The totals to report.
    pub(super) fn end(self) -> BlockEnd {
        let narrow = |count| u32::try_from(count).unwrap_or(u32::MAX);
        BlockEnd { list_size: narrow(self.list_size), fields: narrow(self.fields), exceeded: self.exceeded }
    }
}

/// Nothing is lost: no `usize` is wider.
#[inline(always)]
fn wide(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A limit that is added has to be added here.
    #[test]
    fn each_setter_sets_its_limit() {
        let set = DecoderLimits::DEFAULT
            .with_max_table_size(1)
            .with_max_list_size(2)
            .with_max_fields(3)
            .with_max_string_len(4);
        let expected =
            DecoderLimits { max_table_size: 1, max_list_size: 2, max_fields: 3, max_string_len: 4 };
        assert_eq!(set, expected);
    }
}
