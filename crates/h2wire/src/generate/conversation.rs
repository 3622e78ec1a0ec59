//! A conversation: what one side sends, step by step.

use alloc::vec::Vec;

use h2wire_frame::{Frame, SettingList};

use crate::{FieldList, Role, SectionHead, SectionKind};

/// All that one side of a connection sends, valid for any peer.
///
/// Stream identifiers grow, HPACK is real (tables, Huffman codes, fields never indexed), windows are kept as if the peer did not
/// widen them, `content-length` is right, each message goes from its head to its end, and each SETTINGS frame of the receiver is
/// acknowledged. There are also padding, CONTINUATION, PING, SETTINGS, priorities, unknown frames, `WINDOW_UPDATE`,
/// `RST_STREAM` on open streams, interim responses, trailers, `PUSH_PROMISE` where it is allowed, and GOAWAY at the end.
///
/// ```
/// use h2wire::generate::{Conversation, Plan, Seed};
/// use h2wire::{Event, Progress, Reader, Role};
///
/// let plan = Plan::client();
/// let conversation = Conversation::new(&plan, &mut Seed::new(b"any bytes, the more the longer"));
/// let mut reader = Reader::new(Role::Server, &plan.limits)?;
/// for settings in &plan.receiver_settings {
///     reader.settings_sent(settings)?;
/// }
/// for step in &conversation.steps {
///     let mut input = step.octets.as_slice(); // or send them to a peer
///     while let Progress::Item { item, consumed } = reader.read(input)? {
///         assert!(!matches!(item, Event::StreamError { .. }));
///         input = &input[consumed..];
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Conversation {
    /// Who sends: [`Role::Client`] or [`Role::Server`].
    pub sender: Role,
    /// What is sent, in this order.
    pub steps: Vec<Step>,
    /// The SETTINGS frames of the receiver that are acknowledged: those of the plan, and for some breaches one or two more. A
    /// receiver that sends others may judge otherwise.
    pub receiver_settings: Vec<SettingList<Vec<u8>>>,
}

/// Bytes that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Step {
    /// The preface, a frame, or the frames of a field section.
    pub octets: Vec<u8>,
    /// What they mean.
    pub meaning: Meaning,
}

/// What a step means to its receiver.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Meaning {
    /// The client connection preface.
    Preface,
    /// A frame without a field block.
    Frame(Frame<Vec<u8>>),
    /// HEADERS or `PUSH_PROMISE`, and CONTINUATION.
    Section {
        /// The stream and flags.
        head: SectionHead,
        /// What it is.
        kind: SectionKind,
        /// Its fields as they are read: [`Indexing::Never`](crate::Indexing::Never) or
        /// [`Indexing::Auto`](crate::Indexing::Auto).
        fields: FieldList,
    },
    /// What breaks a rule, in the last step of a [`BrokenConversation`](super::BrokenConversation).
    Breach,
}

impl Conversation {
    /// The bytes of all steps.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        self.steps.iter().flat_map(|step| step.octets.iter().copied()).collect()
    }
}
