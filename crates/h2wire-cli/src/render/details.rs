//! The contents of a frame for people.

use h2wire::frame::{AltSvc, ErrorCode, Frame, Origin, PriorityFields, PriorityUpdate, Settings, Unknown};

use crate::render::dump::{dump, printable};
use crate::render::shortage::shortage;

/// Bytes of a payload that are shown.
pub(super) const MOST_PAYLOAD: usize = 64;

/// The contents of a frame, one item per line.
pub(super) fn details(frame: &Frame<&[u8]>) -> Vec<String> {
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
