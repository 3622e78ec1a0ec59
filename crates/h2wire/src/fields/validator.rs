//! Whether a field section is one that HTTP/2 allows, field by field, in little memory. RFC 9113 §8.2, §8.3.

use super::authority::Form;
use super::breach::{FieldIndex, Found};
use super::class::{self, Class};
use super::host::{HostPair, KeptHost};
use super::seen::{AUTHORITY, CONTENT_LENGTH, HOST, METHOD, PATH, PROTOCOL, SCHEME, STATUS, Seen};
use super::target::Target;
use super::{Breach, Expected, Malformed, MalformedSet, SectionHead, SectionKind};
use crate::Role;

/// Checks the fields of one section in their order.
///
/// It takes a section to its end, whatever is wrong, so that HPACK can decode the block. It looks at names and values
/// once each; it keeps a digest of `:authority`, to compare it with `host`, and nothing else.
///
/// ```
/// use h2wire::{Breach, Expected, FieldValidator, Malformed, SectionKind};
///
/// let mut validator = FieldValidator::new(Expected::Request);
/// validator.field(b":method", b"GET");
/// validator.field(b":scheme", b"https");
/// validator.field(b":path", b"/");
/// assert_eq!(validator.finish(true), Ok(SectionKind::Request));
///
/// let mut validator = FieldValidator::new(Expected::Request);
/// validator.field(b":method", b"GET");
/// let broken = validator.field(b"Host", b"example.test");
/// assert!(broken.contains(Malformed::FieldName));
/// assert_eq!(validator.finish(true), Err(Breach::new(Malformed::FieldName, Some(1))));
/// ```
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub struct FieldValidator {
    /// Whether `:protocol` is defined here: `SETTINGS_ENABLE_CONNECT_PROTOCOL` was sent. RFC 8441 §3. Default on, which
    /// leaves it to the caller, who knows the settings.
    pub extended_connect: bool,
    /// Rules that are not checked. Default none.
    pub allowed: MalformedSet,
    expected: Expected,
    /// The section is to be sent: what a receiver tolerates is a breach too.
    sending: bool,
    kind: Option<SectionKind>,
    seen: Seen,
    regular_seen: bool,
    target: Target,
    /// The first of `:authority` and `host`.
    kept: KeptHost,
    /// What is left to compare of the two when the scheme is known.
    hosts: HostPair,
    /// What `host` is, if it depends on a scheme that was not known yet.
    host_form: Form,
    /// What fields in front of any pseudo-header field break if the section turns out to be a head.
    early: u8,
    is_informational: bool,
    /// The value of `content-length`, if the section has a valid one.
    length: u64,
    has_length: bool,
    /// The number of fields.
    fields: u32,
    /// A field was not known as a whole.
    #[cfg(feature = "alloc")]
    has_unknown: bool,
    broken: MalformedSet,
    first: Option<Breach>,
}

impl FieldValidator {
    /// A validator for one section that was received.
    #[must_use]
    pub const fn new(expected: Expected) -> Self {
        Self {
            extended_connect: true,
            allowed: MalformedSet::EMPTY,
            expected,
            sending: false,
            kind: None,
            seen: Seen::new(),
            regular_seen: false,
            target: Target::new(),
            kept: KeptHost::Empty,
            hosts: HostPair::SAME,
            host_form: Form::BEST,
            early: 0,
            is_informational: false,
            length: 0,
            has_length: false,
            fields: 0,
            #[cfg(feature = "alloc")]
            has_unknown: false,
            broken: MalformedSet::EMPTY,
            first: None,
        }
    }

    /// A validator of the section with this head, which `receiver` receives.
    #[must_use]
    pub const fn for_section(receiver: Role, head: &SectionHead) -> Self {
        Self::new(Expected::by(receiver, head))
    }

    /// The same validator for a section that is to be sent. Control characters in values, `te` in upper case, and http
    /// and https requests with neither `:authority` nor `host` are breaches then.
    #[must_use]
    pub const fn sending(mut self) -> Self {
        self.sending = true;
        self
    }

    /// Takes the next field. Returns the rules that this field breaks by itself or by what came before it.
    pub fn field(&mut self, name: &[u8], value: &[u8]) -> MalformedSet {
        self.field_of(Class::new(name, value), value)
    }

    /// As [`field`](Self::field), for a field whose class is known.
    fn field_of(&mut self, class: Class, value: &[u8]) -> MalformedSet {
        let mut found = Found::new(self.allowed);
        self.note_wrong(class.wrong, &mut found);
        let value = class.judged(value);
        if class.is_pseudo() {
            self.pseudo(class, value, &mut found);
        } else {
            self.regular(class, value, &mut found);
        }
        self.note(&found)
    }

