//! Events to lines of the page. Its keys are between this file and `page.js`, and are no contract.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use h2wire::frame::{FrameHeader, FrameRule, PREFACE, Scope, StreamId};
use h2wire::hpack::Known;
use h2wire::{Indexing, Rule};
use serde_json::{Map, Value, json};

use super::page::{Kind, Page};
use crate::anatomy::Piece;
use crate::event::{Breaches, Event, Fault, FieldSection, Position};
use crate::hidden::unhidden;
use crate::inspect::TlsFacts;
use crate::moment::{Moment, Zero};
use crate::render::annotate;
use crate::render::diagnosis::{self, frame_octets, hint};
use crate::render::dump::printable;
use crate::render::finding;
use crate::render::form::Render;

/// Bytes of a frame that are shown.
const MOST_OCTETS: usize = 512;
/// The same of a field block, byte by byte.
const MOST_BLOCK: usize = 4 * 1024;
/// Bytes of a value that are shown.
const MOST_VALUE: usize = 4 * 1024;

pub(super) struct Timeline {
    page: Rc<RefCell<Page>>,
    zero: Zero,
    moment: Option<Moment>,
    /// Whether the page knows when this input began.
    has_clock: bool,
}

type Object = Map<String, Value>;

impl Timeline {
    pub(super) const fn new(page: Rc<RefCell<Page>>, zero: Zero) -> Self {
        Self { page, zero, moment: None, has_clock: false }
    }

    /// Whether a line of this kind is written: what is left out is not made.
    fn has_room(&self, kind: Kind) -> bool {
        self.page.borrow_mut().has_room(kind)
    }

    fn line(&self, kind: Kind, line: Object) -> io::Result<()> {
        self.page.borrow_mut().line(kind, &line.into())
    }

    /// The same at a place of a stream.
    fn placed(&self, kind: Kind, place: &Position, stream_id: StreamId, mut line: Object) -> io::Result<()> {
        insert(&mut line, "stream", stream_id.get());
        insert(&mut line, "offset", place.offset);
        if let Some(flow) = place.flow {
            insert(&mut line, "connection", flow.connection);
            insert(&mut line, "from", flow.from.name());
        }
        if let Some(Moment { packet, time }) = self.moment {
            insert(&mut line, "packet", packet);
            let since_start = time.and_then(|time| i64::try_from(time.since_start).ok());
            insert(&mut line, "at", since_start);
        }
        self.line(kind, line)
    }

    /// When the input began, which is known with its first packet.
    fn clock(&mut self) -> io::Result<()> {
        let Some(time) = self.moment.and_then(|moment| moment.time) else { return Ok(()) };
        if self.zero == Zero::Start || std::mem::replace(&mut self.has_clock, true) {
            return Ok(());
        }
        // A number of JavaScript does not hold them in nanoseconds.
        let start = time.since_epoch.saturating_sub(time.since_start);
        let clock = i64::try_from(start.div_euclid(1_000)).ok();
        let rest = i64::try_from(start.rem_euclid(1_000)).ok();
        self.line(Kind::Connection, object(json!({"clock": clock, "rest": rest})))
    }

    fn frame(
        &self,
        place: &Position,
        header: &FrameHeader,
        pieces: &[Piece],
        octets: &[u8],
    ) -> io::Result<()> {
        self.placed(Kind::Frame, place, header.stream_id, frame_object(header, pieces, octets))
    }

    fn section(&self, place: &Position, section: &FieldSection<'_>) -> io::Result<()> {
        let fields: Vec<Value> = section
            .fields
            .iter()
            .map(|field| {
                let never = field.indexing == Indexing::Never;
                match field.known {
                    Known::Both => json!([shown(field.name), shown(field.value), never]),
                    Known::Value => json!([null, shown(field.value), never]),
                    Known::Neither => json!([null, null, never]),
                }
            })
            .collect();
        let promised = section.head.promised_stream_id.map(StreamId::get);
        let line = json!({"on": {"section": fields, "promised": promised}});
        self.placed(Kind::Section, place, section.head.stream_id, object(line))
    }

