//! What a writer refuses, how it cuts, and that nothing it gave up on puts HPACK out of step.

mod given_up; // sections that do not reach their end
#[path = "../readers/mod.rs"]
mod readers;

use h2wire::frame::{
    Continuation, Data, EncodeError, Frame, FrameHeader, FrameRule, Headers, ParseOptions, PayloadLength,
    Ping, PriorityFields, PushPromise, SettingBuffer, SettingId, SettingList, Settings, StreamId,
};
use h2wire::{
    Breach, FieldLine, Limits, Malformed, Progress, Role, Rule, SectionHead, SectionKind, WriteError, Writer,
};
use readers::{Report, Setup, Told, by_all};

const REQUEST: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "example.com")];

fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

fn head(id: u32) -> SectionHead {
    SectionHead::headers(stream(id), true)
}

fn settings() -> Frame<&'static [u8]> {
    Settings::List(SettingList::default()).into()
}

/// A client that has sent preface and SETTINGS.
fn client(out: &mut Vec<u8>) -> Writer<Vec<u8>> {
    let mut writer = Writer::new(Role::Client, 4096);
    writer.append_preface(out).unwrap();
    writer.append_frame(&settings(), out).unwrap();
    writer
}

fn read(octets: &[u8]) -> Report {
    let limits = Limits::DEFAULT.with_max_continuations(1000);
    let report = by_all(&Setup { limits, ..Setup::new(Role::Server) }, octets, &[30, 40, 50]);
    assert_eq!(report.rule(), None);
    report
}

#[test]
fn the_priority_of_a_head_is_written() {
    let mut out = Vec::new();
    let mut writer = client(&mut out);
    let priority = PriorityFields { exclusive: true, stream_dependency: stream(3), weight: 7 };
    let head = head(1).with_priority(Some(priority));
    out.clear();
    writer.append_section(head, REQUEST, &mut out).unwrap();
    let Ok(Progress::Item { item: (_, frame), .. }) = Frame::parse(&out, &ParseOptions::DEFAULT) else {
        panic!("{out:?}")
    };
    assert!(matches!(&frame, Frame::Headers(frame) if frame.priority == Some(priority)), "{frame:?}");
    assert_eq!(SectionHead::from_frame(&frame), Some(head));
}

#[test]
fn the_start_of_a_connection_is_in_order() {
    let mut buf = [0; 64];
    let mut client = Writer::new(Role::Client, 4096);
    assert_eq!(client.frame(&settings(), &mut buf), Err(WriteError::PrefaceMissing));
    assert_eq!(client.section(head(1), &mut buf).err(), Some(WriteError::PrefaceMissing));
    assert_eq!(client.preface(&mut buf[..23]), Err(EncodeError::BufferTooSmall { needed: 24 }.into()));
    assert_eq!(client.preface(&mut buf), Ok(24));
    assert_eq!(client.preface(&mut buf), Err(WriteError::PrefaceMisplaced));
    let first = WriteError::Refused(Rule::Frame(FrameRule::FirstFrame));
    assert_eq!(client.section(head(1), &mut buf).err(), Some(first));
    let ping = Frame::<&[u8]>::Ping(Ping { ack: false, opaque_data: [0; 8] });
    assert_eq!(client.frame(&ping, &mut buf), Err(first));
    let length = WriteError::Encode(EncodeError::Refused(FrameRule::PingLength));
    let rules = [first, length, WriteError::PrefaceMissing].map(|error| error.rule());
    assert_eq!(
        rules,
        [Some(FrameRule::FirstFrame), Some(FrameRule::PingLength), None].map(|rule| rule.map(Rule::Frame))
    );
    assert_eq!(client.frame(&settings(), &mut buf), Ok(9));
    assert_eq!(client.frame(&ping, &mut buf), Ok(17));

    let mut server = Writer::new(Role::Server, 4096);
    assert_eq!(server.preface(&mut buf), Err(WriteError::PrefaceMisplaced));
}

