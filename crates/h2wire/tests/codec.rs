//! Frames through `tokio_util::codec::Framed`, both ways.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use h2wire::frame::{
    Data, Frame, FrameType, PREFACE, PayloadLength, Ping, SettingBuffer, SettingId, SettingList, Settings,
    StreamId,
};
use h2wire::{
    Codec, CodecError, FieldLine, FrameCodec, FrameCodecError, FrameEvent, FrameReader, Limits, Malformed,
    MalformedSet, Message, Options, Outgoing, OutgoingSection, Padding, Role, SectionHead, SectionKind,
    SettingsSentError,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_util::codec::Framed;

fn settings() -> Frame<Bytes> {
    Settings::List(SettingList::default()).into()
}

#[tokio::test]
async fn frames_go_both_ways() {
    // Wide enough for the first frame of the server, too narrow for what the client sends at once.
    let (mut client, server) = duplex(20);
    let server = tokio::spawn(async move {
        let mut framed = Framed::new(server, FrameCodec::new(FrameReader::new(Role::Server)));
        framed.send(settings()).await.unwrap();
        while let Some(item) = framed.next().await {
            if let FrameEvent::Frame { frame: Frame::Ping(ping), .. } = item.unwrap() {
                framed.send(Frame::Ping(ping.answer())).await.unwrap();
            }
        }
    });
    client.write_all(PREFACE).await.unwrap();
    let mut framed = Framed::new(client, FrameCodec::new(FrameReader::new(Role::Client)));
    let ping = Ping { ack: false, opaque_data: *b"deadbeef" };
    framed.send(settings()).await.unwrap();
    framed.send(Frame::Ping(ping)).await.unwrap();
    let mut frames = Vec::new();
    while frames.len() < 2 {
        let FrameEvent::Frame { frame, .. } = framed.next().await.unwrap().unwrap() else {
            panic!("no frame")
        };
        frames.push(frame);
    }
    assert_eq!(frames, [settings(), Frame::Ping(ping.answer())]);
    drop(framed);
    server.await.unwrap();
}

#[tokio::test]
async fn a_broken_rule_is_told_as_such() {
    let (mut client, server) = duplex(64);
    let mut framed = Framed::new(server, FrameCodec::new(FrameReader::new(Role::Server)));
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    match framed.next().await {
        Some(Err(FrameCodecError::Connection(error))) => assert_eq!(error.rule.name(), "http1_request"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_goaway_in_place_of_settings_is_waited_for_and_told() {
    let go_away = b"\0\0\x0a\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0bno";
    let text = "connection error PROTOCOL_ERROR: the first frame of the connection is not SETTINGS, or is a SETTINGS acknowledgment (RFC 9113 §3.4); it is a GOAWAY with ENHANCE_YOUR_CALM: \"no\"";
    for cut in 0..=go_away.len() {
        let (mut server, client) = duplex(64);
        let mut framed = Framed::new(client, Codec::new(Role::Client, &Limits::DEFAULT).unwrap());
        server.write_all(&go_away[..cut]).await.unwrap();
        let rest = go_away[cut..].to_vec();
        let server = tokio::spawn(async move { server.write_all(&rest).await });
        let error = framed.next().await.unwrap().unwrap_err();
        assert!(matches!(error, CodecError::GoAwayFirst(_)), "{error:?}");
        assert_eq!(error.to_string(), text);
        server.await.unwrap().unwrap();
    }
    // The end of the connection does not hide the error.
    for cut in [9, 18] {
        let (mut server, client) = duplex(64);
        let mut framed = Framed::new(client, FrameCodec::new(FrameReader::new(Role::Client)));
        server.write_all(&go_away[..cut]).await.unwrap();
        drop(server);
        let error = framed.next().await.unwrap().unwrap_err();
        assert!(matches!(error, FrameCodecError::Connection(error) if error.rule.name() == "first_frame"));
    }
}

#[tokio::test]
async fn an_end_inside_a_frame_or_a_field_block_is_an_error() {
    let octets = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x01\0\0\0\x01\x88\0\0\0\x09\x04\0\0\0\x01";
    for (len, place) in
        [(9, None), (12, Some("frame")), (19, Some("field block")), (20, Some("frame")), (28, None)]
    {
        let (mut server, client) = duplex(64);
        let mut framed = Framed::new(client, Codec::new(Role::Client, &Limits::DEFAULT).unwrap());
        server.write_all(&octets[..len]).await.unwrap();
        drop(server);
        let mut error = None;
        while let Some(message) = framed.next().await {
            error = error.or(message.err());
        }
        match (error, place) {
            (None, None) => {}
            (Some(CodecError::Io(error)), Some(place)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
                assert_eq!(error.to_string(), format!("the connection ended inside a {place}"));
            }
            other => panic!("{other:?}"),
        }
    }
}

fn section(id: u32, fields: &[(&str, &str)]) -> OutgoingSection {
    let head = SectionHead::headers(StreamId::new(id).unwrap(), false);
    OutgoingSection::new(head, fields.iter().map(|(name, value)| FieldLine::from((*name, *value))))
}

#[tokio::test]
async fn messages_go_both_ways() {
    let (client, server) = duplex(50);
    let request =
        section(1, &[(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")]);
    let response = section(1, &[(":status", "200"), ("x-long", "long ".repeat(5_000).trim_end())]);
    let data = Data {
        end_stream: true,
        stream_id: StreamId::new(1).unwrap(),
        pad_length: None,
        data: Bytes::from_static(b"content"),
    };
    let limits = Limits::DEFAULT.with_max_section_size(1 << 16).with_max_frame_size(PayloadLength::MAX);
    let (expected_request, expected_response, sent) = (request.clone(), response.clone(), data.clone());

    let server = tokio::spawn(async move {
        let mut framed = Framed::new(server, Codec::new(Role::Server, &limits).unwrap());
        framed.send(settings().into()).await.unwrap();
        let mut messages = Vec::new();
        while messages.len() < 4 {
            messages.push(framed.next().await.unwrap().unwrap());
        }
        assert_eq!(messages[0], Message::Preface);
        assert!(matches!(&messages[1], Message::Frame { frame: Frame::Settings(_), .. }));
        let Message::Section { kind, fields, .. } = &messages[2] else { panic!("{messages:?}") };
        assert_eq!((*kind, fields), (SectionKind::Request, &expected_request.fields));
        assert!(matches!(&messages[3], Message::Frame { frame: Frame::Data(data), .. } if *data == sent));
        framed.send(response.into()).await.unwrap();
        framed
    });
    let mut framed = Framed::new(client, Codec::new(Role::Client, &limits).unwrap());
    // The preface goes before it by itself.
    framed.send(settings().into()).await.unwrap();
    framed.send(request.into()).await.unwrap();
    framed.send(Frame::Data(data).into()).await.unwrap();
    assert!(matches!(framed.next().await, Some(Ok(Message::Frame { frame: Frame::Settings(_), .. }))));
    let Some(Ok(Message::Section { kind, fields, .. })) = framed.next().await else { panic!("no response") };
    assert_eq!((kind, fields), (SectionKind::Response, expected_response.fields));
    // What must not be sent is refused, and the connection goes on.
    let refused = framed.send(section(3, &[(":method", "GET")]).into()).await;
    assert!(matches!(refused, Err(CodecError::Write(error)) if error.rule().is_some()));
    server.await.unwrap();
}

#[tokio::test]
async fn settings_that_are_sent_are_announced() {
    let (client, _server) = duplex(200);
    let mut framed = Framed::new(client, Codec::new(Role::Client, &Limits::DEFAULT).unwrap());
    let with_table = |size| {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(SettingId::HEADER_TABLE_SIZE, size).unwrap();
        Outgoing::settings(settings.list())
    };
    // Refused as the first frame it leaves nothing behind, not even the preface.
    let refused = framed.send(with_table(5_000)).await;
    assert!(matches!(refused, Err(CodecError::Settings(_))));
    assert!(framed.write_buffer().is_empty());
    let ping = Frame::Ping(Ping { ack: false, opaque_data: [0; 8] }).into();
    assert!(matches!(framed.send(ping).await, Err(CodecError::Write(error)) if error.rule().is_some()));
    framed.send(with_table(100)).await.unwrap();
    let refused = framed.send(with_table(5_000)).await;
    assert!(matches!(refused, Err(CodecError::Settings(SettingsSentError::TableSize { max: 4096 }))));
    assert!(framed.write_buffer().is_empty());
}

#[tokio::test]
async fn a_sink_is_flushed_and_closed_without_naming_the_item() {
    let (client, mut server) = duplex(200);
    let mut framed = Framed::new(client, Codec::new(Role::Client, &Limits::DEFAULT).unwrap());
    framed.feed(Outgoing::settings(Limits::DEFAULT.settings(Role::Client).list())).await.unwrap();
    framed.flush().await.unwrap();
    framed.close().await.unwrap();
    let mut octets = Vec::new();
    server.read_to_end(&mut octets).await.unwrap();
    assert_eq!(octets.len(), PREFACE.len() + 9 + 2 * 6);

    let (client, mut server) = duplex(200);
    let mut framed = Framed::new(client, FrameCodec::new(FrameReader::new(Role::Client)));
    framed.feed(settings()).await.unwrap();
    framed.flush().await.unwrap();
    framed.close().await.unwrap();
    octets.clear();
    server.read_to_end(&mut octets).await.unwrap();
    assert_eq!(octets.len(), 9);
}

#[tokio::test]
async fn settings_of_the_peer_are_applied_where_they_are_acknowledged() {
    let (client, _server) = duplex(200_000);
    let mut framed = Framed::new(client, Codec::new(Role::Client, &Limits::DEFAULT).unwrap());
    framed.send(settings().into()).await.unwrap();
    let mut theirs = SettingBuffer::<2>::new();
    theirs.push(SettingId::MAX_FRAME_SIZE, 30_000).unwrap();
    theirs.push(SettingId::ENABLE_CONNECT_PROTOCOL, 1).unwrap();
    let theirs = SettingList::parse(Bytes::copy_from_slice(theirs.list().octets())).unwrap();
    let writer = framed.codec().writer();
    assert_eq!((writer.longest_payload().get(), writer.extended_connect), (16_384, false));
    framed.feed(Outgoing::Acknowledge(theirs)).await.unwrap();
    assert!(framed.write_buffer().ends_with(b"\0\0\0\x04\x01\0\0\0\0"));
    let writer = framed.codec().writer();
    assert_eq!((writer.longest_payload().get(), writer.extended_connect), (30_000, true));
}

#[tokio::test]
async fn how_a_codec_sends_and_judges_can_be_set() {
    let (client, server) = duplex(1 << 12);
    let mut client = Framed::new(client, Codec::new(Role::Client, &Limits::DEFAULT).unwrap());
    let mut server = Framed::new(server, Codec::new(Role::Server, &Limits::DEFAULT).unwrap());
    let codec = client.codec_mut();
    codec.set_max_frame_size(PayloadLength::new(20).unwrap());
    codec.set_padding(Padding::Octets(3));
    codec.set_allowed(MalformedSet::EMPTY.with(Malformed::FieldValueWhiteSpace));
    *server.codec_mut().options_mut() = Options::DEFAULT.allow(Malformed::FieldValueWhiteSpace);
    client.send(settings().into()).await.unwrap();
    let fields_sent = [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "a"),
        ("x-spaces", " around "),
    ];
    client.send(section(1, &fields_sent).into()).await.unwrap();
    let mut received = Vec::new();
    while received.len() < 3 {
        received.push(server.next().await.unwrap().unwrap());
    }
    let Some(Message::Section { fields, .. }) = received.pop() else { panic!("{received:?}") };
    assert_eq!(fields.get(b"x-spaces"), Some(b" around ".as_slice()));
    let codec = server.codec_mut();
    codec.give_back(fields);
    let counters = std::mem::take(codec.counters_mut());
    assert!(counters.frames(FrameType::CONTINUATION) > 0, "{counters:?}");
    codec.set_limits(&Limits::DEFAULT.with_max_section_size(100)).unwrap();
    client.codec_mut().set_validate_fields(false);
    client.send(section(3, &[("x", "a section that only a checked writer refuses")]).into()).await.unwrap();
    let large = [&fields_sent[..4], &[("x", "more than a hundred bytes")]].concat();
    client.send(section(5, &large).into()).await.unwrap();
    for rule in ["trailers_without_end_stream", "section_size_limit"] {
        let message = server.next().await.unwrap().unwrap();
        assert!(
            matches!(&message, Message::RefusedSection { error, .. } if error.rule.name() == rule),
            "{message:?}"
        );
    }
    assert_eq!(
        (client.codec().writer().padding, server.codec().reader().unacknowledged()),
        (Padding::Octets(3), 0)
    );
}

#[tokio::test]
async fn a_frame_codec_announces_what_it_sends() {
    let (client, mut server) = duplex(200);
    let mut framed = Framed::new(client, FrameCodec::new(FrameReader::new(Role::Client)));
    let mut no_push = SettingBuffer::<1>::new();
    no_push.push(SettingId::ENABLE_PUSH, 0).unwrap();
    let no_push = no_push.list().map(Bytes::copy_from_slice);
    framed.send(Settings::List(no_push.clone()).into()).await.unwrap();
    assert_eq!(framed.codec().reader.unacknowledged(), 1);
    let promise = b"\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x02\x82";
    // Before the acknowledgment the server may not have known.
    server.write_all(&[b"\0\0\0\x04\0\0\0\0\0", promise.as_slice()].concat()).await.unwrap();
    assert!(matches!(framed.next().await, Some(Ok(FrameEvent::Frame { .. }))));
    assert!(matches!(framed.next().await, Some(Ok(FrameEvent::Frame { .. }))));
    server.write_all(&[b"\0\0\0\x04\x01\0\0\0\0", promise.as_slice()].concat()).await.unwrap();
    assert!(matches!(framed.next().await, Some(Ok(FrameEvent::Frame { .. }))));
    let refused = framed.next().await;
    assert!(matches!(
        refused,
        Some(Err(FrameCodecError::Connection(error))) if error.rule.name() == "push_promise_disabled"
    ));
    // What cannot be followed is not sent.
    for _ in 0..8 {
        framed.feed(Settings::List(no_push.clone()).into()).await.unwrap();
    }
    let len = framed.write_buffer().len();
    let refused = framed.feed(Settings::List(no_push).into()).await;
    assert!(matches!(refused, Err(FrameCodecError::Settings(SettingsSentError::TooManyUnacknowledged))));
    assert_eq!(framed.write_buffer().len(), len);
}
