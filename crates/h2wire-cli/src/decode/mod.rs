//! `h2wire decode`: finds out what the input is and reads it to its end.

mod capture; // packets, TCP, which connections speak HTTP/2
mod direction; // one direction: octets to events
mod input; // files, standard input, progress
mod sections; // field blocks to field sections
mod table_limit; // the table that a sender may use

use std::io::{self, Read, Write};

use std::net::SocketAddr;

use anyhow::{Context, bail};
use h2wire::Limits;

use crate::args::DecodeOptions;
use crate::event::{Event, Place};
use crate::hex_text::HexText;
use crate::render::{self, Out, Render};
use crate::status::Status;
pub(crate) use direction::{Direction, Mode};
pub(crate) use input::{Input, Wanted};

/// Reads the input that the command line names, prints what is in it.
pub(crate) fn run(options: &DecodeOptions) -> anyhow::Result<Status> {
    let out = render::stdout(!options.json && !options.stats);
    decode(options, Input::open(&options.file, Wanted::DECODE), out)
}

/// The same for any input and output.
pub(crate) fn decode(
    options: &DecodeOptions,
    input: anyhow::Result<Input>,
    out: Out,
) -> anyhow::Result<Status> {
    let mut report = Report::new(render::choose(options, out));
    let read = input.and_then(|input| read(options, input, &mut report));
    // What came before an error is never lost.
    let ended = report.render.finish().map_err(Into::into).and(read);
    match ended {
        // Whoever reads the output has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(report.status),
        ended => ended.map(|()| report.status),
    }
}

/// Whether the output was closed.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

fn read(options: &DecodeOptions, mut input: Input, report: &mut Report) -> anyhow::Result<()> {
    let name = input.name().to_owned();
    let is_live = input.is_live();
    if options.hex {
        return decode_octets(HexText::new(input), is_live, options, report).with_context(|| name);
    }
    if let Some(format) = input::packed(input.peek(4)?) {
        bail!("{name}: is packed with {format}");
    }
    if capture::is_capture(input.peek(4)?) {
        return capture::decode(input, options, report).with_context(|| name);
    }
    decode_octets(&mut input, is_live, options, report).with_context(|| name)
}

/// Octets of one direction.
fn decode_octets(
    mut octets: impl Read,
    is_live: bool,
    options: &DecodeOptions,
    report: &mut Report,
) -> anyhow::Result<()> {
    const CHUNK: usize = 256 * 1024;
    let mut direction = Direction::new(None, Mode::of(options))?;
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

/// Where events go: printed, and kept in the exit status.
pub(crate) struct Report {
    render: Box<dyn Render>,
    status: Status,
}

impl Report {
    pub(crate) fn new(render: Box<dyn Render>) -> Self {
        Self { render, status: Status::Clean }
    }

    fn event(&mut self, place: &Place, event: &Event<'_>) -> anyhow::Result<()> {
        self.worsen(match event {
            Event::Preface | Event::Frame { .. } | Event::FieldSection(_) => Status::Clean,
            Event::Error { .. } => Status::Broken,
            Event::Incomplete { .. } => Status::Incomplete,
        });
        Ok(self.render.event(place, event)?)
    }

    /// A connection that speaks HTTP/2, before its first event.
    fn connection(&mut self, number: u64, client: SocketAddr, server: SocketAddr) -> anyhow::Result<()> {
        Ok(self.render.connection(number, client, server)?)
    }

    /// Shows what was printed so far.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.render.flush()?)
    }

    fn worsen(&mut self, status: Status) {
        self.status = self.status.max(status);
    }
}

/// Says something that is not wrong with HTTP/2, but must not go unsaid.
pub(crate) fn note(note: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stderr(), "h2wire: {note}")?)
}

impl Mode {
    fn of(options: &DecodeOptions) -> Self {
        let default = Limits::DEFAULT
            .with_max_section_size(options.max_header_list_size)
            .with_max_fields(options.max_header_fields)
            .with_max_continuations(options.max_continuations);
        let max_frame_size = options.max_frame_size.unwrap_or(default.max_frame_size);
        Self {
            limits: default.with_max_frame_size(max_frame_size),
            header_table_size: options.header_table_size,
            role: options.role.map(Into::into),
            stateless: options.stateless,
            show_fields: !options.stats,
        }
    }
}