#[test]
fn what_a_peer_must_refuse_is_not_written() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let before = out.clone();
    let refused = |rule| Err(WriteError::Refused(Rule::Frame(rule)));

    let long =
        Frame::Data(Data { end_stream: true, stream_id: stream(1), pad_length: None, data: vec![0; 16_385] });
    assert_eq!(client.append_frame(&long, &mut out), refused(FrameRule::FrameLengthLimit));
    let misplaced = Frame::Data(Data { end_stream: true, stream_id: stream(0), pad_length: None, data: b"" });
    assert_eq!(client.append_frame(&misplaced, &mut out), Err(EncodeError::StreamId(stream(0)).into()));
    let promise = SectionHead::push_promise(stream(1), stream(2));
    assert_eq!(client.append_section(promise, REQUEST, &mut out), refused(FrameRule::PushPromiseToServer));
    for block in [
        Frame::Headers(Headers {
            end_stream: true,
            end_headers: true,
            stream_id: stream(1),
            pad_length: None,
            priority: None,
            field_block_fragment: b"\x82".as_slice(),
        }),
        Frame::PushPromise(PushPromise {
            end_headers: true,
            stream_id: stream(1),
            pad_length: None,
            promised_stream_id: stream(2),
            field_block_fragment: b"\x82",
        }),
        Frame::Continuation(Continuation {
            end_headers: true,
            stream_id: stream(1),
            field_block_fragment: b"\x82",
        }),
    ] {
        assert_eq!(client.append_frame(&block, &mut out), Err(WriteError::FieldBlock));
    }
    assert_eq!(out, before);

    let mut server = Writer::new(Role::Server, 4096);
    let mut enable_push = SettingBuffer::<1>::new();
    enable_push.push(SettingId::ENABLE_PUSH, 1).unwrap();
    let enable_push = Frame::from(Settings::List(enable_push.list()));
    assert_eq!(server.append_frame(&enable_push, &mut out), refused(FrameRule::SettingsEnablePushByServer));
    server.append_frame(&settings(), &mut out).unwrap();
    let odd = SectionHead::push_promise(stream(1), stream(3));
    assert_eq!(
        server.append_section(odd, REQUEST, &mut out),
        Err(EncodeError::PromisedStreamId(stream(3)).into())
    );
}

#[test]
fn a_malformed_section_is_refused_and_leaves_nothing_behind() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    client.append_section(head(1), REQUEST.iter().chain(&[("x-a", "1")]).copied(), &mut out).unwrap();
    let before = out.clone();
    for (fields, why, field) in [
        ([("x-b", "2"), (":method", "GET")], Malformed::PseudoFieldLate, Some(1)),
        ([(":method", "GET"), ("x-b", "2")], Malformed::SchemeMissing, None),
        ([(":method", "GET"), ("X-B", "2")], Malformed::FieldName, Some(1)),
        ([(":method", "GET"), ("te", "gzip")], Malformed::Te, Some(1)),
        ([(":method", "GET"), ("connection", "close")], Malformed::ConnectionSpecific, Some(1)),
        ([(":status", "200"), ("x-b", "2")], Malformed::PseudoFieldOfOtherSide, Some(0)),
    ] {
        let breach = Breach::new(why, field);
        let refused = client.append_section(head(3), fields, &mut out);
        assert_eq!(refused, Err(WriteError::Malformed(breach)));
        assert_eq!(refused.unwrap_err().rule(), Some(Rule::Malformed(why)));
        assert_eq!(out, before);
    }
    // What was encoded and not sent is in no table.
    let fields = REQUEST.iter().chain(&[("x-a", "1"), ("x-b", "2")]).copied();
    client.append_section(head(3), fields, &mut out).unwrap();
    assert_eq!(read(&out).sections(), [Ok(SectionKind::Request); 2]);

    client.validate_fields = false;
    client.append_section(head(5), [("X", "y")], &mut out).unwrap();
}

#[test]
fn a_field_that_is_refused_can_be_left_out() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let start = out.len();
    out.resize(start + 200, 0);
    let mut section = client.section(head(1), &mut out[start..]).unwrap();
    for field in REQUEST {
        section.field(&field.into()).unwrap();
    }
    assert!(section.field(&("Host", "example.com").into()).is_err());
    let len = section.finish().unwrap();
    let report = read(&out[..start + len]);
    assert_eq!(report.sections(), [Ok(SectionKind::Request)]);
    assert_eq!(report.told.iter().filter(|told| matches!(told, Told::Field(..))).count(), 4);
}

