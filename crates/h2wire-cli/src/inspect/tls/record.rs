//! The record layer: headers, and handshake messages that span records.

/// The type of a record's content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ContentType(pub(crate) u8);

impl ContentType {
    pub(crate) const CHANGE_CIPHER_SPEC: Self = Self(20);
    pub(crate) const ALERT: Self = Self(21);
    pub(crate) const HANDSHAKE: Self = Self(22);
    pub(crate) const APPLICATION_DATA: Self = Self(23);
}

/// The five bytes before each record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordHeader {
    pub(crate) content_type: ContentType,
    version: [u8; 2],
    len: u16,
}

impl RecordHeader {
    pub(crate) const LEN: usize = 5;
    /// RFC 5246 §6.2.3: what encryption may add to 2^14 bytes.
    const LONGEST: u16 = (1 << 14) + 2048;

    /// Reads a header; `None` if no record starts so.
    pub(crate) fn parse([content_type, major, minor, l0, l1]: [u8; Self::LEN]) -> Option<Self> {
        let len = u16::from_be_bytes([l0, l1]);
        let is_record = matches!(content_type, 20..=24) && major == 3 && minor <= 4 && len <= Self::LONGEST;
        is_record.then_some(Self { content_type: ContentType(content_type), version: [major, minor], len })
    }

    pub(crate) const fn octets(self) -> [u8; Self::LEN] {
        let ([major, minor], [l0, l1]) = (self.version, self.len.to_be_bytes());
        [self.content_type.0, major, minor, l0, l1]
    }

    pub(crate) const fn with_len(self, len: u16) -> Self {
        Self { len, ..self }
    }

    /// Whether records of content have this version, whichever was negotiated.
    pub(crate) fn is_of_content(self) -> bool {
        self.version == [3, 3]
    }

    /// The length of the record with its header.
    pub(crate) fn record_len(self) -> usize {
        usize::from(self.len).saturating_add(Self::LEN)
    }
}

/// The type of a handshake message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MessageType(pub(crate) u8);

impl MessageType {
    pub(crate) const CLIENT_HELLO: Self = Self(1);
    pub(crate) const SERVER_HELLO: Self = Self(2);
    pub(crate) const NEW_SESSION_TICKET: Self = Self(4);
    pub(crate) const ENCRYPTED_EXTENSIONS: Self = Self(8);
    pub(crate) const FINISHED: Self = Self(20);
    pub(crate) const KEY_UPDATE: Self = Self(24);

    /// Whether its body is read.
    const fn is_read(self) -> bool {
        matches!(
            self,
            Self::CLIENT_HELLO | Self::SERVER_HELLO | Self::NEW_SESSION_TICKET | Self::ENCRYPTED_EXTENSIONS
        )
    }
}

/// A handshake message; the body is empty unless it is read.
pub(crate) type Message = (MessageType, Vec<u8>);

/// Joins the handshake messages of one direction.
#[derive(Default, Debug)]
pub(crate) struct Messages {
    /// The bytes of a message that is read, or of a header.
    kept: Vec<u8>,
    /// The type of a message whose body is not read, and how much of it is missing.
    skipped: Option<(MessageType, usize)>,
}

/// A message that is read is no longer than this; a header has 4 bytes.
const LONGEST_MESSAGE: usize = 128 * 1024;
const HEADER: usize = 4;

impl Messages {
    /// Takes the content of a record; `None` if a message is too long to be one.
    pub(crate) fn take(&mut self, mut octets: &[u8]) -> Option<Vec<Message>> {
        let mut messages = Vec::new();
        loop {
            if let Some((message_type, missing)) = self.skipped.take() {
                let skipped = missing.min(octets.len());
                octets = octets.get(skipped..)?;
                if skipped < missing {
                    self.skipped = Some((message_type, missing.checked_sub(skipped)?));
                    return Some(messages);
                }
                messages.push((message_type, Vec::new()));
            }
            let wanted = match self.kept.as_slice() {
                [message_type, l0, l1, l2, ..] => {
                    let len = usize::try_from(u32::from_be_bytes([0, *l0, *l1, *l2])).ok()?;
                    let message_type = MessageType(*message_type);
                    if !message_type.is_read() {
                        self.kept.clear();
                        self.skipped = Some((message_type, len));
                        continue;
                    }
                    if len > LONGEST_MESSAGE {
                        return None;
                    }
                    len.checked_add(HEADER)?
                }
                _ => HEADER,
            };
            let (taken, rest) =
                octets.split_at_checked(wanted.checked_sub(self.kept.len())?).unwrap_or((octets, &[]));
            self.kept.extend_from_slice(taken);
            octets = rest;
            if self.kept.len() < wanted {
                return Some(messages);
            }
            // Else only the header is complete.
            if let ([message_type, _, _, _, body @ ..], true) = (self.kept.as_slice(), wanted > HEADER) {
                messages.push((MessageType(*message_type), body.to_vec()));
                self.kept.clear();
            } else if let [message_type, 0, 0, 0] = self.kept.as_slice() {
                messages.push((MessageType(*message_type), Vec::new()));
                self.kept.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_are_none() {
        assert!(RecordHeader::parse([22, 3, 1, 0, 9]).is_some());
        assert_eq!(RecordHeader::parse([23, 3, 3, 0x48, 0]).unwrap().record_len(), 0x4805);
        for octets in
            [[23, 3, 3, 0x48, 1], [19, 3, 3, 0, 1], [25, 3, 3, 0, 1], [22, 2, 0, 0, 1], [22, 3, 5, 0, 1]]
        {
            assert_eq!(RecordHeader::parse(octets), None, "{octets:?}");
        }
    }

    #[test]
    fn messages_in_any_pieces() {
        let octets = [b"\x01\0\0\x03abc\x0b\0\0\x05certs\x0e\0\0\0".as_slice(), b"\x02\0\0\0\x14\0\0\x02ok"];
        let octets = octets.concat();
        let expected: Vec<Message> = [(1, "abc"), (11, ""), (14, ""), (2, ""), (20, "")]
            .map(|(t, b)| (MessageType(t), b.into()))
            .into();
        for len in 1..=octets.len() {
            let mut messages = Messages::default();
            let told: Vec<Message> =
                octets.chunks(len).flat_map(|part| messages.take(part).unwrap()).collect();
            assert_eq!(told, expected, "{len}");
        }
    }

    #[test]
    fn lengths_take_no_memory() {
        assert_eq!(Messages::default().take(b"\x01\x02\0\x01"), None);
        let mut messages = Messages::default();
        assert_eq!(messages.take(b"\x0b\xff\xff\xff"), Some(vec![]));
        for _ in 0..100 {
            assert_eq!(messages.take(&[0; 1000]), Some(vec![]));
        }
        assert!(messages.kept.is_empty());
    }
}
