//! One frame against an nghttp2 session that is made ready for it: streams opened, a field block begun, settings sent.
//! Accept or refuse, then code, then scope.
//!
//! Input: the octets of a frame. Its stream is made one that a client can have opened.

use h2wire_frame::{
    ErrorCode, Flags, Frame, FrameHeader, FrameType, ParseOptions, PayloadLength, Progress, Scope, StreamId,
};
use h2wire_hpack::{Decoder, DecoderLimits, HpackError};
use h2wire_nghttp2::Session;

use crate::deviation::{self, Deviation};
use crate::hpack::{MAX_LIST_SIZE, each_field};
use crate::oracle::Verdict;

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
/// As nghttp2: strings of up to 64 KiB.
const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(4096)
    .with_max_list_size(MAX_LIST_SIZE)
    .with_max_fields(u32::MAX)
    .with_max_string_len(1 << 16);

/// See the module.
pub fn target(octets: &[u8]) {
    let _ = compare(octets);
}

/// The deviations that were met.
#[must_use]
pub fn compare(octets: &[u8]) -> Vec<Deviation> {
    let Some((header, payload)) = octets.split_first_chunk() else { return Vec::new() };
    let header = on_a_stream_of_the_client(FrameHeader::parse(header));
    let octets = [&header.encode(), payload].concat();
    let last_copies = last_copies(&header, payload);
    if !last_copies.is_empty() {
        // With one copy of each setting both must say the same.
        let _ = compare(&last_copies);
        return vec![Deviation::NgLastCopyOfSetting];
    }
    let (frame, ours) = match Frame::parse(&octets, &ParseOptions::default()) {
        Ok(Progress::Needed(_)) => return Vec::new(),
        Ok(Progress::Item { item: (_, frame), .. }) => {
            (Some(frame), field_block(&frame).map(|error| (error.code(), Scope::Connection)))
        }
        Err(error) => (None, Some((error.code(), error.scope))),
    };
    let longest = ParseOptions::default().max_frame_size;
    if header.frame_type == FrameType::CONTINUATION && header.length > longest {
        return vec![Deviation::NgContinuationLength];
    }
    // What follows the frame is not compared; where we need no payload, nghttp2 gets zeros if there is none.
    let whole = FrameHeader::LEN + header.length.min(longest).to_usize();
    let mut whole_frame = octets.clone();
    whole_frame.resize(whole, 0);

    match (ours, judged_by_nghttp2(&header, &whole_frame)) {
        (None, None) => Vec::new(),
        (Some((code, scope)), Some((their_code, their_scope))) => {
            if their_code != code && their_code == ErrorCode::FRAME_SIZE_ERROR {
                assert!(has_wrong_length_too(&header, &octets), "{header}: we say {code}");
                return vec![Deviation::NgLengthFirst];
            }
            let mut met: Vec<_> = deviation::code(code, their_code.0).into_iter().collect();
            if scope != their_scope {
                assert_eq!(their_scope, Scope::Connection, "nghttp2 narrows {scope:?} of {header}");
                met.push(Deviation::WidenedScope);
            }
            met
        }
        (Some(ours), None) => vec![accepted_by_nghttp2(&header, frame.as_ref(), ours)],
        (None, Some(theirs)) => vec![refused_by_nghttp2(&frame.expect("accepted"), theirs)],
    }
}

/// Stream 0 stays, any other becomes odd: a server's session has it opened. `PUSH_PROMISE` is on the client's first.
fn on_a_stream_of_the_client(header: FrameHeader) -> FrameHeader {
    let stream_id = match header.stream_id.get() {
        0 => 0,
        _ if header.frame_type == FrameType::PUSH_PROMISE => 1,
        stream_id => stream_id | 1,
    };
    FrameHeader { stream_id: StreamId::new(stream_id).expect("31 bits"), ..header }
}

/// A SETTINGS frame with the last copy of each setting alone, if there are more.
fn last_copies(header: &FrameHeader, payload: &[u8]) -> Vec<u8> {
    let length = header.length.to_usize();
    if header.frame_type != FrameType::SETTINGS || !length.is_multiple_of(6) || length > payload.len() {
        return Vec::new();
    }
    let mut settings: Vec<&[u8]> = Vec::new();
    for setting in payload[..length].chunks(6) {
        match settings.iter_mut().find(|known| known[..2] == setting[..2]) {
            Some(known) => *known = setting,
            None => settings.push(setting),
        }
    }
    let payload = settings.concat();
    if payload.len() == length {
        return Vec::new();
    }
    let length = PayloadLength::try_from(payload.len()).expect("shorter than before");
    [&FrameHeader { length, ..*header }.encode()[..], &payload].concat()
}

/// Whether the length of the frame would be wrong on the right stream.
fn has_wrong_length_too(header: &FrameHeader, octets: &[u8]) -> bool {
    let stream_id = if header.stream_id.is_connection() { StreamId::MAX } else { StreamId::CONNECTION };
    let header = FrameHeader { stream_id, ..*header }.encode();
    let octets = [&header, &octets[FrameHeader::LEN..]].concat();
    let answer = Frame::parse(&octets, &ParseOptions::default());
    answer.is_err_and(|error| error.code() == ErrorCode::FRAME_SIZE_ERROR)
}

