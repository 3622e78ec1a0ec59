//! What becomes of one field: a type of `http`.

use ::http::header::{self, HeaderName, HeaderValue, InvalidHeaderValue};
use ::http::uri::{Authority, PathAndQuery, Scheme};
use ::http::{Method, StatusCode};
use bytes::Bytes;

use super::Protocol;
use super::pseudo::Pseudo;
use crate::fields::SchemeKind;

/// What was made of a field.
#[derive(Clone, Debug)]
pub(super) enum Made {
    Regular(HeaderName, HeaderValue),
    Method(Method),
    Scheme(Scheme),
    Authority(Authority),
    Path(PathAndQuery),
    Protocol(Protocol),
    Status(StatusCode),
}

/// The types of `http` refuse a field.
#[derive(Debug)]
pub(super) struct NoPlace;

/// The name of a field. Its value is not looked at without it.
#[derive(Clone, Debug)]
pub(super) enum Name {
    Regular(HeaderName),
    Pseudo(Pseudo),
}

impl Name {
    pub(super) fn new(name: &[u8]) -> Result<Self, NoPlace> {
        if name.first() == Some(&b':') {
            return Pseudo::from_name(name).map(Self::Pseudo).ok_or(NoPlace);
        }
        HeaderName::from_bytes(name).map(Self::Regular).map_err(|_| NoPlace)
    }

    /// The name of an entry of the static table, by its index.
    pub(super) fn of_static(index: u32) -> Option<Self> {
        let index = usize::try_from(index).ok()?;
        if let Some(name) = index.checked_sub(STATIC_PSEUDO).and_then(|index| STATIC_NAMES.get(index)) {
            return Some(Self::Regular(name.clone()));
        }
        match index {
            1 => Some(Self::Pseudo(Pseudo::Authority)),
            2 | 3 => Some(Self::Pseudo(Pseudo::Method)),
            4 | 5 => Some(Self::Pseudo(Pseudo::Path)),
            6 | 7 => Some(Self::Pseudo(Pseudo::Scheme)),
            8..STATIC_PSEUDO => Some(Self::Pseudo(Pseudo::Status)),
            _ => None,
        }
    }

    /// What becomes of a field with this name.
    pub(super) fn with_value(self, value: &[u8]) -> Result<Made, NoPlace> {
        let pseudo = match self {
            Self::Regular(name) => {
                if let Some(value) = small(value) {
                    return Ok(Made::Regular(name, value));
                }
                return match HeaderValue::from_bytes(value) {
                    Ok(value) => Ok(Made::Regular(name, value)),
                    Err(_) => Err(NoPlace),
                };
            }
            Self::Pseudo(pseudo) => pseudo,
        };
        let made = match pseudo {
            Pseudo::Method => method(value).map(Made::Method),
            Pseudo::Scheme => scheme(value).map(Made::Scheme),
            Pseudo::Authority => value.authority().map(Made::Authority),
            Pseudo::Path => path(value).map(Made::Path),
            Pseudo::Protocol => protocol(value).map(Made::Protocol),
            Pseudo::Status => status(value).map(Made::Status),
        };
        made.ok_or(NoPlace)
    }
}

impl Made {
    /// Which pseudo-header field it is, if it is one.
    pub(super) const fn pseudo(&self) -> Option<Pseudo> {
        Some(match self {
            Self::Method(_) => Pseudo::Method,
            Self::Scheme(_) => Pseudo::Scheme,
            Self::Authority(_) => Pseudo::Authority,
            Self::Path(_) => Pseudo::Path,
            Self::Protocol(_) => Pseudo::Protocol,
            Self::Status(_) => Pseudo::Status,
            Self::Regular(..) => return None,
        })
    }

    /// Whether it was made of this pseudo-header field. Values whose type forgets how they were written are not.
    pub(super) fn is_of(&self, name: &[u8], value: &[u8]) -> bool {
        match self {
            Self::Authority(made) => name == b":authority" && made.as_str().as_bytes() == value,
            Self::Path(made) => name == b":path" && made.as_str().as_bytes() == value,
            Self::Method(made) => name == b":method" && made.as_str().as_bytes() == value,
            Self::Scheme(_) | Self::Protocol(_) | Self::Status(_) | Self::Regular(..) => false,
        }
    }
}

