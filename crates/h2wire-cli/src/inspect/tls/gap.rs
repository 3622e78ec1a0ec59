//! Bytes of TLS that a capture lacks: where records start after them, and which ones were lost.

use bytes::{Buf, BytesMut};

use crate::inspect::tls::crypto::Opener;
use crate::inspect::tls::record::{ContentType, RecordHeader};

/// The most sequence numbers to try for a record.
const MOST_TRIED: u64 = 4096;

/// A record with less than a header and a tag is none.
const SHORTEST: u64 = 21;

/// Bytes whose records are not known. Only the right record opens with the right number, so nothing is guessed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap {
    /// Bytes since the last record that was opened, of the capture or not.
    octets: u64,
    /// Whether records of the handshake are among them.
    pub(crate) has_handshake: bool,
}

/// Where a record was looked for.
pub(crate) enum Search {
    /// A record starts here, and has its number. This many bytes of content were lost before it.
    Found(u64),
    /// More bytes are needed.
    NotYet,
}

impl Gap {
    pub(crate) const fn new(octets: u64, has_handshake: bool) -> Self {
        Self { octets, has_handshake }
    }

    /// More bytes are lost, or were passed over.
    pub(crate) const fn grow(&mut self, octets: u64) {
        self.octets = self.octets.saturating_add(octets);
    }

    /// Drops bytes up to the next record that opens, and sets its number.
    pub(crate) fn search(&mut self, opener: &mut Opener, pending: &mut BytesMut) -> Search {
        loop {
            let Some(header) = pending.first_chunk() else { return Search::NotYet };
            if let Some(header) = RecordHeader::parse(*header).filter(|header| may_be(*header, opener)) {
                let Some(record) = pending.get(..header.record_len()) else { return Search::NotYet };
                if let Some(records) = self.number(opener, header, record) {
                    opener.skip(records);
                    let overhead = records.saturating_mul(opener.overhead());
                    let of_handshake = self.has_handshake && records == 0;
                    return Search::Found(if of_handshake {
                        0
                    } else {
                        self.octets.saturating_sub(overhead)
                    });
                }
            }
            pending.advance(1);
            self.grow(1);
        }
    }

    /// The number of records that were lost before this one.
    fn number(&self, opener: &mut Opener, header: RecordHeader, record: &[u8]) -> Option<u64> {
        let body = record.get(RecordHeader::LEN..)?;
        let most = self.octets.checked_div(SHORTEST)?.saturating_add(1).min(MOST_TRIED);
        (0..=most).find(|records| opener.opens(*records, header, body))
    }
}

/// Whether a record may have such a header.
fn may_be(header: RecordHeader, opener: &Opener) -> bool {
    let is_type = match header.content_type {
        ContentType::APPLICATION_DATA => true,
        ContentType::ALERT | ContentType::HANDSHAKE => !opener.is_tls13(),
        _ => false,
    };
    is_type && header.is_of_content()
}
