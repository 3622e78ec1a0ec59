//! Frames for people.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;

use anstyle::Style;
use h2wire::frame::{FrameHeader, PREFACE, Scope};
use h2wire::{Indexing, Rule};

use crate::anatomy::Piece;
use crate::event::{Breaches, Event, Fault, FieldSection, Position, Side};
use crate::hidden::unhidden;
use crate::inspect::TlsFacts;
use crate::moment::{Moment, Zero};
use crate::render::annotate;
use crate::render::details::{MOST_PAYLOAD, details};
use crate::render::diagnosis::{self, Fact, PROSE, frame_octets, hint};
use crate::render::dump::{self, dump, field_text};
use crate::render::finding;
use crate::render::form::{Out, Render};
use crate::screen::{Columns, broken, for_reading};
use crate::style::{self, FAINT, LABEL, MESSAGE, MISSING, NAME, WRONG};

/// Bytes from the start of a broken frame that are shown.
const MOST_BROKEN: usize = 48;
/// Room before the details of a frame.
const INDENT: &str = "            ";
/// Room for the label of a fact.
const LABEL_WIDTH: usize = 10;
/// With less room for the rest of a title, all of it goes below.
const LEAST_TITLE: usize = 12;

pub(crate) struct Text {
    out: BufWriter<Out>,
    name: String,
    annotate: bool,
    /// Whether hints propose options of `decode`.
    hints: bool,
    zero: Zero,
    columns: Columns,
    /// The packet, and its place at the start of a line.
    moment: String,
}

impl Text {
    /// Output about the input `name`, with every byte if `annotate`.
    pub(crate) fn new(out: Out, name: &str, annotate: bool) -> Self {
        Self {
            out: BufWriter::new(out),
            name: unhidden(name),
            annotate,
            hints: true,
            zero: Zero::Epoch,
            columns: None,
            moment: String::new(),
        }
    }

    /// The same with times from another point.
    pub(crate) fn with_zero(self, zero: Zero) -> Self {
        Self { zero, ..self }
    }

    /// The same, no wider than this.
    pub(crate) fn with_columns(self, columns: Columns) -> Self {
        Self { columns, ..self }
    }

    /// Output of `probe`, which has no such options.
    pub(crate) fn without_hints(out: Out, name: &str) -> Self {
        Self { hints: false, ..Self::new(out, name, false) }
    }
}

