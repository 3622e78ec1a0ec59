//! Whether a field section is one that HTTP/2 allows, field by field, in a few bytes of state. RFC 9113 §8.2, §8.3.

use super::{Expected, Malformed, SectionHead, SectionKind};
use crate::Role;

/// Checks the fields of one section in their order.
///
/// It keeps the first breach and takes the rest as it comes, so that HPACK can decode the block to its end. Names and
/// values are looked at once each, never stored.
///
/// ```
/// use h2wire::{Expected, FieldValidator, Malformed, SectionKind};
///
/// let mut validator = FieldValidator::new(Expected::Request);
/// validator.field(b":method", b"GET");
/// validator.field(b":scheme", b"https");
/// validator.field(b":path", b"/");
/// assert_eq!(validator.finish(true), Ok(SectionKind::Request));
///
/// let mut validator = FieldValidator::new(Expected::Request);
/// validator.field(b"Host", b"example.test");
/// assert_eq!(validator.finish(true), Err(Malformed::FieldName));
/// ```
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub struct FieldValidator {
    /// Whether `:protocol` is defined here: `SETTINGS_ENABLE_CONNECT_PROTOCOL` was sent. RFC 8441 §3. Default on, which
    /// leaves it to whoever knows the settings.
    pub extended_connect: bool,
    expected: Expected,
    kind: Option<SectionKind>,
    seen: u8,
    regular_seen: bool,
    method: Method,
    is_http_scheme: bool,
    path: PathKind,
    has_userinfo: bool,
    is_host_and_port: bool,
    is_informational: bool,
    malformed: Option<Malformed>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Method {
    Connect,
    Options,
    /// GET and HEAD: safe and cacheable.
    Get,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PathKind {
    Empty,
    Absolute,
    Asterisk,
    Other,
}

/// Bits of `seen`.
const METHOD: u8 = 1;
const SCHEME: u8 = 2;
const PATH: u8 = 4;
const AUTHORITY: u8 = 8;
const PROTOCOL: u8 = 16;
const STATUS: u8 = 32;

// Lists, not patterns: those are compared byte by byte in code, which takes three times the flash.
const PSEUDO_FIELDS: [(&[u8], u8); 6] = [
    (b":method", METHOD),
    (b":scheme", SCHEME),
    (b":path", PATH),
    (b":authority", AUTHORITY),
    (b":protocol", PROTOCOL),
    (b":status", STATUS),
];

const METHODS: [(&[u8], Method); 4] = [
    (b"CONNECT", Method::Connect),
    (b"OPTIONS", Method::Options),
    (b"GET", Method::Get),
    (b"HEAD", Method::Get),
];

/// §8.2.2
const CONNECTION_SPECIFIC: [&[u8]; 5] =
    [b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"];

impl FieldValidator {
    /// A validator for one section.
    #[must_use]
    pub const fn new(expected: Expected) -> Self {
        Self {
            extended_connect: true,
            expected,
            kind: None,
            seen: 0,
            regular_seen: false,
            method: Method::Other,
            is_http_scheme: false,
            path: PathKind::Other,
            has_userinfo: false,
            is_host_and_port: false,
            is_informational: false,
            malformed: None,
        }
    }

    /// A validator of the section with this head, which `receiver` receives.
    #[must_use]
    pub const fn for_section(receiver: Role, head: &SectionHead) -> Self {
        Self::new(Expected::by(receiver, head))
    }

    /// Takes the next field.
    pub fn field(&mut self, name: &[u8], value: &[u8]) {
        if self.malformed.is_none() {
            self.malformed = self.check(name, value).err();
        }
    }

    /// What is wrong with the fields so far.
    #[must_use]
    pub const fn malformed(&self) -> Option<Malformed> {
        self.malformed
    }

    /// Ends the section. `end_stream` is the flag of its HEADERS frame.
    ///
    /// # Errors
    /// The first breach of RFC 9113 §8.2 or §8.3 in the order of the fields, then what is missing.
    pub fn finish(&self, end_stream: bool) -> Result<SectionKind, Malformed> {
        if let Some(malformed) = self.malformed {
            return Err(malformed);
        }
        let kind = match self.kind {
            Some(kind) => kind,
            None if self.expected == Expected::Promise => SectionKind::Request,
            None => SectionKind::Trailers,
        };
        match kind {
            SectionKind::Request => self.check_request()?,
            // §8.1
            SectionKind::Response if self.is_informational && end_stream => {
                return Err(Malformed::InformationalEndStream);
            }
            // §8.1
            SectionKind::Trailers if !end_stream => return Err(Malformed::TrailersWithoutEndStream),
            SectionKind::Response | SectionKind::Trailers => {}
        }
        Ok(kind)
    }

    const fn has(&self, fields: u8) -> bool {
        self.seen & fields == fields
    }

    fn check(&mut self, name: &[u8], value: &[u8]) -> Result<(), Malformed> {
        check_value(value)?;
        if name.first() == Some(&b':') {
            return self.pseudo(name, value);
        }
        // §8.2.1
        if name.is_empty() || !name.iter().all(|octet| is_lower_token(*octet)) {
            return Err(Malformed::FieldName);
        }
        self.regular_seen = true;
        // §8.2.2
        if CONNECTION_SPECIFIC.contains(&name) {
            return Err(Malformed::ConnectionSpecific);
        }
        // §8.4
        if self.expected == Expected::Promise
            && name == b"content-length"
            && value.iter().any(|octet| *octet != b'0')
        {
            return Err(Malformed::PromiseWithContent);
        }
        if name != b"te" {
            return Ok(());
        }
        // §8.2.2: the exception is for requests.
        if self.expected == Expected::Response || self.kind == Some(SectionKind::Response) {
            return Err(Malformed::ConnectionSpecific);
        }
        // §8.2.2
        if value.eq_ignore_ascii_case(b"trailers") { Ok(()) } else { Err(Malformed::Te) }
    }

    fn pseudo(&mut self, name: &[u8], value: &[u8]) -> Result<(), Malformed> {
        // §8.3
        if self.regular_seen {
            return Err(Malformed::PseudoFieldLate);
        }
        let field = match PSEUDO_FIELDS.iter().find(|(defined, _)| *defined == name) {
            Some((_, field)) if *field != PROTOCOL || self.extended_connect => *field,
            // §8.3
            _ => return Err(Malformed::PseudoFieldUnknown),
        };
        let kind = if field == STATUS { SectionKind::Response } else { SectionKind::Request };
        let expected = match self.expected {
            Expected::Request | Expected::Promise => SectionKind::Request,
            Expected::Response => SectionKind::Response,
            Expected::Any => self.kind.unwrap_or(kind),
        };
        // §8.3
        if kind != expected {
            return Err(Malformed::PseudoFieldOfOtherSide);
        }
        // §8.3
        if self.has(field) {
            return Err(Malformed::PseudoFieldRepeated);
        }
        self.kind = Some(kind);
        self.seen |= field;
        self.check_pseudo_value(field, value)
    }

    fn check_pseudo_value(&mut self, field: u8, value: &[u8]) -> Result<(), Malformed> {
        let malformed = match field {
            // §8.3.1
            METHOD if value.is_empty() || !value.iter().all(|octet| is_token(*octet)) => {
                Malformed::MethodForm
            }
            METHOD => {
                self.method = Method::from_value(value);
                return Ok(());
            }
            // §8.3.1
            SCHEME if !is_scheme(value) => Malformed::SchemeForm,
            SCHEME => {
                self.is_http_scheme =
                    value.eq_ignore_ascii_case(b"http") || value.eq_ignore_ascii_case(b"https");
                return Ok(());
            }
            // §8.3.1
            PATH if value.iter().any(is_space_or_control) => Malformed::PathForm,
            PATH => {
                self.path = PathKind::from_value(value);
                return Ok(());
            }
            // §8.3.1
            AUTHORITY if value.iter().any(is_space_or_control) => Malformed::AuthorityForm,
            // §8.4
            AUTHORITY if value.is_empty() && self.expected == Expected::Promise => {
                Malformed::PromiseWithoutAuthority
            }
            AUTHORITY => {
                self.has_userinfo = value.contains(&b'@');
                self.is_host_and_port = is_host_and_port(value);
                return Ok(());
            }
            // §8.3.2
            STATUS if !matches!(value, [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9']) => Malformed::StatusForm,
            STATUS => {
                self.is_informational = value.first() == Some(&b'1');
                return Ok(());
            }
            _ => return Ok(()),
        };
        Err(malformed)
    }

    /// A tunnel. §8.5
    fn check_connect(&self) -> Result<(), Malformed> {
        // §8.5
        if !self.has(AUTHORITY) {
            return Err(Malformed::ConnectWithoutAuthority);
        }
        // §8.5
        if self.seen & (SCHEME | PATH) != 0 {
            return Err(Malformed::ConnectWithPath);
        }
        // §8.5
        if self.has_userinfo {
            return Err(Malformed::AuthorityUserinfo);
        }
        // §8.5
        if self.is_host_and_port { Ok(()) } else { Err(Malformed::AuthorityForm) }
    }

    fn check_request(&self) -> Result<(), Malformed> {
        let is_connect = self.method == Method::Connect;
        // §8.3.1
        if !self.has(METHOD) {
            return Err(Malformed::MethodMissing);
        }
        // RFC 8441 §4
        if self.has(PROTOCOL) && !is_connect {
            return Err(Malformed::ProtocolWithoutConnect);
        }
        // §8.4
        if self.expected == Expected::Promise && self.method != Method::Get {
            return Err(Malformed::PromiseMethod);
        }
        if is_connect && !self.has(PROTOCOL) {
            return self.check_connect();
        }
        self.check_target()
    }

    /// Scheme, authority and path of a request that is not a tunnel.
    fn check_target(&self) -> Result<(), Malformed> {
        // §8.3.1
        if !self.has(SCHEME) {
            return Err(Malformed::SchemeMissing);
        }
        // §8.3.1
        if !self.has(PATH) {
            return Err(Malformed::PathMissing);
        }
        // §8.4
        if self.expected == Expected::Promise && !self.has(AUTHORITY) {
            return Err(Malformed::PromiseWithoutAuthority);
        }
        if !self.is_http_scheme {
            return Ok(());
        }
        // §8.3.1
        if self.has_userinfo {
            return Err(Malformed::AuthorityUserinfo);
        }
        match self.path {
            PathKind::Absolute => Ok(()),
            PathKind::Asterisk if self.method == Method::Options => Ok(()),
            // §8.3.1
            PathKind::Empty => Err(Malformed::PathEmpty),
            // §8.3.1
            PathKind::Asterisk | PathKind::Other => Err(Malformed::PathForm),
        }
    }
}

impl Method {
    fn from_value(value: &[u8]) -> Self {
        let known = METHODS.iter().find(|(name, _)| *name == value);
        known.map_or(Self::Other, |(_, method)| *method)
    }
}

impl PathKind {
    const fn from_value(value: &[u8]) -> Self {
        match value {
            [] => Self::Empty,
            [b'/', ..] => Self::Absolute,
            [b'*'] => Self::Asterisk,
            _ => Self::Other,
        }
    }
}

/// §8.2.1
fn check_value(value: &[u8]) -> Result<(), Malformed> {
    let is_space = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
    let is_forbidden = |octet: &u8| matches!(octet, 0 | b'\r' | b'\n');
    // To the end in any case: a loop that cannot stop looks at 16 bytes at a time.
    let has_forbidden = value.iter().fold(false, |found, octet| found | is_forbidden(octet));
    if has_forbidden || is_space(value.first()) || is_space(value.last()) {
        return Err(Malformed::FieldValue);
    }
    Ok(())
}

/// A byte of a token. RFC 9110 §5.6.2.
pub(crate) const fn is_token(octet: u8) -> bool {
    octet.is_ascii_uppercase() || is_lower_token(octet)
}

/// RFC 3986 §3.1
fn is_scheme(value: &[u8]) -> bool {
    let is_scheme_octet = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    value.first().is_some_and(u8::is_ascii_alphabetic) && value.iter().all(is_scheme_octet)
}

const fn is_space_or_control(octet: &u8) -> bool {
    *octet <= b' ' || *octet == 0x7f
}

/// The target of a tunnel. RFC 9110 §9.3.6.
fn is_host_and_port(value: &[u8]) -> bool {
    let colon = value.iter().rposition(|octet| *octet == b':').unwrap_or(0);
    let (host, port) = value.split_at_checked(colon).unwrap_or_default();
    let digits = port.get(1..).unwrap_or_default();
    !host.is_empty() && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// A byte of a token (RFC 9110 §5.6.2) that is no upper-case letter.
const fn is_lower_token(octet: u8) -> bool {
    matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'^' | b'_' | b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests;
