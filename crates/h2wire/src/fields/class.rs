//! What a field says by its name and value alone, no matter who sends it and what came before it.

use super::authority::{self, SchemeKind};
use super::octets::{self, BOUNDED, LOWER_TOKEN, all, is_token, trim};
use super::regular::Regular;
use super::seen;

/// Upper half of a kind: which name it is.
pub(super) const NAME_BITS: u8 = 0xf0;
pub(super) const PLAIN: u8 = 0x10;
pub(super) const CONNECTION_SPECIFIC: u8 = 0x20;
pub(super) const TE: u8 = 0x30;
pub(super) const HOST: u8 = 0x40;
pub(super) const CONTENT_LENGTH: u8 = 0x50;
pub(super) const METHOD: u8 = 0x60;
pub(super) const SCHEME: u8 = 0x70;
pub(super) const PATH: u8 = 0x80;
pub(super) const AUTHORITY: u8 = 0x90;
pub(super) const PROTOCOL: u8 = 0xa0;
pub(super) const STATUS: u8 = 0xb0;
pub(super) const PSEUDO_UNKNOWN: u8 = 0xc0;

/// Lower half: the value has a form that it must not have.
pub(super) const BAD_FORM: u8 = 8;
/// Of `te`: what it is, and what it is in another case.
pub(super) const TRAILERS: u8 = 1;
pub(super) const TRAILERS_IN_ANY_CASE: u8 = 2;
/// Of `:status`.
pub(super) const INFORMATIONAL: u8 = 1;
pub(super) const SWITCHING_PROTOCOLS: u8 = 2;

/// What is wrong whatever the name is: bits of [`Class::wrong`].
pub(super) const WRONG_VALUE: u8 = 1;
pub(super) const WRONG_CONTROL: u8 = 2;
pub(super) const WRONG_WHITE_SPACE: u8 = 4;
pub(super) const WRONG_NAME: u8 = 8;

// Lists, not patterns: those are compared byte by byte in code, which takes three times the flash.
const PSEUDO_FIELDS: [(&[u8], u8); 6] = [
    (b":method", METHOD),
    (b":scheme", SCHEME),
    (b":path", PATH),
    (b":authority", AUTHORITY),
    (b":protocol", PROTOCOL),
    (b":status", STATUS),
];

/// What matters of `:method`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Method {
    Connect,
    Options,
    /// GET and HEAD: safe and cacheable.
    Get,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PathKind {
    Empty,
    Absolute,
    Asterisk,
    Other,
}

const METHODS: [(&[u8], Method); 4] = [
    (b"CONNECT", Method::Connect),
    (b"OPTIONS", Method::Options),
    (b"GET", Method::Get),
    (b"HEAD", Method::Get),
];

impl Method {
    pub(super) fn new(value: &[u8]) -> Self {
        let known = METHODS.iter().find(|(name, _)| *name == value);
        known.map_or(Self::Other, |(_, method)| *method)
    }

    /// Two bits of a class.
    pub(super) const fn bits(self) -> u8 {
        match self {
            Self::Connect => 0,
            Self::Options => 1,
            Self::Get => 2,
            Self::Other => 3,
        }
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Connect,
            1 => Self::Options,
            2 => Self::Get,
            _ => Self::Other,
        }
    }
}

impl PathKind {
    pub(super) const fn new(value: &[u8]) -> Self {
        match value {
            [] => Self::Empty,
            [b'/', ..] => Self::Absolute,
            [b'*'] => Self::Asterisk,
            _ => Self::Other,
        }
    }

    /// Two bits of a class.
    pub(super) const fn bits(self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Absolute => 1,
            Self::Asterisk => 2,
            Self::Other => 3,
        }
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Empty,
            1 => Self::Absolute,
            2 => Self::Asterisk,
            _ => Self::Other,
        }
    }
}

/// What a field is. The order of fields and the role do not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Class {
    /// Which name it is, and what matters of the value.
    pub(super) kind: u8,
    pub(super) wrong: u8,
}

impl Class {
    /// Looks at a name and a value.
    pub(super) fn new(name: &[u8], value: &[u8]) -> Self {
        if name.first() == Some(&b':') {
            let known = PSEUDO_FIELDS.iter().find(|(defined, _)| *defined == name);
            return Self::of_value(known.map_or(PSEUDO_UNKNOWN, |(_, kind)| *kind), 0, value);
        }
        // §8.2.1
        let wrong = if name.is_empty() || !all(name, LOWER_TOKEN) { WRONG_NAME } else { 0 };
        let kind = match Regular::from_name(name) {
            None => PLAIN,
            Some(Regular::ConnectionSpecific) => CONNECTION_SPECIFIC,
            Some(Regular::Te) => TE,
            Some(Regular::Host) => HOST,
            Some(Regular::ContentLength) => CONTENT_LENGTH,
        };
        Self::of_value(kind, wrong, value)
    }

