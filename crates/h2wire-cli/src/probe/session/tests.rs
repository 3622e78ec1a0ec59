//! The session without sockets.

use std::num::NonZeroU32;

use h2wire::frame::{Data, Ping, PushPromise, RstStream, SettingBuffer, SettingId, Settings, WindowUpdate};
use h2wire::{FrameEvent, FrameReader, Role, SectionHead, Writer};

use super::*;

fn request(content: &[u8]) -> Request {
    Request {
        method: "GET".to_owned(),
        scheme: "https",
        authority: "example.com".to_owned(),
        path: "/".to_owned(),
        fields: vec![("cookie".to_owned(), "secret".to_owned())],
        content: content.to_vec(),
    }
}

fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

/// The output of a server.
struct Server {
    writer: Writer<Vec<u8>>,
    out: Vec<u8>,
}

impl Server {
    fn new(settings: &[(SettingId, u32)]) -> Self {
        let server = Self { writer: Writer::new(Role::Server, 4096), out: Vec::new() };
        let mut list = SettingBuffer::<8>::new();
        for (id, value) in settings {
            list.push(*id, *value).unwrap();
        }
        server.frame(Settings::List(list.list()))
    }

    fn frame<'a>(mut self, frame: impl Into<Frame<&'a [u8]>>) -> Self {
        self.writer.append_frame(&frame.into(), &mut self.out).unwrap();
        self
    }

    fn fields(mut self, id: u32, end_stream: bool, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, *value));
        self.writer
            .append_section(SectionHead::headers(stream(id), end_stream), fields, &mut self.out)
            .unwrap();
        self
    }

    fn data(self, octets: usize, end_stream: bool) -> Self {
        let data = vec![0; octets];
        self.frame(Data { end_stream, stream_id: stream(1), pad_length: None, data: data.as_slice() })
    }
}

/// The frames that a session sends, read as its server does.
struct Sent {
    reader: FrameReader,
}

impl Sent {
    fn by(session: &mut Session) -> (Self, Vec<Frame<Vec<u8>>>) {
        let mut sent = Self { reader: FrameReader::new(Role::Server) };
        sent.reader.options.max_frame_size = h2wire::frame::PayloadLength::MAX;
        let frames = sent.next(session);
        (sent, frames)
    }

    fn next(&mut self, session: &mut Session) -> Vec<Frame<Vec<u8>>> {
        let octets = session.take_output();
        let (mut rest, mut frames) = (octets.as_slice(), Vec::new());
        while let Progress::Item { item, consumed } = self.reader.read(rest).unwrap() {
            rest = &rest[consumed..];
            match item {
                FrameEvent::Frame { frame, .. } => frames.push(frame.map(<[u8]>::to_vec)),
                FrameEvent::Preface => {}
                _ => panic!("{item:?}"),
            }
        }
        assert!(rest.is_empty());
        frames
    }
}

/// With a promise, which the writer would not write.
fn promise(mut server: Server) -> Server {
    let promised = PushPromise {
        end_headers: true,
        stream_id: stream(1),
        pad_length: None,
        promised_stream_id: stream(2),
        field_block_fragment: b"\x82\x87\x84\x41\x01a".as_slice(),
    };
    let mut octets = [0; 64];
    let len = Frame::from(promised).encode(&mut octets).unwrap();
    server.out.extend_from_slice(&octets[..len]);
    server
}

/// A session, what it has sent, and what was seen.
fn start(content: &[u8]) -> (Session, Sent, Vec<Frame<Vec<u8>>>, Seen) {
    let mut session = Session::start(request(content)).unwrap();
    let (sent, frames) = Sent::by(&mut session);
    (session, sent, frames, Seen::default())
}

#[test]
fn starts_with_preface_settings_and_request() {
    let (_, _, frames, _) = start(b"");
    assert!(matches!(&frames[..], [Frame::Settings(_), Frame::Headers(headers)] if headers.end_stream));
}

