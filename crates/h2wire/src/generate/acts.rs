//! What a side does next.

use alloc::vec;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use h2wire_frame::{
    ErrorCode, Flags, Frame, FrameType, GoAway, Ping, Priority, PriorityFields, RstStream, Setting,
    SettingId, SettingList, Settings, StreamId, Unknown, WindowUpdate,
};
use h2wire_hpack::HuffmanPolicy;

use super::speaker::{Speaker, State};
use super::{Conversation, Plan, Seed, messages};
use crate::{Padding, Role, SectionHead, SectionKind};

/// Types that no RFC defines, or that are reserved to be ignored.
const UNKNOWN: [u8; 4] = [0x0b, 0x42, 0xf0, 0xff];

impl Conversation {
    /// A conversation that follows the plan. The seed decides all else; its length decides how long it becomes, up to 64 actions.
    #[must_use]
    pub fn new(plan: &Plan, seed: &mut Seed<'_>) -> Self {
        let goes_away = seed.one_in(2);
        let mut speaker = Speaker::start(plan, seed);
        speaker.act_on(seed, 64);
        speaker.finish(goes_away);
        speaker.conversation()
    }
}

impl Speaker {
    /// Does one thing after the other as long as there is a seed, at most `most`.
    pub(super) fn act_on(&mut self, seed: &mut Seed<'_>, most: u32) {
        for _ in 0..most {
            if seed.is_empty() {
                return;
            }
            match seed.below(20) {
                0..=5 => self.message(seed),
                6..=9 => self.content(seed),
                10 | 11 => self.trailers(seed),
                12 => self.reset(seed),
                13 => drop(self.acknowledge()),
                14 => self.style(seed),
                15 => self.settings_again(seed),
                _ => self.control(seed),
            }
        }
    }

    /// Ends all that is open, acknowledges what is left, and says goodbye or not.
    pub(super) fn finish(&mut self, goes_away: bool) {
        while self.acknowledge() {}
        for index in 0..self.streams.len() {
            if self.streams.get(index).is_some_and(|stream| stream.state == State::Waiting) {
                self.respond(index, &mut Seed::new(&[]));
            }
            let left = self.streams.get(index).filter(|stream| stream.state == State::Open);
            let Some(left) = left.map(|stream| stream.content_left) else { continue };
            let content = vec![b'.'; left.map_or(0, |left| usize::try_from(left).unwrap_or_default())];
            self.data(index, &content, true);
            if let Some(stream) = self.streams.get(index).filter(|stream| stream.state == State::Open) {
                self.rst_stream(index, stream.id, ErrorCode::CANCEL);
            }
        }
        if goes_away {
            let last = if self.plan.sender == Role::Client { None } else { self.plan.requests.iter().max() };
            let last_stream_id = last.copied().unwrap_or(StreamId::CONNECTION);
            let additional_debug_data = b"done".to_vec();
            self.frame(
                GoAway { last_stream_id, error_code: ErrorCode::NO_ERROR, additional_debug_data }.into(),
            );
        }
    }

    /// Starts a message: a request, a response or a promise.
    fn message(&mut self, seed: &mut Seed<'_>) {
        match self.plan.sender {
            Role::Server if seed.one_in(4) => self.promise(seed),
            Role::Server => {
                let waiting = self.in_state(State::Waiting);
                if let Some(index) = seed.choose(&waiting) {
                    self.respond(*index, seed);
                }
            }
            _ => drop(self.request(seed)),
        }
    }

    /// How many frames a section shall have.
    fn frames(&self, seed: &mut Seed<'_>) -> u32 {
        let most = self.plan.limits.continuations().min(7);
        if seed.one_in(3) { seed.below(most.saturating_add(1)).saturating_add(1) } else { 1 }
    }

