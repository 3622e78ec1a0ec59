//! What a decoder returns for what a reader says.

use std::io;

use bytes::Bytes;
use h2wire_frame::{GoAway, Progress};

use crate::{ConnectionError, EndOfInput};

/// The peer sent GOAWAY where its SETTINGS must be, which says why it does not want the connection. RFC 9113 §3.4.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{error}; it is a GOAWAY with {go_away}")]
#[non_exhaustive]
pub struct GoAwayFirst {
    /// The rule that was broken.
    pub error: ConnectionError,
    /// The frame.
    pub go_away: GoAway<Bytes>,
}

pub(super) type FirstGoAway<'a> = Progress<GoAway<&'a [u8]>>;

pub(super) fn is_complete(go_away: &FirstGoAway<'_>) -> bool {
    matches!(go_away, Progress::Item { .. })
}

/// What a decoder returns for the answer of a reader. A GOAWAY in place of SETTINGS is waited for, as it says why.
#[inline(always)]
pub(super) fn answer<'a, T, E: From<ConnectionError> + From<GoAwayFirst>>(
    read: Result<Progress<T, ()>, ConnectionError>,
    go_away: impl FnOnce() -> Option<FirstGoAway<'a>>,
) -> Result<Option<T>, E> {
    match read {
        Ok(Progress::Item { item, .. }) => Ok(Some(item)),
        Ok(Progress::Needed(_)) => Ok(None),
        Err(error) => match go_away() {
            Some(Progress::Item { item, .. }) => {
                let go_away = item.map(Bytes::copy_from_slice);
                Err(GoAwayFirst { error, go_away }.into())
            }
            Some(Progress::Needed(_)) => Ok(None),
            None => Err(error.into()),
        },
    }
}

/// What a decoder returns where the connection ends.
pub(super) fn last_answer<T, E: From<io::Error>>(
    answer: Result<Option<T>, E>,
    end: Result<EndOfInput, ConnectionError>,
) -> Result<Option<T>, E> {
    let place = match (&answer, end) {
        (Ok(None), Ok(EndOfInput::InsideFrame { .. })) => "the connection ended inside a frame",
        (Ok(None), Ok(EndOfInput::InsideFieldBlock { .. })) => "the connection ended inside a field block",
        _ => return answer,
    };
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, place).into())
}
