//! What the values of some regular fields must be.

use super::FieldValidator;
use crate::fields::authority::{Form, HostDigest};
use crate::fields::breach::{FieldIndex, Found};
use crate::fields::class::{self, Class};
use crate::fields::octets::decimal;
use crate::fields::seen::{AUTHORITY, CONTENT_LENGTH, HOST};
use crate::{Expected, Malformed, SectionKind};

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
            class::HOST if self.kind == Some(SectionKind::Request) => self.host(class, value, found),
            class::CONTENT_LENGTH if self.kind.is_some() => self.check_content_length(value, found),
            _ => {}
        }
    }

    fn te(&self, class: Class, found: &mut Found) {
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
            found.note(Malformed::HostRepeated);
        } else {
            self.seen.record(HOST, FieldIndex::new(self.fields));
        }
        let form = Form::from_bits(class.kind);
        let is_valid = if self.target.has_host() { form.is_host } else { !class.is_bad() };
        // RFC 9110 §7.2
        if !is_valid || form.has_userinfo {
            found.note(Malformed::HostForm);
        }
        self.compare_hosts(value, AUTHORITY, found);
    }

    /// Compares `:authority` and `host`, of which the other one is kept. §8.3.1
    pub(super) fn compare_hosts(&mut self, value: &[u8], other: u8, found: &mut Found) {
        let digest = HostDigest::new(value);
        if !self.seen.has(other) {
            self.kept = digest;
            return;
        }
        let (authority, host) =
            if other == AUTHORITY { (&self.kept, &digest) } else { (&digest, &self.kept) };
        // §8.3.1
        let is_same = authority.is_same(host, self.target.scheme, self.target.is_tunnel(&self.seen));
        if !is_same && !self.may_be_same_host() {
            found.note(Malformed::HostDiffers);
        }
    }

    fn check_content_length(&mut self, value: &[u8], found: &mut Found) {
        let length = decimal(value);
        match (length, self.content_length) {
            // RFC 9110 §8.6
            (None, _) => found.note(Malformed::ContentLengthForm),
            // RFC 9110 §8.6
            (length, before) if self.seen.has(CONTENT_LENGTH) && length != before => {
                found.note(Malformed::ContentLengthDiffers);
            }
            // §8.4
            (Some(1..), _) if self.expected == Expected::Promise => found.note(Malformed::PromiseWithContent),
            _ => {}
        }
        if !self.seen.has(CONTENT_LENGTH) {
            self.seen.record(CONTENT_LENGTH, FieldIndex::new(self.fields));
            self.content_length = length;
        }
    }
}
