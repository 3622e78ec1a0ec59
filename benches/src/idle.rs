//! P11: connections that are idle after one request of a browser and its response.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::{Frame, Settings};
use h2wire::{Codec, Limits, Message, Outgoing, OutgoingSection, Role, SectionHead};
use h2wire_connection::{Config, Connection, Event};
use h2wire_nghttp2::{Content, Fields, Server};
use http::Response;
use tokio_util::codec::{Decoder, Encoder};

use crate::in_memory::Open;
use crate::messages::{Count, prepare};
use crate::workload::{Sample, Workload};

/// What a server does once: it reads the request, and sends the response.
#[derive(Clone, Debug)]
pub struct OneRequest {
    octets: Vec<u8>,
    response: Sample,
    content: Content,
    /// What all connections have sent.
    written: Cell<usize>,
}

impl Default for OneRequest {
    fn default() -> Self {
        let [mut browser, ..] = Workload::requests();
        browser.messages.truncate(1);
        let [mut responses, _] = Workload::responses();
        let response = responses.messages.swap_remove(0);
        let content = Content(response.content.clone());
        Self { octets: browser.encode(), response, content, written: Cell::new(0) }
    }
}

/// Makes connections that have been used once, and keeps them while the function runs.
pub type Engine = fn(&OneRequest, usize, &mut dyn FnMut());

/// All engines. The engines keep neither input nor output: the caller owns those buffers.
pub const ENGINES: [(&str, Engine); 4] = [
    ("h2wire-codec", |one, count, then| keep(|| codec(one), count, then)),
    ("h2wire-connection", |one, count, then| keep(|| connection(one), count, then)),
    ("nghttp2", |one, count, then| keep(|| nghttp2(one), count, then)),
    ("h2", |one, count, then| keep(|| h2(one), count, then)),
];

/// Calls `then` after the first connection, for what is made only once, and after `count` more.
fn keep<T>(connection: impl Fn() -> T, count: usize, then: &mut dyn FnMut()) {
    let mut connections = Vec::with_capacity(count + 1);
    connections.push(connection());
    then();
    connections.extend(std::iter::repeat_with(&connection).take(count));
    then();
    drop(connections);
}

/// A reader and a writer; no streams and windows.
fn codec(one: &OneRequest) -> Codec {
    let mut codec = Codec::new(Role::Server, &Limits::DEFAULT).expect("valid limits");
    let (mut buf, mut out) = (BytesMut::from(one.octets.as_slice()), BytesMut::new());
    let settings = Limits::DEFAULT.settings(Role::Server);
    codec.encode(Outgoing::settings(settings.list()), &mut out).expect("valid");
    let mut requests = 0;
    while let Some(message) = codec.decode(&mut buf).expect("valid") {
        match message {
            Message::Frame { frame: Frame::Settings(Settings::List(settings)), .. } => {
                codec.encode(Outgoing::Acknowledge(settings), &mut out).expect("valid");
            }
            Message::Section { end, .. } => {
                let stream_id = end.head.stream_id;
                let fields = one.response.fields.iter().map(|(name, value)| (name, value));
                let section = OutgoingSection::new(SectionHead::headers(stream_id, false), fields);
                codec.encode(section.into(), &mut out).expect("well-formed");
                let content = Bytes::copy_from_slice(&one.response.content);
                let data =
                    h2wire::frame::Data { end_stream: true, stream_id, pad_length: None, data: content };
                codec.encode(data.into(), &mut out).expect("valid");
                requests += 1;
            }
            _ => {}
        }
    }
    assert_eq!(requests, 1);
    one.written.update(|written| written + out.len());
    codec
}

/// A connection: streams and windows too. What is written is taken from it, as a socket would.
fn connection(one: &OneRequest) -> Connection {
    let mut connection = Connection::server(&Config::default()).expect("valid");
    let mut input = BytesMut::from(one.octets.as_slice());
    let mut written = one.written.get();
    let mut requests = 0;
    while let Some(event) = connection.poll_event(&mut input, Duration::ZERO).expect("valid") {
        let Event::Fields { stream_id, .. } = event else { continue };
        let fields = one.response.fields.iter().map(|(name, value)| (name, value));
        let mut stream = connection.stream(stream_id).expect("it waits for a response");
        stream.send_response(fields, false).expect("well-formed");
        stream.send_data(Bytes::copy_from_slice(&one.response.content), true).expect("it has begun");
        requests += 1;
    }
    assert_eq!(requests, 1);
    loop {
        let mut pieces = [[].as_slice(); 4];
        let count = connection.transmit(&mut pieces);
        let len: usize = pieces[..count].iter().map(|piece| piece.len()).sum();
        if len == 0 {
            break;
        }
        written += len;
        connection.advance(len);
    }
    one.written.set(written);
    connection
}

/// A session.
fn nghttp2(one: &OneRequest) -> Server<'_, Count> {
    let (mut server, settings) = prepare(&one.octets);
    server.respond(1, &Fields::new(&one.response.fields), &one.content).expect("the stream is open");
    let mut written = one.written.get() + settings.len();
    server.send(|octets| written += octets.len());
    one.written.set(written);
    server
}

/// A server's connection, which has buffers of its own.
fn h2(one: &OneRequest) -> h2::server::Connection<Open<'_>, Bytes> {
    let mut context = Context::from_waker(Waker::noop());
    let mut handshake = pin!(h2::server::Builder::new().handshake(Open::new(&one.octets, &one.written)));
    let Poll::Ready(connection) = Pin::as_mut(&mut handshake).poll(&mut context) else {
        panic!("all of the handshake is there")
    };
    let mut connection = connection.expect("valid");
    let Poll::Ready(Some(accepted)) = connection.poll_accept(&mut context) else {
        panic!("the request is there")
    };
    let (_, mut respond) = accepted.expect("valid");
    let mut response = Response::builder();
    for (name, value) in &one.response.fields {
        if name != b":status" {
            response = response.header(name.as_slice(), value.as_slice());
        }
    }
    let response = response.body(()).expect("valid fields");
    let mut body = respond.send_response(response, false).expect("the stream is open");
    body.send_data(Bytes::copy_from_slice(&one.response.content), true).expect("the stream is open");
    assert!(connection.poll_accept(&mut context).is_pending());
    connection
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_engines_answer() {
        for (name, engine) in ENGINES {
            let (one, mut written) = (OneRequest::default(), Vec::new());
            engine(&one, 2, &mut || written.push(one.written.get()));
            let [first, all] = written[..] else { panic!("{name}: once after the first, once at the end") };
            assert_eq!(all, 3 * first, "{name}");
            // SETTINGS, their acknowledgment, HEADERS and DATA; at least an octet for each field.
            assert!((9 + 9 + 9 + 6 + 9 + 100..400).contains(&first), "{name} writes {first} octets");
        }
    }
}
