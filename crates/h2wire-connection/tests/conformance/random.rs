//! Generated conversations: valid ones are followed. Whatever comes, in any order: a connection sends nothing that its peer must
//! refuse, keeps to the peer's windows, and says nothing after its last GOAWAY.

use std::collections::HashMap;

use h2wire::Role;
use h2wire::frame::{Frame, SettingId, Settings, StreamId};
use h2wire::generate::{Meaning, Plan, strategy};
use proptest::prelude::*;

use super::*;
use h2wire_connection::Config;

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
fn steps(plan: Plan) -> impl Strategy<Value = (Vec<h2wire::generate::Step>, Vec<Step>)> {
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
            if let Some(mut stream) = peer.connection.stream(known(id)) {
                let _ = stream.send_response([(":status", "200")], false);
                let _ = stream.send_data(vec![b'a'; len].into(), ends);
            }
        }
        Step::Cancel(id) => {
            if let Some(stream) = peer.connection.stream(known(id)) {
                stream.reset(ErrorCode::CANCEL);
            }
        }
        Step::Release(id, octets) => {
            if let Some(mut stream) = peer.connection.stream(known(id)) {
                stream.release(octets);
            }
        }
        Step::Seconds(seconds) => {
            peer.now += std::time::Duration::from_secs(seconds);
            peer.connection.handle_timeout(peer.now);
        }
        Step::ShutDown => peer.connection.shut_down(),
        Step::EndOfInput => peer.connection.end_of_input(),
    }
    peer.send(b"")
}

/// The connection under test, after the handshake; a client has sent the requests of the plan.
fn start(plan: &Plan) -> Peer {
    if plan.receiver() == Role::Server {
        return Peer::after_handshake();
    }
    let mut peer = Peer::of_client_after_handshake(&Config::default().with_limits(plan.limits));
    for _ in &plan.requests {
        peer.request("POST", false);
    }
    peer.send(b"");
    peer
}

/// What is sent to a server, and to a client that takes pushes or does not.
fn plans() -> [Plan; 3] {
    let pushes = h2wire::Limits::DEFAULT.with_accept_push(true);
    [Plan::client(), Plan::server(), Plan::server().with_limits(pushes)]
}

fn check_output(plan: &Plan, conversation: Vec<h2wire::generate::Step>, steps: Vec<Step>, answers: bool) {
    let mut peer = start(plan);
    (peer.releases, peer.answers) = (false, answers);
    let mut windows = Windows { initial: 65_535, connection: 65_535, streams: HashMap::new() };
    // Without the preface and the first SETTINGS.
    let skipped = if plan.receiver() == Role::Server { 2 } else { 1 };
    let mut conversation = conversation.into_iter().skip(skipped);
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

/// One of the plans, and a conversation that follows it.
fn planned() -> impl Strategy<Value = (Plan, h2wire::generate::Conversation)> {
    let plan = prop::sample::select(plans().to_vec());
    plan.prop_flat_map(|plan| (Just(plan.clone()), strategy::conversation(plan)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_server_sends_nothing_wrong((conversation, steps) in steps(Plan::client()), answers: bool) {
        check_output(&Plan::client(), conversation, steps, answers);
    }

    #[test]
    fn a_client_sends_nothing_wrong((conversation, steps) in steps(Plan::server())) {
        check_output(&Plan::server(), conversation, steps, false);
    }

    #[test]
    fn valid_conversations_are_no_errors((plan, conversation) in planned()) {
        // Content counts from the first byte on, so the handshake is not done before.
        let mut peer = if plan.receiver() == Role::Server {
            Peer::new()
        } else {
            let mut peer = Peer::of_client(&Config::default().with_limits(plan.limits));
            plan.requests.iter().for_each(|_| _ = peer.request("POST", false));
            peer
        };
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
