//! `h2wire completions` and `h2wire man`: what is made from the command line itself.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;
use h2wire::frame::FrameType;

use crate::args::Arguments;
use crate::explain;
use crate::status::Status;

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<Status> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut completed(), "h2wire", &mut script);
    print(&script)
}

/// The command line with the names that arguments may have, which it takes in more forms than these.
fn completed() -> Command {
    let types = (0..=u8::MAX).filter_map(|number| FrameType(number).name());
    let values = |arg: Arg, names: Vec<&'static str>| arg.value_parser(PossibleValuesParser::new(names));
    Arguments::command()
        .mut_subcommand("decode", |decode| decode.mut_arg("types", |arg| values(arg, types.collect())))
        .mut_subcommand("explain", |explain| explain.mut_arg("text", |arg| values(arg, explain::all_names())))
}

/// Prints the manual page of the command, or writes all pages to a directory.
pub(crate) fn man(directory: Option<&Path>) -> anyhow::Result<Status> {
    let command = Arguments::command().disable_help_subcommand(true);
    if let Some(directory) = directory {
        std::fs::create_dir_all(directory)
            .and_then(|()| clap_mangen::generate_to(command, directory))
            .with_context(|| directory.display().to_string())?;
        return Ok(Status::Clean);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&page)
}

/// The generators panic where the output is closed, so they never write to it.
fn print(text: &[u8]) -> anyhow::Result<Status> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(Status::Clean)
}
