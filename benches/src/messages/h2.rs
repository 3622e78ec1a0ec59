//! The codec of h2 (feature `unstable`), whose heads are a `HeaderMap` and pseudo-header fields.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::Stream;
use h2::frame::{Frame, Pseudo};
use h2wire::frame::PREFACE;
use h2wire_nghttp2::Visit;
use http::HeaderMap;

use super::visit::TakeHead;
use crate::in_memory::Incoming;

pub(super) fn read<V: Visit + TakeHead<(Pseudo, HeaderMap)> + Default>(octets: &[u8]) -> V {
    let mut visitor = V::default();
    // The handshake reads the preface, not the codec.
    let octets = octets.strip_prefix(PREFACE).expect("a client's connection");
    let mut codec = h2::Codec::<_, Bytes>::new(Incoming(octets));
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(frame)) = Pin::new(&mut codec).poll_next(&mut context) {
        match frame.expect("valid") {
            Frame::Headers(frame) => visitor.head(frame.into_parts()),
            Frame::Data(frame) => visitor.content(frame.payload()),
            _ => {}
        }
    }
    visitor
}
