//! What a conversation breaks, and the answer to expect.

use alloc::vec::Vec;

use h2wire_frame::{ErrorCode, Scope};

use super::stream_breach::StreamBreach;
use crate::Rule;
use crate::generate::Conversation;

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
    pub broken_rule: BrokenRule,
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
pub enum BrokenRule {
    /// What the readers of this crate report.
    Rule(Rule),
    /// What a connection has to find: it depends on the states of streams and on windows, which a reader does not know.
    Stream(StreamBreach),
}

impl BrokenRule {
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
        self.broken_rule.code()
    }
}

impl BrokenConversation {
    /// The bytes of all steps.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        self.conversation.octets()
    }
}
