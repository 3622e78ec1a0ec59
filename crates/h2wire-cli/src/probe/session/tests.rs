//! The session without sockets.

use std::num::NonZeroU32;

use h2wire::frame::{
    Data, ErrorCode, Frame, GoAway, Ping, PushPromise, RstStream, SettingBuffer, SettingId, Settings,
    StreamId, WindowUpdate,
};
use h2wire::{FrameEvent, FrameReader, SectionHead, Writer};

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

#[test]
fn starts_with_preface_settings_and_request() {
    let mut session = Session::start(request(b"")).unwrap();
    let (_, frames) = Sent::by(&mut session);
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
    let mut session = Session::start(request(b"")).unwrap();
    let whole = session.receive(&octets);
    assert!(
        matches!(&whole[..], [
            SessionEvent::Settings(settings),
            SessionEvent::Response { status: 103, .. },
            SessionEvent::Response { status: 200, .. },
            SessionEvent::Content(3),
            SessionEvent::End
        ] if settings[..] == [(SettingId::MAX_CONCURRENT_STREAMS, 100), (SettingId(0x99), 1)]),
        "{whole:?}"
    );
    let mut session = Session::start(request(b"")).unwrap();
    let pieces: Vec<_> = octets.iter().flat_map(|octet| session.receive(&[*octet])).collect();
    assert_eq!(pieces, whole);
    assert!(!session.is_inside_frame());
}

#[test]
fn settings_and_pings_are_acknowledged_and_the_end_is_told() {
    let mut session = Session::start(request(b"")).unwrap();
    let (mut sent, _) = Sent::by(&mut session);
    let server = Server::new(&[])
        .frame(Ping { ack: false, opaque_data: *b"12345678" })
        .frame(Ping { ack: true, opaque_data: [0; 8] });
    session.receive(&server.out);
    let ack = Frame::Ping(Ping { ack: true, opaque_data: *b"12345678" });
    assert_eq!(sent.next(&mut session), [Frame::Settings(Settings::Ack), ack]);

    session.receive(&Server { out: Vec::new(), ..server }.fields(1, true, &[(":status", "204")]).out);
    session.end();
    assert!(
        matches!(&sent.next(&mut session)[..], [Frame::GoAway(go_away)] if go_away.error_code == ErrorCode::NO_ERROR)
    );
}

#[test]
fn content_obeys_windows_and_frame_size() {
    let mut session = Session::start(request(&vec![7; 100_000])).unwrap();
    let (mut sent, frames) = Sent::by(&mut session);
    let lens = |frames: &[Frame<Vec<u8>>]| -> Vec<usize> {
        let data = frames.iter().filter_map(|frame| match frame {
            Frame::Data(data) => Some(data.data.len()),
            _ => None,
        });
        data.collect()
    };
    assert_eq!(lens(&frames), [16_384, 16_384, 16_384, 16_383]);

    let settings = [(SettingId::INITIAL_WINDOW_SIZE, 90_000), (SettingId::MAX_FRAME_SIZE, 20_000)];
    let more = |stream_id, octets| WindowUpdate {
        stream_id,
        window_size_increment: NonZeroU32::new(octets).unwrap(),
    };
    let server = Server::new(&settings).frame(more(StreamId::CONNECTION, 30_000));
    session.receive(&server.out);
    assert_eq!(lens(&sent.next(&mut session)), [20_000, 4_465]); // up to 90,000
    session.receive(&Server { out: Vec::new(), ..server }.frame(more(stream(1), 50_000)).out);
    let frames = sent.next(&mut session);
    assert_eq!(lens(&frames), [5_535]); // up to 95,535 of the connection
    assert!(matches!(&frames[..], [Frame::Data(data)] if !data.end_stream));
    session.end();
    assert!(matches!(&sent.next(&mut session)[..], [Frame::RstStream(reset), Frame::GoAway(_)]
        if reset.error_code == ErrorCode::CANCEL));
}

