//! What a connection has written: readable to its peer and to an observer, each stream in order, no window exceeded.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use h2wire::frame::{ErrorCode, Frame, PayloadLength, SettingList, Settings, StreamId};
use h2wire::{FieldList, Limits, Message, Progress, Reader, Role, SectionEnd};

use super::incoming::Incoming;

/// The peer takes all that there is.
const LIMITS: Limits =
    Limits::observing(u32::MAX, 1 << 20).with_accept_push(true).with_max_frame_size(PayloadLength::MAX);

/// What was written on a stream.
#[derive(Default, Debug)]
struct Sent {
    /// The head of a request, a final response or a promised request.
    head: bool,
    ended: bool,
    reset: bool,
    content: i64,
}

pub(super) struct Outgoing {
    role: Role,
    /// Resets are remembered long enough, so that each stream has one at most.
    one_reset: bool,
    observer: (Reader<Vec<u8>>, BytesMut),
    /// None once the peer announces what this reader cannot have.
    peer: Option<(Reader<Vec<u8>>, BytesMut)>,
    streams: BTreeMap<u32, Sent>,
    /// The window of each stream at its start, and the content of all.
    initial: i64,
    content: i64,
    /// What it gave back, by stream.
    pub(super) granted: BTreeMap<u32, u64>,
    /// The last GOAWAY.
    pub(super) go_away: Option<(StreamId, ErrorCode)>,
    pub(super) written: usize,
}

impl Outgoing {
    pub(super) fn new(role: Role, one_reset: bool) -> Self {
        let other = if role == Role::Server { Role::Client } else { Role::Server };
        let reader = |role| Reader::new(role, &LIMITS).expect("no limit is 0");
        Self {
            role,
            one_reset,
            observer: (reader(Role::Observer), BytesMut::new()),
            peer: Some((reader(other), BytesMut::new())),
            streams: BTreeMap::new(),
            initial: 65_535,
            content: 0,
            granted: BTreeMap::new(),
            go_away: None,
            written: 0,
        }
    }

    /// The peer sends SETTINGS.
    pub(super) fn settings(&mut self, list: &SettingList<Vec<u8>>) {
        let taken = |(reader, _): &mut (Reader<Vec<u8>>, BytesMut)| reader.settings_sent(list).is_ok();
        self.peer = self.peer.take().and_then(|mut peer| taken(&mut peer).then_some(peer));
    }

    /// Octets are written: both read the same.
    pub(super) fn write(&mut self, octets: &[u8], incoming: &mut Incoming, highest: StreamId) {
        self.written += octets.len();
        let seen = read(&mut self.observer, octets);
        if let Some(peer) = &mut self.peer {
            assert_eq!(read(peer, octets), seen, "an observer and the peer differ");
        }
        for message in seen {
            let is_over = self.go_away.is_some_and(|(_, code)| code != ErrorCode::NO_ERROR);
            assert!(!is_over, "{message:?} after the last GOAWAY");
            match message {
                Message::Section { end, fields, .. } => self.section(&end, &fields, incoming),
                Message::Frame { frame, .. } => self.frame(&frame, incoming, highest),
                Message::Preface => assert_eq!(self.role, Role::Client),
                other => panic!("{other:?}"),
            }
        }
    }

    /// All is written: nothing is cut off.
    pub(super) fn finish(&self) {
        assert!(self.observer.1.is_empty(), "half a frame");
    }

