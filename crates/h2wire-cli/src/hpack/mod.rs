//! `h2wire hpack`: field blocks and header lists of one direction of a connection, one per line.

mod decode;
mod encode;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

use std::io::Write;
use std::path::Path;

use anyhow::bail;

use crate::bounds::MOST_TABLE;
use crate::io::Wanted;
use crate::io::each_line;
use crate::status::Status;

/// A line of the input.
enum BlockLine<'a> {
    /// `!N`: a new limit of the table.
    TableLimit(u32),
    Block(&'a str),
}

/// Takes the lines one by one.
fn run(
    file: &Path,
    wanted: Wanted,
    mut take: impl FnMut(BlockLine<'_>, &mut dyn Write) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    each_line(file, wanted, |line, out| match line.strip_prefix('!') {
        Some(limit) => take(BlockLine::TableLimit(table_limit(limit)?), out),
        None => take(BlockLine::Block(line), out),
    })
}

fn table_limit(text: &str) -> anyhow::Result<u32> {
    match text.parse() {
        Ok(limit) if limit <= MOST_TABLE => Ok(limit),
        _ => bail!("!{text} is not a table limit: write ! and a number up to {MOST_TABLE}"),
    }
}