    /// Opens a stream with a request.
    fn request(&mut self, seed: &mut Seed<'_>) -> Option<StreamId> {
        let end_stream = seed.one_in(2);
        let id = self.take_id(seed.one_in(8))?;
        let request = messages::request(seed, end_stream, self.writer.extended_connect);
        let priority = seed.one_in(6).then(|| priority(id, seed));
        let head = SectionHead::headers(id, end_stream).with_priority(priority);
        let frames = self.frames(seed);
        self.section(head, SectionKind::Request, &request.lines, frames);
        self.add(id, if end_stream { State::Ended } else { State::Open });
        if let Some(stream) = self.streams.last_mut() {
            stream.content_left = request.content_length;
            stream.is_tunnel = request.is_tunnel;
        }
        Some(id)
    }

    /// Answers a request: perhaps for now, perhaps to its end.
    fn respond(&mut self, index: usize, seed: &mut Seed<'_>) {
        let Some(id) = self.streams.get(index).map(|stream| stream.id) else { return };
        let frames = self.frames(seed);
        if seed.one_in(4) {
            let lines = messages::interim(seed);
            self.section(SectionHead::headers(id, false), SectionKind::Response, &lines, frames);
            return;
        }
        let (lines, end_stream, content_length) = messages::response(seed);
        self.section(SectionHead::headers(id, end_stream), SectionKind::Response, &lines, frames);
        if let Some(stream) = self.streams.get_mut(index) {
            stream.state = if end_stream { State::Ended } else { State::Open };
            stream.content_left = content_length;
        }
    }

    /// Promises a response on a stream of a client that has not ended.
    fn promise(&mut self, seed: &mut Seed<'_>) {
        let on: Vec<_> = [self.in_state(State::Waiting), self.in_state(State::Open)].concat();
        let on = on.into_iter().filter_map(|index| self.streams.get(index).map(|stream| stream.id));
        let on: Vec<_> = on.filter(|id| id.is_client_initiated()).collect();
        let Some(id) = seed.choose(&on).filter(|_| self.may_push) else { return };
        let Some(promised) = self.take_id(false) else { return };
        let (lines, frames) = (messages::promise(seed), self.frames(seed));
        self.section(SectionHead::push_promise(*id, promised), SectionKind::Request, &lines, frames);
        self.add(promised, State::Waiting);
    }

    /// Sends some content on an open stream.
    fn content(&mut self, seed: &mut Seed<'_>) {
        let open = self.in_state(State::Open);
        let Some(index) = seed.choose(&open).copied() else { return };
        let left = self.streams.get(index).and_then(|stream| stream.content_left);
        let len = seed.below(400).min(left.unwrap_or(u32::MAX));
        let ends = left.is_none_or(|left| left == len) && seed.one_in(3);
        let len = usize::try_from(len).unwrap_or_default();
        let mut content = seed.take(len.min(16)).to_vec();
        content.resize(len, b'c');
        self.data(index, &content, ends);
    }

    /// Sends content as far as the windows allow, a step for each frame.
    pub(super) fn data(&mut self, index: usize, content: &[u8], end_stream: bool) {
        let Some(stream) = self.streams.get_mut(index) else { return };
        let budget = usize::try_from(stream.window.min(self.window)).unwrap_or_default();
        let mut frames = Vec::new();
        for data in self.writer.data(stream.id, content, end_stream, budget) {
            let used = i64::try_from(data.flow_controlled_len()).unwrap_or(i64::MAX);
            stream.window = stream.window.saturating_sub(used);
            self.window = self.window.saturating_sub(used);
            let len = u32::try_from(data.data.len()).unwrap_or(u32::MAX);
            stream.content_left = stream.content_left.map(|left| left.saturating_sub(len));
            if data.end_stream {
                stream.state = State::Ended;
            }
            frames.push(Frame::Data(data.map(<[u8]>::to_vec)));
        }
        for frame in frames {
            self.frame(frame);
        }
    }

