//! The options of `h2wire encode`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct EncodeOptions {
    /// Lines of JSON objects; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// Write frames that must not be sent too: nothing is checked, see below
    #[arg(long)]
    pub(crate) raw: bool,

    /// Of the objects of a capture, take those of this connection only
    #[arg(long, value_name = "NUMBER")]
    pub(crate) connection: Option<u64>,

    /// Of the objects of a capture, take what this side sends only
    #[arg(long, value_enum)]
    pub(crate) from: Option<SideName>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SideName {
    Client,
    Server,
}

pub(super) const HELP: &str = "\
A frame needs \"type\" (or \"type_name\"), \"stream_id\" and \"payload\". Flags that the payload shows (PADDED, PRIORITY, \
ACK) and \"length\" may be left out; \"flags\" is a number, \"flag_names\" a list. {\"preface\":true} is the preface.\n\n\
Field sections, errors and incomplete frames are passed over; if octets are missing for that, a note says so. A frame \
that a receiver must refuse by itself is an error. The order of frames is not checked.\n\n\
With --raw, header fields are written as given, also \"length\" and flags that do not fit, and \"reserved\":true sets the \
reserved bit. The payload is written as given, whatever its values, or from \"payload_hex\" for a frame of any type.\n\n\
Exit status: 0 all was written; 2 a line is no frame that can be sent, the input cannot be read, or wrong usage.";
