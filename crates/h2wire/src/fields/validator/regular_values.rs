//! What the values of some regular fields must be.

use super::FieldValidator;
use crate::fields::authority::Form;
use crate::fields::breach::{FieldIndex, Found};
use crate::fields::class::{self, Class};
use crate::fields::host::{HostDigest, HostPair};
use crate::fields::octets::decimal;
use crate::fields::seen::{AUTHORITY, CONTENT_LENGTH, HOST, SCHEME};
use crate::{Expected, Malformed, SectionKind};

/// A rule for heads: its bit in `early`; those whose breach is reported in front of it, with its own; and the field that it is about.
struct HeadRule {
    bit: u8,
    first: u8,
    malformed: Malformed,
    field: u8,
}

const HOST_REPEATED: HeadRule =
    HeadRule { bit: 1, first: 1, malformed: Malformed::HostRepeated, field: HOST };
const HOST_FORM: HeadRule = HeadRule { bit: 2, first: 3, malformed: Malformed::HostForm, field: HOST };
const LENGTH_FORM: HeadRule =
    HeadRule { bit: 4, first: 4, malformed: Malformed::ContentLengthForm, field: CONTENT_LENGTH };
const LENGTH_DIFFERS: HeadRule =
    HeadRule { bit: 8, first: 12, malformed: Malformed::ContentLengthDiffers, field: CONTENT_LENGTH };
const TE_IN_RESPONSE: u8 = 16;

impl FieldValidator {
    pub(super) fn regular(&mut self, class: Class, value: &[u8], found: &mut Found) {
        // §8.2.1
        if class.wrong & class::WRONG_NAME != 0 {
            found.note(Malformed::FieldName);
        }
        self.regular_seen = true;
        // §8.2.2: the exception for te is for requests.
        let in_response = self.expected == Expected::Response || self.kind == Some(SectionKind::Response);
        match class.name() {
            // §8.2.2
            class::CONNECTION_SPECIFIC => found.note(Malformed::ConnectionSpecific),
            // §8.2.2
            class::TE if in_response => found.note(Malformed::ConnectionSpecific),
            // §8.2.2
            class::TE => self.te(class, found),
            class::HOST if self.kind != Some(SectionKind::Response) => self.host(class, value, found),
            class::CONTENT_LENGTH => self.check_content_length(value, found),
            _ => {}
        }
    }

    /// Records a breach of a rule for heads: later, if the section is not known to be one yet.
    fn note_in_head(&mut self, rule: &HeadRule, found: &mut Found) {
        if self.kind.is_some() {
            found.note(rule.malformed);
        } else {
            // What is reported is the first field that breaks it.
            if self.early & rule.first == 0 {
                self.seen.record(rule.field, FieldIndex::new(self.fields));
            }
            self.early |= rule.bit;
        }
    }

    /// What fields in front of any pseudo-header field break.
    pub(super) fn check_early(&self, kind: SectionKind, found: &mut Found) {
        let of_kind = match kind {
            SectionKind::Request => self.early & !TE_IN_RESPONSE,
            SectionKind::Response => self.early & !(HOST_REPEATED.bit | HOST_FORM.bit),
            SectionKind::Trailers => 0,
        };
        for (bit, malformed) in [
            (HOST_REPEATED.bit, HOST_REPEATED.malformed),
            (HOST_FORM.bit, HOST_FORM.malformed),
            (LENGTH_FORM.bit, LENGTH_FORM.malformed),
            (LENGTH_DIFFERS.bit, LENGTH_DIFFERS.malformed),
            (TE_IN_RESPONSE, Malformed::ConnectionSpecific),
        ] {
            if of_kind & bit != 0 {
                found.note(malformed);
            }
        }
    }

    fn te(&mut self, class: Class, found: &mut Found) {
        if self.kind.is_none() {
            // §8.2.2
            self.early |= TE_IN_RESPONSE;
        }
        let allowed =
            if self.sending { class::TRAILERS } else { class::TRAILERS | class::TRAILERS_IN_ANY_CASE };
        // §8.2.2
        if class.kind & allowed == 0 {
            found.note(Malformed::Te);
        }
    }

    fn host(&mut self, class: Class, value: &[u8], found: &mut Found) {
        // RFC 9110 §7.2
        if self.seen.has(HOST) {
            self.note_in_head(&HOST_REPEATED, found);
        } else {
            self.seen.record(HOST, FieldIndex::new(self.fields));
        }
        let form = Form::from_bits(class.kind);
        if class.is_bad() || form.has_userinfo() {
            // RFC 9110 §7.2
            self.note_in_head(&HOST_FORM, found);
        } else if !self.target.has_host() {
            self.host_form = self.host_form.and(form);
        } else if !form.is_host() {
            // RFC 9110 §7.2
            self.note_in_head(&HOST_FORM, found);
        }
        self.compare_hosts(value, AUTHORITY, found);
    }

    /// Compares `:authority` and `host`, of which the other one is kept. §8.3.1
    pub(super) fn compare_hosts(&mut self, value: &[u8], other: u8, found: &mut Found) {
        if !self.seen.has(other) {
            return self.kept.keep(value);
        }
        let (kept, digest) = (self.kept.digest(), HostDigest::new(value));
        let (authority, host) = if other == AUTHORITY { (kept, digest) } else { (digest, kept) };
        let pair = HostPair::new(&authority, &host);
        if !self.seen.has(SCHEME) || self.target.is_tunnel(&self.seen) {
            // Ports may be left out; another name may not come in any case.
            if self.hosts.is_equal() || !pair.has_same_name() {
                self.hosts = pair;
            }
        } else if !pair.is_same(self.target.scheme, false) {
            // §8.3.1
            found.note(Malformed::HostDiffers);
        }
    }

    /// Checks a `host` that came before the scheme.
    pub(super) fn check_host_form(&self, found: &mut Found) {
        // RFC 9110 §7.2
        if self.target.has_host() && !self.host_form.is_host() {
            found.note(Malformed::HostForm);
        }
    }

    /// Compares `:authority` and `host`, if that had to wait for the scheme.
    pub(super) fn check_hosts(&self, found: &mut Found) {
        // §8.3.1
        if !self.hosts.is_same(self.target.scheme, self.target.is_tunnel(&self.seen)) {
            found.note(Malformed::HostDiffers);
        }
    }

    fn check_content_length(&mut self, value: &[u8], found: &mut Found) {
        let valid = decimal(value);
        let length = valid.unwrap_or_default();
        // RFC 9110 §8.6
        if valid.is_none() {
            self.note_in_head(&LENGTH_FORM, found);
        } else if self.seen.has(CONTENT_LENGTH) && (length != self.length || !self.has_length) {
            // RFC 9110 §8.6
            self.note_in_head(&LENGTH_DIFFERS, found);
        }
        // §8.4
        if self.expected == Expected::Promise && length > 0 {
            found.note(Malformed::PromiseWithContent);
        }
        if !self.seen.has(CONTENT_LENGTH) {
            self.seen.record(CONTENT_LENGTH, FieldIndex::new(self.fields));
            (self.length, self.has_length) = (length, valid.is_some());
        }
    }
}
