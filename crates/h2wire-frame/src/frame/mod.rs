//! The ten frames, one file each, and [`Frame`], which is any of them.

pub(crate) mod altsvc;
pub(crate) mod continuation;
pub(crate) mod data;
mod describe;
mod from;
pub(crate) mod goaway;
pub(crate) mod headers;
pub(crate) mod origin;
pub(crate) mod parse;
pub(crate) mod ping;
pub(crate) mod priority;
pub(crate) mod priority_update;
pub(crate) mod push_promise;
pub(crate) mod rst_stream;
pub(crate) mod settings;
pub(crate) mod table;
pub(crate) mod unknown;
pub(crate) mod window_update;

use crate::shape::Shape;
use crate::{
    Continuation, Data, EncodeError, FrameError, FrameHeader, FrameType, GoAway, Headers, Ping, Priority,
    PushPromise, RstStream, Settings, StreamId, Unknown, WindowUpdate, wire,
};

/// A frame. `B` holds the bytes of its payload: `&[u8]` when parsed, any `AsRef<[u8]>` when sent.
///
/// ```
/// use h2wire_frame::{Frame, ParseOptions, Ping, Progress};
///
/// let ping = Ping { ack: false, opaque_data: *b"deadbeef" };
/// let mut bytes = [0; 17];
/// ping.encode(&mut bytes)?;
///
/// let parsed = Frame::parse(&bytes, &ParseOptions::DEFAULT)?;
/// let Progress::Item { item: (header, frame), consumed } = parsed else {
///     panic!("more bytes are needed")
/// };
/// assert_eq!(header.to_string(), "PING stream 0, 8 bytes");
/// assert_eq!(consumed, 17);
/// assert_eq!(frame, ping.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Closed: RFC 9113 §6 defines ten types, and every other one is an [`Unknown`]. The structs of frames are closed too, as
/// their layout is fixed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Frame<B> {
    /// Content of a request or response. RFC 9113 §6.1.
    Data(Data<B>),
    /// Fields of a request, a response or trailers, as a field block or the start of one. RFC 9113 §6.2.
    Headers(Headers<B>),
    /// A priority of RFC 7540, which is deprecated. RFC 9113 §6.3.
    Priority(Priority),
    /// The end of a stream, with an error code. RFC 9113 §6.4.
    RstStream(RstStream),
    /// What its sender accepts, or the acknowledgment of that. RFC 9113 §6.5.
    Settings(Settings<B>),
    /// The fields of a request whose response a server promises. RFC 9113 §6.6.
    PushPromise(PushPromise<B>),
    /// A question whether the peer is there, or its answer. RFC 9113 §6.7.
    Ping(Ping),
    /// Its sender takes no more streams. RFC 9113 §6.8.
    GoAway(GoAway<B>),
    /// The peer may send more content. RFC 9113 §6.9.
    WindowUpdate(WindowUpdate),
    /// More of a field block. RFC 9113 §6.10.
    Continuation(Continuation<B>),
    /// A frame of any other type. RFC 9113 §5.5.
    Unknown(Unknown<B>),
}

/// The most bytes that come before the payload in a vectored write: those of a whole PING.
pub const MAX_HEAD_LEN: usize = FrameHeader::LEN + 8;

impl<'a> Frame<&'a [u8]> {
    /// Reads the payload of a frame whose header was checked. `payload` has the length it says.
    ///
    /// Each arm builds the result in place with `ok` or `err`: to copy a frame right after it was written field by field takes
    /// longer than to parse it.
    #[inline(always)]
    pub(crate) fn dispatch<R>(
        header: &FrameHeader,
        shape: &Shape,
        payload: &'a [u8],
        ok: impl FnOnce(Self) -> R,
        err: impl FnOnce(FrameError) -> R,
    ) -> R {
        let FrameHeader { frame_type, stream_id, .. } = *header;
        // §4.1: the flags that the type defines; the others are ignored.
        let flags = header.flags & shape.flags;
        match frame_type {
            FrameType::DATA => Data::parse(flags, stream_id, payload).map_or_else(err, |f| ok(Self::Data(f))),
            FrameType::HEADERS => {
                Headers::parse(flags, stream_id, payload).map_or_else(err, |f| ok(Self::Headers(f)))
            }
            FrameType::PRIORITY => {
                Priority::parse(stream_id, payload).map_or_else(err, |f| ok(Self::Priority(f)))
            }
            FrameType::RST_STREAM => {
                RstStream::parse(stream_id, payload).map_or_else(err, |f| ok(Self::RstStream(f)))
            }
            FrameType::SETTINGS => {
                Settings::parse(flags, payload).map_or_else(err, |f| ok(Self::Settings(f)))
            }
            FrameType::PUSH_PROMISE => {
                PushPromise::parse(flags, stream_id, payload).map_or_else(err, |f| ok(Self::PushPromise(f)))
            }
            FrameType::PING => Ping::parse(flags, payload).map_or_else(err, |f| ok(Self::Ping(f))),
            FrameType::GOAWAY => GoAway::parse(payload).map_or_else(err, |f| ok(Self::GoAway(f))),
            FrameType::WINDOW_UPDATE => {
                WindowUpdate::parse(stream_id, payload).map_or_else(err, |f| ok(Self::WindowUpdate(f)))
            }
            FrameType::CONTINUATION => ok(Self::Continuation(Continuation::parse(flags, stream_id, payload))),
            _ => Unknown::parse(header, shape, payload).map_or_else(err, |f| ok(Self::Unknown(f))),
        }
    }
}

