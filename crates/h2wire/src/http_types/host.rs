//! Who a request is for: the authority of its URI, and its `host` field. RFC 9113 §8.3.1.

use ::http::uri::{Authority, Scheme};
use ::http::{HeaderMap, HeaderValue, header};

/// There is more than one `host` line. RFC 9110 §7.2 has one.
pub(super) struct Repeated;

/// The `host` line, if there is one.
pub(super) fn host(headers: &HeaderMap) -> Result<Option<&HeaderValue>, Repeated> {
    let mut lines = headers.get_all(header::HOST).iter();
    match (lines.next(), lines.next()) {
        (line, None) => Ok(line),
        _ => Err(Repeated),
    }
}

/// What `host` says, if it is a host with or without a port. RFC 9110 §7.2.
pub(super) fn authority(host: &HeaderValue) -> Option<Authority> {
    Authority::try_from(host.as_bytes()).ok().filter(|authority| !authority.as_str().contains('@'))
}

/// Whether both name the same: after the normalization for the scheme, RFC 3986 §6.2.3, which is the least that RFC 9113
/// §8.3.1 asks for.
pub(super) fn is_same(authority: &[u8], host: &[u8], scheme: Option<&Scheme>) -> bool {
    let (name, port) = split(authority, scheme);
    let (other_name, other_port) = split(host, scheme);
    // The `host` of CONNECT may be without the port: the example of RFC 9110 §9.3.6.
    let is_connect = scheme.is_none() && other_port.is_empty();
    name.eq_ignore_ascii_case(other_name) && (port == other_port || is_connect)
}

/// Host and port; no port, if it is the one of the scheme.
fn split<'a>(authority: &'a [u8], scheme: Option<&Scheme>) -> (&'a [u8], &'a [u8]) {
    // The colons in brackets are of an address.
    let end = authority.iter().rposition(|octet| matches!(octet, b':' | b']'));
    let Some((name, [b':', port @ ..])) = end.and_then(|at| authority.split_at_checked(at)) else {
        return (authority, b"");
    };
    let default: &[u8] = match scheme {
        Some(scheme) if *scheme == *"http" => b"80",
        Some(scheme) if *scheme == *"https" => b"443",
        _ => b"",
    };
    (name, if port == default { b"" } else { port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_after_normalization_for_the_scheme() {
        let same = |authority: &str, host: &str, scheme: Scheme| {
            is_same(authority.as_bytes(), host.as_bytes(), Some(&scheme))
        };
        assert!(same("example.com", "EXAMPLE.com", Scheme::HTTPS));
        assert!(same("example.com", "example.com:443", Scheme::HTTPS));
        assert!(same("example.com:", "example.com", Scheme::HTTP));
        assert!(same("[::1]:80", "[::1]", Scheme::HTTP));
        assert!(!same("[::1]:80", "[::1]", Scheme::HTTPS));
        assert!(!same("[::1]", "[::2]", Scheme::HTTPS));
        assert!(!same("example.com", "example.com:80", Scheme::HTTPS));
        assert!(!same("example.com", "example.org", Scheme::HTTPS));
        assert!(!same("example.com:443", "example.com", "coap".parse().unwrap()));
        assert!(is_same(b"example.com:443", b"example.com:443", None));
        assert!(is_same(b"example.com:443", b"example.com", None));
        assert!(!is_same(b"example.com:443", b"example.com:80", None));
    }
}
