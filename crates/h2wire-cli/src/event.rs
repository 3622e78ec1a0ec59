//! Events: the contents of the bytes, for any input and any output format.

use h2wire::frame::{ErrorCode, Frame, FrameHeader, Scope, StreamId};
use h2wire::{Breach, FieldLine, FieldList, Rule, SectionHead};
use h2wire_connection::Cause;
use h2wire_connection::watcher::OpenStream;

use crate::anatomy::Piece;

/// Where an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    /// The direction, in a capture.
    pub(crate) flow: Option<Flow>,
    /// Bytes before it in its direction.
    pub(crate) offset: u64,
}

/// One direction of a connection in a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flow {
    /// The number of the TCP connection in the capture, from 0.
    pub(crate) connection: u64,
    pub(crate) from: Side,
}

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// A field section. It is reported at the offset of its first frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FieldSection<'a> {
    pub(crate) head: SectionHead,
    /// Its fields, unless they are only counted.
    pub(crate) fields: &'a FieldList,
    pub(crate) count: u32,
    /// Whether the capture lacks the rest of its block. These are the fields before the hole.
    pub(crate) is_partial: bool,
}

/// A broken rule and its scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) rule: Rule,
    pub(crate) scope: Scope,
    /// The index of the field that broke it.
    pub(crate) field: Option<u32>,
}

impl Fault {
    pub(crate) const fn code(self) -> ErrorCode {
        self.rule.code()
    }
}

impl From<h2wire::ConnectionError> for Fault {
    fn from(error: h2wire::ConnectionError) -> Self {
        Self { rule: error.rule, scope: Scope::Connection, field: None }
    }
}

impl From<h2wire::StreamError> for Fault {
    fn from(error: h2wire::StreamError) -> Self {
        Self { rule: error.rule, scope: Scope::Stream(error.stream_id), field: error.field() }
    }
}

/// All that is wrong with the fields of a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Breaches<'a> {
    pub(crate) all: &'a [Breach],
    /// The fields of the section, if they are kept.
    pub(crate) fields: Option<&'a FieldList>,
}

impl<'a> Breaches<'a> {
    /// The field at an index.
    pub(crate) fn field(&self, index: Option<u32>) -> Option<FieldLine<'a>> {
        self.fields?.iter().nth(usize::try_from(index?).ok()?)
    }
}

/// An item of the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event<'a> {
    Preface,
    Frame {
        header: FrameHeader,
        frame: Frame<&'a [u8]>,
        /// All of its bytes.
        octets: &'a [u8],
        /// Whether it is a guess that it starts here, after a hole.
        is_guess: bool,
    },
    /// A complete field block, or one that breaks HPACK, before its section or error; only where every byte is shown.
    FieldBlock {
        stream_id: StreamId,
        octets: &'a [u8],
        pieces: &'a [Piece],
    },
    FieldSection(FieldSection<'a>),
    Error {
        error: Fault,
        /// What else is wrong with a field section, the error itself included.
        breaches: Breaches<'a>,
        /// The bytes available from the start of the frame; none for an error of a field section, whose frames have
        /// been shown.
        octets: &'a [u8],
    },
    /// Bytes that are not in the capture.
    Lost {
        octets: u64,
        /// The frame that has started before them.
        frame: Option<FrameHeader>,
        /// Whether it is known where the next frame starts.
        in_step: bool,
        /// Whether nothing else of the frame was lost before.
        is_first: bool,
    },
    /// Bytes of a frame of which others are not in the capture.
    Part {
        header: FrameHeader,
        /// Bytes of its payload before them.
        at: u64,
        octets: &'a [u8],
    },
    /// Bytes that came and cannot be read, because it is not known where a frame starts. The next event is at their end.
    Skipped {
        octets: u64,
    },
    /// A rule that only both directions together show to be broken.
    Finding {
        cause: Cause,
        scope: Scope,
        /// The stream of the frame; 0 if it is of the connection.
        stream_id: StreamId,
    },
    /// The end of a connection of a capture, at which these streams were open.
    LeftOpen(&'a [OpenStream]),
    /// The input ends inside a frame.
    Incomplete {
        /// The available bytes of the frame.
        octets: &'a [u8],
        /// The minimum length of the frame.
        need: u64,
    },
}