#[test]
fn a_section_goes_through_a_buffer_that_is_smaller() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    // What is flushed is several frames.
    client.max_frame_size = PayloadLength::new(20).unwrap();
    let mut buf = [0; 64];
    let values: Vec<String> = (0..20).map(|index| format!("value-of-field-{index}")).collect();
    let fields: Vec<(&str, &str)> =
        REQUEST.into_iter().chain(values.iter().map(|value| ("x-field", value.as_str()))).collect();
    let mut section = client.section(head(1), &mut buf).unwrap();
    for field in &fields {
        let line = FieldLine::from(*field);
        if let Err(error) = section.field(&line) {
            assert!(error.needed().is_some_and(|needed| needed > 64), "{error}");
            out.extend_from_slice(section.flush().unwrap());
            section.field(&line).unwrap();
        }
    }
    let len = section.finish().unwrap();
    out.extend_from_slice(&buf[..len]);
    let report = read(&out);
    assert_eq!(report.sections(), [Ok(SectionKind::Request)]);
    assert_eq!(report.told.iter().filter(|told| matches!(told, Told::Field(..))).count(), fields.len());
}

#[test]
fn a_block_is_cut_at_the_frame_size_of_the_peer() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let value = "v".repeat(40_000);
    client.set_huffman(h2wire::hpack::HuffmanPolicy::Never);
    let fields = REQUEST.iter().copied().chain([("x-long", value.as_str())]);
    let start = out.len();
    client.append_section(head(1), fields, &mut out).unwrap();
    let mut lens = Vec::new();
    let mut rest = &out[start..];
    while let Some(header) = rest.first_chunk().map(FrameHeader::parse) {
        lens.push((header.frame_type.0, header.length.get(), header.flags.0));
        rest = &rest[9 + header.length.to_usize()..];
    }
    assert_eq!((lens[0], lens[1]), ((1, 16_384, 1), (9, 16_384, 0)));
    assert_eq!((lens[2].0, lens[2].2, lens.len()), (9, 4, 3));
    // As they are: nothing is shorter than it was.
    assert!(lens.iter().map(|(_, len, _)| *len).sum::<u32>() > 40_000);
    let limits = Limits::DEFAULT.with_max_section_size(50_000);
    let report = by_all(&Setup { limits, ..Setup::new(Role::Server) }, &out, &[20_000]);
    assert_eq!(report.sections(), [Ok(SectionKind::Request)]);
}

#[test]
fn the_peer_is_obeyed() {
    let mut server = Writer::new(Role::Server, 4096);
    let mut settings = SettingBuffer::<2>::new();
    settings.push(SettingId::MAX_FRAME_SIZE, 20_000).unwrap();
    settings.push(SettingId::HEADER_TABLE_SIZE, 0).unwrap();
    server.settings_received(&settings.list());
    assert_eq!(server.longest_payload(), PayloadLength::new(20_000).unwrap());
    let content = vec![0; 30_000];
    let lens: Vec<_> = server
        .data(stream(1), &content, true, usize::MAX)
        .map(|frame| (frame.data.len(), frame.end_stream))
        .collect();
    assert_eq!(lens, [(20_000, false), (10_000, true)]);
    let mut out = Vec::new();
    server.append_frame(&self::settings(), &mut out).unwrap();
    let start = out.len();
    server.append_section(SectionHead::headers(stream(1), true), [(":status", "200")], &mut out).unwrap();
    assert_eq!(&out[start + 9..], b"\x20\x88", "a size update to 0 comes first");
}

#[test]
fn heads_for_vectored_writes_are_checked_alike() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let data =
        Data { end_stream: false, stream_id: stream(1), pad_length: Some(3), data: b"content".as_slice() };
    let frame = Frame::Data(data);
    let (mut head, mut whole) = ([0; 17], [0; 64]);
    let head_len = client.frame_head(&frame, &mut head).unwrap();
    let len = client.frame(&frame, &mut whole).unwrap();
    assert_eq!([&head[..head_len], frame.payload(), frame.padding()].concat(), whole[..len]);
    let long = Frame::Data(Data { data: [0; 16_384].as_slice(), ..data });
    assert_eq!(
        client.frame_head(&long, &mut head),
        Err(WriteError::Refused(Rule::Frame(FrameRule::FrameLengthLimit)))
    );
}

