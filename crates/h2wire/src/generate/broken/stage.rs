//! What must be there before a rule can be broken.

use alloc::vec::Vec;

use h2wire_frame::{FrameRule, PayloadLength, SettingBuffer, SettingId, StreamId};
use h2wire_hpack::HpackError;

use super::answer::{Answer, BrokenConversation, BrokenRule};
use super::raw::Breach;
use super::stream_breach::StreamBreach;
use crate::generate::messages::Lines;
use crate::generate::speaker::Speaker;
use crate::generate::{Meaning, Plan, Seed};
use crate::{Malformed, Role, Rule, SectionHead, SectionKind};

/// A conversation that is about to break something.
pub(super) struct Stage {
    pub(super) speaker: Speaker,
    broken_rule: BrokenRule,
    /// The stream to break something on.
    stream_id: StreamId,
}

impl Stage {
    /// Nothing is sent yet. `None` if the plan has no stream that can be used.
    pub(super) fn new(given: &Plan, broken_rule: BrokenRule, seed: &mut Seed<'_>) -> Option<Self> {
        let mut plan = given.clone();
        for (id, value) in needed_settings(broken_rule, given) {
            let mut settings = SettingBuffer::<1>::new();
            settings.push(id, value).ok()?;
            plan = plan.with_receiver_settings(&settings.list());
        }
        let stream_id = match plan.sender {
            // The next, or one that leaves room for others.
            Role::Client => {
                plan.stream.or_else(|| StreamId::new(seed.below(6).saturating_mul(2).saturating_add(1)))?
            }
            _ => plan.stream.or_else(|| plan.requests.last().copied())?,
        };
        let is_usable = match plan.sender {
            Role::Client => stream_id.is_client_initiated(),
            _ => plan.requests.contains(&stream_id),
        };
        plan.stream = Some(stream_id);
        is_usable.then(|| Self { speaker: Speaker::new(&plan), broken_rule, stream_id })
    }

    /// Sends the start, acknowledges all settings, and does some other things.
    pub(super) fn set(&mut self, seed: &mut Seed<'_>) {
        self.speaker.preface();
        self.speaker.settings(seed);
        // Before the first field block, which brings the table to its size.
        while self.speaker.acknowledge() {}
        self.speaker.act_on(seed, 12);
    }

    /// The stream to break something on. A client has not opened it, a server has not answered on it.
    pub(super) const fn stream_id(&self) -> StreamId {
        self.stream_id
    }

    /// Opens the stream, for a client, or sends the head of the response, so that content or trailers may come. With
    /// `end_stream` neither may come.
    pub(super) fn open(&mut self, content_length: Option<u32>, end_stream: bool) -> StreamId {
        let stream_id = self.stream_id;
        let (mut lines, kind) = match self.speaker.plan.sender {
            Role::Client => (request(), SectionKind::Request),
            _ => (Lines::from_pairs(&[(":status", "200")]), SectionKind::Response),
        };
        if let Some(length) = content_length {
            lines.push("content-length", &alloc::format!("{length}"));
        }
        self.speaker.section(SectionHead::headers(stream_id, end_stream), kind, &lines, 1);
        stream_id
    }

    /// The identifiers that a client did not use, or a server did not promise, from here on.
    pub(super) fn idle(&self, seed: &mut Seed<'_>) -> StreamId {
        let used = match self.speaker.plan.sender {
            Role::Client => self.speaker.next_id.max(self.stream_id.get().saturating_add(2)),
            // Streams of a client that it did not open, or else of its own.
            _ if seed.one_in(2) => self.speaker.next_id,
            _ => self.speaker.plan.requests.iter().fold(1, |id, used| id.max(used.get().saturating_add(2))),
        };
        StreamId::new(used.saturating_add(seed.below(100).saturating_mul(2))).unwrap_or(StreamId::MAX)
    }

    /// A promised request on the stream, with its stream.
    pub(super) fn promised(&self) -> StreamId {
        StreamId::new(self.speaker.next_id).filter(|id| id.is_server_initiated()).unwrap_or(StreamId::MAX)
    }

    /// A section whose fields are not checked. Its bytes are those of the breach.
    pub(super) fn section(&mut self, head: SectionHead, lines: &Lines) -> Option<Vec<u8>> {
        self.speaker.writer.validate_fields = false;
        self.speaker.writer.max_frame_size = PayloadLength::INITIAL_MAX_FRAME_SIZE;
        let mut octets = Vec::new();
        self.speaker.writer.append_section(head, lines.iter(), &mut octets).ok()?;
        Some(octets)
    }

    /// The conversation with the breach at its end.
    pub(super) fn end(mut self, breach: Breach) -> BrokenConversation {
        let offset = self.speaker.len().saturating_add(breach.at);
        let offset = u64::try_from(offset).unwrap_or(u64::MAX);
        self.speaker.push(breach.octets, Meaning::Breach);
        let answer = Answer { broken_rule: self.broken_rule, scope: breach.scope, offset };
        BrokenConversation { conversation: self.speaker.conversation(), answer }
    }
}

/// A request that may have content.
pub(super) fn request() -> Lines {
    Lines::from_pairs(&[
        (":method", "POST"),
        (":scheme", "https"),
        (":path", "/"),
        (":authority", "example.test"),
    ])
}

/// What the receiver must have announced so that the rule is broken, and not another one before it.
fn needed_settings(broken_rule: BrokenRule, plan: &Plan) -> impl Iterator<Item = (SettingId, u32)> {
    let push = |value| (SettingId::ENABLE_PUSH, value);
    let needed = match broken_rule {
        _ if plan.sender == Role::Client => match broken_rule {
            BrokenRule::Rule(Rule::Malformed(
                Malformed::ProtocolWithoutConnect | Malformed::ProtocolForm,
            )) => Some((SettingId::ENABLE_CONNECT_PROTOCOL, 1)),
            _ => None,
        },
        BrokenRule::Rule(Rule::Frame(FrameRule::PushPromiseDisabled)) => Some(push(0)),
        BrokenRule::Rule(Rule::Frame(rule)) if rule.name().starts_with("push_promise") => Some(push(1)),
        BrokenRule::Rule(Rule::Malformed(malformed)) if malformed.name().starts_with("promise") => {
            Some(push(1))
        }
        BrokenRule::Stream(StreamBreach::PromisedIdNotGrowing) => Some(push(1)),
        _ => None,
    };
    let window = match broken_rule {
        BrokenRule::Stream(StreamBreach::StreamWindowExceeded) => Some((SettingId::INITIAL_WINDOW_SIZE, 100)),
        _ => None,
    };
    let table = match broken_rule {
        BrokenRule::Rule(Rule::Hpack(HpackError::MissingSizeUpdate)) => {
            Some((SettingId::HEADER_TABLE_SIZE, plan.limits.max_table_size))
        }
        _ => None,
    };
    needed.into_iter().chain(window).chain(table)
}
