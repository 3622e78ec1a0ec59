//! Whole conversations to a connection and to a session of nghttp2, as server and as client, step by step: both accept a step or both
//! refuse it, then with the same code and scope. What follows an error of a stream is compared too.
//!
//! Input: an octet that chooses the receiver and the kind of conversation, two that choose what is broken, the length of a seed, that
//! seed, and octets that each choose the next step or one of another conversation.

use bytes::BytesMut;
use h2wire::frame::{
    ErrorCode, Frame, FrameHeader, FrameType, PREFACE, ParseOptions, PayloadLength, Progress, Scope,
    SettingId, SettingList,
};
use h2wire::generate::{Answer, BrokenConversation, BrokenRule, Conversation, Plan, Seed};
use h2wire::{Limits, Role, Rule};
use h2wire_connection::{Cause, Connection, ConnectionRule, Event, FieldsKind, ResetReason};
use h2wire_nghttp2::Session;

use crate::broken_conversation::causes;
use crate::deviation::{self, Deviation};
use crate::differential_fields::{self, Section};
use crate::input::Input;
use crate::oracle::Verdict;
use crate::receiver::receiver;
use crate::seeds::Line;

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

/// See the module.
pub fn target(octets: &[u8]) {
    let _ = compare(octets);
}

/// The deviations that were met: after the first that makes the states differ nothing is compared.
#[must_use]
pub fn compare(octets: &[u8]) -> Vec<Deviation> {
    let mut input = Input(octets);
    let [choice, high, low, len] = input.octets();
    let pushes = Limits::DEFAULT.with_accept_push(choice & 2 != 0);
    let plan = if choice & 1 == 1 { Plan::server().with_limits(pushes) } else { Plan::client() };
    let mut seed = Seed::new(input.take(usize::from(len) * 2));
    let (conversation, answer) = if choice & 4 == 0 {
        (Conversation::new(&plan, &mut seed), None)
    } else {
        match broken(&plan, u16::from_be_bytes([high, low]), &mut seed) {
            Some(broken) => (broken.conversation, Some(broken.answer)),
            None => return Vec::new(),
        }
    };
    let mut steps: Vec<_> = conversation.steps.iter().map(|step| step.octets.as_slice()).collect();
    if let Some(answer) = answer {
        assert_answered(&plan, &conversation, &answer);
    }
    let other = Conversation::new(&plan, &mut Seed::new(&octets[octets.len() / 2..]));
    for (at, pick) in input.0.iter().enumerate().filter(|(_, pick)| **pick >= 200) {
        // Not before the preface and the first SETTINGS.
        let of_other = other.steps.iter().skip(2).cycle().nth(usize::from(*pick - 200));
        if let Some(step) = of_other {
            steps.insert((at + 2).min(steps.len()), &step.octets);
        }
    }
    let later = conversation.receiver_settings.iter().skip(1);
    let mut pushes = later.filter_map(|list| list.get(SettingId::ENABLE_PUSH));
    if pushes.any(|push| (push == 1) != plan.limits.accept_push) {
        // Our connection says it once.
        return Vec::new();
    }
    compare_steps(&plan, &conversation.receiver_settings, &steps)
}

/// A conversation that breaks something but a limit, which each endpoint has as it likes.
fn broken(plan: &Plan, cause: u16, seed: &mut Seed<'_>) -> Option<BrokenConversation> {
    let causes = causes(plan);
    match causes[usize::from(cause) % causes.len()] {
        BrokenRule::Rule(Rule::Limit(_)) => None,
        BrokenRule::Rule(rule) if rule.is_other_protocol() => None,
        BrokenRule::Rule(rule) => BrokenConversation::breaking(rule, plan, seed),
        BrokenRule::Stream(breach) => BrokenConversation::breaking_stream(breach, plan, seed),
    }
}

