//! Connections in memory, for codecs that want to do I/O.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::sink::Sink;

/// Octets as a connection that is read to its end. What is written to it is lost.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a>(pub &'a [u8]);

impl AsyncRead for Incoming<'_> {
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

impl AsyncWrite for Incoming<'_> {
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

/// Octets as a connection that stays open. What is written to it is counted.
#[derive(Debug)]
pub struct Open<'a> {
    incoming: Incoming<'a>,
    written: &'a Cell<usize>,
}

impl<'a> Open<'a> {
    /// These octets have come, and no more will.
    #[must_use]
    pub const fn new(octets: &'a [u8], written: &'a Cell<usize>) -> Self {
        Self { incoming: Incoming(octets), written }
    }
}

impl AsyncRead for Open<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let incoming = &mut self.incoming;
        if incoming.0.is_empty() { Poll::Pending } else { Pin::new(incoming).poll_read(context, buf) }
    }
}

impl AsyncWrite for Open<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written.update(|written| written + buf.len());
        Pin::new(&mut self.incoming).poll_write(context, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.incoming).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.incoming).poll_shutdown(context)
    }
}

/// Octets as a connection that stays open, and that has nothing to read until it is let in. What is written goes to a sink.
#[derive(Debug)]
pub struct Gated<'a, S> {
    incoming: Incoming<'a>,
    is_open: &'a Cell<bool>,
    sink: &'a mut S,
}

impl<'a, S> Gated<'a, S> {
    /// These octets can be read once `is_open` says so.
    #[must_use]
    pub const fn new(octets: &'a [u8], is_open: &'a Cell<bool>, sink: &'a mut S) -> Self {
        Self { incoming: Incoming(octets), is_open, sink }
    }
}

impl<S: Unpin> AsyncRead for Gated<'_, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.is_open.get() || self.incoming.0.is_empty() {
            return Poll::Pending;
        }
        Pin::new(&mut self.incoming).poll_read(context, buf)
    }
}

impl<S: Sink + Unpin> AsyncWrite for Gated<'_, S> {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.sink.write(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A sink as a connection to which all can be written at once, and from which nothing comes.
#[derive(Clone, Copy, Default, Debug)]
pub struct Outgoing<S>(pub S);

impl<S: Unpin> AsyncRead for Outgoing<S> {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl<S: Sink + Unpin> AsyncWrite for Outgoing<S> {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.0.write(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
