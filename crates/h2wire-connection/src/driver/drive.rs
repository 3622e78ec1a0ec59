//! Bytes and time.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io::{self, IoSlice};

use bytes::BytesMut;
use h2wire::EndOfInput;
use h2wire::frame::ErrorCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

use super::error::{DriverError, Error};
use super::shared::{Shared, State};

/// The least and the most that is read at a time: between them, as much as came the last times.
const LEAST_READ: usize = 2 << 10;
const MOST_READ: usize = 32 << 10;

/// Pieces of one write.
const PIECES: usize = 32;

/// The driver yields to other tasks after this many turns.
const TURNS: usize = 32;

/// When the connection is over, and the peer takes none of the rest for so long, it is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the connection is over, the peer has so long to take all of the rest.
const MOST_PATIENCE: Duration = Duration::from_secs(180);

/// Moves the bytes of a connection. It is a future, to be spawned; it ends when all is written and the socket is closed. What has to be done, the
/// connection decides; handles and the timer wake it.
///
/// To drop it before its end ends the connection without a word.
///
/// # Errors
/// [`DriverError`]: the peer broke a rule, a time ran out, or the socket failed.
#[must_use = "the connection does nothing until this future is polled"]
pub struct Driver<T> {
    link: Link,
    transport: Transport<T>,
}

/// Tells the handles when nobody moves their bytes any more.
struct Link(Arc<Shared>);

impl Drop for Link {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.connection.abort(ErrorCode::NO_ERROR, b"");
        state.end(Error::Closed);
    }
}

struct Transport<T> {
    io: T,
    input: BytesMut,
    /// How much the next read makes room for.
    next_read: usize,
    start: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    /// Something was written and not flushed.
    needs_flush: bool,
    peer: PeerSide,
    /// The socket is closed for writing.
    said_all: bool,
    /// When the connection was found to be over.
    over_since: Option<Duration>,
    /// When to stop waiting for the peer then.
    give_up: Option<Duration>,
}

/// The peer's side of the socket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PeerSide {
    Open,
    /// It was closed before the connection was over.
    ClosedBefore,
    ClosedAfter,
}

/// How much of the output was written.
struct Written {
    something: bool,
    /// All of it, and it is flushed.
    everything: bool,
}

/// What follows a turn.
enum Turn {
    Again,
    Wait,
    Done,
}

impl<T> Driver<T> {
    pub(super) fn new(shared: Arc<Shared>, io: T) -> Self {
        let transport = Transport {
            io,
            input: BytesMut::new(),
            next_read: LEAST_READ,
            start: Instant::now(),
            timer: None,
            needs_flush: false,
            peer: PeerSide::Open,
            said_all: false,
            over_since: None,
            give_up: None,
        };
        Self { link: Link(shared), transport }
    }

