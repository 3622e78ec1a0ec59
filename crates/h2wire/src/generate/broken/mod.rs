//! Conversations with one breach, and the answer to expect.

mod fields; // what a section may contain
mod frames; // one frame, the order of frames, the sender
mod hpack; // field blocks
mod limits; // more than the receiver accepts
mod opening; // what stands in the place of the start
mod raw; // frames with anything in them
mod rules; // which rules can be broken
mod stage; // what must be there before a breach
mod streams; // states and windows

use alloc::vec::Vec;

use h2wire_frame::{ErrorCode, Scope, StreamId};

use super::speaker::Speaker;
use super::{Conversation, Meaning, Plan, Seed};
use crate::Rule;
pub use rules::{UNBREAKABLE, breakable};
use stage::Stage;
pub use streams::StreamBreach;

/// A valid start of a conversation, then one breach, which is the last step; and the answer to expect.
///
/// ```
/// use h2wire::Rule;
/// use h2wire::frame::{ErrorCode, Scope, StreamId};
/// use h2wire::generate::{BrokenConversation, Plan, Seed};
/// use h2wire::Malformed;
///
/// let stream_id = StreamId::try_from(9)?;
/// let plan = Plan::client().with_stream(stream_id);
/// let rule = Rule::Malformed(Malformed::PathEmpty);
/// let broken = BrokenConversation::breaking(rule, &plan, &mut Seed::new(b"any bytes")).unwrap();
/// assert_eq!(broken.answer.scope, Scope::Stream(stream_id));
/// assert_eq!(broken.answer.code(), ErrorCode::PROTOCOL_ERROR);
/// # Ok::<(), h2wire::frame::StreamIdTooLarge>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct BrokenConversation {
    /// What is sent. It has no end: streams may be open.
    pub conversation: Conversation,
    /// What the receiver has to say to the last step.
    pub answer: Answer,
}

/// What a receiver has to say to a breach.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// What was broken.
    pub cause: Cause,
    /// What the error ends. An endpoint may end the connection where it need only end a stream (RFC 9113 §5.4.1), and may always
    /// answer with a more general code (§5.4).
    pub scope: Scope,
    /// Where the frame starts that breaks it, in the bytes of the conversation.
    pub offset: u64,
}

/// What can be broken.
///
/// Closed: a codec judges by rules, and a connection by the states of streams.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cause {
    /// What the readers of this crate report.
    Rule(Rule),
    /// What a connection has to find: it depends on the states of streams and on windows, which a reader does not know.
    Stream(StreamBreach),
}

impl Cause {
    /// The error code to expect.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Rule(rule) => rule.code(),
            Self::Stream(breach) => breach.code(),
        }
    }
}

impl Answer {
    /// The error code to expect.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.cause.code()
    }
}

/// The bytes of a breach.
struct Breach {
    octets: Vec<u8>,
    /// Where in them the frame starts that breaks the rule.
    at: usize,
    scope: Scope,
}

impl Breach {
    /// An error of the connection, by the first frame.
    fn connection(octets: Vec<u8>) -> Self {
        Self { octets, at: 0, scope: Scope::Connection }
    }

    /// An error of a stream, by the first frame.
    fn stream(stream_id: StreamId, octets: Vec<u8>) -> Self {
        Self { octets, at: 0, scope: Scope::Stream(stream_id) }
    }

    /// The frame that breaks the rule comes after others.
    fn after(self, before: &[u8]) -> Self {
        let at = self.at.saturating_add(before.len());
        Self { octets: [before, &self.octets].concat(), at, ..self }
    }
}

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
        let mut stage = Stage::new(plan, Cause::Rule(rule), seed)?;
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
        let mut stage = Stage::new(plan, Cause::Stream(breach), seed)?;
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

    /// The bytes of all steps.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        self.conversation.octets()
    }
}
