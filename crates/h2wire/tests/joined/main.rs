//! Readers that join somebody's conversation anywhere, and go on after holes and errors: never a wrong field.

mod conversation;
mod offsets;
mod rules; // one thing at a time
mod seen;

use conversation::{Conversation, Step, steps};
use h2wire::frame::{ParseOptions, Resync, StreamId, resync};
use h2wire::{LostError, Role};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use seen::{Contiguous, Late, Pieces, Seen};

fn conversation() -> impl Strategy<Value = (Role, Conversation)> {
    select(vec![Role::Client, Role::Server]).prop_flat_map(|role| {
        steps(role).prop_map(move |steps: Vec<Step>| {
            let receiver = if role == Role::Client { Role::Server } else { Role::Client };
            (receiver, Conversation::new(role, &steps))
        })
    })
}

/// The streams of sections that start here and end there.
fn streams_between(conversation: &Conversation, from: usize, to: usize) -> Vec<StreamId> {
    let within = |place: &std::ops::Range<usize>| place.start >= from && place.end <= to;
    conversation.sections.iter().filter(|(_, section)| within(&section.place)).map(|(id, _)| *id).collect()
}

/// Joins at a frame.
fn join<L: Late>(conversation: &Conversation, role: Role, at: usize, piece: usize) -> Seen {
    let (mut reader, mut seen) = (L::joined(role), Seen::default());
    let end = conversation.octets.len();
    reader.take(&conversation.octets[at..], piece, &mut seen).unwrap();
    seen.check(conversation);
    assert_eq!(seen.headers, conversation.headers(at, end));
    assert_eq!(seen.streams(), streams_between(conversation, at, end));
    assert_eq!(reader.offset(), (end - at) as u64);
    if conversation.sections.values().all(|section| section.place.start >= at) {
        assert_eq!(seen.unknown(), 0, "nothing was missed");
    }
    seen
}

/// Joins at a frame, does not see those from `hole` to `again`, and goes on.
fn join_twice<L: Late>(
    conversation: &Conversation,
    role: Role,
    [at, hole, again]: [usize; 3],
    piece: usize,
) -> Seen {
    let (mut reader, mut seen) = (L::joined(role), Seen::default());
    let octets = &conversation.octets;
    reader.take(&octets[at..hole], piece, &mut seen).unwrap();
    seen.drop_open();
    reader.rejoin(again - hole);
    reader.take(&octets[again..], piece, &mut seen).unwrap();
    seen.check(conversation);
    let end = octets.len();
    let [before, after] = [(at, hole), (again, end)];
    let headers = [before, after].map(|(from, to)| conversation.headers(from, to)).concat();
    let streams = [before, after].map(|(from, to)| streams_between(conversation, from, to)).concat();
    assert_eq!((&seen.headers, seen.streams()), (&headers, streams));
    assert_eq!(reader.offset(), (end - at) as u64);
    seen
}

/// An error of HPACK at a frame that starts no block half way; then on with fields, or without.
fn broken<L: Late>(conversation: &Conversation, role: Role, at: usize, piece: usize, fields: bool) -> Seen {
    let (mut reader, mut seen) = (L::joined(role), Seen::default());
    let start = conversation.starts[0];
    reader.take(&conversation.octets[start..at], piece, &mut seen).unwrap();
    // END_HEADERS is in a CONTINUATION frame after it.
    let broken = b"\0\0\x02\x01\0\0\0\0\x01\x82\x80\0\0\x01\x09\x04\0\0\0\x01\x82";
    let error = reader.take(&broken[..11], 11, &mut seen).unwrap_err();
    assert_eq!(error.rule.name(), "index_zero");
    assert_eq!(reader.take(b"", 1, &mut seen), Err(error), "it stays");
    if fields {
        reader.rejoin_fields();
    } else {
        reader.without_fields();
    }
    seen.drop_open();
    reader.take(&broken[11..], 1, &mut seen).unwrap();
    assert_eq!(seen.headers.pop().unwrap().frame_type.name(), Some("CONTINUATION"));
    seen.headers.pop();
    reader.take(&conversation.octets[at..], piece, &mut seen).unwrap();
    seen.check(conversation);
    let end = conversation.octets.len();
    assert_eq!(seen.headers, conversation.headers(start, end));
    let seen_to = if fields { end } else { at };
    assert_eq!(seen.streams(), streams_between(conversation, start, seen_to));
    seen
}

