//! Where bytes come from.

use std::io::{self, Read};

type Reads = dyn FnMut(&mut [u8]) -> io::Result<usize> + Send;

/// A reader of any kind, of which nothing but `read` is called: what else readers have need not be there for each kind.
pub(crate) struct Source(Box<Reads>);

impl Source {
    pub(crate) fn new(mut reader: impl Read + Send + 'static) -> Self {
        Self(Box::new(move |buf| reader.read(buf)))
    }
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (self.0)(buf)
    }
}
