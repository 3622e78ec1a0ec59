//! Field sections: requests, responses, trailers, promises. RFC 9113 §8.1.

use h2wire::frame::StreamId;
use h2wire::{Malformed, Role, Rule, SectionEnd, SectionHead, SectionKind, StreamError};

use super::noted::{Method, Noted};
use super::{Refusal, Side, Taken};
use crate::streams::{Closed, Phase, Place, Stream};
use crate::{Cause, ConnectionRule, FieldsKind};

const TRAILERS_GO_ON: Rule = Rule::Malformed(Malformed::TrailersWithoutEndStream);
/// A pseudo-header field in trailers: the first field, as a later one is late.
pub(crate) const PSEUDO_IN_TRAILERS: Cause = Cause::Codec(Rule::Malformed(Malformed::PseudoFieldInTrailers));
const METHOD_MISSING: Cause = Cause::Codec(Rule::Malformed(Malformed::MethodMissing));

/// What becomes of a promised stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Promised {
    /// It is reserved.
    Reserved,
    /// The request was given up, so what belongs to it is not wanted.
    Unwanted,
    /// It came in a tunnel, which is wrong. §8.5
    InTunnel,
}

impl Side {
    /// A whole section that is not a promise.
    pub(crate) fn take_section(&mut self, end: &SectionEnd, noted: &Noted) -> Result<Taken, Refusal> {
        let stream_id = end.head.stream_id;
        match self.place(stream_id) {
            Place::Idle if self.role == Role::Server => self.take_request(end, noted),
            Place::Active(index) => self.take_section_on(index, end, noted),
            place => Err(self.section_without_stream(stream_id, place)),
        }
    }

    #[cold]
    fn section_without_stream(&self, stream_id: StreamId, place: Place) -> Refusal {
        let rule = match place {
            // §5.1, idle
            Place::Idle => ConnectionRule::HeadersOnIdle,
            // §5.1: of what was sent before it has seen RST_STREAM, or GOAWAY.
            Place::Active(_) | Place::Closed(Closed::ResetHere) => return Refusal::Late,
            Place::Closed(Closed::ResetByPeer) => {
                return Refusal::Stream(stream_id, ConnectionRule::HeadersOnClosed.into());
            }
            // §5.1.1
            Place::Closed(Closed::Unknown) if self.role == Role::Server => ConnectionRule::StreamIdNotGrowing,
            // §5.1, closed
            Place::Closed(Closed::Ended | Closed::Unknown) => ConnectionRule::HeadersOnClosed,
        };
        Refusal::Connection(rule.into())
    }

    fn take_request(&mut self, end: &SectionEnd, noted: &Noted) -> Result<Taken, Refusal> {
        let SectionHead { stream_id, end_stream, .. } = end.head;
        let refuse = |cause| Err(Refusal::Stream(stream_id, cause));
        self.streams.leave_idle(stream_id);
        // §5.1.2
        if self.streams.remote >= self.own.most_streams {
            return refuse(ConnectionRule::TooManyStreams.into());
        }
        let is_too_large = match end.kind {
            Ok(SectionKind::Request) => false,
            // §8.1
            Ok(SectionKind::Response) => return refuse(ConnectionRule::SectionOrder.into()),
            // §8.3.1: without pseudo-header fields the codec takes the request for trailers.
            Ok(SectionKind::Trailers) | Err(StreamError { rule: TRAILERS_GO_ON, .. }) => {
                return refuse(METHOD_MISSING);
            }
            Err(StreamError { rule: Rule::Limit(_), .. }) => true,
            Err(error) => return refuse(error.into()),
        };
        self.check_dependency(&end.head)?;
        let index = self.open(stream_id, false).ok_or(Refusal::Late)?;
        let stream = self.streams.get_mut(index).ok_or(Refusal::Late)?;
        stream.receiving = if end_stream { Phase::Ended } else { Phase::Content };
        stream.is_head = noted.method == Method::Head;
        stream.is_connect = noted.method == Method::Connect;
        // RFC 9110 §9.3.6: a request to open a tunnel has no content; what follows is of the tunnel.
        stream.content_left = end.content_length.filter(|_| !stream.is_connect);
        Ok(Taken { index, kind: FieldsKind::Request, is_too_large, is_over: false })
    }

    /// RFC 7540 §5.3.1
    fn check_dependency(&self, head: &SectionHead) -> Result<(), Refusal> {
        let itself = |stream_dependency| stream_dependency == head.stream_id;
        if self.checks_dependencies()
            && head.priority.is_some_and(|priority| itself(priority.stream_dependency))
        {
            return Err(Refusal::Stream(head.stream_id, ConnectionRule::SelfDependency.into()));
        }
        Ok(())
    }

    /// A section on a stream that is open.
    fn take_section_on(&mut self, index: u32, end: &SectionEnd, noted: &Noted) -> Result<Taken, Refusal> {
        let stream = self.streams.get(index).ok_or(Refusal::Late)?;
        if let Err(cause) = expects_section(stream, end) {
            return Err(Refusal::Stream(stream.id, cause));
        }
        let receiving = stream.receiving;
        self.check_dependency(&end.head)?;
        if receiving == Phase::Head {
            return self.take_response(index, end, noted);
        }
        let is_over = self.take_end_of(index, end)?;
        Ok(Taken { index, kind: FieldsKind::Trailers, is_too_large: false, is_over })
    }

