//! Responses written by engines.

use std::collections::BTreeMap;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::frame::{Data, Frame, Headers, Pseudo, Settings};
use h2wire::frame::{self as wire, StreamId};
use h2wire::{Limits, Message, Progress, Reader, Role, SectionHead, Writer};
use h2wire_nghttp2::{Content, Fields, Server};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::in_memory::Outgoing;
use crate::messages::{Count, assert_same, prepare};
use crate::sink::{Sink, Written};
use crate::workload::{Sample, Workload, streams};

/// Octets that are gathered before they go to the sink: as many as h2 gathers.
const BUFFER: usize = 16 * 1024;

/// What the windows of a peer allow.
const WINDOW: usize = 65_535;

/// h2wire's writer, new each time.
#[must_use]
pub fn h2wire<S: Sink>(responses: &[Sample]) -> S {
    let mut sink = S::default();
    let mut writer = Writer::new(Role::Server, Limits::DEFAULT.max_table_size);
    let mut out = Vec::with_capacity(BUFFER);
    let settings = Limits::DEFAULT.settings(Role::Server);
    writer.append_settings(&settings.list(), &mut out).expect("valid");
    for (stream_id, response) in streams().zip(responses) {
        let fields = response.fields.iter().map(|(name, value)| (name, value));
        writer.append_section(SectionHead::headers(stream_id, false), fields, &mut out).expect("well-formed");
        for frame in writer.data(stream_id, &response.content, true, WINDOW) {
            writer.append_frame(&frame.into(), &mut out).expect("valid");
        }
        if out.len() > BUFFER / 2 {
            sink.write(&out);
            out.clear();
        }
    }
    sink.write(&out);
    sink
}

/// Responses as nghttp2 takes them.
#[derive(Debug)]
pub struct ForNghttp2<'a>(Vec<(i32, Fields<'a>, &'a Content)>);

impl<'a> ForNghttp2<'a> {
    /// Refers to the fields of the samples, and to content.
    ///
    /// # Panics
    /// If there are more than there are streams.
    #[must_use]
    pub fn new(responses: &'a [Sample], contents: &'a [Content]) -> Self {
        let id = |stream_id: StreamId| i32::try_from(stream_id.get()).expect("31 bits");
        let responses = streams().zip(responses).zip(contents);
        let response = |((stream_id, response), content): ((_, &'a Sample), _)| {
            (id(stream_id), Fields::new(&response.fields), content)
        };
        Self(responses.map(response).collect())
    }
}

/// A session of nghttp2 that has read the requests.
pub fn nghttp2<'a, S: Sink>(server: &mut Server<'a, Count>, responses: &ForNghttp2<'a>) -> S {
    let mut sink = S::default();
    for (stream_id, fields, content) in &responses.0 {
        server.respond(*stream_id, fields, content).expect("the stream is open");
    }
    server.send(|octets| sink.write(octets));
    sink
}

/// Responses as h2 takes them: their frames.
#[must_use]
pub fn for_h2(responses: &[Sample]) -> Vec<Frame<Bytes>> {
    let response = |(stream_id, response): (StreamId, &Sample)| {
        let mut status = StatusCode::OK;
        let mut headers = HeaderMap::with_capacity(response.fields.len());
        for (name, value) in &response.fields {
            if name == b":status" {
                status = StatusCode::from_bytes(value).expect("a status");
            } else {
                let name = HeaderName::from_bytes(name).expect("a name");
                headers.append(name, HeaderValue::from_bytes(value).expect("a value"));
            }
        }
        let head = Headers::new(stream_id.get().into(), Pseudo::response(status), headers);
        let mut data = Data::new(stream_id.get().into(), Bytes::copy_from_slice(&response.content));
        data.set_end_stream(true);
        [head.into(), data.into()]
    };
    streams().zip(responses).flat_map(response).collect()
}

