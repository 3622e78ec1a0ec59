//! Conversations of valid and broken frames, cut anywhere: the same items, errors and offsets come out.

mod common;
mod readers;

use common::{End, OwnedItem, read_all, read_in_pieces};
use h2wire::frame::generate::strategy;
use h2wire::frame::{Frame, PREFACE, SettingList, Settings};
use h2wire::{FrameReader, Role};
use proptest::prelude::*;
use readers::{Setup, by_all};

fn encode(frame: &Frame<Vec<u8>>) -> Vec<u8> {
    let mut octets = vec![0; frame.encoded_len()];
    frame.encode(&mut octets).unwrap();
    octets
}

/// Some frames, mostly valid; the order of them is not.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    let valid = strategy::frame().prop_map(|frame| encode(&frame));
    let broken = strategy::broken_frame().prop_map(|broken| broken.octets);
    let frame = prop_oneof![30 => valid, 1 => broken];
    prop::collection::vec(frame, 0..12).prop_map(|frames| frames.concat())
}

/// The start of a conversation, most of the time a right one.
fn opening() -> impl Strategy<Value = Vec<u8>> {
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0].as_slice();
    prop_oneof![
        8 => Just([PREFACE.as_slice(), settings].concat()),
        8 => Just(settings.to_vec()),
        1 => Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        1 => Just(b"POST / HTTP/1.1\r\n".to_vec()),
        1 => Just(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_vec()),
        1 => Just(Vec::new()),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Server, Role::Client, Role::Observer])
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        opening in opening(),
        frames in frames(),
        role in role(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let octets = [opening, frames].concat();
        let whole = read_all(role, &octets);
        prop_assert_eq!(&read_in_pieces(FrameReader::new(role), octets.chunks(1)), &whole);

        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(octets.len() + 1)).collect();
        cuts.extend([0, octets.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|ends| &octets[ends[0]..ends[1]]);
        prop_assert_eq!(&read_in_pieces(FrameReader::new(role), pieces), &whole);
    }

    #[test]
    fn readers_of_fields_and_chunks_tell_the_same(
        opening in opening(),
        frames in frames(),
        role in role(),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
        escalate in any::<bool>(),
    ) {
        let mut setup = Setup::new(role);
        setup.options.escalate_stream_errors = escalate;
        by_all(&setup, &[opening, frames].concat(), &cuts);
    }

    #[test]
    fn valid_frames_come_out_as_they_went_in(frames in prop::collection::vec(strategy::frame(), 0..12)) {
        // Frames that open a field block, or that need an open one, are for other tests.
        let frames: Vec<_> = frames.into_iter().filter(|frame| match frame {
            Frame::Headers(headers) => headers.end_headers,
            Frame::PushPromise(promise) => promise.end_headers,
            Frame::Continuation(_) => false,
            _ => true,
        }).collect();
        let first = Frame::from(Settings::<Vec<u8>>::List(SettingList::default()));
        let all: Vec<_> = std::iter::once(first).chain(frames).collect();
        let octets: Vec<u8> = all.iter().flat_map(encode).collect();
        let outcome = read_all(Role::Observer, &octets);
        prop_assert_eq!(outcome.end, End::Needed(0, 9));
        let read: Vec<_> = outcome.items.into_iter().map(|(_, item)| match item {
            OwnedItem::Frame(_, frame) => frame,
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(read, all);
    }
}
