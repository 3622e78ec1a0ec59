//! `h2wire decode`: detects the format of the input and reads it to its end.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use h2wire::frame::{FrameHeader, FrameType, Opening, PREFACE};

use crate::args::DecodeOptions;
use crate::inspect::{Asked, Direction, Mode, Report, capture};
use crate::io::{
    HexText, Input, LONGEST, MOST_START, Wanted, check_readable, disguise, is_broken_pipe, is_hex_text, note,
    refuse_input_as_output, text_in_disguise,
};
use crate::moment::Zero;
use crate::render::{Filter, Follow, Html, Json, Out, Render, Selection, Stats, Summary, Text, file, stdout};
use crate::screen::{Columns, columns};
use crate::status::Status;

/// Reads and prints the inputs that the command line names.
pub(crate) fn run(options: &DecodeOptions) -> anyhow::Result<Status> {
    if options.html && options.output.is_none() && io::stdout().is_terminal() {
        bail!("--html writes a page: name its file with -o, or redirect standard output");
    }
    let is_for_people = !options.json && !options.html;
    let single = match options.files.as_slice() {
        [file] => Some(Input::open(file, Wanted::DECODE)),
        _ => None,
    };
    let (out, single) = match &options.output {
        None => (stdout(is_for_people), single),
        Some(path) => {
            // What the file has is kept until there is something to put in its place.
            may_write(path, options)?;
            let single = single.transpose()?.map(Ok);
            (file(path, is_for_people).with_context(|| path.display().to_string())?, single)
        }
    };
    // A file has no width.
    let columns = if options.output.is_none() { columns() } else { None };
    let mut report = report(options, form(options, out, columns));
    let ended = match single {
        Some(source) => input(options, source, &mut report),
        None => options.files.iter().try_for_each(|file| one_of_many(options, file, &mut report)),
    };
    finish(report, ended)
}

/// Fails if this file is read too, or if nothing that is to be read can be opened.
fn may_write(output: &Path, options: &DecodeOptions) -> anyhow::Result<()> {
    let keylog = options.keylog.as_deref();
    let files: Vec<&Path> = options.files.iter().map(PathBuf::as_path).chain(keylog).collect();
    refuse_input_as_output(output, &files)?;
    if let Some(keylog) = keylog {
        check_readable(keylog).context("--keylog")?;
    }
    let mut readable = options.files.iter().map(|file| check_readable(file));
    match readable.next() {
        // One of several is enough.
        Some(Err(error)) if !readable.any(|other| other.is_ok()) => Err(error),
        _ => Ok(()),
    }
}

/// The same for any input and output.
pub(crate) fn decode(
    options: &DecodeOptions,
    source: anyhow::Result<Input>,
    out: Out,
) -> anyhow::Result<Status> {
    let mut report = report(options, form(options, out, None));
    let ended = input(options, source, &mut report);
    finish(report, ended)
}

/// It knows what was asked for.
fn report(options: &DecodeOptions, render: Box<dyn Render>) -> Report {
    let mut report = Report::new(render);
    report.asked = Asked::new(options.connection, options.stream.or(options.follow));
    report
}

/// Output before an error is never lost.
fn finish(mut report: Report, read: anyhow::Result<()>) -> anyhow::Result<Status> {
    let ended = report.render.finish().map_err(Into::into).and(read);
    match ended {
        // The reader of the output has closed it.
        Err(error) if is_broken_pipe(&error) => Ok(report.status),
        Ok(()) => {
            if let Some(missing) = report.asked.missing() {
                note(&missing)?;
            }
            Ok(report.status)
        }
        Err(error) => Err(error),
    }
}

fn input(options: &DecodeOptions, input: anyhow::Result<Input>, report: &mut Report) -> anyhow::Result<()> {
    input.and_then(|input| {
        report.render.input(input.name(), false)?;
        read(options, input, report)
    })
}

/// One of several inputs; one that cannot be read does not end the others.
fn one_of_many(options: &DecodeOptions, file: &Path, report: &mut Report) -> anyhow::Result<()> {
    let ended = Input::open(file, Wanted::DECODE).and_then(|input| {
        report.render.input(input.name(), true)?;
        read(options, input, report)
    });
    match ended {
        Err(error) if !is_broken_pipe(&error) => {
            report.worsen(Status::Trouble);
            note(&format!("{error:#}"))
        }
        ended => ended,
    }
}

