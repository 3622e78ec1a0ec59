//! Frames in one call, acknowledgments, and a frame size of one's own.

mod readers;

use std::num::NonZeroU32;

use h2wire::frame::{
    AltSvc, EncodeError, ErrorCode, Frame, FrameRule, FrameType, Origin, PayloadLength, PriorityUpdate,
    SettingBuffer, SettingId, SettingList, StreamId,
};
use h2wire::{Limits, Role, Rule, SectionHead, SectionKind, WriteError, Writer};
use readers::{Setup, by_all};

const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
const REQUEST: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "example.com")];

fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

fn settings(pairs: &[(SettingId, u32)]) -> SettingBuffer<4> {
    let mut settings = SettingBuffer::new();
    for (id, value) in pairs {
        settings.push(*id, *value).unwrap();
    }
    settings
}

/// A writer that has started.
fn writer(role: Role) -> Writer<Vec<u8>> {
    let (mut writer, mut out) = (Writer::new(role, 4096), Vec::new());
    if writer.preface_is_due() {
        writer.append_preface(&mut out).unwrap();
    }
    writer.append_settings(&SettingList::<&[u8]>::default(), &mut out).unwrap();
    writer
}

#[test]
fn acknowledging_applies_and_writes_or_does_neither() {
    let mut server = writer(Role::Server);
    let theirs = settings(&[(SettingId::MAX_FRAME_SIZE, 20_000), (SettingId::ENABLE_PUSH, 0)]);
    assert_eq!(
        server.acknowledge(&theirs.list(), &mut [0; 8]),
        Err(EncodeError::BufferTooSmall { needed: 9 }.into())
    );
    assert_eq!(server.longest_payload().get(), 16_384);
    let mut buf = [0; 9];
    assert_eq!(server.acknowledge(&theirs.list(), &mut buf), Ok(9));
    assert_eq!((buf.as_slice(), server.longest_payload().get()), (ACK, 20_000));
    let mut out = Vec::new();
    let promise = SectionHead::push_promise(stream(1), stream(2));
    assert!(server.append_section(promise, REQUEST, &mut out).is_err());

    // Before the own SETTINGS it is not the time.
    let mut server = Writer::new(Role::Server, 4096);
    let first = Err(WriteError::Refused(Rule::Frame(FrameRule::FirstFrame)));
    assert_eq!(server.append_acknowledge(&theirs.list(), &mut out), first);
    assert_eq!((server.longest_payload().get(), out.len()), (16_384, 0));
}

#[test]
fn a_table_that_is_acknowledged_is_used_behind_the_acknowledgment() {
    let theirs = settings(&[(SettingId::HEADER_TABLE_SIZE, 65_536)]);
    let mut client = Writer::new(Role::Client, 65_536);
    let mut out = Vec::new();
    client.append_preface(&mut out).unwrap();
    client.append_settings(&SettingList::<&[u8]>::default(), &mut out).unwrap();
    client.append_acknowledge(&theirs.list(), &mut out).unwrap();
    client.append_section(SectionHead::headers(stream(1), true), REQUEST, &mut out).unwrap();
    let limits = Limits::DEFAULT.with_max_table_size(65_536);
    let setup = Setup { limits, table_sizes: vec![65_536], ..Setup::new(Role::Server) };
    assert_eq!(by_all(&setup, &out, &[40, 60]).sections(), [Ok(SectionKind::Request)]);
}

#[test]
fn a_smaller_frame_size_of_ones_own_survives_the_peers_settings() {
    let mut server = writer(Role::Server);
    let size = |octets| PayloadLength::new(octets).unwrap();
    for (own, peer, longest) in
        [(4_096, 20_000, 4_096), (30_000, 20_000, 20_000), (30_000, 16_384, 16_384), (3, 16_384, 16)]
    {
        server.max_frame_size = size(own);
        let theirs = settings(&[(SettingId::MAX_FRAME_SIZE, peer)]);
        server.append_acknowledge(&theirs.list(), &mut Vec::new()).unwrap();
        assert_eq!((server.longest_payload(), server.max_frame_size), (size(longest), size(own)));
    }
    server.max_frame_size = size(4_096);
    let lens: Vec<_> =
        server.data(stream(1), &[0; 5_000], true, 65_535).map(|frame| frame.data.len()).collect();
    assert_eq!(lens, [4_096, 904]);
}

