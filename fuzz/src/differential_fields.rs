//! Field lists against nghttp2 sessions that check what fields mean: accept or refuse, of every list.
//!
//! Input: an octet for the section, one for its flags, then choices from pools of names and values and of changes to them;
//! see `lists.rs`. The list is encoded as it is, whatever is wrong with it.

mod counts; // many lists of a seed
mod lists; // octets to lists
#[rustfmt::skip]
mod pools; // names and values
mod ours; // reader, writer and conversions say the same
mod rules; // the rules nghttp2 does not have, and those that are its own

use h2wire::{Event, FieldStep, Limits, MalformedSet, Options, Progress, Reader, Role, Rule, SectionKind};
use h2wire_frame::{
    ErrorCode, Flags, Frame, FrameHeader, FrameType, PREFACE, ParseOptions, PayloadLength, StreamId,
};
use h2wire_hpack::{Encoder, Indexing};
use h2wire_nghttp2::Session;

use crate::deviation::Deviation;
use crate::input::Input;
use crate::seeds::Line;
pub use counts::{Counts, many};
pub(crate) use rules::{its_own, lacking};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

/// What a list is the section of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Section {
    /// The head of a request; whether the server announced that it takes extended CONNECT.
    Request {
        /// `SETTINGS_ENABLE_CONNECT_PROTOCOL` is 1.
        extended_connect: bool,
    },
    /// After the head of a request.
    RequestTrailers,
    /// A promised request.
    Promise,
    /// The head of a response to GET.
    Response,
    /// After the head of a response.
    ResponseTrailers,
}

/// What both say to a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Both accept.
    BothAccept,
    /// Both refuse.
    BothRefuse,
    /// nghttp2 alone accepts, and why.
    TheyAccept(Vec<Deviation>),
    /// We alone accept, and why.
    WeAccept(Vec<Deviation>),
}

impl Section {
    /// Whether a client sends the fields, or a server in its place.
    const fn is_request(self) -> bool {
        matches!(self, Self::Request { .. } | Self::RequestTrailers | Self::Promise)
    }

    const fn is_head(self) -> bool {
        !matches!(self, Self::RequestTrailers | Self::ResponseTrailers)
    }

    const fn receiver(self) -> Role {
        match self {
            Self::Request { .. } | Self::RequestTrailers => Role::Server,
            Self::Promise | Self::Response | Self::ResponseTrailers => Role::Client,
        }
    }

    /// What comes before trailers.
    const fn before(self) -> &'static [(&'static [u8], &'static [u8])] {
        match self {
            Self::RequestTrailers => {
                &[(b":method", b"POST"), (b":scheme", b"https"), (b":path", b"/"), (b":authority", b"a.test")]
            }
            Self::ResponseTrailers => &[(b":status", b"200")],
            _ => &[],
        }
    }

    fn session(self) -> Session {
        match self {
            Self::Request { extended_connect } => Session::server_of_http(extended_connect),
            Self::RequestTrailers => Session::server_of_http(false),
            Self::Promise | Self::Response | Self::ResponseTrailers => Session::client_of_http(),
        }
    }
}

/// See the module.
pub fn target(octets: &[u8]) {
    let _ = compare(octets);
}

/// What both say to the list that octets describe.
#[must_use]
pub fn compare(octets: &[u8]) -> Outcome {
    let (section, end_stream, list) = lists::section_and_list(&mut Input(octets));
    compare_list(section, end_stream, &list)
}

/// What both say to a list.
///
/// # Panics
/// If the rules that nghttp2 lacks, and its own, do not make ours into its answer.
#[must_use]
pub fn compare_list(section: Section, end_stream: bool, list: &[Line]) -> Outcome {
    let octets = frames(section, end_stream, list);
    let broken = judged_by_us(section, &octets);
    if let Some(written) = ours::written(section, end_stream, list, broken) {
        assert!(judged_by_us(section, &written).is_empty(), "we read what we write");
    }
    ours::convert(section, list);
    // The command judges as a server that announced nothing.
    if section != (Section::Request { extended_connect: true }) {
        ours::decode(section, &octets, broken);
    }
    let theirs = refused_by_nghttp2(section, &octets);
    let told = || {
        let line = |(name, value): &Line| format!("{}: {}", name.escape_ascii(), value.escape_ascii());
        let lines: Vec<_> = list.iter().map(line).collect();
        format!("{section:?}, END_STREAM {end_stream}, {lines:#?}: we say {broken:?}")
    };
    let own = its_own(section, end_stream, list);
    let lacking: Option<Vec<_>> = broken.iter().map(|malformed| lacking(malformed, section, list)).collect();
    // A stream that waits for a head takes no trailers, nor the other way round.
    let is_of_stream = section.is_head() == list.iter().any(|(name, _)| name.starts_with(b":"));
    let expected = lacking.is_none() || !own.is_empty() || !is_of_stream;
    assert_eq!(theirs, expected, "nghttp2 refuses (left) and should (right): {}, {own:?}", told());
    match (broken.is_empty() && is_of_stream, theirs) {
        (true, false) => Outcome::BothAccept,
        (false, true) => Outcome::BothRefuse,
        (true, true) => Outcome::WeAccept(own),
        (false, false) => {
            let mut met = lacking.unwrap_or_default();
            met.sort_unstable();
            met.dedup();
            Outcome::TheyAccept(met)
        }
    }
}

