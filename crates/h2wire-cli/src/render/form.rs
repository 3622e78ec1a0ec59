//! The trait of all output formats.

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anstream::AutoStream;

use crate::event::{Event, Position};
use crate::inspect::TlsFacts;
use crate::moment::Moment;
use crate::upgrade::UpgradedRequest;

/// The destination of output. Formats with colours always write them; the destination strips them if needed.
pub(crate) type Out = Box<dyn Write>;

/// An output format.
pub(crate) trait Render {
    /// Prints an event, or counts it.
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()>;

    /// Another input begins, perhaps one of several.
    fn input(&mut self, _name: &str, _is_one_of_many: bool) -> io::Result<()> {
        Ok(())
    }

    /// Prints the two ends of a connection, if the format has a place for them.
    fn connection(&mut self, _number: u64, _client: SocketAddr, _server: SocketAddr) -> io::Result<()> {
        Ok(())
    }

    /// The packet with which the following events were complete; `None` outside a packet.
    fn moment(&mut self, _moment: Option<Moment>) {}

    /// A connection began with this request of HTTP/1.1, which is answered on stream 1.
    fn upgraded(&mut self, _number: u64, _request: &UpgradedRequest) {}

    /// Notes that a connection is over.
    fn connection_ended(&mut self, _number: u64) -> io::Result<()> {
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

/// A file that is created or written anew; without colours.
pub(crate) fn file(path: &Path, is_for_people: bool) -> io::Result<Out> {
    let file = File::create(path)?;
    Ok(if is_for_people { Box::new(AutoStream::never(file)) } else { Box::new(file) })
}

/// Standard output. Text for people has colours on a terminal.
pub(crate) fn stdout(is_for_people: bool) -> Out {
    if is_for_people { Box::new(AutoStream::auto(io::stdout())) } else { Box::new(io::stdout().lock()) }
}
