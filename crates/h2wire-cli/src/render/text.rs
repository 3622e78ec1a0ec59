//! Frames for people.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;

use anstyle::{AnsiColor, Style};
use h2wire::frame::{
    AltSvc, ErrorCode, Frame, FrameHeader, Origin, PREFACE, PriorityFields, PriorityUpdate, Scope, Settings,
    Unknown,
};
use h2wire::hpack::Known;
use h2wire::{Breach, Indexing, Rule};

use crate::event::{Breaches, Event, Fault, FieldSection, Position, Side};
use crate::inspect::TlsFacts;
use crate::moment::{Moment, Zero};
use crate::render::annotate::{self, Piece};
use crate::render::diagnosis::{answer, evidence, frame_octets, hint, labelled};
use crate::render::dump::{dump, printable};
use crate::render::finding;
use crate::render::form::{Out, Render};
use crate::render::shortage::shortage;

const FAINT: Style = Style::new().dimmed();
const NAME: Style = AnsiColor::Cyan.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Bytes of a payload that are shown.
const MOST_PAYLOAD: usize = 64;
/// Bytes from the start of a broken frame that are shown.
const MOST_BROKEN: usize = 48;
/// Room before the details of a frame.
const INDENT: &str = "            ";

pub(crate) struct Text {
    out: BufWriter<Out>,
    name: String,
    annotate: bool,
    /// Whether hints propose options of `decode`.
    hints: bool,
    zero: Zero,
    /// The packet, and its place at the start of a line.
    moment: String,
}

impl Text {
    /// Output about the input `name`, with every byte if `annotate`.
    pub(crate) fn new(out: Out, name: String, annotate: bool) -> Self {
        Self {
            out: BufWriter::new(out),
            name,
            annotate,
            hints: true,
            zero: Zero::Epoch,
            moment: String::new(),
        }
    }

    /// The same with times from another point.
    pub(crate) fn with_zero(self, zero: Zero) -> Self {
        Self { zero, ..self }
    }

    /// Output of `probe`, which has no such options.
    pub(crate) fn without_hints(out: Out, name: String) -> Self {
        Self { hints: false, ..Self::new(out, name, false) }
    }
}

