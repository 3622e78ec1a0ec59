//! Frames of a connection against h2's codec, field blocks decoded: accept or refuse, then code, then scope; and what was
//! read, as far as h2 tells.
//!
//! Input: the octets after an empty SETTINGS frame.

mod fields; // what h2 makes of names and values
mod h2_codec; // h2's codec over octets
mod same; // a frame of ours against one of h2

use h2::frame::Frame as H2Frame;
use h2wire_frame::{ErrorCode, Frame, FrameHeader, FrameRule, ParseOptions, Scope, StreamId};
use h2wire_hpack::{Decoder, DecoderLimits, HpackError};

use crate::common::{End, OwnedItem, read_in_pieces};
use crate::deviation::{self, Deviation};
use crate::hpack::{MAX_LIST_SIZE, Owned as Field, decode_some};
use crate::reader::{frame_rule, observer};
use h2_codec::{Answer, H2Codec};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
/// So that nothing is too large.
const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(4096)
    .with_max_list_size(MAX_LIST_SIZE)
    .with_max_fields(u32::MAX)
    .with_max_string_len(1 << 24);

/// See the module.
pub fn target(octets: &[u8]) {
    let _ = compare(octets);
}

/// The deviations that were met. Some end the comparison.
#[must_use]
pub fn compare(octets: &[u8]) -> Vec<Deviation> {
    let octets = [SETTINGS, octets].concat();
    let options = ParseOptions::DEFAULT.with_extensions(false);
    let outcome = read_in_pieces(observer(options), [octets.as_slice()]);
    let mut comparison = Comparison {
        theirs: H2Codec::new(&octets),
        decoder: Decoder::new(&LIMITS),
        open: None,
        met: Vec::new(),
    };
    let mut end = 0;
    for (offset, item) in &outcome.items {
        let (OwnedItem::Frame(header, _) | OwnedItem::StreamError(header, _)) = item else {
            panic!("no preface")
        };
        end = usize::try_from(*offset).expect("small") + FrameHeader::LEN + header.length.to_usize();
        let done = match item {
            OwnedItem::Frame(_, frame) => comparison.frame(frame),
            OwnedItem::StreamError(_, error) => {
                let scope = Scope::Stream(error.stream_id);
                comparison.refused(error.code(), scope, frame_rule(error.rule), false)
            }
            OwnedItem::Preface => None,
        };
        if done.is_none() {
            return comparison.met;
        }
    }
    match outcome.end {
        End::Needed(..) => comparison.unfinished(&octets[end..]),
        End::Failed(error) => comparison.failed(frame_rule(error.rule), &octets[end..]),
    }
    comparison.met
}

/// A field block that is being gathered.
struct Open {
    stream_id: StreamId,
    promised: Option<StreamId>,
    end_stream: bool,
    fragments: Vec<Vec<u8>>,
}

struct Comparison<'a> {
    theirs: H2Codec<'a>,
    decoder: Decoder<Vec<u8>>,
    open: Option<Open>,
    met: Vec<Deviation>,
}

/// `None` when there is nothing more to compare.
type Done = Option<()>;

