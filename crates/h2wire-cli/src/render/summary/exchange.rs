//! A request and its response, as far as they were seen.

use h2wire::FieldList;
use h2wire::frame::{ErrorCode, StreamId};
use h2wire::hpack::Known;

use crate::event::Side;
use crate::moment::Moment;
use crate::render::dump::UNKNOWN;

/// Marks that are kept of an exchange.
const MOST_MARKS: usize = 16;
/// Bytes of a method or a target that are kept.
const MOST_TEXT: usize = 8 * 1024;

/// A request and its response.
#[derive(Default)]
pub(super) struct Exchange {
    pub(super) connection: Option<u64>,
    pub(super) stream_id: StreamId,
    /// The stream on which it was promised.
    pub(super) pushed_on: Option<StreamId>,
    pub(super) method: Option<String>,
    pub(super) scheme: Option<String>,
    pub(super) authority: Option<String>,
    pub(super) path: Option<String>,
    pub(super) protocol: Option<String>,
    /// Some fields of the request refer to what was not seen.
    pub(super) has_unknown: bool,
    pub(super) status: Option<String>,
    /// Interim responses.
    pub(super) interim: u32,
    pub(super) grpc_status: Option<String>,
    pub(super) client: Sent,
    pub(super) server: Sent,
    /// When the request, the final response, and the last frame came.
    pub(super) start: Option<Moment>,
    pub(super) first: Option<Moment>,
    pub(super) last: Option<Moment>,
    pub(super) reset: Option<(Option<Side>, ErrorCode)>,
    /// The first error with which one side ends the connection.
    pub(super) go_away: Option<(Option<Side>, ErrorCode)>,
    /// Nothing but a frame whose start is a guess says that there is such a stream.
    pub(super) is_guess: bool,
    /// Rules that were broken.
    pub(super) marks: Vec<&'static str>,
    /// What a side sent is not decrypted to its end.
    pub(super) is_sealed: [bool; 2],
    /// Its connection is over.
    pub(super) is_closed: bool,
}

/// What one side sent.
#[derive(Clone, Copy, Default)]
pub(super) struct Sent {
    /// Bytes of content.
    pub(super) content: u64,
    /// Bytes of all its frames of the stream.
    pub(super) frames: u64,
    pub(super) has_ended: bool,
}

impl Exchange {
    pub(super) const fn sent(&mut self, side: Side) -> &mut Sent {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Whether it is not known how what a side sends ends: it is not decrypted.
    pub(super) const fn is_sealed(&self, side: Side) -> bool {
        let [client, server] = self.is_sealed;
        match side {
            Side::Client => client && !self.client.has_ended,
            Side::Server => server && !self.server.has_ended,
        }
    }

    /// Takes the moment of a frame. What follows a hole is known after what the other side sent later.
    pub(super) fn has_frame_of(&mut self, moment: Option<Moment>) {
        let packet = |moment: &Moment| moment.packet;
        self.start = self.start.and_then(|start| moment.into_iter().chain([start]).min_by_key(packet));
        self.last = self.last.into_iter().chain(moment).max_by_key(packet);
    }

    /// Takes what matters of a field section.
    pub(super) fn fields(&mut self, fields: &FieldList, of_request: bool, moment: Option<Moment>) {
        let mut is_request = false;
        self.is_guess = false;
        for field in fields {
            self.has_unknown |= of_request && field.known != Known::Both;
            let text = || Some(text(field.value));
            match field.name {
                b":method" => (self.method, is_request) = (text(), true),
                b":scheme" => self.scheme = text(),
                b":authority" => self.authority = text(),
                b":path" => self.path = text(),
                b":protocol" => self.protocol = text(),
                b"host" if is_request && self.authority.is_none() => self.authority = text(),
                b":status" if field.value.starts_with(b"1") => self.interim = self.interim.saturating_add(1),
                b":status" => {
                    self.status = text();
                    self.first = self.first.or(moment);
                }
                b"grpc-status" => self.grpc_status = text(),
                _ => {}
            }
        }
    }

    pub(super) fn mark(&mut self, rule: &'static str) {
        if self.marks.len() < MOST_MARKS && !self.marks.contains(&rule) {
            self.marks.push(rule);
        }
    }

    /// Whether nothing more is expected of both sides, or of the one that is seen.
    pub(super) const fn is_over(&self, one_side: bool) -> bool {
        self.reset.is_some()
            || self.client.has_ended && self.server.has_ended
            || one_side && (self.client.has_ended || self.server.has_ended)
    }

    /// Whether something is wrong.
    pub(super) fn is_wrong(&self, one_side: bool) -> bool {
        self.reset.is_some_and(|(_, code)| code != ErrorCode::NO_ERROR)
            || !self.marks.is_empty()
            || !self.is_over(one_side)
            || self.grpc_status.as_deref().is_some_and(|status| status != "0")
    }

    /// The GOAWAY that explains why it has no end.
    pub(super) fn ended_by(&self, one_side: bool) -> Option<(Option<Side>, ErrorCode)> {
        self.go_away.filter(|_| !self.is_over(one_side))
    }

    /// What was asked for: as a URL, as far as it is known.
    pub(super) fn target(&self) -> String {
        let scheme = self.scheme.as_ref().map_or(String::new(), |scheme| format!("{scheme}://"));
        // A CONNECT has an authority alone.
        let has_path = self.method.as_deref() != Some("CONNECT") || self.protocol.is_some();
        let rest = match (&self.authority, &self.path) {
            (None, None) if self.has_unknown => UNKNOWN.to_owned(),
            (None, Some(path)) if self.has_unknown => format!("{UNKNOWN}{path}"),
            (Some(authority), None) if self.has_unknown && has_path => format!("{authority}{UNKNOWN}"),
            (authority, path) => [authority, path].into_iter().flatten().map(String::as_str).collect(),
        };
        format!("{scheme}{rest}")
    }

    /// Nanoseconds from the request to another moment.
    pub(super) fn until(&self, moment: Option<Moment>) -> Option<i128> {
        let (start, end) = (self.start?.time?, moment?.time?);
        Some(end.since_epoch.saturating_sub(start.since_epoch))
    }
}

/// Bytes as text that a terminal does not obey, cut if they are long.
pub(super) fn text(octets: &[u8]) -> String {
    crate::render::dump::printable(octets.get(..MOST_TEXT).unwrap_or(octets))
}
