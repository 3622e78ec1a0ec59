//! What the values of some regular fields must be.

use super::FieldValidator;
use crate::fields::authority::{self, HostDigest};
use crate::fields::breach::{FieldIndex, Found};
use crate::fields::octets::{BOUNDED, all, decimal};
use crate::fields::regular::Regular;
use crate::fields::seen::{AUTHORITY, CONTENT_LENGTH, HOST};
use crate::{Expected, Malformed, SectionKind};

impl FieldValidator {
    pub(super) fn regular(&mut self, regular: Regular, value: &[u8], found: &mut Found) {
        // §8.2.2: the exception for te is for requests.
        let in_response = self.expected == Expected::Response || self.kind == Some(SectionKind::Response);
        match regular {
            // §8.2.2
            Regular::ConnectionSpecific => found.note(Malformed::ConnectionSpecific),
            // §8.2.2
            Regular::Te if in_response => found.note(Malformed::ConnectionSpecific),
            // §8.2.2
            Regular::Te => self.te(value, found),
            Regular::Host if self.kind == Some(SectionKind::Request) => self.host(value, found),
            Regular::ContentLength if self.kind.is_some() => self.check_content_length(value, found),
            Regular::Host | Regular::ContentLength => {}
        }
    }

    fn te(&self, value: &[u8], found: &mut Found) {
        let is_allowed =
            if self.sending { value == b"trailers" } else { value.eq_ignore_ascii_case(b"trailers") };
        // §8.2.2
        if !is_allowed {
            found.note(Malformed::Te);
        }
    }

    fn host(&mut self, value: &[u8], found: &mut Found) {
        // RFC 9110 §7.2
        if self.seen.has(HOST) {
            found.note(Malformed::HostRepeated);
        } else {
            self.seen.record(HOST, FieldIndex::new(self.fields));
        }
        let form = authority::form(value);
        let is_valid = if self.target.has_host() { form.is_host } else { all(value, BOUNDED) };
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
