//! Frames to be read, and others' codecs to read them.

use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::Stream;
use h2wire::frame::{
    Data, ErrorCode, Frame, Ping, RstStream, Setting, SettingId, SettingList, Settings, StreamId,
    WindowUpdate,
};

use crate::in_memory::Incoming;

/// SETTINGS, PING, `RST_STREAM` and `WINDOW_UPDATE` in turn.
#[must_use]
pub fn mixed(count: u32) -> Vec<Frame<Vec<u8>>> {
    let setting = |id, value| Setting { id, value }.encode();
    let settings =
        [setting(SettingId::MAX_CONCURRENT_STREAMS, 100), setting(SettingId::INITIAL_WINDOW_SIZE, 65_535)]
            .concat();
    let frame = |number: u32| match number % 4 {
        0 => Settings::List(SettingList::parse(settings.clone()).expect("valid")).into(),
        1 => Ping { ack: number % 8 == 1, opaque_data: u64::from(number).to_be_bytes() }.into(),
        2 => RstStream { stream_id: stream(2 * number + 1), error_code: ErrorCode::CANCEL }.into(),
        _ => window_update(number),
    };
    (0..count).map(frame).collect()
}

/// SETTINGS, then DATA of 16 KiB.
#[must_use]
pub fn data_16k(count: u32) -> Vec<Frame<Vec<u8>>> {
    let data = |number| data(number, 16 * 1024);
    mixed(1).into_iter().chain((1..count).map(data)).collect()
}

/// SETTINGS, then DATA of 100 octets and `WINDOW_UPDATE` in turn.
#[must_use]
pub fn data_and_window_update(count: u32) -> Vec<Frame<Vec<u8>>> {
    let frame = |number: u32| if number % 2 == 1 { data(number, 100) } else { window_update(number) };
    mixed(1).into_iter().chain((1..count).map(frame)).collect()
}

fn data(number: u32, len: usize) -> Frame<Vec<u8>> {
    Data { end_stream: false, stream_id: stream(2 * number + 1), pad_length: None, data: vec![0x61; len] }
        .into()
}

fn window_update(number: u32) -> Frame<Vec<u8>> {
    let window_size_increment = NonZeroU32::MIN.saturating_add(number);
    WindowUpdate { stream_id: stream(number), window_size_increment }.into()
}

fn stream(id: u32) -> StreamId {
    StreamId::new(id).expect("31 bits")
}

/// The octets of frames.
#[must_use]
pub fn encode(frames: &[Frame<Vec<u8>>]) -> Vec<u8> {
    let mut octets = vec![0; frames.iter().map(Frame::encoded_len).sum()];
    let mut written = 0;
    for frame in frames {
        written += frame.encode(&mut octets[written..]).expect("a valid frame");
    }
    octets
}

/// Reads frames with the codec of `h2` (feature `unstable`).
#[must_use]
pub fn count_with_h2(octets: &[u8]) -> usize {
    let mut codec = h2::Codec::<_, Bytes>::new(Incoming(octets));
    let mut context = Context::from_waker(Waker::noop());
    let mut frames = 0;
    while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut codec).poll_next(&mut context) {
        std::hint::black_box(&frame);
        frames += 1;
    }
    frames
}

/// Octets that are received at once: what `h2` reads at the most.
pub const CHUNK: usize = 8 * 1024;

/// Reads frames with the codec of `h2-sans-io`.
///
/// # Panics
/// When it refuses them.
#[must_use]
pub fn count_with_h2_sans_io(octets: &[u8]) -> usize {
    let mut codec = h2_sans_io::H2Codec::new();
    codec.set_preface_received(true);
    let read = |chunk| {
        let events = codec.process(chunk).expect("valid frames");
        std::hint::black_box(&events);
        events.len()
    };
    octets.chunks(CHUNK).map(read).sum()
}
