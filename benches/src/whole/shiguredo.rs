//! `shiguredo_http2`.

use shiguredo_http2::{Connection, Event, HeaderField, Limits};

use super::{Script, Take};
use crate::sink::Sink;
use crate::workload::Sample;

pub(super) fn server<V: Take, S: Sink>(script: &Script) -> (V, S) {
    let mut connection = Connection::server(limits());
    connection.initiate().expect("it starts");
    let (mut visitor, mut sink, mut next) = (V::default(), S::default(), 0);
    read(&mut connection, script, &mut visitor, |connection, stream_id| {
        connection.send_response(stream_id, fields(&script.sent.messages[next]), false).expect("well-formed");
        let content = script.sent.messages[next].content.clone();
        connection.send_data(stream_id, content, true).expect("the response has begun");
        next += 1;
    });
    write(&mut connection, &mut sink);
    (visitor, sink)
}

pub(super) fn client<V: Take, S: Sink>(script: &Script) -> (V, S) {
    let mut connection = Connection::client(limits());
    connection.initiate().expect("it starts");
    let (mut visitor, mut sink) = (V::default(), S::default());
    for message in &script.sent.messages {
        let is_empty = message.content.is_empty();
        let stream_id = connection.start_stream(fields(message), is_empty).expect("well-formed");
        if !is_empty {
            connection.send_data(stream_id, message.content.clone(), true).expect("the request has begun");
        }
    }
    write(&mut connection, &mut sink);
    read(&mut connection, script, &mut visitor, |_, _| {});
    write(&mut connection, &mut sink);
    (visitor, sink)
}

fn limits() -> Limits {
    Limits::builder().max_concurrent_streams(Some(200)).build().expect("valid")
}

fn fields(message: &Sample) -> Vec<HeaderField> {
    message.fields.iter().map(|(name, value)| HeaderField::new(name, value).expect("valid")).collect()
}

fn read<V: Take>(
    connection: &mut Connection,
    script: &Script,
    visitor: &mut V,
    mut ended: impl FnMut(&mut Connection, shiguredo_http2::StreamId),
) {
    let mut octets = script.incoming.as_slice();
    while !octets.is_empty() {
        let taken = connection.feed(octets).expect("valid");
        octets = &octets[taken..];
        connection.process().expect("valid");
        while let Some(event) = connection.poll_event() {
            match event {
                Event::HeadersReceived { stream_id, headers, end_stream, .. } => {
                    for field in &headers {
                        visitor.field(field.name(), field.value());
                    }
                    visitor.section_end();
                    if end_stream {
                        ended(connection, stream_id);
                    }
                }
                Event::DataReceived { stream_id, data, end_stream } => {
                    visitor.content(&data);
                    if end_stream {
                        ended(connection, stream_id);
                    }
                }
                _ => {}
            }
        }
    }
}

fn write<S: Sink>(connection: &mut Connection, sink: &mut S) {
    while let Some(octets) = connection.poll_output() {
        sink.write(&octets);
    }
}
