//! Frames, whatever is in them.

#![allow(dead_code, reason = "each of the tests needs some of it")]

use h2wire::frame::StreamId;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
pub(crate) const PADDED: u8 = 8;
pub(crate) const PRIORITY: u8 = 32;
pub(crate) const ENDS: u8 = END_STREAM | END_HEADERS;

/// The field block of a request that is answered, of one that is not, and the same with POST. Nothing in them is indexed.
pub(crate) const GET: &[u8] = b"\x82\x86\x84\x01\x01a";
pub(crate) const POST: &[u8] = b"\x83\x86\x84\x01\x01a";
pub(crate) const GET_WAITS: &[u8] = b"\x82\x86\x04\x05/wait\x01\x01a";

pub(crate) fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

/// A frame, whatever is in it.
pub(crate) fn frame(frame_type: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[frame_type, flags], &stream_id.to_be_bytes(), payload].concat()
}

pub(crate) fn data(stream_id: u32, flags: u8, content: &[u8]) -> Vec<u8> {
    frame(0, flags, stream_id, content)
}

pub(crate) fn headers(stream_id: u32, flags: u8, block: &[u8]) -> Vec<u8> {
    frame(1, flags, stream_id, block)
}

/// A whole request.
pub(crate) fn get(stream_id: u32) -> Vec<u8> {
    headers(stream_id, ENDS, GET)
}

/// A whole request that is not answered.
pub(crate) fn get_waits(stream_id: u32) -> Vec<u8> {
    headers(stream_id, ENDS, GET_WAITS)
}

/// A request with content to come.
pub(crate) fn post(stream_id: u32) -> Vec<u8> {
    headers(stream_id, END_HEADERS, POST)
}

pub(crate) fn priority(stream_id: u32, stream_dependency: u32) -> Vec<u8> {
    frame(2, 0, stream_id, &[&stream_dependency.to_be_bytes()[..], &[15]].concat())
}

pub(crate) fn rst_stream(stream_id: u32) -> Vec<u8> {
    frame(3, 0, stream_id, &8_u32.to_be_bytes())
}

pub(crate) fn settings(settings: &[(u16, u32)]) -> Vec<u8> {
    let setting = |(id, value): &(u16, u32)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
    frame(4, 0, 0, &settings.iter().map(setting).collect::<Vec<_>>().concat())
}

pub(crate) fn ping(opaque_data: &[u8; 8]) -> Vec<u8> {
    frame(6, 0, 0, opaque_data)
}

pub(crate) fn goaway(error_code: u32) -> Vec<u8> {
    frame(7, 0, 0, &[[0; 4], error_code.to_be_bytes()].concat())
}

pub(crate) fn window_update(stream_id: u32, increment: u32) -> Vec<u8> {
    frame(8, 0, stream_id, &increment.to_be_bytes())
}

pub(crate) fn continuation(stream_id: u32, flags: u8, fragment: &[u8]) -> Vec<u8> {
    frame(9, flags, stream_id, fragment)
}

/// A field block of literals that nobody indexes.
pub(crate) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let string = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let field = |(name, value): &(&str, &str)| [vec![0], string(name), string(value)].concat();
    fields.iter().map(field).collect::<Vec<_>>().concat()
}

/// The fields of a valid request, followed by others.
pub(crate) fn request_with(method: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let first = [(":method", method), (":scheme", "http"), (":path", "/"), (":authority", "a")];
    block(&[&first, more].concat())
}
