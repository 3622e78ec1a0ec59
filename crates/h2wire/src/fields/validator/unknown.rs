//! Sections of which a reader that missed field blocks does not know every field: judged by what is known.

use super::FieldValidator;
use crate::fields::{breach::Found, class::wrong_value};
use crate::{Expected, Malformed, MalformedSet, SectionKind};

impl FieldValidator {
    /// Takes the next field, of which the name is not known, and perhaps not the value either. Returns the rules that the
    /// value breaks, whatever the name.
    ///
    /// From then on nothing is said to be missing, late or different that may have been said by such a field.
    ///
    /// ```
    /// use h2wire::{Expected, FieldValidator, Malformed, SectionKind};
    ///
    /// let mut validator = FieldValidator::new(Expected::Request);
    /// validator.field(b":method", b"GET");
    /// validator.unknown_field(None); // the path, for example
    /// assert_eq!(validator.finish(true), Ok(SectionKind::Request));
    ///
    /// let broken = validator.unknown_field(Some(b"a\nb"));
    /// assert!(broken.contains(Malformed::FieldValue));
    /// ```
    #[cold]
    pub fn unknown_field(&mut self, value: Option<&[u8]>) -> MalformedSet {
        self.has_unknown = true;
        let mut found = Found::new(self.allowed);
        if let Some(value) = value {
            self.note_wrong(wrong_value(value), &mut found);
        }
        self.note(&found)
    }

    /// What is wrong at the end, whatever the fields are that are not known.
    #[cold]
    pub(super) fn find_known_at_end(&self, end_stream: Option<bool>, found: &mut Found) -> SectionKind {
        let Some(kind) = self.kind else { return self.expected.likely(end_stream) };
        let ends = end_stream == Some(true);
        self.check_early(kind, found);
        match kind {
            SectionKind::Request => {
                self.check_host_form(found);
                self.target.check_known(&self.seen, self.expected == Expected::Promise, found);
                // §8.1.1
                if ends && self.content_length().is_some_and(|length| length > 0) {
                    found.note(Malformed::ContentLengthEndStream);
                }
            }
            // §8.1
            SectionKind::Response if self.is_informational && ends => {
                found.note(Malformed::InformationalEndStream);
            }
            SectionKind::Response | SectionKind::Trailers => {}
        }
        kind
    }
}
