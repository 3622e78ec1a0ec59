//! Writes frames and field sections, and nothing that a peer must refuse.

mod frames; // constructors, the preface, frames without a field block
mod section; // fields to frames
mod short; // a frame in one call

// In an order of their own, so that the docs show `new` and `frame` first.
#[cfg(feature = "alloc")]
mod append; // output that grows
#[cfg(feature = "alloc")]
mod append_short; // a frame in one call, the same
mod data; // content to DATA frames
mod layout; // a field block in its frames
mod padding; // how many bytes hide a length
#[cfg(feature = "alloc")]
mod template; // a section that is sent many times

use h2wire_frame::{EncodeError, FrameType, PayloadLength};
use h2wire_hpack::{BufferTooSmall, Encoder};

use crate::receive::{Order, Refused};
use crate::{Breach, MalformedSet, Rule};
#[cfg(feature = "alloc")]
pub use append::{Output, append_frame_unchecked};
pub use data::DataFrames;
pub use padding::Padding;
pub use section::SectionWriter;
#[cfg(feature = "alloc")]
pub use template::SectionTemplate;

/// Writes one direction of a connection into buffers of the caller.
///
/// It enforces the rules that a [`Reader`](crate::Reader) at the other end checks: the order of frames, who may send
/// which, the peer's frame size, and what a field section may contain. Pass the peer's SETTINGS to
/// [`acknowledge`](Self::acknowledge). The caller is responsible for windows and stream states, and for
/// rules that depend on them: stream identifiers grow, the last stream of a later GOAWAY is never higher,
/// `ENABLE_CONNECT_PROTOCOL` never returns to 0. To write frames that break the rules, for tests of other
/// implementations, use [`FrameHeader::encode_raw`](h2wire_frame::FrameHeader::encode_raw).
///
/// ```
/// use h2wire::frame::{SettingBuffer, SettingId, Settings, StreamId};
/// use h2wire::{FieldLine, Role, SectionHead, Writer};
///
/// let memory = [0; Writer::memory_len(4096)];
/// let mut writer = Writer::new_in(Role::Client, 4096, memory)?;
/// let mut buf = [0; 256];
/// let mut len = writer.preface(&mut buf)?;
///
/// let mut settings = SettingBuffer::<1>::new();
/// settings.push(SettingId::ENABLE_PUSH, 0)?;
/// len += writer.frame(&Settings::List(settings.list()).into(), &mut buf[len..])?;
///
/// let head = SectionHead::headers(StreamId::try_from(1)?, true);
/// let mut section = writer.section(head, &mut buf[len..])?;
/// for (name, value) in [
///     (":method", "GET"),
///     (":scheme", "https"),
///     (":path", "/"),
///     (":authority", "example.com"),
/// ] {
///     section.field(&FieldLine::from((name, value)))?;
/// }
/// section.field(&FieldLine::never_indexed(b"authorization", b"secret"))?;
/// len += section.finish()?;
/// # assert!(len > 24 + 15 + 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Writer<M> {
    /// The longest payload to send, in bytes, if the peer accepts that much: see [`longest_payload`](Self::longest_payload).
    /// Default: no limit of one's own. Set less to spare a small peer; less than 16 counts as 16. Field
    /// blocks are cut by it too, and a peer may refuse one of many CONTINUATION frames.
    pub max_frame_size: PayloadLength,
    /// How DATA frames and field blocks are padded. Default: not at all.
    pub padding: Padding,
    /// Whether field sections are checked as [`FieldValidator`](crate::FieldValidator) does. Default on. Turn it off
    /// when forwarding sections that were already validated.
    pub validate_fields: bool,
    /// Rules about fields that are not checked while all others are. Default none. Peers may refuse what is sent then.
    pub allowed: MalformedSet,
    /// Whether `:protocol` may be sent. [`settings_received`](Self::settings_received) turns it on for a client when
    /// the server sends `SETTINGS_ENABLE_CONNECT_PROTOCOL` 1. RFC 8441 §3.
    pub extended_connect: bool,
    /// What the peer accepts.
    peer_max_frame_size: PayloadLength,
    encoder: Encoder<M>,
    /// The order of frames as their receiver sees it.
    receiver: Order,
    preface: Preface,
    /// A section was begun, and neither finished nor dropped.
    unfinished: bool,
}

/// Whether the preface is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Preface {
    /// It must be, now.
    Due,
    /// It may be, now: a relay does not say whose frames it passes on.
    Allowed,
    /// It was, or must not be.
    Over,
}

/// A position in the order of frames.
#[cfg(feature = "tokio")]
pub(crate) struct WriterPlace {
    order: Order,
    preface: Preface,
}

/// Something cannot be written. Ignore what the buffer contains now. The call can be repeated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The frame cannot be encoded, or there is no room for it.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The peer would have to refuse it: it breaks a rule about the order of frames, the sender or the frame size.
    #[error("the peer must refuse this: {0}")]
    Refused(Rule),
    /// The peer would have to refuse it: the field section is malformed.
    #[error("the peer must refuse this: {0}")]
    Malformed(Breach),
    /// A HEADERS, `PUSH_PROMISE` or CONTINUATION frame is written by [`Writer::section`], which keeps HPACK in step.
    #[error("HEADERS, PUSH_PROMISE and CONTINUATION are written by Writer::section")]
    FieldBlock,
    /// The field is not [`known`](crate::FieldLine::known): it came from a reader that has missed field blocks.
    #[error("a field that is not known cannot be sent: the reader has missed field blocks")]
    UnknownField,
    /// A `PUSH_PROMISE` frame cannot have `END_STREAM` or priority fields. RFC 9113 §6.6.
    #[error("a PUSH_PROMISE frame cannot have END_STREAM or priority fields, or come from a template")]
    PromiseHead,
    /// The section template is that of a writer of another role.
    #[error("the section template was made by a writer of another role")]
    OtherRole,
    /// The receiver must ignore it from this side: ALTSVC and ORIGIN are a server's. RFC 7838 §4, RFC 8336 §2.1.
    #[error("a client does not send {0} frames")]
    OnlyByServer(FrameType),
    /// The connection has to start with the preface: see [`Writer::preface`].
    #[error("the client connection preface comes first")]
    PrefaceMissing,
    /// The preface is a client's, and the first that it sends.
    #[error("the preface is only sent by a client, at the start")]
    PrefaceMisplaced,
}

impl WriteError {
    /// The rule that the peer would find broken.
    #[must_use]
    pub const fn rule(&self) -> Option<Rule> {
        match self {
            Self::Refused(rule) => Some(*rule),
            Self::Malformed(breach) => Some(Rule::Malformed(breach.malformed)),
            Self::Encode(EncodeError::Refused(rule)) => Some(Rule::Frame(*rule)),
            _ => None,
        }
    }

    /// The length that the buffer must have, if it was too small.
    #[must_use]
    pub const fn needed(&self) -> Option<usize> {
        match self {
            Self::Encode(EncodeError::BufferTooSmall { needed }) => Some(*needed),
            _ => None,
        }
    }
}

impl From<BufferTooSmall> for WriteError {
    fn from(error: BufferTooSmall) -> Self {
        EncodeError::BufferTooSmall { needed: error.needed }.into()
    }
}

impl From<Breach> for WriteError {
    fn from(breach: Breach) -> Self {
        Self::Malformed(breach)
    }
}

impl From<Refused> for WriteError {
    fn from(refused: Refused) -> Self {
        Self::Refused(match refused {
            Refused::Connection(error) => error.rule,
            Refused::Stream(error) => error.rule,
        })
    }
}
