//! Sections that are encoded once and sent many times.

use std::num::NonZeroU8;

use h2wire::frame::{PayloadLength, SettingBuffer, SettingId, StreamId};
use h2wire::{
    FieldLine, FieldList, Indexing, Limits, Malformed, MalformedSet, Message, Padding, Progress, Reader,
    Role, SectionHead, WriteError, Writer,
};
use proptest::prelude::*;

const REQUEST: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "http"), (":path", "/some/where"), (":authority", "a.test")];

fn client() -> (Writer<Vec<u8>>, Vec<u8>) {
    let mut writer = Writer::new(Role::Client, 4096);
    let mut out = Vec::new();
    writer.append_preface(&mut out).unwrap();
    writer.append_settings(&SettingBuffer::<1>::new().list(), &mut out).unwrap();
    (writer, out)
}

/// The sections in what a client wrote.
fn sections(octets: &[u8]) -> Vec<(SectionHead, FieldList)> {
    let limits = Limits::DEFAULT.with_max_continuations(1_000);
    let mut reader = Reader::new(Role::Server, &limits).unwrap();
    let (mut rest, mut sections) = (octets, Vec::new());
    while let Progress::Item { item, .. } = reader.read_message(&mut rest).unwrap() {
        match item {
            Message::Section { end, fields, .. } => sections.push((end.head, fields)),
            Message::RefusedSection { error, .. } => panic!("{error}"),
            _ => {}
        }
    }
    assert_eq!(rest, b"");
    sections
}

proptest! {
    #[test]
    fn a_template_is_read_as_its_fields_at_any_time(
        more in prop::collection::vec(("[a-z]{1,9}", "[!-~]{0,200}", prop_oneof![
            Just(Indexing::Auto), Just(Indexing::Incremental), Just(Indexing::Without), Just(Indexing::Never),
        ]), 0..8),
        steps in prop::collection::vec((0..4_u8, any::<u16>()), 1..30),
    ) {
        let (mut writer, mut out) = client();
        let fields: Vec<_> = REQUEST.into_iter().map(FieldLine::from).chain(more.iter().map(|(name, value, indexing)| {
            FieldLine::new(name.as_bytes(), value.as_bytes()).with_indexing(*indexing)
        })).collect();
        let head = SectionHead::headers(StreamId::FIRST_CLIENT, true);
        prop_assume!(fields.iter().all(|field| !matches!(field.name, b"te" | b"host" | b"upgrade" | b"connection")));
        let template = writer.template(head, fields.iter().copied()).unwrap();
        let mut stream_id = StreamId::FIRST_CLIENT;
        let mut expected = Vec::new();
        for (step, number) in steps {
            match step {
                0 => {
                    let mut settings = SettingBuffer::<1>::new();
                    settings.push(SettingId::HEADER_TABLE_SIZE, u32::from(number) % 4097).unwrap();
                    writer.append_acknowledge(&settings.list(), &mut out).unwrap();
                    continue;
                }
                1 => {
                    writer.max_frame_size = PayloadLength::new(u32::from(number) % 300).unwrap();
                    let [padding, multiple] = number.to_be_bytes();
                    writer.padding = NonZeroU8::new(multiple).map_or(Padding::Octets(padding), Padding::Multiple);
                    continue;
                }
                2 => writer.append_section(SectionHead::headers(stream_id, true), fields.iter().copied(), &mut out).unwrap(),
                _ => writer.append_template(stream_id, &template, &mut out).unwrap(),
            }
            expected.push(SectionHead::headers(stream_id, true));
            stream_id = stream_id.next().unwrap();
        }
        let sections = sections(&out);
        prop_assert_eq!(sections.iter().map(|(head, _)| *head).collect::<Vec<_>>(), expected);
        for (_, read) in sections {
            prop_assert!(read.iter().map(|field| (field.name, field.value)).eq(fields.iter().map(|field| (field.name, field.value))));
            let never = |fields: &mut dyn Iterator<Item = FieldLine<'_>>| fields.filter(|field| field.indexing == Indexing::Never).count();
            prop_assert!(never(&mut read.iter()) >= never(&mut fields.iter().copied()));
        }
    }
}

