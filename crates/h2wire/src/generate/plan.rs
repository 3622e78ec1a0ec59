//! What a conversation is made for.

use alloc::vec;
use alloc::vec::Vec;

use h2wire_frame::{SettingId, SettingList, StreamId};

use crate::{Limits, Role};

/// The streams that a server's conversation answers, if nothing else is said: those of a client's first four requests.
const REQUESTS: [u32; 4] = [1, 3, 5, 7];

/// Who sends a conversation, and what its receiver does that the sender must follow.
///
/// ```
/// use h2wire::Limits;
/// use h2wire::frame::StreamId;
/// use h2wire::generate::Plan;
///
/// // For a server with these limits; what breaks a rule shall do so on stream 7.
/// let limits = Limits::DEFAULT.with_max_section_size(16_384);
/// let plan = Plan::client().with_limits(limits).with_stream(StreamId::try_from(7)?);
/// # let _ = plan;
/// # Ok::<(), h2wire::frame::StreamIdTooLarge>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Plan {
    pub(super) sender: Role,
    /// The limits of the receiver. Default [`Limits::DEFAULT`]. The sections of a valid conversation are small but do not go by them:
    /// allow 4,096 bytes and 32 fields at least.
    pub limits: Limits,
    /// The SETTINGS frames that the receiver sends: each is acknowledged once and followed from then on. Default the one
    /// that tells the limits.
    pub receiver_settings: Vec<SettingList<Vec<u8>>>,
    /// The streams that a server's conversation answers: the client sent a request on each, not with HEAD or CONNECT. Default
    /// 1, 3, 5, 7. A client's conversation opens its own.
    pub requests: Vec<StreamId>,
    /// The most streams that are opened, promised ones included. Default 16.
    pub max_streams: u32,
    /// The stream on which a [`BrokenConversation`](super::BrokenConversation) breaks a rule, if it is about a stream: a
    /// client opens it for that, a server answers it for that. Default: the next stream of a client; the last of the requests.
    pub stream: Option<StreamId>,
}

impl Plan {
    /// A conversation that a client sends, for a server to read.
    #[must_use]
    pub fn client() -> Self {
        Self::new(Role::Client)
    }

    /// A conversation that a server sends, for a client to read.
    #[must_use]
    pub fn server() -> Self {
        Self::new(Role::Server)
    }

    fn new(sender: Role) -> Self {
        let requests = REQUESTS.into_iter().filter_map(StreamId::new).collect();
        let plan = Self {
            sender,
            limits: Limits::DEFAULT,
            receiver_settings: Vec::new(),
            requests,
            max_streams: 16,
            stream: None,
        };
        plan.with_limits(Limits::DEFAULT)
    }

    /// Who sends: [`Role::Client`] or [`Role::Server`].
    #[must_use]
    pub const fn sender(&self) -> Role {
        self.sender
    }

    /// Who receives: the role of a reader.
    #[must_use]
    pub const fn receiver(&self) -> Role {
        match self.sender {
            Role::Server => Role::Client,
            _ => Role::Server,
        }
    }

    /// The same plan for a receiver with other [`limits`](Self::limits), which it announces in its only SETTINGS frame.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        let settings = limits.settings(self.receiver());
        self.receiver_settings = vec![owned(&settings.list())];
        self
    }

    /// The same plan with one more SETTINGS frame of the receiver, after the others.
    #[must_use]
    pub fn with_receiver_settings<B: AsRef<[u8]>>(mut self, settings: &SettingList<B>) -> Self {
        self.receiver_settings.push(owned(settings));
        self
    }

    /// The same plan with other [`requests`](Self::requests).
    #[must_use]
    pub fn with_requests(mut self, requests: impl IntoIterator<Item = StreamId>) -> Self {
        self.requests = requests.into_iter().collect();
        self
    }

    /// The same plan with other [`max_streams`](Self::max_streams).
    #[must_use]
    pub fn with_max_streams(mut self, max_streams: u32) -> Self {
        self.max_streams = max_streams;
        self
    }

    /// The same plan with another [`stream`](Self::stream).
    #[must_use]
    pub fn with_stream(mut self, stream_id: StreamId) -> Self {
        self.stream = Some(stream_id);
        self
    }

    /// The last value that the receiver sends of a setting.
    pub(super) fn last_setting(&self, id: SettingId) -> Option<u32> {
        self.receiver_settings.iter().filter_map(|settings| settings.get(id)).next_back()
    }

    /// The longest payload that the receiver accepts.
    pub(super) fn max_frame_size(&self) -> u32 {
        let announced = self.receiver_settings.iter().filter_map(|list| list.get(SettingId::MAX_FRAME_SIZE));
        announced.fold(0x4000, u32::max)
    }
}

fn owned<B: AsRef<[u8]>>(settings: &SettingList<B>) -> SettingList<Vec<u8>> {
    settings.as_borrowed().map(<[u8]>::to_vec)
}
