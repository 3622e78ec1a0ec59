//! What a form of output has to do.

use std::io::{self, Write};
use std::net::SocketAddr;

use anstream::AutoStream;

use crate::event::{Event, Place};

/// Where output goes. Those forms that have colours write them in any case.
pub(crate) type Out = Box<dyn Write>;

/// A form of output.
pub(crate) trait Render {
    /// Prints an event, or counts it.
    fn event(&mut self, place: &Place, event: &Event<'_>) -> io::Result<()>;

    /// Prints who talks, where the form has room for it.
    fn connection(&mut self, _number: u64, _client: SocketAddr, _server: SocketAddr) -> io::Result<()> {
        Ok(())
    }

    /// Shows what was printed so far.
    fn flush(&mut self) -> io::Result<()>;

    /// Prints what is left to print.
    fn finish(&mut self) -> io::Result<()>;
}

/// Standard output. What is for people is coloured if a terminal shows it.
pub(crate) fn stdout(is_for_people: bool) -> Out {
    if is_for_people { Box::new(AutoStream::auto(io::stdout())) } else { Box::new(io::stdout().lock()) }
}
