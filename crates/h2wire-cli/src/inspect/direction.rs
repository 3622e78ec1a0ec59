//! One direction of a connection: bytes in any pieces to events.

use anyhow::bail;
use h2wire::frame::{Frame, FrameHeader, PREFACE, PayloadLength, SettingId, Settings};
use h2wire::{ConnectionError, EndOfInput, FrameEvent, FrameReader, Limits, Progress, Role};

use crate::args::DecodeOptions;
use crate::event::{Breaches, Event, Fault, Flow, Position};
use crate::inspect::report::Report;
use crate::inspect::sections::{SectionReader, Trouble};
use crate::inspect::table_limit::{Followed, INITIAL, TableLimit};
use crate::io::note;

/// How bytes are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) limits: Limits,
    /// The table limit that the receiver announced, if the command line has it.
    pub(crate) header_table_size: Option<u32>,
    /// `None`: a server if the preface is there, else an observer.
    pub(crate) role: Option<Role>,
    pub(crate) stateless: bool,
    /// Whether the fields of sections are shown, not only counted.
    pub(crate) show_fields: bool,
}

impl Mode {
    pub(crate) fn from_options(options: &DecodeOptions) -> Self {
        let default = Limits::DEFAULT
            .with_max_section_size(options.max_header_list_size)
            .with_max_fields(options.max_header_fields)
            .with_max_continuations(options.max_continuations);
        let max_frame_size = options.max_frame_size.unwrap_or(default.max_frame_size);
        Self {
            limits: default.with_max_frame_size(max_frame_size),
            header_table_size: options.header_table_size,
            role: options.role.map(Into::into),
            stateless: options.stateless,
            show_fields: !options.stats,
        }
    }
}

pub(crate) struct Direction {
    flow: Option<Flow>,
    limits: Limits,
    start: FirstOctets,
    reader: FrameReader,
    /// `None` where field blocks are not read.
    sections: Option<SectionReader>,
    /// Bytes before `pending`.
    offset: u64,
    /// Bytes that are not consumed yet: less than a frame between two calls.
    pending: Vec<u8>,
    failed: bool,
    /// In a capture, the SETTINGS frames not yet applied to the other direction.
    announced: Vec<Announced>,
}

/// The decision that depends on the first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum FirstOctets {
    /// The role: a server if the preface is there, else an observer.
    Role,
    /// Whether a preface precedes stateless frames, from a client in a capture.
    Preface,
    Decided,
}

/// The limits of a SETTINGS frame for the bytes that its sender receives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announced {
    pub(crate) max_frame_size: Option<PayloadLength>,
    pub(crate) table_size: Option<u32>,
}

impl Direction {
    pub(crate) fn new(flow: Option<Flow>, mode: Mode) -> anyhow::Result<Self> {
        let role = mode.role.unwrap_or(Role::Observer);
        let (start, reader) = match mode.role {
            _ if mode.stateless => {
                let start = if flow.is_some() { FirstOctets::Preface } else { FirstOctets::Decided };
                let mut reader = FrameReader::stateless();
                reader.options.max_frame_size = mode.limits.max_frame_size;
                (start, reader)
            }
            Some(_) => (FirstOctets::Decided, FrameReader::with_limits(role, &mode.limits)?),
            None => (FirstOctets::Role, FrameReader::with_limits(role, &mode.limits)?),
        };
        let table = match mode.header_table_size {
            None if flow.is_some() => TableLimit::Followed(Followed::default()),
            given => TableLimit::Given(given.unwrap_or(INITIAL)),
        };
        let sections =
            (!mode.stateless).then(|| SectionReader::new(mode.limits, role, table, mode.show_fields));
        let (pending, announced) = (Vec::new(), Vec::new());
        let limits = mode.limits;
        Ok(Self { flow, limits, start, reader, sections, offset: 0, pending, failed: false, announced })
    }

