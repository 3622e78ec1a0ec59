//! Events to what people and scripts read.

mod annotate; // every octet with its field
mod diagnosis; // what is wrong, for people
mod dump; // octets in hexadecimal and as text
mod form; // what a form of output has to do
mod json; // one object per line
mod stats; // totals
mod text; // frames for people

pub(crate) use diagnosis::evidence;
pub(crate) use dump::printable;
pub(crate) use form::{Out, Render, stdout};
pub(crate) use json::{Json, field_object, section_text};
pub(crate) use stats::Stats;
pub(crate) use text::Text;
