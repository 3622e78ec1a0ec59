//! Every entry point of the libraries, each proved by the linker to be without a panic.

use std::hint::black_box;

use h2wire::frame::{
    AltSvc, CheckedHeader, EncodeError, Frame, FrameError, FrameHeader, Origin, ParseOptions, PriorityUpdate,
    Resync, SettingList, Unknown, resync,
};
use h2wire::hpack::{BlockEnd, BufferTooSmall, Decoder, Encoder, Fragment, HpackError};
use h2wire::{
    Breach, Chunk, ChunkedReader, ConnectionError, EndOfInput, Event, FieldLine, FieldStep, FieldValidator,
    Fields, FrameEvent, FrameReader, Indexing, Limits, Progress, Reader, ReaderError, Role, SectionHead,
    SectionKind, SectionWriter, SettingsSentError, WriteError, Writer,
};
use no_panic::no_panic;

/// Memory of a fixed size, as a device has it.
type Memory = [u8; MEMORY];
const MEMORY: usize = Limits::DEFAULT.memory_len();
type Table = [u8; TABLE];
const TABLE: usize = Writer::memory_len(4096);

#[no_panic]
fn frame_parse<'a>(
    input: &'a [u8],
    options: &ParseOptions,
) -> Result<Progress<(FrameHeader, Frame<&'a [u8]>)>, FrameError> {
    Frame::parse(input, options)
}

#[no_panic]
fn frame_parse_fields(checked: &CheckedHeader, octets: &[u8]) -> Result<Option<Frame<usize>>, FrameError> {
    checked.parse_fields(octets)
}

#[no_panic]
fn frame_resync(octets: &[u8], options: &ParseOptions) -> Resync {
    resync(octets, options)
}

#[no_panic]
fn frame_encode(frame: &Frame<&[u8]>, buf: &mut [u8]) -> Result<usize, EncodeError> {
    frame.encode(buf)
}

#[no_panic]
fn frame_encode_head(frame: &Frame<&[u8]>, buf: &mut [u8]) -> Result<usize, EncodeError> {
    frame.encode_head(buf)
}

#[no_panic]
fn frame_encode_raw(header: &FrameHeader, payload: &[u8], buf: &mut [u8]) -> Result<usize, EncodeError> {
    header.encode_raw(payload, buf)
}

#[no_panic]
fn views(unknown: &Unknown<&[u8]>) -> usize {
    let origins =
        Origin::from_unknown(unknown).map_or(0, |origin| origin.iter().fold(0, |count, _| count | 1));
    origins
        | usize::from(AltSvc::from_unknown(unknown).is_some())
        | usize::from(PriorityUpdate::from_unknown(unknown).is_some())
}

#[no_panic]
fn frame_reader_read<'a>(
    reader: &mut FrameReader,
    input: &'a [u8],
) -> Result<Progress<FrameEvent<&'a [u8]>>, ConnectionError> {
    reader.read(input)
}

#[no_panic]
fn frame_reader_ending(reader: &FrameReader, rest: &[u8]) -> Result<EndOfInput, ConnectionError> {
    reader.end_of_input(rest)
}

#[no_panic]
fn reader_read<'r, 'i>(
    reader: &'r mut Reader<Memory>,
    input: &'i [u8],
) -> Result<Progress<Event<'i, Fields<'r, 'i, Memory>>>, ConnectionError> {
    reader.read(input)
}

#[no_panic]
fn reader_announce(
    reader: &mut Reader<Memory>,
    settings: &SettingList<&[u8]>,
) -> Result<(), SettingsSentError> {
    reader.settings_sent(settings)
}

#[no_panic]
fn reader_set_limits(reader: &mut Reader<Memory>, limits: &Limits) -> Result<(), ReaderError> {
    reader.set_limits(limits)
}

#[no_panic]
fn limits_settings(limits: &Limits, role: Role) -> usize {
    limits.settings(role).list().octets().len() | limits.changed_settings(limits, role).list().octets().len()
}

#[no_panic]
fn frame_reader_announce(
    reader: &mut FrameReader,
    settings: &SettingList<&[u8]>,
) -> Result<(), SettingsSentError> {
    reader.settings_sent(settings)
}

#[no_panic]
fn fields_limit(fields: &mut Fields<'_, '_, Memory>, size: u32) {
    fields.limit_section(size, size);
}

#[no_panic]
fn fields_next<'f>(fields: &'f mut Fields<'_, '_, Memory>) -> Result<FieldStep<'f>, ConnectionError> {
    fields.next()
}

#[no_panic]
fn fields_drop(fields: Fields<'_, '_, Memory>) {
    drop(fields);
}

#[no_panic]
fn chunked_reader_read<'r, 'i: 'r>(
    reader: &'r mut ChunkedReader<Memory>,
    input: &mut &'i [u8],
) -> Result<Option<Chunk<'r, 'i, Fields<'r, 'i, Memory>>>, ConnectionError> {
    reader.read(input)
}

#[no_panic]
fn validator(validator: &mut FieldValidator, name: &[u8], value: &[u8]) -> Result<SectionKind, Breach> {
    validator.field(name, value);
    validator.finish(true)
}

#[no_panic]
fn hpack_decode(decoder: &mut Decoder<Memory>, block: &[u8]) -> Result<BlockEnd, HpackError> {
    decoder.decode_block(block, |_| {})
}

#[no_panic]
fn hpack_decode_fragment(fragment: &mut Fragment<'_, '_, Memory>) -> bool {
    fragment.next().is_ok()
}

