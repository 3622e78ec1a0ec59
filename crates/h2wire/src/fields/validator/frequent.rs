//! What most messages have, where it can only be right. Anything else is left to the rules themselves.

use super::FieldValidator;
#[cfg(not(feature = "small-huffman"))]
use crate::fields::breach::{FieldIndex, Found};
#[cfg(not(feature = "small-huffman"))]
use crate::fields::class::{self, Class};
#[cfg(not(feature = "small-huffman"))]
use crate::fields::octets::decimal;
#[cfg(not(feature = "small-huffman"))]
use crate::fields::seen::{AUTHORITY, CONTENT_LENGTH, HOST, METHOD, PATH, PROTOCOL, SCHEME};
use crate::{Expected, SectionKind};

impl FieldValidator {
    /// Takes a field with this mark, if it breaks no rule whatever follows: the first `content-length`, which is a number; the first
    /// `:authority`, before `host`; `te` of a request.
    #[cfg(not(feature = "small-huffman"))]
    #[inline(never)]
    pub(super) fn takes(&mut self, mark: u8, value: &[u8]) -> bool {
        let (class, index) = (Class::from_mark(mark), FieldIndex::new(self.fields));
        let is_request = self.expected == Expected::Request;
        match class.name() {
            class::CONTENT_LENGTH if !self.seen.has(CONTENT_LENGTH) && self.expected != Expected::Promise => {
                let Some(length) = decimal(value) else { return false };
                (self.length, self.has_length, self.regular_seen) = (length, true, true);
                self.seen.record(CONTENT_LENGTH, index);
            }
            class::AUTHORITY if is_request && !self.regular_seen && !self.seen.has(AUTHORITY | HOST) => {
                if class.is_bad() {
                    return false;
                }
                self.kind = Some(SectionKind::Request);
                self.target.authority(class, true, &mut Found::new(self.allowed));
                self.kept.keep(value);
                self.seen.record(AUTHORITY, index);
            }
            class::TE if is_request && self.kind.is_some() && class.kind & class::TRAILERS != 0 => {
                self.regular_seen = true;
            }
            _ => return false,
        }
        self.fields = self.fields.saturating_add(1);
        true
    }

    /// What the section is, if it is a request with the four pseudo-header fields that it should have and without `host`, or a final
    /// response, and nothing is wrong with it.
    #[cfg(not(feature = "small-huffman"))]
    #[inline]
    pub(super) fn complete(&self, end_stream: Option<bool>) -> Option<SectionKind> {
        const WHOLE: u8 = METHOD | SCHEME | PATH | AUTHORITY;
        if self.is_response() {
            return Some(SectionKind::Response);
        }
        #[cfg(feature = "alloc")]
        if self.has_unknown {
            return None;
        }
        let is_request = matches!((self.expected, self.kind), (Expected::Request, Some(SectionKind::Request)))
            && self.seen.only(WHOLE, WHOLE | PROTOCOL | HOST)
            && self.target.is_plain()
            && self.first.is_none()
            && self.early == 0
            // §8.1.1
            && (self.length == 0 || end_stream == Some(false));
        is_request.then_some(SectionKind::Request)
    }

    /// Whether the fields so far are a final response without a breach.
    pub(crate) const fn is_response(&self) -> bool {
        #[cfg(feature = "alloc")]
        if self.has_unknown {
            return false;
        }
        matches!((self.expected, self.kind), (Expected::Response, Some(SectionKind::Response)))
            && self.first.is_none()
            && self.early == 0
            && !self.is_informational
    }
}
