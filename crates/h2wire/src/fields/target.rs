//! What a request asks for: method, scheme, authority and path. RFC 9113 §8.3.1, §8.5.

use super::authority::{Form, SchemeKind};
use super::breach::Found;
#[cfg(not(feature = "small-huffman"))]
use super::class;
use super::class::{Class, Method, PathKind};
use super::seen::{AUTHORITY, HOST, METHOD, PATH, PROTOCOL, SCHEME, Seen};
use super::{Expected, Malformed};

/// What is known of the request so far.
#[derive(Clone, Debug)]
pub(super) struct Target {
    method: Method,
    pub(super) scheme: SchemeKind,
    path: PathKind,
    authority: Form,
}

impl Target {
    pub(super) const fn new() -> Self {
        Self {
            method: Method::Other,
            scheme: SchemeKind::Other,
            path: PathKind::Other,
            authority: Form::NONE,
        }
    }

    /// A CONNECT request without `:protocol`. §8.5
    pub(super) const fn is_tunnel(&self, seen: &Seen) -> bool {
        matches!(self.method, Method::Connect) && !seen.has(PROTOCOL)
    }

    /// Whether `host` must be a name or address and a port or none: for http, https and CONNECT.
    pub(super) fn has_host(&self) -> bool {
        self.scheme != SchemeKind::Other || self.method == Method::Connect
    }

    /// Takes a method, scheme or path of a good form, the first one.
    #[cfg(not(feature = "small-huffman"))]
    #[inline(always)]
    pub(super) const fn record(&mut self, class: Class) {
        match class.name() {
            class::METHOD => self.method = Method::from_bits(class.kind),
            class::SCHEME => self.scheme = SchemeKind::from_bits(class.kind),
            class::PATH => self.path = PathKind::from_bits(class.kind),
            _ => {}
        }
    }

    /// Whether nothing is wrong with a method, a scheme, a path and an authority, all of which came.
    #[cfg(not(feature = "small-huffman"))]
    pub(super) fn is_plain(&self) -> bool {
        self.method != Method::Connect
            && self.path == PathKind::Absolute
            && self.authority.is_host()
            && !self.authority.has_userinfo()
    }

    // The first of several values counts, where they can differ: `is_first`. All of them are checked.

    pub(super) fn method(&mut self, class: Class, is_first: bool, found: &mut Found) {
        // §8.3.1
        if class.is_bad() {
            found.note(Malformed::MethodForm);
        }
        if is_first {
            self.method = Method::from_bits(class.kind);
        }
    }

    pub(super) fn scheme(&mut self, class: Class, is_first: bool, found: &mut Found) {
        // §8.3.1
        if class.is_bad() {
            found.note(Malformed::SchemeForm);
        }
        if is_first {
            self.scheme = SchemeKind::from_bits(class.kind);
        }
    }

    pub(super) fn path(&mut self, class: Class, is_first: bool, found: &mut Found) {
        // §8.3.1
        if class.is_bad() {
            found.note(Malformed::PathForm);
        }
        if is_first || self.path == PathKind::Absolute {
            self.path = PathKind::from_bits(class.kind);
        }
    }

    pub(super) fn authority(&mut self, class: Class, is_first: bool, found: &mut Found) {
        // §8.3.1, RFC 3986 §3.2
        if class.is_bad() {
            found.note(Malformed::AuthorityForm);
        }
        let form = Form::from_bits(class.kind);
        self.authority = if is_first { form } else { self.authority.and(form) };
    }

    /// Checks what is known when all fields are there.
    pub(super) fn check(&self, seen: &Seen, expected: Expected, sending: bool, found: &mut Found) {
        // §8.3.1
        if !seen.has(METHOD) {
            found.note(Malformed::MethodMissing);
        }
        // RFC 8441 §4
        if seen.has(PROTOCOL) && self.method != Method::Connect {
            found.note(Malformed::ProtocolWithoutConnect);
        }
        // §8.4
        if expected == Expected::Promise && self.method != Method::Get {
            found.note(Malformed::PromiseMethod);
        }
        if self.is_tunnel(seen) {
            self.check_tunnel(seen, found);
        } else {
            self.check_target(seen, expected, sending, found);
        }
    }

    /// Checks what holds whatever fields there are that are not known.
    #[cfg(feature = "alloc")]
    pub(super) fn check_known(&self, seen: &Seen, promised: bool, found: &mut Found) {
        // RFC 8441 §4
        if seen.has(METHOD) && seen.has(PROTOCOL) && self.method != Method::Connect {
            found.note(Malformed::ProtocolWithoutConnect);
        }
        // §8.4
        if promised && seen.has(METHOD) && self.method != Method::Get {
            found.note(Malformed::PromiseMethod);
        }
        if self.scheme != SchemeKind::Other && seen.has(AUTHORITY) {
            self.check_http_authority(found);
        }
        // The method may be OPTIONS.
        let may_be_asterisk = self.path == PathKind::Asterisk && !seen.has(METHOD);
        if self.scheme != SchemeKind::Other && seen.has(PATH) && !may_be_asterisk {
            self.check_path(found);
        }
    }

    /// §8.5
    fn check_tunnel(&self, seen: &Seen, found: &mut Found) {
        // §8.5
        if !seen.has(AUTHORITY) {
            found.note(Malformed::ConnectWithoutAuthority);
        }
        // §8.5
        if seen.has(SCHEME) || seen.has(PATH) {
            found.note(Malformed::ConnectWithPath);
        }
        if seen.has(AUTHORITY) {
            self.check_userinfo(found);
            // §8.5
            if !self.authority.is_host_and_port() {
                found.note(Malformed::ConnectAuthorityForm);
            }
        }
    }

    /// Scheme, authority and path of a request that is not a tunnel.
    fn check_target(&self, seen: &Seen, expected: Expected, sending: bool, found: &mut Found) {
        // §8.3.1
        if !seen.has(SCHEME) {
            found.note(Malformed::SchemeMissing);
        }
        // §8.3.1
        if !seen.has(PATH) {
            found.note(Malformed::PathMissing);
        }
        // §8.4
        if expected == Expected::Promise && !seen.has(AUTHORITY) {
            found.note(Malformed::PromiseWithoutAuthority);
        }
        if self.scheme == SchemeKind::Other {
            return;
        }
        if seen.has(AUTHORITY) {
            self.check_http_authority(found);
        } else if sending && expected == Expected::Request && !seen.has(HOST) {
            // RFC 9110 §7.2
            found.note(Malformed::AuthorityMissing);
        }
        if seen.has(PATH) {
            self.check_path(found);
        }
    }

    fn check_http_authority(&self, found: &mut Found) {
        self.check_userinfo(found);
        // §8.3.1, RFC 9110 §4.2.1
        if !self.authority.is_host() {
            found.note(Malformed::AuthorityForm);
        }
    }

    fn check_userinfo(&self, found: &mut Found) {
        // §8.3.1
        if self.authority.has_userinfo() {
            found.note(Malformed::AuthorityUserinfo);
        }
    }

    fn check_path(&self, found: &mut Found) {
        match self.path {
            PathKind::Absolute => {}
            PathKind::Asterisk if self.method == Method::Options => {}
            // §8.3.1
            PathKind::Empty => found.note(Malformed::PathEmpty),
            // §8.3.1
            PathKind::Asterisk | PathKind::Other => found.note(Malformed::PathForm),
        }
    }
}
