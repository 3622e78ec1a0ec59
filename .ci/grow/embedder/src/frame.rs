//! Frames.

use h2wire_frame::{
    AltSvc, Continuation, Data, EncodeError, ErrorCode, Flags, Frame, FrameError, FrameHeader, FrameRule,
    FrameType, GoAway, Headers, Opening, ParseOptions, PayloadLength, Ping, PrefaceMatch, Priority,
    PriorityFields, PriorityUpdate, Progress, PushPromise, RfcSection, RstStream, Scope, Setting, SettingId,
    Settings, StreamId, Unknown, WindowUpdate,
};

/// In a constant, as devices have it.
pub const OPTIONS: ParseOptions =
    ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::INITIAL_MAX_FRAME_SIZE).with_extensions(false);

#[must_use]
pub fn options(ParseOptions { max_frame_size, extensions, .. }: ParseOptions) -> (PayloadLength, bool) {
    (max_frame_size, extensions)
}

pub fn parse(input: &[u8]) -> Result<usize, FrameError> {
    match Frame::parse(input, &OPTIONS)? {
        Progress::Item { item: (header, frame), consumed } => {
            Ok(consumed + payload(frame) + usize::from(header.flags.0))
        }
        Progress::Needed(octets) => Ok(octets),
    }
}

fn payload(frame: Frame<&[u8]>) -> usize {
    match frame {
        Frame::Data(Data { end_stream: _, stream_id: _, pad_length: _, data }) => data.len(),
        Frame::Headers(Headers {
            end_stream: _,
            end_headers: _,
            stream_id: _,
            pad_length: _,
            priority: Some(PriorityFields { exclusive: _, stream_dependency: _, weight }),
            field_block_fragment: _,
        }) => usize::from(weight),
        Frame::Headers(headers) => headers.field_block_fragment.len(),
        Frame::Priority(Priority { stream_id: _, priority }) => usize::from(priority.weight),
        Frame::RstStream(RstStream { stream_id: _, error_code: ErrorCode(_) }) => 4,
        Frame::Settings(Settings::Ack) => 0,
        Frame::Settings(Settings::List(list)) => {
            list.iter().map(|Setting { id: SettingId(id), value: _ }| usize::from(id)).sum()
        }
        Frame::PushPromise(PushPromise {
            end_headers: _,
            stream_id: _,
            pad_length: _,
            promised_stream_id: _,
            field_block_fragment,
        }) => field_block_fragment.len(),
        Frame::Ping(Ping { ack: _, opaque_data }) => opaque_data.len(),
        Frame::GoAway(GoAway { last_stream_id: _, error_code: _, additional_debug_data }) => {
            additional_debug_data.len()
        }
        Frame::WindowUpdate(WindowUpdate { stream_id: _, window_size_increment: _ }) => 4,
        Frame::Continuation(Continuation { end_headers: _, stream_id: _, field_block_fragment }) => {
            field_block_fragment.len()
        }
        Frame::Unknown(unknown) => view(&unknown),
    }
}

fn view(unknown: &Unknown<&[u8]>) -> usize {
    if let Some(AltSvc { stream_id: _, origin, alt_svc_field_value: _ }) = AltSvc::from_unknown(unknown) {
        return origin.len();
    }
    if let Some(Ok(PriorityUpdate { prioritized_stream_id: _, priority_field_value })) =
        PriorityUpdate::from_unknown(unknown)
    {
        return priority_field_value.len();
    }
    let Unknown { frame_type: FrameType(_), flags: Flags(_), stream_id: _, payload } = unknown;
    payload.len()
}

#[must_use]
pub fn header(length: PayloadLength, stream_id: StreamId) -> FrameHeader {
    let header = FrameHeader {
        length,
        frame_type: FrameType::DATA,
        flags: Flags::default(),
        reserved: false,
        stream_id,
    };
    let FrameHeader { length: _, frame_type: _, flags: _, reserved: _, stream_id: _ } = header;
    header
}

#[must_use]
pub fn error(FrameError { rule, scope }: FrameError) -> (&'static str, bool) {
    let RfcSection { rfc: _, number } = rule.section();
    let goes_on = match scope {
        Scope::Connection => false,
        Scope::Stream(id) => !id.is_connection(),
    };
    let name = match rule {
        FrameRule::Preface => "preface",
        FrameRule::PingLength | FrameRule::SettingsLength => number,
        _ => rule.name(),
    };
    (name, goes_on)
}

#[must_use]
pub fn encode_error(error: &EncodeError) -> bool {
    match error {
        EncodeError::BufferTooSmall { needed } => *needed > 0,
        EncodeError::PayloadTooLong(_)
        | EncodeError::StreamIdTooLarge(_)
        | EncodeError::TooManySettings(_) => false,
        EncodeError::StreamId(_) | EncodeError::PromisedStreamId(_) | EncodeError::WindowSizeIncrement(_) => {
            false
        }
        EncodeError::Refused(_) | EncodeError::KnownFrameType(_) => false,
        _ => false,
    }
}

#[must_use]
pub fn opening(found: Opening, preface: PrefaceMatch) -> Option<usize> {
    match found {
        Opening::Undecided | Opening::Other => {}
        Opening::Foreign(rule) => return Some(rule.name().len()),
    }
    match preface {
        PrefaceMatch::Needed(octets) | PrefaceMatch::Complete { consumed: octets } => Some(octets),
        PrefaceMatch::Mismatch => None,
    }
}