#[test]
fn a_response_is_told_however_the_octets_are_cut() {
    let octets = Server::new(&[(SettingId::MAX_CONCURRENT_STREAMS, 100), (SettingId(0x99), 1)])
        .frame(Settings::Ack)
        .fields(1, false, &[(":status", "103")])
        .fields(1, false, &[(":status", "200"), ("server", "test")])
        .data(3, false)
        .fields(1, true, &[("trailer", "x")])
        .out;
    for len in [1, 7, usize::MAX] {
        let (mut session, _, _, mut seen) = start(b"");
        let endings: Vec<_> = octets.chunks(len).map(|octets| session.receive(octets, &mut seen)).collect();
        assert!(matches!(&endings[..], [.., Some(ExchangeEnd::Complete)]), "{endings:?}");
        assert!(endings.iter().rev().skip(1).all(Option::is_none));
        let (status, fields) = seen.response.as_ref().unwrap();
        assert_eq!((*status, fields.get(b"server")), (200, Some(b"test".as_slice())));
        assert!(seen.complete && !session.is_inside_frame());
    }
}

#[test]
fn settings_and_pings_are_acknowledged_and_the_end_is_told() {
    let (mut session, mut sent, _, mut seen) = start(b"");
    let server = Server::new(&[]).frame(Ping { ack: false, opaque_data: *b"12345678" });
    session.receive(&server.out, &mut seen);
    let ack = Frame::Ping(Ping { ack: true, opaque_data: *b"12345678" });
    assert_eq!(sent.next(&mut session), [Frame::Settings(Settings::Ack), ack]);

    let server = Server { out: Vec::new(), ..server }.fields(1, true, &[(":status", "204")]);
    session.receive(&server.out, &mut seen);
    session.end();
    assert!(
        matches!(&sent.next(&mut session)[..], [Frame::GoAway(go_away)] if go_away.error_code == ErrorCode::NO_ERROR)
    );
}

#[test]
fn content_obeys_windows_and_what_is_left_of_it_is_given_up() {
    let (mut session, mut sent, frames, mut seen) = start(&vec![7; 100_000]);
    let len = |frames: &[Frame<Vec<u8>>]| -> usize {
        let data = frames.iter().map(|frame| if let Frame::Data(data) = frame { data.data.len() } else { 0 });
        data.sum()
    };
    assert_eq!(len(&frames), 65_535);
    let more =
        |stream_id| WindowUpdate { stream_id, window_size_increment: NonZeroU32::new(30_000).unwrap() };
    let server = Server::new(&[]).frame(more(StreamId::CONNECTION)).frame(more(stream(1)));
    session.receive(&server.out, &mut seen);
    assert_eq!(len(&sent.next(&mut session)), 30_000);
    session.end();
    assert!(matches!(&sent.next(&mut session)[..], [Frame::RstStream(reset), Frame::GoAway(_)]
        if reset.error_code == ErrorCode::CANCEL));
}

#[test]
fn what_was_read_is_given_back() {
    let (mut session, mut sent, _, mut seen) = start(b"");
    let mut server = Server::new(&[]).fields(1, false, &[(":status", "200")]);
    // 10 times the window.
    for _ in 0..40 {
        assert!(session.receive(&std::mem::take(&mut server.out), &mut seen).is_none());
        server = server.data(16_384, false);
    }
    let updates = sent.next(&mut session).into_iter().filter(|frame| matches!(frame, Frame::WindowUpdate(_)));
    assert_eq!(updates.count(), 2 * 19);
}

