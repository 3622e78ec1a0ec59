//! One JSON object per line. Scripts depend on the keys.

use std::io::{self, BufWriter, Write};

use h2wire::frame::{
    AltSvc, Frame, FrameHeader, Origin, PriorityFields, PriorityUpdate, Progress, RfcSection, Scope,
    Settings, StreamId, Unknown,
};
use h2wire::hpack::Known;
use h2wire::{Breach, Indexing};
use serde_json::{Map, Value, json};

use crate::event::{Breaches, Event, Fault, FieldSection, Position};
use crate::inspect::TlsFacts;
use crate::moment::{Moment, Zero, seconds};
use crate::render::diagnosis::first_go_away;
use crate::render::finding;
use crate::render::form::{Out, Render};
use crate::render::json_line::write_line;

pub(crate) struct Json {
    out: BufWriter<Out>,
    zero: Zero,
    moment: Option<Moment>,
    /// The name of one of several inputs.
    file: Option<String>,
}

impl Json {
    pub(crate) fn new(out: Out) -> Self {
        Self { out: BufWriter::new(out), zero: Zero::Epoch, moment: None, file: None }
    }

    /// The same with times from another point.
    pub(crate) fn with_zero(self, zero: Zero) -> Self {
        Self { zero, ..self }
    }
}

