//! Titles, labels and paragraphs.

use std::io::{self, Write};

use crate::screen::{columns, for_reading};
use crate::style::{LABEL, MESSAGE};

/// The widest text.
const WIDTH: usize = 100;

pub(super) fn title(out: &mut impl Write, name: &str, kind: &str) -> io::Result<()> {
    writeln!(out, "{MESSAGE}{name}{MESSAGE:#}  {kind}")
}

/// The label of a list.
pub(super) fn heading(out: &mut impl Write, label: &str) -> io::Result<()> {
    writeln!(out, "{LABEL}{label}{LABEL:#}")
}

/// The label of a part, after an empty line.
pub(super) fn label(out: &mut impl Write, label: &str) -> io::Result<()> {
    writeln!(out)?;
    heading(out, label)
}

pub(super) fn paragraph(out: &mut impl Write, text: &str) -> io::Result<()> {
    fill(out, text, ["  ", "  "])
}

pub(super) fn entry(out: &mut impl Write, text: &str) -> io::Result<()> {
    fill(out, text, ["  - ", "    "])
}

fn fill(out: &mut impl Write, text: &str, [first, others]: [&str; 2]) -> io::Result<()> {
    let options =
        textwrap::Options::new(for_reading(columns(), WIDTH)).initial_indent(first).subsequent_indent(others);
    writeln!(out, "{}", textwrap::fill(text, options))
}
