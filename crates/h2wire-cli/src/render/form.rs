//! The trait of all output formats.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

use crate::event::{Event, Flow, Position};
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

    /// Notes that what one side of a connection sent is not decrypted to its end, before the connection is over.
    fn sealed(&mut self, _flow: Flow) {}

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

/// Bytes that are written at once.
const GATHERED: usize = 64 * 1024;

/// A file that is created or written anew; without colours.
pub(crate) fn file(path: &Path, is_for_people: bool) -> io::Result<Out> {
    Ok(plain(File::create(path)?, is_for_people))
}

/// Standard output. Text for people has colours on a terminal.
pub(crate) fn stdout(is_for_people: bool) -> Out {
    let has_colours = is_for_people && AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    if has_colours { Box::new(AutoStream::auto(io::stdout())) } else { plain(io::stdout(), is_for_people) }
}

/// Output from which colours are taken away. What is left between them is gathered: it comes in small pieces.
fn plain(to: impl Write + 'static, is_for_people: bool) -> Out {
    let to: Out = Box::new(BufWriter::with_capacity(GATHERED, to));
    if is_for_people { Box::new(AutoStream::never(to)) } else { to }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// Notes how many bytes each call writes.
    #[derive(Clone, Default)]
    struct Noted(Rc<RefCell<Vec<usize>>>);

    impl Write for Noted {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(octets.len());
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn output_without_colours_is_written_in_large_pieces() {
        let noted = Noted::default();
        let mut out = plain(noted.clone(), true);
        for _ in 0..100_000 {
            out.write_all(b"\x1b[1mname\x1b[0m value\n").unwrap();
        }
        let before = noted.0.borrow().len();
        assert!((10..20).contains(&before), "{before} writes");
        out.flush().unwrap();
        let writes = noted.0.borrow();
        assert_eq!((writes.len(), writes.iter().sum()), (before.saturating_add(1), 1_100_000));
    }
}