/// A value of one visible character, or a boolean of a structured field: nothing is allocated for it, nor counted. RFC 9651 §3.3.6
#[inline]
pub(super) fn small(value: &[u8]) -> Option<HeaderValue> {
    const FIRST: u8 = b'!';
    const VISIBLE: &str = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ\
        [\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    let value = match value {
        [octet] => {
            let at = usize::from(octet.checked_sub(FIRST)?);
            VISIBLE.get(at..=at)?
        }
        b"?0" => "?0",
        b"?1" => "?1",
        _ => return None,
    };
    Some(HeaderValue::from_static(value))
}

/// A value that becomes a part of a URI: copied, or shared if it is a part of memory that can be.
pub(super) trait Value {
    fn octets(&self) -> &[u8];
    fn authority(self) -> Option<Authority>;
    fn path(self) -> Option<PathAndQuery>;
}

impl Value for &[u8] {
    #[inline]
    fn octets(&self) -> &[u8] {
        self
    }

    #[inline]
    fn authority(self) -> Option<Authority> {
        Authority::try_from(self).ok()
    }

    #[inline]
    fn path(self) -> Option<PathAndQuery> {
        PathAndQuery::try_from(self).ok()
    }
}

/// A part of memory that is shared, if it is: nothing is counted or copied before it is used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) memory: Option<&'a Bytes>,
    pub(super) value: &'a [u8],
}

impl Part<'_> {
    /// As the value of a regular field.
    #[inline]
    pub(super) fn header(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        match small(self.value) {
            Some(value) => Ok(value),
            None => HeaderValue::from_maybe_shared(self.share()),
        }
    }

    #[inline]
    fn share(&self) -> Bytes {
        match self.memory {
            Some(memory) => memory.slice_ref(self.value),
            None => Bytes::copy_from_slice(self.value),
        }
    }
}

impl Value for Part<'_> {
    #[inline]
    fn octets(&self) -> &[u8] {
        self.value
    }

    #[inline]
    fn authority(self) -> Option<Authority> {
        Authority::from_maybe_shared(self.share()).ok()
    }

    #[inline]
    fn path(self) -> Option<PathAndQuery> {
        PathAndQuery::from_maybe_shared(self.share()).ok()
    }
}

pub(super) fn method(value: &[u8]) -> Option<Method> {
    Method::from_bytes(value).ok()
}

pub(super) fn protocol(value: &[u8]) -> Option<Protocol> {
    Protocol::try_from(value).ok()
}

pub(super) fn status(value: &[u8]) -> Option<StatusCode> {
    StatusCode::from_bytes(value).ok()
}

/// In lower case where `http` has a constant, which it does not take to be equal to another case.
pub(super) fn scheme(value: &[u8]) -> Option<Scheme> {
    match SchemeKind::from_value(value) {
        SchemeKind::Http => Some(Scheme::HTTP),
        SchemeKind::Https => Some(Scheme::HTTPS),
        // RFC 3986 §3.1
        SchemeKind::Other if value.first().is_some_and(u8::is_ascii_alphabetic) => {
            Scheme::try_from(value).ok()
        }
        SchemeKind::Other => None,
    }
}

#[inline]
pub(super) fn path(value: impl Value) -> Option<PathAndQuery> {
    if value.octets() == b"/" {
        return Some(PathAndQuery::from_static("/"));
    }
    // `http` cuts a fragment off.
    if value.octets().contains(&b'#') {
        return None;
    }
    value.path()
}

/// The index of the first entry of the static table that is not a pseudo-header field.
const STATIC_PSEUDO: usize = 15;

/// The names of the other entries, in their order. RFC 7541 Appendix A.
static STATIC_NAMES: [HeaderName; 47] = [
    header::ACCEPT_CHARSET,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::ACCEPT_RANGES,
    header::ACCEPT,
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::AGE,
    header::ALLOW,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::DATE,
    header::ETAG,
    header::EXPECT,
    header::EXPIRES,
    header::FROM,
    header::HOST,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
    header::LAST_MODIFIED,
    header::LINK,
    header::LOCATION,
    header::MAX_FORWARDS,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::RANGE,
    header::REFERER,
    header::REFRESH,
    header::RETRY_AFTER,
    header::SERVER,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    header::TRANSFER_ENCODING,
    header::USER_AGENT,
    header::VARY,
    header::VIA,
    header::WWW_AUTHENTICATE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_values_are_what_they_were() {
        for octet in 0..=u8::MAX {
            let made = small(&[octet]);
            assert_eq!(made.is_some(), octet.is_ascii_graphic(), "{octet}");
            assert!(made.is_none_or(|made| made.as_bytes() == [octet]));
        }
        assert_eq!([b"?0", b"?1"].map(|value| small(value).unwrap()), ["?0", "?1"]);
        assert!(small(b"").is_none() && small(b"?2").is_none() && small(b"10").is_none());
    }

    #[test]
    fn static_names_are_those_of_the_table() {
        for index in 1..=crate::hpack::STATIC_TABLE_LEN {
            let (expected, _) = crate::hpack::static_entry(index).unwrap();
            let name = match Name::of_static(index).unwrap() {
                Name::Regular(name) => name.as_str().as_bytes().to_vec(),
                Name::Pseudo(pseudo) => pseudo.name().to_vec(),
            };
            assert_eq!(name, expected, "{index}");
        }
        assert!(Name::of_static(0).is_none() && Name::of_static(62).is_none());
    }
}