    /// The socket, and what was read and not taken. After [`Failure::is_other_protocol`](crate::Failure::is_other_protocol) nothing was written, so that a server can
    /// answer in the peer's own words: poll the driver by reference to have it then.
    pub fn into_inner(self) -> (T, BytesMut) {
        (self.transport.io, self.transport.input)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Future for Driver<T> {
    type Output = Result<(), DriverError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { link: Link(shared), transport } = &mut *self;
        let mut state = shared.lock();
        state.register_driver(cx);
        for _ in 0..TURNS {
            match transport.turn(&mut state, cx) {
                Ok(Turn::Again) => {}
                Ok(Turn::Wait) => return Poll::Pending,
                Ok(Turn::Done) => {
                    let cut_off = transport.cut_off(&state);
                    return Poll::Ready(outcome(&mut state, cut_off));
                }
                Err(error) => {
                    // A peer that is done may be gone, unless it has not taken the rest.
                    let is_loss = !state.connection.is_closed() || error.kind() == io::ErrorKind::TimedOut;
                    state.end(Error::Io(error.kind()));
                    state.connection.abort(ErrorCode::NO_ERROR, b"");
                    return Poll::Ready(outcome(&mut state, Some(error).filter(|_| is_loss)));
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// How the connection has ended: by a fault of the peer, by one of this side as the peer sees it, or by one of the socket.
fn outcome(state: &mut State, error: Option<io::Error>) -> Result<(), DriverError> {
    if let Some(failure) = state.connection.failure() {
        return Err(failure.into());
    }
    if let Some((error_code, debug_data)) = state.peer_error.take() {
        return Err(DriverError::GoAway { error_code, debug_data });
    }
    error.map_or(Ok(()), |error| Err(error.into()))
}

impl<T> Transport<T> {
    /// The error of a socket whose input has ended where none may end. §4.1
    fn cut_off(&self, state: &State) -> Option<io::Error> {
        if self.peer != PeerSide::ClosedBefore {
            return None;
        }
        let text = match state.connection.missing(&self.input).ok()? {
            EndOfInput::InsideFrame { .. } => "the input has ended inside a frame",
            EndOfInput::InsideFieldBlock { .. } => "the input has ended inside a field block",
            _ => return None,
        };
        Some(io::Error::new(io::ErrorKind::UnexpectedEof, text))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Transport<T> {
    /// Does what can be done now. A failure to read or write ends it.
    fn turn(&mut self, state: &mut State, cx: &mut Context<'_>) -> io::Result<Turn> {
        let now = self.start.elapsed();
        state.process(&mut self.input, now);
        let written = self.write(state, cx)?;
        if state.connection.is_closed() {
            return self.close(state, now, &written, cx);
        }
        let mut goes_on = written.something;
        if self.peer == PeerSide::Open
            && state.connection.wants_read()
            && let Poll::Ready(len) = self.read(cx)?
        {
            goes_on = true;
            if len == 0 {
                self.peer = PeerSide::ClosedBefore;
                state.connection.end_of_input();
            }
        }
        if self.is_due(state.connection.deadline(), cx) {
            goes_on = true;
            state.connection.handle_timeout(self.start.elapsed());
        }
        Ok(if goes_on { Turn::Again } else { Turn::Wait })
    }

    /// Writes what can be written now.
    fn write(&mut self, state: &mut State, cx: &mut Context<'_>) -> io::Result<Written> {
        let mut something = false;
        for _ in 0..TURNS {
            let mut pieces = [[].as_slice(); PIECES];
            let count = state.connection.transmit(&mut pieces);
            if count == 0 {
                break;
            }
            let slices = pieces.map(IoSlice::new);
            let slices = slices.get(..count).unwrap_or_default();
            match Pin::new(&mut self.io).poll_write_vectored(cx, slices)? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(len) => {
                    state.connection.advance(len);
                    (something, self.needs_flush) = (true, true);
                }
                Poll::Pending => return Ok(Written { something, everything: false }),
            }
        }
        if self.needs_flush {
            match Pin::new(&mut self.io).poll_flush(cx)? {
                Poll::Ready(()) => self.needs_flush = false,
                Poll::Pending => return Ok(Written { something, everything: false }),
            }
        }
        Ok(Written { something, everything: !state.connection.wants_write() })
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.capacity().saturating_sub(self.input.len()) < self.next_read / 2 {
            self.input.reserve(self.next_read);
        }
        let room = self.input.capacity().saturating_sub(self.input.len());
        let read = pin!(self.io.read_buf(&mut self.input)).poll(cx);
        if read.is_pending() && self.input.is_empty() && self.input.capacity() > LEAST_READ {
            // A connection that waits takes no memory.
            self.input = BytesMut::new();
        }
        let len = match ready!(read) {
            // Many do not say goodbye in TLS. HTTP/2 marks itself what is complete.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            read => read?,
        };
        if len >= room {
            self.next_read = self.next_read.saturating_mul(2).min(MOST_READ);
        } else if len < self.next_read / 4 {
            self.next_read = (self.next_read / 2).max(LEAST_READ);
        }
        Poll::Ready(Ok(len))
    }

    /// The connection is over: writes the rest, says so, and waits for the peer to do the same. A socket that is closed with input that nobody has
    /// read is reset, and the peer may lose what was sent last.
    fn close(
        &mut self,
        state: &State,
        now: Duration,
        written: &Written,
        cx: &mut Context<'_>,
    ) -> io::Result<Turn> {
        if state.connection.failure().is_some_and(crate::Failure::is_other_protocol) {
            return Ok(Turn::Done);
        }
        if written.something || self.give_up.is_none() {
            let since = *self.over_since.get_or_insert(now);
            self.give_up = Some(now.saturating_add(PATIENCE).min(since.saturating_add(MOST_PATIENCE)));
        }
        if written.everything && !self.said_all && Pin::new(&mut self.io).poll_shutdown(cx)?.is_ready() {
            self.said_all = true;
            self.give_up = Some(now.saturating_add(state.connection.config().shutdown_grace));
        }
        // Before all is said, too: a peer that is about to end as well may wait for that.
        let mut goes_on = written.something && !written.everything;
        if self.peer == PeerSide::Open {
            self.input.clear();
            if let Poll::Ready(len) = self.read(cx)? {
                goes_on = true;
                if len == 0 {
                    self.peer = PeerSide::ClosedAfter;
                }
            }
        }
        if self.said_all && self.peer != PeerSide::Open {
            return Ok(Turn::Done);
        }
        match self.is_due(self.give_up, cx) {
            true if self.said_all => Ok(Turn::Done),
            true => Err(io::ErrorKind::TimedOut.into()),
            // The socket may take more, or have more.
            false if goes_on => Ok(Turn::Again),
            false => Ok(Turn::Wait),
        }
    }

    /// Whether a time has come, counted from the start. The timer stays where it is if it is early: it is set anew when it goes off, not with
    /// every message.
    fn is_due(&mut self, at: Option<Duration>, cx: &mut Context<'_>) -> bool {
        let Some(at) = at.and_then(|at| self.start.checked_add(at)) else { return false };
        if Instant::now() >= at {
            return true;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if at < timer.deadline() {
            timer.as_mut().reset(at);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= at {
                return true;
            }
            timer.as_mut().reset(at);
        }
        false
    }
}

impl<T> fmt::Debug for Driver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.link.0.lock();
        f.debug_struct("Driver").field("role", &state.connection.role()).finish_non_exhaustive()
    }
}
