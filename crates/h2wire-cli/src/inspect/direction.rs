//! One direction of a connection: bytes in any pieces to events.

mod blocks; // field blocks to sections
mod holes; // bytes that are missing
mod search; // where frames start after them
mod settings; // what is announced, and when it counts

use anyhow::bail;
use h2wire::frame::{FrameHeader, PREFACE, ParseOptions, PayloadLength, SettingList};
use h2wire::{ConnectionError, EndOfInput, FrameEvent, FrameReader, Limits, Progress, Role};

use crate::bounds::{MOST_SECTION, MOST_TABLE};
use crate::event::{Breaches, Event, Fault, Flow, Position};
use crate::inspect::direction::search::Step;
pub(crate) use crate::inspect::direction::search::{MOST_SEARCHED, has_frames};
use crate::inspect::report::Report;
use crate::inspect::sections::{INITIAL, SectionReader, UNKNOWN};
use crate::io::note;

/// How bytes are read.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each follows from options of its own")]
pub(crate) struct Mode {
    pub(crate) limits: Limits,
    /// Whether a larger section breaks a rule, or is only too large for this command.
    pub(crate) judges_size: bool,
    /// The longest payload, if the command line has it.
    pub(crate) max_frame_size: Option<PayloadLength>,
    /// The table limit that the receiver announced, if the command line has it.
    pub(crate) header_table_size: Option<u32>,
    /// `None`: a server if the preface is there, else an observer.
    pub(crate) role: Option<Role>,
    /// Whether this is the endpoint's own input, of which it knows all SETTINGS that it sent: none.
    pub(crate) is_endpoint: bool,
    pub(crate) stateless: bool,
    /// Whether the fields of sections are shown, not only counted.
    pub(crate) show_fields: bool,
    /// Whether the bytes of field blocks are shown.
    pub(crate) show_blocks: bool,
}

impl Mode {
    /// Only what the endpoints announced counts, as the bounds of this program allow.
    pub(crate) const fn observing() -> Self {
        Self {
            limits: Limits::observing(MOST_SECTION, MOST_TABLE),
            judges_size: false,
            max_frame_size: None,
            header_table_size: None,
            role: None,
            is_endpoint: false,
            stateless: false,
            show_fields: true,
            show_blocks: false,
        }
    }

    /// One direction by itself is judged as this endpoint would. In a capture each side follows its own rules.
    pub(crate) fn of(role: Role, is_capture: bool) -> Self {
        let is_endpoint = !is_capture && role != Role::Observer;
        let limits = if is_endpoint { Limits::DEFAULT } else { Self::observing().limits };
        Self { limits, judges_size: is_endpoint, role: Some(role), is_endpoint, ..Self::observing() }
    }
}

/// Memory that a direction keeps while nothing is pending.
const LITTLE: usize = 256;

pub(crate) struct Direction {
    flow: Option<Flow>,
    mode: Mode,
    start: FirstOctets,
    reader: FrameReader,
    /// `None` where field blocks are not read.
    sections: Option<SectionReader>,
    /// Bytes before `pending`.
    offset: u64,
    /// The offset of its first byte: what comes before it is of something else, HTTP/1.1 before an upgrade for example.
    begins_at: u64,
    /// Bytes that are not consumed yet: less than a frame between two calls.
    pending: Vec<u8>,
    failed: bool,
    step: Step,
    /// What may be a frame where one is searched for.
    search_options: ParseOptions,
    /// The header of the frame that `pending` starts with.
    open: Option<FrameHeader>,
    /// SETTINGS of this direction may have been lost, and the other direction does not know it yet.
    lost_settings: bool,
    /// Whether anything was read.
    has_read: bool,
    /// Frames to read before the place where they start is more than a guess.
    guessed: u8,
    /// In a capture, the SETTINGS frames that the other direction does not know yet.
    announced: Vec<SettingList<Vec<u8>>>,
    /// `SETTINGS_MAX_HEADER_LIST_SIZE` of the receiver.
    advised_list_size: Option<u32>,
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

impl Direction {
    pub(crate) fn new(flow: Option<Flow>, mode: Mode) -> anyhow::Result<Self> {
        let role = mode.role.unwrap_or(Role::Observer);
        let start = match mode.role {
            _ if mode.stateless && flow.is_some() => FirstOctets::Preface,
            None if !mode.stateless => FirstOctets::Role,
            _ => FirstOctets::Decided,
        };
        let mut direction = Self {
            flow,
            mode,
            start,
            reader: FrameReader::stateless(),
            sections: None,
            offset: 0,
            begins_at: 0,
            pending: Vec::new(),
            failed: false,
            step: Step::Frames,
            search_options: ParseOptions::DEFAULT,
            open: None,
            lost_settings: false,
            has_read: false,
            guessed: 0,
            announced: Vec::new(),
            advised_list_size: None,
        };
        if !mode.stateless {
            direction.set_role(role)?;
        }
        direction.reader.options.max_frame_size =
            mode.max_frame_size.unwrap_or(direction.reader.options.max_frame_size);
        Ok(direction)
    }

