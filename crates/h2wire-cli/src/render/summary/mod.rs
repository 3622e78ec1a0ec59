//! One line for each request.

mod exchange; // what is known of one
mod lines; // what is no exchange
mod print; // its line

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};

use h2wire::frame::{ErrorCode, Flags, Frame, FrameHeader, FrameType, StreamId};
use serde_json::{Map, Value};

use crate::event::{Event, FieldSection, Flow, Position, Side};
use crate::moment::{Moment, Zero};
use crate::render::diagnosis;
use crate::render::form::{Out, Render};
use crate::render::json_line::write_line;
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
    /// Whether errors have lines of their own where they are not of a request.
    remarks: bool,
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
    /// The first error with which one side ends it.
    go_away: Option<(Option<Side>, ErrorCode)>,
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
            remarks: true,
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

    /// Objects of requests and nothing else, for an output that shows errors itself.
    pub(crate) fn requests_only(out: Out, selection: Selection) -> Self {
        Self { remarks: false, ..Self::new(out, true, Zero::Start, selection) }
    }

    /// A new exchange of a stream.
    fn open(&mut self, connection: Option<u64>, stream_id: StreamId) -> &mut Exchange {
        self.count = self.count.saturating_add(1);
        let known = self.connections.entry(connection).or_default();
        known.open.insert(stream_id, self.count);
        let (start, go_away) = (self.moment, known.go_away);
        let exchange = Exchange { connection, stream_id, start, go_away, ..Exchange::default() };
        self.exchanges.entry(self.count).or_insert(exchange)
    }

    fn find(&mut self, connection: Option<u64>, stream_id: StreamId) -> Option<&mut Exchange> {
        let order = self.connections.get(&connection)?.open.get(&stream_id)?;
        self.exchanges.get_mut(order)
    }

    /// A frame; `None` if a part of it is lost.
    fn frame(
        &mut self,
        place: &Position,
        header: &FrameHeader,
        frame: Option<&Frame<&[u8]>>,
        is_guess: bool,
    ) {
        let key = place.flow.map(|flow| flow.connection);
        let stream_id = header.stream_id;
        let connection = self.connections.entry(key).or_default();
        // Without a preface it is the server that sends.
        let side = place.flow.map(|flow| flow.from).or(connection.side).unwrap_or(Side::Server);
        let is_message = matches!(header.frame_type, FrameType::HEADERS | FrameType::DATA);
        if is_message && connection.is_new(stream_id, side) {
            self.open(key, stream_id).is_guess = is_guess;
        }
        if let Some(Frame::PushPromise(promise)) = frame {
            let promised = promise.promised_stream_id;
            let connection = self.connections.entry(key).or_default();
            connection.last_promised = connection.last_promised.max(promised);
            let exchange = self.open(key, promised);
            exchange.pushed_on = Some(stream_id);
            exchange.client.has_ended = true;
        }
        let moment = self.moment;
        let Some(exchange) = self.find(key, stream_id) else { return };
        exchange.has_frame_of(moment);
        let sent = exchange.sent(side);
        let len = usize::try_from(header.length.get()).unwrap_or(usize::MAX);
        add(&mut sent.frames, FrameHeader::LEN.saturating_add(len));
        sent.has_ended |= is_message && header.flags.contains(Flags::END_STREAM);
        match frame {
            Some(Frame::Data(data)) => add(&mut sent.content, data.data.len()),
            // The length of its padding may be lost.
            None if header.frame_type == FrameType::DATA && !header.flags.contains(Flags::PADDED) => {
                add(&mut sent.content, len);
            }
            Some(Frame::RstStream(reset)) => {
                let side = place.flow.map(|flow| flow.from);
                exchange.reset = exchange.reset.or(Some((side, reset.error_code)));
            }
            _ if is_message => {}
            _ => return,
        }
        let is_over = exchange.is_over(key.is_none());
        self.waiting = self.waiting.saturating_add(usize::from(is_over));
    }

    /// One side ends the connection: what is open may never be answered.
    fn go_away(&mut self, flow: Option<Flow>, code: ErrorCode) {
        if code == ErrorCode::NO_ERROR {
            return;
        }
        let connection = self.connections.entry(flow.map(|flow| flow.connection)).or_default();
        let first = *connection.go_away.get_or_insert((flow.map(|flow| flow.from), code));
        for order in connection.open.values() {
            if let Some(exchange) = self.exchanges.get_mut(order) {
                exchange.go_away = Some(first);
            }
        }
    }

    fn section(&mut self, place: &Position, section: &FieldSection<'_>) {
        let key = place.flow.map(|flow| flow.connection);
        let by_client = place.flow.is_some_and(|flow| flow.from == Side::Client);
        let of_request = by_client || section.head.promised_stream_id.is_some();
        let stream_id = section.head.promised_stream_id.unwrap_or(section.head.stream_id);
        let moment = self.moment;
        if let Some(exchange) = self.find(key, stream_id) {
            exchange.fields(section.fields, of_request, moment);
        }
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
        write_line(&mut self.out, &object.into())
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
            Event::Frame { header, frame, is_guess, .. } => {
                // What is wrong with earlier frames is known now.
                self.print(false)?;
                if let Frame::GoAway(end) = frame {
                    self.go_away(place.flow, end.error_code);
                }
                self.frame(place, header, Some(frame), *is_guess);
                Ok(())
            }
            Event::FieldSection(section) => {
                self.section(place, section);
                Ok(())
            }
            Event::Error { .. } | Event::Finding { .. } => self.broken(place, event),
            Event::LeftOpen(_) | Event::FieldBlock { .. } => Ok(()),
            Event::Part { header, .. } => {
                let moment = self.moment;
                if let Some(exchange) = self.find(place.flow.map(|flow| flow.connection), header.stream_id) {
                    exchange.has_frame_of(moment);
                }
                Ok(())
            }
            Event::Lost { octets, frame, is_first, .. } => {
                // It was sent all the same.
                if let Some(header) = frame.filter(|_| *is_first) {
                    self.frame(place, &header, None, false);
                }
                self.gap(place, "lost", *octets, &diagnosis::lost(*octets))
            }
            Event::Skipped { octets } => self.gap(place, "skipped", *octets, &diagnosis::skipped(*octets)),
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
        let text = |text: &Option<String>| text.as_ref().map(|text| exchange::text(text.as_bytes()));
        exchange.method = text(&request.method);
        exchange.path = text(&request.target);
        exchange.authority = text(&request.host);
        exchange.has_unknown = request.host.is_none();
        exchange.scheme = Some("http".to_owned());
        exchange.client.has_ended = true;
        // When it was sent is not known.
        exchange.start = None;
    }

    fn sealed(&mut self, flow: Flow) {
        let Some(connection) = self.connections.get(&Some(flow.connection)) else { return };
        for order in connection.open.values() {
            if let Some(exchange) = self.exchanges.get_mut(order) {
                let [client, server] = &mut exchange.is_sealed;
                *(if flow.from == Side::Client { client } else { server }) = true;
            }
        }
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
