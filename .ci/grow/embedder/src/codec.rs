//! The codec.

use h2wire::frame::{FrameType, PayloadLength};
use h2wire::http_types::{ToFieldsError, ToHttpError};
use h2wire::{
    Chunk, CodecError, ConnectionError, Counters, EndOfInput, Event, Expected, FieldLine, FieldStep, Fields,
    FrameCodecError, FrameEvent, Indexing, Limit, LimitIsZero, Limits, Malformed, Message, Options,
    OutgoingSection, Padding, Progress, Reader, ReaderError, Role, Rule, SectionEnd, SectionHead,
    SectionKind, SettingsSentError, StreamError, WriteError,
};

/// In a constant, as devices have it.
pub const LIMITS: Limits = Limits::DEFAULT
    .with_max_frame_size(PayloadLength::INITIAL_MAX_FRAME_SIZE)
    .with_max_section_size(4096)
    .with_max_fields(32)
    .with_max_block_len(16_384)
    .with_max_continuations(4)
    .with_max_settings(16)
    .with_max_table_size(512)
    .with_accept_push(true);

/// The same.
pub const OPTIONS: Options = Options::DEFAULT
    .with_extensions(false)
    .with_validate_fields(true)
    .with_extended_connect(false)
    .with_escalate_stream_errors(true);

#[must_use]
pub fn limits(limits: Limits, options: Options) -> bool {
    let Limits {
        max_frame_size,
        max_section_size,
        max_fields,
        max_block_len,
        max_continuations,
        max_settings,
        max_table_size,
        accept_push,
        ..
    } = limits;
    let Options { extensions, validate_fields, extended_connect, escalate_stream_errors, .. } = options;
    let derived = [max_fields, max_block_len, max_continuations];
    let any = max_section_size | max_settings | max_table_size;
    max_frame_size == PayloadLength::MAX
        && any == 0
        && derived == [Some(limits.fields()); 3]
        && accept_push
        && extensions
        && validate_fields
        && extended_connect
        && escalate_stream_errors
}

#[must_use]
pub fn too_much(counters: &Counters) -> bool {
    let Counters {
        unknown,
        empty_data,
        empty_continuations,
        pings,
        settings,
        unexpected_acks,
        sections,
        stream_errors,
        ..
    } = *counters;
    let all =
        [unknown, empty_data, empty_continuations, pings, settings, unexpected_acks, sections, stream_errors];
    *counters != Counters::default()
        && all.iter().sum::<u64>() + counters.frames(FrameType::RST_STREAM) > 1000
}

pub fn read(input: &[u8]) -> Result<usize, ConnectionError> {
    let Ok(mut reader) = Reader::new(Role::Server, &LIMITS) else { return Ok(0) };
    reader.options = OPTIONS;
    let done = match reader.read(input)? {
        Progress::Item { item, consumed } => consumed + event(item)?,
        Progress::Needed(_) => 0,
    };
    match reader.end_of_input(&input[done..])? {
        EndOfInput::Clean | EndOfInput::BeforeSettings => Ok(done),
        EndOfInput::InsideFrame { have, need } => Ok(need - have),
        EndOfInput::InsideFieldBlock { stream_id: _ } => Ok(0),
        _ => Ok(0),
    }
}

fn event<M: AsRef<[u8]> + AsMut<[u8]>>(
    event: Event<'_, Fields<'_, '_, M>>,
) -> Result<usize, ConnectionError> {
    match event {
        Event::Preface => Ok(24),
        Event::Frame { header, frame: _ } => Ok(header.length.to_usize()),
        Event::Fields { header: _, frame: _, mut fields } => match fields.next()? {
            FieldStep::Field(field) => Ok(field.name.len()),
            FieldStep::FragmentEnd => Ok(0),
            FieldStep::SectionEnd(end) => Ok(usize::from(section(end))),
        },
        Event::StreamError { header: _, error } => Ok(usize::from(stream_error(&error))),
        _ => Ok(0),
    }
}

fn section(end: &SectionEnd) -> bool {
    let SectionEnd { head, kind, fields, list_size, .. } = end;
    let SectionHead { stream_id, end_stream, promised_stream_id, priority, .. } = *head;
    let head = SectionHead::headers(stream_id, end_stream).with_priority(priority);
    let expected = match Expected::by(Role::Client, &head) {
        Expected::Request | Expected::Response => true,
        Expected::Promise | Expected::Any => promised_stream_id.is_some(),
        _ => false,
    };
    match kind {
        Ok(SectionKind::Request | SectionKind::Response) => *fields < *list_size && expected,
        Ok(SectionKind::Trailers) => end_stream,
        Err(error) => stream_error(error),
    }
}

