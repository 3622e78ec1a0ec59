//! Frames out of and into `BytesMut`.

use bytes::{Buf, Bytes, BytesMut};
use h2wire_frame::{EncodeError, Frame};

use crate::{ConnectionError, FrameReader, Item, Progress};

impl FrameReader {
    /// Takes the next item out of `buf`; `None` until more octets have come, for which there is room then.
    ///
    /// Payloads are slices of the octets that `buf` held: they are not copied, and live as long as the frame does.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline(always)]
    pub fn read_bytes(&mut self, buf: &mut BytesMut) -> Result<Option<Item<Bytes>>, ConnectionError> {
        let start = buf.as_ptr().addr();
        match self.read(buf)? {
            Progress::Item { item, consumed } => {
                // Where the payload is, while `buf` is taken apart.
                let item = item.map(|payload| (payload.as_ptr().addr().saturating_sub(start), payload.len()));
                Ok(Some(take_out(item, consumed, buf)))
            }
            Progress::Needed(missing) => {
                // Not more than a frame: its length was checked against the limit.
                buf.reserve(missing);
                Ok(None)
            }
        }
    }
}

/// Takes `consumed` octets off `buf`, and keeps those of the payload. Only they are counted by reference, which is what
/// most of the time goes to.
#[inline(always)]
fn take_out(item: Item<(usize, usize)>, consumed: usize, buf: &mut BytesMut) -> Item<Bytes> {
    let (at, len) = match &item {
        Item::Frame { frame, .. } => frame.body().copied().unwrap_or_default(),
        Item::Preface | Item::StreamError { .. } => (0, 0),
    };
    if len == 0 {
        buf.advance(consumed);
        return item.map(|_| Bytes::new());
    }
    buf.advance(at);
    let payload = buf.split_to(len).freeze();
    buf.advance(consumed.saturating_sub(at).saturating_sub(len));
    item.map(|_| payload)
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
