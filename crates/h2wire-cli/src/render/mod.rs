//! Events to what people and scripts read.

mod annotate; // every octet with its field
mod diagnosis; // what is wrong, for people
mod dump; // octets in hexadecimal and as text
mod json; // one object per line
mod stats; // totals
mod text; // frames for people

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) use diagnosis::{evidence, is_foreign};
pub(crate) use dump::printable;
pub(crate) use json::{field_object, section_text};

use anstream::AutoStream;

use crate::args::DecodeOptions;
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

/// The form that the command line asks for.
pub(crate) fn choose(options: &DecodeOptions, out: Out) -> Box<dyn Render> {
    let name = if options.file.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        options.file.display().to_string()
    };
    if options.json {
        Box::new(json::Json::new(out))
    } else if options.stats {
        Box::new(stats::Stats::new(out))
    } else {
        Box::new(text::Text::new(out, name, options.annotate))
    }
}

/// The form for what is sent and received by `probe`.
pub(crate) fn for_probe(url: String, json: bool) -> Box<dyn Render> {
    let out = stdout(!json);
    if json { Box::new(json::Json::new(out)) } else { Box::new(text::Text::without_hints(out, url)) }
}
