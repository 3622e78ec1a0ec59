//! Packet captures: both directions of every TCP connection that speaks HTTP/2.

mod beginning; // the first bytes of a side
mod clock; // packet numbers and times
mod connection; // one TCP connection: which side is which, does it speak HTTP/2
mod counts; // how often something was seen
mod end; // one side of it
mod http1; // where messages of HTTP/1.1 end
mod layers; // packets to TCP, through link types and tunnels
mod obsolete; // packets in blocks that pcapng has no more
mod packets; // pcap and pcapng files to TCP segments
mod prologue; // what comes before HTTP/2
mod reassembly; // segments to bytes in order
mod recognise; // do these bytes speak HTTP/2
mod trace; // which connection a segment belongs to

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::bail;

use crate::inspect::direction::Mode;
use crate::inspect::report::Report;
use crate::inspect::tls::Secrets;
use crate::io::Input;
use crate::io::note;
use crate::order::by_number;
use clock::Now;
use connection::{Connection, ReadConnection};
use counts::Counts;
use packets::{Arrival, Segment};
use trace::{Belongs, Trace};

const PCAPNG: u32 = 0x0a0d_0d0a;

/// Whether a file with this start is a capture: pcap in either byte order and resolution, or pcapng.
pub(crate) fn is_capture(start: &[u8]) -> bool {
    const PCAP: u32 = 0xa1b2_c3d4;
    const PCAP_NANOSECONDS: u32 = 0xa1b2_3c4d;
    let Some(magic) = start.first_chunk() else { return false };
    let (big, little) = (u32::from_be_bytes(*magic), u32::from_le_bytes(*magic));
    [PCAP, PCAP_NANOSECONDS, PCAPNG].into_iter().any(|magic| big == magic || little == magic)
}

/// Bytes of the header that `pcap-parser` wants in its first read.
fn header_len(start: &[u8]) -> usize {
    const PCAP_HEADER: usize = 24;
    const SECTION_HEADER: usize = 28;
    const MOST: usize = 64 * 1024;
    let word = |at| start.get(at..).and_then(<[u8]>::first_chunk).copied();
    match (word(0).map(u32::from_be_bytes), word(4), word(8)) {
        // Block type, block length, and the byte order of that length.
        (Some(PCAPNG), Some(len), Some([0x1a, ..])) => {
            usize::try_from(u32::from_be_bytes(len)).unwrap_or(MOST).clamp(SECTION_HEADER, MOST)
        }
        (Some(PCAPNG), Some(len), _) => {
            usize::try_from(u32::from_le_bytes(len)).unwrap_or(MOST).clamp(SECTION_HEADER, MOST)
        }
        _ => PCAP_HEADER,
    }
}

/// Shows the frames of a capture in the order in which their last byte came.
pub(crate) fn decode(
    mut input: Input,
    mode: Mode,
    keylog: Option<&Path>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let header_len = header_len(input.peek(12)?);
    if input.peek(header_len)?.len() < header_len {
        bail!("the capture file is cut off inside its header");
    }
    let is_live = input.is_live();
    let secrets = Secrets::open(keylog)?;
    secrets.search(input.path());
    let mut connections = Connections::new(mode, secrets.clone());
    let now = Now::default();
    // `pcap_parser` reads twice before it gives the first block: the second time it gets what is there, and waits for nothing.
    let mut header = vec![0; header_len];
    input.read_exact(&mut header)?;
    let file = io::Cursor::new(header).chain(input);
    let read = packets::read(file, &secrets, &now, |arrival| match arrival {
        Arrival::Segment(segment) => {
            report.moment(now.get())?;
            connections.receive(segment, report)
        }
        Arrival::Pause if is_live => report.flush(),
        Arrival::Pause => Ok(()),
    });
    report.moment(None)?;
    // The events before an error are reported first.
    connections.finish(report)?;
    let unread = read?;
    secrets.check()?;
    if connections.count == 0 {
        match unread.all().as_str() {
            "" => bail!("no TCP in this capture"),
            all => bail!("no TCP in this capture: {all}"),
        }
    }
    unread.hidden().try_for_each(|line| note(&line))?;
    let others = connections.others();
    match connections.spoke_http2 {
        true if others.is_empty() => Ok(()),
        true => note(&others),
        false => bail!("no HTTP/2 in this capture: {others}"),
    }
}

/// The two addresses of a connection, the lower one first.
type Ends = [SocketAddr; 2];

