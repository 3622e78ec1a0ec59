//! Reads bytes through `Reader` and `ChunkedReader`, and puts what they tell into one form.
#![allow(dead_code, reason = "each test uses some of it")]

use h2wire::frame::{Frame, FrameHeader, SettingBuffer, SettingId, SettingList};
use h2wire::{
    Chunk, ChunkedReader, ConnectionError, Counters, EndOfInput, Event, FieldStep, Fields, Limits, Options,
    Progress, Reader, Role, Rule, SectionEnd, SectionHead, SectionKind, StreamError,
};

/// A [`SectionEnd`] that a test can make.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct EndOfSection {
    pub(crate) head: SectionHead,
    pub(crate) kind: Result<SectionKind, StreamError>,
    pub(crate) fields: u32,
    pub(crate) list_size: u32,
}

impl From<SectionEnd> for EndOfSection {
    fn from(end: SectionEnd) -> Self {
        Self { head: end.head, kind: end.kind, fields: end.fields, list_size: end.list_size }
    }
}

/// What a reader yielded.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Told {
    Preface,
    /// A frame; the bytes of a field block are zeros here, as not every reader shows them.
    Frame(FrameHeader, Frame<Vec<u8>>),
    StreamError(FrameHeader, StreamError),
    Field(Vec<u8>, Vec<u8>, bool),
    SectionEnd(EndOfSection),
}

/// All that a reader yielded, and how it ended.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Report {
    pub told: Vec<Told>,
    pub end: Result<EndOfInput, ConnectionError>,
    pub offset: u64,
    pub counters: Counters,
}

/// How to read.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub role: Role,
    pub limits: Limits,
    pub options: Options,
    /// Table sizes that were announced and will be acknowledged.
    pub table_sizes: Vec<u32>,
    /// Before them push was disabled.
    pub disables_push: bool,
    /// Other settings, a frame each.
    pub(crate) settings: Vec<(SettingId, u32)>,
    /// SETTINGS frames after those.
    pub(crate) lists: Vec<SettingList<Vec<u8>>>,
}

#[allow(dead_code, reason = "not every test asks")]
impl Report {
    /// The ends of sections: what each is, or the rule it broke.
    pub(crate) fn sections(&self) -> Vec<Result<SectionKind, Rule>> {
        let ends = self.told.iter().filter_map(|told| match told {
            Told::SectionEnd(end) => Some(end.kind.map_err(|error| error.rule)),
            _ => None,
        });
        ends.collect()
    }

    /// The rule that ended the connection.
    pub(crate) fn rule(&self) -> Option<Rule> {
        self.end.err().map(|error| error.rule)
    }
}

impl Setup {
    pub(crate) fn new(role: Role) -> Self {
        Self {
            role,
            limits: Limits::DEFAULT,
            options: Options::DEFAULT,
            table_sizes: vec![],
            disables_push: false,
            settings: vec![],
            lists: vec![],
        }
    }
}

/// What is announced, a frame each.
fn announcements(setup: &Setup) -> impl Iterator<Item = SettingList<Vec<u8>>> {
    let push = setup.disables_push.then_some((SettingId::ENABLE_PUSH, 0));
    let sizes = setup.table_sizes.iter().map(|size| (SettingId::HEADER_TABLE_SIZE, *size));
    let each = push.into_iter().chain(sizes).chain(setup.settings.iter().copied()).map(|(id, value)| {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(id, value).unwrap();
        settings.list().map(<[u8]>::to_vec)
    });
    each.chain(setup.lists.iter().cloned())
}

fn tell_fields<M: AsRef<[u8]> + AsMut<[u8]>>(
    mut fields: Fields<'_, '_, M>,
    told: &mut Vec<Told>,
) -> Result<(), ConnectionError> {
    loop {
        match fields.next()? {
            FieldStep::Field(field) => {
                told.push(Told::Field(field.name.to_vec(), field.value.to_vec(), field.never_indexed));
            }
            FieldStep::FragmentEnd => return Ok(()),
            FieldStep::SectionEnd(end) => {
                let end = *end;
                told.push(Told::SectionEnd(end.into()));
                assert_eq!(fields.next(), Ok(FieldStep::SectionEnd(&end)), "an end is told again");
                return Ok(());
            }
        }
    }
}

