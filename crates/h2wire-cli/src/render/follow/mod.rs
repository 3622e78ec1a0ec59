//! The messages of one stream: fields, and content as it was before it was coded.

mod body; // what one side sends
mod coding; // content codings

use std::io::{self, BufWriter, Write};

use h2wire::frame::{Flags, Frame, StreamId};
use serde_json::{Map, Value, json};

use crate::event::{Event, FieldSection, Flow, Position, Side};
use crate::render::dump::{dump, field_text, printable};
use crate::render::form::{Out, Render};
use crate::render::json::{insert_text, section_object};
use crate::render::json_line::write_line;
use crate::style::{FAINT, MISSING, NAME};
use body::{Body, Part};

/// Prints the messages of one stream of one connection.
pub(crate) struct Follow {
    out: BufWriter<Out>,
    json: bool,
    stream_id: StreamId,
    /// The connection; the first that has such a stream if none is chosen.
    connection: Option<u64>,
    chosen: Option<u64>,
    client: Body,
    server: Body,
}

impl Follow {
    pub(crate) fn new(out: Out, json: bool, stream_id: StreamId, connection: Option<u64>) -> Self {
        let (client, server) = (Body::default(), Body::default());
        Self { out: BufWriter::new(out), json, stream_id, connection, chosen: connection, client, server }
    }

    fn is_followed(&mut self, place: &Position, stream_id: StreamId) -> bool {
        let connection = place.flow.map_or(0, |flow| flow.connection);
        let is_wanted =
            stream_id == self.stream_id && self.connection.is_none_or(|wanted| wanted == connection);
        if is_wanted {
            self.connection = Some(connection);
        }
        is_wanted
    }

    fn section(&mut self, place: &Position, section: &FieldSection<'_>) -> io::Result<()> {
        let promised = section.head.promised_stream_id;
        if !self.is_followed(place, promised.unwrap_or(section.head.stream_id)) {
            return Ok(());
        }
        // A promise is the request, though the server sends it.
        let side = if promised.is_some() { Some(Side::Client) } else { side(place) };
        let is_head = section.fields.iter().any(|field| {
            field.name == b":method" || field.name == b":status" && !field.value.starts_with(b"1")
        });
        if is_head {
            *self.body(side) = Body::new(section.fields);
        }
        if self.json {
            self.object(place, "field_section", section_object(section))?;
        } else {
            let arrow = arrow(side);
            for field in section.fields {
                let (name, value) = field_text(&field);
                writeln!(self.out, "{arrow} {NAME}{name}{NAME:#}{value}")?;
            }
            writeln!(self.out)?;
        }
        let unknown = std::mem::take(&mut self.body(side).unknown);
        match unknown.first() {
            Some(name) => self.remark(
                place,
                side,
                &format!("the content-encoding {name} is not known: content is shown as it is"),
            ),
            None => Ok(()),
        }
    }

    fn data(&mut self, place: &Position, octets: &[u8], is_last: bool) -> io::Result<()> {
        let side = side(place);
        let mut body = std::mem::take(self.body(side));
        let pushed = body.push(octets, is_last, &mut |part| match part {
            Part::Octets(octets) => self.octets(place, side, octets),
            Part::Broken { what, has_rest } => {
                let rest = if has_rest { ", the rest is shown as it is" } else { "" };
                self.remark(place, side, &format!("content does not follow its coding{rest}: {what}"))
            }
            Part::Message { number, len, is_compressed } if self.json => {
                let message = json!({"number": number, "length": len, "compressed": is_compressed});
                self.object(place, "message", message)
            }
            Part::Message { number, len, is_compressed } => {
                let compressed = if is_compressed { ", compressed" } else { "" };
                writeln!(
                    self.out,
                    "{} {FAINT}message {number}, {len} bytes{compressed}{FAINT:#}",
                    arrow(side)
                )
            }
        });
        *self.body(side) = body;
        pushed
    }

    fn octets(&mut self, place: &Position, side: Option<Side>, octets: &[u8]) -> io::Result<()> {
        if octets.is_empty() {
            return Ok(());
        }
        if self.json {
            let mut content = Map::new();
            content.insert("length".to_owned(), octets.len().into());
            insert_text(&mut content, "text", octets);
            return self.object(place, "content", content.into());
        }
        let is_shown = |character: char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
        let lines = match str::from_utf8(octets) {
            Ok(text) if text.chars().all(is_shown) => {
                text.lines().map(|line| printable(line.as_bytes())).collect()
            }
            _ => dump(octets, usize::MAX),
        };
        lines.iter().try_for_each(|line| writeln!(self.out, "{} {line}", arrow(side)))
    }

    fn remark(&mut self, place: &Position, side: Option<Side>, what: &str) -> io::Result<()> {
        if self.json {
            self.object(place, "remark", what.into())
        } else {
            writeln!(self.out, "{} {MISSING}({what}){MISSING:#}", arrow(side))
        }
    }

    fn object(&mut self, place: &Position, key: &str, value: Value) -> io::Result<()> {
        let mut object = Map::new();
        object.insert(key.to_owned(), value);
        if let Some(Flow { connection, from }) = place.flow {
            object.insert("connection".to_owned(), connection.into());
            object.insert("from".to_owned(), from.name().into());
        }
        write_line(&mut self.out, &object.into())
    }

    const fn body(&mut self, side: Option<Side>) -> &mut Body {
        match side {
            Some(Side::Client) => &mut self.client,
            _ => &mut self.server,
        }
    }
}

fn side(place: &Position) -> Option<Side> {
    place.flow.map(|flow| flow.from)
}

const fn arrow(side: Option<Side>) -> &'static str {
    match side {
        Some(Side::Client) => ">",
        Some(Side::Server) => "<",
        None => "|",
    }
}

impl Render for Follow {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::FieldSection(section) => self.section(place, section),
            Event::Frame { header, frame: Frame::Data(data), .. }
                if self.is_followed(place, header.stream_id) =>
            {
                self.data(place, data.data, data.end_stream)
            }
            Event::Frame { header, frame: Frame::RstStream(reset), .. }
                if self.is_followed(place, header.stream_id) =>
            {
                self.remark(place, side(place), &format!("reset: {}", reset.error_code))
            }
            // The length of its padding may be lost.
            Event::Part { header, octets, .. }
                if self.is_followed(place, header.stream_id) && !header.flags.contains(Flags::PADDED) =>
            {
                self.data(place, octets, false)
            }
            Event::Lost { octets, frame: Some(header), .. } if self.is_followed(place, header.stream_id) => {
                self.remark(place, side(place), &format!("{octets} bytes are not in the capture"))
            }
            _ => Ok(()),
        }
    }

    fn input(&mut self, _name: &str, _is_one_of_many: bool) -> io::Result<()> {
        self.connection = self.chosen;
        (self.client, self.server) = (Body::default(), Body::default());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
