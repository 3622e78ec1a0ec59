//! The options of `h2wire encode`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct EncodeOptions {
    /// Lines of JSON objects; - for standard input
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// Check nothing: also write frames that must not be sent (see below)
    #[arg(long)]
    pub(crate) raw: bool,

    /// From the objects of a capture, take only this connection
    #[arg(long, value_name = "NUMBER")]
    pub(crate) connection: Option<u64>,

    /// From the objects of a capture, take only the frames this side sends
    #[arg(long, value_enum)]
    pub(crate) from: Option<SideName>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SideName {
    Client,
    Server,
}

pub(super) const HELP: &str = "\
A frame needs \"type\" (or \"type_name\"), \"stream_id\" and \"payload\". \"length\" and the flags that follow from the \
payload (PADDED, PRIORITY, ACK) are optional; \"flags\" is a number, \"flag_names\" a list. {\"preface\":true} is the \
preface.\n\n\
Field sections, errors and incomplete frames are skipped; a note reports bytes that are missing as a result. A frame that \
every receiver must refuse is an error. The order of frames is not checked.\n\n\
With --raw, header fields are written as given, including a wrong \"length\" or wrong flags, and \"reserved\":true sets the \
reserved bit. The payload is written as given, with any values, or from \"payload_hex\" for any frame type.\n\n\
Exit status: 0 everything was written; 2 a line is not a frame that may be sent, the input cannot be read, or wrong usage.";
