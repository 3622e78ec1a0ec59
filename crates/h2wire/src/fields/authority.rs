//! The authority of a request: `host [":" port]`. RFC 3986 §3.2, RFC 9110 §4.2, §7.2.

use super::octets::{HEX_DIGIT, REG_NAME, all, decimal};

/// What the value of `:authority` or `host` is. Three bits of a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Form(u8);

impl Form {
    const USERINFO: u8 = 1;
    const HOST: u8 = 2;
    const HOST_AND_PORT: u8 = 4;

    /// That of no authority.
    pub(super) const NONE: Self = Self(0);
    /// That of which no other has more; of `and` it is the neutral one.
    pub(super) const BEST: Self = Self(Self::HOST | Self::HOST_AND_PORT);

    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// What holds for both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self((self.0 | other.0) & Self::USERINFO | self.0 & other.0 & Self::BEST.0)
    }

    /// There is an `@`. The other facts are of what comes after it.
    pub(super) const fn has_userinfo(self) -> bool {
        self.0 & Self::USERINFO != 0
    }

    /// A name or address that is not empty, and a port or none.
    pub(super) const fn is_host(self) -> bool {
        self.0 & Self::HOST != 0
    }

    /// That, with a port from 1 to 65535.
    pub(super) const fn is_host_and_port(self) -> bool {
        self.0 & Self::HOST_AND_PORT != 0
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
    let mut form = 0;
    if at.is_some() {
        form |= Form::USERINFO;
    }
    if is_name && (number.is_some() || port.unwrap_or_default().is_empty()) {
        form |= Form::HOST;
    }
    if is_name && number.is_some_and(|number| number != 0) {
        form |= Form::HOST_AND_PORT;
    }
    Form(form)
}

/// The name, and the port after its last colon, if there is a colon.
pub(super) fn split(value: &[u8]) -> (&[u8], Option<&[u8]>) {
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
            "[::ffff:255.0.1.255]",
            "[1:2:3:4:5:6:127.0.0.1]",
            "!$&'()*+,;=",
            "example.test:",
            "example.test:0",
            "example.test:80",
            "[::1]:65535",
        ] {
            assert!(form(host.as_bytes()).is_host(), "{host}");
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
            assert!(!form(host.as_bytes()).is_host(), "{host}");
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
            assert!(form(authority.as_bytes()).is_host_and_port(), "{authority}");
        }
        for authority in ["a", "a:", "a:0", "a:65536", ":1", "[::1]", "a/b:1", "a?b:1", "a#:1", "a:b"] {
            assert!(!form(authority.as_bytes()).is_host_and_port(), "{authority}");
        }
    }

    #[test]
    fn userinfo_is_told_from_the_host() {
        assert!(form(b"a:b@c:1").has_userinfo() && form(b"a:b@c:1").is_host_and_port());
        assert!(form(b"@").has_userinfo() && !form(b"@").is_host());
        assert!(!form(b"a").has_userinfo());
    }
}
