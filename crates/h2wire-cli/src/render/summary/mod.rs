//! One line for each request.

mod exchange; // what is known of one
mod print; // its line

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};

use h2wire::frame::{Frame, FrameHeader, Scope, StreamId};
use h2wire_connection::Cause;

use serde_json::{Map, Value, json};

use crate::event::{Event, FieldSection, Flow, Position, Side};
use crate::moment::{Moment, Zero};
use crate::render::finding;
use crate::render::form::{Out, Render};
use crate::render::selection::Selection;
use crate::screen::Columns;
use crate::style::{MISSING, WRONG};
use crate::upgrade::UpgradedRequest;
use exchange::Exchange;
use print::INDENT;

/// Exchanges that are over and wait for the line of an earlier one.
const MOST_WAITING: usize = 10_000;

/// Prints exchanges in the order of their requests.
pub(crate) struct Summary {
    out: BufWriter<Out>,
    json: bool,
    zero: Zero,
    columns: Columns,
    selection: Selection,
    has_title: bool,
    /// The name of one of several inputs.
    file: Option<String>,
    moment: Option<Moment>,
    /// Those that have no line yet, by the order of their requests.
    exchanges: BTreeMap<u64, Exchange>,
    count: u64,
    connections: HashMap<Option<u64>, Connection>,
    /// About as many of them are over.
    waiting: usize,
}

/// The streams of a connection.
#[derive(Default)]
struct Connection {
    open: HashMap<StreamId, u64>,
    /// The first stream of the client that was seen. Those below it were opened before.
    first: Option<StreamId>,
    last_opened: StreamId,
    last_promised: StreamId,
    /// Who sends the one direction that is seen.
    side: Option<Side>,
}

impl Summary {
    pub(crate) fn new(out: Out, json: bool, zero: Zero, selection: Selection) -> Self {
        Self {
            out: BufWriter::new(out),
            json,
            zero,
            columns: None,
            selection,
            has_title: json,
            file: None,
            moment: None,
            exchanges: BTreeMap::new(),
            count: 0,
            connections: HashMap::new(),
            waiting: 0,
        }
    }

    /// The same, no wider than this.
    pub(crate) fn with_columns(self, columns: Columns) -> Self {
        Self { columns, ..self }
    }

    /// A new exchange of a stream.
    fn open(&mut self, connection: Option<u64>, stream_id: StreamId) -> &mut Exchange {
        self.count = self.count.saturating_add(1);
        self.connections.entry(connection).or_default().open.insert(stream_id, self.count);
        let start = self.moment;
        let exchange = Exchange { connection, stream_id, start, ..Exchange::default() };
        self.exchanges.entry(self.count).or_insert(exchange)
    }

    fn find(&mut self, connection: Option<u64>, stream_id: StreamId) -> Option<&mut Exchange> {
        let order = self.connections.get(&connection)?.open.get(&stream_id)?;
        self.exchanges.get_mut(order)
    }

    fn frame(&mut self, place: &Position, header: &FrameHeader, frame: &Frame<&[u8]>, len: usize) {
        let key = place.flow.map(|flow| flow.connection);
        let stream_id = header.stream_id;
        let connection = self.connections.entry(key).or_default();
        // Without a preface it is the server that sends.
        let side = place.flow.map(|flow| flow.from).or(connection.side).unwrap_or(Side::Server);
        let is_message = matches!(frame, Frame::Headers(_) | Frame::Data(_));
        if is_message && connection.is_new(stream_id, side) {
            self.open(key, stream_id);
        }
        if let Frame::PushPromise(promise) = frame {
            let promised = promise.promised_stream_id;
            let connection = self.connections.entry(key).or_default();
            connection.last_promised = connection.last_promised.max(promised);
            let exchange = self.open(key, promised);
            exchange.pushed_on = Some(stream_id);
            exchange.client.has_ended = true;
        }
        let moment = self.moment;
        let Some(exchange) = self.find(key, stream_id) else { return };
        exchange.last = moment;
        let sent = exchange.sent(side);
        add(&mut sent.frames, len);
        match frame {
            Frame::Data(data) => {
                add(&mut sent.content, data.data.len());
                sent.has_ended |= data.end_stream;
            }
            Frame::Headers(headers) => sent.has_ended |= headers.end_stream,
            Frame::RstStream(reset) => {
                let side = place.flow.map(|flow| flow.from);
                exchange.reset = exchange.reset.or(Some((side, reset.error_code)));
            }
            _ => return,
        }
        let is_over = exchange.is_over(key.is_none());
        self.waiting = self.waiting.saturating_add(usize::from(is_over));
    }

