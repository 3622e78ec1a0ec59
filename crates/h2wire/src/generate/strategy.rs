//! Strategies for proptest. They shrink to shorter seeds, which give shorter conversations.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::{BrokenConversation, Conversation, Plan, Seed, StreamBreach};
use crate::Rule;

fn seed() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

/// Conversations that follow the plan.
pub fn conversation(plan: Plan) -> impl Strategy<Value = Conversation> {
    seed().prop_map(move |seed| Conversation::new(&plan, &mut Seed::new(&seed)))
}

/// Conversations that break one of all the rules that the sender can break, or the state of a stream.
pub fn broken_conversation(plan: Plan) -> impl Strategy<Value = BrokenConversation> {
    seed().prop_filter_map("the plan does not allow it", move |seed| {
        BrokenConversation::any(&plan, &mut Seed::new(&seed))
    })
}

/// Conversations that break `rule`; if the plan allows none, the test gives up.
pub fn breaking(rule: Rule, plan: Plan) -> impl Strategy<Value = BrokenConversation> {
    seed().prop_filter_map("the plan does not allow it", move |seed| {
        BrokenConversation::breaking(rule, &plan, &mut Seed::new(&seed))
    })
}

/// Conversations that break the state of a stream, or a window; if the plan allows none, the test gives up.
pub fn breaking_stream(breach: StreamBreach, plan: Plan) -> impl Strategy<Value = BrokenConversation> {
    seed().prop_filter_map("the plan does not allow it", move |seed| {
        BrokenConversation::breaking_stream(breach, &plan, &mut Seed::new(&seed))
    })
}
