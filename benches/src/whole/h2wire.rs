//! h2wire-connection.

use std::time::Duration;

use bytes::BytesMut;
use h2wire::frame::StreamId;
use h2wire_connection::{Config, Connection, Event, Lent};

use super::{Script, Take, write_all};
use crate::sink::Sink;

pub(super) fn server<V: Take, S: Sink>(script: &Script) -> (V, S) {
    serve(script, false)
}

/// As [`server`], but fields are lent as they are decoded.
pub(super) fn server_lent<V: Take, S: Sink>(script: &Script) -> (V, S) {
    serve(script, true)
}

pub(super) fn client<V: Take, S: Sink>(script: &Script) -> (V, S) {
    ask(script, false)
}

/// As [`client`], but fields are lent as they are decoded.
pub(super) fn client_lent<V: Take, S: Sink>(script: &Script) -> (V, S) {
    ask(script, true)
}

fn serve<V: Take, S: Sink>(script: &Script, lent: bool) -> (V, S) {
    let mut connection = Connection::server(&Config::default()).expect("valid");
    let mut visitor = V::default();
    let mut next = 0;
    read(&mut connection, script, &mut visitor, lent, |connection, stream_id| {
        let fields = script.sent.messages[next].fields.iter().map(|(name, value)| (name, value));
        let mut stream = connection.stream(stream_id).expect("it waits for a response");
        stream.send_response(fields, false).expect("well-formed");
        stream.send_data(script.bodies[next].clone(), true).expect("the response has begun");
        next += 1;
    });
    (visitor, written(&mut connection))
}

fn ask<V: Take, S: Sink>(script: &Script, lent: bool) -> (V, S) {
    let mut connection = Connection::client(&Config::default()).expect("valid");
    for (message, body) in script.sent.messages.iter().zip(&script.bodies) {
        let fields = message.fields.iter().map(|(name, value)| (name, value));
        let stream_id = connection.open(fields, body.is_empty()).expect("well-formed");
        if !body.is_empty() {
            let mut stream = connection.stream(stream_id).expect("it is open");
            stream.send_data(body.clone(), true).expect("the request has begun");
        }
    }
    let mut visitor = V::default();
    read(&mut connection, script, &mut visitor, lent, |_, _| {});
    (visitor, written(&mut connection))
}

/// Reads everything; `ended` is called when a message is complete.
fn read<V: Take>(
    connection: &mut Connection,
    script: &Script,
    visitor: &mut V,
    lent: bool,
    mut ended: impl FnMut(&mut Connection, StreamId),
) {
    let mut input = BytesMut::from(script.incoming.as_slice());
    loop {
        let event = if lent {
            connection.poll_event_with(&mut input, Duration::ZERO, |lent| {
                // In these scripts each section has its event.
                if let Lent::Field(field) = lent {
                    visitor.field(field.name, field.value);
                }
            })
        } else {
            connection.poll_event(&mut input, Duration::ZERO)
        };
        let Some(event) = event.expect("valid") else { break };
        match event {
            Event::Fields { stream_id, end_stream, .. } => {
                // None if they were lent.
                for field in connection.fields() {
                    visitor.field(field.name, field.value);
                }
                visitor.section_end();
                if end_stream {
                    ended(connection, stream_id);
                }
            }
            Event::Data { stream_id, data, end_stream } => {
                visitor.content(&data);
                if let Some(mut stream) = connection.stream(stream_id) {
                    stream.release(data.len());
                }
                if end_stream {
                    ended(connection, stream_id);
                }
            }
            _ => {}
        }
    }
}

fn written<S: Sink>(connection: &mut Connection) -> S {
    let mut sink = S::default();
    loop {
        let mut pieces = [[].as_slice(); 16];
        let count = connection.transmit(&mut pieces);
        let len = write_all(&mut sink, &pieces[..count]);
        if len == 0 {
            return sink;
        }
        connection.advance(len);
    }
}
