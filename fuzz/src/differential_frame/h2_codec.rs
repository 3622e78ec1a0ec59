//! h2's codec over octets that are all there.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::Stream;
use h2::frame::Frame;
use h2::proto::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// So that nothing is too large, and h2 can still multiply.
const PLENTY: usize = 1 << 40;

pub(super) struct H2Codec<'a>(h2::Codec<Octets<'a>, Bytes>);

/// What h2 says next.
#[derive(Debug)]
pub(super) enum Answer {
    Frame(Box<Frame>),
    /// An error of this stream.
    Reset(u32),
    /// An error of the connection.
    GoAway(u32),
    /// More octets are needed.
    End,
}

impl<'a> H2Codec<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        let mut codec = h2::Codec::new(Octets(octets));
        codec.set_max_recv_header_list_size(PLENTY);
        Self(codec)
    }

    pub(super) fn next(&mut self) -> Answer {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(&mut self.0).poll_next(&mut context) {
            Poll::Ready(Some(Ok(frame))) => Answer::Frame(frame.into()),
            Poll::Ready(Some(Err(Error::Reset(stream_id, ..)))) => Answer::Reset(stream_id.into()),
            Poll::Ready(Some(Err(Error::GoAway(_, code, _)))) => Answer::GoAway(code.into()),
            Poll::Ready(None | Some(Err(Error::Io(..)))) => Answer::End,
            Poll::Pending => unreachable!("octets never keep one waiting"),
        }
    }
}

struct Octets<'a>(&'a [u8]);

impl AsyncRead for Octets<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (now, later) = self.0.split_at(buf.remaining().min(self.0.len()));
        buf.put_slice(now);
        self.0 = later;
        Poll::Ready(Ok(()))
    }
}

/// What the codec asks for, though nothing is written.
impl AsyncWrite for Octets<'_> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
