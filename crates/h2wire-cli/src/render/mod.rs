//! Events to text for people and JSON for scripts.

mod annotate; // every byte with its field
mod details; // the contents of a frame
mod diagnosis; // errors in words
mod dump; // bytes in hexadecimal and as text
mod finding; // what both directions show
#[cfg(feature = "command")]
mod follow; // the messages of one stream
mod form; // the trait of all output formats
mod html; // a page with a timeline
mod json; // one object per line
mod json_line; // how an object is written
mod selection; // which events are shown
mod shortage; // frames of extensions that are too short
mod stats; // totals
mod summary; // a line for each request
mod text; // frames for people

pub(crate) use annotate::lines as annotated;
pub(crate) use diagnosis::{REFUSED, evidence, first_go_away, hint};
pub(crate) use dump::{UNKNOWN, both, printable};
#[cfg(feature = "command")]
pub(crate) use follow::Follow;
pub(crate) use form::{Out, Render, file, stdout};
#[cfg(feature = "command")]
pub(crate) use html::Html;
pub(crate) use html::lines as page_lines;
pub(crate) use json::{Json, field_object, section_text};
pub(crate) use json_line::write_line;
pub(crate) use selection::{Filter, Selection};
pub(crate) use stats::Stats;
pub(crate) use summary::Summary;
pub(crate) use text::Text;
