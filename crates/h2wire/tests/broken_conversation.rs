//! Conversations with one breach: every reader reports the rule, code, scope and place that the generator predicts.

mod answer;
mod common;
mod noise;
mod readers;

use std::collections::HashSet;

use answer::assert_found;
use arbitrary::{Arbitrary, Unstructured};
use h2wire::frame::{PayloadLength, Scope, StreamId};
use h2wire::generate::{
    BrokenConversation, BrokenRule, Conversation, Meaning, Plan, Seed, StreamBreach, breakable, strategy,
};
use h2wire::hpack::HpackError;
use h2wire::{Limit, Limits, Role, Rule};
use noise::noise;
use proptest::prelude::*;

/// With these every limit can be exceeded.
fn narrow() -> Limits {
    Limits::DEFAULT
        .with_max_section_size(1_000)
        .with_max_fields(20)
        .with_max_block_len(20_000)
        .with_max_continuations(5)
        .with_max_settings(2)
        .with_max_table_size(512)
        .with_max_frame_size(PayloadLength::new(20_000).unwrap())
}

/// All rules that the plan lets its sender break.
fn break_all(plan: &Plan, seeds: u64) -> HashSet<Rule> {
    let mut broken_rules = HashSet::new();
    for rule in breakable(plan.sender()) {
        for seed in 0..seeds {
            let noise = noise(seed, 40 + usize::try_from(seed).unwrap());
            let broken = BrokenConversation::breaking(rule, plan, &mut Seed::new(&noise));
            assert_eq!(
                broken.is_some(),
                seed == 0 && broken.is_some() || broken_rules.contains(&rule),
                "{rule:?}"
            );
            let Some(broken) = broken else { break };
            assert_eq!(
                (broken.answer.broken_rule, broken.answer.code()),
                (BrokenRule::Rule(rule), rule.code())
            );
            assert_eq!(broken.conversation.steps.last().map(|step| &step.meaning), Some(&Meaning::Breach));
            let cuts = noise.iter().take(5).map(|octet| usize::from(*octet) * 7).collect::<Vec<_>>();
            assert_found(plan, &broken, &cuts);
            broken_rules.insert(rule);
        }
    }
    broken_rules
}

#[test]
fn every_rule_is_broken_as_predicted() {
    for plan in [Plan::client(), Plan::server()] {
        let plan = plan.with_limits(narrow());
        let all: HashSet<Rule> = breakable(plan.sender()).collect();
        assert_eq!(break_all(&plan, 120), all);
    }
}

/// A section has too many bytes there before it has too many fields.
#[test]
fn by_the_default_limits_only_the_number_of_fields_cannot_be_broken() {
    for plan in [Plan::client(), Plan::server()] {
        let mut all: HashSet<Rule> = breakable(plan.sender()).collect();
        all.remove(&Rule::Limit(Limit::Fields));
        assert_eq!(break_all(&plan, 3), all);
    }
}

/// A table that is smaller than any entry, or than the one that is made to break `missing_size_update`; and a large one.
#[test]
fn no_size_of_the_table_hides_the_rule() {
    for plan in [Plan::client(), Plan::server()] {
        for size in [0, 1, 32, 63, 64, 20_000] {
            let limits = narrow().with_max_table_size(size);
            let mut all: HashSet<Rule> = breakable(plan.sender()).collect();
            if size < 64 {
                all.remove(&Rule::Hpack(HpackError::MissingSizeUpdate));
            }
            assert_eq!(break_all(&plan.clone().with_limits(limits), 40), all, "{size}");
        }
    }
}

/// Without a seed there is the plainest breach, with nothing before it.
#[test]
fn the_stream_is_that_of_the_plan() {
    let chosen = StreamId::new(15).unwrap();
    for plan in
        [Plan::client(), Plan::server().with_requests([3, 15, 17].map(|id| StreamId::new(id).unwrap()))]
    {
        let plan = plan.with_stream(chosen);
        let mut others = 0;
        for rule in breakable(plan.sender()) {
            for len in [0, 300] {
                let Some(broken) = BrokenConversation::breaking(rule, &plan, &mut Seed::new(&noise(9, len)))
                else {
                    assert_eq!(rule, Rule::Limit(Limit::Fields));
                    continue;
                };
                let ids = broken.conversation.steps.iter().filter_map(|step| match &step.meaning {
                    Meaning::Section { head, .. } => Some(head.stream_id),
                    _ => None,
                });
                others += ids.filter(|id| *id < chosen).count();
                if let Scope::Stream(stream_id) = broken.answer.scope {
                    assert!(stream_id == chosen || rule.name().starts_with("promise"), "{broken:?}");
                }
            }
        }
        assert!(plan.sender() == Role::Server || others > 20, "a client uses those in front of it: {others}");
        let even = plan.clone().with_stream(StreamId::new(4).unwrap());
        for rule in breakable(plan.sender()) {
            assert_eq!(BrokenConversation::breaking(rule, &even, &mut Seed::new(&[])), None);
        }
    }
    for rule in breakable(Role::Client) {
        assert_eq!(
            BrokenConversation::breaking(rule, &Plan::server().with_requests([]), &mut Seed::new(&[])),
            None
        );
    }
}

/// They are for a connection to find: the readers have nothing to say.
#[test]
fn states_of_streams_are_broken_and_nothing_else() {
    for plan in [Plan::client(), Plan::server()] {
        for breach in StreamBreach::ALL {
            for seed in 0..40 {
                let broken =
                    BrokenConversation::breaking_stream(*breach, &plan, &mut Seed::new(&noise(seed, 200)));
                assert_eq!(broken.is_some(), breach.is_possible_for(plan.sender()), "{breach:?}");
                let Some(broken) = broken else { continue };
                assert_eq!(
                    (broken.answer.broken_rule, broken.answer.code()),
                    (BrokenRule::Stream(*breach), breach.code())
                );
                assert_found(&plan, &broken, &[3, 70, 200]);
                // Its window is narrow: nobody has to read 65,535 bytes for it.
                let len = broken.conversation.steps.last().map_or(0, |step| step.octets.len());
                assert!(*breach != StreamBreach::StreamWindowExceeded || len < 200, "{len} bytes");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn strategies_make_them_too(
        (is_client, broken) in any::<bool>().prop_flat_map(|is_client| {
            (Just(is_client), strategy::broken_conversation(plan(is_client)))
        }),
        cuts in prop::collection::vec(any::<usize>(), 1..10),
    ) {
        assert_found(&plan(is_client), &broken, &cuts);
    }

    #[test]
    fn so_does_arbitrary(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let whole = Conversation::arbitrary(&mut Unstructured::new(&octets)).unwrap();
        prop_assert!(whole.steps.iter().all(|step| step.meaning != Meaning::Breach));
        if let Ok(broken) = BrokenConversation::arbitrary(&mut Unstructured::new(&octets)) {
            assert_found(&plan(broken.conversation.sender == Role::Client), &broken, &[5]);
        }
    }
}

fn plan(is_client: bool) -> Plan {
    if is_client { Plan::client() } else { Plan::server() }
}