    /// Starts to read for a receiver with this role.
    fn set_role(&mut self, role: Role) -> anyhow::Result<()> {
        let Mode { limits, max_frame_size, header_table_size, .. } = self.mode;
        let reader = FrameReader::with_limits(role, &limits)?;
        self.reader = if self.mode.is_endpoint { reader } else { reader.observing() };
        // One direction alone does not tell what its receiver announced.
        let is_unknown = self.flow.is_none() && role == Role::Observer;
        let default = if is_unknown { PayloadLength::MAX } else { self.reader.options.max_frame_size };
        self.reader.options.max_frame_size = max_frame_size.unwrap_or(default);
        let table_limit = match header_table_size {
            None if is_unknown => UNKNOWN,
            // Known to the sender when it acknowledges, allowed at once.
            given => INITIAL.max(given.unwrap_or(INITIAL)),
        };
        let mut sections = SectionReader::new(limits, role, table_limit, self.mode.show_fields);
        sections.extended_connect = !self.mode.is_endpoint;
        if self.mode.show_blocks {
            sections = sections.with_blocks();
        }
        self.sections = Some(sections);
        Ok(())
    }

    /// Other bytes came before.
    pub(crate) fn starting_at(self, offset: u64) -> Self {
        Self { offset, begins_at: offset, ..self }
    }

    /// The same, if nothing has come.
    pub(crate) const fn start_at(&mut self, offset: u64) {
        (self.offset, self.begins_at) = (offset, offset);
    }

    /// Whether nothing has come since its start.
    pub(crate) const fn is_at_start(&self) -> bool {
        self.offset == self.begins_at && self.pending.is_empty() && !self.failed
    }

    /// Starts after the bytes of an HTTP/1.1 upgrade, in which the client announced settings; the upgrade acknowledges
    /// them.
    pub(crate) fn after_upgrade(mut self) -> Self {
        if let Some(sections) = &mut self.sections {
            sections.allow_any_table();
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
        let is_new = pending.is_empty();
        if !is_new {
            pending.extend_from_slice(octets);
        }
        let mut rest = if is_new { octets } else { pending.as_slice() };
        while self.step(&mut rest, report)? {}
        let left = rest.len();
        if is_new {
            pending.extend_from_slice(octets.get(octets.len().saturating_sub(left)..).unwrap_or_default());
        } else {
            pending.drain(..pending.len().saturating_sub(left));
        }
        // A capture may have very many connections that wait for more.
        if left == 0 && pending.capacity() > LITTLE {
            pending = Vec::new();
        }
        self.pending = pending;
        Ok(())
    }

    /// Reports an incomplete rest at the end of the input.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<()> {
        self.last_frames(report)?;
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

    const fn place(&self) -> Position {
        Position { flow: self.flow, offset: self.offset }
    }

    /// Reports all complete items in `input`. Returns the number of bytes consumed.
    fn read(&mut self, input: &[u8], report: &mut Report) -> anyhow::Result<usize> {
        let mut rest = input;
        while !self.failed && self.step == Step::Frames {
            match self.next(rest) {
                Ok(Progress::Needed(_)) => break,
                Ok(Progress::Item { item, consumed }) => {
                    let (octets, after) = rest.split_at_checked(consumed).unwrap_or((rest, &[]));
                    self.item(&item, octets, report)?;
                    rest = after;
                    self.offset = self.offset.saturating_add(len(octets));
                    self.guessed = self.guessed.saturating_sub(1);
                }
                // Not the sender's fault.
                Err(_) if self.guessed > 0 => self.search(),
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
            FirstOctets::Role if starts_so => {
                let set = self.set_role(Role::Server);
                debug_assert!(set.is_ok(), "the reader before had the same limits");
            }
            FirstOctets::Preface if starts_so => {
                return Ok(Progress::Item { item: FrameEvent::Preface, consumed: PREFACE.len() });
            }
            _ => {}
        }
        self.reader.read(input)
    }

    fn item(&mut self, item: &FrameEvent<&[u8]>, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let place = self.place();
        self.has_read = true;
        match *item {
            FrameEvent::Preface => report.event(&place, &Event::Preface),
            FrameEvent::Frame { header, frame } => {
                report.event(&place, &Event::Frame { header, frame, octets, is_guess: self.guessed > 0 })?;
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
}

/// An error that is not about fields.
fn broken(error: Fault, octets: &[u8]) -> Event<'_> {
    Event::Error { error, breaches: Breaches::default(), octets }
}

fn len(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
