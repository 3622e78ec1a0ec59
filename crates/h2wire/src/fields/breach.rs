//! Rules of fields that are broken or allowed, and where.

use core::fmt;

use super::Malformed;

/// A rule that a field section breaks, and the field that breaks it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Breach {
    /// The rule.
    pub malformed: Malformed,
    index: FieldIndex,
}

/// The index of a field in two bytes, as errors are handed on everywhere. Those from 65,535 on are not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FieldIndex(u16);

impl FieldIndex {
    pub(crate) const NONE: Self = Self(u16::MAX);

    pub(crate) fn new(index: u32) -> Self {
        u16::try_from(index).map_or(Self::NONE, Self)
    }

    pub(crate) fn get(self) -> Option<u32> {
        (self != Self::NONE).then_some(self.0.into())
    }
}

impl Breach {
    /// A breach of a rule by the field with this index.
    #[must_use]
    pub fn new(malformed: Malformed, field: Option<u32>) -> Self {
        Self { malformed, index: field.map_or(FieldIndex::NONE, FieldIndex::new) }
    }

    pub(super) const fn at(malformed: Malformed, index: FieldIndex) -> Self {
        Self { malformed, index }
    }

    pub(crate) const fn index(self) -> FieldIndex {
        self.index
    }

    /// The index of the field in its section, from 0. `None` if a field is missing, or the section as a whole is wrong, or
    /// the index is above 65,534.
    #[must_use]
    pub fn field(self) -> Option<u32> {
        self.index.get()
    }
}

impl fmt::Debug for FieldIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Display for Breach {
    /// The field, the sentence and the section of the RFC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field() {
            Some(field) => write!(f, "field at index {field}: {}", self.malformed),
            None => self.malformed.fmt(f),
        }
    }
}

/// A set of rules: those that a section breaks, or those that are not checked.
///
/// ```
/// use h2wire::{Malformed, MalformedSet};
///
/// const TOLERATED: MalformedSet = MalformedSet::EMPTY.with(Malformed::FieldValueWhiteSpace);
/// assert!(TOLERATED.contains(Malformed::FieldValueWhiteSpace));
/// assert_eq!(TOLERATED.iter().count(), 1);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MalformedSet(u64);

impl MalformedSet {
    /// No rule.
    pub const EMPTY: Self = Self(0);

    /// The set with one more rule.
    #[must_use]
    pub const fn with(self, malformed: Malformed) -> Self {
        Self(self.0 | Self::bit(malformed))
    }

    /// The rules of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a rule is in the set.
    #[must_use]
    pub const fn contains(self, malformed: Malformed) -> bool {
        self.0 & Self::bit(malformed) != 0
    }

    /// Whether no rule is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rules, in the order of [`Malformed::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Malformed> {
        Malformed::ALL.iter().copied().filter(move |malformed| self.contains(*malformed))
    }

    #[allow(clippy::as_conversions, reason = "the place of a variant, in a constant")]
    const fn bit(malformed: Malformed) -> u64 {
        1_u64.wrapping_shl(malformed as u32)
    }
}

const _: () = assert!(Malformed::ALL.len() <= 64, "a set has a bit for each rule");

impl fmt::Debug for MalformedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What was found wrong: all of it, and what came first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    allowed: MalformedSet,
    pub(super) all: MalformedSet,
    pub(super) first: Option<Malformed>,
}

impl Found {
    pub(super) const fn new(allowed: MalformedSet) -> Self {
        Self { allowed, all: MalformedSet::EMPTY, first: None }
    }

    /// Records a breach, unless the rule is not checked.
    #[cold]
    #[inline(never)]
    pub(super) fn note(&mut self, malformed: Malformed) {
        if self.allowed.contains(malformed) {
            return;
        }
        self.all = self.all.with(malformed);
        self.first.get_or_insert(malformed);
    }
}
