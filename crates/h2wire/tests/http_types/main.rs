//! Field sections to and from the types of the `http` crate.

mod heads; // the same with what is kept of entries
mod patterns; // sections of several kinds
mod reading; // fields to `http`
mod round_trip; // there and back
mod white_space; // around values
mod writing; // `http` to fields

use h2wire::{FieldLine, FieldList, Indexing};

/// Such fields; a `!` before a name makes the field never indexed.
fn list(fields: &[(&'static str, &'static str)]) -> FieldList {
    fields
        .iter()
        .map(|(name, value)| match name.strip_prefix('!') {
            Some(name) => FieldLine::never_indexed(name.as_bytes(), value.as_bytes()),
            None => FieldLine::new(name.as_bytes(), value.as_bytes()),
        })
        .collect()
}

/// Fields as [`list`] takes them.
fn told<'a>(fields: impl Iterator<Item = FieldLine<'a>>) -> Vec<(String, String)> {
    fields
        .map(|field| {
            let mark = if field.indexing == Indexing::Never { "!" } else { "" };
            let name = str::from_utf8(field.name).unwrap();
            (format!("{mark}{name}"), String::from_utf8_lossy(field.value).into_owned())
        })
        .collect()
}