#[no_panic]
fn hpack_encode(
    encoder: &mut Encoder<Table>,
    name: &[u8],
    value: &[u8],
    buf: &mut [u8],
) -> Result<usize, BufferTooSmall> {
    let mut block = encoder.block(buf)?;
    block.encode(name, value, Indexing::Auto)?;
    Ok(block.finish())
}

#[no_panic]
fn writer_frame(
    writer: &mut Writer<Table>,
    frame: &Frame<&[u8]>,
    buf: &mut [u8],
) -> Result<usize, WriteError> {
    writer.frame(frame, buf)
}

#[no_panic]
fn writer_acknowledge(
    writer: &mut Writer<Table>,
    settings: &SettingList<&[u8]>,
    buf: &mut [u8],
) -> Result<usize, WriteError> {
    writer.acknowledge(settings, buf)
}

#[no_panic]
fn writer_extensions(
    writer: &mut Writer<Table>,
    unknown: &Unknown<&[u8]>,
    buf: &mut [u8],
) -> Result<usize, WriteError> {
    if let Some(frame) = AltSvc::from_unknown(unknown) {
        return writer.alt_svc(&frame, buf);
    }
    if let Some(frame) = Origin::from_unknown(unknown) {
        return writer.origin(&frame, buf);
    }
    match PriorityUpdate::from_unknown(unknown) {
        Some(Ok(frame)) => writer.priority_update(&frame, buf),
        _ => Ok(0),
    }
}

#[no_panic]
fn writer_section<'w, 'b>(
    writer: &'w mut Writer<Table>,
    head: SectionHead,
    buf: &'b mut [u8],
) -> Result<SectionWriter<'w, 'b, Table>, WriteError> {
    writer.section(head, buf)
}

#[no_panic]
fn section_field(
    section: &mut SectionWriter<'_, '_, Table>,
    field: &FieldLine<'_>,
) -> Result<(), WriteError> {
    section.field(field)
}

#[no_panic]
fn section_finish(section: SectionWriter<'_, '_, Table>) -> Result<usize, WriteError> {
    section.finish()
}

#[no_panic]
fn writer_data(writer: &Writer<Table>, head: &SectionHead, content: &[u8], budget: usize) -> usize {
    writer.data(head.stream_id, content, true, budget).fold(0, |octets, frame| octets | frame.data.len())
}

/// Calls all of them with octets that the compiler knows nothing of.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let octets = black_box(b"\0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84".as_slice());
    let settings = black_box(b"\0\0\0\x04\0\0\0\0\0".as_slice());
    let mut buf = black_box([0; 256]);
    let options = ParseOptions::default();

    let Progress::Item { item: (header, frame), .. } = frame_parse(octets, &options)? else { return Ok(()) };
    black_box(frame_resync(octets, &options));
    black_box(frame_parse_fields(&header.check(&options)?, octets)?);
    black_box((frame_encode(&frame, &mut buf)?, frame_encode_head(&frame, &mut buf)?));
    black_box(frame_encode_raw(&header, octets, &mut buf)?);
    if let Frame::Unknown(unknown) = &frame {
        black_box(views(unknown));
    }
    black_box(frame_reader_ending(&FrameReader::new(Role::Client), settings)?);
    let mut reader = FrameReader::new(Role::Client);
    frame_reader_announce(&mut reader, &SettingList::default())?;
    black_box(frame_reader_read(&mut reader, settings)?);
    black_box(limits_settings(&black_box(Limits::DEFAULT), black_box(Role::Client)));

    let mut reader = Reader::new_in(Role::Observer, &Limits::DEFAULT, [0; MEMORY])?;
    reader_announce(&mut reader, &SettingList::default())?;
    black_box(reader_read(&mut reader, settings)?);
    if let Progress::Item { item: Event::Fields { mut fields, .. }, .. } = reader_read(&mut reader, octets)? {
        fields_limit(&mut fields, black_box(100));
        black_box(fields_next(&mut fields)?);
        fields_drop(fields);
    }
    reader_set_limits(&mut reader, &black_box(Limits::DEFAULT))?;
    let mut chunked = ChunkedReader::new_in(Role::Client, &Limits::DEFAULT, [0; MEMORY])?;
    black_box(chunked_reader_read(&mut chunked, &mut &*settings)?);
    let mut checked = FieldValidator::new(h2wire::Expected::Request);
    black_box(validator(&mut checked, octets, octets).is_ok());

    let mut decoder = Decoder::new_in(&h2wire::hpack::DecoderLimits::DEFAULT, [0; MEMORY])?;
    black_box(hpack_decode(&mut decoder, &octets[9..])?);
    black_box(hpack_decode_fragment(&mut decoder.feed(octets, true)));
    let mut encoder = Encoder::new_in(4096, [0; TABLE])?;
    black_box(hpack_encode(&mut encoder, octets, octets, &mut buf)?);

    let mut writer = Writer::new_in(Role::Server, 4096, [0; TABLE])?;
    let Progress::Item { item: (_, frame), .. } = frame_parse(settings, &options)? else { return Ok(()) };
    black_box(writer_frame(&mut writer, &frame, &mut buf)?);
    black_box(writer_acknowledge(&mut writer, &SettingList::default(), &mut buf)?);
    if let Frame::Unknown(unknown) = &frame {
        black_box(writer_extensions(&mut writer, unknown, &mut buf)?);
    }
    let head = SectionHead::headers(header.stream_id, true);
    let mut section = writer_section(&mut writer, head, &mut buf)?;
    section_field(&mut section, &FieldLine::new(b":status", b"200"))?;
    black_box(section_finish(section)?);
    black_box(writer_data(&writer, &head, octets, 1000));
    Ok(())
}
