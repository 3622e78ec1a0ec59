//! What can go wrong for a handle, and for the connection.

use std::io;

use bytes::Bytes;
use h2wire::frame::ErrorCode;

use crate::{Failure, OpenError, ResetReason, SendError};

/// What a handle cannot do, or why its stream is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// This was not sent.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The stream was reset before its end.
    #[error("the stream was reset with {error_code} ({reason})")]
    Reset {
        /// The error code, of the peer or of this side.
        error_code: ErrorCode,
        /// Who did it, and why.
        reason: ResetReason,
    },
    /// The response is complete, and the server needs no more of the request: what came of the response is valid. RFC 9113 §8.1.
    #[error("the server has answered, and needs no more of the request: the response is complete")]
    NotNeeded,
    /// This side has given the stream up, or ended its response before the request had ended.
    #[error("this side has ended the stream")]
    Cancelled,
    /// The connection failed: the peer broke a rule, or a time ran out.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// Bytes could not be read or written.
    #[error("the connection is lost: {0}")]
    Io(io::ErrorKind),
    /// The connection is over, or its driver is gone.
    #[error("the connection is closed")]
    Closed,
}

impl Error {
    /// Whether the request was certainly not processed, so that it may be sent again on another connection, whatever its method.
    /// RFC 9113 §8.7.
    #[must_use]
    pub const fn is_unprocessed(&self) -> bool {
        match self {
            Self::Open(OpenError::GoingAway | OpenError::NoMoreIds) => true,
            Self::Reset { error_code, reason } => reason.is_unprocessed(*error_code),
            _ => false,
        }
    }
}

/// Why a connection did not end in good order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The peer broke a rule, or a time ran out. GOAWAY says so to the peer.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The peer has ended it with an error. RFC 9113 §6.8.
    #[error("the peer has ended the connection with {error_code}: {}", .debug_data.escape_ascii())]
    GoAway {
        /// Why.
        error_code: ErrorCode,
        /// What it says for logs.
        debug_data: Bytes,
    },
    /// Bytes could not be read or written, or the input has ended inside a frame or a field block: [`io::ErrorKind::UnexpectedEof`].
    #[error(transparent)]
    Io(#[from] io::Error),
}