    /// Looks at the value of a field whose name is known.
    pub(super) fn of_value(kind: u8, wrong: u8, value: &[u8]) -> Self {
        let wrong = wrong | wrong_value(value);
        let value = Self { kind, wrong }.judged(value);
        Self { kind: kind | value_bits(kind, value), wrong }
    }

    /// What other rules judge of the value: of a regular field not the white space around it, which may be allowed.
    pub(super) fn judged(self, value: &[u8]) -> &[u8] {
        if self.wrong & WRONG_WHITE_SPACE == 0 || self.is_pseudo() { value } else { trim(value) }
    }

    /// All of it in the mark of an entry; 0, which says nothing, if there is something wrong.
    #[cfg(not(feature = "small-huffman"))]
    pub(super) const fn mark(self) -> u8 {
        if self.wrong == 0 { self.kind } else { 0 }
    }

    #[cfg(not(feature = "small-huffman"))]
    pub(super) const fn from_mark(kind: u8) -> Self {
        Self { kind, wrong: 0 }
    }

    /// Which name it is.
    pub(super) const fn name(self) -> u8 {
        self.kind & NAME_BITS
    }

    pub(super) const fn is_pseudo(self) -> bool {
        self.kind >= METHOD
    }

    /// Its bit in [`Seen`](super::seen::Seen); 0 for a pseudo-header field that is not defined.
    pub(super) const fn pseudo_field(self) -> u8 {
        match self.name() {
            METHOD => seen::METHOD,
            SCHEME => seen::SCHEME,
            PATH => seen::PATH,
            AUTHORITY => seen::AUTHORITY,
            PROTOCOL => seen::PROTOCOL,
            STATUS => seen::STATUS,
            _ => 0,
        }
    }

    /// Whether the value has a form that it must not have.
    pub(super) const fn is_bad(self) -> bool {
        self.kind & BAD_FORM != 0
    }
}

/// What is wrong with a value whatever the name is.
pub(super) fn wrong_value(value: &[u8]) -> u8 {
    let is_space = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
    // To the end in any case: a loop that cannot stop looks at 16 bytes at a time.
    let has = |is: fn(u8) -> bool| value.iter().fold(false, |found, octet| found | is(*octet));
    let mut wrong = 0;
    // RFC 9110 §5.5
    if has(|octet| octet < b' ' && octet != b'\t' || octet == 0x7f) {
        wrong |= WRONG_CONTROL;
        // §8.2.1
        if has(|octet| matches!(octet, 0 | b'\r' | b'\n')) {
            wrong |= WRONG_VALUE;
        }
    }
    // §8.2.1
    if is_space(value.first()) || is_space(value.last()) {
        wrong |= WRONG_WHITE_SPACE;
    }
    wrong
}

/// What matters of the value for this name.
fn value_bits(kind: u8, value: &[u8]) -> u8 {
    let (bits, is_good) = match kind {
        // §8.3.1
        METHOD => (Method::new(value).bits(), is_token(value)),
        SCHEME => {
            // §8.3.1
            let is_good = value.first().is_some_and(u8::is_ascii_alphabetic) && all(value, octets::SCHEME);
            (SchemeKind::from_value(value).bits(), is_good)
        }
        // §8.3.1
        PATH => (PathKind::new(value).bits(), all(value, octets::PATH)),
        AUTHORITY | HOST => (authority::form(value).bits(), all(value, BOUNDED)),
        TE if value == b"trailers" => (TRAILERS, true),
        TE if value.eq_ignore_ascii_case(b"trailers") => (TRAILERS_IN_ANY_CASE, true),
        // RFC 8441 §4
        PROTOCOL => (0, is_token(value)),
        STATUS => {
            let bits = match value {
                b"101" => SWITCHING_PROTOCOLS | INFORMATIONAL,
                [b'1', ..] => INFORMATIONAL,
                _ => 0,
            };
            // §8.3.2
            (bits, matches!(value, [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9']))
        }
        _ => (0, true),
    };
    if is_good { bits } else { bits | BAD_FORM }
}
