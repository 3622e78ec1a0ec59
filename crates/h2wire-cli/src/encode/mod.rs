//! `h2wire encode`: frames in JSON, one object per line, to bytes.

mod frame; // header and payload to bytes, and the check that they may be sent
mod keys; // JSON objects with precise error messages
mod payload; // the payload of each type to bytes

use anyhow::{Context, bail};
use h2wire::frame::PREFACE;
use h2wire::{Limit, Malformed};
use h2wire_connection::ConnectionRule;
use serde_json::Value;

use crate::args::{EncodeOptions, SideName};
use crate::io::each_line;
use crate::io::{Wanted, note};
use crate::status::Status;
use keys::{Keys, PLACE};

const WANTED: Wanted = Wanted { to: "encode", file: "frames in JSON, one object per line" };

/// Reads the lines, writes the bytes.
pub(crate) fn run(options: &EncodeOptions) -> anyhow::Result<Status> {
    let mut encoder = Encoder { options, flow: None, errors: 0, incomplete: 0, holes: 0, has_bytes: false };
    let ended = each_line(&options.file, WANTED, |line, out| {
        if !line.is_empty() {
            let octets = encoder.line(line)?;
            encoder.has_bytes |= !octets.is_empty();
            out.write_all(&octets)?;
        }
        Ok(Status::Clean)
    });
    encoder.note_missing()?;
    if ended.is_ok() && !encoder.has_bytes {
        note("no frames were written: the input has none, or none of this connection and side")?;
    }
    ended
}

/// Objects that are not frames: the first seven are from `decode`, the others, and sections, from `probe`.
const PASSED_OVER: [&str; 14] = [
    "connection_end",
    "content",
    "exchange",
    "field_section",
    "message",
    "part",
    "remark",
    "connect",
    "tls",
    "settings",
    "response",
    "grpc_health",
    "diagnosis",
    "times",
];

struct Encoder<'o> {
    options: &'o EncodeOptions,
    /// Connection and side of the first object.
    flow: Option<(u64, String)>,
    /// Counts of objects that replace frames.
    errors: u64,
    incomplete: u64,
    holes: u64,
    has_bytes: bool,
}

impl Encoder<'_> {
    /// The bytes of a line.
    fn line(&mut self, line: &str) -> anyhow::Result<Vec<u8>> {
        let value: Value = serde_json::from_str(line).context("not JSON")?;
        if !self.is_wanted(&value)? {
            return Ok(Vec::new());
        }
        let mut keys = Keys::from_value(value, "the line")?;
        if PASSED_OVER.iter().any(|key| keys.has(key)) {
            return Ok(Vec::new());
        }
        if keys.take("incomplete").is_some() {
            self.incomplete = self.incomplete.saturating_add(1);
            return Ok(Vec::new());
        }
        if keys.has("lost") || keys.has("skipped") {
            self.holes = self.holes.saturating_add(1);
            return Ok(Vec::new());
        }
        if let Some(error) = keys.take("error") {
            if !follows_its_frame(&error) {
                self.errors = self.errors.saturating_add(1);
            }
            return Ok(Vec::new());
        }
        match keys.bool("preface")? {
            Some(true) => {
                keys.done(&PLACE)?;
                Ok(PREFACE.to_vec())
            }
            Some(false) => bail!("preface must be true"),
            None => frame::frame(keys, self.options.raw),
        }
    }

    /// Whether an object belongs to the direction being written. There can be only one.
    fn is_wanted(&mut self, value: &Value) -> anyhow::Result<bool> {
        let (connection, from) = (value.get("connection"), value.get("from"));
        let (Some(connection), Some(from)) =
            (connection.and_then(Value::as_u64), from.and_then(Value::as_str))
        else {
            return Ok(true);
        };
        let side = self.options.from.map(|side| match side {
            SideName::Client => "client",
            SideName::Server => "server",
        });
        let other_connection = self.options.connection.is_some_and(|wanted| wanted != connection);
        if other_connection || side.is_some_and(|wanted| wanted != from) {
            return Ok(false);
        }
        let (first_connection, first_from) = self.flow.get_or_insert_with(|| (connection, from.to_owned()));
        if *first_connection != connection || first_from != from {
            bail!(
                "the input has more than one direction: this line is from the {from} of connection {connection}, earlier \
                 ones from the {first_from} of connection {first_connection}; choose with --connection and --from"
            );
        }
        Ok(true)
    }

    fn note_missing(&self) -> anyhow::Result<()> {
        let count = |count, what| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            count => Some(format!("{count} {what}s")),
        };
        let missing = [
            count(self.errors, "broken frame"),
            count(self.incomplete, "incomplete frame"),
            count(self.holes, "hole"),
        ];
        let missing: Vec<_> = missing.into_iter().flatten().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let whose = if self.errors.saturating_add(self.incomplete).saturating_add(self.holes) == 1 {
            "its"
        } else {
            "their"
        };
        note(&format!("skipped {}: the input does not contain {whose} bytes", missing.join(" and ")))
    }
}

/// Whether an error concerns a field section or block; its frames come before it.
fn follows_its_frame(error: &Value) -> bool {
    let Some(rule) = error.get("rule").and_then(Value::as_str) else { return false };
    let mut hpack = h2wire::hpack::HpackError::ALL.iter().map(|error| error.name());
    let mut malformed = Malformed::ALL.iter().map(|malformed| malformed.name());
    let mut limits = [Limit::SectionSize, Limit::Fields].iter().map(|limit| limit.name());
    let mut connection = ConnectionRule::ALL.iter().map(|rule| rule.name());
    connection.any(|name| name == rule)
        || hpack.any(|name| name == rule)
        || malformed.any(|name| name == rule)
        || limits.any(|name| name == rule)
}
