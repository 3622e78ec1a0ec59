//! What a connection was handed, frame by frame: an account of its own of what the peer allows and opens.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use h2wire::Role;
use h2wire::frame::{
    Frame, FrameHeader, FrameType, PREFACE, ParseOptions, Progress, SettingId, SettingList, Settings,
};

/// Frames that were handed over. The connection may have refused them, or not have read them yet.
pub(super) struct Incoming {
    rest: Vec<u8>,
    expects_preface: bool,
    /// The increments of `WINDOW_UPDATE`, by stream.
    pub(super) increments: BTreeMap<u32, i64>,
    /// SETTINGS that are not acknowledged.
    pub(super) settings: VecDeque<SettingList<Vec<u8>>>,
    /// Streams with HEADERS, and promised ones.
    pub(super) opened: BTreeSet<u32>,
    /// The payload of DATA, by stream.
    pub(super) content: BTreeMap<u32, u64>,
    /// PING frames that are not answered.
    pub(super) pings: u32,
}

impl Incoming {
    pub(super) fn new(receiver: Role) -> Self {
        Self {
            rest: Vec::new(),
            expects_preface: receiver == Role::Server,
            increments: BTreeMap::new(),
            settings: VecDeque::new(),
            opened: BTreeSet::new(),
            content: BTreeMap::new(),
            pings: 0,
        }
    }

    /// Octets come; new SETTINGS are returned.
    pub(super) fn take(&mut self, octets: &[u8]) -> Vec<SettingList<Vec<u8>>> {
        self.rest.extend_from_slice(octets);
        if self.expects_preface && self.rest.len() >= PREFACE.len() {
            self.rest.drain(..PREFACE.len());
            self.expects_preface = false;
        }
        let (mut at, mut settings) = (0, Vec::new());
        while !self.expects_preface
            && let Some(header) = self.rest[at..].first_chunk().map(FrameHeader::parse)
        {
            let id = header.stream_id.get();
            if header.frame_type == FrameType::HEADERS {
                self.opened.insert(id);
            }
            let end = at + FrameHeader::LEN + header.length.to_usize();
            let Some(octets) = self.rest.get(at..end) else { break };
            at = end;
            if header.frame_type == FrameType::DATA {
                *self.content.entry(id).or_default() += u64::from(header.length.get());
            }
            let options = ParseOptions::default().with_max_frame_size(header.length);
            let Ok(Progress::Item { item: (_, frame), .. }) = Frame::parse(octets, &options) else {
                continue;
            };
            match frame {
                Frame::Settings(Settings::List(list)) => settings.push(list.map(<[u8]>::to_vec)),
                Frame::WindowUpdate(update) => {
                    *self.increments.entry(id).or_default() += i64::from(update.window_size_increment.get());
                }
                Frame::PushPromise(promise) => {
                    self.opened.insert(promise.promised_stream_id.get());
                }
                Frame::Ping(ping) if !ping.ack => self.pings += 1,
                _ => {}
            }
        }
        self.rest.drain(..at);
        self.settings.extend(settings.iter().cloned());
        settings
    }

    /// Whether no frame is cut off.
    pub(super) fn is_whole(&self) -> bool {
        self.rest.is_empty()
    }

    /// The connection acknowledges the oldest SETTINGS: the window of a stream at its start, if they change it.
    pub(super) fn acknowledged(&mut self) -> Option<u32> {
        let list = self.settings.pop_front().expect("each acknowledgment is of SETTINGS");
        list.get(SettingId::INITIAL_WINDOW_SIZE)
    }
}
