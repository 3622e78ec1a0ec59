//! HEADERS and DATA without anything special, in line.

use h2wire_frame::{Flags, Frame, FrameHeader, FrameType};

use super::FrameReader;
use super::frames::FramesStage;

impl FrameReader {
    /// Takes HEADERS that are in `input` as a whole, end their field block, and have neither padding nor priority. `None` is for all
    /// other frames and for those that break a rule, and has changed nothing.
    ///
    /// The rules are the same, but in line and with a type that the compiler knows: what is found stays in registers, where the way
    /// of all frames hands it on through memory, and the processor waits for it.
    #[inline(always)]
    pub(super) fn plain_headers<'i>(&mut self, input: &'i [u8]) -> Option<(FrameHeader, Frame<&'i [u8]>)> {
        const OTHER: Flags = Flags::PADDED.union(Flags::PRIORITY);
        const PLAIN: Flags = Flags(!OTHER.0);
        let (octets, rest) = input.split_first_chunk()?;
        let header = FrameHeader::parse(octets);
        let flags = header.flags;
        if header.frame_type != FrameType::HEADERS
            || !flags.contains(Flags::END_HEADERS)
            || flags & OTHER != Flags::NONE
        {
            return None;
        }
        // The same, as far as the compiler knows.
        let header = FrameHeader { frame_type: FrameType::HEADERS, flags: flags & PLAIN, ..header };
        self.take_plain(header, rest)
    }

    /// As [`plain_headers`](Self::plain_headers), for DATA.
    #[inline(always)]
    pub(super) fn plain_data<'i>(&mut self, input: &'i [u8]) -> Option<(FrameHeader, Frame<&'i [u8]>)> {
        const PLAIN: Flags = Flags(!Flags::PADDED.0);
        let (octets, rest) = input.split_first_chunk()?;
        let header = FrameHeader::parse(octets);
        if header.frame_type != FrameType::DATA || header.flags.contains(Flags::PADDED) {
            return None;
        }
        let header = FrameHeader { frame_type: FrameType::DATA, flags: header.flags & PLAIN, ..header };
        self.take_plain(header, rest)
    }

    /// The frame, if nothing is wrong with it and nothing follows from it.
    #[inline(always)]
    fn take_plain<'i>(
        &mut self,
        header: FrameHeader,
        rest: &'i [u8],
    ) -> Option<(FrameHeader, Frame<&'i [u8]>)> {
        if self.stage != FramesStage::Frames || !self.is_plain(&header) {
            return None;
        }
        let checked = header.check(&self.options).ok()?;
        let frame = checked.parse_with(rest, |_| None, Some, |_| None)?;
        self.consume(header.length.to_usize().saturating_add(FrameHeader::LEN));
        Some((header, frame))
    }
}
