//! Generated breaches of every rule, of the codec and of streams: each gets the answer that the RFC wants, from either side.

use h2wire::Limits;
use h2wire::frame::Scope;
use h2wire::generate::{BrokenConversation, Plan, Seed, StreamBreach, breakable};

use super::receiver::receiver;
use super::*;

fn start(broken: &BrokenConversation, plan: &Plan) -> Peer {
    let connection = receiver(&broken.conversation.receiver_settings, plan, false);
    let mut peer = Peer::with_connection(connection, plan.sender());
    (peer.releases, peer.answers) = (false, false);
    peer
}

/// An error of the stream, or of the connection where the RFC leaves it open; a request that is too large is answered.
fn assert_answered(broken: &BrokenConversation, plan: &Plan) {
    let mut peer = start(broken, plan);
    let mut seen = Vec::new();
    for step in &broken.conversation.steps {
        assert!(!seen.iter().any(Seen::is_error), "before the breach: {:?}: {seen:?}", broken.answer);
        seen = peer.send(&step.octets);
    }
    let code = broken.answer.code();
    let connection = seen.iter().any(|seen| matches!(seen, Seen::GoAway(_, found) if *found == code));
    let is_right = match broken.answer.scope {
        Scope::Connection => connection,
        Scope::Stream(id) => {
            seen.contains(&Seen::Reset(id.get(), code))
                || seen.contains(&Seen::Response(id.get(), 431, true))
                || connection && code == ErrorCode::STREAM_CLOSED
        }
    };
    assert!(is_right, "{:?}: {seen:?}", broken.answer);
}

#[test]
fn every_breach_gets_its_answer() {
    let seed =
        |seed: u8| -> Vec<u8> { (0..200_u8).map(|n| n.wrapping_mul(31) ^ seed.wrapping_mul(77)).collect() };
    let mut count = [0; 3];
    let pushes = Limits::DEFAULT.with_accept_push(true);
    for (plan, count) in
        [Plan::client(), Plan::server(), Plan::server().with_limits(pushes)].into_iter().zip(&mut count)
    {
        for octets in (0..20).map(seed) {
            let seed = || Seed::new(&octets);
            // A peer with another protocol gets no answer: see `other_protocols`.
            let rules = breakable(plan.sender()).filter(|rule| !rule.is_other_protocol());
            let rules = rules.filter_map(|rule| BrokenConversation::breaking(rule, &plan, &mut seed()));
            let breaches = StreamBreach::ALL.iter();
            let breaches = breaches
                .filter_map(|breach| BrokenConversation::breaking_stream(*breach, &plan, &mut seed()));
            for broken in rules.chain(breaches) {
                assert_answered(&broken, &plan);
                *count += 1;
            }
        }
    }
    assert!(count.iter().all(|count| *count > 1_000), "{count:?}");
}
