//! One direction of a connection: octets in any pieces to events.

use h2wire::frame::{ConnectionError, Frame, FrameError, FrameHeader, PREFACE, ParseOptions, Parsed};
use h2wire::{FrameReader, Item, Progress, Role};

use crate::decode::Report;
use crate::event::{Event, Flow, Place};

/// How octets are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) parse: ParseOptions,
    /// `None`: a server if the preface is there, else an observer.
    pub(crate) role: Option<Role>,
    pub(crate) stateless: bool,
}

pub(crate) struct Direction {
    flow: Option<Flow>,
    reader: Reader,
    /// Octets before `pending`.
    offset: u64,
    /// Octets that are not consumed yet: less than a frame between two calls.
    pending: Vec<u8>,
    failed: bool,
    /// The most that the peer announced by SETTINGS, for whoever sends to it.
    announced_max_frame_size: Option<u32>,
}

enum Reader {
    /// The first octets decide the role.
    Undecided(ParseOptions),
    Stateful(FrameReader),
    Stateless(ParseOptions),
}

impl Direction {
    pub(crate) fn new(flow: Option<Flow>, mode: Mode) -> Self {
        let reader = match mode.role {
            _ if mode.stateless => Reader::Stateless(mode.parse),
            Some(role) => Reader::stateful(role, mode.parse),
            None => Reader::Undecided(mode.parse),
        };
        Self { flow, reader, offset: 0, pending: Vec::new(), failed: false, announced_max_frame_size: None }
    }

    /// Starts at octets that come after others, which were not HTTP/2.
    pub(crate) fn starting_at(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// Whether a connection error ended this direction; no more octets are read.
    pub(crate) const fn has_failed(&self) -> bool {
        self.failed
    }

    /// Takes the next octets, tells what is complete.
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

    /// The end of the input: tells what is left.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<()> {
        if self.failed {
            return Ok(());
        }
        let octets = std::mem::take(&mut self.pending);
        self.reader.decide(&octets);
        let consumed = self.read(&octets, report)?;
        let octets = octets.get(consumed..).unwrap_or_default();
        if self.failed || octets.is_empty() {
            return Ok(());
        }
        if let Ok(Progress::Needed(missing)) = self.reader.read(octets) {
            let need = len(octets).saturating_add(u64::try_from(missing).unwrap_or(u64::MAX));
            report.event(&self.place(), &Event::Incomplete { octets, need })?;
        }
        Ok(())
    }

    /// Lets the sender of this direction use the frame size that its peer announced.
    pub(crate) fn allow_frame_size(&mut self, octets: u32) {
        if let Some(octets) = h2wire::frame::PayloadLength::new(octets) {
            let options = self.reader.options();
            options.max_frame_size = options.max_frame_size.max(octets);
        }
    }

    /// `SETTINGS_MAX_FRAME_SIZE` that this direction announced since the last call.
    pub(crate) fn announced_max_frame_size(&mut self) -> Option<u32> {
        self.announced_max_frame_size.take()
    }

    const fn place(&self) -> Place {
        Place { flow: self.flow, offset: self.offset }
    }

    /// Tells all that is complete in `input`; returns the octets consumed.
    fn read(&mut self, input: &[u8], report: &mut Report) -> anyhow::Result<usize> {
        if input.len() >= PREFACE.len() {
            self.reader.decide(input);
        }
        let mut rest = input;
        loop {
            let place = self.place();
            match self.reader.read(rest) {
                Ok(Progress::Needed(_)) => break,
                Ok(Progress::Item { item, consumed }) => {
                    let (octets, behind) = rest.split_at_checked(consumed).unwrap_or((rest, &[]));
                    report.event(&place, &event(item, octets))?;
                    self.take_note(&item);
                    rest = behind;
                    self.offset = self.offset.saturating_add(len(octets));
                }
                Err(error) => {
                    report.event(&place, &Event::Error { error: error.into(), octets: rest })?;
                    self.failed = true;
                    break;
                }
            }
        }
        Ok(input.len().saturating_sub(rest.len()))
    }

    fn take_note(&mut self, item: &Item<'_>) {
        use h2wire::frame::{SettingId, Settings};
        if let Item::Frame { frame: Frame::Settings(Settings::List(list)), .. } = item {
            self.announced_max_frame_size =
                list.get(SettingId::MAX_FRAME_SIZE).or(self.announced_max_frame_size);
        }
    }
}

impl Reader {
    fn stateful(role: Role, options: ParseOptions) -> Self {
        let mut reader = FrameReader::new(role);
        reader.options = options;
        Self::Stateful(reader)
    }

    /// Chooses the role by the first octets, if it was not chosen yet.
    fn decide(&mut self, octets: &[u8]) {
        if let Self::Undecided(options) = *self {
            let role = if octets.starts_with(PREFACE) { Role::Server } else { Role::Observer };
            *self = Self::stateful(role, options);
        }
    }

    fn options(&mut self) -> &mut ParseOptions {
        match self {
            Self::Undecided(options) | Self::Stateless(options) => options,
            Self::Stateful(reader) => &mut reader.options,
        }
    }

    fn read<'a>(&mut self, input: &'a [u8]) -> Result<Progress<'a>, ConnectionError> {
        match self {
            Self::Undecided(_) => Ok(Progress::Needed(PREFACE.len().saturating_sub(input.len()))),
            Self::Stateful(reader) => reader.read(input),
            Self::Stateless(options) => read_stateless(input, options),
        }
    }
}

/// A frame by itself, as an item of a conversation would be.
fn read_stateless<'a>(input: &'a [u8], options: &ParseOptions) -> Result<Progress<'a>, ConnectionError> {
    match Frame::parse(input, options) {
        Ok(Parsed::Frame { header, frame, consumed }) => {
            Ok(Progress::Item { item: Item::Frame { header, frame }, consumed })
        }
        Ok(Parsed::Needed(octets)) => Ok(Progress::Needed(octets)),
        Err(FrameError::Connection(error)) => Err(error),
        Err(FrameError::Stream(error)) => {
            let Some((header, rest)) = input.split_first_chunk() else { return Ok(Progress::Needed(1)) };
            let header = FrameHeader::parse(header);
            let length = header.length.to_usize();
            if rest.len() < length {
                return Ok(Progress::Needed(length.saturating_sub(rest.len())));
            }
            let consumed = length.saturating_add(FrameHeader::LEN);
            Ok(Progress::Item { item: Item::StreamError { header, error }, consumed })
        }
    }
}

fn event<'a>(item: Item<'a>, octets: &'a [u8]) -> Event<'a> {
    match item {
        Item::Preface => Event::Preface,
        Item::Frame { header, frame } => Event::Frame { header, frame, octets },
        Item::StreamError { error, .. } => Event::Error { error: error.into(), octets },
    }
}

fn len(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
