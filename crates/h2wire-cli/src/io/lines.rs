//! Input with one item per line.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};

use super::input::{Input, Wanted};
use crate::status::Status;

/// The longest line: a frame with the longest payload has half of it.
const LONGEST: u64 = 64 * 1024 * 1024;

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
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let named = || format!("line {number}");
        if input.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if !line.ends_with(b"\n") && u64::try_from(line.len()).unwrap_or(u64::MAX) >= LONGEST {
            bail!("{} is longer than {} MiB", named(), LONGEST >> 20);
        }
        let text = str::from_utf8(&line).with_context(named)?;
        let status = take(text.trim()).with_context(named)?;
        if status != Status::Clean {
            return Ok(status);
        }
    }
    Ok(Status::Clean)
}