/// Loses some bytes anywhere.
fn lose(conversation: &Conversation, role: Role, hole: std::ops::Range<usize>, piece: usize) {
    let (mut reader, mut seen) = (Pieces::joined(role), Seen::default());
    let Conversation { octets, starts, .. } = conversation;
    let (start, end) = (starts[0], octets.len());
    let next = *starts.iter().find(|start| **start >= hole.end).unwrap();
    reader.take(&octets[start..hole.start], piece, &mut seen).unwrap();
    let before = seen.clone();
    let lost = reader.lost(hole.len());
    let crosses = starts.iter().any(|start| (hole.start..hole.end).contains(start));
    assert_eq!(crosses && !hole.is_empty(), matches!(lost, Err(LostError::Position)) && crosses);
    match lost {
        Ok(()) => {}
        Err(LostError::Position) => {
            reader.take(&octets[hole.end..next], piece, &mut seen).unwrap();
            assert_eq!(seen, before, "nothing is told of what cannot be read");
            seen.drop_open();
            reader.rejoin(0);
        }
        Err(LostError::Fields | LostError::Frame(_)) => {
            seen.drop_open();
            reader.take(&octets[hole.end..next], piece, &mut seen).unwrap();
        }
        Err(other) => panic!("{other:?}"),
    }
    if lost.is_ok() {
        reader.take(&octets[hole.end..next], piece, &mut seen).unwrap();
    }
    reader.take(&octets[next..], piece, &mut seen).unwrap();
    seen.check(conversation);
    assert_eq!(reader.0.offset(), (end - start) as u64);
    let after = conversation.headers(next, end);
    assert!(seen.headers.ends_with(&after));
    let lost_headers = conversation.headers(start, end).len() - seen.headers.len();
    match lost {
        Ok(()) => {
            assert_eq!(lost_headers, 0);
            assert_eq!((seen.unknown(), seen.streams().len()), (0, conversation.sections.len()));
        }
        Err(LostError::Fields) => assert_eq!(lost_headers, 0),
        Err(LostError::Frame(_)) => assert_eq!(lost_headers, 1),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conversations_cut_and_joined_anywhere(
        (role, conversation) in conversation(),
        frames in prop::array::uniform3(any::<Index>()),
        cut in any::<Index>(),
        pieces in prop::array::uniform2(1..50_usize),
        is_observer in any::<bool>(),
    ) {
        let role = if is_observer { Role::Observer } else { role };
        let [one, other] = pieces;
        let mut places = frames.map(|frame| *frame.get(&conversation.starts));
        places.sort_unstable();
        let whole = join::<Contiguous>(&conversation, role, places[0], usize::MAX);
        prop_assert_eq!(&join::<Contiguous>(&conversation, role, places[0], one), &whole);
        prop_assert_eq!(&join::<Pieces>(&conversation, role, places[0], other), &whole);

        let whole = join_twice::<Contiguous>(&conversation, role, places, one);
        prop_assert_eq!(&join_twice::<Pieces>(&conversation, role, places, other), &whole);

        // At any byte.
        let from = cut.index(conversation.octets.len());
        let options = ParseOptions::DEFAULT;
        let start = match resync(&conversation.octets[from..], &options) {
            Resync::At(at) => {
                prop_assert!(conversation.starts.contains(&(from + at)));
                Some(from + at)
            }
            Resync::Perhaps(at) => Some(from + at).filter(|start| conversation.starts.contains(start)),
            _ => None,
        };
        if let Some(start) = start {
            let whole = join::<Contiguous>(&conversation, role, start, one);
            prop_assert_eq!(&join::<Pieces>(&conversation, role, start, other), &whole);
        }
    }

    #[test]
    fn bytes_lost_anywhere(
        (role, conversation) in conversation(),
        cut in any::<Index>(),
        len in prop_oneof![0..20_usize, 0..400_usize],
        piece in 1..50_usize,
    ) {
        let first = conversation.starts[0];
        let start = first + cut.index(conversation.octets.len() - first);
        let end = (start + len).min(conversation.octets.len());
        lose(&conversation, role, start..end, piece);
    }

    #[test]
    fn errors_of_hpack_that_an_observer_survives(
        (role, conversation) in conversation(),
        frame in any::<Index>(),
        pieces in prop::array::uniform2(1..50_usize),
        fields in any::<bool>(),
    ) {
        let at = *frame.get(&conversation.starts);
        let is_inside = |place: &std::ops::Range<usize>| place.start < at && at < place.end;
        prop_assume!(!conversation.sections.values().any(|section| is_inside(&section.place)));
        let whole = broken::<Contiguous>(&conversation, role, at, pieces[0], fields);
        prop_assert_eq!(&broken::<Pieces>(&conversation, role, at, pieces[1], fields), &whole);
    }
}