/// Decodes the field block of a frame, or its start.
fn field_block(frame: &Frame<&[u8]>) -> Option<HpackError> {
    let (fragment, complete) = fragment(frame)?;
    hpack_error(fragment, complete)
}

fn hpack_error(fragment: &[u8], complete: bool) -> Option<HpackError> {
    each_field(&mut Decoder::new(&LIMITS), fragment, complete, |_| {}).err()
}

/// The field block of a frame, and whether that is all of it.
fn fragment<'a>(frame: &Frame<&'a [u8]>) -> Option<(&'a [u8], bool)> {
    Some(match frame {
        Frame::Headers(headers) => (headers.field_block_fragment, headers.end_headers),
        Frame::PushPromise(promise) => (promise.field_block_fragment, promise.end_headers),
        Frame::Continuation(continuation) => (continuation.field_block_fragment, continuation.end_headers),
        _ => return None,
    })
}

/// Whether a block is cut inside an integer that nghttp2 may find too large already.
fn is_cut_inside_a_field(frame: &Frame<&[u8]>) -> bool {
    fragment(frame).is_some_and(|(fragment, complete)| {
        !complete && hpack_error(fragment, true) == Some(HpackError::TruncatedBlock)
    })
}

/// Whether the last octet of a block that goes on is what makes an integer too long.
fn is_cut_behind_the_fifth_octet(frame: &Frame<&[u8]>) -> bool {
    fragment(frame).is_some_and(|(fragment, complete)| {
        let before = fragment.split_last().map_or(fragment, |(_, before)| before);
        !complete
            && hpack_error(fragment, false) == Some(HpackError::IntegerOverflow)
            && hpack_error(before, false).is_none()
    })
}

/// What a session answers: the first GOAWAY or `RST_STREAM` that it would send.
fn judged_by_nghttp2(header: &FrameHeader, octets: &[u8]) -> Verdict {
    let is_push = header.frame_type == FrameType::PUSH_PROMISE;
    let mut session = if is_push { Session::client() } else { Session::server() };
    session.sent();
    let ready = [prepare(header), octets.to_vec()].concat();
    session.receive(&ready).expect("nothing is fatal");
    let sent = session.sent();
    let mut rest = sent.as_slice();
    while let Ok(Progress::Item { item: (_, frame), consumed }) = Frame::parse(rest, &ParseOptions::default())
    {
        rest = &rest[consumed..];
        match frame {
            Frame::GoAway(go_away) => return Some((go_away.error_code, Scope::Connection)),
            Frame::RstStream(error) => return Some((error.error_code, Scope::Stream(error.stream_id))),
            _ => {}
        }
    }
    assert!(rest.is_empty(), "we read what nghttp2 writes");
    None
}

/// What a session has to see before the frame.
fn prepare(header: &FrameHeader) -> Vec<u8> {
    let open = |flags: Flags| {
        let frame_type = FrameType::HEADERS;
        FrameHeader { frame_type, flags, length: PayloadLength::default(), reserved: false, ..*header }
            .encode()
    };
    match header.frame_type {
        // The first frame of the connection.
        FrameType::SETTINGS if !header.flags.contains(Flags::ACK) => Vec::new(),
        FrameType::CONTINUATION if !header.stream_id.is_connection() => {
            [SETTINGS, &open(Flags::NONE)].concat()
        }
        FrameType::DATA | FrameType::RST_STREAM | FrameType::WINDOW_UPDATE
            if !header.stream_id.is_connection() =>
        {
            [SETTINGS, &open(Flags::END_HEADERS)].concat()
        }
        _ => SETTINGS.to_vec(),
    }
}

fn accepted_by_nghttp2(
    header: &FrameHeader,
    frame: Option<&Frame<&[u8]>>,
    ours: (ErrorCode, Scope),
) -> Deviation {
    if frame.is_some_and(is_cut_behind_the_fifth_octet) {
        return Deviation::NgSixthOctet;
    }
    match header.frame_type {
        FrameType::PRIORITY => Deviation::NgIgnoresPriority,
        FrameType::PRIORITY_UPDATE if ours.0 == ErrorCode::PROTOCOL_ERROR => {
            Deviation::NgPrioritizedConnection
        }
        _ => panic!("we alone refuse {header}: {ours:?}"),
    }
}

fn refused_by_nghttp2(frame: &Frame<&[u8]>, theirs: (ErrorCode, Scope)) -> Deviation {
    match frame {
        Frame::Headers(headers) if headers.depends_on_itself() => Deviation::NgSelfDependency,
        Frame::WindowUpdate(_) if theirs.0 == ErrorCode::FLOW_CONTROL_ERROR => Deviation::NgWindowState,
        Frame::GoAway(go_away) if !go_away.last_stream_id.is_connection() => Deviation::NgLastStreamState,
        Frame::Unknown(update) if update.frame_type == FrameType::PRIORITY_UPDATE => Deviation::NgStreamState,
        _ if theirs.0 == ErrorCode::COMPRESSION_ERROR && is_cut_inside_a_field(frame) => {
            Deviation::NgPartOfInteger
        }
        _ => panic!("nghttp2 alone refuses {frame:?}: {theirs:?}"),
    }
}
