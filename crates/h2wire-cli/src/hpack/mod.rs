//! `h2wire hpack`: field blocks and header lists, a line each, of one direction of a connection.

mod decode;
mod encode;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

use std::io::{BufRead, BufReader, Read, Write};

use anyhow::{Context, bail};

use crate::args::MOST_TABLE;
use crate::decode::{Input, is_broken_pipe};
use crate::status::Status;

/// A line of the input.
enum Line<'a> {
    /// `!N`: a new limit of the table.
    TableLimit(u32),
    Block(&'a str),
}

/// Reads all lines, until one ends the run; what was printed before an error is not lost.
fn run(
    file: &std::path::Path,
    mut take: impl FnMut(Line<'_>, &mut dyn Write) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    let input = Input::open(file)?;
    let (name, is_live) = (input.name().to_owned(), input.is_live());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let taken = each_line(input, |line| {
        let status = take(line, &mut out)?;
        if is_live {
            out.flush()?;
        }
        Ok(status)
    });
    match out.flush().map_err(Into::into).and(taken.with_context(|| name)) {
        // Whoever reads the output has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(Status::Clean),
        ended => ended,
    }
}

fn each_line(
    input: impl Read,
    mut take: impl FnMut(Line<'_>) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    for (index, line) in BufReader::new(input).lines().enumerate() {
        let line = line?;
        let line = line.trim();
        let taken = match line.strip_prefix('!') {
            Some(limit) => table_limit(limit).and_then(|limit| take(Line::TableLimit(limit))),
            None => take(Line::Block(line)),
        };
        let status = taken.with_context(|| format!("line {}", index.saturating_add(1)))?;
        if status != Status::Clean {
            return Ok(status);
        }
    }
    Ok(Status::Clean)
}

fn table_limit(text: &str) -> anyhow::Result<u32> {
    match text.parse() {
        Ok(limit) if limit <= MOST_TABLE => Ok(limit),
        _ => bail!("!{text} is no table limit: a number up to {MOST_TABLE} is"),
    }
}
