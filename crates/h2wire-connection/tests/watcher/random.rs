//! Whatever comes, from either side, in any order and any pieces: nothing panics, memory is bounded, and the pieces do not matter.

use h2wire::Rule;
use h2wire::generate::{BrokenRule as Broken, Plan, StreamBreach, strategy};
use h2wire::hpack::HpackError;
use proptest::prelude::*;

use super::*;

/// Frames of every type on few streams, some of them not well made.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let id = prop_oneof![8 => 0..8_u32, 1 => any::<u32>().prop_map(|id| id & 0x7fff_ffff)];
    let raw = (0..12_u8, any::<u8>(), id.clone(), prop::collection::vec(any::<u8>(), 0..40))
        .prop_map(|(kind, flags, id, payload)| frame(kind, flags, id, &payload));
    let section = (id.clone(), any::<bool>(), 0..5_usize).prop_map(|(id, ends, which)| {
        let blocks =
            [GET.to_vec(), POST.to_vec(), b"\x88".to_vec(), block(&[("a", "b")]), b"\x08\x03103".to_vec()];
        headers(id, if ends { ENDS } else { END_HEADERS }, &blocks[which])
    });
    let len = prop_oneof![30 => 0..100_usize, 1 => Just(16_384)];
    let content =
        (id.clone(), any::<bool>(), len).prop_map(|(id, ends, len)| data(id, u8::from(ends), &vec![0; len]));
    let promise = (id.clone(), 0..10_u32)
        .prop_map(|(id, promised)| frame(5, END_HEADERS, id, &[&promised.to_be_bytes()[..], GET].concat()));
    prop_oneof![
        1 => raw,
        8 => section,
        8 => content,
        2 => promise,
        3 => id.clone().prop_map(rst_stream),
        3 => (id.clone(), any::<u32>()).prop_map(|(id, by)| window_update(id, (by >> 1).max(1))),
        2 => (prop_oneof![Just(3_u16), Just(4), Just(8)], 0..3_u32).prop_map(|setting| settings(&[setting])),
        2 => Just(ack()),
        1 => id.prop_map(|last| frame(7, 0, 0, &[last.to_be_bytes(), [0; 4]].concat())),
    ]
}

fn any_passes() -> impl Strategy<Value = Vec<Passes>> {
    let frames = prop::collection::vec((any::<bool>(), any_frame()), 0..80);
    (any::<bool>(), frames).prop_map(|(starts, frames)| {
        let begin = if starts { start(&[], &[]) } else { vec![] };
        let frames = frames.into_iter();
        let frames =
            frames.map(|(is_client, octets)| if is_client { client(octets) } else { server(octets) });
        begin.into_iter().chain(frames).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn nothing_panics(passes in any_passes(), holes in prop::collection::vec(any::<u8>(), 0..4)) {
        watch(in_order, &passes);
        watch(|| in_order().with_any_order(), &passes);
        watch(|| Watcher::joined(&LIMITS).unwrap().with_max_streams(3), &passes);
        let mut watcher = in_order();
        for (n, part) in passes.iter().enumerate() {
            pass(&mut watcher, part, 50);
            if holes.iter().any(|at| usize::from(*at) % 80 == n) {
                watcher.rejoin(part.0, 10);
            }
        }
        assert!(watcher.open_streams().count() <= 80);
    }

    /// A breach that ends a direction is found once, with the side that made it.
    #[test]
    fn every_breach_of_the_codec_is_found(
        (plan, broken) in prop_oneof![Just(Plan::client()), Just(Plan::server())]
            .prop_flat_map(|plan| (Just(plan.clone()), strategy::broken_conversation(plan))),
    ) {
        let other = if plan.sender() == Role::Client { Role::Server } else { Role::Client };
        let mut passes = conversations::before(&plan, &broken.conversation);
        passes.push((plan.sender(), broken.conversation.octets()));
        let mut watcher = in_order();
        let findings: Vec<_> = passes.iter().flat_map(|passes| pass(&mut watcher, passes, 1_000)).collect();
        prop_assert!(findings.iter().all(|finding| finding.by != other), "{:?}", findings);
        let Some(finding) = findings.first() else {
            // A limit of the receiver is no rule of the protocol.
            prop_assert!(matches!(broken.answer.broken_rule, Broken::Rule(Rule::Limit(_))), "{:?}", broken.answer);
            return Ok(());
        };
        prop_assert_eq!(finding.cause.code(), broken.answer.code(), "{:?}", broken.answer);
        // Two updates are sent, of which the first is too much already unless the window was 0.
        let is_early = broken.answer.broken_rule == Broken::Stream(StreamBreach::StreamWindowOverflow);
        prop_assert!(is_early || finding.offset == broken.answer.offset, "{} {:?}", finding, broken.answer);
        // How long a string may be is up to the reader.
        if let Broken::Rule(rule) = broken.answer.broken_rule
            && !matches!(rule, Rule::Hpack(HpackError::StringTooLong))
        {
            prop_assert_eq!(finding.cause, Cause::Codec(rule));
        }
    }
}
