//! Remarks beside the output, and an output that was closed.

use std::io::{self, Write};

/// Whether the output was closed.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Says something that is not wrong with HTTP/2, but must not go unsaid.
pub(crate) fn note(note: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stderr(), "h2wire: {note}")?)
}
