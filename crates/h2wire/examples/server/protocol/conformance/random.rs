//! Whatever comes, in any order: the server sends nothing that its peer must refuse, keeps to the peer's windows, and says
//! nothing after its last GOAWAY.

use std::collections::HashMap;

use h2wire::frame::StreamId;
use proptest::prelude::*;

use super::*;

/// An action of the peer, the application or the clock.
#[derive(Clone, Debug)]
enum Step {
    Frames(Vec<u8>),
    /// The peer makes windows.
    InitialWindowSize(u32),
    WindowUpdate(u32, u32),
    /// The application answers a request that waits.
    Write(u32, usize, bool),
    Cancel(u32),
    Release(u32, usize),
    Seconds(u64),
    ShutDown,
    EndOfInput,
}

fn step() -> impl Strategy<Value = Step> {
    let id = (0..8_u32).prop_map(|id| id * 2 + 1);
    let any_id = prop_oneof![8 => id.clone(), 1 => 0..20_u32];
    let flags = prop_oneof![3 => Just(ENDS), 2 => Just(END_HEADERS), 1 => any::<u8>()];
    let block = prop_oneof![
        4 => Just(GET.to_vec()),
        4 => Just(GET_WAITS.to_vec()),
        1 => Just(POST.to_vec()),
        1 => Just(block(&[("a", "b")])),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    let content = prop::collection::vec(any::<u8>(), 0..50);
    let any_frame = (0..12_u8, any::<u8>(), any_id.clone(), prop::collection::vec(any::<u8>(), 0..12));
    prop_oneof![
        10 => (id.clone(), flags, block).prop_map(|(id, flags, block)| Step::Frames(headers(id, flags, &block))),
        4 => (any_id.clone(), 0..2_u8, content).prop_map(|(id, flags, content)| Step::Frames(data(id, flags, &content))),
        1 => any_frame.prop_map(|(kind, flags, id, payload)| Step::Frames(frame(kind, flags, id, &payload))),
        1 => any_id.clone().prop_map(|id| Step::Frames(rst_stream(id))),
        1 => any::<[u8; 8]>().prop_map(|data| Step::Frames(ping(&data))),
        4 => prop_oneof![0..200_u32, Just(65_535)].prop_map(Step::InitialWindowSize),
        4 => (any_id, 1..300_u32).prop_map(|(id, increment)| Step::WindowUpdate(id, increment)),
        8 => (id.clone(), 0..400_usize, any::<bool>()).prop_map(|(id, len, ends)| Step::Write(id, len, ends)),
        1 => id.clone().prop_map(Step::Cancel),
        2 => (id, 0..60_usize).prop_map(|(id, octets)| Step::Release(id, octets)),
        1 => (0..40_u64).prop_map(Step::Seconds),
        1 => Just(Step::ShutDown),
        1 => Just(Step::EndOfInput),
    ]
}

/// The windows as the peer counts them.
struct Windows {
    initial: i64,
    connection: i64,
    streams: HashMap<u32, i64>,
}

impl Windows {
    /// The output for the peer obeys them.
    fn take(&mut self, seen: &[Seen]) {
        for seen in seen {
            let Seen::Data(id, len, _) = seen else { continue };
            let len = i64::try_from(*len).unwrap();
            let stream = self.streams.entry(*id).or_insert(self.initial);
            (*stream, self.connection) = (*stream - len, self.connection - len);
            assert!(
                len == 0 || (*stream >= 0 && self.connection >= 0),
                "stream {id}: {stream}, {}",
                self.connection
            );
        }
    }

    /// A stream that was not seen yet has the window that is the initial one now.
    fn resize(&mut self, to: u32) {
        let by = i64::from(to) - self.initial;
        self.initial += by;
        self.streams.values_mut().for_each(|window| *window += by);
    }
}

fn act(peer: &mut Peer, windows: &mut Windows, step: Step) -> Vec<Seen> {
    let known = |id: u32| StreamId::new(id).unwrap();
    match step {
        Step::Frames(octets) => return peer.send(&octets),
        Step::InitialWindowSize(size) => {
            windows.resize(size);
            return peer.send(&settings(&[(4, size)]));
        }
        Step::WindowUpdate(id, increment) => {
            match id {
                0 => windows.connection += i64::from(increment),
                _ => *windows.streams.entry(id).or_insert(windows.initial) += i64::from(increment),
            }
            return peer.send(&window_update(id, increment));
        }
        Step::Write(id, len, ends) => {
            peer.connection.respond(known(id), "200", &[], false);
            peer.connection.write(known(id), &vec![b'a'; len], ends);
        }
        Step::Cancel(id) => peer.connection.cancel(known(id), ErrorCode::CANCEL),
        Step::Release(id, octets) => peer.connection.release(known(id), octets),
        Step::Seconds(seconds) => {
            peer.now += std::time::Duration::from_secs(seconds);
            peer.connection.tick(peer.now);
        }
        Step::ShutDown => peer.connection.shut_down(),
        Step::EndOfInput => peer.connection.end_of_input(),
    }
    peer.send(b"")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn nothing_wrong_is_sent(steps in prop::collection::vec(step(), 0..60)) {
        let mut peer = Peer::after_handshake();
        peer.releases = false;
        let mut windows = Windows { initial: 65_535, connection: 65_535, streams: HashMap::new() };
        for step in steps {
            let was_closed = peer.connection.is_closed();
            // Reading the output checks its form: it panics if the peer would have to refuse it.
            let seen = act(&mut peer, &mut windows, step);
            assert!(!was_closed || seen.is_empty(), "{seen:?}");
            windows.take(&seen);
        }
    }
}