#[test]
fn what_was_read_is_given_back() {
    let mut session = Session::start(request(b"")).unwrap();
    let (mut sent, _) = Sent::by(&mut session);
    let mut server = Server::new(&[]).fields(1, false, &[(":status", "200")]);
    // 10 times the window.
    for _ in 0..40 {
        let events = session.receive(&std::mem::take(&mut server.out));
        assert!(!events.iter().any(|event| matches!(event, SessionEvent::Broken { .. })), "{events:?}");
        server = server.data(16_384, false);
    }
    let updates = sent.next(&mut session).into_iter().filter(|frame| matches!(frame, Frame::WindowUpdate(_)));
    assert_eq!(updates.count(), 2 * 19);
}

#[test]
fn what_ends_the_request_is_told() {
    let start = || Server::new(&[]);
    let reset = RstStream { stream_id: stream(1), error_code: ErrorCode::REFUSED_STREAM };
    let go_away = GoAway {
        last_stream_id: StreamId::CONNECTION,
        error_code: ErrorCode::ENHANCE_YOUR_CALM,
        additional_debug_data: b"too many".as_slice(),
    };
    for (server, expected) in [
        (start().frame(reset), SessionEvent::Reset(ErrorCode::REFUSED_STREAM)),
        (
            start().frame(go_away),
            SessionEvent::GoAway {
                last_stream_id: StreamId::CONNECTION,
                error_code: ErrorCode::ENHANCE_YOUR_CALM,
                additional_debug_data: b"too many".to_vec(),
            },
        ),
    ] {
        let mut session = Session::start(request(b"")).unwrap();
        assert_eq!(session.receive(&server.out).last(), Some(&expected));
    }
}

#[test]
fn broken_rules_are_answered_with_goaway() {
    let start = || Server::new(&[]);
    let head = |server: Server| server.fields(1, false, &[(":status", "200")]);
    let mut promise = start();
    promise.out.extend({
        let (fragment, mut octets) = (b"\x82\x87\x84\x41\x01a".as_slice(), vec![0; 64]);
        let promised = PushPromise {
            end_headers: true,
            stream_id: stream(1),
            pad_length: None,
            promised_stream_id: stream(2),
            field_block_fragment: fragment,
        };
        let len = Frame::from(promised).encode(&mut octets).unwrap();
        octets.truncate(len);
        octets
    });
    let window = WindowUpdate { stream_id: stream(1), window_size_increment: NonZeroU32::MAX };
    let window = WindowUpdate { window_size_increment: NonZeroU32::new(0x7fff_ffff).unwrap(), ..window };
    let trailers = [("x", "y")];
    let announcing = |status: &'static str, length: &'static str| {
        start().fields(1, false, &[(":status", status), ("content-length", length)])
    };
    let lots = (0..5).fold(head(start()), |server, _| server.data(16_384, false));
    for (server, name) in [
        (promise, "push_disabled"),
        (start().fields(3, true, &[(":status", "200")]), "stream_idle"),
        (start().data(1, true), "data_before_headers"),
        (start().fields(1, true, &[("x", "y")]), "status_missing"),
        (start().frame(window), "window_overflow"),
        (announcing("200", "10").data(3, true), "content_length"),
        (announcing("200", "10").data(3, false).fields(1, true, &trailers), "content_length"),
        (announcing("200", "2").data(3, false), "content_length"),
        (start().fields(1, true, &[(":status", "200"), ("content-length", "1")]), "content_length"),
        (head(head(start())), "second_head"),
        (head(start()).fields(1, false, &[(":status", "103")]), "second_head"),
        (head(start()).fields(1, true, &[(":status", "200")]), "second_head"),
        (head(start()).data(1, true).data(1, true), "stream_closed"),
        (head(start()).data(1, true).fields(1, true, &trailers), "stream_closed"),
        (Server { out: [lots.out, vec![]].concat(), ..start() }, ""),
        (Server { out: b"\0\0\x01\x06\0\0\0\0\0\0".to_vec(), ..start() }, "first_frame"),
    ] {
        let mut session = Session::start(request(b"")).unwrap();
        let (mut sent, _) = Sent::by(&mut session);
        let events = session.receive(&server.out);
        let broken = events.iter().find_map(|event| match event {
            SessionEvent::Broken { broken, .. } => Some(broken.name()),
            _ => None,
        });
        assert_eq!(broken.unwrap_or_default(), name);
        let frames = sent.next(&mut session);
        assert_eq!(matches!(frames.last(), Some(Frame::GoAway(_))), !name.is_empty(), "{name}: {frames:?}");
    }
}

