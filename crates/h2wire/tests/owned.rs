//! Frames out of `BytesMut`: the same as from slices, and not copied.

mod common;

use bytes::BytesMut;
use common::{End, read_all};
use h2wire::frame::generate::strategy;
use h2wire::frame::{Data, Frame, SettingList, Settings, StreamId};
use h2wire::{
    ConnectionError, FieldLine, FrameEvent, FrameReader, Limits, Message, Progress, Reader, Role,
    SectionKind, append_frame_unchecked,
};
use proptest::prelude::*;

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

#[test]
fn payloads_lie_inside_the_buffer() {
    let data =
        Data { end_stream: false, stream_id: StreamId::MAX, pad_length: Some(7), data: vec![1; 16_000] };
    let mut buf = BytesMut::from(SETTINGS);
    append_frame_unchecked(&data.into(), &mut buf).unwrap();
    let octets = buf.as_ptr_range();

    let mut reader = FrameReader::new(Role::Client);
    reader.read_bytes(&mut buf).unwrap();
    let FrameEvent::Frame { frame: Frame::Data(data), .. } = taken(reader.read_bytes(&mut buf)).unwrap()
    else {
        panic!("not DATA")
    };
    let payload = data.data.as_ptr_range();
    assert_eq!(data.data.len(), 16_000);
    assert!(octets.start < payload.start && payload.end < octets.end, "the payload was copied");
}

/// `None` if more bytes are needed.
fn taken<T>(progress: Result<Progress<T, ()>, ConnectionError>) -> Option<T> {
    match progress.unwrap() {
        Progress::Item { item, .. } => Some(item),
        Progress::Needed(_) => None,
    }
}

#[test]
fn what_is_missing_is_told_and_room_for_it_is_the_callers() {
    let mut buf = BytesMut::from([SETTINGS, b"\0\x40\0\0\0\0\0\0\x01more"].concat().as_slice());
    let mut frames = FrameReader::new(Role::Client);
    assert_eq!(frames.read_bytes(&mut BytesMut::from(b"\0\0\0\x04".as_slice())), Ok(Progress::Needed(5)));
    taken(frames.read_bytes(&mut buf)).unwrap();
    let room = buf.capacity();
    assert_eq!(frames.read_bytes(&mut buf), Ok(Progress::Needed(16_380)));
    assert_eq!((buf.len(), buf.capacity()), (13, room));

    let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
    let mut buf = BytesMut::from([SETTINGS, b"\0\0\x02\x01\x05\0\0\0\x01\x88"].concat().as_slice());
    taken(reader.read_bytes(&mut buf)).unwrap();
    assert_eq!(reader.read_bytes(&mut buf), Ok(Progress::Needed(1)));

    let mut buf = BytesMut::from(b"\xff\xff\xff\0\0\0\0\0\x01".as_slice());
    let error = frames.read_bytes(&mut buf).unwrap_err();
    assert_eq!(error.rule.name(), "frame_length_limit");
    assert_eq!(buf.len(), 9, "the frame with the error is not taken");
}

#[test]
fn a_frame_that_cannot_be_sent_leaves_the_buffer_alone() {
    let data = Data { end_stream: false, stream_id: StreamId::CONNECTION, pad_length: None, data: b"x" };
    let mut buf = BytesMut::from("before");
    assert!(append_frame_unchecked(&data.into(), &mut buf).is_err());
    assert_eq!(&buf[..], b"before");
}

#[test]
fn sections_are_joined_and_payloads_lie_inside_the_buffer() {
    let headers =
        b"\0\0\x01\x01\0\0\0\0\x01\x88\0\0\0\x09\0\0\0\0\x01\0\0\x05\x09\x04\0\0\0\x01\x40\x01a\x01b";
    let malformed = b"\0\0\x01\x01\x05\0\0\0\x03\x82";
    let data = b"\0\0\x06\0\x01\0\0\0\x01octets";
    let mut buf = BytesMut::from([SETTINGS, headers, malformed, data].concat().as_slice());
    let octets = buf.as_ptr_range();
    let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
    let mut next = || taken(reader.read_bytes(&mut buf));
    assert!(matches!(next(), Some(Message::Frame { frame: Frame::Settings(_), .. })));
    let Some(Message::Section { kind, fields, .. }) = next() else { panic!("no section") };
    assert_eq!((kind, fields.len()), (SectionKind::Response, 2));
    assert_eq!(fields.get(b"a"), Some(b"b".as_slice()));
    let Some(Message::RefusedSection { error, fields, .. }) = next() else { panic!("no section") };
    assert_eq!((error.field(), fields.iter().next()), (Some(0), Some(FieldLine::new(b":method", b"GET"))));
    let Some(Message::Frame { frame: Frame::Data(data), .. }) = next() else { panic!("no DATA") };
    let payload = data.data.as_ptr_range();
    assert!(octets.start < payload.start && payload.end <= octets.end, "the payload was copied");
    assert_eq!((&data.data[..], next()), (b"octets".as_slice(), None));
}

proptest! {
    #[test]
    fn items_are_those_of_slices(
        frames in prop::collection::vec(strategy::frame(), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let first = Frame::from(Settings::<Vec<u8>>::List(SettingList::default()));
        let mut octets = BytesMut::new();
        for frame in std::iter::once(&first).chain(&frames) {
            append_frame_unchecked(frame, &mut octets).unwrap();
        }
        let expected = read_all(Role::Observer, &octets);

        let mut reader = FrameReader::new(Role::Observer);
        let mut buf = BytesMut::new();
        let mut items = Vec::new();
        let (head, tail) = octets.split_at(cut.index(octets.len()));
        let mut failed = None;
        for part in [head, tail] {
            buf.extend_from_slice(part);
            while failed.is_none() {
                match reader.read_bytes(&mut buf) {
                    Ok(Progress::Item { item, .. }) => items.push(item.map(|payload| payload.to_vec())),
                    Ok(Progress::Needed(_)) => break,
                    Err(error) => failed = Some(error),
                }
            }
        }
        let expected_items: Vec<_> = expected.items.into_iter().map(|(_, item)| item).collect();
        prop_assert_eq!(items.into_iter().map(common::own).collect::<Vec<_>>(), expected_items);
        prop_assert_eq!(failed.is_some(), matches!(expected.end, End::Failed(_)));
    }
}
