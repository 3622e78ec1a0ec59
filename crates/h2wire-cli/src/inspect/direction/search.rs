//! Looks for the start of a frame.

use h2wire::frame::{FrameHeader, PREFACE, ParseOptions, Resync, resync};

/// Bytes that are kept while a frame is looked for: a few of the usual size.
pub(crate) const MOST_SEARCHED: usize = 96 * 1024;

/// What the next bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Frames,
    /// The rest of a frame of which bytes are missing: this many.
    Rest(FrameHeader, u64),
    /// It is not known. This many bytes were passed over.
    Search(u64),
}

/// Where a frame starts.
pub(super) enum Found {
    Preface(u64),
    At(u64),
    /// Not before this place; later ones may be starts.
    NotBefore(u64),
}

/// Looks for the start of a frame. Segments often end with a frame, which is as good as more frames.
pub(super) fn find_frames(octets: &[u8], options: &ParseOptions) -> Found {
    if let Some(start) = octets.windows(PREFACE.len()).position(|window| window == PREFACE) {
        return Found::Preface(len_u64(start));
    }
    match resync(octets, options) {
        Resync::At(start) => Found::At(len_u64(start)),
        Resync::Perhaps(start) if ends_with_a_frame(octets.get(start..).unwrap_or_default()) => {
            Found::At(len_u64(start))
        }
        Resync::Perhaps(_) => Found::NotBefore(len_u64(octets.len().saturating_sub(MOST_SEARCHED))),
        _ => Found::NotBefore(len_u64(octets.len().saturating_sub(FrameHeader::LEN.saturating_sub(1)))),
    }
}

/// Where bytes from the middle of a connection have frames, if they look like that. One frame that ends them is not enough,
/// unless it starts them too.
pub(crate) fn has_frames(octets: &[u8]) -> Option<usize> {
    match find_frames(octets, &ParseOptions::DEFAULT) {
        Found::Preface(start) => usize::try_from(start).ok(),
        Found::At(start) => {
            let start = usize::try_from(start).ok()?;
            let (frames, _) = after_frames(octets.get(start..).unwrap_or_default());
            (start == 0 || frames > 1).then_some(start)
        }
        Found::NotBefore(_) => None,
    }
}

fn ends_with_a_frame(octets: &[u8]) -> bool {
    let (frames, rest) = after_frames(octets);
    frames > 0 && rest.is_empty()
}

/// The number of complete frames, and what follows them.
pub(super) fn after_frames(mut octets: &[u8]) -> (usize, &[u8]) {
    let mut frames = 0_usize;
    while let Some(header) = octets.first_chunk().map(FrameHeader::parse) {
        let end = FrameHeader::LEN.saturating_add(header.length.to_usize());
        let Some(rest) = octets.get(end..) else { break };
        octets = rest;
        frames = frames.saturating_add(1);
    }
    (frames, octets)
}

pub(super) fn len_of(header: &FrameHeader) -> u64 {
    len_u64(FrameHeader::LEN.saturating_add(header.length.to_usize()))
}

pub(super) fn len_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