#[test]
fn a_frame_in_one_call_is_the_frame() {
    let mut server = writer(Role::Server);
    let mut out = Vec::new();
    server.append_ping(*b"12345678", &mut out).unwrap();
    server.append_ping_ack(*b"12345678", &mut out).unwrap();
    server.append_settings(&settings(&[(SettingId::ENABLE_PUSH, 0)]).list(), &mut out).unwrap();
    server.append_settings_ack(&mut out).unwrap();
    server.append_window_update(stream(1), NonZeroU32::MIN, &mut out).unwrap();
    server.append_rst_stream(stream(1), ErrorCode::CANCEL, &mut out).unwrap();
    server.append_go_away(stream(1), ErrorCode::NO_ERROR, b"bye", &mut out).unwrap();
    let expected = b"\0\0\x08\x06\0\0\0\0\x0012345678\0\0\x08\x06\x01\0\0\0\x0012345678\
        \0\0\x06\x04\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x04\x01\0\0\0\0\0\0\x04\x08\0\0\0\0\x01\0\0\0\x01\
        \0\0\x04\x03\0\0\0\0\x01\0\0\0\x08\0\0\x0b\x07\0\0\0\0\0\0\0\0\x01\0\0\0\0bye";
    assert_eq!(out, expected);

    // The same into a slice, and not without room.
    let mut buf = [0; 16];
    assert!(server.window_update(stream(0), NonZeroU32::MAX, &mut buf[..13]).is_err());
    let most = NonZeroU32::new(0x7fff_ffff).unwrap();
    assert_eq!(server.window_update(stream(0), most, &mut buf[..13]), Ok(13));
    assert_eq!(server.ping([0; 8], &mut buf), Err(EncodeError::BufferTooSmall { needed: 17 }.into()));
    // A frame that is too long leaves nothing behind.
    let len = out.len();
    assert!(server.append_go_away(stream(1), ErrorCode::NO_ERROR, &[0; 16_384], &mut out).is_err());
    assert_eq!(out.len(), len);
}

#[test]
fn extension_frames_keep_order_role_and_frame_size() {
    let update = PriorityUpdate { prioritized_stream_id: stream(1), priority_field_value: b"u=1" };
    let alt_svc = AltSvc { stream_id: stream(1), origin: b"", alt_svc_field_value: b"h3=\":443\"" };
    let origin = Origin::new(b"\0\x0ehttps://a.test").unwrap();
    let mut out = Vec::new();

    let mut client = writer(Role::Client);
    client.append_priority_update(&update, &mut out).unwrap();
    assert_eq!(out, b"\0\0\x07\x10\0\0\0\0\0\0\0\0\x01u=1");
    let only = |frame_type| Err(WriteError::OnlyByServer(frame_type));
    assert_eq!(client.append_alt_svc(&alt_svc, &mut out), only(FrameType::ALTSVC));
    assert_eq!(client.append_origin(&origin, &mut out), only(FrameType::ORIGIN));

    out.clear();
    let mut server = writer(Role::Server);
    server.append_alt_svc(&alt_svc, &mut out).unwrap();
    server.append_origin(&origin, &mut out).unwrap();
    assert_eq!(out, b"\0\0\x0b\x0a\0\0\0\0\x01\0\0h3=\":443\"\0\0\x10\x0c\0\0\0\0\0\0\x0ehttps://a.test");
    let refused = |rule| Err(WriteError::Refused(Rule::Frame(rule)));
    assert_eq!(server.append_priority_update(&update, &mut out), refused(FrameRule::PriorityUpdateToClient));
    let misplaced = AltSvc { origin: b"https://a.test", ..alt_svc };
    assert_eq!(server.append_alt_svc(&misplaced, &mut out), Err(EncodeError::StreamId(stream(1)).into()));

    // Longer than the peer takes; exactly as long.
    let value = vec![b'v'; 16_383];
    let long = |len: usize| AltSvc { alt_svc_field_value: &value[..len], ..alt_svc };
    assert_eq!(server.append_alt_svc(&long(16_383), &mut out), refused(FrameRule::FrameLengthLimit));
    server.append_alt_svc(&long(16_382), &mut out).unwrap();

    // Not inside of a field block.
    let mut buf = [0; 64];
    let mut section = server.section(SectionHead::headers(stream(1), true), &mut buf).unwrap();
    section.field(&(":status", "200").into()).unwrap();
    section.flush().unwrap();
    drop(section);
    let len = out.len();
    let inside = refused(FrameRule::FrameInsideFieldBlock);
    assert_eq!(server.append_alt_svc(&alt_svc, &mut out), inside);
    assert_eq!(server.append_origin(&origin, &mut out), inside);
    assert_eq!(out.len(), len);

    // Not before SETTINGS, nor before the preface.
    let mut server = Writer::new(Role::Server, 4096);
    assert_eq!(server.append_origin(&origin, &mut out), refused(FrameRule::FirstFrame));
    let mut client = Writer::new(Role::Client, 4096);
    assert_eq!(client.append_priority_update(&update, &mut out), Err(WriteError::PrefaceMissing));
    // A relay writes for both.
    let mut relay = writer(Role::Observer);
    relay.append_priority_update(&update, &mut out).unwrap();
    relay.append_origin(&origin, &mut out).unwrap();
    assert!(relay.append_frame(&Frame::<&[u8]>::from(h2wire::frame::Settings::Ack), &mut out).is_ok());
}
