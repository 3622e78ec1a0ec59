//! HTTP/1.1 messages before HTTP/2: where they end. RFC 9112 §6.3.

use crate::upgrade::UpgradedRequest;

/// The head of a message.
pub(crate) struct Head<'a> {
    octets: &'a [u8],
    /// With the empty line.
    pub(crate) len: usize,
}

/// What is left of the content of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Body {
    #[default]
    None,
    /// This many bytes.
    Fixed(u64),
    /// This many bytes of a chunk, then more chunks.
    Chunk(u64),
    /// After the last chunk: trailers up to an empty line.
    Trailers,
    /// The rest of the connection.
    UntilEnd,
}

impl<'a> Head<'a> {
    /// `None` if it is not complete.
    pub(crate) fn parse(octets: &'a [u8]) -> Option<Self> {
        let end = find(octets, b"\r\n\r\n")?;
        Some(Self { octets: octets.get(..end)?, len: end.saturating_add(4) })
    }

    /// What there is of a head whose first line is complete.
    pub(crate) fn cut(octets: &'a [u8]) -> Option<Self> {
        let end = octets.iter().rposition(|octet| *octet == b'\n')?;
        let octets = octets.get(..end)?;
        Some(Self { octets, len: octets.len() })
    }

    pub(crate) fn method(&self) -> &'a [u8] {
        self.octets.split(|octet| *octet == b' ').next().unwrap_or_default()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        let code = self.octets.split(|octet| *octet == b' ').nth(1)?;
        str::from_utf8(code.get(..3)?).ok()?.parse().ok()
    }

    /// Whether a request asks for HTTP/2.
    pub(crate) fn upgrades(&self) -> bool {
        self.has("upgrade", "h2c")
    }

    /// A request, to be answered on stream 1.
    pub(crate) fn upgraded_request(&self) -> UpgradedRequest {
        let text = |octets: &[u8]| Some(String::from_utf8_lossy(octets).into_owned());
        let target = self.octets.split(|octet| *octet == b' ').nth(1).unwrap_or_default();
        let host = self.values("host").next().map(|value| value.trim().to_owned());
        UpgradedRequest { method: text(self.method()), target: text(target), host }
    }

    pub(crate) fn request_body(&self) -> Body {
        self.body(Body::None)
    }

    pub(crate) fn response_body(&self) -> Body {
        self.body(Body::UntilEnd)
    }

    fn body(&self, otherwise: Body) -> Body {
        if self.has("transfer-encoding", "chunked") {
            return Body::Chunk(0);
        }
        match self.values("content-length").next().map(|value| value.trim().parse()) {
            Some(Ok(0)) => Body::None,
            Some(Ok(len)) => Body::Fixed(len),
            Some(Err(_)) => Body::UntilEnd,
            None => otherwise,
        }
    }

    fn has(&self, name: &str, token: &str) -> bool {
        self.values(name).any(|value| value.split(',').any(|each| each.trim().eq_ignore_ascii_case(token)))
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let lines = self.octets.split(|octet| *octet == b'\n').skip(1);
        lines
            .filter_map(|line| str::from_utf8(line).ok()?.split_once(':'))
            .filter_map(move |(key, value)| key.trim().eq_ignore_ascii_case(name).then_some(value))
    }
}

impl Body {
    /// The number of bytes at the start that belong to it. Advances it.
    pub(crate) fn take(&mut self, octets: &[u8]) -> usize {
        match *self {
            Self::None | Self::UntilEnd => 0,
            Self::Fixed(left) => {
                let taken = octets.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
                *self = if left == 0 { Self::None } else { Self::Fixed(left) };
                taken
            }
            Self::Chunk(0) => self.chunk_line(octets).unwrap_or(0),
            Self::Chunk(left) => {
                let taken = octets.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                *self = Self::Chunk(left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX)));
                taken
            }
            Self::Trailers => {
                let Some(end) = find(octets, b"\r\n") else { return 0 };
                if end == 0 {
                    *self = Self::None;
                }
                end.saturating_add(2)
            }
        }
    }

    /// The capture lacks the next bytes. Returns whether all of them belong to it. Advances it.
    pub(crate) fn lose(&mut self, octets: u64) -> bool {
        match *self {
            Self::None | Self::Trailers => false,
            Self::UntilEnd => true,
            Self::Fixed(left) | Self::Chunk(left) if left < octets || left == 0 => false,
            Self::Fixed(left) if left == octets => {
                *self = Self::None;
                true
            }
            Self::Fixed(left) => {
                *self = Self::Fixed(left.saturating_sub(octets));
                true
            }
            Self::Chunk(left) => {
                *self = Self::Chunk(left.saturating_sub(octets));
                true
            }
        }
    }

    /// The line before a chunk.
    fn chunk_line(&mut self, octets: &[u8]) -> Option<usize> {
        let end = find(octets, b"\r\n")?;
        let line = str::from_utf8(octets.get(..end)?).ok();
        let size = line.and_then(|line| u64::from_str_radix(line.split(';').next()?.trim(), 16).ok());
        *self = match size {
            Some(0) => Self::Trailers,
            // The end of its last line belongs to it.
            Some(size) => Self::Chunk(size.saturating_add(2)),
            None => Self::UntilEnd,
        };
        Some(end.saturating_add(2))
    }
}

pub(super) fn find(octets: &[u8], pattern: &[u8]) -> Option<usize> {
    octets.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_upgraded_as_it_was_sent() {
        let octets =
            b"HEAD /second?a HTTP/1.1\r\nhost: a.test \r\nUPGRADE: websocket, h2c\r\n\r\nGET / HTTP/1.1";
        let head = Head::parse(octets).unwrap();
        let request = head.upgraded_request();
        assert_eq!((request.method.as_deref(), request.target.as_deref()), (Some("HEAD"), Some("/second?a")));
        assert_eq!((request.host.as_deref(), head.upgrades()), (Some("a.test"), true));
        assert!(!Head::parse(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n").unwrap().upgrades());
    }
}
