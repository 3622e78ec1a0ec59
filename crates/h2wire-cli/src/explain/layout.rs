//! Titles, labels and paragraphs: text for people, or parts for a page.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::screen::{columns, for_reading};
use crate::style::{LABEL, MESSAGE};

/// The widest text.
const WIDTH: usize = 100;

/// Where explanations go.
pub(super) trait Sheet {
    fn title(&mut self, name: &str, kind: &str) -> io::Result<()>;

    /// The label of a list.
    fn heading(&mut self, label: &str) -> io::Result<()>;

    fn paragraph(&mut self, text: &str) -> io::Result<()>;

    /// An entry of a list.
    fn entry(&mut self, text: &str) -> io::Result<()>;

    /// An empty line.
    fn gap(&mut self) -> io::Result<()>;

    /// The label of a part, after an empty line.
    fn label(&mut self, label: &str) -> io::Result<()> {
        self.gap()?;
        self.heading(label)
    }
}

impl<W: Write> Sheet for W {
    fn title(&mut self, name: &str, kind: &str) -> io::Result<()> {
        writeln!(self, "{MESSAGE}{name}{MESSAGE:#}  {kind}")
    }

    fn heading(&mut self, label: &str) -> io::Result<()> {
        writeln!(self, "{LABEL}{label}{LABEL:#}")
    }

    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        fill(self, text, ["  ", "  "])
    }

    fn entry(&mut self, text: &str) -> io::Result<()> {
        fill(self, text, ["  - ", "    "])
    }

    fn gap(&mut self) -> io::Result<()> {
        writeln!(self)
    }
}

fn fill(out: &mut impl Write, text: &str, [first, others]: [&str; 2]) -> io::Result<()> {
    let options =
        textwrap::Options::new(for_reading(columns(), WIDTH)).initial_indent(first).subsequent_indent(others);
    writeln!(out, "{}", textwrap::fill(text, options))
}

/// Parts in their order, each with what it is: `title`, `kind`, `label`, `text`, `entry`.
#[derive(Default)]
pub(super) struct Parts(pub(super) Vec<Value>);

impl Sheet for Parts {
    fn title(&mut self, name: &str, kind: &str) -> io::Result<()> {
        self.0.extend([json!(["title", name]), json!(["kind", kind])]);
        Ok(())
    }

    fn heading(&mut self, label: &str) -> io::Result<()> {
        self.0.push(json!(["label", label]));
        Ok(())
    }

    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        self.0.push(json!(["text", text]));
        Ok(())
    }

    fn entry(&mut self, text: &str) -> io::Result<()> {
        self.0.push(json!(["entry", text]));
        Ok(())
    }

    fn gap(&mut self) -> io::Result<()> {
        Ok(())
    }
}
