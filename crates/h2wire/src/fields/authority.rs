//! The authority of a request: `host [":" port]`. RFC 3986 §3.2, RFC 9110 §4.2, §7.2.

use super::octets::{HEX_DIGIT, REG_NAME, all, decimal};

/// What the value of `:authority` or `host` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Form {
    /// There is an `@`. The other facts are of what comes after it.
    pub(super) has_userinfo: bool,
    /// A name or address that is not empty, and a port or none.
    pub(super) is_host: bool,
    /// That, with a port from 1 to 65535.
    pub(super) is_host_and_port: bool,
}

impl Form {
    /// That of no authority.
    pub(super) const NONE: Self = Self::from_bits(0);

    /// Three bits of a class.
    pub(super) fn bits(self) -> u8 {
        u8::from(self.has_userinfo) | u8::from(self.is_host) << 1 | u8::from(self.is_host_and_port) << 2
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self { has_userinfo: bits & 1 != 0, is_host: bits & 2 != 0, is_host_and_port: bits & 4 != 0 }
    }
}

/// The schemes whose default port is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SchemeKind {
    Http,
    Https,
    Other,
}

impl SchemeKind {
    pub(crate) fn from_value(value: &[u8]) -> Self {
        if value.eq_ignore_ascii_case(b"http") {
            Self::Http
        } else if value.eq_ignore_ascii_case(b"https") {
            Self::Https
        } else {
            Self::Other
        }
    }

    /// Two bits of a class.
    pub(super) const fn bits(self) -> u8 {
        match self {
            Self::Http => 0,
            Self::Https => 1,
            Self::Other => 2,
        }
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Http,
            1 => Self::Https,
            _ => Self::Other,
        }
    }

    const fn default_port(self) -> Option<u16> {
        match self {
            Self::Http => Some(80),
            Self::Https => Some(443),
            Self::Other => None,
        }
    }
}

/// Looks at an authority.
pub(super) fn form(value: &[u8]) -> Form {
    let at = value.iter().rposition(|octet| *octet == b'@');
    let after = at.map_or(0, |at| at.wrapping_add(1));
    let (host, port) = split(value.get(after..).unwrap_or_default());
    let number = port.and_then(decimal).filter(|number| *number <= 65_535);
    let is_name = match host {
        [b'[', address @ .., b']'] => is_ipv6(address),
        _ => !host.is_empty() && is_reg_name(host),
    };
    Form {
        has_userinfo: at.is_some(),
        is_host: is_name && (number.is_some() || port.unwrap_or_default().is_empty()),
        is_host_and_port: is_name && number.is_some_and(|number| number != 0),
    }
}

/// The name, and the port after its last colon, if there is a colon.
fn split(value: &[u8]) -> (&[u8], Option<&[u8]>) {
    // The colons in brackets are those of an address.
    let end = value.iter().rposition(|octet| matches!(octet, b':' | b']'));
    match end.and_then(|at| value.split_at_checked(at)) {
        Some((name, [b':', port @ ..])) => (name, Some(port)),
        _ => (value, None),
    }
}

/// What comes before the first `separator`, and what comes after it, if there is one.
fn cut(octets: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    let at = octets.iter().position(|octet| *octet == separator);
    match at.and_then(|at| octets.split_at_checked(at)) {
        Some((before, [_, after @ ..])) => (before, Some(after)),
        _ => (octets, None),
    }
}

/// RFC 3986 §3.2.2
fn is_reg_name(name: &[u8]) -> bool {
    let (first, mut rest) = cut(name, b'%');
    let mut is_valid = all(first, REG_NAME);
    while let Some(escaped) = rest {
        let (piece, behind) = cut(escaped, b'%');
        let digits = piece.split_at_checked(2);
        is_valid &= digits.is_some_and(|(digits, piece)| all(digits, HEX_DIGIT) && all(piece, REG_NAME));
        rest = behind;
    }
    is_valid
}

/// What stands in brackets: eight groups of 16 bits, `::` for some of them, an IPv4 address for the last two. RFC 3986
/// §3.2.2.
fn is_ipv6(address: &[u8]) -> bool {
    // A `::` at an end leaves one empty piece, as it does between groups; a single colon there is wrong.
    let address = match address {
        b"" => return false,
        b"::" => return true,
        [b':', rest @ ..] if rest.first() == Some(&b':') => rest,
        [b':', ..] => return false,
        _ => address,
    };
    let address = match address {
        [rest @ .., b':'] if rest.last() == Some(&b':') => rest,
        [.., b':'] => return false,
        _ => address,
    };
    let (mut groups, mut gaps) = (0_u32, 0_u32);
    let mut rest = Some(address);
    while let Some(part) = rest {
        let (piece, behind) = cut(part, b':');
        rest = behind;
        if piece.is_empty() {
            gaps = gaps.wrapping_add(1);
        } else if piece.len() <= 4 && all(piece, HEX_DIGIT) {
            groups = groups.wrapping_add(1);
        } else if rest.is_none() && is_ipv4(piece) {
            groups = groups.wrapping_add(2);
        } else {
            return false;
        }
    }
    if gaps == 0 { groups == 8 } else { gaps == 1 && groups < 8 }
}

fn is_ipv4(address: &[u8]) -> bool {
    let mut rest = Some(address);
    for _ in 0..4 {
        let (piece, behind) = cut(rest.unwrap_or_default(), b'.');
        if matches!(piece, [b'0', _, ..]) || decimal(piece).is_none_or(|number| number > 255) {
            return false;
        }
        rest = behind;
    }
    rest.is_none()
}