    fn trailers(&mut self, seed: &mut Seed<'_>) {
        let mut open = self.in_state(State::Open);
        open.retain(|index| {
            self.streams
                .get(*index)
                .is_some_and(|stream| !stream.is_tunnel && stream.content_left.unwrap_or(0) == 0)
        });
        let Some(index) = seed.choose(&open).copied() else { return };
        let Some(stream) = self.streams.get_mut(index) else { return };
        stream.state = State::Ended;
        let head = SectionHead::headers(stream.id, true);
        let (lines, frames) = (messages::trailers(seed), self.frames(seed));
        self.section(head, SectionKind::Trailers, &lines, frames);
    }

    /// Resets a stream that is open; not many, as a peer may take that for an attack.
    fn reset(&mut self, seed: &mut Seed<'_>) {
        let open = [self.in_state(State::Open), self.in_state(State::Waiting)].concat();
        let Some(index) = seed.choose(&open).copied().filter(|_| self.resets < 4) else { return };
        let Some(stream) = self.streams.get(index) else { return };
        let error_code = if seed.one_in(3) { ErrorCode::INTERNAL_ERROR } else { ErrorCode::CANCEL };
        self.rst_stream(index, stream.id, error_code);
    }

    fn rst_stream(&mut self, index: usize, stream_id: StreamId, error_code: ErrorCode) {
        self.resets = self.resets.saturating_add(1);
        self.frame(RstStream { stream_id, error_code }.into());
        if let Some(stream) = self.streams.get_mut(index) {
            stream.state = State::Ended;
        }
    }

    /// How content and sections look from here on.
    fn style(&mut self, seed: &mut Seed<'_>) {
        self.writer.padding = match seed.below(4) {
            2 => Padding::Octets(seed.octet()),
            3 => seed.octet().try_into().map_or(Padding::None, Padding::Multiple),
            _ => Padding::None,
        };
        let sizes = [16_384, 100, 16, 64].map(h2wire_frame::PayloadLength::new);
        if let Some(size) = seed.choose(&sizes).copied().flatten() {
            self.writer.max_frame_size = size;
        }
        let policies = [HuffmanPolicy::Auto, HuffmanPolicy::Always, HuffmanPolicy::Never];
        self.writer.set_huffman(seed.choose(&policies).copied().unwrap_or_default());
        if seed.one_in(2) {
            self.give_up(seed);
        }
    }

    /// Starts a section and sends nothing of it: HPACK stays in step.
    fn give_up(&mut self, seed: &mut Seed<'_>) {
        let mut buf = vec![0; usize::try_from(seed.below(200)).unwrap_or_default()];
        let lines = messages::trailers(seed);
        let head = SectionHead::headers(StreamId::from_wire([0, 0, 0, 1]), true);
        // Without room there is less to take back.
        if let Ok(mut section) = self.writer.section(head, &mut buf) {
            let _ = lines.iter().try_for_each(|line| section.field(&line));
        }
    }

    /// A frame about the connection or about the order of streams.
    fn control(&mut self, seed: &mut Seed<'_>) {
        let known: Vec<_> = self.streams.iter().map(|stream| stream.id).collect();
        let any = seed.choose(&known).copied();
        let open = [self.in_state(State::Open), self.in_state(State::Waiting)].concat();
        let open = seed.choose(&open).and_then(|index| self.streams.get(*index));
        // §5.1: on a stream that is only promised its server sends HEADERS, RST_STREAM and PRIORITY alone.
        let open = open
            .filter(|stream| !stream.id.is_server_initiated() || stream.state != State::Waiting)
            .map(|stream| stream.id);
        let frame = match (seed.below(6), any, open) {
            (1, ..) => window_update(StreamId::CONNECTION, seed),
            (2, _, Some(id)) => window_update(id, seed),
            (3, Some(stream_id), _) => Priority { stream_id, priority: priority(stream_id, seed) }.into(),
            (4, Some(id), _) if self.plan.sender == Role::Client => priority_update(id, seed),
            (5, ..) => {
                let frame_type = FrameType(seed.choose(&UNKNOWN).copied().unwrap_or(0xff));
                let stream_id = any.unwrap_or(StreamId::CONNECTION);
                let len = usize::try_from(seed.below(40)).unwrap_or_default();
                let payload = seed.take(len).to_vec();
                Unknown { frame_type, flags: Flags(seed.octet()), stream_id, payload }.into()
            }
            _ => {
                let opaque_data = core::array::from_fn(|_| seed.octet());
                Ping { ack: false, opaque_data }.into()
            }
        };
        self.frame(frame);
    }