    fn error(
        &self,
        place: &Position,
        error: Fault,
        breaches: &Breaches<'_>,
        octets: &[u8],
    ) -> io::Result<()> {
        let rule = error.rule;
        let mut rows = diagnosis::facts(error, breaches, octets);
        rows.push(("remedy", rule.remedy().to_owned()));
        rows.extend(hint(rule, octets).map(|hint| ("hint", hint.to_owned())));
        if error.scope == Scope::Connection {
            rows.push(("after it", "The rest of this direction is not read.".to_owned()));
        }
        let octets = frame_octets(rule, octets);
        let is_frame = !rule.is_other_protocol() && rule != Rule::Frame(FrameRule::FirstFrame);
        let header = octets.first_chunk().map(FrameHeader::parse).filter(|_| is_frame);
        let mut line = match &header {
            Some(header) => frame_object(header, &annotate::broken(header, octets.len()), octets),
            None => octets_object(&[], octets, MOST_OCTETS),
        };
        insert(&mut line, "error", rule.sentence());
        insert(&mut line, "rows", json!(rows));
        let stream_id = match (error.scope, header) {
            (Scope::Stream(id), _) => id,
            (Scope::Connection, Some(header)) => header.stream_id,
            (Scope::Connection, None) => StreamId::CONNECTION,
        };
        self.placed(Kind::Error, place, stream_id, line)
    }

    /// Bytes that are missing or cannot be read.
    fn gap(
        &self,
        place: &Position,
        name: &str,
        what: String,
        octets: &[u8],
        header: Option<&FrameHeader>,
    ) -> io::Result<()> {
        let mut line = match header {
            Some(header) if !octets.is_empty() => {
                frame_object(header, &annotate::broken(header, octets.len()), octets)
            }
            _ => octets_object(&[], octets, MOST_OCTETS),
        };
        let of = header.map(|header| format!("; the frame is {header}"));
        insert(&mut line, "gap", name);
        insert(&mut line, "what", what + &of.unwrap_or_default());
        let stream_id = header.map_or(StreamId::CONNECTION, |header| header.stream_id);
        self.placed(Kind::Error, place, stream_id, line)
    }

    fn write(&self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        let kind = match event {
            Event::Preface | Event::Frame { .. } => Kind::Frame,
            Event::FieldBlock { .. } | Event::FieldSection(_) => Kind::Section,
            Event::LeftOpen(_) => Kind::Connection,
            _ => Kind::Error,
        };
        if !self.has_room(kind) {
            return Ok(());
        }
        match event {
            Event::Preface => {
                let mut line = octets_object(&annotate::preface(), PREFACE, MOST_OCTETS);
                insert(&mut line, "frame", "preface");
                insert(&mut line, "length", PREFACE.len());
                self.placed(Kind::Frame, place, StreamId::CONNECTION, line)
            }
            Event::Frame { header, frame, octets, .. } => {
                self.frame(place, header, &annotate::frame(header, frame), octets)
            }
            Event::FieldBlock { stream_id, octets, pieces } => {
                let block = octets_object(pieces, octets, MOST_BLOCK);
                let line = object(json!({"on": {"block": block}}));
                self.placed(Kind::Section, place, *stream_id, line)
            }
            Event::FieldSection(section) => self.section(place, section),
            Event::Error { error, breaches, octets } => self.error(place, *error, breaches, octets),
            Event::Lost { octets, frame, in_step, .. } => {
                let mut what = diagnosis::lost(*octets);
                if !in_step {
                    what.push_str("; it is not known where the next frame starts");
                }
                self.gap(place, "lost", what, &[], frame.as_ref())
            }
            Event::Part { header, at, octets } => {
                let mut line = octets_object(&[], octets, MOST_OCTETS);
                insert(&mut line, "gap", "part");
                insert(&mut line, "what", diagnosis::part(header, *at, octets.len()));
                self.placed(Kind::Error, place, header.stream_id, line)
            }
            Event::Skipped { octets } => self.gap(place, "skipped", diagnosis::skipped(*octets), &[], None),
            Event::Incomplete { octets, need } => {
                let header = octets.first_chunk().map(FrameHeader::parse);
                let what = diagnosis::incomplete(octets.len(), *need);
                self.gap(place, "incomplete", what, octets, header.as_ref())
            }
            Event::Finding { cause, scope, stream_id } => {
                let rows = finding::facts(*cause, *scope, *stream_id);
                let line = object(json!({"error": cause.sentence(), "rows": rows}));
                self.placed(Kind::Error, place, *stream_id, line)
            }
            Event::LeftOpen(streams) => {
                let ids: Vec<u32> = streams.iter().map(|stream| stream.stream_id.get()).collect();
                let line = json!({"open": ids, "lines": finding::open_streams(streams)});
                self.placed(Kind::Connection, place, StreamId::CONNECTION, object(line))
            }
        }
    }
}

