//! Conversations with one breach, and the answer to expect.

mod answer; // what is broken, and what to expect
mod fields; // what a section may contain
mod frames; // one frame, the order of frames, the sender
mod hpack; // field blocks
mod limits; // more than the receiver accepts
mod opening; // what stands in the place of the start
mod raw; // the bytes of a breach: frames with anything in them
mod rules; // which rules can be broken
mod stage; // what must be there before a breach
mod stream_breach; // what a connection has to find
mod streams; // states and windows

use alloc::vec::Vec;

use super::{Plan, Seed};
use crate::Rule;
pub use answer::{Answer, BrokenConversation, BrokenRule};
pub use rules::{UNBREAKABLE, breakable};
use stage::Stage;
pub use stream_breach::StreamBreach;

impl BrokenConversation {
    /// A conversation that breaks `rule`. The seed decides what comes before, at most 12 actions, and what the rule leaves open.
    ///
    /// There is one for each rule of [`breakable`] for the sender, with any seed, if the plan allows it. `None`:
    /// - for other rules;
    /// - if the [`stream`](Plan::stream) of the plan is not the sender's to use, or the plan of a server has no requests;
    /// - for a limit that the plan's limits do not let anyone exceed: another one is exceeded before, or it takes more than 1 MiB;
    /// - for a rule about frame sizes, strings or tables if the receiver announces the largest that there is, or a table for
    ///   which `max_table_size` has less than 64 bytes.
    #[must_use]
    pub fn breaking(rule: Rule, plan: &Plan, seed: &mut Seed<'_>) -> Option<Self> {
        if !rules::is_breakable(rule, plan.sender) {
            return None;
        }
        let mut stage = Stage::new(plan, BrokenRule::Rule(rule), seed)?;
        // What comes before is decided by the rest.
        let mut own = Seed::new(seed.take(32));
        if let Rule::Frame(rule) = rule
            && let Some(breach) = opening::breach(rule, &mut stage, &mut own)
        {
            return Some(stage.end(breach));
        }
        stage.set(seed);
        let breach = match rule {
            Rule::Frame(rule) => frames::breach(rule, &mut stage, &mut own),
            Rule::Hpack(error) => hpack::breach(error, &mut stage, &mut own),
            Rule::Malformed(malformed) => fields::breach(malformed, &mut stage, &mut own),
            Rule::Limit(limit) => limits::breach(limit, &mut stage, &mut own),
        };
        breach.map(|breach| stage.end(breach))
    }

    /// A conversation that a connection has to refuse because of the state of a stream, or of a window. The readers of this
    /// crate accept it. `None` if the other side must send it, and as for [`breaking`](Self::breaking).
    #[must_use]
    pub fn breaking_stream(breach: StreamBreach, plan: &Plan, seed: &mut Seed<'_>) -> Option<Self> {
        let mut stage = Stage::new(plan, BrokenRule::Stream(breach), seed)?;
        let mut own = Seed::new(seed.take(32));
        stage.set(seed);
        let breach = streams::breach(breach, &mut stage, &mut own)?;
        Some(stage.end(breach))
    }

    /// A conversation that breaks something: one of all that the sender can break.
    pub(super) fn any(plan: &Plan, seed: &mut Seed<'_>) -> Option<Self> {
        if seed.one_in(6) {
            let breach = seed.choose(StreamBreach::ALL).copied()?;
            return Self::breaking_stream(breach, plan, seed);
        }
        let rules: Vec<_> = breakable(plan.sender).collect();
        let rule = seed.choose(&rules).copied()?;
        Self::breaking(rule, plan, seed)
    }
}