    fn section(&mut self, place: &Position, section: &FieldSection<'_>) {
        let key = place.flow.map(|flow| flow.connection);
        let stream_id = section.head.promised_stream_id.unwrap_or(section.head.stream_id);
        let moment = self.moment;
        if let Some(exchange) = self.find(key, stream_id) {
            exchange.fields(section.fields, moment);
        }
    }

    /// A broken rule: a mark on its exchange, else a line of its own.
    fn broken(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        let (cause, scope, stream_id) = match event {
            Event::Error { error, .. } => match error.scope {
                Scope::Stream(id) => (Cause::Codec(error.rule), error.scope, id),
                Scope::Connection => (Cause::Codec(error.rule), error.scope, StreamId::CONNECTION),
            },
            Event::Finding { cause, scope, stream_id } => (*cause, *scope, *stream_id),
            _ => return Ok(()),
        };
        let key = place.flow.map(|flow| flow.connection);
        let is_stream = matches!(scope, Scope::Stream(_));
        if let Some(exchange) = self.find(key, stream_id) {
            exchange.mark(cause.name());
            if is_stream {
                return Ok(());
            }
        }
        if !self.selection.takes_error(place, stream_id) {
            return Ok(());
        }
        if self.json {
            let section = super::json::section_text(cause.section());
            let object = finding::object(place.offset, cause, scope, stream_id, &section);
            return self.object("error", object, place.flow);
        }
        let what = format!("{} ({})", cause.sentence(), cause.name());
        self.remark(place, "error", &what)
    }

    fn incomplete(&mut self, place: &Position, have: usize, need: u64) -> io::Result<()> {
        if !self.selection.takes_error(place, StreamId::CONNECTION) {
            return Ok(());
        }
        if self.json {
            let object = json!({"offset": place.offset, "have": have, "need": need});
            return self.object("incomplete", object, place.flow);
        }
        self.remark(
            place,
            "incomplete",
            &format!("the input ends after {have} of at least {need} bytes of a frame"),
        )
    }

    /// Bytes that were not read.
    fn gap(&mut self, place: &Position, name: &str, octets: u64, what: &str) -> io::Result<()> {
        if !self.selection.takes_error(place, StreamId::CONNECTION) {
            return Ok(());
        }
        if self.json {
            return self.object(name, json!({"offset": place.offset, "bytes": octets}), place.flow);
        }
        self.remark(place, name, what)
    }

    /// An object as `decode --json` has it.
    fn object(&mut self, key: &str, value: Value, flow: Option<Flow>) -> io::Result<()> {
        let mut object = Map::new();
        object.insert(key.to_owned(), value);
        if let Some(Flow { connection, from }) = flow {
            object.insert("connection".to_owned(), connection.into());
            object.insert("from".to_owned(), from.name().into());
        }
        if let Some(file) = &self.file {
            object.insert("file".to_owned(), file.as_str().into());
        }
        serde_json::to_writer(&mut self.out, &object)?;
        self.out.write_all(b"\n")
    }

    fn remark(&mut self, place: &Position, name: &str, what: &str) -> io::Result<()> {
        self.title()?;
        let connection = place.flow.map_or("-".to_owned(), |flow| flow.connection.to_string());
        let from = place.flow.map_or(String::new(), |flow| format!(" from the {}", flow.from.name()));
        let text = format!("{name}{from} at offset {}: {what}", place.offset);
        let width = self.columns.map_or(usize::MAX, |columns| columns.saturating_sub(INDENT.len()));
        let style = if name == "error" { WRONG } else { MISSING };
        for (index, line) in textwrap::wrap(&text, width).iter().enumerate() {
            let connection = if index == 0 { &connection } else { "" };
            writeln!(self.out, "{connection:>4} {style}{line}{style:#}")?;
        }
        Ok(())
    }

