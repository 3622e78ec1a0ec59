//! Files, standard input and notes on standard error.

mod disguise; // files that are something else
#[cfg(feature = "gzip")]
mod gunzip; // what is gzip'd
mod hex_text; // hexadecimal text to bytes
mod input; // files, standard input, progress
#[cfg(feature = "command")]
mod lines; // input with one item per line
mod modified_pcap; // packets with longer headers
mod note; // notes on standard error, closed output
#[cfg(feature = "command")]
mod output; // whether a file may be written anew
mod source; // where bytes come from

pub(crate) use disguise::{LONGEST, disguise, text_in_disguise};
pub(crate) use hex_text::{HexText, MOST_START, is_hex_text};
pub(crate) use input::{Input, Wanted, read_whole};
#[cfg(feature = "command")]
pub(crate) use lines::each_line;
pub(crate) use note::{is_broken_pipe, kept, note};
#[cfg(feature = "command")]
pub(crate) use output::{check_readable, refuse_input_as_output};
pub(crate) use source::Source;