/// Through a `Reader`, piece by piece as from a socket.
pub(crate) fn by_reader<'a>(setup: &Setup, pieces: impl IntoIterator<Item = &'a [u8]>) -> Report {
    let memory = vec![0xaa; setup.limits.memory_len()];
    let mut reader = Reader::new_in(setup.role, &setup.limits, memory).unwrap();
    reader.options = setup.options;
    for settings in announcements(setup) {
        reader.settings_sent(&settings).unwrap();
    }
    let (mut buffer, mut told) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        while let Ok(Some(consumed)) = one_event(&mut reader, &buffer, &mut told) {
            buffer.drain(..consumed);
        }
    }
    let end = reader.end_of_input(&buffer);
    if let Err(error) = end {
        assert_eq!(reader.read(&buffer).err(), Some(error), "a reader stays failed");
        assert_eq!(reader.read(&[]).err(), Some(error), "a reader stays failed");
    }
    Report { told, end, offset: reader.offset(), counters: reader.counters }
}

fn one_event(
    reader: &mut Reader<Vec<u8>>,
    input: &[u8],
    told: &mut Vec<Told>,
) -> Result<Option<usize>, ConnectionError> {
    let Progress::Item { item, consumed } = reader.read(input)? else { return Ok(None) };
    match item {
        Event::Preface => told.push(Told::Preface),
        Event::Frame { header, frame } => told.push(Told::Frame(header, frame.map(<[u8]>::to_vec))),
        Event::Fields { header, frame, fields } => {
            told.push(Told::Frame(header, frame.map(|fragment| vec![0; fragment.len()])));
            tell_fields(fields, told)?;
        }
        Event::StreamError { header, error } => told.push(Told::StreamError(header, error)),
        other => panic!("{other:?}"),
    }
    Ok(Some(consumed))
}

/// Through a `ChunkedReader`, which keeps nothing of the pieces.
pub(crate) fn by_chunks<'a>(setup: &Setup, pieces: impl IntoIterator<Item = &'a [u8]>) -> Report {
    let memory = vec![0xaa; setup.limits.memory_len()];
    let mut reader = ChunkedReader::new_in(setup.role, &setup.limits, memory).unwrap();
    reader.options = setup.options;
    for settings in announcements(setup) {
        reader.settings_sent(&settings).unwrap();
    }
    let (mut told, mut payload) = (Vec::new(), None);
    for mut piece in pieces {
        while let Ok(true) = one_chunk(&mut reader, &mut piece, &mut told, &mut payload) {}
    }
    let end = reader.end_of_input();
    if let Err(error) = end {
        assert_eq!(reader.read(&mut [0; 9].as_slice()).err(), Some(error), "a reader stays failed");
    }
    Report { told, end, offset: reader.offset(), counters: reader.counters }
}

fn one_chunk(
    reader: &mut ChunkedReader<Vec<u8>>,
    input: &mut &[u8],
    told: &mut Vec<Told>,
    payload: &mut Option<(FrameHeader, Frame<usize>, Vec<u8>)>,
) -> Result<bool, ConnectionError> {
    let Some(chunk) = reader.read(input)? else { return Ok(false) };
    match chunk {
        Chunk::Preface => told.push(Told::Preface),
        Chunk::Frame { header, frame } => told.push(Told::Frame(header, frame.map(<[u8]>::to_vec))),
        Chunk::Start { header, frame } if frame.field_block_fragment().is_some() => {
            told.push(Told::Frame(header, frame.map(|len| vec![0; len])));
        }
        Chunk::Start { header, frame } => *payload = Some((header, frame, Vec::new())),
        Chunk::PayloadStart { octets, missing } => add(&octets, missing, payload),
        Chunk::Payload { octets, missing } => add(octets, missing, payload),
        Chunk::Fields(fields) => tell_fields(fields, told)?,
        Chunk::StreamError { header, error } => told.push(Told::StreamError(header, error)),
        other => panic!("{other:?}"),
    }
    if let Some((header, frame, octets)) =
        payload.take_if(|(_, frame, octets)| frame.payload_ref() == Some(&octets.len()))
    {
        told.push(Told::Frame(header, frame.map(|_| octets)));
    }
    Ok(true)
}

