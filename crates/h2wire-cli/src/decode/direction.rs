//! One direction of a connection: octets in any pieces to events.

use h2wire::frame::{Frame, PREFACE, ParseOptions, PayloadLength, SettingId, Settings};
use h2wire::{ConnectionError, FrameReader, Item, Progress, Role};

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
    /// The last `SETTINGS_MAX_FRAME_SIZE`, until it is asked for.
    announced_max_frame_size: Option<u32>,
}

enum Reader {
    /// The first octets decide the role.
    Undecided(ParseOptions),
    /// Frames by themselves, after a preface if there is one: what a client sends in a capture.
    AfterPreface(FrameReader),
    Frames(FrameReader),
}

impl Direction {
    pub(crate) fn new(flow: Option<Flow>, mode: Mode) -> Self {
        let with = |reader: FrameReader| reader.with_options(mode.parse);
        let reader = match mode.role {
            _ if mode.stateless && flow.is_some() => Reader::AfterPreface(with(FrameReader::stateless())),
            _ if mode.stateless => Reader::Frames(with(FrameReader::stateless())),
            Some(role) => Reader::Frames(with(FrameReader::new(role))),
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

    /// Whether not one octet has come.
    pub(crate) const fn is_silent(&self) -> bool {
        self.offset == 0 && self.pending.is_empty() && !self.failed
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
        let octets = std::mem::take(&mut self.pending);
        if self.failed || octets.is_empty() {
            return Ok(());
        }
        if let Ok(Progress::Needed(missing)) = self.reader.read(&octets) {
            let need = len(&octets).saturating_add(u64::try_from(missing).unwrap_or(u64::MAX));
            report.event(&self.place(), &Event::Incomplete { octets: &octets, need })?;
        }
        Ok(())
    }

    /// Lets the sender of this direction use the frame size that its peer announced.
    pub(crate) fn allow_frame_size(&mut self, octets: PayloadLength) {
        let options = self.reader.options();
        options.max_frame_size = options.max_frame_size.max(octets);
    }

    /// The `SETTINGS_MAX_FRAME_SIZE` that this direction announced since the last call.
    pub(crate) fn announced_max_frame_size(&mut self) -> Option<PayloadLength> {
        self.announced_max_frame_size.take().and_then(PayloadLength::new)
    }

    const fn place(&self) -> Place {
        Place { flow: self.flow, offset: self.offset }
    }

    /// Tells all that is complete in `input`; returns the octets consumed.
    fn read(&mut self, input: &[u8], report: &mut Report) -> anyhow::Result<usize> {
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

    fn take_note(&mut self, item: &Item<&[u8]>) {
        if let Item::Frame { frame: Frame::Settings(Settings::List(list)), .. } = item {
            self.announced_max_frame_size =
                list.get(SettingId::MAX_FRAME_SIZE).or(self.announced_max_frame_size);
        }
    }
}

impl Reader {
    fn options(&mut self) -> &mut ParseOptions {
        match self {
            Self::Undecided(options) => options,
            Self::AfterPreface(reader) | Self::Frames(reader) => &mut reader.options,
        }
    }

    fn read<'a>(&mut self, input: &'a [u8]) -> Result<Progress<Item<&'a [u8]>>, ConnectionError> {
        match self {
            Self::Undecided(options) => {
                // What starts so is meant to be the preface, whatever comes next.
                let (start, _) = PREFACE.split_at(4);
                if start.len() > input.len() && start.starts_with(input) {
                    return Ok(Progress::Needed(PREFACE.len().saturating_sub(input.len())));
                }
                let role = if input.starts_with(start) { Role::Server } else { Role::Observer };
                *self = Self::Frames(FrameReader::new(role).with_options(*options));
                self.read(input)
            }
            Self::AfterPreface(reader) => {
                if input.len() < PREFACE.len() && PREFACE.starts_with(input) {
                    return Ok(Progress::Needed(PREFACE.len().saturating_sub(input.len())));
                }
                *self = Self::Frames(reader.clone());
                if input.starts_with(PREFACE) {
                    return Ok(Progress::Item { item: Item::Preface, consumed: PREFACE.len() });
                }
                self.read(input)
            }
            Self::Frames(reader) => reader.read(input),
        }
    }
}

fn event<'a>(item: Item<&'a [u8]>, octets: &'a [u8]) -> Event<'a> {
    match item {
        Item::Preface => Event::Preface,
        Item::Frame { header, frame } => Event::Frame { header, frame, octets },
        Item::StreamError { error, .. } => Event::Error { error: error.into(), octets },
    }
}

fn len(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