impl Render for Timeline {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        self.clock()?;
        self.write(place, event)
    }

    fn input(&mut self, name: &str, _is_one_of_many: bool) -> io::Result<()> {
        self.has_clock = false;
        self.line(Kind::Connection, object(json!({"file": unhidden(name)})))
    }

    fn connection(&mut self, number: u64, client: SocketAddr, server: SocketAddr) -> io::Result<()> {
        let ends = [client.to_string(), server.to_string()];
        self.line(Kind::Connection, object(json!({"ends": ends, "connection": number})))
    }

    fn moment(&mut self, moment: Option<Moment>) {
        self.moment = moment;
    }

    fn tls(&mut self, number: u64, facts: &TlsFacts) -> io::Result<()> {
        let shown = |fact: &Option<String>| fact.as_deref().map(unhidden);
        let line = json!({
            "tls": [shown(&facts.version), shown(&facts.suite), shown(&facts.alpn), shown(&facts.server_name)],
            "connection": number,
        });
        self.line(Kind::Connection, object(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.page.borrow_mut().flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.page.borrow_mut().finish()
    }
}

fn insert(line: &mut Object, key: &str, value: impl Into<Value>) {
    line.insert(key.to_owned(), value.into());
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

fn frame_object(header: &FrameHeader, pieces: &[Piece], octets: &[u8]) -> Object {
    let mut line = octets_object(pieces, octets, MOST_OCTETS);
    let flags: Vec<_> = header.flags.names(header.frame_type).collect();
    insert(&mut line, "frame", header.frame_type.to_string());
    insert(&mut line, "flags", flags.join(" "));
    insert(&mut line, "length", header.length.get());
    line
}

/// The first bytes, what `--annotate` says of each, and how many there are.
fn octets_object(pieces: &[Piece], octets: &[u8], most: usize) -> Object {
    let mut line = Object::new();
    let shown = octets.get(..most).unwrap_or(octets);
    insert(&mut line, "octets", hex::encode(shown));
    let mut start: usize = 0;
    let mut all = Vec::new();
    for Piece { len, label, section, is_remark } in pieces {
        if start <= most && (*len > 0 || *is_remark) {
            all.push(json!([len, cut(label), section]));
        }
        start = start.saturating_add(*len);
    }
    insert(&mut line, "pieces", all);
    insert(&mut line, "total", octets.len());
    line
}

/// What a piece says, which may quote a value, cut if it is long.
fn cut(label: &str) -> String {
    match label.char_indices().nth(MOST_VALUE) {
        Some((end, _)) => {
            let (start, rest) = label.split_at(end);
            format!("{start} (and {} more characters)", rest.chars().count())
        }
        None => label.to_owned(),
    }
}

/// A name or a value as text in which nothing is hidden, cut if it is long.
fn shown(octets: &[u8]) -> String {
    match octets.get(..MOST_VALUE) {
        Some(start) if octets.len() > MOST_VALUE => {
            format!("{} (and {} more bytes)", printable(start), octets.len().saturating_sub(MOST_VALUE))
        }
        _ => printable(octets),
    }
}