/// The TCP connections of a capture. Closed ones are dropped, so that memory does not grow with their number.
struct Connections {
    mode: Mode,
    secrets: Secrets,
    /// Connections so far.
    count: u64,
    spoke_http2: bool,
    /// The number of skipped connections, by reason.
    others: Counts<Cow<'static, str>>,
    open: HashMap<Ends, Connection>,
    /// Those of `open` that are about to end, by their numbers. The latest are kept for what is still on its way.
    ending: VecDeque<(u64, Ends)>,
    /// The latest closed ones: repeated segments belong to them.
    over: HashMap<Ends, Trace>,
    over_in_order: VecDeque<(u64, Ends)>,
}

/// The number of connections that are ending to keep.
const MOST_ENDING: usize = 256;

/// The number of closed connections to remember.
const MOST_OVER: usize = 32 * 1024;

/// The number of different reasons to name.
const MOST_REASONS: usize = 100;

impl Connections {
    fn new(mode: Mode, secrets: Secrets) -> Self {
        Self {
            secrets,
            mode,
            count: 0,
            spoke_http2: false,
            others: Counts::default(),
            open: HashMap::new(),
            ending: VecDeque::new(),
            over: HashMap::new(),
            over_in_order: VecDeque::new(),
        }
    }

    fn receive(&mut self, segment: &Segment<'_>, report: &mut Report) -> anyhow::Result<()> {
        let ends =
            if segment.from <= segment.to { [segment.from, segment.to] } else { [segment.to, segment.from] };
        let belongs = match (self.open.get(&ends), self.over.get(&ends)) {
            (Some(connection), _) => connection.belongs(segment),
            (None, Some(trace)) if trace.belongs(segment) == Belongs::Here => return Ok(()),
            (None, Some(trace)) => trace.belongs(segment),
            (None, None) => Belongs::ToNext,
        };
        if belongs != Belongs::Here {
            self.end(&ends, report)?;
            let connection = match self.over.remove(&ends) {
                Some(trace) if belongs == Belongs::ToNextUnnumbered => {
                    Connection::new(trace.number, segment, self.mode, self.secrets.clone()).after(&trace)
                }
                _ => {
                    let number = self.count;
                    self.count = self.count.saturating_add(1);
                    Connection::new(number, segment, self.mode, self.secrets.clone())
                }
            };
            self.open.insert(ends, connection);
        }
        let Some(connection) = self.open.get_mut(&ends) else { return Ok(()) };
        let was_ending = connection.is_ending();
        connection.receive(segment, report)?;
        if connection.is_over() {
            return self.end(&ends, report);
        }
        if connection.is_ending() && !was_ending {
            self.ending.push_back((connection.number, ends));
            if self.ending.len() > MOST_ENDING
                && let Some((number, ends)) = self.ending.pop_front()
                && self.open.get(&ends).is_some_and(|connection| connection.number == number)
            {
                return self.end(&ends, report);
            }
        }
        Ok(())
    }

    /// Ends an open connection, and remembers it for a while.
    fn end(&mut self, ends: &Ends, report: &mut Report) -> anyhow::Result<()> {
        let Some(mut connection) = self.open.remove(ends) else { return Ok(()) };
        let ReadConnection { other_protocol, has_holes } = connection.finish(report)?;
        match other_protocol {
            None => {
                self.spoke_http2 = true;
                report.connection_ended(connection.number, has_holes)?;
            }
            Some(name) => {
                self.others.add(name, 1, MOST_REASONS, Cow::Borrowed("did something else"));
            }
        }
        self.over.insert(*ends, connection.trace());
        self.over_in_order.push_back((connection.number, *ends));
        if self.over_in_order.len() > MOST_OVER
            && let Some((number, ends)) = self.over_in_order.pop_front()
            && self.over.get(&ends).is_some_and(|trace| trace.number == number)
        {
            self.over.remove(&ends);
        }
        Ok(())
    }

    /// Ends all that are still open, in their order.
    fn finish(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let open = self.open.iter().map(|(ends, connection)| (connection.number, *ends));
        by_number(open).into_iter().try_for_each(|ends| self.end(&ends, report))
    }

    /// The number of skipped connections, with reasons.
    fn others(&self) -> String {
        let each = self.others.iter().map(|(reason, count)| match count {
            1 => format!("1 connection skipped: it {reason}"),
            _ => format!("{count} connections skipped: they {reason}"),
        });
        each.collect::<Vec<_>>().join("; ")
    }
}
