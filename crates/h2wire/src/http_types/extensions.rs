//! What HTTP/2 messages contain and `http` has no place for: extensions of requests and responses.

use alloc::borrow::Cow;
use core::fmt;

use ::http::uri::Scheme;

use super::pseudo::Pseudo;
use crate::fields::is_token;

/// The protocol that an extended CONNECT asks for, `:protocol`: an extension of requests. RFC 8441 §4.
///
/// ```
/// use h2wire::http_types::Protocol;
///
/// let protocol: Protocol = "connect-udp".parse()?;
/// assert_eq!(protocol.as_str(), "connect-udp");
/// assert!("no token".parse::<Protocol>().is_err());
/// # Ok::<(), h2wire::http_types::ProtocolForm>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Protocol(Cow<'static, str>);

/// A protocol name is not a token. RFC 8441 §4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the name of a protocol is not a token")]
pub struct ProtocolForm;

impl Protocol {
    /// `websocket`. RFC 8441 §5.
    pub const WEBSOCKET: Self = Self(Cow::Borrowed("websocket"));

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&[u8]> for Protocol {
    type Error = ProtocolForm;

    fn try_from(name: &[u8]) -> Result<Self, ProtocolForm> {
        if !is_token(name) {
            return Err(ProtocolForm);
        }
        let name = core::str::from_utf8(name).map_err(|_| ProtocolForm)?;
        Ok(Self(Cow::Owned(name.into())))
    }
}

impl core::str::FromStr for Protocol {
    type Err = ProtocolForm;

    fn from_str(name: &str) -> Result<Self, ProtocolForm> {
        Self::try_from(name.as_bytes())
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `:scheme` where the URI cannot have it: an extension of requests.
///
/// A [`Uri`](::http::Uri) with a scheme needs an authority, and a request may have none. It also holds the scheme of
/// a request that was received over HTTP/1.1, whose URI is a path. The scheme of the URI wins, if there is one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TargetScheme(pub Scheme);

/// Pseudo-header fields that were received as never indexed, or must be sent so: an extension of requests and
/// responses, as a URI has no [`set_sensitive`](::http::HeaderValue::set_sensitive). Keep it when forwarding a
/// message.
/// RFC 7541 §6.2.3.
///
/// ```
/// use h2wire::http_types::NeverIndexed;
///
/// let mut never_indexed = NeverIndexed::default();
/// never_indexed.insert(":path");
/// assert!(never_indexed.contains(":path"));
/// assert!(!never_indexed.contains(":authority"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct NeverIndexed(u8);

impl NeverIndexed {
    /// Adds a pseudo-header field, by its name with the colon. Other names are ignored.
    pub fn insert(&mut self, name: impl AsRef<[u8]>) {
        self.0 |= bit(name.as_ref());
    }

    pub(super) const fn insert_pseudo(&mut self, pseudo: Pseudo) {
        self.0 |= pseudo.bit();
    }

    /// Whether it was added.
    #[must_use]
    pub fn contains(&self, name: impl AsRef<[u8]>) -> bool {
        self.0 & bit(name.as_ref()) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

fn bit(name: &[u8]) -> u8 {
    Pseudo::from_name(name).map_or(0, Pseudo::bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_a_token() {
        for name in ["websocket", "connect-udp", "a!#$%&'*+-.^_`|~"] {
            assert_eq!(name.parse::<Protocol>().map(|protocol| protocol.to_string()), Ok(name.into()));
        }
        for name in ["", "/", "a/", "HTTP/2.0", "/a", "a/b/c", "a b", "a(", "\u{e4}"] {
            assert_eq!(name.parse::<Protocol>(), Err(ProtocolForm), "{name}");
        }
        assert_eq!("websocket".parse(), Ok(Protocol::WEBSOCKET));
    }

    #[test]
    fn every_pseudo_field_can_be_never_indexed_alone() {
        let names = [":method", ":scheme", ":authority", ":path", ":protocol", ":status"];
        for name in names {
            let mut never_indexed = NeverIndexed::default();
            never_indexed.insert(name);
            assert!(names.iter().all(|other| never_indexed.contains(other) == (*other == name)));
        }
        let mut none = NeverIndexed::default();
        none.insert("path");
        assert!(none.is_empty());
    }
}
