//! Fields whose class is kept with the entries of HPACK.

#[cfg(not(feature = "small-huffman"))]
use super::SectionKind;
use super::{Breach, FieldValidator, MalformedSet};
#[cfg(not(feature = "small-huffman"))]
use crate::Expected;
#[cfg(not(feature = "small-huffman"))]
use crate::fields::breach::FieldIndex;
#[cfg(not(feature = "small-huffman"))]
use crate::fields::class::{self, Class};
#[cfg(not(feature = "small-huffman"))]
use crate::fields::seen::{METHOD, PATH, SCHEME, STATUS};

impl FieldValidator {
    /// As [`field`](Self::field), for a field whose class is the mark of its entry. 0 is none.
    #[inline(always)]
    pub(crate) fn marked_field(&mut self, mark: u8, name: &[u8], value: &[u8]) -> MalformedSet {
        #[cfg(not(feature = "small-huffman"))]
        match mark {
            0 => {}
            // It breaks no rule, whatever came before it.
            class::PLAIN => {
                self.regular_seen = true;
                self.fields = self.fields.saturating_add(1);
                return MalformedSet::EMPTY;
            }
            _ => {
                let class = Class::from_mark(mark);
                if self.is_plain_pseudo(class) || self.takes(mark, value) {
                    return MalformedSet::EMPTY;
                }
                return self.field_of(class, value);
            }
        }
        #[cfg(feature = "small-huffman")]
        let _ = mark;
        self.field(name, value)
    }

    /// As [`marked_field`](Self::marked_field), for a field that is to be sent. If it breaks a rule, nothing is changed.
    #[inline(always)]
    pub(crate) fn try_field(&mut self, mark: u8, name: &[u8], value: &[u8]) -> Result<(), Breach> {
        #[cfg(not(feature = "small-huffman"))]
        if mark == class::PLAIN {
            self.marked_field(mark, name, value);
            return Ok(());
        }
        self.try_other(mark, name, value)
    }

    #[inline(never)]
    fn try_other(&mut self, mark: u8, name: &[u8], value: &[u8]) -> Result<(), Breach> {
        #[cfg(not(feature = "small-huffman"))]
        if self.is_plain_pseudo(Class::from_mark(mark)) || self.takes(mark, value) {
            return Ok(());
        }
        self.try_any(mark, name, value)
    }

    fn try_any(&mut self, mark: u8, name: &[u8], value: &[u8]) -> Result<(), Breach> {
        let before = self.clone();
        self.marked_field(mark, name, value);
        let Some(breach) = self.first else { return Ok(()) };
        *self = before;
        Err(breach)
    }

    /// Takes `:method`, `:scheme`, `:path` or `:status` of a good form where it can only be right: first of its name, in front of
    /// regular fields, in a section of its kind. Anything else is left to [`field_of`](Self::field_of).
    #[cfg(not(feature = "small-huffman"))]
    #[inline(always)]
    fn is_plain_pseudo(&mut self, class: Class) -> bool {
        let (field, kind) = match class.name() {
            class::METHOD => (METHOD, SectionKind::Request),
            class::SCHEME => (SCHEME, SectionKind::Request),
            class::PATH => (PATH, SectionKind::Request),
            class::STATUS if class.kind & class::INFORMATIONAL == 0 => (STATUS, SectionKind::Response),
            _ => return false,
        };
        let is_of_kind = match self.expected {
            Expected::Request => kind == SectionKind::Request,
            Expected::Response => kind == SectionKind::Response,
            _ => false,
        };
        if class.is_bad() || self.regular_seen || self.seen.has(field) || !is_of_kind {
            return false;
        }
        self.kind = Some(kind);
        self.seen.record(field, FieldIndex::new(self.fields));
        self.target.record(class);
        self.fields = self.fields.saturating_add(1);
        true
    }
}
