//! Packet captures: both directions of every TCP connection that speaks HTTP/2.

mod connection; // one TCP connection: which side is which, does it speak HTTP/2
mod packets; // pcap and pcapng files to TCP segments
mod reassembly; // segments to octets in order
mod recognise; // do these octets speak HTTP/2

use std::collections::HashMap;
use std::net::SocketAddr;

use anyhow::bail;

use crate::args::DecodeOptions;
use crate::decode::direction::Mode;
use crate::decode::input::Input;
use crate::decode::{Report, note};
use crate::status::Status;
use connection::{Connection, Reading};
use packets::Segment;

const PCAPNG: u32 = 0x0a0d_0d0a;

/// Whether a file that starts so is a capture: pcap in either byte order and resolution, pcapng.
pub(crate) fn is_capture(start: &[u8]) -> bool {
    const PCAP: u32 = 0xa1b2_c3d4;
    const PCAP_NANOSECONDS: u32 = 0xa1b2_3c4d;
    let Some(magic) = start.first_chunk() else { return false };
    let (big, little) = (u32::from_be_bytes(*magic), u32::from_le_bytes(*magic));
    [PCAP, PCAP_NANOSECONDS, PCAPNG].into_iter().any(|magic| big == magic || little == magic)
}

/// Octets of the header that `pcap-parser` wants in its first read.
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

/// Shows the frames of a capture in the order in which their last octet came.
pub(crate) fn decode(mut input: Input, options: &DecodeOptions, report: &mut Report) -> anyhow::Result<()> {
    let header_len = header_len(input.peek(12)?);
    if input.peek(header_len)?.len() < header_len {
        bail!("the capture file is cut off inside its header");
    }
    let mut connections = Connections::new(options);
    let read = packets::read(input, |segment| connections.take(segment, report));
    // A file that breaks off is told after what came before.
    connections.finish(report)?;
    let left_out = read?;
    if left_out.fragments > 0 {
        note(&format!("{} fragments of IP packets were left out", left_out.fragments))?;
    }
    match (connections.spoke_http2(), connections.all.len()) {
        (true, _) => Ok(()),
        (false, 0) => bail!("no TCP in this capture"),
        (false, 1) => bail!("no HTTP/2 in this capture of 1 TCP connection"),
        (false, count) => bail!("no HTTP/2 in this capture of {count} TCP connections"),
    }
}

/// The TCP connections of a capture.
struct Connections {
    reading: Reading,
    /// By the order of their first packet.
    all: Vec<Connection>,
    /// The latest connection between two ends, the lower address first.
    latest: HashMap<[SocketAddr; 2], usize>,
}

impl Connections {
    fn new(options: &DecodeOptions) -> Self {
        let reading = Reading { mode: Mode::of(options), follow_settings: options.max_frame_size.is_none() };
        Self { reading, all: Vec::new(), latest: HashMap::new() }
    }

    fn take(&mut self, segment: &Segment<'_>, report: &mut Report) -> anyhow::Result<()> {
        let mut ends = [segment.from, segment.to];
        ends.sort_unstable();
        let known = self.latest.get(&ends).and_then(|index| self.all.get(*index));
        if known.is_none_or(|connection| connection.is_another(segment)) {
            let number = u64::try_from(self.all.len()).unwrap_or(u64::MAX);
            self.latest.insert(ends, self.all.len());
            self.all.push(Connection::new(number, segment, self.reading));
        }
        match self.latest.get(&ends).and_then(|index| self.all.get_mut(*index)) {
            Some(connection) => connection.take(segment, report),
            None => Ok(()),
        }
    }

    fn finish(&mut self, report: &mut Report) -> anyhow::Result<()> {
        for connection in &mut self.all {
            if connection.finish(report)? {
                report.worsen(Status::Trouble);
            }
        }
        Ok(())
    }

    fn spoke_http2(&self) -> bool {
        self.all.iter().any(Connection::speaks_http2)
    }
}
