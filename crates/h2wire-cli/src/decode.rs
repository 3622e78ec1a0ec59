//! `h2wire decode`: detects the format of the input and reads it to its end.

use std::io::{self, Read};

use anyhow::{Context, bail};

use crate::args::DecodeOptions;
use crate::inspect::{Direction, Mode, Report, capture};
use crate::io::{HexText, Input, Wanted, is_broken_pipe, packed};
use crate::render::{Json, Out, Render, Stats, Text, stdout};
use crate::status::Status;

/// Reads and prints the input that the command line names.
pub(crate) fn run(options: &DecodeOptions) -> anyhow::Result<Status> {
    let out = stdout(!options.json && !options.stats);
    decode(options, Input::open(&options.file, Wanted::DECODE), out)
}

/// The same for any input and output.
pub(crate) fn decode(
    options: &DecodeOptions,
    input: anyhow::Result<Input>,
    out: Out,
) -> anyhow::Result<Status> {
    let mut report = Report::new(form(options, out));
    let read = input.and_then(|input| read(options, input, &mut report));
    // Output before an error is never lost.
    let ended = report.render.finish().map_err(Into::into).and(read);
    match ended {
        // The reader of the output has closed it.
        Err(error) if is_broken_pipe(&error) => Ok(report.status),
        ended => ended.map(|()| report.status),
    }
}

fn read(options: &DecodeOptions, mut input: Input, report: &mut Report) -> anyhow::Result<()> {
    let name = input.name().to_owned();
    let is_live = input.is_live();
    if options.hex {
        return decode_octets(HexText::new(input), is_live, options, report).with_context(|| name);
    }
    if let Some(format) = packed(input.peek(4)?) {
        bail!("{name} is compressed with {format}");
    }
    if capture::is_capture(input.peek(4)?) {
        return capture::decode(input, options, report).with_context(|| name);
    }
    if options.keylog.is_some() {
        bail!("{name} is not a capture: --keylog decrypts TLS in pcap and pcapng files");
    }
    decode_octets(&mut input, is_live, options, report).with_context(|| name)
}

/// Bytes of one direction.
fn decode_octets(
    mut octets: impl Read,
    is_live: bool,
    options: &DecodeOptions,
    report: &mut Report,
) -> anyhow::Result<()> {
    const CHUNK: usize = 256 * 1024;
    let mut direction = Direction::new(None, Mode::from_options(options, false))?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let len = match octets.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(part) = chunk.get(..len).filter(|part| !part.is_empty()) else { break };
        direction.feed(part, report)?;
        if direction.has_failed() {
            return Ok(());
        }
        if is_live {
            report.flush()?;
        }
    }
    direction.finish(report)
}

/// The output format that the command line selects.
fn form(options: &DecodeOptions, out: Out) -> Box<dyn Render> {
    let name = if options.file.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        options.file.display().to_string()
    };
    if options.json {
        Box::new(Json::new(out))
    } else if options.stats {
        Box::new(Stats::new(out))
    } else {
        Box::new(Text::new(out, name, options.annotate))
    }
}
