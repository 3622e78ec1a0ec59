//! What both directions of a connection show: rules that were broken, streams that were left open.

use h2wire::frame::{Scope, StreamId};
use h2wire_connection::Cause;
use h2wire_connection::watcher::OpenStream;
use serde_json::{Value, json};

use crate::render::diagnosis::{Fact, reaction};

/// Streams that are listed by themselves.
const MOST_LISTED: usize = 32;

/// A finding for people, without its title.
pub(super) fn facts(cause: Cause, scope: Scope, stream_id: StreamId) -> Vec<Fact> {
    let mut facts = vec![("rule", format!("{} in {}", cause.name(), cause.section()))];
    if !stream_id.is_connection() {
        facts.push(("stream", stream_id.to_string()));
    }
    facts.push(("reaction", reaction(cause.code(), scope)));
    facts.push(("remedy", cause.remedy().to_owned()));
    facts
}

/// The keys of an error; `section` in words of its own.
pub(super) fn object(offset: u64, cause: Cause, scope: Scope, stream_id: StreamId, section: &str) -> Value {
    json!({
        "offset": offset,
        "code": cause.code().0,
        "code_name": cause.code().name(),
        "scope": if scope == Scope::Connection { "connection" } else { "stream" },
        "stream_id": (!stream_id.is_connection()).then(|| stream_id.get()),
        "rule": cause.name(),
        "section": section,
        "message": format!("{}; {}", cause.sentence(), cause.remedy()),
    })
}

/// One line for each of the first, and how many more there are.
pub(super) fn open_streams(streams: &[OpenStream]) -> Vec<String> {
    let mut lines: Vec<String> = streams.iter().take(MOST_LISTED).map(open_stream).collect();
    match streams.len().saturating_sub(lines.len()) {
        0 => {}
        more => lines.push(format!("and {more} more")),
    }
    lines
}

fn open_stream(stream: &OpenStream) -> String {
    let missing = match (stream.client_ended, stream.server_ended) {
        (false, false) => "neither side has ended it",
        (false, true) => "the client has not ended it",
        (true, _) => "the server has not ended it",
    };
    format!("stream {}: {missing}", stream.stream_id)
}

pub(super) fn open_streams_object(streams: &[OpenStream]) -> Value {
    let stream = |stream: &OpenStream| {
        json!({
            "stream_id": stream.stream_id.get(),
            "client_ended": stream.client_ended,
            "server_ended": stream.server_ended,
        })
    };
    streams.iter().map(stream).collect()
}
