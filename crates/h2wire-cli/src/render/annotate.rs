//! Every byte of a frame with the field it belongs to and the section of the RFC.

use std::borrow::Cow;

use h2wire::frame::{
    AltSvc, Frame, FrameHeader, Origin, PREFACE, PriorityFields, PriorityUpdate, Settings, StreamId, Unknown,
};

use textwrap::core::display_width;

use crate::anatomy::Piece;
use crate::render::dump::hex;
use crate::screen::Columns;

/// Bytes on a line, their columns, and those of the offset before them.
const WIDTH: usize = 16;
const HEX: usize = 48;
const OFFSET: usize = 10;
const LABEL: usize = 36;
const SECTION: usize = 16;
/// Longer ones are not padded.
const LONG_LABEL: usize = 72;
/// The same for a narrow terminal.
const HALF: usize = 8;
const HALF_HEX: usize = 23;
/// With less room the lines are narrow.
const NARROW: usize = OFFSET + HEX + 1 + LABEL;

/// The lines: offset, bytes, field, section; no wider than `room`. Bytes outside all pieces are shown too; no valid frame has any.
pub(crate) fn lines(offset: u64, pieces: &[Piece], octets: &[u8], room: Columns) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut offset, mut rest) = (offset, octets);
    let label_width = pieces.iter().map(|piece| display_width(&piece.label)).max().unwrap_or(0);
    let label_width = label_width.clamp(LABEL, LONG_LABEL);
    let narrow = room.filter(|room| *room < NARROW);
    let label_width = match room {
        // Sections stay on the lines of their labels.
        Some(room) => label_width.min(room.saturating_sub(OFFSET + HEX + 2 + SECTION)).max(LABEL),
        None => label_width,
    };
    let mut show = |octets: &[u8], label: &str, section: &str| {
        let (width, columns) = if narrow.is_some() { (HALF, HALF_HEX) } else { (WIDTH, HEX) };
        let text = match room {
            None => vec![format!("{label:<label_width$} {section}").trim_end().to_owned()],
            Some(room) => {
                let room = room.saturating_sub(OFFSET.saturating_add(columns).saturating_add(1));
                let gap = if narrow.is_some() { 0 } else { label_width };
                let text = format!("{label:<gap$}  {section}");
                textwrap::wrap(text.trim_end(), room).into_iter().map(Cow::into_owned).collect()
            }
        };
        let mut text = text.iter();
        for octets in octets.chunks(width) {
            let text = text.next().map_or("", String::as_str);
            lines.push(format!("{offset:>8}  {:<columns$} {text}", hex(octets)).trim_end().to_owned());
            offset = offset.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        }
        let indent = OFFSET.saturating_add(columns).saturating_add(1);
        lines.extend(text.map(|text| format!("{:indent$}{text}", "")));
    };
    for Piece { len, label, section, is_remark } in pieces {
        let (octets, after) = rest.split_at_checked(*len).unwrap_or((rest, &[]));
        if *is_remark || !octets.is_empty() {
            show(octets, label, section);
        }
        rest = after;
    }
    if !rest.is_empty() {
        show(rest, "not part of any field", "");
    }
    lines
}

/// The preface.
pub(crate) fn preface() -> Vec<Piece> {
    vec![Piece::new(PREFACE.len(), "Connection Preface", "§3.4")]
}

/// Header and payload of a frame.
pub(crate) fn frame(header: &FrameHeader, frame: &Frame<&[u8]>) -> Vec<Piece> {
    let mut pieces = header_pieces(header);
    payload(&mut pieces, frame);
    pieces
}

/// A frame that breaks a rule, whose payload is shown without fields; `octets` of it have arrived.
pub(crate) fn broken(header: &FrameHeader, octets: usize) -> Vec<Piece> {
    let mut pieces = header_pieces(header);
    pieces.push(Piece::new(octets.saturating_sub(FrameHeader::LEN), "payload, not read", "§4.1"));
    pieces
}

fn header_pieces(header: &FrameHeader) -> Vec<Piece> {
    vec![
        Piece::new(3, format!("Length: {}", header.length.get()), "§4.1"),
        Piece::new(1, format!("Type: {}", header.frame_type), "§4.1"),
        Piece::new(1, format!("Flags: {}", flags(header)), "§4.1"),
        Piece::new(4, reserved(header.reserved, "Stream Identifier", header.stream_id), "§4.1"),
    ]
}

fn flags(header: &FrameHeader) -> String {
    let names: Vec<_> = header.flags.names(header.frame_type).collect();
    match (names.as_slice(), header.flags.0) {
        ([], 0) => "none".to_owned(),
        ([], flags) => format!("{flags:#04x}, none of them defined"),
        (names, _) => names.join(", "),
    }
}

fn reserved(bit: bool, name: &str, stream_id: StreamId) -> String {
    let bit = if bit { "Reserved: 1, " } else { "" };
    format!("{bit}{name}: {stream_id}")
}

