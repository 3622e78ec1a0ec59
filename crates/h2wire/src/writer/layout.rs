//! A field block and the frames it is cut into, in one buffer.
//!
//! The block is written in one piece after the room for the head of its first frame. When it is complete, or the
//! buffer is full, the parts for CONTINUATION frames are moved up to make room for their headers.

use h2wire_frame::{
    Continuation, EncodeError, Flags, FrameHeader, FrameType, Headers, PayloadLength, PriorityFields,
    PushPromise, StreamId,
};

use super::{Padding, Writer};
use crate::SectionHead;

/// What the frames of a block look like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// The first frame; `None` once it is written and CONTINUATION comes next.
    pub(super) first: Option<SectionHead>,
    pub(super) stream_id: StreamId,
    pub(super) max_frame_size: usize,
    pub(super) padding: Padding,
}

impl Layout {
    /// The most bytes before a fragment: Pad Length and priority fields.
    pub(super) const MAX_HEAD_LEN: usize = FrameHeader::LEN + 1 + PriorityFields::LEN;

    /// Of a section that starts now.
    #[inline]
    pub(super) fn new<M>(writer: &Writer<M>, head: &SectionHead) -> Self {
        Self {
            first: Some(*head),
            stream_id: head.stream_id,
            max_frame_size: writer.longest_payload().to_usize(),
            padding: writer.padding,
        }
    }

    /// Bytes before the fragment of the first frame.
    pub(super) fn head_len(&self) -> usize {
        let Some(head) = self.first else { return FrameHeader::LEN };
        let pad_length = usize::from(self.padding != Padding::None);
        let promised = if head.promised_stream_id.is_some() { 4 } else { 0 };
        let priority = if head.priority.is_some() { PriorityFields::LEN } else { 0 };
        FrameHeader::LEN.saturating_add(pad_length).saturating_add(promised).saturating_add(priority)
    }

    /// The most bytes in the fragment of the first frame.
    fn first_room(&self) -> usize {
        self.max_frame_size.saturating_add(FrameHeader::LEN).saturating_sub(self.head_len())
    }

    /// Bytes of padding that there must be room for.
    pub(super) fn most_padding(&self) -> usize {
        if self.first.is_some() { self.padding.most().into() } else { 0 }
    }

    /// The longest block for which a buffer has room, frame headers included.
    pub(super) fn capacity(&self, buf_len: usize) -> usize {
        let room = buf_len.saturating_sub(self.head_len()).saturating_sub(self.most_padding());
        let Some(rest) = room.checked_sub(self.first_room()) else { return room };
        let frame = self.max_frame_size.saturating_add(FrameHeader::LEN);
        let full = rest.checked_div(frame).unwrap_or(0);
        let last = rest.checked_rem(frame).unwrap_or(0).saturating_sub(FrameHeader::LEN);
        self.first_room().saturating_add(full.saturating_mul(self.max_frame_size)).saturating_add(last)
    }

    /// Bytes of a buffer that has room for a block of `block_len` bytes.
    pub(super) fn buf_len(&self, block_len: usize) -> usize {
        let heads = self.continuations(block_len).saturating_mul(FrameHeader::LEN);
        self.head_len().saturating_add(block_len).saturating_add(heads).saturating_add(self.most_padding())
    }

    /// The number of CONTINUATION frames after the first frame.
    fn continuations(&self, block_len: usize) -> usize {
        let rest = block_len.saturating_sub(self.first_room());
        if rest == 0 {
            0
        } else {
            rest.saturating_sub(1).checked_div(self.max_frame_size).map_or(0, |n| n.saturating_add(1))
        }
    }

    /// As [`frame`](Self::frame), where a HEADERS frame without padding and priority holds all of the block, and its head was checked.
    #[inline]
    pub(super) fn only_frame(&self, buf: &mut [u8], block_len: usize, last: bool) -> Option<usize> {
        let SectionHead { end_stream, stream_id, promised_stream_id, priority } = self.first?;
        let is_plain = promised_stream_id.is_none() && priority.is_none() && self.padding == Padding::None;
        if cfg!(feature = "small-huffman") || !is_plain || !last || block_len > self.max_frame_size {
            return None;
        }
        let header = FrameHeader {
            length: PayloadLength::new(u32::try_from(block_len).ok()?)?,
            frame_type: FrameType::HEADERS,
            flags: Flags::END_HEADERS | Flags::END_STREAM.when(end_stream),
            reserved: false,
            stream_id,
        };
        let written = FrameHeader::LEN.saturating_add(block_len);
        if written > buf.len() {
            return None;
        }
        *buf.first_chunk_mut()? = header.encode();
        Some(written)
    }