impl Render for Text {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Preface => {
                self.title(place, NAME, "preface", "")?;
                self.pieces(place, &annotate::preface(), PREFACE)
            }
            Event::Frame { header, frame, octets } => {
                self.title(place, NAME, &header.frame_type.to_string(), &summary(header))?;
                if self.annotate {
                    self.pieces(place, &annotate::frame(header, frame), octets)
                } else {
                    self.details(&details(frame))
                }
            }
            Event::FieldSection(section) => self.section(place, section),
            Event::Error { error, breaches, octets } => self.error(place, *error, breaches, octets),
            Event::Lost { octets, frame, in_step, .. } => {
                let mut what = format!("{octets} bytes are not in the capture");
                if let Some(header) = frame {
                    let frame = format!(": of {}, {}", header.frame_type, summary(header));
                    what.push_str(&frame);
                }
                if !in_step {
                    what.push_str("; it is not known where the next frame starts");
                }
                self.title(place, ERROR, "lost", &what)
            }
            Event::Part { header, at, octets } => {
                let (len, frame) = (octets.len(), header.frame_type);
                let what =
                    format!("{len} bytes of {frame} that is not whole, from {at} on, {}", summary(header));
                self.title(place, NAME, "part", &what)?;
                self.details(&dump(octets, MOST_PAYLOAD))
            }
            Event::Skipped { octets } => {
                let what = format!("{octets} bytes: it is not known where in them a frame starts");
                self.title(place, ERROR, "skipped", &what)
            }
            Event::Finding { cause, scope, stream_id } => {
                let from = sender(place);
                let what = format!("{}{from} at offset {}: {}", self.name, place.offset, cause.sentence());
                self.title(place, ERROR, "error", &what)?;
                self.details(&finding::lines(*cause, *scope, *stream_id))
            }
            Event::LeftOpen(streams) => {
                let number = place.flow.map_or(0, |flow| flow.connection);
                let moment = &self.moment;
                writeln!(self.out, "{FAINT}{moment}{number} ends with open streams{FAINT:#}")?;
                self.details(&finding::open_streams(streams))
            }
            Event::Incomplete { octets, need } => {
                let have = octets.len();
                let what = format!("the input ends after {have} of at least {need} bytes");
                self.title(place, ERROR, "incomplete", &what)?;
                self.details(&dump(octets, MOST_PAYLOAD))
            }
        }
    }

    fn input(&mut self, name: &str, is_one_of_many: bool) -> io::Result<()> {
        name.clone_into(&mut self.name);
        if is_one_of_many { writeln!(self.out, "{FAINT}== {name}{FAINT:#}") } else { Ok(()) }
    }

    fn connection(&mut self, number: u64, client: SocketAddr, server: SocketAddr) -> io::Result<()> {
        writeln!(self.out, "{FAINT}{number} = {client} > {server}{FAINT:#}")
    }

    fn moment(&mut self, moment: Option<Moment>) {
        self.moment.clear();
        if let Some(Moment { packet, time }) = moment {
            let time = time.map_or(String::new(), |time| time.short(self.zero));
            // Writing to a string cannot fail.
            let _ = write!(self.moment, "{time:>15} {packet:>6}  ");
        }
    }

    fn tls(&mut self, number: u64, facts: &TlsFacts) -> io::Result<()> {
        let known = |fact: &Option<String>| fact.clone().unwrap_or_else(|| "unknown".to_owned());
        let chosen = |fact: &Option<String>| fact.clone().unwrap_or_else(|| "none".to_owned());
        writeln!(
            self.out,
            "{FAINT}{number} = {}, {}, ALPN {}, SNI {}{FAINT:#}",
            known(&facts.version),
            known(&facts.suite),
            chosen(&facts.alpn),
            chosen(&facts.server_name)
        )
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Text {
    /// A line with the place, the name and the rest.
    fn title(&mut self, place: &Position, style: Style, name: &str, rest: &str) -> io::Result<()> {
        let (flow, offset, moment) = (flow(place), place.offset, &self.moment);
        let gap = if rest.is_empty() { "" } else { "  " };
        let width = if rest.is_empty() { 0 } else { 15 };
        writeln!(
            self.out,
            "{FAINT}{moment}{flow}{offset:>8}{FAINT:#}  {style}{name:<width$}{style:#}{gap}{rest}"
        )
    }

    fn details(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            writeln!(self.out, "{INDENT}{line}")?;
        }
        Ok(())
    }

    fn section(&mut self, place: &Position, section: &FieldSection<'_>) -> io::Result<()> {
        let stream = format!("stream {}", section.head.stream_id);
        let promised = section.head.promised_stream_id.map(|id| format!(", for the promised stream {id}"));
        let count =
            if section.count == 1 { "1 field".to_owned() } else { format!("{} fields", section.count) };
        let rest = format!("{stream:<12} {count}{}", promised.unwrap_or_default());
        self.title(place, NAME, "field section", &rest)?;
        for field in section.fields {
            let never = if field.indexing == Indexing::Never { "  (never indexed)" } else { "" };
            let line = match field.known {
                Known::Both => format!("{}: {}", printable(field.name), printable(field.value)),
                Known::Value => format!("<unknown>: {}", printable(field.value)),
                Known::Neither => "<unknown>".to_owned(),
            };
            writeln!(self.out, "{INDENT}{line}{never}")?;
        }
        Ok(())
    }

    /// Every byte with its field, if annotations are on.
    fn pieces(&mut self, place: &Position, pieces: &[Piece], octets: &[u8]) -> io::Result<()> {
        if self.annotate {
            self.details(&annotate::lines(place.offset, pieces, octets))?;
        }
        Ok(())
    }

    fn error(
        &mut self,
        place: &Position,
        error: Fault,
        breaches: &Breaches<'_>,
        octets: &[u8],
    ) -> io::Result<()> {
        let rule = error.rule;
        let from = sender(place);
        let what = format!("{}{from} at offset {}: {}", self.name, place.offset, rule.sentence());
        self.title(place, ERROR, "error", &what)?;
        let mut lines = vec![format!("rule      {} in {}", rule.name(), rule.section())];
        lines.extend(fields(error, breaches));
        lines.push(format!("reaction  {}", answer(error)));
        lines.extend(evidence(rule, octets).map(|evidence| format!("seen      {evidence}")));
        let frame = frame_octets(rule, octets);
        for (index, line) in dump(frame, MOST_BROKEN).into_iter().enumerate() {
            lines.push(format!("{:<10}{line}", if index == 0 { "bytes" } else { "" }));
        }
        labelled(&mut lines, "remedy", rule.remedy());
        if let Some(hint) = hint(rule, octets).filter(|_| self.hints) {
            labelled(&mut lines, "hint", hint);
        }
        if error.scope == Scope::Connection {
            lines.push("The rest of this direction is not read.".to_owned());
        }
        self.details(&lines)?;
        match octets.first_chunk().map(FrameHeader::parse) {
            // The frame of a broken field block has been shown already.
            Some(header) if !rule.is_other_protocol() && !matches!(rule, Rule::Hpack(_)) => {
                self.pieces(place, &annotate::broken(&header, frame.len()), frame)
            }
            _ => Ok(()),
        }
    }
}