#[test]
fn every_table_size_of_a_frame_is_followed() {
    let mut server = Writer::new(Role::Server, 4096);
    let mut sizes = SettingBuffer::<2>::new();
    sizes.push(SettingId::HEADER_TABLE_SIZE, 0).unwrap();
    sizes.push(SettingId::HEADER_TABLE_SIZE, 4096).unwrap();
    server.settings_received(&sizes.list());
    let mut out = Vec::new();
    server.append_frame(&settings(), &mut out).unwrap();
    server.append_section(SectionHead::headers(stream(1), true), [(":status", "200")], &mut out).unwrap();
    assert_eq!(&out[18..], b"\x20\x3f\xe1\x1f\x88");
}

#[test]
fn what_the_peer_does_not_take_is_refused() {
    let mut out = Vec::new();
    let apply = |writer: &mut Writer<Vec<u8>>, id, value| {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(id, value).unwrap();
        writer.settings_received(&settings.list());
    };
    let mut server = Writer::new(Role::Server, 4096);
    server.append_frame(&settings(), &mut out).unwrap();
    let promise = SectionHead::push_promise(stream(1), stream(2));
    server.append_section(promise, REQUEST, &mut out).unwrap();
    apply(&mut server, SettingId::ENABLE_PUSH, 0);
    let refused = |rule| Err(WriteError::Refused(Rule::Frame(rule)));
    assert_eq!(server.append_section(promise, REQUEST, &mut out), refused(FrameRule::PushPromiseDisabled));
    let mut odd = promise;
    odd.end_stream = true;
    assert_eq!(server.append_section(odd, REQUEST, &mut out), Err(WriteError::PromiseHead));

    out.clear();
    let mut client = client(&mut out);
    assert_eq!(client.append_section(head(2), REQUEST, &mut out), refused(FrameRule::HeadersServerStream));
    let data = Data { end_stream: true, stream_id: stream(2), pad_length: None, data: b"x" };
    assert_eq!(
        client.append_frame(&Frame::Data(data), &mut out),
        Err(EncodeError::StreamId(stream(2)).into())
    );
    let tunnel = [(":method", "CONNECT"), (":protocol", "websocket")];
    let tunnel = tunnel.into_iter().chain([REQUEST[1], REQUEST[2], REQUEST[3]]);
    assert_eq!(
        client.append_section(head(1), tunnel.clone(), &mut out),
        Err(WriteError::Malformed(Breach::new(Malformed::PseudoFieldUnknown, Some(1))))
    );
    apply(&mut client, SettingId::ENABLE_CONNECT_PROTOCOL, 1);
    client.append_section(head(1), tunnel, &mut out).unwrap();
}

#[test]
fn a_relay_may_pass_on_the_preface() {
    let mut buf = [0; 64];
    let mut relay = Writer::new(Role::Observer, 4096);
    assert_eq!(relay.preface(&mut buf), Ok(24));
    assert_eq!(relay.preface(&mut buf), Err(WriteError::PrefaceMisplaced));
    let mut relay = Writer::new(Role::Observer, 4096);
    relay.frame(&settings(), &mut buf).unwrap();
    assert_eq!(relay.preface(&mut buf), Err(WriteError::PrefaceMisplaced));
}

#[test]
fn a_section_that_is_sent_in_part_must_be_finished() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let mut buf = [0; 64];
    let mut section = client.section(head(1), &mut buf).unwrap();
    section.field(&REQUEST[0].into()).unwrap();
    // END_STREAM, but not END_HEADERS.
    assert_eq!(section.flush().unwrap(), b"\0\0\x01\x01\x01\0\0\0\x01\x82");
    drop(section);
    let interrupted = Some(WriteError::Refused(Rule::Frame(FrameRule::FrameInsideFieldBlock)));
    assert_eq!(client.frame(&settings(), &mut buf).err(), interrupted);
    assert_eq!(client.section(head(3), &mut buf).err(), interrupted);
}
