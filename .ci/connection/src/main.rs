//! Every entry point of h2wire-connection, with input that the compiler knows nothing of.

use std::hint::black_box;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire_connection::frame::{ErrorCode, StreamId};
use h2wire_connection::{Config, Connection, KeepAlive, Priority, Stream};

/// Bytes in, events out.
fn receive(connection: &mut Connection, octets: &[u8], now: Duration) {
    let mut input = BytesMut::from(octets);
    while let Ok(Some(event)) = connection.poll_event(&mut input, now) {
        black_box((event.is_unprocessed(), event, connection.fields()));
    }
    while let Ok(Some(event)) = connection.poll_event_with(&mut input, now, |lent| {
        black_box(lent);
    }) {
        black_box(event);
    }
}

/// Bytes out.
fn send(connection: &mut Connection, written: usize, buf: &mut [u8]) {
    let mut pieces = [[].as_slice(); 4];
    let count = connection.transmit(&mut pieces);
    black_box(pieces.iter().take(count).map(|piece| piece.len()).max());
    connection.advance(written);
    black_box(connection.fill(buf));
    black_box((connection.wants_read(), connection.wants_write(), connection.pending_output()));
}

/// What can be done with a stream.
fn use_stream(stream: &mut Stream<'_>, fields: &[(&str, &str)], data: &Bytes, number: usize) {
    let fields = || fields.iter().copied();
    black_box(stream.send_response(fields(), black_box(false)).is_ok());
    black_box(stream.send_data(data.clone(), black_box(false)).is_ok());
    black_box(stream.send_trailers(fields()).is_ok());
    black_box((stream.queued(), stream.capacity(), stream.id()));
    stream.release(number);
    stream.set_priority(Priority::parse(data));
}

/// What can be done with a connection.
fn use_connection(
    connection: &mut Connection,
    fields: &[(&str, &str)],
    octets: &'static [u8],
    number: usize,
) {
    let fields_of = || fields.iter().copied();
    let opened = connection.open(fields_of(), black_box(false));
    let pushed = connection.push(StreamId::MAX, fields_of());
    for stream_id in [opened.ok(), pushed.ok(), black_box(Some(StreamId::MAX))].into_iter().flatten() {
        if let Some(mut stream) = connection.stream(stream_id) {
            use_stream(&mut stream, fields, &Bytes::from_static(octets), number);
        }
        send(connection, number, &mut black_box([0; 100]));
        if let Some(stream) = connection.stream(stream_id) {
            stream.reset(black_box(ErrorCode::CANCEL));
        }
    }
    connection.ping(black_box(*b"12345678"));
    let wanted = KeepAlive { interval: black_box(Duration::ZERO), timeout: black_box(Duration::ZERO) };
    black_box(connection.update(&black_box(Config::DEFAULT).with_keep_alive(Some(wanted))).is_ok());
    black_box((connection.open_streams(), connection.is_closed(), connection.failure()));
}

fn main() {
    let config = black_box(Config::DEFAULT);
    let octets = black_box(b"\0\0\0\x04\0\0\0\0\0".as_slice());
    let fields = black_box([(":method", "GET"), (":path", "/")].as_slice());
    for connection in [Connection::client(&config), Connection::server(&config)] {
        let Ok(mut connection) = connection else { continue };
        let now = black_box(Duration::from_secs(1));
        receive(&mut connection, octets, now);
        use_connection(&mut connection, fields, octets, black_box(3));
        receive(&mut connection, octets, now);
        black_box(connection.deadline());
        connection.handle_timeout(now);
        send(&mut connection, black_box(5), &mut black_box([0; 100]));
        connection.shut_down();
        connection.end_of_input();
        connection.abort(black_box(ErrorCode::NO_ERROR), octets);
        send(&mut connection, black_box(7), &mut black_box([0; 100]));
    }
}
