//! The command line of the process, and what runs it.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::ExitCode;

use clap::{ColorChoice, Parser};

use crate::args::{Arguments, Command, DecodeOptions, HpackCommand};
use crate::io::{Input, Wanted, is_broken_pipe};
use crate::status::Status;
use crate::{decode, encode, explain, generate, hpack, probe, screen};

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    let Arguments { command, color, width } = Arguments::parse();
    match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    if let Some(columns) = width {
        screen::ask(columns.into());
    }
    let ended = match command {
        Command::Decode(options) => decode::run(&options),
        Command::Encode(options) => encode::run(&options),
        Command::Explain { text } => explain::run(&text.join(" ")),
        Command::Probe(options) => probe::run(&options),
        Command::Hpack(HpackCommand::Decode(options)) => hpack::decode(&options),
        Command::Hpack(HpackCommand::Encode(options)) => hpack::encode(&options),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man { directory } => generate::man(directory.as_deref()),
    };
    match ended {
        Ok(status) => status.into(),
        // The reader of the output has closed it.
        Err(error) if is_broken_pipe(&error) => Status::Clean.into(),
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "h2wire: {error:#}");
            Status::Trouble.into()
        }
    }
}

/// `h2wire decode`, in colours.
#[derive(Debug)]
pub struct Decode(DecodeOptions);

impl Decode {
    /// Creates the command with these options; it does not open a file that they name.
    ///
    /// # Errors
    /// The error that the command reports for such a command line.
    pub fn new(options: &[&str]) -> anyhow::Result<Self> {
        let arguments = ["h2wire", "decode"].iter().chain(options).map(OsString::from);
        match Arguments::try_parse_from(arguments)?.command {
            Command::Decode(options) => Ok(Self(options)),
            _ => anyhow::bail!("not options of decode"),
        }
    }

    /// Decodes complete input. Returns the exit status.
    ///
    /// # Errors
    /// The error that the command reports before it ends with status 2.
    pub fn run(&self, input: impl Read + Send + 'static, output: impl Write + 'static) -> anyhow::Result<u8> {
        let input = Input::new("input".to_owned(), false, Box::new(input), Wanted::DECODE);
        Ok(decode::decode(&self.0, input, Box::new(output))?.number())
    }
}
