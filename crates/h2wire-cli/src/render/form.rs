//! The trait of all output formats.

use std::io::{self, Write};
use std::net::SocketAddr;

use anstream::AutoStream;

use crate::event::{Event, Position};
use crate::inspect::TlsFacts;

/// The destination of output. Formats with colours always write them; the destination strips them if needed.
pub(crate) type Out = Box<dyn Write>;

/// An output format.
pub(crate) trait Render {
    /// Prints an event, or counts it.
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()>;

    /// Prints the two ends of a connection, if the format has a place for them.
    fn connection(&mut self, _number: u64, _client: SocketAddr, _server: SocketAddr) -> io::Result<()> {
        Ok(())
    }

    /// Prints what is known of the TLS around a connection, if the format has a place for it.
    fn tls(&mut self, _number: u64, _facts: &TlsFacts) -> io::Result<()> {
        Ok(())
    }

    /// Flushes the output.
    fn flush(&mut self) -> io::Result<()>;

    /// Prints the rest, at the end of the input.
    fn finish(&mut self) -> io::Result<()>;
}

/// Standard output. Text for people has colours on a terminal.
pub(crate) fn stdout(is_for_people: bool) -> Out {
    if is_for_people { Box::new(AutoStream::auto(io::stdout())) } else { Box::new(io::stdout().lock()) }
}