    /// Starts after the bytes of an HTTP/1.1 upgrade, in which the client announced settings; the upgrade acknowledges
    /// them.
    pub(crate) fn after_upgrade(mut self, offset: u64) -> Self {
        self.offset = offset;
        if let Some(sections) = &mut self.sections {
            sections.allow_any_table();
        }
        self
    }

    /// Allows a start in the middle of a connection.
    pub(crate) fn perhaps_in_the_middle(mut self) -> Self {
        if let Some(sections) = &mut self.sections {
            sections.from_start = false;
        }
        self
    }

    /// Whether a connection error ended this direction; no more bytes are read.
    pub(crate) const fn has_failed(&self) -> bool {
        self.failed
    }

    /// Whether no byte has arrived.
    pub(crate) const fn is_silent(&self) -> bool {
        self.offset == 0 && self.pending.is_empty() && !self.failed
    }

    /// Takes the next bytes and reports complete items.
    pub(crate) fn feed(&mut self, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        if self.failed {
            return Ok(());
        }
        let mut pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            let consumed = self.read(octets, report)?;
            pending.extend_from_slice(octets.get(consumed..).unwrap_or_default());
        } else {
            pending.extend_from_slice(octets);
            let consumed = self.read(&pending, report)?;
            pending.drain(..consumed.min(pending.len()));
        }
        self.pending = pending;
        Ok(())
    }

    /// Reports an incomplete rest at the end of the input.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let octets = std::mem::take(&mut self.pending);
        if self.failed {
            return Ok(());
        }
        if !octets.is_empty()
            && let Ok(Progress::Needed(missing)) = self.next(&octets)
        {
            let need = match self.reader.end_of_input(&octets) {
                Ok(EndOfInput::InsideFrame { need, .. }) if self.start == FirstOctets::Decided => need,
                // The preface, which the reader did not see.
                _ => octets.len().saturating_add(missing),
            };
            let need = u64::try_from(need).unwrap_or(u64::MAX);
            report.event(&self.place(), &Event::Incomplete { octets: &octets, need })?;
        }
        match self.sections.as_ref().and_then(SectionReader::open_stream) {
            Some(stream_id) => self.note(&format!(
                "the field block of stream {stream_id} is incomplete: its last CONTINUATION frame is missing"
            )),
            None => Ok(()),
        }
    }

    /// Prints a note about this direction.
    fn note(&self, what: &str) -> anyhow::Result<()> {
        let flow = self.flow.map_or(String::new(), |flow| {
            format!("connection {}, from the {}: ", flow.connection, flow.from.name())
        });
        note(&format!("{flow}{what}"))
    }

    /// The receiver of this direction sends SETTINGS: larger frames are allowed at once, another table after the
    /// acknowledgment.
    pub(crate) fn settings_sent(&mut self, announced: &Announced, follow_frame_size: bool) {
        if let Some(octets) = announced.max_frame_size.filter(|_| follow_frame_size) {
            self.reader.options.max_frame_size = self.reader.options.max_frame_size.max(octets);
        }
        if let Some(sections) = &mut self.sections {
            sections.settings_sent(announced.table_size);
        }
    }

    /// The SETTINGS frames of this direction since the last call.
    pub(crate) fn take_announced(&mut self) -> Vec<Announced> {
        std::mem::take(&mut self.announced)
    }

    const fn place(&self) -> Position {
        Position { flow: self.flow, offset: self.offset }
    }

    /// Reports all complete items in `input`. Returns the number of bytes consumed.
    fn read(&mut self, input: &[u8], report: &mut Report) -> anyhow::Result<usize> {
        let mut rest = input;
        while !self.failed {
            match self.next(rest) {
                Ok(Progress::Needed(_)) => break,
                Ok(Progress::Item { item, consumed }) => {
                    let (octets, after) = rest.split_at_checked(consumed).unwrap_or((rest, &[]));
                    self.item(&item, octets, report)?;
                    rest = after;
                    self.offset = self.offset.saturating_add(len(octets));
                }
                Err(error) => {
                    report.event(&self.place(), &broken(error.into(), rest))?;
                    self.failed = true;
                }
            }
        }
        Ok(input.len().saturating_sub(rest.len()))
    }

    fn next<'a>(&mut self, input: &'a [u8]) -> Result<Progress<FrameEvent<&'a [u8]>>, ConnectionError> {
        // Such a start is meant as the preface, whatever follows.
        const START: &[u8] = b"PRI ";
        let enough = match self.start {
            FirstOctets::Decided => return self.reader.read(input),
            FirstOctets::Role => START,
            FirstOctets::Preface => PREFACE,
        };
        if input.len() < enough.len() && enough.starts_with(input) {
            return Ok(Progress::Needed(PREFACE.len().saturating_sub(input.len())));
        }
        let starts_so = input.starts_with(enough);
        match std::mem::replace(&mut self.start, FirstOctets::Decided) {
            FirstOctets::Role if starts_so => self.set_role(Role::Server),
            FirstOctets::Preface if starts_so => {
                return Ok(Progress::Item { item: FrameEvent::Preface, consumed: PREFACE.len() });
            }
            _ => {}
        }
        self.reader.read(input)
    }

    fn set_role(&mut self, role: Role) {
        // The previous reader accepted these limits.
        if let Ok(reader) = FrameReader::with_limits(role, &self.limits) {
            self.reader = reader;
        }
        if let Some(sections) = &mut self.sections {
            sections.role = role;
        }
    }

    fn item(&mut self, item: &FrameEvent<&[u8]>, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let place = self.place();
        match *item {
            FrameEvent::Preface => report.event(&place, &Event::Preface),
            FrameEvent::Frame { header, frame } => {
                report.event(&place, &Event::Frame { header, frame, octets })?;
                self.settings(&frame);
                if frame.field_block_fragment().is_some() {
                    self.field_block(&header, &frame, octets, report)?;
                }
                Ok(())
            }
            FrameEvent::StreamError { error, .. } => report.event(&place, &broken(error.into(), octets)),
            other => bail!("this command does not know the event {other:?}"),
        }
    }

    fn settings(&mut self, frame: &Frame<&[u8]>) {
        match (frame, &mut self.sections) {
            (Frame::Settings(Settings::Ack), Some(sections)) => sections.acknowledge(),
            (Frame::Settings(Settings::List(list)), _) if self.flow.is_some() => {
                let max_frame_size = list.get(SettingId::MAX_FRAME_SIZE).and_then(PayloadLength::new);
                let table_size = list.get(SettingId::HEADER_TABLE_SIZE);
                self.announced.push(Announced { max_frame_size, table_size });
            }
            _ => {}
        }
    }

    /// A frame with a field block: reports the section if it is complete, and its error.
    fn field_block(
        &mut self,
        header: &FrameHeader,
        frame: &Frame<&[u8]>,
        octets: &[u8],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let place = self.place();
        let Some(sections) = &mut self.sections else { return Ok(()) };
        match sections.take(place.offset, header, frame) {
            Ok(None) => Ok(()),
            Ok(Some(done)) => {
                let place = Position { offset: done.offset, ..place };
                if let Some(section) = done.section {
                    report.event(&place, &Event::FieldSection(section))?;
                }
                match done.error {
                    // Its frames have been shown.
                    Some(error) => {
                        let breaches = Breaches { all: &done.breaches, fields: Some(done.fields) };
                        report.event(&place, &Event::Error { error: error.into(), breaches, octets: &[] })
                    }
                    None => Ok(()),
                }
            }
            Err(Trouble::Broken(error)) => {
                self.failed = true;
                let error = ConnectionError::from(error).into();
                report.event(&place, &broken(error, octets))
            }
            Err(Trouble::Lost(why)) => {
                self.sections = None;
                self.note(&format!("field sections are not read from offset {} on: {why}", place.offset))
            }
        }
    }
}

/// An error that is not about fields.
fn broken(error: Fault, octets: &[u8]) -> Event<'_> {
    Event::Error { error, breaches: Breaches::default(), octets }
}

fn len(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