#[test]
fn secrets_of_a_template_are_never_indexed() {
    let (mut writer, mut out) = client();
    let head = SectionHead::headers(StreamId::FIRST_CLIENT, true);
    let fields = REQUEST.into_iter().chain([("authorization", "secret"), ("accept", "a/b")]);
    let template = writer.template(head, fields).unwrap();
    writer.append_template(StreamId::FIRST_CLIENT, &template, &mut out).unwrap();
    let sections = sections(&out);
    let never: Vec<_> = sections[0].1.iter().filter(|field| field.indexing == Indexing::Never).collect();
    assert!(matches!(never.as_slice(), [field] if field.name == b"authorization"), "{never:?}");
    // Nor are they in logs: the number of bytes is all that is shown of the block.
    let shown = format!("{template:?}");
    assert!(shown.contains("block_len") && !shown.contains('['), "{shown}");
}

#[test]
fn what_a_peer_must_refuse_is_refused() {
    let (mut writer, mut out) = client();
    let head = SectionHead::headers(StreamId::FIRST_CLIENT, true);
    let before = out.clone();
    let refused = writer.template(head, REQUEST.into_iter().chain([("Upper", "x")])).unwrap_err();
    assert_eq!(refused.rule().unwrap().name(), "field_name");
    let refused = writer.template(head, [(":method", "GET"), (":scheme", "http")]).unwrap_err();
    assert_eq!(refused.rule().unwrap().name(), "path_missing");
    let promise = SectionHead::push_promise(StreamId::FIRST_CLIENT, StreamId::FIRST_SERVER);
    assert_eq!(writer.template(promise, REQUEST), Err(WriteError::PromiseHead));

    let template = writer.template(head, REQUEST).unwrap();
    let refused = writer.append_template(StreamId::FIRST_SERVER, &template, &mut out).unwrap_err();
    assert_eq!(refused.rule().unwrap().name(), "headers_server_stream");
    let refused = writer.append_template(StreamId::CONNECTION, &template, &mut out).unwrap_err();
    assert!(matches!(refused, WriteError::Encode(_)), "{refused}");
    assert_eq!(out, before);
    let mut server = Writer::new(Role::Server, 4096);
    let refused = server.append_template(StreamId::FIRST_CLIENT, &template, &mut out);
    assert_eq!((refused, out), (Err(WriteError::OtherRole), before));
    let mut early = Writer::new(Role::Client, 4096);
    let refused = early.append_template(StreamId::FIRST_CLIENT, &template, &mut Vec::new());
    assert_eq!(refused, Err(WriteError::PrefaceMissing));
}

/// RFC 8441 §3: the peer of the writer that made it has allowed `:protocol`, that of another one perhaps not.
#[test]
fn a_template_with_a_protocol_is_for_peers_that_allow_it() {
    let (mut writer, mut out) = client();
    writer.extended_connect = true;
    let head = SectionHead::headers(StreamId::FIRST_CLIENT, false);
    let fields = REQUEST.map(|(name, value)| (name, if name == ":method" { "CONNECT" } else { value }));
    let template = writer.template(head, fields.into_iter().chain([(":protocol", "websocket")])).unwrap();
    writer.append_template(StreamId::FIRST_CLIENT, &template, &mut out).unwrap();

    let (mut other, mut out) = client();
    let before = out.clone();
    let refused = other.append_template(StreamId::FIRST_CLIENT, &template, &mut out).unwrap_err();
    let fields = fields.into_iter().chain([(":protocol", "websocket")]);
    assert_eq!(other.append_section(head, fields, &mut out), Err(refused));
    assert_eq!((refused.rule().unwrap().name(), &out), ("pseudo_field_unknown", &before));
    // To allow what is not known says nothing of what is.
    other.allowed = MalformedSet::EMPTY.with(Malformed::PseudoFieldUnknown);
    assert_eq!(other.append_template(StreamId::FIRST_CLIENT, &template, &mut out), Err(refused));
    assert_eq!(out, before);
    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::ENABLE_CONNECT_PROTOCOL, 1).unwrap();
    other.append_acknowledge(&settings.list(), &mut out).unwrap();
    other.append_template(StreamId::FIRST_CLIENT, &template, &mut out).unwrap();
}