fn add(octets: &[u8], missing: usize, payload: &mut Option<(FrameHeader, Frame<usize>, Vec<u8>)>) {
    assert!(!octets.is_empty());
    let (_, frame, so_far) = payload.as_mut().unwrap();
    so_far.extend_from_slice(octets);
    assert_eq!(so_far.len() + missing, *frame.payload_ref().unwrap());
}

/// Through `Reader::read_message`: what it yields of whole sections, without the frames they came in.
#[cfg(feature = "alloc")]
fn by_messages<'a>(setup: &Setup, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Told> {
    use h2wire::{Indexing, Message};

    let mut reader = Reader::new(setup.role, &setup.limits).unwrap();
    reader.options = setup.options;
    for settings in announcements(setup) {
        reader.settings_sent(&settings).unwrap();
    }
    let (mut buffer, mut told) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        let mut rest = buffer.as_slice();
        while let Ok(Progress::Item { item, .. }) = reader.read_message(&mut rest) {
            match item {
                Message::Preface => told.push(Told::Preface),
                Message::Frame { header, frame } => told.push(Told::Frame(header, frame.map(<[u8]>::to_vec))),
                Message::StreamError { header, error } => told.push(Told::StreamError(header, error)),
                Message::Section { end, fields, .. } | Message::RefusedSection { end, fields, .. } => {
                    told.extend(fields.iter().map(|field| {
                        let never = field.indexing == Indexing::Never;
                        Told::Field(field.name.to_vec(), field.value.to_vec(), never)
                    }));
                    told.push(Told::SectionEnd(end.into()));
                    reader.give_back(fields);
                }
                other => panic!("{other:?}"),
            }
        }
        buffer = rest.to_vec();
    }
    told
}

/// What messages tell of the same: neither frames of field blocks nor the fields of a section without an end.
fn without_fragments(told: &[Told]) -> Vec<Told> {
    let mut told: Vec<_> = told.to_vec();
    told.retain(|told| !matches!(told, Told::Frame(_, frame) if frame.field_block_fragment().is_some()));
    let end = told.iter().rposition(|told| !matches!(told, Told::Field(..))).map_or(0, |last| last + 1);
    told.truncate(end);
    told
}

/// Both readers tell the same of the bytes, whole, byte by byte, and cut as given. Returns what.
///
/// A chunked reader tells of a frame before all of it is there, so that of the last frame, if it is cut off, more may come
/// out of it.
pub(crate) fn by_all(setup: &Setup, octets: &[u8], cuts: &[usize]) -> Report {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (octets.len() + 1)).collect();
    ends.extend([0, octets.len()]);
    ends.sort_unstable();
    let whole = by_reader(setup, [octets]);
    let pieces = ends.windows(2).map(|ends| &octets[ends[0]..ends[1]]);
    #[cfg(feature = "alloc")]
    for pieces in [octets.len().max(1), 1] {
        let messages = by_messages(setup, octets.chunks(pieces));
        assert_eq!(messages, without_fragments(&whole.told), "in messages, {pieces} at a time");
    }
    assert_eq!(by_reader(setup, octets.chunks(1)), whole, "octet by octet");
    assert_eq!(by_reader(setup, pieces), whole, "cut");

    let complete = match whole.end {
        Ok(EndOfInput::InsideFrame { have, .. }) => octets.len() - have,
        _ => octets.len(),
    };
    let end = if complete == octets.len() { whole.end } else { by_reader(setup, [&octets[..complete]]).end };
    let whole_frames = Report { end, ..whole.clone() };
    let octets = &octets[..complete];
    let pieces = ends.windows(2).filter_map(|ends| octets.get(ends[0]..ends[1].min(complete)));
    assert_eq!(by_chunks(setup, [octets]), whole_frames, "in chunks");
    assert_eq!(by_chunks(setup, octets.chunks(1)), whole_frames, "in chunks of an octet");
    assert_eq!(by_chunks(setup, pieces), whole_frames, "in chunks as cut");
    whole
}
