//! Content codings, undone piece by piece in bounded memory. RFC 9110 §8.4.

use std::io::{self, Write};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::write::{MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Takes bytes that are decoded.
pub(super) type Give<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

/// Compressed bytes that are decoded at a time: deflate makes at most 1032 of each.
const STEP: usize = 256;
/// Bytes that are kept until something comes of them: more than a block of zstd.
const MOST_KEPT: usize = 256 * 1024;
/// The least bytes of a zstd frame that hold all of its header.
const ZSTD_HEADER: usize = 18;
const BLOCK_HEADER: usize = 3;
const CHECKSUM: usize = 4;

type Brotli = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// A coding, and what of the content has not come out of it.
pub(super) struct Coding {
    kind: Kind,
    kept: Vec<u8>,
    has_input: bool,
    has_output: bool,
}

/// A coding and how far it is.
enum Kind {
    Gzip(MultiGzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
    Brotli {
        state: Box<Brotli>,
        is_done: bool,
    },
    Zstd {
        decoder: Box<FrameDecoder>,
        pending: Vec<u8>,
        is_started: bool,
    },
    /// What is not known, or was broken, is passed on as it is.
    Identity,
}

impl Coding {
    /// A coding by its name; `None` if it is not known.
    pub(super) fn new(name: &str) -> Option<Self> {
        let kind = match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Kind::Gzip(MultiGzDecoder::new(Vec::new())),
            "deflate" => Kind::Deflate(ZlibDecoder::new(Vec::new())),
            "br" => {
                let alloc = StandardAlloc::default;
                let state = Box::new(BrotliState::new(alloc(), alloc(), alloc()));
                Kind::Brotli { state, is_done: false }
            }
            "zstd" => {
                let decoder = Box::new(FrameDecoder::new());
                Kind::Zstd { decoder, pending: Vec::new(), is_started: false }
            }
            "identity" | "" => Kind::Identity,
            _ => return None,
        };
        Some(Self { kind, ..Self::identity() })
    }

    /// No coding.
    pub(super) const fn identity() -> Self {
        Self { kind: Kind::Identity, kept: Vec::new(), has_input: false, has_output: false }
    }

    /// Decodes the next bytes; `is_last` with the end of the content.
    ///
    /// # Errors
    /// What does not follow the coding, or the output.
    pub(super) fn push(&mut self, octets: &[u8], is_last: bool, give: Give<'_>) -> io::Result<()> {
        if let Kind::Identity = self.kind {
            return give(octets);
        }
        self.has_input |= !octets.is_empty();
        let mut left = octets;
        loop {
            let (step, rest) = left.split_at_checked(STEP).unwrap_or((left, &[]));
            self.keep(step);
            let mut has_output = false;
            let pushed = self.kind.push(step, is_last && rest.is_empty(), &mut |octets| {
                has_output |= !octets.is_empty();
                give(octets)
            });
            self.has_output |= has_output;
            if pushed.is_err() {
                self.keep(rest);
                return pushed;
            }
            if has_output {
                self.kept.clear();
            }
            if rest.is_empty() {
                break;
            }
            left = rest;
        }
        let ended = if is_last && self.has_input { self.kind.end() } else { Ok(()) };
        if ended.is_err() && self.has_output {
            // All that can be shown was shown.
            self.kept.clear();
        }
        ended
    }

    fn keep(&mut self, octets: &[u8]) {
        let room = MOST_KEPT.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(octets.get(..room).unwrap_or(octets));
    }

    /// Passes on what follows as it is. Returns the bytes of which nothing came.
    pub(super) fn give_up(&mut self) -> Vec<u8> {
        std::mem::replace(self, Self::identity()).kept
    }
}

impl Kind {
    fn push(&mut self, octets: &[u8], is_last: bool, give: Give<'_>) -> io::Result<()> {
        match self {
            Self::Identity => give(octets),
            Self::Gzip(decoder) => {
                let written = decoder.write_all(octets).and_then(|()| decoder.flush());
                give(&std::mem::take(decoder.get_mut()))?;
                written
            }
            Self::Deflate(decoder) => {
                let written = decoder.write_all(octets).and_then(|()| decoder.flush());
                give(&std::mem::take(decoder.get_mut()))?;
                written
            }
            Self::Brotli { state, is_done } => {
                *is_done = brotli(state, octets, give)?;
                Ok(())
            }
            Self::Zstd { decoder, pending, is_started } => {
                pending.extend_from_slice(octets);
                zstd(decoder, pending, is_started, is_last, give)
            }
        }
    }

    /// Whether the content may end here.
    fn end(&mut self) -> io::Result<()> {
        let is_whole = match self {
            Self::Identity => true,
            Self::Gzip(decoder) => {
                let ended = decoder.try_finish();
                return ended.map_err(|_| broken("it is cut off, or its checksum is another one"));
            }
            // It takes no more after its end.
            Self::Deflate(decoder) => matches!(decoder.write(&[0]), Ok(0)),
            Self::Brotli { is_done, .. } => *is_done,
            Self::Zstd { pending, is_started, .. } => pending.is_empty() && !*is_started,
        };
        if is_whole { Ok(()) } else { Err(broken("it is cut off")) }
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Whether the content has ended.
fn brotli(state: &mut Brotli, octets: &[u8], give: Give<'_>) -> io::Result<bool> {
    let mut out = [0; 16 * 1024];
    let (mut left, mut read, mut total) = (octets.len(), 0, 0);
    loop {
        let (mut room, mut written) = (out.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            octets,
            &mut room,
            &mut written,
            &mut out,
            &mut total,
            state,
        );
        give(out.get(..written).unwrap_or_default())?;
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput => return Ok(false),
            BrotliResult::ResultSuccess => return Ok(true),
            BrotliResult::ResultFailure => return Err(broken("it is not Brotli")),
        }
    }
}

/// Decodes the blocks that are complete, one by one.
fn zstd(
    decoder: &mut FrameDecoder,
    pending: &mut Vec<u8>,
    is_started: &mut bool,
    is_last: bool,
    give: Give<'_>,
) -> io::Result<()> {
    loop {
        let mut rest = pending.as_slice();
        if pending.is_empty() || pending.len() < ZSTD_HEADER && !*is_started && !is_last {
            return Ok(());
        }
        if *is_started {
            let Some([low, middle, high]) = rest.first_chunk::<BLOCK_HEADER>() else { return Ok(()) };
            let header = u32::from_le_bytes([*low, *middle, *high, 0]);
            let (is_final, is_repeated, size) = (header & 1 == 1, header >> 1 & 3 == 1, header >> 3);
            let size = if is_repeated { 1 } else { usize::try_from(size).unwrap_or(usize::MAX) };
            let checksum = if is_final && !is_last { CHECKSUM } else { 0 };
            let need = BLOCK_HEADER.saturating_add(size).saturating_add(checksum);
            if rest.len() < need {
                return Ok(());
            }
            let strategy = BlockDecodingStrategy::UptoBlocks(1);
            decoder.decode_blocks(&mut rest, strategy).map_err(|_| broken("a block of zstd is damaged"))?;
            *is_started = !decoder.is_finished();
            let mut decoded = Vec::new();
            decoder.collect_to_writer(&mut decoded)?;
            give(&decoded)?;
        } else {
            decoder.reset(&mut rest).map_err(|_| broken("it does not start as zstd does"))?;
            *is_started = true;
        }
        let used = pending.len().saturating_sub(rest.len());
        pending.drain(..used);
    }
}
