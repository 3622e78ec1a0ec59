//! Notes on standard error, and closed output.

use std::io::{self, Write};

use crate::hidden::unhidden;

/// Whether the output was closed.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Prints a note on standard error that is not an error of HTTP/2. It is one line: names in it hide nothing.
pub(crate) fn note(note: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stderr(), "h2wire: {}", unhidden(note))?)
}
