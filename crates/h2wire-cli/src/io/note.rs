//! Notes on standard error, and closed output.

use std::cell::RefCell;
use std::io::{self, Write};

use crate::hidden::unhidden;

/// Notes that are kept for one call of [`kept`].
const MOST_KEPT: usize = 200;

thread_local! {
    static KEPT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Whether the output was closed.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Prints a note on standard error that is not an error of HTTP/2. It is one line: names in it hide nothing.
pub(crate) fn note(note: &str) -> anyhow::Result<()> {
    let is_kept = KEPT.with_borrow_mut(|kept| {
        let Some(kept) = kept else { return false };
        if kept.len() < MOST_KEPT {
            kept.push(unhidden(note));
        }
        true
    });
    if !is_kept {
        writeln!(anstream::stderr(), "h2wire: {}", unhidden(note))?;
    }
    Ok(())
}

/// Runs something, and returns the first of its notes, which are not printed: a page has no standard error.
pub(crate) fn kept<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    let before = KEPT.replace(Some(Vec::new()));
    let result = run();
    (result, KEPT.replace(before).unwrap_or_default())
}
