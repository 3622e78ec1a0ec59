//! Two connections and a pipe between them that loses nothing and cuts anywhere. Whatever both sides do: content arrives as it was
//! sent, no window is exceeded (each side checks the other's), every stream ends once, and nothing waits for ever.

use h2wire_connection::Config;
use proptest::prelude::*;

use super::world::{Action, CLIENT, SERVER, World};

fn action() -> impl Strategy<Value = Action> {
    let (by, stream) = (0..2_usize, 0..8_usize);
    let len = prop_oneof![4 => 0..3_000_usize, 1 => 0..200_000_usize];
    prop_oneof![
        4 => any::<bool>().prop_map(|has_content| Action::Open { has_content }),
        12 => (by.clone(), stream.clone(), len, prop::bool::weighted(0.2))
            .prop_map(|(by, stream, len, end)| Action::Send { by, stream, len, end }),
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
        let mut world = World::new([1 << 20, 1 << 20, 1 << 20, 1 << 20]);
        world.sides[SERVER].connection.update(&Config::default().with_max_concurrent_streams(100)).unwrap();
        world.act(&Action::Move { to_server: 1_000, to_client: 1_000 });
        world.act(&Action::Move { to_server: 1_000, to_client: 1_000 });
        for _ in 0..count {
            world.act(&Action::Open { has_content: false });
        }
        world.act(&Action::Move { to_server: 10_000, to_client: 0 });
        let ids: Vec<_> = world.sides[SERVER].streams.keys().copied().collect();
        assert_eq!(ids.len(), count);
        for id in &ids {
            world.send(SERVER, *id, 2 << 20, false);
        }
        for _ in 0..rounds {
            world.transfer(SERVER, len);
        }
        let received: Vec<_> = world.sides[CLIENT].streams.values().map(|seen| seen.received).collect();
        let (most, least) = (received.iter().max().unwrap(), received.iter().min().unwrap());
        assert!(most - least <= 2 * 16_384, "{received:?}");
    }
}