    /// Makes frames of the `block_len` bytes after the first head; `last` ends the block. Returns the length of the
    /// frames.
    pub(super) fn frame(&self, buf: &mut [u8], block_len: usize, last: bool) -> Result<usize, EncodeError> {
        let start = self.head_len();
        let first_len = block_len.min(self.first_room());
        let pad_length = self
            .first
            .and_then(|_| self.padding.pad_length(first_len, self.first_room().saturating_sub(first_len)));
        let count = self.continuations(block_len);

        // The last first: each goes up by its own header and those before it. There is no padding then, as the first frame
        // is full.
        let mut end = start.saturating_add(block_len);
        for index in (0..count).rev() {
            let from =
                start.saturating_add(first_len).saturating_add(index.saturating_mul(self.max_frame_size));
            let heads = index.saturating_add(1).saturating_mul(FrameHeader::LEN);
            let to = from.saturating_add(heads);
            let ends = last && index.saturating_add(1) == count;
            self.continuation(buf, from..end, to, ends)?;
            end = from;
        }
        let written = self.first_frame(buf, first_len, pad_length, last && count == 0)?;
        let heads = count.saturating_mul(FrameHeader::LEN);
        Ok(written.saturating_add(block_len.saturating_sub(first_len)).saturating_add(heads))
    }

    /// Moves a fragment up, and writes the header before it.
    fn continuation(
        &self,
        buf: &mut [u8],
        from: core::ops::Range<usize>,
        to: usize,
        end_headers: bool,
    ) -> Result<(), EncodeError> {
        let len = from.len();
        let needed = to.saturating_add(len);
        if buf.len() < needed {
            return Err(EncodeError::BufferTooSmall { needed });
        }
        // From the end, as the places overlap. `copy_within` leaves a panic in the program; blocks of more than one frame
        // are rare.
        for (from, to) in from.zip(to..needed).rev() {
            let octet = buf.get(from).copied().unwrap_or_default();
            buf.get_mut(to).into_iter().for_each(|place| *place = octet);
        }
        let (before, fragment) = buf.split_at_mut_checked(to).unwrap_or_default();
        let head = before.get_mut(to.saturating_sub(FrameHeader::LEN)..).unwrap_or_default();
        let field_block_fragment = fragment.get(..len).unwrap_or_default();
        Continuation { end_headers, stream_id: self.stream_id, field_block_fragment }.encode_head(head)?;
        Ok(())
    }

    /// Writes what comes before the first fragment, and the padding after it.
    pub(super) fn first_frame(
        &self,
        buf: &mut [u8],
        len: usize,
        pad_length: Option<u8>,
        end_headers: bool,
    ) -> Result<usize, EncodeError> {
        let stream_id = self.stream_id;
        let needed = self.head_len().saturating_add(len);
        let Some((head_octets, rest)) = buf.split_at_mut_checked(self.head_len()) else {
            return Err(EncodeError::BufferTooSmall { needed });
        };
        let Some((field_block_fragment, behind)) = rest.split_at_mut_checked(len) else {
            return Err(EncodeError::BufferTooSmall { needed });
        };
        let field_block_fragment = &*field_block_fragment;
        match self.first {
            None => Continuation { end_headers, stream_id, field_block_fragment }.encode_head(head_octets)?,
            Some(SectionHead { promised_stream_id: Some(promised_stream_id), .. }) => {
                PushPromise { end_headers, stream_id, pad_length, promised_stream_id, field_block_fragment }
                    .encode_head(head_octets)?
            }
            Some(SectionHead { end_stream, priority, .. }) => {
                Headers { end_stream, end_headers, stream_id, pad_length, priority, field_block_fragment }
                    .encode_head(head_octets)?
            }
        };
        let padding = usize::from(pad_length.unwrap_or(0));
        behind.iter_mut().take(padding).for_each(|octet| *octet = 0);
        Ok(needed.saturating_add(padding))
    }
}