    fn take_response(&mut self, index: u32, end: &SectionEnd, noted: &Noted) -> Result<Taken, Refusal> {
        self.streams.leave_reserved(index);
        let taken = Taken { index, kind: FieldsKind::Response, is_too_large: false, is_over: false };
        if noted.status < 200 {
            let is_over = self.take_end_of(index, end)?;
            return Ok(Taken { kind: FieldsKind::Interim, is_over, ..taken });
        }
        let stream = self.streams.get_mut(index).ok_or(Refusal::Late)?;
        stream.receiving = Phase::Content;
        // RFC 9110 §9.3.6
        stream.is_tunnel = stream.is_connect && noted.status < 300;
        stream.content_left = match noted.status {
            _ if stream.is_tunnel => None,
            _ if stream.is_assumed => None,
            // §8.1.1: some responses have no content, whatever content-length says.
            204 | 304 => Some(0),
            _ if stream.is_head => Some(0),
            _ => end.content_length,
        };
        let is_over = self.take_end_of(index, end)?;
        Ok(Taken { is_over, ..taken })
    }

    /// The end of a stream is that of its frames, also where the codec was asked not to mind 1xx with it or trailers without. §5.1
    #[inline(always)]
    fn take_end_of(&mut self, index: u32, end: &SectionEnd) -> Result<bool, Refusal> {
        if end.head.end_stream { self.take_end(index) } else { Ok(false) }
    }

    /// A promised request. §6.6, §8.4
    #[cold]
    pub(crate) fn take_promise(
        &mut self,
        end: &SectionEnd,
        promised: StreamId,
        noted: &Noted,
    ) -> Result<Promised, Refusal> {
        let stream_id = end.head.stream_id;
        let parent = match self.place(stream_id) {
            Place::Active(index) => self.streams.get(index).filter(|stream| stream.is_receiving()),
            _ => None,
        };
        // §6.6: of what was sent before it has seen RST_STREAM.
        let is_late = self.place(stream_id) == Place::Closed(Closed::ResetHere);
        let (is_open, is_tunnel) = (parent.is_some(), parent.is_some_and(|parent| parent.is_tunnel));
        // §6.6
        if !is_open && !is_late {
            return Err(Refusal::Connection(ConnectionRule::PromiseOnIdle.into()));
        }
        // §5.1.1
        if promised <= self.streams.highest {
            return Err(Refusal::Connection(ConnectionRule::StreamIdNotGrowing.into()));
        }
        self.streams.leave_idle(promised);
        // §6.8: the final GOAWAY was sent, and its last stream does not grow.
        if promised > self.streams.last_accepted {
            return Err(Refusal::Late);
        }
        if is_tunnel {
            return Ok(Promised::InTunnel);
        }
        if let Err(error) = end.kind {
            return Err(Refusal::Stream(promised, error.into()));
        }
        if !is_open {
            return Ok(Promised::Unwanted);
        }
        let index = self.open(promised, true).ok_or(Refusal::Late)?;
        let stream = self.streams.get_mut(index).ok_or(Refusal::Late)?;
        stream.sending = Phase::Ended;
        stream.is_head = noted.method == Method::Head;
        Ok(Promised::Reserved)
    }
}

const fn lacks_pseudo_field(rule: Rule) -> bool {
    use Malformed::{ConnectWithoutAuthority, MethodMissing, PathMissing, SchemeMissing};
    matches!(rule, Rule::Malformed(MethodMissing | SchemeMissing | PathMissing | ConnectWithoutAuthority))
}

/// Whether a section may come on a stream now.
fn expects_section(stream: &Stream, end: &SectionEnd) -> Result<(), Cause> {
    let kind = match (stream.receiving, end.kind) {
        // §5.1, half-closed (remote)
        (Phase::Ended | Phase::Ending, _) => return Err(ConnectionRule::HeadersOnClosed.into()),
        // §8.3.2: without it the codec takes the response for trailers.
        (Phase::Head, Ok(SectionKind::Trailers)) => return Err(ConnectionRule::StatusMissing.into()),
        (Phase::Head, Err(error)) if error.rule == TRAILERS_GO_ON => {
            return Err(ConnectionRule::StatusMissing.into());
        }
        // §8.1: with them the codec takes trailers for a request, and misses the others.
        (Phase::Content, Err(error)) if lacks_pseudo_field(error.rule) => return Err(PSEUDO_IN_TRAILERS),
        (_, Err(error)) => return Err(error.into()),
        (_, Ok(kind)) => kind,
    };
    // §8.5
    if stream.is_tunnel {
        return Err(ConnectionRule::FrameInTunnel.into());
    }
    // §8.1
    if (kind == SectionKind::Response) != (stream.receiving == Phase::Head) || kind == SectionKind::Request {
        return Err(ConnectionRule::SectionOrder.into());
    }
    Ok(())
}
