//! Every byte of a frame with the field it belongs to and the section of the RFC.

use h2wire::frame::{
    AltSvc, Frame, FrameHeader, Origin, PREFACE, PriorityFields, PriorityUpdate, Settings, StreamId, Unknown,
};

use crate::render::dump::hex;

/// Some bytes of a frame.
pub(crate) struct Piece {
    pub(crate) len: usize,
    /// The field and its value.
    pub(crate) label: String,
    pub(crate) section: &'static str,
}

/// Bytes on a line.
const WIDTH: usize = 16;

/// The lines: offset, bytes, field, section. Bytes outside all pieces are shown too; no valid frame has any.
pub(crate) fn lines(offset: u64, pieces: &[Piece], octets: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut offset, mut rest) = (offset, octets);
    let mut show = |octets: &[u8], label: &str, section: &str| {
        for (index, line) in octets.chunks(WIDTH).enumerate() {
            let (label, section) = if index == 0 { (label, section) } else { ("", "") };
            lines.push(format!("{offset:>8}  {:<48} {label:<36} {section}", hex(line)).trim_end().to_owned());
            offset = offset.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        }
    };
    for Piece { len, label, section } in pieces {
        let (octets, after) = rest.split_at_checked(*len).unwrap_or((rest, &[]));
        show(octets, label, section);
        rest = after;
    }
    show(rest, "not part of any field", "");
    lines
}

/// The preface.
pub(crate) fn preface() -> Vec<Piece> {
    vec![piece(PREFACE.len(), "Connection Preface", "§3.4")]
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
    pieces.push(piece(octets.saturating_sub(FrameHeader::LEN), "payload, not read", "§4.1"));
    pieces
}

fn header_pieces(header: &FrameHeader) -> Vec<Piece> {
    vec![
        piece(3, format!("Length: {}", header.length.get()), "§4.1"),
        piece(1, format!("Type: {}", header.frame_type), "§4.1"),
        piece(1, format!("Flags: {}", flags(header)), "§4.1"),
        piece(4, reserved(header.reserved, "Stream Identifier", header.stream_id), "§4.1"),
    ]
}

fn piece(len: usize, label: impl Into<String>, section: &'static str) -> Piece {
    Piece { len, label: label.into(), section }
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
            pieces.push(piece(data.data.len(), "Data", "§6.1"));
        }),
        Frame::Headers(headers) => padded(pieces, headers.pad_length, "§6.2", |pieces| {
            if let Some(fields) = &headers.priority {
                priority(pieces, fields, "§6.2");
            }
            pieces.push(piece(headers.field_block_fragment.len(), "Field Block Fragment", "§6.2"));
        }),
        Frame::Priority(frame) => priority(pieces, &frame.priority, "§6.3"),
        Frame::RstStream(frame) => pieces.push(piece(4, format!("Error Code: {}", frame.error_code), "§6.4")),
        Frame::Settings(Settings::Ack) => {}
        Frame::Settings(Settings::List(list)) => pieces.extend(list.iter().flat_map(|setting| {
            let id = piece(2, format!("Identifier: {}", setting.id), "§6.5.1");
            [id, piece(4, format!("Value: {}", setting.value), "§6.5.1")]
        })),
        Frame::PushPromise(promise) => padded(pieces, promise.pad_length, "§6.6", |pieces| {
            pieces.push(piece(4, format!("Promised Stream ID: {}", promise.promised_stream_id), "§6.6"));
            pieces.push(piece(promise.field_block_fragment.len(), "Field Block Fragment", "§6.6"));
        }),
        Frame::Ping(_) => pieces.push(piece(8, "Opaque Data", "§6.7")),
        Frame::GoAway(frame) => pieces.extend([
            piece(4, format!("Last-Stream-ID: {}", frame.last_stream_id), "§6.8"),
            piece(4, format!("Error Code: {}", frame.error_code), "§6.8"),
            piece(frame.additional_debug_data.len(), "Additional Debug Data", "§6.8"),
        ]),
        Frame::WindowUpdate(frame) => {
            pieces.push(piece(4, format!("Window Size Increment: {}", frame.window_size_increment), "§6.9"));
        }
        Frame::Continuation(frame) => {
            pieces.push(piece(frame.field_block_fragment.len(), "Field Block Fragment", "§6.10"));
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
    pieces.extend(pad_length.map(|octets| piece(1, format!("Pad Length: {octets}"), section)));
    between(pieces);
    pieces.extend(pad_length.map(|octets| piece(octets.into(), "Padding", section)));
}

fn priority(pieces: &mut Vec<Piece>, fields: &PriorityFields, section: &'static str) {
    let exclusive = if fields.exclusive { "Exclusive, " } else { "" };
    pieces.extend([
        piece(4, format!("{exclusive}Stream Dependency: {}", fields.stream_dependency), section),
        piece(1, format!("Weight: {}", fields.weight), section),
    ]);
}

fn unknown(pieces: &mut Vec<Piece>, frame: &Unknown<&[u8]>) {
    if let Some(altsvc) = AltSvc::from_unknown(frame) {
        pieces.extend([
            piece(2, format!("Origin-Len: {}", altsvc.origin.len()), "RFC 7838 §4"),
            piece(altsvc.origin.len(), "Origin", "RFC 7838 §4"),
            piece(altsvc.alt_svc_field_value.len(), "Alt-Svc-Field-Value", "RFC 7838 §4"),
        ]);
    } else if let Some(origin) = Origin::from_unknown(frame) {
        pieces.extend(origin.iter().flat_map(|entry| {
            let len = piece(2, format!("Origin-Len: {}", entry.len()), "RFC 8336 §2");
            [len, piece(entry.len(), "ASCII-Origin", "RFC 8336 §2")]
        }));
    } else if let Some(Ok(update)) = PriorityUpdate::from_unknown(frame) {
        pieces.extend([
            piece(4, format!("Prioritized Stream ID: {}", update.prioritized_stream_id), "RFC 9218 §7.1"),
            piece(update.priority_field_value.len(), "Priority Field Value", "RFC 9218 §7.1"),
        ]);
    } else {
        let label = if frame.frame_type.name().is_some() {
            "payload, to be ignored"
        } else {
            "payload of an unknown type"
        };
        pieces.push(piece(frame.payload.len(), label, "§5.5"));
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
            let shown = lines(0, &pieces, &fixture.octets);
            assert!(!shown.iter().any(|line| line.contains("not part")), "{}", fixture.name);
        }
    }
}