    fn title(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_title, true) {
            Ok(())
        } else {
            print::title(&mut self.out, self.columns)
        }
    }

    /// Prints what is over. In the order of requests, or all that `cannot_wait`.
    fn print(&mut self, cannot_wait: bool) -> io::Result<()> {
        if self.waiting == 0 {
            return Ok(());
        }
        let one_side = |exchange: &Exchange| exchange.connection.is_none();
        let is_done = |exchange: &Exchange| exchange.is_closed || exchange.is_over(one_side(exchange));
        let all = cannot_wait || self.exchanges.len() > MOST_WAITING;
        let done: Vec<u64> = if all {
            self.exchanges.iter().filter(|(_, exchange)| is_done(exchange)).map(|(order, _)| *order).collect()
        } else {
            self.exchanges
                .iter()
                .take_while(|(_, exchange)| is_done(exchange))
                .map(|(order, _)| *order)
                .collect()
        };
        for order in done {
            let Some(exchange) = self.exchanges.remove(&order) else { continue };
            self.waiting = self.waiting.saturating_sub(1);
            if let Some(connection) = self.connections.get_mut(&exchange.connection)
                && connection.open.get(&exchange.stream_id) == Some(&order)
            {
                connection.open.remove(&exchange.stream_id);
            }
            let one_side = one_side(&exchange);
            if !self.selection.takes_exchange(
                exchange.connection,
                exchange.stream_id,
                exchange.is_wrong(one_side),
            ) {
                continue;
            }
            self.title()?;
            if self.json {
                self.object("exchange", print::object(&exchange, self.zero, one_side), None)?;
            } else {
                print::line(&mut self.out, &exchange, self.zero, one_side, self.columns)?;
            }
        }
        Ok(())
    }

    /// The end of an input.
    fn close_all(&mut self) -> io::Result<()> {
        let connections: Vec<_> = self.connections.keys().copied().collect();
        for connection in connections {
            self.close(connection);
        }
        self.print(true)
    }

    /// Nothing more comes on a connection.
    fn close(&mut self, connection: Option<u64>) {
        let Some(Connection { open, .. }) = self.connections.remove(&connection) else { return };
        for order in open.values() {
            if let Some(exchange) = self.exchanges.get_mut(order) {
                exchange.is_closed = true;
            }
        }
        self.waiting = self.exchanges.len();
    }
}

impl Connection {
    /// Whether a message opens an exchange, or is on a stream that is over.
    fn is_new(&mut self, stream_id: StreamId, side: Side) -> bool {
        if self.open.contains_key(&stream_id) || stream_id.is_connection() {
            return false;
        }
        let was_before = self.first.is_none_or(|first| stream_id < first);
        if stream_id.is_server_initiated() {
            return stream_id > self.last_promised;
        }
        let is_next = side == Side::Client && stream_id > self.last_opened;
        if is_next {
            self.first = self.first.or(Some(stream_id));
            self.last_opened = stream_id;
        }
        is_next || was_before
    }
}

impl Render for Summary {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Preface => {
                let key = place.flow.map(|flow| flow.connection);
                self.connections.entry(key).or_default().side = Some(Side::Client);
                Ok(())
            }
            Event::Frame { header, frame, octets } => {
                // What is wrong with earlier frames is known now.
                self.print(false)?;
                self.frame(place, header, frame, octets.len());
                Ok(())
            }
            Event::FieldSection(section) => {
                self.section(place, section);
                Ok(())
            }
            Event::Error { .. } | Event::Finding { .. } => self.broken(place, event),
            Event::LeftOpen(_) | Event::FieldBlock { .. } => Ok(()),
            Event::Lost { octets, .. } => {
                self.gap(place, "lost", *octets, &format!("{octets} bytes are not in the capture"))
            }
            Event::Skipped { octets } => {
                let what = format!("{octets} bytes: it is not known where in them a frame starts");
                self.gap(place, "skipped", *octets, &what)
            }
            Event::Incomplete { octets, need } => self.incomplete(place, octets.len(), *need),
        }
    }

    fn input(&mut self, name: &str, is_one_of_many: bool) -> io::Result<()> {
        self.close_all()?;
        self.file = is_one_of_many.then(|| name.to_owned());
        if is_one_of_many && !self.json { writeln!(self.out, "== {name}") } else { Ok(()) }
    }

    fn moment(&mut self, moment: Option<Moment>) {
        self.moment = moment;
    }

    fn upgraded(&mut self, number: u64, request: &UpgradedRequest) {
        let connection = self.connections.entry(Some(number)).or_default();
        (connection.first, connection.last_opened) = (Some(StreamId::FIRST_CLIENT), StreamId::FIRST_CLIENT);
        let exchange = self.open(Some(number), StreamId::FIRST_CLIENT);
        exchange.method = Some(exchange::text(request.method.as_bytes()));
        exchange.path = Some(exchange::text(request.target.as_bytes()));
        exchange.authority = request.host.as_ref().map(|host| exchange::text(host.as_bytes()));
        exchange.scheme = Some("http".to_owned());
        exchange.client.has_ended = true;
        // When it was sent is not known.
        exchange.start = None;
    }

    fn connection_ended(&mut self, number: u64) -> io::Result<()> {
        self.close(Some(number));
        self.print(false)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.print(true)?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.close_all()?;
        self.out.flush()
    }
}

fn add(total: &mut u64, octets: usize) {
    *total = total.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
}