impl Comparison<'_> {
    fn met(&mut self, deviation: Deviation) -> Done {
        self.met.push(deviation);
        None
    }

    /// A frame that we accept.
    fn frame(&mut self, frame: &Frame<Vec<u8>>) -> Done {
        match frame {
            Frame::Unknown(_) => Some(()),
            Frame::Headers(headers) => {
                if headers.depends_on_itself() {
                    assert!(matches!(self.theirs.next(), Answer::Reset(..)));
                    return self.met(Deviation::H2SelfDependency);
                }
                let fragments = vec![headers.field_block_fragment.clone()];
                let (stream_id, end_stream) = (headers.stream_id, headers.end_stream);
                self.open = Some(Open { stream_id, promised: None, end_stream, fragments });
                if headers.end_headers { self.block(true) } else { Some(()) }
            }
            Frame::PushPromise(promise) => {
                if promise.field_block_fragment.is_empty() && promise.pad_length.unwrap_or(0) == 0 {
                    assert!(matches!(self.theirs.next(), Answer::GoAway(_)));
                    return self.met(Deviation::H2EmptyPushPromise);
                }
                let fragments = vec![promise.field_block_fragment.clone()];
                let promised = Some(promise.promised_stream_id);
                self.open =
                    Some(Open { stream_id: promise.stream_id, promised, end_stream: false, fragments });
                if promise.end_headers { self.block(true) } else { Some(()) }
            }
            Frame::Continuation(continuation) => {
                let open = self.open.as_mut().expect("in order");
                open.fragments.push(continuation.field_block_fragment.clone());
                if continuation.end_headers { self.block(true) } else { Some(()) }
            }
            Frame::Priority(priority) if priority.depends_on_itself() => {
                assert!(matches!(self.theirs.next(), Answer::Reset(..)));
                self.met.push(Deviation::H2SelfDependency);
                Some(())
            }
            _ => match self.theirs.next() {
                Answer::Frame(theirs) => {
                    same::frame(frame, &theirs);
                    Some(())
                }
                answer => panic!("h2 alone refuses {frame:?}: {answer:?}"),
            },
        }
    }

    /// The block that is open ends, or the input does.
    fn block(&mut self, complete: bool) -> Done {
        let open = self.open.take()?;
        let fragments: Vec<&[u8]> = open.fragments.iter().map(Vec::as_slice).collect();
        let (fields, end) = decode_some(&mut self.decoder, &fragments, complete)?;
        let strange = fields::refused_by_h2(&fields);
        let answer = self.theirs.next();
        match (end, answer) {
            // With a field of its liking before the error.
            (_, Answer::GoAway(_) | Answer::Reset(..)) if strange => self.met(Deviation::H2FieldContents),
            (_, Answer::Frame(_) | Answer::End) if strange && (fragments.len() > 1 || !complete) => {
                self.met(Deviation::H2ForgetsField)
            }
            (Err(HpackError::SizeUpdateAfterField), _) if fragments.len() > 1 => {
                self.met(Deviation::H2UpdateInContinuation)
            }
            (Err(error), Answer::GoAway(code)) => {
                self.met.extend(deviation::code(error.code(), code));
                None
            }
            (Ok(()), Answer::GoAway(_)) if has_long_integer(&fragments) => {
                self.met(Deviation::H2IntegerOctets)
            }
            (Ok(()), Answer::Frame(theirs)) if complete => {
                same_block(&open, fields, *theirs);
                Some(())
            }
            // h2 reports only a block that ends.
            (_, Answer::End) if !complete => None,
            (end, answer) => panic!("we say {end:?} and h2 {answer:?} to {fragments:02x?}"),
        }
    }

    /// A frame that we refuse.
    fn refused(&mut self, code: ErrorCode, scope: Scope, rule: FrameRule, too_long: bool) -> Done {
        if matches!(rule, FrameRule::PushPromisePromisedStreamId | FrameRule::PushPromiseStreamId) {
            // What h2 says next is about the frame, its block or what follows it.
            return self.met(Deviation::H2PromisedStream);
        }
        match (self.theirs.next(), scope) {
            (Answer::GoAway(theirs), _) if theirs == ErrorCode::FRAME_SIZE_ERROR.0 && too_long => {
                self.met(Deviation::H2LengthFirst)
            }
            (Answer::GoAway(theirs), _) => {
                self.met.extend(deviation::code(code, theirs));
                if scope != Scope::Connection {
                    self.met.push(Deviation::WidenedScope);
                }
                None
            }
            (Answer::Reset(theirs), Scope::Stream(ours)) => {
                assert_eq!(theirs, ours.get());
                Some(())
            }
            // Of a block that was open, or of a dependency.
            (Answer::Reset(..), Scope::Connection) => None,
            (Answer::Frame(_), _) => match rule {
                FrameRule::RstStreamStreamId => self.met(Deviation::H2RstStreamOnConnection),
                FrameRule::SettingsNoRfc7540Priorities => self.met(Deviation::H2UnknownSetting),
                _ => panic!("we alone refuse: {rule:?}"),
            },
            (Answer::End, _) => panic!("we alone refuse: {rule:?}"),
        }
    }

    fn failed(&mut self, rule: FrameRule, rest: &[u8]) {
        let header = FrameHeader::parse(rest.first_chunk().expect("nothing is refused before"));
        let whole = header.length.to_usize() <= rest.len() - FrameHeader::LEN;
        let too_long = header.length > ParseOptions::default().max_frame_size;
        if whole || too_long {
            self.refused(rule.code(), Scope::Connection, rule, too_long);
        } else {
            self.met.push(Deviation::H2WaitsForPayload);
        }
    }

    /// The input ends inside a frame or after one.
    fn unfinished(&mut self, rest: &[u8]) {
        let is_long = |length: &[u8; 3]| u32::from_be_bytes([0, length[0], length[1], length[2]]) > 0x4000;
        if rest.first_chunk().is_some_and(is_long) {
            self.met.push(Deviation::H2LengthAlone);
        } else if self.open.is_some() {
            self.block(false);
        } else {
            assert!(matches!(self.theirs.next(), Answer::End));
        }
    }
}

/// Panics where two field blocks differ.
fn same_block(open: &Open, ours: Vec<Field>, theirs: H2Frame) {
    let (stream_id, promised, end_stream, fields) = match theirs {
        H2Frame::Headers(headers) => {
            let (stream_id, end_stream) = (headers.stream_id(), headers.is_end_stream());
            (stream_id, None, end_stream, headers.into_parts())
        }
        H2Frame::PushPromise(promise) => {
            let (stream_id, promised) = (promise.stream_id(), promise.promised_id());
            (stream_id, Some(promised.into()), false, promise.into_parts())
        }
        other => panic!("{other:?} is no field block"),
    };
    assert_eq!((u32::from(stream_id), promised), (open.stream_id.get(), open.promised.map(StreamId::get)));
    assert_eq!(end_stream, open.end_stream);
    assert_eq!(fields::ours(ours), fields::theirs(&fields.0, &fields.1));
}

/// Whether there may be an integer of more than 5 octets, of which at least the second to fifth go on.
fn has_long_integer(fragments: &[&[u8]]) -> bool {
    fragments.concat().windows(4).any(|octets| octets.iter().all(|octet| octet & 0x80 != 0))
}