fn stream_error(error: &StreamError) -> bool {
    let StreamError { stream_id, rule, .. } = *error;
    let ConnectionError { rule, .. } = ConnectionError::new(StreamError::new(stream_id, rule).rule);
    match rule {
        Rule::Frame(rule) => rule.name().is_empty(),
        Rule::Hpack(rule) => rule.name().is_empty(),
        Rule::Malformed(Malformed::Te | Malformed::PathMissing) => true,
        Rule::Malformed(rule) => rule.name().is_empty(),
        Rule::Limit(limit) => match limit {
            Limit::SectionSize | Limit::Fields | Limit::BlockLength => true,
            Limit::Continuations | Limit::Settings => false,
            _ => false,
        },
        _ => false,
    }
}

#[must_use]
pub fn other_readers<B, M: AsRef<[u8]> + AsMut<[u8]>>(
    event: FrameEvent<B>,
    chunk: Chunk<'_, '_, Fields<'_, '_, M>>,
    message: Message<B>,
) -> bool {
    let frame = match event {
        FrameEvent::Preface => true,
        FrameEvent::Frame { header, frame: _ } | FrameEvent::StreamError { header, error: _ } => {
            header.reserved
        }
        _ => false,
    };
    let chunk = match chunk {
        Chunk::Preface => true,
        Chunk::Frame { header, frame: _ } | Chunk::StreamError { header, error: _ } => header.reserved,
        Chunk::Start { header, frame } => header.reserved && frame.frame_type() == FrameType::DATA,
        Chunk::PayloadStart { octets, missing } => octets.len() > missing,
        Chunk::Payload { octets, missing } => octets.len() > missing,
        Chunk::Fields(mut fields) => fields.skip().is_ok(),
        _ => false,
    };
    let message = match message {
        Message::Preface => true,
        Message::Frame { header, frame: _ } | Message::StreamError { header, error: _ } => header.reserved,
        Message::Section { kind, end, fields: _ } => section(&end) && Ok(kind) == end.kind,
        Message::RefusedSection { error, end, fields: _ } => stream_error(&error) && section(&end),
        _ => false,
    };
    frame && chunk && message
}

#[must_use]
pub fn to_send(head: SectionHead, padding: Padding, role: Role) -> OutgoingSection {
    let line = FieldLine::new(b"a", b"b").with_indexing(Indexing::Never);
    let FieldLine { name: _, value: _, indexing: _, .. } = line;
    match role {
        Role::Server | Role::Client | Role::Observer => {}
    }
    match padding {
        Padding::None | Padding::Octets(_) | Padding::Multiple(_) => {}
        _ => return OutgoingSection::new(head, [line]),
    }
    let section = OutgoingSection::new(head, [line]);
    let OutgoingSection { head: _, fields: _, .. } = &section;
    section
}

#[must_use]
pub fn errors(reader: ReaderError, sent: SettingsSentError, write: WriteError) -> bool {
    let reader = match reader {
        ReaderError::Limit(LimitIsZero { limit, .. }) => limit.is_empty(),
        ReaderError::Memory(memory) => memory.needed == 0,
        ReaderError::FieldBlockOpen => false,
        _ => false,
    };
    let sent = match sent {
        SettingsSentError::TableSize { max } => max == 0,
        SettingsSentError::TooManyUnacknowledged => false,
        _ => false,
    };
    let write = match write {
        WriteError::Encode(error) => crate::frame::encode_error(&error),
        WriteError::Refused(rule) => rule.name().is_empty(),
        WriteError::FieldBlock | WriteError::PromiseHead | WriteError::OnlyByServer(_) => false,
        WriteError::PrefaceMissing | WriteError::PrefaceMisplaced => false,
        _ => false,
    };
    reader && sent && write
}

#[must_use]
pub fn codec_errors(codec: &CodecError, frames: &FrameCodecError) -> bool {
    let codec = match codec {
        CodecError::Io(_) | CodecError::Connection(_) | CodecError::Write(_) | CodecError::Settings(_) => {
            true
        }
        _ => false,
    };
    match frames {
        FrameCodecError::Io(_)
        | FrameCodecError::Connection(_)
        | FrameCodecError::Encode(_)
        | FrameCodecError::Settings(_) => codec,
        _ => false,
    }
}

#[must_use]
pub fn http_errors(to: &ToHttpError, from: &ToFieldsError) -> bool {
    let to = match to {
        ToHttpError::Malformed(field) => field.breach.field().is_some(),
        ToHttpError::OtherKind { found: _ } => true,
        ToHttpError::Unplaced(field) => field.never_indexed,
        _ => false,
    };
    match from {
        ToFieldsError::Malformed(field) => to && field.line.is_some(),
        _ => false,
    }
}
