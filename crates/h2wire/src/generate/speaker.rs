//! One side of a connection that does what it may: the writer, the streams, the windows.

use alloc::vec::Vec;

use h2wire_frame::{Frame, PayloadLength, SettingId, SettingList, Settings, StreamId};

use super::messages::Lines;
use super::{Conversation, Meaning, Plan, Seed, Step};
use crate::{Role, SectionHead, SectionKind, WriteError, Writer};

/// The windows of a connection and its streams at first. RFC 9113 §6.9.2.
pub(super) const INITIAL_WINDOW: i64 = 65_535;
/// How much of a peer's table is used.
const TABLE_SIZE: u32 = 4_096;

/// A stream that was opened.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) id: StreamId,
    pub(super) state: State,
    /// What may be sent.
    pub(super) window: i64,
    /// Content that `content-length` says is to come.
    pub(super) content_left: Option<u32>,
    pub(super) is_tunnel: bool,
}

/// How far this side is with a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// A server has to respond.
    Waiting,
    /// Content and trailers may be sent.
    Open,
    /// Nothing more may be sent.
    Ended,
}

/// One side of a connection.
pub(super) struct Speaker {
    pub(super) plan: Plan,
    pub(super) writer: Writer<Vec<u8>>,
    steps: Vec<Step>,
    pub(super) streams: Vec<Stream>,
    /// The lowest identifier that is not used: of a client its next stream, of a server the next that it promises.
    pub(super) next_id: u32,
    /// What may be sent on all streams together.
    pub(super) window: i64,
    pub(super) initial_window: i64,
    /// How many SETTINGS frames of the receiver are acknowledged.
    acknowledged: usize,
    /// How many SETTINGS frames were sent.
    pub(super) settings_sent: u32,
    pub(super) may_push: bool,
    pub(super) resets: u32,
}

impl Speaker {
    /// At the start of a connection; nothing is sent.
    pub(super) fn new(plan: &Plan) -> Self {
        let is_client = plan.sender == Role::Client;
        let requests = if is_client { &[] } else { plan.requests.as_slice() };
        let mut speaker = Self {
            plan: plan.clone(),
            writer: Writer::new(plan.sender, TABLE_SIZE),
            steps: Vec::new(),
            streams: Vec::new(),
            next_id: if is_client { 1 } else { 2 },
            window: INITIAL_WINDOW,
            initial_window: INITIAL_WINDOW,
            acknowledged: 0,
            settings_sent: 0,
            may_push: !is_client,
            resets: 0,
        };
        for id in requests {
            speaker.add(*id, State::Waiting);
        }
        speaker
    }

    /// The preface of a client and the first SETTINGS are sent.
    pub(super) fn start(plan: &Plan, seed: &mut Seed<'_>) -> Self {
        let mut speaker = Self::new(plan);
        speaker.preface();
        speaker.settings(seed);
        speaker
    }

    /// The preface, if this is a client.
    pub(super) fn preface(&mut self) {
        if self.plan.sender == Role::Client {
            self.write(Meaning::Preface, Writer::append_preface);
        }
    }

    /// What was sent.
    pub(super) fn conversation(self) -> Conversation {
        let Plan { sender, receiver_settings, .. } = self.plan;
        Conversation { sender, steps: self.steps, receiver_settings }
    }

    /// The number of bytes that were sent.
    pub(super) fn len(&self) -> usize {
        self.steps.iter().fold(0, |sum, step| sum.saturating_add(step.octets.len()))
    }

    /// Sends anything.
    pub(super) fn push(&mut self, octets: Vec<u8>, meaning: Meaning) {
        self.steps.push(Step { octets, meaning });
    }

    /// Sends what the writer writes, unless it refuses: then nothing is sent, and nothing has changed.
    fn write(
        &mut self,
        meaning: Meaning,
        write: impl FnOnce(&mut Writer<Vec<u8>>, &mut Vec<u8>) -> Result<(), WriteError>,
    ) -> bool {
        let mut octets = Vec::new();
        let written = write(&mut self.writer, &mut octets);
        debug_assert!(written.is_ok(), "{meaning:?}: {written:?}");
        if written.is_ok() {
            self.push(octets, meaning);
        }
        written.is_ok()
    }

