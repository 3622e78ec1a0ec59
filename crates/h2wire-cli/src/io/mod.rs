//! Files, standard input and notes on standard error.

mod hex_text; // hexadecimal text to bytes
mod input; // files, standard input, progress
#[cfg(feature = "command")]
mod lines; // input with one item per line
mod note; // notes on standard error, closed output
#[cfg(feature = "command")]
mod output; // whether a file may be written anew

pub(crate) use hex_text::{HexText, MOST_START, is_hex_text};
pub(crate) use input::{Input, Wanted, packed};
#[cfg(feature = "command")]
pub(crate) use lines::each_line;
pub(crate) use note::{is_broken_pipe, kept, note};
#[cfg(feature = "command")]
pub(crate) use output::{check_readable, refuse_input_as_output};