    fn section(&mut self, end: &SectionEnd, fields: &FieldList, incoming: &Incoming) {
        let head = end.head;
        let id = head.stream_id.get();
        if let Some(promised) = head.promised_stream_id {
            let parent = &self.streams.entry(id).or_default();
            assert!(!parent.ended && !parent.reset && incoming.opened.contains(&id), "{head:?}");
            let is_last = self.streams.keys().all(|id| id % 2 == 1 || *id < promised.get());
            assert!(is_last && promised.is_server_initiated(), "{head:?}");
            self.streams.insert(promised.get(), Sent::default());
            return;
        }
        if self.role == Role::Client && !self.streams.contains_key(&id) {
            // Promised streams have identifiers of their own.
            let is_highest = self.streams.keys().all(|other| *other < id || other.is_multiple_of(2));
            assert!(head.stream_id.is_client_initiated() && is_highest, "{head:?}");
        } else {
            let known = incoming.opened.contains(&id) || self.streams.contains_key(&id);
            assert!(known, "{head:?} on an idle stream");
        }
        let stream = self.streams.entry(id).or_default();
        assert!(!stream.ended && !stream.reset, "{head:?} after the end: {stream:?}");
        let is_interim = fields.get(b":status").is_some_and(|status| status.starts_with(b"1"));
        let is_head = fields.get(b":status").or(fields.get(b":method")).is_some();
        assert_eq!(stream.head, !is_head, "{head:?} out of order: {stream:?}");
        assert!(is_head || head.end_stream, "trailers are the end");
        assert!(!is_interim || !head.end_stream, "an interim response is not the end");
        stream.head |= !is_interim;
        stream.ended |= head.end_stream;
    }

    fn frame(&mut self, frame: &Frame<Bytes>, incoming: &mut Incoming, highest: StreamId) {
        match frame {
            Frame::Data(data) => {
                let id = data.stream_id.get();
                let stream = self.streams.entry(id).or_default();
                assert!(stream.head && !stream.ended && !stream.reset, "{id}: {stream:?}");
                stream.ended |= data.end_stream;
                let len = i64::try_from(data.data.len()).expect("24 bits");
                stream.content += len;
                self.content += len;
                let more = |id: u32| incoming.increments.get(&id).copied().unwrap_or(0);
                if len > 0 {
                    assert!(stream.content <= self.initial + more(id), "the window of {id} is exceeded");
                    assert!(self.content <= 65_535 + more(0), "the window of the connection is exceeded");
                }
            }
            Frame::RstStream(frame) => {
                let id = frame.stream_id.get();
                // Opening a stream closes those below it.
                let is_used = |other: &u32| *other >= id && other % 2 == id % 2;
                let is_idle = !incoming.opened.iter().chain(self.streams.keys()).any(is_used);
                assert!(!is_idle, "{id} is idle, and was reset");
                let before = std::mem::replace(&mut self.streams.entry(id).or_default().reset, true);
                assert!(!before || !self.one_reset, "{id} was reset twice");
            }
            Frame::WindowUpdate(update) => {
                let id = update.stream_id.get();
                let is_reset = self.streams.get(&id).is_some_and(|stream| stream.reset);
                assert!(!is_reset, "the window of {id} grows after its reset");
                *self.granted.entry(id).or_default() += u64::from(update.window_size_increment.get());
            }
            Frame::Settings(Settings::Ack) => {
                if let Some(initial) = incoming.acknowledged() {
                    self.initial = i64::from(initial);
                }
            }
            Frame::Ping(ping) if ping.ack => {
                incoming.pings = incoming.pings.checked_sub(1).expect("each answer is to a PING");
            }
            Frame::GoAway(frame) => {
                let last = frame.last_stream_id;
                assert!(self.go_away.is_none_or(|(before, _)| last <= before), "its last stream grows");
                assert!(last >= highest, "{highest} was reported, but not said to be processed");
                self.go_away = Some((last, frame.error_code));
            }
            Frame::Settings(Settings::List(_)) | Frame::Ping(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn read((reader, rest): &mut (Reader<Vec<u8>>, BytesMut), octets: &[u8]) -> Vec<Message<Bytes>> {
    rest.extend_from_slice(octets);
    let mut seen = Vec::new();
    while let Progress::Item { item, .. } = reader.read_bytes(rest).expect("what is written is right") {
        seen.push(item);
    }
    seen
}