impl Frame<usize> {
    /// Parses the fields of a frame whose payload comes in pieces. `None` for frames that consist of fields only.
    pub(crate) fn dispatch_fields(
        header: &FrameHeader,
        shape: &Shape,
        octets: &[u8],
    ) -> Result<Option<Self>, FrameError> {
        let FrameHeader { frame_type, stream_id, length, .. } = *header;
        let (flags, length) = (header.flags & shape.flags, length.to_usize());
        Ok(Some(match frame_type {
            FrameType::DATA => Self::Data(Data::parse_fields(flags, stream_id, octets, length)?.0),
            FrameType::HEADERS => Self::Headers(Headers::parse_fields(flags, stream_id, octets, length)?.0),
            FrameType::PUSH_PROMISE => {
                Self::PushPromise(PushPromise::parse_fields(flags, stream_id, octets, length)?.0)
            }
            FrameType::GOAWAY => Self::GoAway(GoAway::parse_fields(octets, length)?.0),
            FrameType::CONTINUATION => {
                Self::Continuation(Continuation::parse(flags, stream_id, &[]).map(|_| length))
            }
            FrameType::PRIORITY
            | FrameType::RST_STREAM
            | FrameType::SETTINGS
            | FrameType::PING
            | FrameType::WINDOW_UPDATE => return Ok(None),
            _ => Self::Unknown(Unknown::parse_fields(header, shape, octets)?),
        }))
    }
}

impl<B: AsRef<[u8]>> Frame<B> {
    /// Bytes of the frame, header included.
    pub fn encoded_len(&self) -> usize {
        match self {
            Self::Data(frame) => frame.encoded_len(),
            Self::Headers(frame) => frame.encoded_len(),
            Self::Priority(frame) => frame.encoded_len(),
            Self::RstStream(frame) => frame.encoded_len(),
            Self::Settings(frame) => frame.encoded_len(),
            Self::PushPromise(frame) => frame.encoded_len(),
            Self::Ping(frame) => frame.encoded_len(),
            Self::GoAway(frame) => frame.encoded_len(),
            Self::WindowUpdate(frame) => frame.encoded_len(),
            Self::Continuation(frame) => frame.encoded_len(),
            Self::Unknown(frame) => frame.encoded_len(),
        }
    }

    /// Writes the frame. Returns the number of bytes written; on an error nothing is written.
    #[inline]
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        match self {
            Self::Data(frame) => frame.encode(buf),
            Self::Headers(frame) => frame.encode(buf),
            Self::Priority(frame) => frame.encode(buf),
            Self::RstStream(frame) => frame.encode(buf),
            Self::Settings(frame) => frame.encode(buf),
            Self::PushPromise(frame) => frame.encode(buf),
            Self::Ping(frame) => frame.encode(buf),
            Self::GoAway(frame) => frame.encode(buf),
            Self::WindowUpdate(frame) => frame.encode(buf),
            Self::Continuation(frame) => frame.encode(buf),
            Self::Unknown(frame) => frame.encode(buf),
        }
    }

    /// Writes what comes before the bytes in `B`, for a vectored write: at most [`MAX_HEAD_LEN`] bytes. Then send
    /// [`payload`](Self::payload) and [`padding`](Self::padding). Frames without `B` are written whole.
    pub fn encode_head(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        match self {
            Self::Data(frame) => frame.encode_head(buf),
            Self::Headers(frame) => frame.encode_head(buf),
            Self::Settings(frame) => frame.encode_head(buf),
            Self::PushPromise(frame) => frame.encode_head(buf),
            Self::GoAway(frame) => frame.encode_head(buf),
            Self::Continuation(frame) => frame.encode_head(buf),
            Self::Unknown(frame) => frame.encode_head(buf),
            Self::Priority(_) | Self::RstStream(_) | Self::Ping(_) | Self::WindowUpdate(_) => {
                self.encode(buf)
            }
        }
    }

    /// The payload in `B`; empty for frames without one.
    pub fn payload(&self) -> &[u8] {
        self.payload_ref().map_or(&[], AsRef::as_ref)
    }
}

