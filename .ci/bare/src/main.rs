#![no_std]
#![no_main]

use core::num::NonZeroU32;
use core::panic::PanicInfo;

use h2wire::frame::{
    AltSvc, Continuation, Data, EncodeError, ErrorCode, Flags, Frame, FrameType, GoAway, Headers, Origin,
    Ping, Priority, PriorityFields, PriorityUpdate, PushPromise, RstStream, SettingBuffer, SettingId,
    Settings, StreamId, Unknown, WindowUpdate,
};
use h2wire::{
    Chunk, ChunkedReader, Event, FieldStep, FrameEvent, FrameReader, Padding, Progress, Reader, Role,
    SectionHead, SectionKind, Writer,
};
use h2wire_hpack::{Decoded, Decoder, DecoderLimits, Encoder, Indexing};

unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// The `core` of a target with an operating system is compiled for unwinding and names this; nothing calls it.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Writes frames and reads them back. Returns 0 when they are the same.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    match (round_trip(), field_block(), conversation()) {
        (Ok(true), Some(true), Some(true)) => 0,
        _ => 1,
    }
}

/// Encodes a field block and decodes it, whole and octet by octet.
fn field_block() -> Option<bool> {
    const LIMITS: DecoderLimits = DecoderLimits::DEFAULT.with_max_table_size(512).with_max_list_size(512);
    let mut encoder = Encoder::new_in(512, [0; Encoder::memory_len(512)]).ok()?;
    let mut octets = [0; 128];
    let mut block = encoder.block(&mut octets).ok()?;
    block.encode(b":method", b"GET", Indexing::Auto).ok()?;
    block.encode(b"x-token", b"secret", Indexing::Never).ok()?;
    block.encode(b"user-agent", b"bare", Indexing::Incremental).ok()?;
    let written = block.finish();
    let octets = octets.get(..written)?;

    let mut decoder = Decoder::new_in(&LIMITS, [0; LIMITS.memory_len()]).ok()?;
    let mut fields = 0;
    decoder.decode_block(octets, |field| fields += usize::from(!field.name.is_empty())).ok()?;
    for (index, octet) in octets.iter().enumerate() {
        let mut fragment = decoder.feed(core::slice::from_ref(octet), index + 1 == octets.len());
        loop {
            match fragment.next().ok()? {
                Decoded::Field(field) => fields += usize::from(!field.value.is_empty()),
                Decoded::FragmentEnd | Decoded::BlockEnd(_) => break,
            }
        }
    }
    Some(fields == 6)
}

const SMALL: h2wire::Limits = h2wire::Limits::DEFAULT.with_max_section_size(512).with_max_table_size(512);

/// Writes a request with content, and reads it with both readers.
fn conversation() -> Option<bool> {
    let mut octets = [0; 512];
    let written = write(&mut octets)?;
    let octets = octets.get(..written)?;
    let mut reader = Reader::new_in(Role::Server, &SMALL, [0; SMALL.memory_len()]).ok()?;
    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::HEADER_TABLE_SIZE, 512).ok()?;
    reader.settings_sent(&settings.list()).ok()?;
    let (mut rest, mut requests, mut content) = (octets, 0, 0);
    while let Progress::Item { item, consumed } = reader.read(rest).ok()? {
        rest = rest.get(consumed..)?;
        match item {
            Event::Fields { mut fields, .. } => requests += count_requests(fields.skip().ok()?),
            Event::Frame { frame: Frame::Data(data), .. } => content += data.data.len(),
            _ => {}
        }
    }
    let mut chunked = ChunkedReader::new_in(Role::Server, &SMALL, [0; SMALL.memory_len()]).ok()?;
    for mut piece in octets.chunks(7) {
        while let Some(chunk) = chunked.read(&mut piece).ok()? {
            match chunk {
                Chunk::Fields(mut fields) => requests += count_requests(fields.skip().ok()?),
                Chunk::Payload { octets, .. } => content += octets.len(),
                _ => {}
            }
        }
    }
    Some(requests == 2 && content == 28 && reader.counters == chunked.counters)
}

fn write(octets: &mut [u8]) -> Option<usize> {
    let mut writer = Writer::new_in(Role::Client, 512, [0; Encoder::memory_len(512)]).ok()?;
    writer.padding = Padding::Octets(3);
    let stream_id = StreamId::new(1)?;
    let mut written = writer.preface(octets).ok()?;
    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::ENABLE_PUSH, 0).ok()?;
    writer.settings_received(&settings.list());
    let settings = Frame::from(Settings::List(settings.list()));
    written += writer.frame(&settings, octets.get_mut(written..)?).ok()?;
    let mut section =
        writer.section(SectionHead::headers(stream_id, false), octets.get_mut(written..)?).ok()?;
    for field in [(":method", "PUT"), (":scheme", "http"), (":path", "/"), (":authority", "bare")] {
        section.field(&field.into()).ok()?;
    }
    written += section.finish().ok()?;
    for data in writer.data(stream_id, b"content octets", true, 100) {
        let data = Frame::from(data);
        let mut head = [0; 17];
        writer.frame_head(&data, &mut head).ok()?;
        written += writer.frame(&data, octets.get_mut(written..)?).ok()?;
    }
    Some(written)
}

