//! Files, standard input and what is said beside the output.

mod hex_text; // hexadecimal text to bytes
mod input; // files, standard input, progress
mod lines; // input of one thing a line
mod note; // remarks, and an output that was closed

pub(crate) use hex_text::HexText;
pub(crate) use input::{Input, Wanted, packed};
pub(crate) use lines::each_line;
pub(crate) use note::{is_broken_pipe, note};