impl<B> Frame<B> {
    /// The value that holds the payload; `None` for frames that consist of fields only.
    #[inline]
    pub const fn payload_ref(&self) -> Option<&B> {
        Some(match self {
            Self::Data(frame) => &frame.data,
            Self::Settings(Settings::List(list)) => list.octets_ref(),
            Self::GoAway(frame) => &frame.additional_debug_data,
            Self::Unknown(frame) => &frame.payload,
            Self::Headers(_) | Self::PushPromise(_) | Self::Continuation(_) => {
                return self.field_block_fragment();
            }
            _ => return None,
        })
    }

    /// The fragment of a field block in HEADERS, `PUSH_PROMISE` and CONTINUATION.
    #[inline]
    pub const fn field_block_fragment(&self) -> Option<&B> {
        match self {
            Self::Headers(frame) => Some(&frame.field_block_fragment),
            Self::PushPromise(frame) => Some(&frame.field_block_fragment),
            Self::Continuation(frame) => Some(&frame.field_block_fragment),
            _ => None,
        }
    }

    /// The padding to send after the payload: up to 255 zeros. RFC 9113 §6.1.
    pub fn padding(&self) -> &'static [u8] {
        wire::padding(match self {
            Self::Data(frame) => frame.pad_length,
            Self::Headers(frame) => frame.pad_length,
            Self::PushPromise(frame) => frame.pad_length,
            _ => None,
        })
    }

    /// The frame type.
    pub const fn frame_type(&self) -> FrameType {
        match self {
            Self::Data(_) => FrameType::DATA,
            Self::Headers(_) => FrameType::HEADERS,
            Self::Priority(_) => FrameType::PRIORITY,
            Self::RstStream(_) => FrameType::RST_STREAM,
            Self::Settings(_) => FrameType::SETTINGS,
            Self::PushPromise(_) => FrameType::PUSH_PROMISE,
            Self::Ping(_) => FrameType::PING,
            Self::GoAway(_) => FrameType::GOAWAY,
            Self::WindowUpdate(_) => FrameType::WINDOW_UPDATE,
            Self::Continuation(_) => FrameType::CONTINUATION,
            Self::Unknown(frame) => frame.frame_type,
        }
    }

    /// The stream the frame is on.
    pub const fn stream_id(&self) -> StreamId {
        match self {
            Self::Data(frame) => frame.stream_id,
            Self::Headers(frame) => frame.stream_id,
            Self::Priority(frame) => frame.stream_id,
            Self::RstStream(frame) => frame.stream_id,
            Self::PushPromise(frame) => frame.stream_id,
            Self::WindowUpdate(frame) => frame.stream_id,
            Self::Continuation(frame) => frame.stream_id,
            Self::Unknown(frame) => frame.stream_id,
            Self::Settings(_) | Self::Ping(_) | Self::GoAway(_) => StreamId::CONNECTION,
        }
    }

    /// Changes the type that holds the payload: `frame.map(Bytes::copy_from_slice)`, `frame.map(<[u8]>::to_vec)`.
    /// The content must stay the same.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Frame<C> {
        match self {
            Self::Data(frame) => Frame::Data(frame.map(f)),
            Self::Headers(frame) => Frame::Headers(frame.map(f)),
            Self::Priority(frame) => Frame::Priority(frame),
            Self::RstStream(frame) => Frame::RstStream(frame),
            Self::Settings(frame) => Frame::Settings(frame.map(f)),
            Self::PushPromise(frame) => Frame::PushPromise(frame.map(f)),
            Self::Ping(frame) => Frame::Ping(frame),
            Self::GoAway(frame) => Frame::GoAway(frame.map(f)),
            Self::WindowUpdate(frame) => Frame::WindowUpdate(frame),
            Self::Continuation(frame) => Frame::Continuation(frame.map(f)),
            Self::Unknown(frame) => Frame::Unknown(frame.map(f)),
        }
    }
}
