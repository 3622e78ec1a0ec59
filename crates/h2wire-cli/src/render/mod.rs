//! Events to text for people and JSON for scripts.

mod annotate; // every byte with its field
mod diagnosis; // errors in words
mod dump; // bytes in hexadecimal and as text
mod form; // the trait of all output formats
mod json; // one object per line
mod shortage; // frames of extensions that are too short
mod stats; // totals
mod text; // frames for people

pub(crate) use diagnosis::{REFUSED, evidence, first_go_away, hint};
pub(crate) use dump::{printable, unhidden};
pub(crate) use form::{Out, Render, stdout};
pub(crate) use json::{Json, field_object, section_text};
pub(crate) use stats::Stats;
pub(crate) use text::Text;