/// Whether a request ends here.
fn count_requests(step: FieldStep<'_>) -> usize {
    usize::from(matches!(step, FieldStep::SectionEnd(end) if end.kind == Ok(SectionKind::Request)))
}

/// All that the crates can do with frames, so that all of it is linked.
fn round_trip() -> Result<bool, EncodeError> {
    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::ENABLE_PUSH, 0)?;
    let stream_id = StreamId::try_from(1)?;
    let promised_stream_id = StreamId::try_from(2)?;
    let block = b"\x82".as_slice();
    let fields = PriorityFields { exclusive: true, stream_dependency: StreamId::CONNECTION, weight: 15 };
    let (end_stream, end_headers, pad_length, priority) = (true, true, Some(3), Some(fields));
    let (frame_type, flags) = (FrameType(0xee), Flags::NONE);
    let mut views = [0; 128];
    let views = write_views(&mut views)?;
    let frames: [Frame<&[u8]>; 12] = [
        Settings::List(settings.list()).into(),
        Settings::Ack.into(),
        Headers {
            end_stream,
            end_headers: false,
            stream_id,
            pad_length,
            priority,
            field_block_fragment: block,
        }
        .into(),
        Continuation { end_headers, stream_id, field_block_fragment: block }.into(),
        PushPromise { end_headers, stream_id, pad_length, promised_stream_id, field_block_fragment: block }
            .into(),
        Data { end_stream, stream_id, pad_length, data: block }.into(),
        Priority { stream_id, priority: fields }.into(),
        RstStream { stream_id, error_code: ErrorCode::CANCEL }.into(),
        Ping { ack: false, opaque_data: *b"deadbeef" }.into(),
        GoAway { last_stream_id: stream_id, error_code: ErrorCode::NO_ERROR, additional_debug_data: block }
            .into(),
        WindowUpdate { stream_id, window_size_increment: NonZeroU32::MIN }.into(),
        Unknown { frame_type, flags, stream_id, payload: views }.into(),
    ];
    let mut octets = [0; 512];
    let mut free = octets.as_mut_slice();
    for frame in frames {
        let head = frame.encode_head(free)?;
        let rest = frame.payload().len() + frame.padding().len();
        let written = frame.encode(free)?;
        if head + rest != written || written != frame.encoded_len() {
            return Ok(false);
        }
        free = free.get_mut(written..).unwrap_or_default();
    }
    let mut reader = FrameReader::new(Role::Client);
    let mut rest = octets.as_slice();
    for frame in frames {
        let Ok(Progress::Item { item: FrameEvent::Frame { frame: found, .. }, consumed }) = reader.read(rest)
        else {
            return Ok(false);
        };
        if found != frame {
            return Ok(false);
        }
        rest = rest.get(consumed..).unwrap_or_default();
    }
    Ok(read_views(views) == 3)
}

/// Three frames of extensions, one after the other.
fn write_views(buf: &mut [u8]) -> Result<&[u8], EncodeError> {
    let mut entries = [0; 32];
    let len = Origin::encode_entry(b"https://example.test", &mut entries)?;
    let altsvc = AltSvc {
        stream_id: StreamId::CONNECTION,
        origin: b"https://example.test",
        alt_svc_field_value: b"clear",
    };
    let update = PriorityUpdate { prioritized_stream_id: StreamId::MAX, priority_field_value: b"u=1" };
    let mut written = altsvc.encode(buf)?;
    written += update.encode(buf.get_mut(written..).unwrap_or_default())?;
    if let Some(origin) = entries.get(..len).and_then(Origin::new) {
        written += origin.encode(buf.get_mut(written..).unwrap_or_default())?;
    }
    Ok(buf.get(..written).unwrap_or_default())
}

/// How many of the frames are views.
fn read_views(mut octets: &[u8]) -> usize {
    let mut views = 0;
    let mut reader = FrameReader::stateless();
    while let Ok(Progress::Item { item, consumed }) = reader.read(octets) {
        octets = octets.get(consumed..).unwrap_or_default();
        if let FrameEvent::Frame { frame: Frame::Unknown(unknown), .. } = item {
            views += usize::from(AltSvc::from_unknown(&unknown).is_some());
            views += usize::from(PriorityUpdate::from_unknown(&unknown).is_some());
            views +=
                usize::from(Origin::from_unknown(&unknown).is_some_and(|origin| origin.iter().count() == 1));
        }
    }
    views
}