impl Render for Text {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Preface => {
                self.title(place, MESSAGE, "preface", "")?;
                self.pieces(place.offset, &annotate::preface(), PREFACE)
            }
            Event::Frame { header, frame, octets, is_guess } => {
                let style = style::of_frame(frame);
                let guess = if *is_guess { "  (a guess)" } else { "" };
                let what = format!("{}{guess}", summary(header));
                self.title(place, style, &header.frame_type.to_string(), &what)?;
                if self.annotate {
                    self.pieces(place.offset, &annotate::frame(header, frame), octets)
                } else {
                    self.details(&details(frame))
                }
            }
            Event::FieldBlock { stream_id, octets, pieces } => {
                let stream = format!("stream {stream_id}");
                let what = format!("{stream:<12} {} bytes, by representation", octets.len());
                self.title(place, MESSAGE, "field block", &what)?;
                self.pieces(0, pieces, octets)
            }
            Event::FieldSection(section) => self.section(place, section),
            Event::Error { error, breaches, octets } => self.error(place, *error, breaches, octets),
            Event::Lost { octets, frame, in_step, .. } => {
                let mut what = diagnosis::lost(*octets);
                if let Some(header) = frame {
                    let frame = format!(": of {}, {}", header.frame_type, summary(header));
                    what.push_str(&frame);
                }
                if !in_step {
                    what.push_str("; it is not known where the next frame starts");
                }
                self.title(place, MISSING, "lost", &what)
            }
            Event::Part { header, at, octets } => {
                let what = format!("{}, {}", diagnosis::part(header, *at, octets.len()), summary(header));
                self.title(place, NAME, "part", &what)?;
                self.details(&dump(octets, MOST_PAYLOAD))
            }
            Event::Skipped { octets } => self.title(place, MISSING, "skipped", &diagnosis::skipped(*octets)),
            Event::Finding { cause, scope, stream_id } => {
                let from = sender(place);
                let what = format!("{}{from} at offset {}: {}", self.name, place.offset, cause.sentence());
                self.title(place, WRONG, "error", &what)?;
                self.facts(&finding::facts(*cause, *scope, *stream_id))
            }
            Event::LeftOpen(streams) => {
                let number = place.flow.map_or(0, |flow| flow.connection);
                let moment = &self.moment;
                writeln!(self.out, "{FAINT}{moment}{number} ends with open streams{FAINT:#}")?;
                self.details(&finding::open_streams(streams))
            }
            Event::Incomplete { octets, need } => {
                let what = diagnosis::incomplete(octets.len(), *need);
                self.title(place, MISSING, "incomplete", &what)?;
                self.details(&dump(octets, MOST_PAYLOAD))
            }
        }
    }

    fn input(&mut self, name: &str, is_one_of_many: bool) -> io::Result<()> {
        self.name = unhidden(name);
        if is_one_of_many { self.remark(&format!("== {}", self.name)) } else { Ok(()) }
    }

    fn connection(&mut self, number: u64, client: SocketAddr, server: SocketAddr) -> io::Result<()> {
        self.remark(&format!("{number} = {client} > {server}"))
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
        self.remark(&format!(
            "{number} = {}, {}, ALPN {}, SNI {}",
            known(&facts.version),
            known(&facts.suite),
            chosen(&facts.alpn),
            chosen(&facts.server_name)
        ))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Text {
    /// A line about what comes next.
    fn remark(&mut self, text: &str) -> io::Result<()> {
        let room = self.columns.unwrap_or(usize::MAX);
        let mut lines = broken(text, room, room.saturating_sub(INDENT.len())).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(self.out, "{FAINT}{first}{FAINT:#}")?;
        lines.try_for_each(|line| writeln!(self.out, "{FAINT}{INDENT}{line}{FAINT:#}"))
    }

    /// A line with the place, the name and the rest.
    fn title(&mut self, place: &Position, style: Style, name: &str, rest: &str) -> io::Result<()> {
        let (flow, offset, moment) = (flow(place), place.offset, &self.moment);
        if rest.is_empty() {
            return writeln!(self.out, "{FAINT}{moment}{flow}{offset:>8}{FAINT:#}  {style}{name}{style:#}");
        }
        let place = format!("{moment}{flow}{offset:>8}");
        let lines = match self.columns {
            Some(columns) => title_lines(rest, columns, place.len()),
            None => vec![rest.into()],
        };
        let mut lines = lines.iter();
        let first = lines.next().map_or("", |line| line.trim_start());
        let (width, gap) = if first.is_empty() { (0, "") } else { (15, "  ") };
        writeln!(self.out, "{FAINT}{place}{FAINT:#}  {style}{name:<width$}{style:#}{gap}{first}")?;
        lines.try_for_each(|line| writeln!(self.out, "{INDENT}{line}"))
    }

    /// The room for text after an indent; `None` if there is no limit.
    fn room(&self, indent: usize) -> Columns {
        self.columns.map(|columns| columns.saturating_sub(INDENT.len().saturating_add(indent)))
    }

    /// Lines, each of which goes on after a further indent if it is too long.
    fn details(&mut self, lines: &[String]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.line(Style::new(), "", line))
    }

    /// A line with a name in its style, and what follows it; nothing of it is left out.
    fn line(&mut self, style: Style, name: &str, rest: &str) -> io::Result<()> {
        const MORE: &str = "    ";
        let room = self.room(0).unwrap_or(usize::MAX);
        let line = format!("{name}{rest}");
        let mut lines = broken(&line, room, room.saturating_sub(MORE.len())).into_iter();
        let first = lines.next().unwrap_or_default();
        match first.strip_prefix(name) {
            Some(rest) => writeln!(self.out, "{INDENT}{style}{name}{style:#}{rest}")?,
            None => writeln!(self.out, "{INDENT}{style}{first}{style:#}")?,
        }
        lines.try_for_each(|line| writeln!(self.out, "{INDENT}{MORE}{line}"))
    }

    /// Labels, and text that is broken between words.
    fn facts(&mut self, facts: &[Fact]) -> io::Result<()> {
        for (label, text) in facts {
            let room = self.room(LABEL_WIDTH);
            let lines = match (room, PROSE.contains(label)) {
                (None, false) => vec![text.into()],
                (Some(room), false) => textwrap::wrap(text, room),
                (room, true) => textwrap::wrap(text, for_reading(room, 90)),
            };
            let style = if *label == "rule" { WRONG } else { LABEL };
            for (index, line) in lines.iter().enumerate() {
                let label = if index == 0 { label } else { "" };
                writeln!(self.out, "{INDENT}{style}{label:<LABEL_WIDTH$}{style:#}{line}")?;
            }
        }
        Ok(())
    }

    fn section(&mut self, place: &Position, section: &FieldSection<'_>) -> io::Result<()> {
        let stream = format!("stream {}", section.head.stream_id);
        let promised = section.head.promised_stream_id.map(|id| format!(", for the promised stream {id}"));
        let count =
            if section.count == 1 { "1 field".to_owned() } else { format!("{} fields", section.count) };
        let partial = if section.is_partial { ", the rest is lost" } else { "" };
        let rest = format!("{stream:<12} {count}{}{partial}", promised.unwrap_or_default());
        self.title(place, MESSAGE, "field section", &rest)?;
        for field in section.fields {
            let never = if field.indexing == Indexing::Never { "  (never indexed)" } else { "" };
            let (name, value) = field_text(&field);
            self.line(NAME, &name, &format!("{value}{never}"))?;
        }
        Ok(())
    }

    /// Every byte with its field, if annotations are on.
    fn pieces(&mut self, offset: u64, pieces: &[Piece], octets: &[u8]) -> io::Result<()> {
        if self.annotate {
            self.details(&annotate::lines(offset, pieces, octets, self.room(0)))?;
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
        self.title(place, WRONG, "error", &what)?;
        let mut facts = diagnosis::facts(error, breaches, octets);
        let frame = frame_octets(rule, octets);
        let is_narrow = self.room(LABEL_WIDTH).is_some_and(|room| room < dump::LINE);
        for (index, line) in dump::lines(frame, MOST_BROKEN, is_narrow).into_iter().enumerate() {
            facts.push((if index == 0 { "bytes" } else { "" }, line));
        }
        facts.push(("remedy", rule.remedy().to_owned()));
        if let Some(hint) = hint(rule, octets).filter(|_| self.hints) {
            facts.push(("hint", hint.to_owned()));
        }
        self.facts(&facts)?;
        if error.scope == Scope::Connection {
            self.details(&["The rest of this direction is not read.".to_owned()])?;
        }
        match octets.first_chunk().map(FrameHeader::parse) {
            // The frame of a broken field block has been shown already.
            Some(header) if !rule.is_other_protocol() && !matches!(rule, Rule::Hpack(_)) => {
                self.pieces(place.offset, &annotate::broken(&header, frame.len()), frame)
            }
            _ => Ok(()),
        }
    }
}

/// The rest of a title in lines: what fits after the place and the name, and what goes below.
fn title_lines(rest: &str, columns: usize, place_len: usize) -> Vec<Cow<'_, str>> {
    let below = columns.saturating_sub(INDENT.len());
    // After the place, two spaces, the name, two spaces.
    let room = columns.saturating_sub(place_len.saturating_add(19));
    if room < LEAST_TITLE {
        return [vec!["".into()], textwrap::wrap(rest, below)].concat();
    }
    let filler = " ".repeat(below.saturating_sub(room));
    textwrap::wrap(rest, textwrap::Options::new(below).initial_indent(&filler))
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