    /// Sends a frame without a field block, however long frames of content are.
    pub(super) fn frame(&mut self, frame: Frame<Vec<u8>>) {
        let size = self.writer.max_frame_size;
        self.writer.max_frame_size = PayloadLength::INITIAL_MAX_FRAME_SIZE;
        let copy = frame.clone();
        self.write(Meaning::Frame(frame), |writer, out| writer.append_frame(&copy, out));
        self.writer.max_frame_size = size;
    }

    /// Sends a section in about this many frames.
    pub(super) fn section(
        &mut self,
        head: SectionHead,
        kind: SectionKind,
        lines: &Lines,
        frames: u32,
    ) -> bool {
        let mut probe = self.writer.clone();
        let mut octets = Vec::new();
        let whole = PayloadLength::INITIAL_MAX_FRAME_SIZE;
        probe.max_frame_size = whole;
        let size = match frames {
            2.. if probe.append_section(head, lines.iter(), &mut octets).is_ok() => {
                let len = u32::try_from(octets.len()).unwrap_or(u32::MAX);
                // Padding and the fields before the block take some of the first frame.
                PayloadLength::new(len.div_ceil(frames).saturating_add(16)).unwrap_or(whole)
            }
            _ => whole,
        };
        let meaning = Meaning::Section { head, kind, fields: lines.read() };
        let size = core::mem::replace(&mut self.writer.max_frame_size, size);
        let written = self.write(meaning, |writer, out| writer.append_section(head, lines.iter(), out));
        self.writer.max_frame_size = size;
        written
    }

    /// Acknowledges the next SETTINGS frame of the receiver and follows it from then on. False if there is none.
    pub(super) fn acknowledge(&mut self) -> bool {
        let Some(settings) = self.plan.receiver_settings.get(self.acknowledged).cloned() else {
            return false;
        };
        self.acknowledged = self.acknowledged.saturating_add(1);
        self.write(Meaning::Frame(Settings::Ack.into()), |writer, out| {
            writer.append_acknowledge(&settings, out)
        });
        self.follow(&settings);
        true
    }

    fn follow(&mut self, settings: &SettingList<Vec<u8>>) {
        if let Some(size) = settings.get(SettingId::INITIAL_WINDOW_SIZE) {
            let by = i64::from(size).saturating_sub(self.initial_window);
            self.initial_window = size.into();
            // §6.9.2
            for stream in &mut self.streams {
                stream.window = stream.window.saturating_add(by);
            }
        }
        if let Some(value) = settings.get(SettingId::ENABLE_PUSH) {
            self.may_push = value == 1 && self.plan.sender == Role::Server;
        }
    }

    pub(super) fn add(&mut self, id: StreamId, state: State) {
        let window = self.initial_window;
        self.streams.push(Stream { id, state, window, content_left: None, is_tunnel: false });
    }

    /// The places of the streams in this state, without the one that is kept for a breach.
    pub(super) fn in_state(&self, state: State) -> Vec<usize> {
        let is_free = |stream: &Stream| stream.state == state && Some(stream.id) != self.plan.stream;
        let found = self.streams.iter().enumerate().filter(|(_, stream)| is_free(stream));
        found.map(|(index, _)| index).collect()
    }

    /// Uses the next identifier, or the one after it.
    pub(super) fn take_id(&mut self, skip: bool) -> Option<StreamId> {
        let opened = u32::try_from(self.streams.len()).unwrap_or(u32::MAX);
        let id = StreamId::new(self.next_id.saturating_add(if skip { 2 } else { 0 }))?;
        let is_below = self.plan.sender != Role::Client || self.plan.stream.is_none_or(|kept| id < kept);
        if opened >= self.plan.max_streams || !is_below {
            return None;
        }
        self.next_id = id.get().saturating_add(2);
        Some(id)
    }
}
