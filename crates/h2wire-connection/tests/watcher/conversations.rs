//! Generated conversations: those that are valid give no finding, however both directions pass; those with a breach give that.

use h2wire::frame::{Frame, SettingId, Settings};
use h2wire::generate::{BrokenConversation, Conversation, Meaning, Plan, Seed, StreamBreach, strategy};
use h2wire_connection::watcher::OpenStream;
use proptest::prelude::*;

use super::*;

/// The other side: its SETTINGS, and requests on the streams that are answered. The first is what must pass before anything.
fn other_side(plan: &Plan, conversation: &Conversation) -> Vec<Vec<u8>> {
    let list = |list: &h2wire::frame::SettingList<Vec<u8>>| {
        settings(&list.iter().map(|setting| (setting.id.0, setting.value)).collect::<Vec<_>>())
    };
    let mut octets: Vec<_> = conversation.receiver_settings.iter().map(list).collect();
    if plan.sender() == Role::Server {
        let requests: Vec<u8> = plan.requests.iter().flat_map(|id| post(id.get())).collect();
        octets[0] = [PREFACE.as_slice(), &octets[0], &requests].concat();
    }
    octets
}

/// All of the other side.
pub(super) fn before(plan: &Plan, conversation: &Conversation) -> Vec<Passes> {
    other_side(plan, conversation).into_iter().map(|octets| (plan.receiver(), octets)).collect()
}

/// SETTINGS that were acknowledged so far must have passed.
fn acknowledges(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Frame(Frame::Settings(Settings::Ack)))
}

/// Both directions, in the order that `choices` say, as far as causes come before effects.
fn interleave(plan: &Plan, conversation: &Conversation, choices: &[bool], in_order: bool) -> Vec<Passes> {
    let (by, other) = (plan.sender(), plan.receiver());
    let mut others = other_side(plan, conversation).into_iter();
    let mut passes = Vec::new();
    let mut choices = choices.iter().cycle();
    // What the server says first: a request must have been there, and what is allowed must have been said.
    let extended = conversation.receiver_settings.iter().any(|list| {
        list.get(SettingId::ENABLE_CONNECT_PROTOCOL) == Some(1)
            || list.get(SettingId::MAX_FRAME_SIZE).is_some()
    });
    if in_order {
        let all = if extended { usize::MAX } else { 1 };
        passes.extend(others.by_ref().take(all).map(|octets| (other, octets)));
    }
    let mut sent = passes.len();
    let mut acknowledged = 0;
    for step in &conversation.steps {
        acknowledged += usize::from(acknowledges(&step.meaning));
        while in_order && sent < acknowledged || choices.next() == Some(&true) && others.len() > 0 {
            passes.extend(others.next().map(|octets| (other, octets)));
            sent += 1;
        }
        passes.push((by, step.octets.clone()));
    }
    passes.extend(others.map(|octets| (other, octets)));
    passes
}

fn run(watcher: Watcher, passes: &[Passes]) -> (Watcher, Vec<Finding>) {
    let mut watcher = watcher;
    let findings = passes.iter().flat_map(|passes| pass(&mut watcher, passes, 1_000)).collect();
    (watcher, findings)
}

fn plan() -> impl Strategy<Value = Plan> {
    (any::<bool>(), any::<bool>()).prop_map(|(is_client, accept_push)| {
        let plan = if is_client { Plan::client() } else { Plan::server() };
        plan.with_limits(Limits::DEFAULT.with_accept_push(accept_push))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn valid_ones_give_no_finding(
        (plan, conversation) in plan().prop_flat_map(|plan| (Just(plan.clone()), strategy::conversation(plan))),
        choices in prop::collection::vec(any::<bool>(), 1..50),
    ) {
        let passes = interleave(&plan, &conversation, &choices, true);
        let (watcher, findings) = run(in_order(), &passes);
        prop_assert_eq!(findings, []);
        // Each message of the one side is complete.
        let is_client = plan.sender() == Role::Client;
        let ended = |open: OpenStream| if is_client { open.client_ended } else { open.server_ended };
        let open: Vec<_> = watcher.open_streams().filter(|open| !ended(*open)).collect();
        prop_assert_eq!(open, []);
        let passes = interleave(&plan, &conversation, &choices, false);
        prop_assert_eq!(run(in_order().with_any_order(), &passes).1, []);
    }

    /// From any frame on.
    #[test]
    fn valid_ones_give_no_finding_from_the_middle(
        (plan, conversation) in plan().prop_flat_map(|plan| (Just(plan.clone()), strategy::conversation(plan))),
        skip in 1_usize..100,
    ) {
        let steps = conversation.steps.iter().skip(skip);
        let passes: Vec<_> = steps.map(|step| (plan.sender(), step.octets.clone())).collect();
        prop_assert_eq!(run(Watcher::joined(&LIMITS).unwrap(), &passes).1, []);
    }
}

/// What a connection would have to end is found, at its place, and not before.
#[test]
fn breaches_of_streams_are_found() {
    let mut count = 0;
    for plan in
        [Plan::client(), Plan::server(), Plan::server().with_limits(Limits::DEFAULT.with_accept_push(true))]
    {
        for seed in 0..20_u8 {
            let octets: Vec<u8> = (0..200_u8).map(|n| n.wrapping_mul(31) ^ seed.wrapping_mul(77)).collect();
            for breach in StreamBreach::ALL {
                let broken = BrokenConversation::breaking_stream(*breach, &plan, &mut Seed::new(&octets));
                let Some(broken) = broken else { continue };
                let passes = interleave(&plan, &broken.conversation, &[false], true);
                let (_, findings) = run(in_order(), &passes);
                let Some(finding) = findings.first() else { panic!("{breach:?} {:?}", plan.sender()) };
                let codes = [finding.cause.code(), breach.code()];
                assert_eq!(codes[0], codes[1], "{breach:?}: {finding}");
                assert_eq!(finding.by, plan.sender());
                // The breach is in the last step.
                let steps = &broken.conversation.steps;
                let before: usize = steps[..steps.len() - 1].iter().map(|step| step.octets.len()).sum();
                assert!(finding.offset >= u64::try_from(before).unwrap(), "{breach:?}: {finding}");
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count}");
}