    /// No more SETTINGS frames than a receiver of the acknowledgments can remember.
    fn settings_again(&mut self, seed: &mut Seed<'_>) {
        if self.settings_sent < 4 {
            self.settings(seed);
        }
    }

    /// Sends SETTINGS.
    pub(super) fn settings(&mut self, seed: &mut Seed<'_>) {
        let is_first = self.settings_sent == 0;
        self.settings_sent = self.settings_sent.saturating_add(1);
        let mut octets = Vec::new();
        for _ in 0..seed.below(5).min(self.plan.limits.max_settings) {
            let (id, value) = match seed.below(8) {
                0 => (SettingId::HEADER_TABLE_SIZE, seed.below(8_193)),
                1 => (SettingId::ENABLE_PUSH, 0),
                2 => (SettingId::MAX_CONCURRENT_STREAMS, seed.below(1_000)),
                3 => (
                    SettingId::INITIAL_WINDOW_SIZE,
                    [65_535, 0, 200, 1 << 20].get(index(seed)).copied().unwrap_or(0),
                ),
                4 => (SettingId::MAX_FRAME_SIZE, seed.below(0x8000).saturating_add(0x4000)),
                5 => (SettingId::MAX_HEADER_LIST_SIZE, seed.number() | 0x4000),
                // They must not change or return to 0. RFC 8441 §3, RFC 9218 §2.1
                6 if is_first => (SettingId::NO_RFC7540_PRIORITIES, 1),
                6 if self.plan.sender == Role::Server => (SettingId::ENABLE_CONNECT_PROTOCOL, 1),
                _ => (SettingId(0xf0f0), seed.number()),
            };
            octets.extend(Setting { id, value }.encode());
        }
        // Each of them is allowed.
        let list = SettingList::parse(octets).unwrap_or_default();
        self.frame(Settings::List(list).into());
    }
}

fn index(seed: &mut Seed<'_>) -> usize {
    usize::try_from(seed.below(4)).unwrap_or_default()
}

fn window_update(stream_id: StreamId, seed: &mut Seed<'_>) -> Frame<Vec<u8>> {
    let increment = seed.below(0x1_0000);
    let window_size_increment = NonZeroU32::new(increment).unwrap_or(NonZeroU32::MIN);
    WindowUpdate { stream_id, window_size_increment }.into()
}

/// Not on the stream itself, which RFC 7540 forbade.
fn priority(stream_id: StreamId, seed: &mut Seed<'_>) -> PriorityFields {
    let dependencies = [StreamId::CONNECTION, StreamId::MAX];
    let other = seed.choose(&dependencies).copied().filter(|id| *id != stream_id);
    let stream_dependency = other.unwrap_or(StreamId::CONNECTION);
    PriorityFields { exclusive: seed.one_in(2), stream_dependency, weight: seed.octet() }
}

fn priority_update(prioritized: StreamId, seed: &mut Seed<'_>) -> Frame<Vec<u8>> {
    let values: [&[u8]; 3] = [b"u=1", b"u=5, i", b""];
    let value = seed.choose(&values).copied().unwrap_or_default();
    let payload = [&prioritized.to_wire(), value].concat();
    let (frame_type, stream_id) = (FrameType::PRIORITY_UPDATE, StreamId::CONNECTION);
    Unknown { frame_type, flags: Flags::NONE, stream_id, payload }.into()
}
