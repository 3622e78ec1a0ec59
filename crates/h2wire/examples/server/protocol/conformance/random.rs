//! Generated conversations: valid ones are followed, broken ones get the answer that the RFC wants. Whatever comes, in any order: the
//! server sends nothing that its peer must refuse, keeps to the peer's windows, and says nothing after its last GOAWAY.

use std::collections::{HashMap, HashSet};

use h2wire::frame::{Frame, Scope, SettingId, Settings, StreamId};
use h2wire::generate::{
    BrokenConversation, BrokenRule, Meaning, Plan, Seed, StreamBreach, breakable, strategy,
};
use h2wire::hpack::HpackError;
use h2wire::{Malformed, Rule};
use proptest::prelude::*;

use super::*;
use crate::protocol::Config;

/// An action of the peer, the application or the clock.
#[derive(Clone, Debug)]
enum Step {
    /// The next step of the peer's conversation.
    Next,
    /// Something of another one, which does not fit here.
    Other(h2wire::generate::Step),
    /// The application answers a request.
    Write(u32, usize, bool),
    Cancel(u32),
    Release(u32, usize),
    Seconds(u64),
    ShutDown,
    EndOfInput,
}

/// A conversation and what comes between its steps.
fn steps() -> impl Strategy<Value = (Vec<h2wire::generate::Step>, Vec<Step>)> {
    let plan = Plan::client();
    let conversation = prop_oneof![
        3 => strategy::conversation(plan.clone()),
        1 => strategy::broken_conversation(plan.clone()).prop_map(|broken| broken.conversation),
    ];
    let id = (0..8_u32).prop_map(|id| id * 2 + 1);
    let of_others = strategy::conversation(plan).prop_flat_map(|other| prop::sample::select(other.steps));
    let step = prop_oneof![
        20 => Just(Step::Next),
        1 => of_others.prop_map(Step::Other),
        8 => (id.clone(), 0..400_usize, any::<bool>()).prop_map(|(id, len, ends)| Step::Write(id, len, ends)),
        1 => id.clone().prop_map(Step::Cancel),
        2 => (id, 0..60_usize).prop_map(|(id, octets)| Step::Release(id, octets)),
        1 => (0..40_u64).prop_map(Step::Seconds),
        1 => Just(Step::ShutDown),
        1 => Just(Step::EndOfInput),
    ];
    (conversation.prop_map(|conversation| conversation.steps), prop::collection::vec(step, 0..80))
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

    /// The peer makes them, as it sends this.
    fn sent(&mut self, meaning: &Meaning) {
        match meaning {
            Meaning::Frame(Frame::Settings(Settings::List(settings))) => {
                if let Some(size) = settings.get(SettingId::INITIAL_WINDOW_SIZE) {
                    self.resize(size);
                }
            }
            Meaning::Frame(Frame::WindowUpdate(update)) => {
                let increment = i64::from(update.window_size_increment.get());
                match update.stream_id.get() {
                    0 => self.connection += increment,
                    id => *self.streams.entry(id).or_insert(self.initial) += increment,
                }
            }
            _ => {}
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
        Step::Next => {}
        Step::Other(step) => {
            windows.sent(&step.meaning);
            return peer.send(&step.octets);
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
    fn nothing_wrong_is_sent((conversation, steps) in steps(), answers: bool) {
        let mut peer = Peer::after_handshake();
        (peer.releases, peer.answers) = (false, answers);
        let mut windows = Windows { initial: 65_535, connection: 65_535, streams: HashMap::new() };
        // Without the preface and the first SETTINGS.
        let mut conversation = conversation.into_iter().skip(2);
        for step in steps {
            let was_closed = peer.connection.is_closed();
            let step = match step {
                Step::Next => conversation.next().map_or(Step::Next, Step::Other),
                step => step,
            };
            // Reading the output checks its form: it panics if the peer would have to refuse it.
            let seen = act(&mut peer, &mut windows, step);
            assert!(!was_closed || seen.is_empty(), "{seen:?}");
            windows.take(&seen);
        }
    }

    #[test]
    fn valid_conversations_are_no_errors(conversation in strategy::conversation(Plan::client())) {
        let mut peer = Peer::new();
        for step in conversation.steps {
            let seen = peer.send(&step.octets);
            assert!(!seen.iter().any(is_complaint), "{step:?}: {seen:?}");
        }
    }
}

/// A GOAWAY may answer another.
fn is_complaint(seen: &Seen) -> bool {
    seen.is_error() && !matches!(seen, Seen::GoAway(_, ErrorCode::NO_ERROR))
}

/// What a server that widens no window said to a breach.
fn answer(broken: &BrokenConversation) -> Vec<Seen> {
    let config = Config { stream_window: 65_535, connection_window: 65_535, ..Config::default() };
    let mut peer = Peer::with(config);
    (peer.releases, peer.answers) = (false, false);
    let mut seen = Vec::new();
    for step in &broken.conversation.steps {
        assert!(!seen.iter().any(Seen::is_error), "before the breach: {seen:?}");
        seen = peer.send(&step.octets);
    }
    seen
}

/// An error of the stream, or of the connection where the RFC leaves it open; a section that is too large is answered.
fn assert_answered(broken: &BrokenConversation) {
    let seen = answer(broken);
    let code = broken.answer.code();
    let connection = seen.iter().any(|seen| matches!(seen, Seen::GoAway(_, found) if *found == code));
    let is_right = match broken.answer.scope {
        Scope::Connection => connection,
        Scope::Stream(id) => {
            let too_large = seen.contains(&Seen::Response(id.get(), 431, true))
                || seen.contains(&Seen::Response(id.get(), 431, false));
            seen.contains(&Seen::Reset(id.get(), code))
                || too_large
                || connection && code == ErrorCode::STREAM_CLOSED
        }
    };
    assert!(is_right, "{:?}: {seen:?}", broken.answer);
}

#[test]
fn every_breach_gets_its_answer() {
    let seed =
        |seed: u8| -> Vec<u8> { (0..200_u8).map(|n| n.wrapping_mul(31) ^ seed.wrapping_mul(77)).collect() };
    let plan = Plan::client();
    let mut needs_other_settings = HashSet::new();
    for octets in (0..20).map(seed) {
        let seed = || Seed::new(&octets);
        // The server says other things to another protocol: see above.
        let rules = breakable(plan.sender()).filter(|rule| !rule.is_other_protocol());
        let rules = rules.filter_map(|rule| BrokenConversation::breaking(rule, &plan, &mut seed()));
        let breaches = StreamBreach::ALL.iter();
        let breaches =
            breaches.filter_map(|breach| BrokenConversation::breaking_stream(*breach, &plan, &mut seed()));
        for broken in rules.chain(breaches) {
            if broken.conversation.receiver_settings == plan.receiver_settings {
                assert_answered(&broken);
            } else {
                needs_other_settings.insert(broken.answer.broken_rule);
            }
        }
    }
    let needs_other_settings_only = HashSet::from([
        BrokenRule::Rule(Rule::Hpack(HpackError::MissingSizeUpdate)),
        BrokenRule::Rule(Rule::Malformed(Malformed::ProtocolForm)),
        BrokenRule::Rule(Rule::Malformed(Malformed::ProtocolWithoutConnect)),
        BrokenRule::Stream(StreamBreach::StreamWindowExceeded),
    ]);
    assert_eq!(needs_other_settings, needs_other_settings_only);
}