/// The codec of h2 (feature `unstable`), new each time.
#[must_use]
pub fn h2<S: Sink + Unpin>(frames: Vec<Frame<Bytes>>) -> S {
    let mut codec = h2::Codec::new(Outgoing::<S>::default());
    let mut context = Context::from_waker(Waker::noop());
    codec.buffer(Settings::default().into()).expect("there is room");
    for frame in frames {
        assert!(matches!(codec.poll_ready(&mut context), Poll::Ready(Ok(()))));
        codec.buffer(frame).expect("a valid frame");
    }
    assert!(matches!(codec.flush(&mut context), Poll::Ready(Ok(()))));
    std::mem::take(&mut codec.get_mut().0)
}

/// Fails if an engine writes anything else than the responses of the workload, or the same to another sink. The requests are
/// what a session of nghttp2 reads before. Returns how many octets each writes.
#[must_use]
pub fn check(responses: &Workload, requests: &[u8]) -> [(&'static str, usize); 3] {
    let samples = &responses.messages;
    let contents = contents(samples);
    let all = |name: &str, octets: &[u8]| assert_same(name, responses, &read(octets, Role::Server), true);

    let octets: Vec<u8> = h2wire(samples);
    all("h2wire", &octets);
    let ours = h2wire::<Written>(samples);
    assert_eq!(ours, Written(octets.len()));

    let prepared = ForNghttp2::new(samples, &contents);
    let (mut server, mut octets) = prepare(requests);
    let written: Vec<u8> = nghttp2(&mut server, &prepared);
    octets.extend_from_slice(&written);
    all("nghttp2", &octets);
    assert_eq!(nghttp2::<Written>(&mut prepare(requests).0, &prepared), Written(written.len()));
    let nghttp2 = octets.len();

    let octets: Vec<u8> = h2(for_h2(samples));
    all("h2", &octets);
    let h2 = h2::<Written>(for_h2(samples));
    assert_eq!(h2, Written(octets.len()));
    [("h2wire", ours.0), ("nghttp2", nghttp2), ("h2", h2.0)]
}

/// The messages of a side by stream: nghttp2 sends all heads before any content.
pub(crate) fn read(mut octets: &[u8], sender: Role) -> Vec<Sample> {
    let receiver = if sender == Role::Client { Role::Server } else { Role::Client };
    let mut reader = Reader::new(receiver, &Limits::DEFAULT).expect("valid limits");
    let mut streams = BTreeMap::<_, Sample>::new();
    while let Progress::Item { item, .. } = reader.read_message(&mut octets).expect("valid") {
        match item {
            Message::Section { end, fields, .. } => {
                let fields = fields.iter().map(|field| (field.name.into(), field.value.into())).collect();
                let sample = Sample { fields, content: Vec::new() };
                assert_eq!(streams.insert(end.head.stream_id, sample), None);
            }
            Message::Frame { frame: wire::Frame::Data(frame), .. } => {
                let sample = streams.get_mut(&frame.stream_id).expect("the head comes first");
                sample.content.extend_from_slice(frame.data);
            }
            Message::Preface
            | Message::Frame {
                frame: wire::Frame::Settings(_) | wire::Frame::WindowUpdate(_) | wire::Frame::Ping(_),
                ..
            } => {}
            other => panic!("not what is sent here: {other:?}"),
        }
    }
    assert!(octets.is_empty());
    streams.into_values().collect()
}

/// The content of samples, for nghttp2.
#[must_use]
pub fn contents(samples: &[Sample]) -> Vec<Content> {
    samples.iter().map(|sample| Content(sample.content.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_engines_write_the_responses() {
        let [_, requests, ..] = Workload::requests();
        for responses in Workload::responses() {
            let [ours, others @ ..] = check(&responses, &requests.encode());
            // Each writes a head of 9 octets for every frame, and the content; nobody is fast for want of compression.
            for (name, octets) in others {
                assert!(ours.1 * 100 <= octets * 102, "{} octets, {name} {octets}", ours.1);
            }
        }
    }
}