/// Which field breaks the rule, and what else is wrong with the section.
fn fields(error: Fault, breaches: &Breaches<'_>) -> Vec<String> {
    let line = |index| {
        let field = breaches.field(index);
        let text = field.map(|field| format!("{}: \"{}\"", printable(field.name), printable(field.value)));
        index.map(|index| format!("field {index}  {}", text.unwrap_or_default()))
    };
    let mut lines = Vec::new();
    lines.extend(line(error.field).map(|line| format!("where     {line}")));
    // The error is one of them, or comes before all, for a limit.
    let is_error =
        |breach: &Breach| Rule::Malformed(breach.malformed) == error.rule && breach.field() == error.field;
    for breach in breaches.all.iter().filter(|breach| !is_error(breach)) {
        let rule = format!("also      {} in {}", breach.malformed.name(), breach.malformed.section());
        lines.push(match line(breach.field()) {
            Some(line) => format!("{rule}: {line}"),
            None => rule,
        });
    }
    lines
}

/// Who sends, in a capture.
fn sender(place: &Position) -> String {
    place.flow.map_or(String::new(), |flow| format!(" from the {}", flow.from.name()))
}

/// The connection and the sender, in a capture.
fn flow(place: &Position) -> String {
    let arrow = |side| if side == Side::Client { '>' } else { '<' };
    place.flow.map_or(String::new(), |flow| format!("{} {}", flow.connection, arrow(flow.from)))
}

fn summary(header: &FrameHeader) -> String {
    let stream = format!("stream {}", header.stream_id);
    let octets = format!("{} bytes", header.length.get());
    let mut line = format!("{stream:<12} {octets:<13}");
    for name in header.flags.names(header.frame_type) {
        line.push(' ');
        line.push_str(name);
    }
    line.trim_end().to_owned()
}

/// The contents of a frame, one item per line.
fn details(frame: &Frame<&[u8]>) -> Vec<String> {
    match frame {
        Frame::Data(frame) => {
            let mut lines = padding(frame.pad_length);
            lines.extend(dump(frame.data, MOST_PAYLOAD));
            lines
        }
        Frame::Headers(frame) => {
            let mut lines = padding(frame.pad_length);
            lines.extend(frame.priority.as_ref().map(priority));
            if frame.depends_on_itself() {
                lines.push("the stream depends on itself".to_owned());
            }
            lines.extend(dump(frame.field_block_fragment, MOST_PAYLOAD));
            lines
        }
        Frame::Priority(frame) => {
            let mut lines = vec![priority(&frame.priority)];
            if frame.depends_on_itself() {
                lines.push("the stream depends on itself".to_owned());
            }
            lines
        }
        Frame::RstStream(frame) => vec![error_code(frame.error_code)],
        Frame::Settings(Settings::Ack) => vec![],
        Frame::Settings(Settings::List(list)) => {
            list.iter().map(|setting| format!("{:<24} {}", setting.id, setting.value)).collect()
        }
        Frame::PushPromise(frame) => {
            let mut lines = padding(frame.pad_length);
            lines.push(format!("promised stream {}", frame.promised_stream_id));
            lines.extend(dump(frame.field_block_fragment, MOST_PAYLOAD));
            lines
        }
        Frame::Ping(frame) => dump(&frame.opaque_data, MOST_PAYLOAD),
        Frame::GoAway(frame) => {
            let mut lines =
                vec![format!("last stream {}", frame.last_stream_id), error_code(frame.error_code)];
            lines.extend(dump(frame.additional_debug_data, MOST_PAYLOAD));
            lines
        }
        Frame::WindowUpdate(frame) => vec![format!("increment {}", frame.window_size_increment)],
        Frame::Continuation(frame) => dump(frame.field_block_fragment, MOST_PAYLOAD),
        Frame::Unknown(frame) => unknown(frame),
    }
}

fn padding(pad_length: Option<u8>) -> Vec<String> {
    pad_length.map(|octets| format!("padding {octets}")).into_iter().collect()
}

fn priority(fields: &PriorityFields) -> String {
    let exclusive = if fields.exclusive { ", exclusive" } else { "" };
    let weight = u16::from(fields.weight).saturating_add(1);
    format!(
        "depends on stream {}{exclusive}, weight {weight} ({} on the wire)",
        fields.stream_dependency, fields.weight
    )
}

fn error_code(code: ErrorCode) -> String {
    format!("error code {code} ({})", code.0)
}

fn unknown(frame: &Unknown<&[u8]>) -> Vec<String> {
    let text = |octets: &[u8]| format!("\"{}\"", printable(octets));
    if let Some(altsvc) = AltSvc::from_unknown(frame) {
        return vec![
            format!("origin {}", text(altsvc.origin)),
            format!("alternative service {}", text(altsvc.alt_svc_field_value)),
        ];
    }
    if let Some(origin) = Origin::from_unknown(frame) {
        return origin.iter().map(|entry| format!("origin {}", text(entry))).collect();
    }
    if let Some(Ok(update)) = PriorityUpdate::from_unknown(frame) {
        let (id, value) = (update.prioritized_stream_id, text(update.priority_field_value));
        return vec![format!("stream {id} gets priority {value}")];
    }
    let mut lines: Vec<String> = shortage(frame).into_iter().collect();
    lines.extend(dump(frame.payload, MOST_PAYLOAD));
    lines
}
