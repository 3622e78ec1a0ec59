//! The few fields of handshake messages that matter here. Our own: they are a handful, and the rest would be thrown away.

/// The random of a hello; the client's names a connection in key logs.
pub(crate) type Random = [u8; 32];

/// What a client asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ClientHello {
    pub(crate) random: Random,
    pub(crate) server_name: Option<Vec<u8>>,
    pub(crate) has_early_data: bool,
    /// The session of TLS 1.2 that it would resume, by its identifier and by a ticket.
    pub(crate) session_id: Vec<u8>,
    pub(crate) ticket: Vec<u8>,
}

/// What a server chooses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ServerHello {
    pub(crate) random: Random,
    pub(crate) version: u16,
    pub(crate) suite: u16,
    pub(crate) is_compressed: bool,
    /// Of TLS 1.2; that of 1.3 is in another message.
    pub(crate) alpn: Option<Vec<u8>>,
    /// That of the client, if its session is resumed.
    pub(crate) session_id: Vec<u8>,
}

/// RFC 8446 §4.1.3: the random of a `ServerHello` that asks for another `ClientHello`.
const RETRY: Random = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const SESSION_TICKET: u16 = 35;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

impl ClientHello {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut input = Input(body);
        input.take(2)?; // legacy_version
        let random = *input.take(32)?.first_chunk()?;
        let session_id = input.short_list()?.to_vec();
        input.list()?; // cipher suites
        input.short_list()?; // compression methods
        let mut hello =
            Self { random, server_name: None, has_early_data: false, session_id, ticket: Vec::new() };
        input.extensions(|number, content| match number {
            SERVER_NAME => hello.server_name = server_name(content),
            EARLY_DATA => hello.has_early_data = true,
            SESSION_TICKET => hello.ticket = content.to_vec(),
            _ => {}
        })?;
        Some(hello)
    }
}

impl ServerHello {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut input = Input(body);
        let version = input.u16()?;
        let random = *input.take(32)?.first_chunk()?;
        let session_id = input.short_list()?.to_vec();
        let suite = input.u16()?;
        let is_compressed = input.take(1)? != [0];
        let mut hello = Self { random, version, suite, is_compressed, alpn: None, session_id };
        input.extensions(|number, content| match number {
            ALPN => hello.alpn = chosen_protocol(content),
            SUPPORTED_VERSIONS => hello.version = Input(content).u16().unwrap_or(hello.version),
            _ => {}
        })?;
        Some(hello)
    }

    /// Whether the real one is still to come.
    pub(crate) fn is_retry(&self) -> bool {
        self.random == RETRY
    }
}

/// The protocol in `EncryptedExtensions`.
pub(crate) fn encrypted_alpn(body: &[u8]) -> Option<Vec<u8>> {
    let mut alpn = None;
    Input(body).extensions(|number, content| {
        if number == ALPN {
            alpn = chosen_protocol(content);
        }
    })?;
    alpn
}

/// RFC 5077 §3.3: the ticket in `NewSessionTicket` of TLS 1.2, by which a client may resume the session.
pub(crate) fn ticket(body: &[u8]) -> Vec<u8> {
    let mut input = Input(body);
    let ticket = input.take(4).and_then(|_lifetime| input.list());
    ticket.unwrap_or_default().to_vec()
}

/// RFC 6066 §3: the first host name.
fn server_name(content: &[u8]) -> Option<Vec<u8>> {
    let mut names = Input(Input(content).list()?);
    while let [kind] = names.take(1)? {
        let name = names.list()?;
        if *kind == 0 {
            return Some(name.to_vec());
        }
    }
    None
}

/// RFC 7301 §3.1: the one protocol of a server.
fn chosen_protocol(content: &[u8]) -> Option<Vec<u8>> {
    Some(Input(Input(content).list()?).short_list()?.to_vec())
}

/// Bytes that are not read yet.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().copied().map(u16::from_be_bytes)
    }

    /// Bytes after their length in one byte.
    fn short_list(&mut self) -> Option<&'a [u8]> {
        let len = *self.take(1)?.first()?;
        self.take(len.into())
    }

    /// Bytes after their length in two bytes.
    fn list(&mut self) -> Option<&'a [u8]> {
        let len = self.u16()?;
        self.take(len.into())
    }

    /// The extensions at the end of a message; there may be none.
    fn extensions(&mut self, mut each: impl FnMut(u16, &'a [u8])) -> Option<()> {
        if self.0.is_empty() {
            return Some(());
        }
        let mut extensions = Self(self.list()?);
        while !extensions.0.is_empty() {
            each(extensions.u16()?, extensions.list()?);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_hello(extensions: &[u8]) -> Vec<u8> {
        let len = u16::try_from(extensions.len()).unwrap().to_be_bytes();
        [b"\x03\x03".as_slice(), &[7; 32], b"\x01s\0\x02\x13\x01\x01\0", &len, extensions].concat()
    }

    #[test]
    fn what_a_client_asks_for() {
        let extensions =
            b"\0\x2a\0\0\0\0\0\x0e\0\x0c\x01\0\x01x\0\0\x05a.net\0\x10\0\x05\0\x03\x02h2\0\x23\0\x02tt";
        let hello = ClientHello::parse(&client_hello(extensions)).unwrap();
        let expected = ClientHello {
            random: [7; 32],
            server_name: Some(b"a.net".to_vec()),
            has_early_data: true,
            session_id: b"s".to_vec(),
            ticket: b"tt".to_vec(),
        };
        assert_eq!(hello, expected);
        let octets = client_hello(b"");
        let bare = ClientHello::parse(&octets[..octets.len() - 2]).unwrap();
        let ticket = Vec::new();
        assert_eq!(bare, ClientHello { server_name: None, has_early_data: false, ticket, ..expected });
    }

    #[test]
    fn what_a_server_chooses() {
        let body = |random: [u8; 32], extensions: &[u8]| {
            let len = u16::try_from(extensions.len()).unwrap().to_be_bytes();
            [b"\x03\x03".as_slice(), &random, b"\0\xc0\x2f\0", &len, extensions].concat()
        };
        let hello = ServerHello::parse(&body([9; 32], b"\0\x10\0\x05\0\x03\x02h2")).unwrap();
        assert_eq!((hello.version, hello.suite, hello.is_retry()), (0x0303, 0xc02f, false));
        assert_eq!(hello.alpn.as_deref(), Some(b"h2".as_slice()));
        assert_eq!(ticket(b"\0\0\x0e\x10\0\x03abc"), b"abc");
        assert_eq!(ticket(b"\0\0\x0e\x10\0\x04abc"), b"");
        let hello = ServerHello::parse(&body(RETRY, b"\0\x2b\0\x02\x03\x04")).unwrap();
        assert_eq!((hello.version, hello.is_retry(), hello.alpn), (0x0304, true, None));
        assert_eq!(encrypted_alpn(b"\0\x09\0\x10\0\x05\0\x03\x02h2"), Some(b"h2".to_vec()));
    }

    #[test]
    fn short_messages_are_none() {
        let octets = client_hello(b"\0\0\0\x0a\0\x08\0\0\x05a.net");
        for len in 0..octets.len() {
            let cut = ClientHello::parse(&octets[..len]);
            // Without its extensions it is complete.
            assert_eq!(cut.is_some(), len == octets.len() - 16, "{len}");
        }
    }
}
