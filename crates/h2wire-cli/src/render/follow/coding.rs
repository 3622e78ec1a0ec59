//! Content codings, undone piece by piece in bounded memory. RFC 9110 §8.4.

use std::io::{self, Write};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::write::{MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Takes bytes that are decoded.
pub(super) type Give<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

/// Compressed bytes that are decoded at a time: deflate makes at most 1032 of each.
const STEP: usize = 256;
/// The least bytes of a zstd frame that hold all of its header.
const ZSTD_HEADER: usize = 18;
const BLOCK_HEADER: usize = 3;
const CHECKSUM: usize = 4;

type Brotli = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// A coding and how far it is.
pub(super) enum Coding {
    Gzip(MultiGzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
    Brotli(Box<Brotli>),
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
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Self::Gzip(MultiGzDecoder::new(Vec::new())),
            "deflate" => Self::Deflate(ZlibDecoder::new(Vec::new())),
            "br" => {
                let alloc = StandardAlloc::default;
                Self::Brotli(Box::new(BrotliState::new(alloc(), alloc(), alloc())))
            }
            "zstd" => {
                let decoder = Box::new(FrameDecoder::new());
                Self::Zstd { decoder, pending: Vec::new(), is_started: false }
            }
            "identity" | "" => Self::Identity,
            _ => return None,
        })
    }

    /// Decodes the next bytes; `is_last` with the end of the content.
    ///
    /// # Errors
    /// What does not follow the coding, or the output.
    pub(super) fn push(&mut self, octets: &[u8], is_last: bool, give: Give<'_>) -> io::Result<()> {
        match self {
            Self::Identity => give(octets),
            Self::Gzip(decoder) => octets.chunks(STEP).try_for_each(|step| {
                decoder.write_all(step)?;
                decoder.flush()?;
                give(&std::mem::take(decoder.get_mut()))
            }),
            Self::Deflate(decoder) => octets.chunks(STEP).try_for_each(|step| {
                decoder.write_all(step)?;
                decoder.flush()?;
                give(&std::mem::take(decoder.get_mut()))
            }),
            Self::Brotli(state) => brotli(state, octets, give),
            Self::Zstd { decoder, pending, is_started } => {
                pending.extend_from_slice(octets);
                zstd(decoder, pending, is_started, is_last, give)
            }
        }
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn brotli(state: &mut Brotli, octets: &[u8], give: Give<'_>) -> io::Result<()> {
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
            BrotliResult::NeedsMoreInput | BrotliResult::ResultSuccess => return Ok(()),
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
            decoder.decode_blocks(&mut rest, strategy).map_err(|error| broken(&error.to_string()))?;
            *is_started = !decoder.is_finished();
            let mut decoded = Vec::new();
            decoder.collect_to_writer(&mut decoded)?;
            give(&decoded)?;
        } else {
            decoder.reset(&mut rest).map_err(|error| broken(&error.to_string()))?;
            *is_started = true;
        }
        let used = pending.len().saturating_sub(rest.len());
        pending.drain(..used);
    }
}
