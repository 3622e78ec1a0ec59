//! Whether `:authority` and `host` name the same. RFC 9113 §8.3.1.

use super::authority::{SchemeKind, split};
use super::octets::decimal;

/// The port of an authority, or that it has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Port(u32);

impl Port {
    const NONE: Self = Self(u32::MAX);

    const fn default_of(scheme: SchemeKind) -> Self {
        match scheme {
            SchemeKind::Http => Self(80),
            SchemeKind::Https => Self(443),
            SchemeKind::Other => Self::NONE,
        }
    }

    /// None for the default port of the scheme. RFC 3986 §6.2.3.
    fn besides_default(self, scheme: SchemeKind) -> Self {
        if self == Self::default_of(scheme) { Self::NONE } else { self }
    }
}

/// Enough of a host and port to tell whether another is the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HostDigest {
    name: NameDigest,
    port: Port,
}

/// Names of up to 28 bytes are compared byte by byte; of longer ones the last 28, the length and a hash of the rest. An attacker can
/// find two long names with the same hash, but only with the same end, and so of one domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct NameDigest {
    len: u32,
    hash: u32,
    tail: [u8; Self::TAIL],
}

impl NameDigest {
    const TAIL: usize = 28;
    const EMPTY: Self = Self { len: 0, hash: 0, tail: [0; Self::TAIL] };

    /// Case does not count. RFC 3986 §6.2.2.1.
    fn new(name: &[u8]) -> Self {
        let mut digest = Self { len: u32::try_from(name.len()).unwrap_or(u32::MAX), ..Self::EMPTY };
        let (start, kept) = name.split_at_checked(name.len().saturating_sub(Self::TAIL)).unwrap_or_default();
        for octet in start {
            // FNV-1a
            digest.hash = (digest.hash ^ u32::from(octet.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
        }
        if let Some(place) = digest.tail.get_mut(..kept.len()) {
            place.copy_from_slice(kept);
        }
        digest.tail.make_ascii_lowercase();
        digest
    }
}

impl HostDigest {
    pub(crate) fn new(value: &[u8]) -> Self {
        let (name, port) = split(value);
        let number = port.and_then(decimal).and_then(|number| u16::try_from(number).ok());
        let has_port = number.is_some() || port.is_some_and(<[u8]>::is_empty);
        let name = if has_port { name } else { value };
        Self { name: NameDigest::new(name), port: number.map_or(Port::NONE, |number| Port(number.into())) }
    }

    /// Whether this authority and a host name the same. The default port of the scheme does not count. RFC 3986 §6.2.3.
    #[cfg(feature = "http")]
    pub(crate) fn is_same(&self, host: &Self, scheme: SchemeKind, is_tunnel: bool) -> bool {
        HostPair::new(self, host).is_same(scheme, is_tunnel)
    }
}

/// The value of `:authority` or `host` until the other one comes, which it seldom does: a short one as it is.
#[derive(Clone, Debug)]
pub(super) enum KeptHost {
    /// Nothing. Its octets need not be written for each section.
    Empty,
    Short {
        len: u8,
        octets: [u8; Self::SHORT],
    },
    Long(HostDigest),
}

impl KeptHost {
    const SHORT: usize = 40;

    /// Keeps a value in place: one that is made elsewhere and moved is waited for.
    pub(super) fn keep(&mut self, value: &[u8]) {
        *self = Self::Short { len: 0, octets: [0; Self::SHORT] };
        if let Self::Short { len, octets } = self
            && let Some(place) = octets.get_mut(..value.len())
            && let Ok(short) = u8::try_from(value.len())
        {
            place.copy_from_slice(value);
            *len = short;
        } else {
            *self = Self::of(value);
        }
    }

    #[cold]
    fn of(value: &[u8]) -> Self {
        let mut octets = [0; Self::SHORT];
        match (u8::try_from(value.len()), octets.get_mut(..value.len())) {
            (Ok(len), Some(place)) => {
                place.copy_from_slice(value);
                Self::Short { len, octets }
            }
            _ => Self::Long(HostDigest::new(value)),
        }
    }

    pub(super) fn digest(&self) -> HostDigest {
        match self {
            Self::Empty => HostDigest::new(b""),
            Self::Short { len, octets } => {
                HostDigest::new(octets.get(..usize::from(*len)).unwrap_or_default())
            }
            Self::Long(digest) => *digest,
        }
    }
}

/// What is left to compare of an authority and a host once the scheme is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostPair {
    is_same_name: bool,
    authority_port: Port,
    host_port: Port,
}

impl HostPair {
    /// Of two that are the same.
    pub(super) const SAME: Self =
        Self { is_same_name: true, authority_port: Port::NONE, host_port: Port::NONE };

    pub(super) fn new(authority: &HostDigest, host: &HostDigest) -> Self {
        let is_same_name = authority.name == host.name;
        Self { is_same_name, authority_port: authority.port, host_port: host.port }
    }

    /// Whether they are the same. The `host` of a tunnel may be without the port: the example of RFC 9110 §9.3.6.
    pub(super) fn is_same(self, scheme: SchemeKind, is_tunnel: bool) -> bool {
        let authority = self.authority_port.besides_default(scheme);
        let host = self.host_port.besides_default(scheme);
        self.is_same_name && (authority == host || is_tunnel && self.host_port == Port::NONE)
    }

    pub(super) const fn has_same_name(self) -> bool {
        self.is_same_name
    }

    /// Whether they are the same whatever the scheme is.
    pub(super) fn is_equal(self) -> bool {
        self.is_same(SchemeKind::Other, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_after_normalization_for_the_scheme() {
        let same = |authority: &str, host: &str, scheme, is_tunnel| {
            let digest = |text: &str| HostDigest::new(text.as_bytes());
            HostPair::new(&digest(authority), &digest(host)).is_same(scheme, is_tunnel)
        };
        assert!(same("example.com", "EXAMPLE.com", SchemeKind::Https, false));
        assert!(same("example.com", "example.com:443", SchemeKind::Https, false));
        assert!(same("example.com:", "example.com", SchemeKind::Http, false));
        assert!(same("[::1]:80", "[::1]", SchemeKind::Http, false));
        assert!(same("/run/a:b", "/run/a:b", SchemeKind::Http, false));
        assert!(!same("/run/a:b", "/run/a:c", SchemeKind::Http, false));
        assert!(!same("[::1]:80", "[::1]", SchemeKind::Https, false));
        assert!(!same("[::1]", "[::2]", SchemeKind::Https, false));
        assert!(!same("example.com", "example.com:80", SchemeKind::Https, false));
        assert!(!same("example.com", "example.org", SchemeKind::Https, false));
        assert!(!same("example.com:443", "example.com", SchemeKind::Other, false));
        assert!(same("example.com:443", "example.com:443", SchemeKind::Other, true));
        assert!(same("example.com:443", "example.com", SchemeKind::Other, true));
        assert!(!same("example.com:443", "example.com:80", SchemeKind::Other, true));
        assert!(!same("example.com", "example.com:443", SchemeKind::Other, true));
    }

    #[test]
    fn every_byte_of_a_name_counts() {
        let name = vec![b'a'; 300];
        for len in 0..name.len() {
            let digest = HostDigest::new(&name[..len]);
            assert_ne!(digest, HostDigest::new(&name[..=len]));
            for at in (0..len).step_by(7) {
                let mut other = name[..len].to_vec();
                other[at] = b'b';
                assert_ne!(digest, HostDigest::new(&other), "{at} of {len}");
            }
        }
    }
}
