//! The command line of the process, and what runs it.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::ExitCode;

use clap::{ColorChoice, Parser};

use crate::args::{Arguments, Command, DecodeOptions, HpackCommand};
use crate::hidden::unhidden;
use crate::io::{Input, Source, Wanted, is_broken_pipe, note};
use crate::status::Status;
use crate::{decode, encode, explain, generate, hpack, probe, screen, style};

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    // Of help, too.
    style::choice(ColorChoice::Auto).write_global();
    let ended = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(refused) => show(&refused),
    };
    match ended {
        Ok(status) => status.into(),
        // The reader of the output has closed it.
        Err(error) if is_broken_pipe(&error) => Status::Clean.into(),
        Err(error) => {
            let _ = note(&format!("{error:#}"));
            Status::Trouble.into()
        }
    }
}

/// Prints the help that was asked for, or what is wrong with the command line.
fn show(refused: &clap::Error) -> anyhow::Result<Status> {
    if !refused.use_stderr() {
        refused.print()?;
        std::io::stdout().flush()?;
        return Ok(Status::Clean);
    }
    let is_hidden = |argument: OsString| unhidden(&argument.to_string_lossy()) != argument.to_string_lossy();
    if std::env::args_os().any(is_hidden) {
        // It quotes them.
        let text = refused.render().to_string();
        let lines: Vec<String> = text.lines().map(unhidden).collect();
        let _ = writeln!(anstream::stderr(), "{}", lines.join("\n"));
    } else {
        let _ = refused.print();
    }
    Ok(Status::Trouble)
}

fn run(Arguments { command, color, width }: Arguments) -> anyhow::Result<Status> {
    style::choice(color).write_global();
    if let Some(columns) = width {
        screen::ask(columns.into());
    }
    match command {
        Command::Decode(options) => decode::run(&options),
        Command::Encode(options) => encode::run(&options),
        Command::Explain { text } => explain::run(&text.join(" ")),
        Command::Probe(options) => probe::run(&options),
        Command::Hpack(HpackCommand::Decode(options)) => hpack::decode(&options),
        Command::Hpack(HpackCommand::Encode(options)) => hpack::encode(&options),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man { directory } => generate::man(directory.as_deref()),
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
        let input = Input::new("input".to_owned(), false, Source::new(input), Wanted::DECODE);
        Ok(decode::decode(&self.0, input, Box::new(output))?.number())
    }
}