/// Where the RFC is exact, so are we, whatever nghttp2 says: nothing before the breach, then its code and scope.
fn assert_answered(plan: &Plan, conversation: &Conversation, answer: &Answer) {
    let mut ours = Ours::new(plan, &conversation.receiver_settings);
    let mut said = None;
    for step in &conversation.steps {
        assert_eq!(said, None, "before the breach: {answer:?}");
        said = ours.judge(&step.octets);
    }
    // An error of a stream that is closed may be one of the connection. §5.1
    let is_right = said.is_some_and(|(code, scope)| {
        let is_closed = code == ErrorCode::STREAM_CLOSED && scope == Scope::Connection;
        code == answer.code() && (scope == answer.scope || is_closed)
    });
    assert!(is_right, "{answer:?}, not {said:?}");
}

/// The same for these frames, after the start of a conversation whose receiver is a server, or a client with four requests.
#[must_use]
pub fn compare_frames(receiver: Role, octets: &[u8]) -> Vec<Deviation> {
    let plan = if receiver == Role::Server { Plan::client() } else { Plan::server() };
    let start = if receiver == Role::Server { PREFACE.as_slice() } else { b"" };
    let mut steps = vec![[start, SETTINGS].concat()];
    steps.extend(headers(octets).map(|(header, payload)| [&header.encode(), payload].concat()));
    let steps: Vec<_> = steps.iter().map(Vec::as_slice).collect();
    compare_steps(&plan, &plan.receiver_settings, &steps)
}

/// Sends the same to both, until one ends the connection, or they differ.
fn compare_steps(plan: &Plan, receiver_settings: &[SettingList<Vec<u8>>], steps: &[&[u8]]) -> Vec<Deviation> {
    let mut ours = Ours::new(plan, receiver_settings);
    let mut theirs = theirs(plan, receiver_settings);
    let mut met = Vec::new();
    for octets in steps {
        let our_verdict = ours.judge(octets);
        let their_verdict = judged_by_nghttp2(&mut theirs, octets);
        let told = || {
            let shown = shown(octets);
            format!("{shown}: we say {our_verdict:?} ({:?}), nghttp2 {their_verdict:?}", ours.cause)
        };
        match (our_verdict, their_verdict) {
            (None, None) => {}
            (Some(our), Some(their)) => {
                if let Some(deviation) = ours.answered_before(octets, their) {
                    met.push(deviation);
                    return met;
                }
                // About states and windows nghttp2 is exact. The codes of the codec have targets of their own.
                let is_codec = matches!(ours.cause, Some(Cause::Codec(_)));
                assert!(is_codec || our.0 == their.0, "{}", told());
                met.extend(deviation::code(our.0, their.0.0));
                if our.1 != their.1 {
                    assert_eq!(their.1, Scope::Connection, "{}", told());
                    met.push(Deviation::WidenedScope);
                }
                if their.1 == Scope::Connection {
                    return met;
                }
            }
            (Some(our), None) => {
                met.push(ours.accepted_by_nghttp2(octets, our).unwrap_or_else(|| panic!("{}", told())));
                return met;
            }
            (None, Some(their)) => {
                met.push(ours.refused_by_nghttp2(octets, their).unwrap_or_else(|| panic!("{}", told())));
                return met;
            }
        }
    }
    met
}

/// Our side.
struct Ours {
    connection: Connection,
    input: BytesMut,
    /// Why the last step was refused.
    cause: Option<Cause>,
    /// Whether `SETTINGS_HEADER_TABLE_SIZE` was announced.
    limits_table: bool,
    /// Whether the stream of the last step was open before it.
    was_open: bool,
    /// The sections of the last step, and whether they ended a message.
    sections: Vec<(Section, bool, Vec<Line>)>,
}

impl Ours {
    fn new(plan: &Plan, receiver_settings: &[SettingList<Vec<u8>>]) -> Self {
        let connection = receiver(receiver_settings, plan, true);
        let limits_table =
            receiver_settings.iter().any(|list| list.get(SettingId::HEADER_TABLE_SIZE).is_some());
        let (input, sections) = (BytesMut::new(), Vec::new());
        Self { connection, input, cause: None, limits_table, was_open: false, sections }
    }