#[test]
fn a_length_that_is_kept_or_does_not_count_is_none_broken() {
    let with = |status, length, end_stream| {
        Server::new(&[]).fields(1, end_stream, &[(":status", status), ("content-length", length)])
    };
    let padded = |pad_length| Data { end_stream: true, stream_id: stream(1), pad_length, data: &b"abc"[..] };
    for (method, server) in [
        ("GET", with("200", "3", false).data(3, true)),
        ("GET", with("200", "3", false).data(1, false).data(2, false).fields(1, true, &[("x", "y")])),
        ("GET", with("200", "3", false).frame(padded(Some(9)))),
        ("GET", with("200", "0", true)),
        ("HEAD", with("200", "3", true)),
        ("GET", with("304", "3", true)),
        ("GET", with("204", "3", true)),
        ("CONNECT", with("200", "3", false).data(4, true)),
    ] {
        let mut session = Session::start(Request {
            method: method.to_owned(),
            authority: "example.com:443".to_owned(),
            ..request(b"")
        })
        .unwrap();
        let events = session.receive(&server.out);
        assert_eq!(events.last(), Some(&SessionEvent::End), "{method}: {events:?}");
    }
}

#[test]
fn what_comes_on_a_stream_that_was_given_up_does_not_count() {
    let mut session = Session::start(request(b"")).unwrap();
    let server = Server::new(&[]).fields(1, false, &[(":status", "200")]);
    session.receive(&server.out);
    session.end();
    let server =
        Server { out: Vec::new(), ..server }.data(3, true).data(3, true).fields(1, true, &[("x", "y")]);
    assert_eq!(session.receive(&server.out), []);
}

#[test]
fn who_does_not_speak_http2_gets_no_more_octets() {
    for (octets, name) in [
        (b"HTTP/1.1 400 Bad Request\r\n".as_slice(), "http1_response"),
        (b"\x15\x03\x01\0\x02\x02\x46", "tls_record"),
    ] {
        let mut session = Session::start(request(b"")).unwrap();
        session.take_output();
        let events = session.receive(octets);
        assert!(
            matches!(&events[..], [SessionEvent::Broken { broken, octets: seen }] if broken.name() == name && seen == octets),
            "{events:?}"
        );
        session.end();
        assert!(session.take_output().is_empty());
        assert!(session.receive(b"more").is_empty());
    }
}

#[test]
fn a_malformed_response_is_reset_and_its_field_named() {
    for (name, value, rule, line) in [
        ("X", "y", "field_name", r#"field at index 1, X: "y""#),
        ("x", "y ", "field_value_white_space", r#"field at index 1, x: "y ""#),
        ("content-length", "3, 4", "content_length_form", r#"field at index 1, content-length: "3, 4""#),
        ("content-length", "+3", "content_length_form", r#"field at index 1, content-length: "+3""#),
    ] {
        let mut session = Session::start(request(b"")).unwrap();
        let (mut sent, _) = Sent::by(&mut session);
        let mut server = Server::new(&[]);
        server.writer.validate_fields = false;
        let events = session.receive(&server.fields(1, true, &[(":status", "200"), (name, value)]).out);
        let [_, SessionEvent::StreamBroken { error, field }] = &events[..] else { panic!("{events:?}") };
        assert_eq!((error.rule.name(), field.as_deref()), (rule, Some(line)));
        assert!(sent.next(&mut session).iter().any(|frame| matches!(frame, Frame::RstStream(_))));
    }
}