#[test]
fn what_ends_the_request_is_told() {
    let go_away = |last_stream_id, error_code| {
        Server::new(&[]).frame(GoAway {
            last_stream_id,
            error_code,
            additional_debug_data: b"why".as_slice(),
        })
    };
    let (mut session, _, _, mut seen) = start(b"");
    let reset = RstStream { stream_id: stream(1), error_code: ErrorCode::REFUSED_STREAM };
    let ending = session.receive(&Server::new(&[]).frame(reset).out, &mut seen);
    assert!(matches!(ending, Some(ExchangeEnd::Reset(ErrorCode::REFUSED_STREAM))), "{ending:?}");
    for (last, code) in [
        (StreamId::CONNECTION, ErrorCode::ENHANCE_YOUR_CALM),
        (StreamId::CONNECTION, ErrorCode::NO_ERROR),
        (stream(1), ErrorCode::ENHANCE_YOUR_CALM),
    ] {
        let (mut session, _, _, mut seen) = start(b"");
        let ending = session.receive(&go_away(last, code).out, &mut seen);
        let Some(ExchangeEnd::GoAway { last_stream_id, error_code, debug_data }) = ending else {
            panic!("{ending:?}")
        };
        assert_eq!((last_stream_id, error_code, &debug_data[..]), (last, code, &b"why"[..]));
    }
    // The request goes on.
    let (mut session, _, _, mut seen) = start(b"");
    let server = go_away(StreamId::MAX, ErrorCode::NO_ERROR);
    assert!(session.receive(&server.out, &mut seen).is_none() && seen.shuts_down);
    let server = Server { out: Vec::new(), ..server }.fields(1, true, &[(":status", "200")]);
    assert!(matches!(session.receive(&server.out, &mut seen), Some(ExchangeEnd::Complete)));
}

#[test]
fn broken_rules_have_the_names_of_the_connection_and_are_answered() {
    let start_of = || Server::new(&[]);
    let head = |server: Server| server.fields(1, false, &[(":status", "200")]);
    let window =
        |stream_id| WindowUpdate { stream_id, window_size_increment: NonZeroU32::new(0x7fff_ffff).unwrap() };
    let trailers = [("x", "y")];
    let announcing = |status: &'static str, length: &'static str| {
        start_of().fields(1, false, &[(":status", status), ("content-length", length)])
    };
    for (server, name, ends_connection) in [
        (promise(start_of().frame(Settings::Ack)), "push_promise_disabled", true),
        (start_of().fields(3, true, &[(":status", "200")]), "headers_on_idle", true),
        (start_of().data(1, true), "data_before_head", false),
        (start_of().fields(1, true, &[("x", "y")]), "status_missing", false),
        (start_of().frame(window(stream(1))), "stream_window_overflow", false),
        (start_of().frame(window(StreamId::CONNECTION)), "connection_window_overflow", true),
        (announcing("200", "10").data(3, true), "content_too_short", false),
        (announcing("200", "10").data(3, false).fields(1, true, &trailers), "content_too_short", false),
        (announcing("200", "2").data(3, false), "content_too_long", false),
        (
            start_of().fields(1, true, &[(":status", "200"), ("content-length", "1")]),
            "content_too_short",
            false,
        ),
        (head(head(start_of())), "section_order", false),
        (head(start_of()).fields(1, true, &[(":status", "200")]), "section_order", false),
        (head(start_of()).data(1, true).data(1, true), "data_on_closed", true),
        (head(start_of()).data(1, true).fields(1, true, &trailers), "headers_on_closed", true),
        (Server { out: b"\0\0\x01\x06\0\0\0\0\0\0".to_vec(), ..start_of() }, "first_frame", true),
    ] {
        let (mut session, mut sent, _, mut seen) = start(b"");
        let ending = session.receive(&server.out, &mut seen);
        let found = match &ending {
            Some(ExchangeEnd::Broken { cause, .. }) => (cause.name(), true),
            Some(ExchangeEnd::StreamBroken { cause, .. }) => (cause.name(), false),
            _ => ("", false),
        };
        assert_eq!(found, (name, ends_connection), "{ending:?}");
        let frames = sent.next(&mut session);
        assert!(
            match frames.last() {
                Some(Frame::GoAway(go_away)) =>
                    ends_connection && go_away.additional_debug_data == name.as_bytes(),
                Some(Frame::RstStream(_)) => !ends_connection,
                _ => false,
            },
            "{name}: {frames:?}"
        );
    }
}

