//! What is told of the bytes, whatever form they came in and whatever form it is printed in.

use h2wire::frame::{ErrorCode, Frame, FrameHeader, Scope};
use h2wire::{FieldList, Rule, SectionHead};

/// Where an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
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

/// A field section that is complete. It is told at the frame it starts with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Section<'a> {
    pub(crate) head: SectionHead,
    /// Its fields, unless they are only counted.
    pub(crate) fields: &'a FieldList,
    pub(crate) count: u32,
}

/// A rule that was broken, and what that ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) rule: Rule,
    pub(crate) scope: Scope,
}

impl Fault {
    pub(crate) const fn code(self) -> ErrorCode {
        self.rule.code()
    }
}

impl From<h2wire::ConnectionError> for Fault {
    fn from(error: h2wire::ConnectionError) -> Self {
        Self { rule: error.rule, scope: Scope::Connection }
    }
}

impl From<h2wire::StreamError> for Fault {
    fn from(error: h2wire::StreamError) -> Self {
        Self { rule: error.rule, scope: Scope::Stream(error.stream_id) }
    }
}

/// What is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event<'a> {
    Preface,
    Frame {
        header: FrameHeader,
        frame: Frame<&'a [u8]>,
        /// All of its bytes.
        octets: &'a [u8],
    },
    FieldSection(Section<'a>),
    Error {
        error: Fault,
        /// The bytes from the start of the frame, as many as are at hand; none for an error of a field section, whose
        /// frames were shown.
        octets: &'a [u8],
    },
    /// The input ends inside a frame.
    Incomplete {
        /// The bytes of the frame that are there.
        octets: &'a [u8],
        /// Bytes the frame has at least.
        need: u64,
    },
}