    fn note(&mut self, found: &Found) -> MalformedSet {
        if let Some(malformed) = found.first {
            self.broken = self.broken.union(found.all);
            self.first.get_or_insert(Breach::at(malformed, FieldIndex::new(self.fields)));
        }
        self.fields = self.fields.saturating_add(1);
        found.all
    }

    /// The number of fields so far.
    #[must_use]
    pub const fn fields(&self) -> u32 {
        self.fields
    }

    /// The first breach of the fields so far.
    #[must_use]
    pub const fn breach(&self) -> Option<Breach> {
        self.first
    }

    /// The value of `content-length`, if the section has a valid one. RFC 9110 §8.6. `None` for a CONNECT request without
    /// `:protocol`, whose DATA frames are no content. RFC 9110 §9.3.6.
    #[must_use]
    pub const fn content_length(&self) -> Option<u64> {
        if self.has_length && self.kind.is_some() && !self.may_be_tunnel() { Some(self.length) } else { None }
    }

    /// Whether it is a CONNECT request without `:protocol`, by what is known.
    const fn may_be_tunnel(&self) -> bool {
        #[cfg(feature = "alloc")]
        if self.has_unknown && matches!(self.kind, Some(SectionKind::Request)) && !self.seen.has(METHOD) {
            return !self.seen.has(PROTOCOL);
        }
        self.target.is_tunnel(&self.seen)
    }

    /// Ends the section. `end_stream` is the flag of its HEADERS frame.
    ///
    /// # Errors
    /// The first breach: in the order of the fields, then of the section as a whole. [`broken`](Self::broken) has them
    /// all.
    pub fn finish(&self, end_stream: bool) -> Result<SectionKind, Breach> {
        self.end(Some(end_stream), &mut MalformedSet::default())
    }

    /// The rules that the section breaks, if it ends here. `end_stream` is the flag of its HEADERS frame.
    #[must_use]
    pub fn broken(&self, end_stream: bool) -> MalformedSet {
        let mut broken = MalformedSet::EMPTY;
        let _ = self.end(Some(end_stream), &mut broken);
        broken
    }

    /// What is wrong if the section ends here, and was not reported by [`field`](Self::field).
    pub fn breaches_at_end(&self, end_stream: bool) -> impl Iterator<Item = Breach> {
        let mut found = Found::new(self.allowed);
        self.find_at_end(Some(end_stream), &mut found);
        found.all.iter().map(|malformed| Breach::at(malformed, self.index_of(malformed)))
    }

    /// Ends the section, and says in `broken` all that is wrong. Without `end_stream` it is not known whether the stream ends with
    /// it.
    pub(crate) fn end(
        &self,
        end_stream: Option<bool>,
        broken: &mut MalformedSet,
    ) -> Result<SectionKind, Breach> {
        #[cfg(not(feature = "small-huffman"))]
        if let Some(kind) = self.complete(end_stream) {
            *broken = MalformedSet::EMPTY;
            return Ok(kind);
        }
        let mut found = Found::new(self.allowed);
        let kind = self.find_at_end(end_stream, &mut found);
        *broken = self.broken.union(found.all);
        match (self.first, found.first) {
            (None, None) => Ok(kind),
            (Some(breach), _) => Err(breach),
            (None, Some(malformed)) => Err(Breach::at(malformed, self.index_of(malformed))),
        }
    }

    fn find_at_end(&self, end_stream: Option<bool>, found: &mut Found) -> SectionKind {
        #[cfg(feature = "alloc")]
        if self.has_unknown {
            return self.find_known_at_end(end_stream, found);
        }
        let kind = match self.kind {
            Some(kind) => kind,
            None if self.expected == Expected::Promise => SectionKind::Request,
            None => SectionKind::Trailers,
        };
        self.check_early(kind, found);
        match kind {
            SectionKind::Request => self.end_of_request(end_stream, found),
            // §8.1
            SectionKind::Response if self.is_informational && end_stream == Some(true) => {
                found.note(Malformed::InformationalEndStream);
            }
            // §8.1
            SectionKind::Trailers if end_stream == Some(false) => {
                found.note(Malformed::TrailersWithoutEndStream);
            }
            SectionKind::Response | SectionKind::Trailers => {}
        }
        kind
    }