/// Enough of a host and port to tell whether another is the same.
///
/// Names of up to 40 bytes are compared byte by byte; of longer ones the last 40, the length and a hash of all. Who looks for
/// it can find two long names with the same hash, but only with the same end, and so of one domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HostDigest {
    len: u32,
    hash: u64,
    tail: [u8; Self::TAIL],
    port: Option<u16>,
}

impl HostDigest {
    const TAIL: usize = 40;
    /// Of nothing.
    pub(super) const EMPTY: Self = Self { len: 0, hash: 0, tail: [0; Self::TAIL], port: None };

    /// Case does not count. RFC 3986 §6.2.2.1.
    pub(crate) fn new(value: &[u8]) -> Self {
        let (name, port) = split(value);
        let number = port.and_then(decimal).and_then(|number| u16::try_from(number).ok());
        let has_port = number.is_some() || port.is_some_and(<[u8]>::is_empty);
        let name = if has_port { name } else { value };
        let len = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let mut digest = Self { len, port: number, ..Self::EMPTY };
        // All of a short name is kept.
        let hashed = if name.len() > Self::TAIL { name } else { &[] };
        for octet in hashed {
            let octet = octet.to_ascii_lowercase();
            // FNV-1a
            digest.hash = (digest.hash ^ u64::from(octet)).wrapping_mul(0x100_0000_01b3);
        }
        let kept = name.get(name.len().saturating_sub(Self::TAIL)..).unwrap_or_default();
        if let Some(place) = digest.tail.get_mut(..kept.len()) {
            place.copy_from_slice(kept);
        }
        digest.tail.make_ascii_lowercase();
        digest
    }

    /// Whether this authority and a host name the same. The default port of the scheme does not count. RFC 3986 §6.2.3.
    pub(crate) fn is_same(&self, host: &Self, scheme: SchemeKind, is_tunnel: bool) -> bool {
        let port = |digest: &Self| digest.port.filter(|port| Some(*port) != scheme.default_port());
        // The `host` of a tunnel may be without the port: the example of RFC 9110 §9.3.6.
        let port_is_same = port(self) == port(host) || is_tunnel && host.port.is_none();
        port_is_same && self.len == host.len && self.hash == host.hash && self.tail == host.tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_http_are_names_and_addresses() {
        for host in [
            "a",
            "example.test",
            "EXAMPLE.test.",
            "a_b",
            "127.0.0.1",
            "xn--bcher-kva.test",
            "a%2Fb",
            "[::1]",
            "[::]",
            "[1::]",
            "[1:2:3:4:5:6:7:8]",
            "[1:2:3:4:5:6:7::]",
            "[::ffff:127.0.0.1]",
            "[1:2:3:4:5:6:127.0.0.1]",
            "!$&'()*+,;=",
            "example.test:",
            "example.test:0",
            "example.test:80",
            "[::1]:65535",
        ] {
            assert!(form(host.as_bytes()).is_host, "{host}");
        }
        for host in [
            "",
            ":",
            ":80",
            "a/b",
            "a?b",
            "a#b",
            "a\\b",
            "a b",
            "a:b",
            "a:b:c",
            "a:x",
            "a:65536",
            "a:99999999999999999999",
            "a:-1",
            "<a>",
            "\"a\"",
            "a%",
            "a%2",
            "a%zz",
            "\u{e9}",
            "[",
            "]",
            "[]",
            "[::1",
            "::1]",
            "[::1]a",
            "[::1]:x",
            "[::g]",
            "[1:2:3:4:5:6:7]",
            "[1:2:3:4:5:6:7:8:9]",
            "[1:2:3:4:5:6:7:8::]",
            "[1::2::3]",
            "[:::]",
            "[:1::2]",
            "[12345::]",
            "[::127.0.0.256]",
            "[::127.0.0]",
            "[::127.0.0.01]",
            "[127.0.0.1::]",
            "[a]",
            "[fe80::1%25eth0]",
            "a[::1]",
        ] {
            assert!(!form(host.as_bytes()).is_host, "{host}");
        }
    }

    proptest::proptest! {
        #[test]
        fn addresses_are_those_of_std(address in "(::)?[0-9a-g]{1,5}(:[0-9a-f]{0,4}){0,8}(::)?([0-9.]{7,9})?") {
            proptest::prop_assert_eq!(
                is_ipv6(address.as_bytes()),
                address.parse::<std::net::Ipv6Addr>().is_ok()
            );
            proptest::prop_assert_eq!(
                is_ipv4(address.as_bytes()),
                address.parse::<std::net::Ipv4Addr>().is_ok()
            );
        }
    }

    #[test]
    fn a_tunnel_has_a_port() {
        for authority in ["a:1", "a:65535", "[::1]:443", "a:080"] {
            assert!(form(authority.as_bytes()).is_host_and_port, "{authority}");
        }
        for authority in ["a", "a:", "a:0", "a:65536", ":1", "[::1]", "a/b:1", "a?b:1", "a#:1", "a:b"] {
            assert!(!form(authority.as_bytes()).is_host_and_port, "{authority}");
        }
    }

    #[test]
    fn userinfo_is_told_from_the_host() {
        assert!(form(b"a:b@c:1").has_userinfo && form(b"a:b@c:1").is_host_and_port);
        assert!(form(b"@").has_userinfo && !form(b"@").is_host);
        assert!(!form(b"a").has_userinfo);
    }

    #[test]
    fn compares_after_normalization_for_the_scheme() {
        let same = |authority: &str, host: &str, scheme, is_tunnel| {
            HostDigest::new(authority.as_bytes()).is_same(
                &HostDigest::new(host.as_bytes()),
                scheme,
                is_tunnel,
            )
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