fn read(options: &DecodeOptions, input: Input, report: &mut Report) -> anyhow::Result<()> {
    let name = input.name().to_owned();
    let mut input = input.unpacked().with_context(|| name.clone())?;
    let is_live = input.is_live();
    if options.hex && capture::is_capture(input.peek(4)?) {
        bail!("{name} is a capture, not hexadecimal text: leave out --hex");
    }
    if options.hex {
        return decode_hex(HexText::new(input), is_live, options, report).with_context(|| name);
    }
    if capture::is_capture(input.peek(4)?) {
        let decode = || capture::decode(input, mode(options, true), options.keylog.as_deref(), report);
        return decode().with_context(|| name);
    }
    if options.keylog.is_some() {
        bail!("{name} is not a capture: --keylog decrypts TLS in pcap and pcapng files");
    }
    // No more is waited for where the first bytes are those of a frame.
    if starts_as_text(input.peek(4)?) && is_hex_text(input.peek(MOST_START)?) {
        bail!("{name} is hexadecimal text: add --hex");
    }
    if input.peek(1)? != [0] {
        let start = input.peek(if is_live { Opening::LONGEST } else { LONGEST })?;
        // What is to be judged is judged.
        let is_asked_for = options.stateless || options.role.is_some();
        let what = disguise(start).map(str::to_owned);
        if let Some(what) = what.or_else(|| text_in_disguise(start).filter(|_| !is_asked_for)) {
            bail!("{name} is {what}");
        }
    }
    decode_octets(&mut input, is_live, options, report).with_context(|| name)
}

/// The bytes that text describes. A dump that lacks its first lines is not for the sender to answer for.
fn decode_hex(
    mut text: HexText<Input>,
    is_live: bool,
    options: &DecodeOptions,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (start, _) = text.start(FrameHeader::LEN)?;
    let is_doubtful = !options.stateless && !starts_connection(start);
    if text.is_empty() {
        bail!("there are no bytes in this text: nothing to decode");
    }
    if is_doubtful {
        text.refuse_packet()?;
        let (_, later) = text.start(FrameHeader::LEN)?;
        if let Some(offset) = later {
            bail!(
                "the dump starts at offset {offset}, where no connection starts: the lines before it are missing (--stateless reads \
                 frames from the middle)"
            );
        }
    }
    decode_octets(text, is_live, options, report)
}

/// Whether the first bytes are those of the preface, of a SETTINGS frame or of a protocol that has an error of its own.
fn starts_connection(start: &[u8]) -> bool {
    let is_settings =
        |header: FrameHeader| header.frame_type == FrameType::SETTINGS && header.stream_id.is_connection();
    PREFACE.starts_with(start)
        || matches!(Opening::detect(start), Opening::Foreign(_))
        || start.first_chunk().map(FrameHeader::parse).is_some_and(is_settings)
}

/// Whether hexadecimal text may start like this: its digits, a comment, a literal, a byte order mark.
fn starts_as_text(start: &[u8]) -> bool {
    let is_text = |octet: &u8| {
        octet.is_ascii_hexdigit() || octet.is_ascii_whitespace() || b"#\\/x[{(&\"'=:,;".contains(octet)
    };
    let starts: [&[u8]; 8] = [b"\xef\xbb\xbf", b"#", b"b\"", b"b'", b"unsi", b"stat", b"let ", b"var "];
    starts.iter().any(|known| start.starts_with(known)) || start.iter().all(is_text)
}

/// One direction by itself is judged as the endpoint would that `--role` names. Else only what the endpoints announced counts,
/// and what the command line says.
fn mode(options: &DecodeOptions, is_capture: bool) -> Mode {
    let mode = options.role.map_or(Mode::observing(), |role| Mode::of(role.into(), is_capture));
    let mut limits = mode.limits;
    limits.max_section_size = options.max_header_list_size.unwrap_or(limits.max_section_size);
    limits.max_fields = options.max_header_fields.or(limits.max_fields);
    limits.max_block_len = options.max_header_block.or(limits.max_block_len);
    limits.max_continuations = options.max_continuations.or(limits.max_continuations);
    Mode {
        limits,
        judges_size: mode.judges_size
            || options.max_header_list_size.is_some()
            || options.max_header_fields.is_some(),
        max_frame_size: options.max_frame_size,
        header_table_size: options.header_table_size,
        stateless: options.stateless,
        show_fields: !options.stats,
        show_blocks: options.annotate || options.html,
        ..mode
    }
}

/// Bytes of one direction.
fn decode_octets(
    mut octets: impl Read,
    is_live: bool,
    options: &DecodeOptions,
    report: &mut Report,
) -> anyhow::Result<()> {
    const CHUNK: usize = 256 * 1024;
    let mut direction = Direction::new(None, mode(options, false))?;
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
fn form(options: &DecodeOptions, out: Out, columns: Columns) -> Box<dyn Render> {
    let zero = if options.relative_time { Zero::Start } else { Zero::Epoch };
    let selection = Selection {
        connection: options.connection,
        stream: options.stream,
        types: options.types.clone(),
        errors: options.errors,
    };
    if let Some(stream_id) = options.follow {
        return Box::new(Follow::new(out, options.json, stream_id, options.connection));
    }
    if options.html {
        return Box::new(Html::new(out, zero, selection, options.stateless));
    }
    if options.summary {
        return Box::new(Summary::new(out, options.json, zero, selection).with_columns(columns));
    }
    let render: Box<dyn Render> = if options.json {
        Box::new(Json::new(out).with_zero(zero))
    } else if options.stats {
        Box::new(Stats::new(out))
    } else {
        Box::new(Text::new(out, "", options.annotate).with_zero(zero).with_columns(columns))
    };
    if selection.takes_all() { render } else { Box::new(Filter::new(selection, render)) }
}
