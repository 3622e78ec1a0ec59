//! A client and a server in memory, whole conversations.

mod action; // what an application does
mod pipe; // both ends, and the bytes between them
mod random; // whatever both do
mod world; // both, and what they have seen

use std::time::Duration;

use bytes::BytesMut;
use h2wire_connection::frame::{ErrorCode, StreamId};
use h2wire_connection::{Config, Connection, Event, FieldsKind, Lent, OpenError, ResetReason, SendError};

use action::{GET, POST};
use pipe::Pair;

#[test]
fn a_request_is_answered() {
    let mut pair = Pair::new(&Config::default(), &Config::default());
    let id = pair.client.open(GET, true).unwrap();
    pair.run();
    let events = pair.server_events();
    assert_eq!(
        events,
        [
            Event::Settings,
            Event::Fields { stream_id: id, kind: FieldsKind::Request, end_stream: true },
            Event::SettingsAcknowledged
        ]
    );
    let mut stream = pair.server.stream(id).unwrap();
    assert_eq!(stream.send_data("too early".into(), true), Err(SendError::HeadMissing));
    stream.send_response([(":status", "103"), ("link", "</a>")], false).unwrap();
    stream.send_response([(":status", "200")], false).unwrap();
    assert_eq!(stream.send_response([(":status", "200")], false), Err(SendError::HeadSent));
    stream.send_data("hello".into(), false).unwrap();
    stream.send_trailers([("a", "b")]).unwrap();
    assert_eq!(stream.send_data("too late".into(), true), Err(SendError::Ended));
    assert!(pair.server.stream(id).is_none());
    pair.run();
    let fields = |kind, end_stream| Event::Fields { stream_id: id, kind, end_stream };
    let expected = [
        fields(FieldsKind::Interim, false),
        fields(FieldsKind::Response, false),
        Event::Data { stream_id: id, data: "hello".into(), end_stream: false },
        fields(FieldsKind::Trailers, true),
    ];
    assert_eq!(pair.client_events()[2..], expected);
    assert_eq!((pair.client.open_streams(), pair.server.open_streams()), (0, 0));
}

#[test]
fn fields_may_be_visited_without_a_list() {
    let mut client = Connection::client(&Config::default()).unwrap();
    let mut server = Connection::server(&Config::default()).unwrap();
    let id = client.open(GET, true).unwrap();
    let mut octets = [0; 1_000];
    let len = client.fill(&mut octets);
    let (mut input, mut seen) = (BytesMut::from(&octets[..len]), Vec::new());
    let request = Event::Fields { stream_id: id, kind: FieldsKind::Request, end_stream: true };
    let visit = |lent: Lent<'_>| {
        if let Lent::Field(field) = lent {
            seen.push(format!("{field:?}"));
        }
    };
    let mut poll = {
        let mut visit = visit;
        move || server.poll_event_with(&mut input, Duration::ZERO, &mut visit).unwrap()
    };
    assert_eq!([poll(), poll(), poll()], [Some(Event::Settings), Some(request), None]);
    drop(poll);
    assert_eq!(seen, [":method: GET", ":scheme: https", ":authority: a.test", ":path: /"]);
}

#[test]
fn content_of_any_length_goes_through_the_windows() {
    let mut pair = Pair::new(&Config::default(), &Config::default().with_auto_release(true));
    let id = pair.client.open(POST, false).unwrap();
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_be_bytes()[3] ^ n.to_be_bytes()[2]).collect();
    pair.client.stream(id).unwrap().send_data(content.clone().into(), true).unwrap();
    pair.run();
    assert!(pair.server_content(id) == content);
    assert!(pair.client.stream(id).is_some_and(|stream| stream.queued() == 0));
}

#[test]
fn who_may_not_is_told_so() {
    let mut server = Connection::server(&Config::default()).unwrap();
    assert_eq!(server.open(GET, true), Err(OpenError::NotClient));
    let mut client = Connection::client(&Config::default().with_initial_max_streams(1)).unwrap();
    assert!(matches!(client.open([(":method", "GET")], true), Err(OpenError::Fields(_))));
    let id = client.open(GET, true).unwrap();
    assert_eq!(client.open_streams(), 1);
    assert_eq!(client.open(GET, true), Err(OpenError::TooManyStreams));
    assert_eq!(client.push(id, GET), Err(OpenError::NotServer));
    assert_eq!(
        client.stream(id).unwrap().send_response([(":status", "200")], true),
        Err(SendError::NotServer)
    );
    client.stream(id).unwrap().reset(ErrorCode::CANCEL);
    assert_eq!(client.open(GET, true).map(StreamId::get), Ok(3));
    client.shut_down();
    assert_eq!(client.open(GET, true), Err(OpenError::GoingAway));
}

#[test]
fn a_push_is_promised_and_answered_or_refused() {
    let takes = h2wire::Limits::DEFAULT.with_accept_push(true);
    let mut pair = Pair::new(&Config::default().with_limits(takes), &Config::default());
    let id = pair.client.open(GET, true).unwrap();
    pair.run();
    let promised = [pair.server.push(id, GET).unwrap(), pair.server.push(id, GET).unwrap()];
    pair.run();
    pair.client.stream(promised[1]).unwrap().reset(ErrorCode::CANCEL);
    let mut stream = pair.server.stream(promised[0]).unwrap();
    stream.send_response([(":status", "200")], false).unwrap();
    stream.send_data("pushed".into(), true).unwrap();
    pair.run();
    assert!(pair.server_events().contains(&Event::Reset {
        stream_id: promised[1],
        error_code: ErrorCode::CANCEL,
        reason: ResetReason::ByPeer
    }));
    let events = pair.client_events();
    assert!(events.contains(&Event::Promise { stream_id: id, promised_stream_id: promised[0] }));
    assert_eq!(pair.client_content(promised[0]), b"pushed");
    // Who does not take them is sent none.
    let mut pair = Pair::new(&Config::default(), &Config::default());
    let id = pair.client.open(GET, true).unwrap();
    pair.run();
    assert!(matches!(pair.server.push(id, GET), Err(OpenError::Fields(_))));
}