fn payload(pieces: &mut Vec<Piece>, frame: &Frame<&[u8]>) {
    match frame {
        Frame::Data(data) => padded(pieces, data.pad_length, "§6.1", |pieces| {
            pieces.push(Piece::new(data.data.len(), "Data", "§6.1"));
        }),
        Frame::Headers(headers) => padded(pieces, headers.pad_length, "§6.2", |pieces| {
            if let Some(fields) = &headers.priority {
                priority(pieces, fields, "§6.2");
            }
            pieces.push(Piece::new(headers.field_block_fragment.len(), "Field Block Fragment", "§6.2"));
        }),
        Frame::Priority(frame) => priority(pieces, &frame.priority, "§6.3"),
        Frame::RstStream(frame) => {
            pieces.push(Piece::new(4, format!("Error Code: {}", frame.error_code), "§6.4"));
        }
        Frame::Settings(Settings::Ack) => {}
        Frame::Settings(Settings::List(list)) => pieces.extend(list.iter().flat_map(|setting| {
            let id = Piece::new(2, format!("Identifier: {}", setting.id), "§6.5.1");
            [id, Piece::new(4, format!("Value: {}", setting.value), "§6.5.1")]
        })),
        Frame::PushPromise(promise) => padded(pieces, promise.pad_length, "§6.6", |pieces| {
            pieces.push(Piece::new(4, format!("Promised Stream ID: {}", promise.promised_stream_id), "§6.6"));
            pieces.push(Piece::new(promise.field_block_fragment.len(), "Field Block Fragment", "§6.6"));
        }),
        Frame::Ping(_) => pieces.push(Piece::new(8, "Opaque Data", "§6.7")),
        Frame::GoAway(frame) => pieces.extend([
            Piece::new(4, format!("Last-Stream-ID: {}", frame.last_stream_id), "§6.8"),
            Piece::new(4, format!("Error Code: {}", frame.error_code), "§6.8"),
            Piece::new(frame.additional_debug_data.len(), "Additional Debug Data", "§6.8"),
        ]),
        Frame::WindowUpdate(frame) => {
            pieces.push(Piece::new(
                4,
                format!("Window Size Increment: {}", frame.window_size_increment),
                "§6.9",
            ));
        }
        Frame::Continuation(frame) => {
            pieces.push(Piece::new(frame.field_block_fragment.len(), "Field Block Fragment", "§6.10"));
        }
        Frame::Unknown(frame) => unknown(pieces, frame),
    }
}

/// Pad Length, the pieces in between, and padding.
fn padded(
    pieces: &mut Vec<Piece>,
    pad_length: Option<u8>,
    section: &'static str,
    between: impl FnOnce(&mut Vec<Piece>),
) {
    pieces.extend(pad_length.map(|octets| Piece::new(1, format!("Pad Length: {octets}"), section)));
    between(pieces);
    pieces.extend(pad_length.map(|octets| Piece::new(octets.into(), "Padding", section)));
}

fn priority(pieces: &mut Vec<Piece>, fields: &PriorityFields, section: &'static str) {
    let exclusive = if fields.exclusive { "Exclusive, " } else { "" };
    pieces.extend([
        Piece::new(4, format!("{exclusive}Stream Dependency: {}", fields.stream_dependency), section),
        Piece::new(1, format!("Weight: {}", fields.weight), section),
    ]);
}

fn unknown(pieces: &mut Vec<Piece>, frame: &Unknown<&[u8]>) {
    if let Some(altsvc) = AltSvc::from_unknown(frame) {
        pieces.extend([
            Piece::new(2, format!("Origin-Len: {}", altsvc.origin.len()), "RFC 7838 §4"),
            Piece::new(altsvc.origin.len(), "Origin", "RFC 7838 §4"),
            Piece::new(altsvc.alt_svc_field_value.len(), "Alt-Svc-Field-Value", "RFC 7838 §4"),
        ]);
    } else if let Some(origin) = Origin::from_unknown(frame) {
        pieces.extend(origin.iter().flat_map(|entry| {
            let len = Piece::new(2, format!("Origin-Len: {}", entry.len()), "RFC 8336 §2");
            [len, Piece::new(entry.len(), "ASCII-Origin", "RFC 8336 §2")]
        }));
    } else if let Some(Ok(update)) = PriorityUpdate::from_unknown(frame) {
        pieces.extend([
            Piece::new(
                4,
                format!("Prioritized Stream ID: {}", update.prioritized_stream_id),
                "RFC 9218 §7.1",
            ),
            Piece::new(update.priority_field_value.len(), "Priority Field Value", "RFC 9218 §7.1"),
        ]);
    } else {
        let label = if frame.frame_type.name().is_some() {
            "payload, to be ignored"
        } else {
            "payload of an unknown type"
        };
        pieces.push(Piece::new(frame.payload.len(), label, "§5.5"));
    }
}

#[cfg(test)]
mod tests {
    use h2wire::frame::{ParseOptions, Progress};

    use super::*;

    #[test]
    fn every_octet_of_every_frame_has_a_field() {
        for fixture in h2wire_testdata::frames() {
            let Ok(Progress::Item { item: (header, parsed), .. }) =
                Frame::parse(&fixture.octets, &ParseOptions::default())
            else {
                panic!("{} is not a frame", fixture.name)
            };
            let pieces = frame(&header, &parsed);
            let octets: usize = pieces.iter().map(|piece| piece.len).sum();
            assert_eq!(octets, fixture.octets.len(), "{}", fixture.name);
            let shown = lines(0, &pieces, &fixture.octets, None);
            assert!(!shown.iter().any(|line| line.contains("not part")), "{}", fixture.name);
        }
    }
}
