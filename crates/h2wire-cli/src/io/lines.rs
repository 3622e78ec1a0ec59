//! Input with one item per line.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::Context;

use super::input::{Input, Wanted};
use crate::status::Status;

/// Reads all lines, until one ends the run. Output before an error is not lost.
pub(crate) fn each_line(
    file: &Path,
    wanted: Wanted,
    mut take: impl FnMut(&str, &mut dyn Write) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    let input = Input::open(file, wanted)?;
    let (name, is_live) = (input.name().to_owned(), input.is_live());
    let mut out = BufWriter::new(std::io::stdout().lock());
    let taken = lines_of(input, |line| {
        let status = take(line, &mut out)?;
        if is_live {
            out.flush()?;
        }
        Ok(status)
    });
    out.flush().map_err(Into::into).and(taken.with_context(|| name))
}

fn lines_of(
    input: impl Read,
    mut take: impl FnMut(&str) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    for (index, line) in BufReader::new(input).lines().enumerate() {
        let line = line?;
        let status = take(line.trim()).with_context(|| format!("line {}", index.saturating_add(1)))?;
        if status != Status::Clean {
            return Ok(status);
        }
    }
    Ok(Status::Clean)
}
