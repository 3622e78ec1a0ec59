//! Frames out of and into `BytesMut`.

use bytes::{Bytes, BytesMut};
use h2wire_frame::{EncodeError, Frame};

use crate::{ConnectionError, FrameReader, Item, Progress};

impl FrameReader {
    /// Takes the next item out of `buf`; `None` until more octets have come, for which there is room then.
    ///
    /// Payloads are slices of the octets that `buf` held: they are not copied, and live as long as the frame does.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline]
    pub fn read_bytes(&mut self, buf: &mut BytesMut) -> Result<Option<Item<Bytes>>, ConnectionError> {
        let start = buf.as_ptr().addr();
        match self.read(buf)? {
            Progress::Item { item, consumed } => {
                // Where the payload is, while `buf` is taken apart.
                let item = item.map(|payload| (payload.as_ptr().addr().saturating_sub(start), payload.len()));
                let octets = buf.split_to(consumed).freeze();
                Ok(Some(item.map(|(at, len)| octets.slice(at..at.saturating_add(len)))))
            }
            Progress::Needed(missing) => {
                // Not more than a frame: its length was checked against the limit.
                buf.reserve(missing);
                Ok(None)
            }
        }
    }
}

/// Writes a frame behind what is in `buf`.
///
/// # Errors
/// As [`Frame::encode`]; `buf` is as it was then.
pub fn encode_bytes<B: AsRef<[u8]>>(frame: &Frame<B>, buf: &mut BytesMut) -> Result<(), EncodeError> {
    let len = buf.len();
    buf.resize(len.saturating_add(frame.encoded_len()), 0);
    let encoded = frame.encode(buf.get_mut(len..).unwrap_or_default());
    if encoded.is_err() {
        buf.truncate(len);
    }
    encoded.map(|_| ())
}