#[test]
fn a_promise_of_a_server_that_has_not_seen_the_settings_is_refused() {
    let (mut session, mut sent, _, mut seen) = start(b"");
    assert!(session.receive(&promise(Server::new(&[])).out, &mut seen).is_none());
    let frames = sent.next(&mut session);
    assert!(
        matches!(&frames[..], [_, Frame::RstStream(reset)] if reset.stream_id == stream(2) && reset.error_code == ErrorCode::CANCEL),
        "{frames:?}"
    );
}

#[test]
fn a_response_that_ends_with_its_head_is_seen_though_its_length_is_wrong() {
    let (mut session, _, _, mut seen) = start(b"");
    let fields = [(":status", "200"), ("content-length", "1")];
    session.receive(&Server::new(&[]).fields(1, true, &fields).out, &mut seen);
    assert_eq!(seen.response.map(|(status, _)| status), Some(200));
}

#[test]
fn a_length_that_is_kept_or_does_not_count_is_none_broken() {
    let with = |status, length, end_stream| {
        Server::new(&[]).fields(1, end_stream, &[(":status", status), ("content-length", length)])
    };
    let padded = |pad_length| Data { end_stream: true, stream_id: stream(1), pad_length, data: &b"abc"[..] };
    for (method, server) in [
        ("GET", with("200", "3", false).data(3, true)),
        ("GET", with("200", "3", false).frame(padded(Some(9)))),
        ("HEAD", with("200", "3", true)),
        ("GET", with("304", "3", true)),
        ("CONNECT", with("200", "3", false).data(4, true)),
    ] {
        let authority = "example.com:443".to_owned();
        let mut session =
            Session::start(Request { method: method.to_owned(), authority, ..request(b"") }).unwrap();
        let ending = session.receive(&server.out, &mut Seen::default());
        assert!(matches!(ending, Some(ExchangeEnd::Complete)), "{method}: {ending:?}");
    }
}

#[test]
fn what_comes_on_a_stream_that_was_given_up_does_not_count() {
    let (mut session, _, _, mut seen) = start(b"");
    let server = Server::new(&[]).fields(1, false, &[(":status", "200")]);
    session.receive(&server.out, &mut seen);
    session.end();
    let server =
        Server { out: Vec::new(), ..server }.data(3, true).data(3, true).fields(1, true, &[("x", "y")]);
    assert!(session.receive(&server.out, &mut seen).is_none());
}

#[test]
fn the_text_of_a_refusal_is_waited_for() {
    let octets = b"\0\0\x0a\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0bno";
    let (mut session, _, _, mut seen) = start(b"");
    let endings: Vec<_> = octets.chunks(1).map(|octet| session.receive(octet, &mut seen)).collect();
    let (last, others) = endings.split_last().unwrap();
    assert!(others.iter().all(Option::is_none));
    assert!(matches!(last, Some(ExchangeEnd::Broken { octets: seen, .. }) if seen == octets), "{last:?}");
    // What is missing may never come.
    let (mut session, _, _, mut seen) = start(b"");
    assert!(session.receive(&octets[..12], &mut seen).is_none());
    assert!(
        matches!(session.end_of_input(), Some(ExchangeEnd::Broken { octets: seen, .. }) if seen == octets[..12])
    );
    assert!(session.end_of_input().is_none());
}

#[test]
fn who_does_not_speak_http2_gets_no_more_octets() {
    for (octets, name) in [
        (b"HTTP/1.1 400 Bad Request\r\n".as_slice(), "http1_response"),
        (b"\x15\x03\x01\0\x02\x02\x46", "tls_record"),
    ] {
        let (mut session, _, _, mut seen) = start(b"");
        let ending = session.receive(octets, &mut seen);
        assert!(
            matches!(&ending, Some(ExchangeEnd::Broken { cause, octets: seen }) if cause.name() == name && seen == octets),
            "{ending:?}"
        );
        session.end();
        assert!(session.take_output().is_empty());
        assert!(session.receive(b"more", &mut seen).is_none());
    }
}
