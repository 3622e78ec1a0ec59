//! An exchange as a line of text or JSON.

use std::io::{self, Write};

use anstyle::Style;
use h2wire::frame::ErrorCode;
use serde_json::{Value, json};
use textwrap::core::display_width;

use super::exchange::{Exchange, Sent};
use crate::event::Side;
use crate::moment::{Moment, Zero, seconds};
use crate::screen::{Columns, cut};
use crate::style::{FAINT, LABEL, WRONG};

/// Room before what is remarkable, on a line of its own.
pub(super) const INDENT: &str = "     ";
/// Below these, columns that others can do without are left out.
const NARROW: usize = 110;
const TIGHT: usize = 80;

/// The names of the columns; `row` has their widths.
pub(super) fn title(out: &mut impl Write, columns: Columns) -> io::Result<()> {
    let names = ["conn", "stream", "time", "first ms", "total ms", "status", "sent", "received"];
    writeln!(out, "{LABEL}{}request{LABEL:#}", row(names.map(str::to_owned), Style::new(), columns))
}

/// The columns before the request.
fn row(cells: [String; 8], style: Style, columns: Columns) -> String {
    let [connection, stream, time, first, total, status, sent, received] = cells;
    let status = format!("{style}{status:>6}{style:#}");
    match columns {
        Some(..TIGHT) => format!("{connection:>4} {stream:>6} {total:>10} {status} {received:>10}  "),
        Some(..NARROW) => {
            format!("{connection:>4} {stream:>6} {time:>15} {total:>10} {status} {received:>10}  ")
        }
        _ => format!(
            "{connection:>4} {stream:>6} {time:>15} {first:>10} {total:>10} {status} {sent:>10} {received:>10}  "
        ),
    }
}

/// A line of text, with its remarks at the end. Only a target that is too long is cut.
pub(super) fn line(
    out: &mut impl Write,
    exchange: &Exchange,
    zero: Zero,
    one_side: bool,
    columns: Columns,
) -> io::Result<()> {
    let unknown = || "-".to_owned();
    let time = exchange.start.and_then(|start| start.time).map(|time| time.short(zero));
    let milliseconds = |moment| exchange.until(moment).map_or_else(unknown, milliseconds);
    let cells = [
        exchange.connection.map_or_else(unknown, |number| number.to_string()),
        exchange.stream_id.to_string(),
        time.unwrap_or_else(unknown),
        milliseconds(exchange.first),
        milliseconds(exchange.last.filter(|_| exchange.is_over(one_side))),
        exchange.status.clone().unwrap_or_else(unknown),
        exchange.client.content.to_string(),
        exchange.server.content.to_string(),
    ];
    let is_error = exchange.status.as_ref().is_some_and(|status| status.starts_with(['4', '5']));
    let before = row(cells, if is_error { WRONG } else { Style::new() }, columns);
    let method = exchange.method.clone().unwrap_or_else(unknown);
    let marks = marks(exchange, one_side);
    let marks = if marks.is_empty() { String::new() } else { format!("[{}]", marks.join(", ")) };
    let style = if exchange.is_wrong(one_side) { WRONG } else { FAINT };
    let room = columns.map_or(usize::MAX, |all| all.saturating_sub(display_width(&before)).max(1));
    let mut request = format!("{method} {}", exchange.target()).trim_end().to_owned();
    if let Some(path) = exchange.path.as_ref().filter(|_| display_width(&request) > room) {
        // The path tells more than the host.
        request = format!("{method} …{path}");
    }
    let both = display_width(&request).saturating_add(display_width(&marks)).saturating_add(2);
    match marks.as_str() {
        "" => writeln!(out, "{before}{}", cut(&request, room)),
        _ if both <= room => writeln!(out, "{before}{request}  {style}{marks}{style:#}"),
        _ => {
            writeln!(out, "{before}{}", cut(&request, room))?;
            let width = columns.unwrap_or(usize::MAX).saturating_sub(INDENT.len());
            let mut lines = textwrap::wrap(&marks, width).into_iter();
            lines.try_for_each(|line| writeln!(out, "{INDENT}{style}{line}{style:#}"))
        }
    }
}

/// With three decimals.
fn milliseconds(nanoseconds: i128) -> String {
    seconds(nanoseconds.saturating_mul(1_000), 3)
}

fn marks(exchange: &Exchange, one_side: bool) -> Vec<String> {
    let mut marks = Vec::new();
    marks.extend(exchange.protocol.as_ref().map(|protocol| format!("protocol {protocol}")));
    marks.extend(exchange.pushed_on.map(|id| format!("pushed on stream {id}")));
    if exchange.interim > 0 {
        marks.push(format!("{} interim", exchange.interim));
    }
    marks.extend(exchange.grpc_status.as_ref().map(|status| format!("grpc-status {status}")));
    marks.extend(exchange.reset.map(|(side, code)| match side {
        Some(side) => format!("reset by the {}: {code}", side.name()),
        None => format!("reset: {code}"),
    }));
    if !exchange.is_over(one_side) {
        let open = |sent: &Sent, name| (!sent.has_ended && !one_side).then_some(name);
        let parts = [open(&exchange.client, "request"), open(&exchange.server, "response")];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        marks.push(format!("incomplete {}", parts.join(" and ")).trim_end().to_owned());
    }
    marks.extend(exchange.ended_by(one_side).map(|(_, code)| format!("GOAWAY {code}")));
    marks.extend(exchange.marks.iter().map(|rule| format!("breaks {rule}")));
    marks
}

/// The keys of the README.
pub(super) fn object(exchange: &Exchange, zero: Zero, one_side: bool) -> Value {
    let time = |moment: Option<Moment>| moment?.time.map(|time| seconds(time.since(zero), 9));
    let after = |moment| exchange.until(moment).map(|nanoseconds| seconds(nanoseconds, 9));
    let sent = |sent: &Sent| json!({"content": sent.content, "frames": sent.frames, "ended": sent.has_ended});
    let end = |(side, code): (Option<Side>, ErrorCode)| json!({"from": side.map(Side::name), "error_code": code.0, "error_name": code.name()});
    let reset = exchange.reset.map(end);
    let go_away = exchange.ended_by(one_side).map(end);
    let status = exchange.status.as_ref();
    json!({
        "connection": exchange.connection,
        "stream_id": exchange.stream_id.get(),
        "pushed_on": exchange.pushed_on.map(h2wire::frame::StreamId::get),
        "method": exchange.method,
        "scheme": exchange.scheme,
        "authority": exchange.authority,
        "path": exchange.path,
        "protocol": exchange.protocol,
        "status": status.map(|status| status.parse::<u16>().map_or_else(|_| status.clone().into(), Value::from)),
        "interim": exchange.interim,
        "grpc_status": exchange.grpc_status,
        "packet": exchange.start.map(|start| start.packet),
        "time": time(exchange.start),
        "first_after": after(exchange.first),
        "ended_after": after(exchange.last.filter(|_| exchange.is_over(one_side))),
        "client": sent(&exchange.client),
        "server": sent(&exchange.server),
        "reset": reset,
        "goaway": go_away,
        "rules": exchange.marks,
    })
}