impl Render for Json {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        if matches!(event, Event::FieldBlock { .. }) {
            // The frames have its bytes.
            return Ok(());
        }
        let mut object = object(place, event);
        if let (Some(flow), Value::Object(object)) = (place.flow, &mut object) {
            object.insert("connection".to_owned(), flow.connection.into());
            if !matches!(event, Event::LeftOpen(_)) {
                object.insert("from".to_owned(), flow.from.name().into());
            }
        }
        if let (Some(moment), Value::Object(object)) = (self.moment, &mut object) {
            let time = moment.time.map(|time| seconds(time.since(self.zero), 9));
            object.insert("packet".to_owned(), moment.packet.into());
            object.insert("time".to_owned(), time.into());
        }
        if let (Some(file), Value::Object(object)) = (&self.file, &mut object) {
            object.insert("file".to_owned(), file.as_str().into());
        }
        write_line(&mut self.out, &object)
    }

    fn input(&mut self, name: &str, is_one_of_many: bool) -> io::Result<()> {
        self.file = is_one_of_many.then(|| name.to_owned());
        Ok(())
    }

    fn moment(&mut self, moment: Option<Moment>) {
        self.moment = moment;
    }

    fn tls(&mut self, number: u64, facts: &TlsFacts) -> io::Result<()> {
        let tls = json!({
            "version": facts.version,
            "cipher_suite": facts.suite,
            "alpn": facts.alpn,
            "sni": facts.server_name,
        });
        write_line(&mut self.out, &json!({"tls": tls, "connection": number}))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn object(place: &Position, event: &Event<'_>) -> Value {
    let offset = place.offset;
    match event {
        Event::Preface => json!({"preface": true, "offset": offset}),
        Event::Frame { header, frame, .. } => {
            let mut object = Map::new();
            object.insert("offset".to_owned(), offset.into());
            object.extend(header_object(header));
            object.insert("payload".to_owned(), payload(frame));
            Value::Object(object)
        }
        Event::FieldBlock { .. } => Value::Null,
        Event::FieldSection(section) => json!({"field_section": section_object(section), "offset": offset}),
        Event::Error { error, breaches, octets } => {
            json!({"error": error_object(offset, *error, breaches, octets)})
        }
        Event::Lost { octets, frame, in_step, .. } => {
            let frame = frame.as_ref().map(header_object);
            json!({"lost": {"offset": offset, "bytes": octets, "frame": frame, "in_step": in_step}})
        }
        Event::Part { header, at, octets } => {
            let (frame, hex) = (header_object(header), hex::encode(octets));
            json!({"part": {"offset": offset, "frame": frame, "payload_offset": at, "payload_hex": hex}})
        }
        Event::Skipped { octets } => json!({"skipped": {"offset": offset, "bytes": octets}}),
        Event::Finding { cause, scope, stream_id } => {
            let section = section_text(cause.section());
            json!({"error": finding::object(offset, *cause, *scope, *stream_id, &section)})
        }
        Event::LeftOpen(streams) => {
            json!({"connection_end": {"open_streams": finding::open_streams_object(streams)}})
        }
        Event::Incomplete { octets, need } => {
            json!({"incomplete": {"offset": offset, "have": octets.len(), "need": need}})
        }
    }
}

fn header_object(header: &FrameHeader) -> Map<String, Value> {
    let names: Vec<_> = header.flags.names(header.frame_type).collect();
    [
        ("length", json!(header.length.get())),
        ("type", json!(header.frame_type.0)),
        ("type_name", json!(header.frame_type.name())),
        ("flags", json!(header.flags.0)),
        ("flag_names", json!(names)),
        ("stream_id", json!(header.stream_id.get())),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into_iter()
    .collect()
}

fn error_object(offset: u64, error: Fault, breaches: &Breaches<'_>, octets: &[u8]) -> Value {
    let (scope, stream_id) = match error.scope {
        Scope::Connection => ("connection", None),
        Scope::Stream(stream_id) => ("stream", Some(stream_id.get())),
    };
    let rule = error.rule;
    let mut object = Map::new();
    for (key, value) in [
        ("offset", json!(offset)),
        ("code", json!(error.code().0)),
        ("code_name", json!(error.code().name())),
        ("scope", json!(scope)),
        ("stream_id", json!(stream_id)),
        ("rule", json!(rule.name())),
        ("section", json!(section_text(rule.section()))),
        ("message", json!(format!("{}; {}", rule.sentence(), rule.remedy()))),
    ] {
        object.insert(key.to_owned(), value);
    }
    if let Some(Progress::Item { item, .. }) = first_go_away(rule, octets) {
        object.insert("go_away".to_owned(), payload(&Frame::GoAway(item)));
    }
    if !breaches.all.is_empty() {
        insert_field(&mut object, error.field, breaches);
        let all: Vec<_> = breaches.all.iter().map(|breach| breach_object(*breach, breaches)).collect();
        object.insert("breaches".to_owned(), all.into());
    }
    Value::Object(object)
}

/// One of several breaches of a field section.
fn breach_object(breach: Breach, breaches: &Breaches<'_>) -> Value {
    let mut object = Map::new();
    object.insert("rule".to_owned(), breach.malformed.name().into());
    object.insert("section".to_owned(), section_text(breach.malformed.section()).into());
    insert_field(&mut object, breach.field(), breaches);
    Value::Object(object)
}

/// The index of a field, its name and its value.
fn insert_field(object: &mut Map<String, Value>, index: Option<u32>, breaches: &Breaches<'_>) {
    object.insert("field".to_owned(), index.into());
    if let Some(field) = breaches.field(index) {
        insert_text(object, "name", field.name);
        insert_text(object, "value", field.value);
    }
}

/// A section; of RFC 9113 unless it names another RFC.
pub(crate) fn section_text(section: RfcSection) -> String {
    if section.rfc == 9113 { section.number.to_owned() } else { section.to_string() }
}

fn payload(frame: &Frame<&[u8]>) -> Value {
    match frame {
        Frame::Data(frame) => json!({"pad_length": frame.pad_length, "data_hex": hex::encode(frame.data)}),
        Frame::Headers(frame) => json!({
            "pad_length": frame.pad_length,
            "priority": frame.priority.as_ref().map(priority),
            "field_block_fragment_hex": hex::encode(frame.field_block_fragment),
        }),
        Frame::Priority(frame) => priority(&frame.priority),
        Frame::RstStream(frame) => {
            json!({"error_code": frame.error_code.0, "error_name": frame.error_code.name()})
        }
        Frame::Settings(settings) => {
            json!({"ack": *settings == Settings::Ack, "settings": settings_array(settings)})
        }
        Frame::PushPromise(frame) => json!({
            "pad_length": frame.pad_length,
            "promised_stream_id": frame.promised_stream_id.get(),
            "field_block_fragment_hex": hex::encode(frame.field_block_fragment),
        }),
        Frame::Ping(frame) => json!({"ack": frame.ack, "opaque_data_hex": hex::encode(frame.opaque_data)}),
        Frame::GoAway(frame) => json!({
            "last_stream_id": frame.last_stream_id.get(),
            "error_code": frame.error_code.0,
            "error_name": frame.error_code.name(),
            "additional_debug_data_hex": hex::encode(frame.additional_debug_data),
        }),
        Frame::WindowUpdate(frame) => json!({"window_size_increment": frame.window_size_increment}),
        Frame::Continuation(frame) => {
            json!({"field_block_fragment_hex": hex::encode(frame.field_block_fragment)})
        }
        Frame::Unknown(frame) => unknown(frame),
    }
}

fn priority(fields: &PriorityFields) -> Value {
    json!({
        "exclusive": fields.exclusive,
        "stream_dependency": fields.stream_dependency.get(),
        "weight": fields.weight,
    })
}

fn settings_array(settings: &Settings<&[u8]>) -> Value {
    let Settings::List(list) = settings else { return json!([]) };
    list.iter()
        .map(|setting| json!({"id": setting.id.0, "name": setting.id.name(), "value": setting.value}))
        .collect()
}

/// The bytes, and the fields of known extensions.
fn unknown(frame: &Unknown<&[u8]>) -> Value {
    let mut object = Map::new();
    object.insert("payload_hex".to_owned(), hex::encode(frame.payload).into());
    if let Some(altsvc) = AltSvc::from_unknown(frame) {
        insert_text(&mut object, "origin", altsvc.origin);
        insert_text(&mut object, "alt_svc_field_value", altsvc.alt_svc_field_value);
    } else if let Some(origin) = Origin::from_unknown(frame) {
        match origin.iter().map(str::from_utf8).collect::<Result<Vec<_>, _>>() {
            Ok(origins) => object.insert("origins".to_owned(), json!(origins)),
            Err(_) => object.insert("origins_hex".to_owned(), origin.iter().map(hex::encode).collect()),
        };
    } else if let Some(Ok(update)) = PriorityUpdate::from_unknown(frame) {
        object.insert("prioritized_stream_id".to_owned(), update.prioritized_stream_id.get().into());
        insert_text(&mut object, "priority_field_value", update.priority_field_value);
    }
    Value::Object(object)
}

pub(super) fn section_object(section: &FieldSection<'_>) -> Value {
    let fields: Vec<_> = section
        .fields
        .iter()
        .map(|field| {
            let mut object = field_object(field.name, field.value, field.indexing == Indexing::Never);
            // What was sent before the capture, or in a hole of it.
            for key in match field.known {
                Known::Both => [].as_slice(),
                Known::Value => &["name"],
                Known::Neither => &["name", "value"],
            } {
                object.as_object_mut().and_then(|object| object.insert((*key).to_owned(), Value::Null));
            }
            object
        })
        .collect();
    json!({
        "stream_id": section.head.stream_id.get(),
        "end_stream": section.head.end_stream,
        "promised_stream_id": section.head.promised_stream_id.map(StreamId::get),
        "fields": fields,
    })
}

/// A field of a field section.
pub(crate) fn field_object(name: &[u8], value: &[u8], never_indexed: bool) -> Value {
    let mut object = Map::new();
    insert_text(&mut object, "name", name);
    insert_text(&mut object, "value", value);
    object.insert("never_indexed".to_owned(), never_indexed.into());
    Value::Object(object)
}

/// UTF-8 as text; other bytes in hexadecimal, under a key that ends in `_hex`.
pub(super) fn insert_text(object: &mut Map<String, Value>, key: &str, octets: &[u8]) {
    match str::from_utf8(octets) {
        Ok(text) => object.insert(key.to_owned(), text.into()),
        Err(_) => object.insert(format!("{key}_hex"), hex::encode(octets).into()),
    };
}
