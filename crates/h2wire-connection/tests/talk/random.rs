//! Two connections and a pipe between them that loses nothing and cuts anywhere. Whatever both sides do: content arrives as it was
//! sent, no window is exceeded (each side checks the other's), every stream ends once, and nothing waits for ever.

use proptest::prelude::*;

use super::action::Action;
use super::world::World;

fn action() -> impl Strategy<Value = Action> {
    let (by, stream) = (0..2_usize, 0..8_usize);
    let len = prop_oneof![4 => 0..3_000_usize, 1 => 0..200_000_usize];
    prop_oneof![
        4 => any::<bool>().prop_map(|has_content| Action::Open { has_content }),
        12 => (by.clone(), stream.clone(), len, prop::bool::weighted(0.2))
            .prop_map(|(by, stream, len, end)| Action::Send { by, stream, len, end }),
        1 => stream.clone().prop_map(|stream| Action::Push { stream }),
        1 => (by.clone(), stream.clone()).prop_map(|(by, stream)| Action::Trailers { by, stream }),
        1 => (by.clone(), stream.clone()).prop_map(|(by, stream)| Action::Reset { by, stream }),
        4 => by.clone().prop_map(|by| Action::Release { by }),
        1 => (stream, 0..8_u8, any::<bool>())
            .prop_map(|(stream, urgency, incremental)| Action::Prioritise { stream, urgency, incremental }),
        1 => (by.clone(), prop_oneof![0..100_u32, 0..300_000_u32]).prop_map(|(by, size)| Action::Window { by, size }),
        1 => by.clone().prop_map(|by| Action::Ping { by }),
        1 => (0..2_000_u64).prop_map(|millis| Action::Wait { millis }),
        1 => by.prop_map(|by| Action::ShutDown { by }),
        12 => (0..50_000_usize, 0..50_000_usize)
            .prop_map(|(to_server, to_client)| Action::Move { to_server, to_client }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn content_is_intact_and_every_stream_ends_once(
        windows in [0..200_000_u32, 0..200_000_u32, 0..200_000_u32, 0..200_000_u32],
        actions in prop::collection::vec(action(), 0..150),
    ) {
        let mut world = World::new(windows);
        for action in &actions {
            world.act(action);
        }
        world.finish();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    /// Streams that all have content get the same share of the connection's window, but for a turn.
    #[test]
    fn streams_have_equal_shares(count in 2..20_usize, rounds in 1..40_usize, len in 1..40_000_usize) {
        World::shares_are_equal(count, rounds, len);
    }
}