    /// What is wrong whatever the name is.
    fn note_wrong(&self, wrong: u8, found: &mut Found) {
        // §8.2.1
        if wrong & class::WRONG_VALUE != 0 {
            found.note(Malformed::FieldValue);
        }
        // RFC 9110 §5.5
        if self.sending && wrong & class::WRONG_CONTROL != 0 {
            found.note(Malformed::FieldValueControl);
        }
        // §8.2.1
        if wrong & class::WRONG_WHITE_SPACE != 0 {
            found.note(Malformed::FieldValueWhiteSpace);
        }
    }

    fn pseudo(&mut self, class: Class, value: &[u8], found: &mut Found) {
        // §8.3
        if self.regular_seen {
            found.note(Malformed::PseudoFieldLate);
        }
        // §8.1
        if self.expected == Expected::Trailers {
            return found.note(Malformed::PseudoFieldInTrailers);
        }
        let field = class.pseudo_field();
        // §8.3
        if field == 0 || field == PROTOCOL && !self.extended_connect {
            return found.note(Malformed::PseudoFieldUnknown);
        }
        let kind = if field == STATUS { SectionKind::Response } else { SectionKind::Request };
        let expected = match self.expected {
            Expected::Request | Expected::Promise => SectionKind::Request,
            Expected::Response => SectionKind::Response,
            Expected::Any | Expected::Trailers => self.kind.unwrap_or(kind),
        };
        // §8.3
        if kind != expected {
            return found.note(Malformed::PseudoFieldOfOtherSide);
        }
        let is_first = !self.seen.has(field);
        if is_first {
            self.kind = Some(kind);
            self.seen.record(field, FieldIndex::new(self.fields));
        } else {
            // §8.3
            found.note(Malformed::PseudoFieldRepeated);
        }
        self.pseudo_value(class, value, is_first, found);
    }

    fn pseudo_value(&mut self, class: Class, value: &[u8], is_first: bool, found: &mut Found) {
        match class.name() {
            class::METHOD => self.target.method(class, is_first, found),
            class::SCHEME => self.target.scheme(class, is_first, found),
            class::PATH => self.target.path(class, is_first, found),
            class::AUTHORITY => {
                self.target.authority(class, is_first, found);
                // §8.4
                if value.is_empty() && self.expected == Expected::Promise {
                    found.note(Malformed::PromiseWithoutAuthority);
                }
                self.compare_hosts(value, HOST, found);
            }
            // RFC 8441 §4
            class::PROTOCOL if class.is_bad() => found.note(Malformed::ProtocolForm),
            class::STATUS => self.status(class, found),
            _ => {}
        }
    }

    fn status(&mut self, class: Class, found: &mut Found) {
        self.is_informational |= class.kind & class::INFORMATIONAL != 0;
        // §8.6
        if class.kind & class::SWITCHING_PROTOCOLS != 0 {
            found.note(Malformed::StatusSwitchingProtocols);
        }
        // §8.3.2
        if class.is_bad() {
            found.note(Malformed::StatusForm);
        }
    }

    fn end_of_request(&self, end_stream: Option<bool>, found: &mut Found) {
        self.target.check(&self.seen, self.expected, self.sending, found);
        self.check_host_form(found);
        self.check_hosts(found);
        // §8.1.1: a tunnel's request is defined as having no content.
        if end_stream == Some(true) && self.content_length().is_some_and(|length| length > 0) {
            found.note(Malformed::ContentLengthEndStream);
        }
    }

    /// The field that a breach found at the end is about.
    fn index_of(&self, malformed: Malformed) -> FieldIndex {
        self.seen.index(match malformed {
            Malformed::PromiseMethod => METHOD,
            Malformed::ProtocolWithoutConnect => PROTOCOL,
            Malformed::ConnectWithPath if self.seen.has(SCHEME) => SCHEME,
            Malformed::ConnectWithPath | Malformed::PathEmpty | Malformed::PathForm => PATH,
            Malformed::AuthorityForm | Malformed::AuthorityUserinfo | Malformed::ConnectAuthorityForm => {
                AUTHORITY
            }
            Malformed::HostForm | Malformed::HostRepeated | Malformed::HostDiffers => HOST,
            Malformed::InformationalEndStream => STATUS,
            Malformed::ContentLengthEndStream
            | Malformed::ContentLengthForm
            | Malformed::ContentLengthDiffers => CONTENT_LENGTH,
            _ => return FieldIndex::NONE,
        })
    }
}

mod frequent; // fields to send that are seldom wrong
mod marked; // fields whose class is kept with their entries
mod regular_values; // what the values of some names must be
#[cfg(feature = "alloc")]
mod unknown;

#[cfg(test)]
mod tests;
