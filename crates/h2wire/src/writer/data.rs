//! Content to DATA frames.

use core::iter::FusedIterator;

use h2wire_frame::{Data, StreamId};

use super::Padding;

/// Content as DATA frames: the result of [`Writer::data`](super::Writer::data).
///
/// Each frame fits the peer's frame size, and all of them together fit the budget. [`rest`](Self::rest) is the
/// content that does not fit: send it when the peer has opened its windows.
#[derive(Clone, Debug)]
pub struct DataFrames<'a> {
    pub(super) stream_id: StreamId,
    pub(super) rest: &'a [u8],
    /// Whether the last frame has `END_STREAM`.
    pub(super) end_stream: bool,
    /// Whether an empty frame with `END_STREAM` is needed.
    pub(super) end_is_due: bool,
    pub(super) max_frame_size: usize,
    pub(super) budget: usize,
    pub(super) padding: Padding,
}

impl<'a> DataFrames<'a> {
    /// The content that is not in a frame yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// What is left of the budget, in bytes.
    #[must_use]
    pub const fn budget(&self) -> usize {
        self.budget
    }

    /// Bytes of content and the Pad Length for the next frame.
    fn next_lens(&self) -> (usize, Option<u8>) {
        let room = self.max_frame_size.min(self.budget);
        let most = usize::from(self.padding.most()).saturating_add(1);
        // Padding gives way where it would leave no room for content.
        let padding =
            if self.padding == Padding::None || room <= most { Padding::None } else { self.padding };
        if padding == Padding::None {
            return (self.rest.len().min(room), None);
        }
        let room = room.saturating_sub(1);
        let len = self.rest.len().min(room);
        let pad_length = padding.pad_length(len, room.saturating_sub(len));
        (len, pad_length)
    }
}

impl<'a> Iterator for DataFrames<'a> {
    type Item = Data<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let (len, pad_length) = self.next_lens();
        if len == 0 && !(self.end_is_due && self.rest.is_empty()) {
            return None;
        }
        let (data, rest) = self.rest.split_at_checked(len)?;
        let end_stream = self.end_stream && rest.is_empty();
        let frame = Data { end_stream, stream_id: self.stream_id, pad_length, data };
        self.rest = rest;
        self.end_is_due = false;
        self.budget = self.budget.saturating_sub(frame.flow_controlled_len());
        Some(frame)
    }
}

impl FusedIterator for DataFrames<'_> {}
