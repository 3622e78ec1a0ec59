//! What has come for a stream.

use alloc::collections::VecDeque;
use core::task::{Context, Waker};

use bytes::{Bytes, BytesMut};
use h2wire::FieldList;

use super::error::Error;

/// Content of fewer bytes is copied if other content waits: as a slice it would keep a whole read alive.
const SMALL: usize = 2 << 10;

/// What has come for a stream, until its handles have taken it.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) interim: VecDeque<FieldList>,
    pub(super) head: Option<FieldList>,
    pub(super) content: VecDeque<Bytes>,
    /// Small contents, after the others.
    pub(super) small: BytesMut,
    pub(super) trailers: Option<FieldList>,
    pub(super) has_ended: bool,
    /// Why nothing more comes, or can be sent.
    pub(super) gone: Option<Error>,
    /// The content is not wanted.
    pub(super) discards: bool,
    pub(super) handles: u8,
    pub(super) receiver: Option<Waker>,
    pub(super) sender: Option<Waker>,
}

impl Slot {
    pub(super) fn push(&mut self, data: Bytes) {
        if data.len() < SMALL && !(self.content.is_empty() && self.small.is_empty()) {
            self.small.extend_from_slice(&data);
            return;
        }
        if !self.small.is_empty() {
            self.content.push_back(self.small.split().freeze());
        }
        if !data.is_empty() {
            self.content.push_back(data);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Bytes> {
        let small = || (!self.small.is_empty()).then(|| core::mem::take(&mut self.small).freeze());
        self.content.pop_front().or_else(small)
    }

    /// Whether no content and no trailers wait.
    pub(super) fn is_empty(&self) -> bool {
        self.content.is_empty() && self.small.is_empty() && self.trailers.is_none()
    }

    /// Forgets the content and the trailers; the length of the content.
    pub(super) fn clear(&mut self) -> usize {
        let len = self.content.iter().fold(self.small.len(), |sum, data| sum.saturating_add(data.len()));
        (self.content, self.small, self.trailers) = (VecDeque::new(), BytesMut::new(), None);
        len
    }

    /// Nothing more comes, nothing can be sent.
    pub(super) fn end(&mut self, error: Error) {
        if !self.has_ended {
            // Its window is given back, so that others may come in its place.
            self.clear();
        }
        self.gone.get_or_insert(error);
        self.wake();
    }

    pub(super) fn wake(&mut self) {
        wake(&mut self.receiver);
        wake(&mut self.sender);
    }
}

pub(super) fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

pub(super) fn register(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}
