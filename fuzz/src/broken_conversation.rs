//! Conversations with one breach: every reader, in every split, reports the rule, scope and place that the generator
//! predicts, and nothing before.
//!
//! Input: a plan and cuts as for `conversation`, two octets that choose what is broken, and the seed of a conversation.

use h2wire::generate::{BrokenConversation, BrokenRule, Plan, Seed, StreamBreach, breakable};

use crate::answer::assert_found;
use crate::conversation::{cuts, plan};
use crate::input::Input;

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (plan, cuts) = (plan(&mut input), cuts(&mut input));
    let causes = causes(&plan);
    let cause = causes[usize::from(u16::from_be_bytes(input.octets())) % causes.len()];
    let mut seed = Seed::new(input.0);
    let broken = match cause {
        BrokenRule::Rule(rule) => BrokenConversation::breaking(rule, &plan, &mut seed),
        BrokenRule::Stream(breach) => BrokenConversation::breaking_stream(breach, &plan, &mut seed),
    };
    if let Some(broken) = broken {
        assert_found(&plan, &broken, &cuts);
    }
}

/// All that the sender can break, in an order that stays.
pub(crate) fn causes(plan: &Plan) -> Vec<BrokenRule> {
    let possible = StreamBreach::ALL.iter().filter(|breach| breach.is_possible_for(plan.sender()));
    breakable(plan.sender()).map(BrokenRule::Rule).chain(possible.map(|breach| BrokenRule::Stream(*breach))).collect()
}