/// SETTINGS, what must come before the list, and the list.
fn frames(section: Section, end_stream: bool, list: &[Line]) -> Vec<u8> {
    let mut encoder = Encoder::new(0);
    let mut octets = SETTINGS.to_vec();
    if !section.is_head() {
        let before = section.before().iter().map(|(name, value)| (*name, *value));
        octets.extend(frame(FrameType::HEADERS, Flags::END_HEADERS, &[], &block(&mut encoder, before)));
    }
    let block = block(&mut encoder, list.iter().map(|(name, value)| (&name[..], &value[..])));
    let flags = if end_stream { Flags::END_HEADERS | Flags::END_STREAM } else { Flags::END_HEADERS };
    octets.extend(match section {
        Section::Promise => frame(FrameType::PUSH_PROMISE, Flags::END_HEADERS, &[0, 0, 0, 2], &block),
        _ => frame(FrameType::HEADERS, flags, &[], &block),
    });
    octets
}

fn block<'f>(encoder: &mut Encoder<Vec<u8>>, fields: impl Iterator<Item = (&'f [u8], &'f [u8])>) -> Vec<u8> {
    let mut block = Vec::new();
    encoder.encode_block(fields.map(|(name, value)| (name, value, Indexing::Auto)), &mut block);
    block
}

/// A frame on stream 1.
fn frame(frame_type: FrameType, flags: Flags, start: &[u8], block: &[u8]) -> Vec<u8> {
    let length = PayloadLength::try_from(start.len() + block.len()).expect("a list is short");
    let stream_id = StreamId::new(1).expect("31 bits");
    let header = FrameHeader { length, frame_type, flags, reserved: false, stream_id };
    [&header.encode(), start, block].concat()
}

/// All rules that a list breaks: none, if it is accepted.
fn judged_by_us(section: Section, octets: &[u8]) -> MalformedSet {
    let receiver = section.receiver();
    let mut reader = Reader::new(receiver, &Limits::DEFAULT).expect("memory");
    let extended_connect = section == Section::Request { extended_connect: true };
    reader.options = Options::DEFAULT.with_extended_connect(extended_connect);
    let preface: &[u8] = if receiver == Role::Server { PREFACE } else { b"" };
    let octets = [preface, octets].concat();
    let (mut rest, mut last) = (octets.as_slice(), None);
    while let Progress::Item { item, consumed } = reader.read(rest).expect("no error of the connection") {
        rest = &rest[consumed..];
        if let Event::Fields { mut fields, .. } = item {
            let FieldStep::SectionEnd(end) = fields.skip().expect("HPACK is right") else {
                panic!("one frame")
            };
            last = Some(*end);
        }
    }
    assert!(rest.is_empty(), "all is read");
    let end = last.expect("a section");
    match end.kind {
        Ok(kind) => {
            assert!(end.broken.is_empty());
            assert!(kind == SectionKind::Trailers || (kind == SectionKind::Request) == section.is_request());
        }
        Err(error) => {
            assert!(matches!(error.rule, Rule::Malformed(first) if end.broken.contains(first)), "{error}");
            assert_eq!(error.code(), ErrorCode::PROTOCOL_ERROR);
        }
    }
    end.broken
}

/// Whether a session answers with an error.
fn refused_by_nghttp2(section: Section, octets: &[u8]) -> bool {
    let mut session = section.session();
    session.sent();
    session.receive(octets).expect("nothing is fatal");
    let sent = session.sent();
    let mut rest = sent.as_slice();
    while let Ok(Progress::Item { item: (_, frame), consumed }) = Frame::parse(rest, &ParseOptions::default())
    {
        rest = &rest[consumed..];
        let code = match frame {
            Frame::GoAway(go_away) => go_away.error_code,
            Frame::RstStream(error) => error.error_code,
            _ => continue,
        };
        assert_eq!(code, ErrorCode::PROTOCOL_ERROR);
        return true;
    }
    assert!(rest.is_empty(), "we read what nghttp2 writes");
    false
}