    /// The first GOAWAY or `RST_STREAM` that answers these octets.
    fn judge(&mut self, octets: &[u8]) -> Verdict {
        self.input.extend_from_slice(octets);
        self.cause = None;
        self.sections.clear();
        let stream_id = headers(octets).next().map(|(header, _)| header.stream_id);
        self.was_open = stream_id.is_some_and(|id| self.connection.stream(id).is_some());
        loop {
            match self.connection.poll_event(&mut self.input, std::time::Duration::ZERO) {
                Ok(Some(Event::Fields { kind, end_stream, .. })) => self.note(Some(kind), end_stream),
                Ok(Some(Event::Promise { .. })) => self.note(None, false),
                Ok(Some(Event::Reset { reason: ResetReason::Broken { cause, .. }, .. })) => {
                    self.cause = Some(cause);
                    self.note(None, false);
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(failure) => {
                    self.cause = Some(failure.cause);
                    break;
                }
            }
        }
        let mut sent = vec![0; self.connection.pending_output()];
        let len = self.connection.fill(&mut sent);
        verdict(&sent[..len])
    }

    fn note(&mut self, kind: Option<FieldsKind>, end_stream: bool) {
        let fields = self.connection.fields();
        let is_server = self.connection.role() == Role::Server;
        let section = match kind {
            Some(FieldsKind::Request) => Section::Request { extended_connect: true },
            Some(FieldsKind::Response | FieldsKind::Interim) => Section::Response,
            Some(FieldsKind::Trailers) if is_server => Section::RequestTrailers,
            Some(FieldsKind::Trailers) => Section::ResponseTrailers,
            None if fields.get(b":status").is_some() => Section::Response,
            None if is_server => Section::Request { extended_connect: true },
            None => Section::Promise,
        };
        let line = |line: h2wire::FieldLine<'_>| (line.name.to_vec(), line.value.to_vec());
        self.sections.push((section, end_stream, fields.iter().map(line).collect()));
    }

    /// Why nghttp2 does not come to what we refuse.
    fn answered_before(&self, octets: &[u8], (code, scope): (ErrorCode, Scope)) -> Option<Deviation> {
        let is_codec = matches!(self.cause, Some(Cause::Codec(_)));
        match headers(octets).next()?.0.frame_type {
            FrameType::PUSH_PROMISE if code == ErrorCode::CANCEL => Some(Deviation::NgPromiseCancelled),
            FrameType::HEADERS
                if is_codec && code == ErrorCode::STREAM_CLOSED && scope == Scope::Connection =>
            {
                Some(Deviation::NgStreamFirst)
            }
            _ => None,
        }
    }

    /// Why nghttp2 accepts what we refuse.
    fn accepted_by_nghttp2(&self, octets: &[u8], (code, _): (ErrorCode, Scope)) -> Option<Deviation> {
        let is_closed = code == ErrorCode::STREAM_CLOSED
            || self.cause == Some(Cause::Connection(ConnectionRule::StreamIdNotGrowing));
        match (self.cause, last_frame(octets)?) {
            (Some(Cause::Codec(Rule::Malformed(malformed))), _) => {
                let (section, _, list) = self.sections.last()?;
                differential_fields::lacking(malformed, *section, list)
            }
            // The frame itself may be broken too, and of a stream that is forgotten the application hears nothing.
            (Some(Cause::Codec(_)) | None, FrameType::DATA | FrameType::WINDOW_UPDATE) if !self.was_open => {
                Some(Deviation::NgForgetsStreams)
            }
            (_, FrameType::DATA | FrameType::HEADERS) if is_closed => Some(Deviation::NgForgetsStreams),
            (Some(Cause::Codec(_)), FrameType::PRIORITY) => Some(Deviation::NgIgnoresPriority),
            (Some(Cause::Codec(_)), FrameType::PRIORITY_UPDATE) => Some(Deviation::NgPrioritizedConnection),
            _ => None,
        }
    }

    /// Why nghttp2 refuses what we accept.
    fn refused_by_nghttp2(&self, octets: &[u8], (code, _): (ErrorCode, Scope)) -> Option<Deviation> {
        let own = |(section, end, list): &(Section, bool, Vec<Line>)| {
            differential_fields::its_own(*section, *end, list)
        };
        match last_frame(octets)? {
            FrameType::PUSH_PROMISE if code == ErrorCode::CANCEL => Some(Deviation::NgPromiseCancelled),
            FrameType::SETTINGS if octets.get(4) == Some(&1) => Some(Deviation::NgUnaskedAck),
            FrameType::HEADERS if code == ErrorCode::COMPRESSION_ERROR && self.limits_table => {
                Some(Deviation::NgMissingSizeUpdate)
            }
            // One of the head, which came in an earlier step, counts too.
            FrameType::HEADERS if self.sections.last().is_some_and(is_trailers_with_host) => {
                Some(Deviation::NgTrailersAsHead)
            }
            _ => self.sections.iter().flat_map(own).next(),
        }
    }
}

fn is_trailers_with_host((section, _, list): &(Section, bool, Vec<Line>)) -> bool {
    *section == Section::RequestTrailers && list.iter().any(|(name, _)| name == b"host")
}

/// The type of the last frame of a step that is not CONTINUATION: the one that is judged.
fn last_frame(octets: &[u8]) -> Option<FrameType> {
    headers(octets)
        .map(|(header, _)| header.frame_type)
        .filter(|kind| *kind != FrameType::CONTINUATION)
        .last()
}

/// The frames of a step, and the start of each payload.
fn headers(mut octets: &[u8]) -> impl Iterator<Item = (FrameHeader, &[u8])> {
    std::iter::from_fn(move || {
        let header = FrameHeader::parse(octets.first_chunk()?);
        let (frame, rest) = octets.split_at((FrameHeader::LEN + header.length.to_usize()).min(octets.len()));
        octets = rest;
        Some((header, &frame[FrameHeader::LEN..]))
    })
}

fn theirs(plan: &Plan, receiver_settings: &[SettingList<Vec<u8>>]) -> Session {
    let list =
        |list: &SettingList<Vec<u8>>| list.iter().map(|setting| (setting.id.0, setting.value)).collect();
    let announced: Vec<Vec<_>> = receiver_settings.iter().map(list).collect();
    let is_client = plan.receiver() == Role::Client;
    let requests = if is_client { plan.requests.len() } else { 0 };
    let mut session = Session::of_conversation(is_client, &announced, requests);
    session.sent();
    session
}

fn judged_by_nghttp2(session: &mut Session, octets: &[u8]) -> Verdict {
    // It does not ask for the preface.
    let octets = octets.strip_prefix(PREFACE.as_slice()).unwrap_or(octets);
    let refused = session.receive(octets);
    let said = verdict(&session.sent());
    if said.is_none() {
        refused.expect("what ends the connection is told to the peer");
    }
    said
}

/// The first GOAWAY or `RST_STREAM`. A goodbye is no error.
fn verdict(mut sent: &[u8]) -> Verdict {
    sent = sent.strip_prefix(PREFACE.as_slice()).unwrap_or(sent);
    let options = ParseOptions::default().with_max_frame_size(PayloadLength::MAX);
    while let Ok(Progress::Item { item: (_, frame), consumed }) = Frame::parse(sent, &options) {
        sent = &sent[consumed..];
        match frame {
            Frame::GoAway(go_away) if go_away.error_code != ErrorCode::NO_ERROR => {
                return Some((go_away.error_code, Scope::Connection));
            }
            Frame::RstStream(error) => return Some((error.error_code, Scope::Stream(error.stream_id))),
            _ => {}
        }
    }
    assert!(sent.is_empty(), "both write whole frames");
    None
}

/// The frames of a step, for messages about what went wrong.
fn shown(octets: &[u8]) -> String {
    let shown = |(header, payload): (FrameHeader, &[u8])| {
        format!("{header} {}", hex::encode(&payload[..payload.len().min(40)]))
    };
    headers(octets).map(shown).collect::<Vec<_>>().join(", ")
}
