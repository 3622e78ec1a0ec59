//! Generated breaches of every rule, of the codec and of streams: each gets the answer that the RFC wants, from either side.

use h2wire::frame::{Scope, SettingId};
use h2wire::generate::{BrokenConversation, Plan, Seed, StreamBreach, breakable};
use h2wire::{Limits, Role};
use h2wire_connection::Config;

use super::*;

/// A connection that widens no window and has announced what the breach needs.
fn start(broken: &BrokenConversation, plan: &Plan) -> Peer {
    let config =
        Config::default().with_stream_window(65_535).with_connection_window(65_535).with_limits(plan.limits);
    let more = &broken.conversation.receiver_settings[1..];
    let connect = more.iter().any(|list| list.get(SettingId::ENABLE_CONNECT_PROTOCOL) == Some(1));
    let config = config.with_extended_connect(connect);
    let push = more.iter().find_map(|list| list.get(SettingId::ENABLE_PUSH));
    let config = match push {
        // What a client says of it once holds.
        Some(push) => config.with_limits(plan.limits.with_accept_push(push == 1)),
        None => config,
    };
    let mut peer = if plan.receiver() == Role::Server {
        Peer::with(&config)
    } else {
        let mut peer = Peer::of_client(&config);
        plan.requests.iter().for_each(|_| _ = peer.request("POST", false));
        peer
    };
    for setting in more.iter().flat_map(|list| list.iter().collect::<Vec<_>>()) {
        let config = *peer.connection.config();
        let config = match setting.id {
            SettingId::INITIAL_WINDOW_SIZE => config.with_stream_window(setting.value),
            SettingId::HEADER_TABLE_SIZE => {
                config.with_limits(config.limits.with_max_table_size(setting.value))
            }
            SettingId::ENABLE_CONNECT_PROTOCOL | SettingId::ENABLE_PUSH => config,
            other => panic!("{other:?}"),
        };
        let before = *peer.connection.config();
        // Each list is acknowledged, also one that says what holds already.
        let config = if config == before { before.with_max_concurrent_streams(127) } else { config };
        peer.connection.update(&config).unwrap();
    }
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
            // Another protocol is told nothing: see `other_protocols`.
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
