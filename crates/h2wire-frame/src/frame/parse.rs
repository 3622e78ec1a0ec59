//! From bytes to a frame: the header, the rules it decides, the payload.

use crate::frame::table::shape_of;
use crate::frame::unknown;
use crate::shape::Shape;
use crate::{Frame, FrameError, FrameHeader, FrameRule, FrameType, PayloadLength, Progress};

/// What a receiver accepts.
///
/// ```
/// use h2wire_frame::{ParseOptions, PayloadLength};
///
/// let options = ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::MAX);
/// assert!(options.extensions);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ParseOptions {
    /// The longest payload accepted: the `SETTINGS_MAX_FRAME_SIZE` that this endpoint announced. Default 16,384.
    /// Smaller values violate RFC 9113 §6.5.2; constrained devices may accept that.
    pub max_frame_size: PayloadLength,
    /// Whether `PRIORITY_UPDATE` (RFC 9218) is checked. If not it is an unknown frame, which cannot be wrong. Default on.
    /// ALTSVC and ORIGIN are always accepted: their RFCs say to ignore what is invalid.
    pub extensions: bool,
}

impl ParseOptions {
    /// The defaults.
    pub const DEFAULT: Self =
        Self { max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE, extensions: true };

    /// The same options with another [`max_frame_size`](Self::max_frame_size).
    #[must_use]
    pub const fn with_max_frame_size(self, max_frame_size: PayloadLength) -> Self {
        Self { max_frame_size, ..self }
    }

    /// The same options with [`extensions`](Self::extensions) on or off.
    #[must_use]
    pub const fn with_extensions(self, extensions: bool) -> Self {
        Self { extensions, ..self }
    }
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<'a> Frame<&'a [u8]> {
    /// Parses the frame that `input` starts with. Its payload is borrowed from `input`.
    ///
    /// The header alone decides whether the payload is waited for: a frame that is too long or on a wrong stream is refused
    /// at its ninth byte. Rules about the order of frames need state; the readers of the `h2wire` crate keep it.
    ///
    /// # Errors
    /// [`FrameError`], the first rule that the frame breaks. After a stream error skip the whole frame: 9 bytes and
    /// [`FrameHeader::length`].
    #[inline(always)]
    pub fn parse(
        input: &'a [u8],
        options: &ParseOptions,
    ) -> Result<Progress<(FrameHeader, Self)>, FrameError> {
        let Some((header, rest)) = input.split_first_chunk() else {
            return Ok(Progress::Needed(FrameHeader::LEN.saturating_sub(input.len())));
        };
        let header = FrameHeader::parse(header);
        // One jump by type, after which the compiler knows what the shape says: for the types that come often.
        let frame = match header.frame_type {
            FrameType::DATA => Self::parse_rest(FrameType::DATA, &header, rest, options),
            FrameType::HEADERS => Self::parse_rest(FrameType::HEADERS, &header, rest, options),
            FrameType::RST_STREAM => Self::parse_rest(FrameType::RST_STREAM, &header, rest, options),
            FrameType::SETTINGS => Self::parse_rest(FrameType::SETTINGS, &header, rest, options),
            FrameType::PING => Self::parse_rest(FrameType::PING, &header, rest, options),
            FrameType::WINDOW_UPDATE => Self::parse_rest(FrameType::WINDOW_UPDATE, &header, rest, options),
            frame_type => Self::parse_rest(frame_type, &header, rest, options),
        };
        let length = header.length.to_usize();
        match frame {
            Ok(Some(frame)) => Ok(Progress::Item {
                item: (header, frame),
                consumed: length.saturating_add(FrameHeader::LEN),
            }),
            Ok(None) => Ok(Progress::Needed(length.saturating_sub(rest.len()))),
            Err(error) => Err(error),
        }
    }

    /// `None` if bytes are missing. The header is not returned: where several places had made one, it would go through memory.
    #[inline(always)]
    fn parse_rest(
        frame_type: FrameType,
        header: &FrameHeader,
        rest: &'a [u8],
        options: &ParseOptions,
    ) -> Result<Option<Self>, FrameError> {
        let header = FrameHeader { frame_type, ..*header };
        let shape = header.check_shape(options)?;
        match rest.split_at_checked(header.length.to_usize()) {
            None => Ok(None),
            Some((payload, _)) => Self::dispatch(&header, shape, payload, |frame| Ok(Some(frame)), Err),
        }
    }
}

impl FrameHeader {
    /// Checks the rules that need no payload, in this order: length limit (§4.2), stream, fixed length.
    ///
    /// A frame is refused here before any of its payload is waited for or stored.
    #[inline(always)]
    pub fn check(self, options: &ParseOptions) -> Result<CheckedHeader, FrameError> {
        let shape = self.check_shape(options)?;
        Ok(CheckedHeader { header: self, shape })
    }

    /// The shape of the type, once they are found to hold. A thin result: a wider one goes through memory.
    #[inline(always)]
    pub(crate) fn check_shape(&self, options: &ParseOptions) -> Result<&'static Shape, FrameError> {
        // §4.2
        if self.length > options.max_frame_size {
            return Err(FrameError::connection(FrameRule::FrameLengthLimit));
        }
        let shape = shape_of(self.frame_type).unwrap_or(&unknown::SHAPE);
        let shape = if options.extensions || !shape.is_extension { shape } else { &unknown::SHAPE };
        shape.stream.check(self)?;
        shape.length.check(self, self.flags & shape.flags)?;
        Ok(shape)
    }
}

/// A header that passed [`FrameHeader::check`]: its payload can be parsed.
#[derive(Clone, Copy, Debug)]
pub struct CheckedHeader {
    header: FrameHeader,
    shape: &'static Shape,
}

impl CheckedHeader {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> FrameHeader {
        self.header
    }

    /// Parses the payload from `octets`, which start right after the header and may continue after the frame.
    ///
    /// `None` until all `header.length` bytes are there.
    #[inline(always)]
    pub fn parse<'a>(&self, octets: &'a [u8]) -> Result<Option<Frame<&'a [u8]>>, FrameError> {
        self.parse_with(octets, |_| Ok(None), |frame| Ok(Some(frame)), Err)
    }

    /// As [`parse`](Self::parse), but builds the result in place from the number of missing bytes, the frame, or the error.
    ///
    /// This is for callers that embed the frame in a type of their own: moving a frame takes as long as parsing it.
    #[inline(always)]
    pub fn parse_with<'a, R>(
        &self,
        octets: &'a [u8],
        needed: impl FnOnce(usize) -> R,
        ok: impl FnOnce(Frame<&'a [u8]>) -> R,
        err: impl FnOnce(FrameError) -> R,
    ) -> R {
        let length = self.header.length.to_usize();
        match octets.split_at_checked(length) {
            None => needed(length.saturating_sub(octets.len())),
            Some((payload, _)) => Frame::dispatch(&self.header, self.shape, payload, ok, err),
        }
    }

    /// Bytes at the start of the payload that [`parse_fields`](Self::parse_fields) has to see: at most 8. `None` for frames
    /// that cannot be read in pieces: PRIORITY, `RST_STREAM`, SETTINGS, PING, `WINDOW_UPDATE`.
    #[must_use]
    pub fn fields_len(&self) -> Option<usize> {
        let len = self.shape.length.fields_len(self.header.flags & self.shape.flags)?;
        usize::try_from(len).ok()
    }

    /// Reads the fields before a payload that comes in pieces, from the first [`fields_len`](Self::fields_len) bytes.
    /// `B` is the number of bytes in the payload; padding follows them.
    ///
    /// This is for devices that cannot hold a whole frame. A `PRIORITY_UPDATE` is an unknown frame, whose payload includes the
    /// fields. Returns `None` if bytes are missing, or where `fields_len` is `None`.
    pub fn parse_fields(&self, octets: &[u8]) -> Result<Option<Frame<usize>>, FrameError> {
        match self.fields_len().and_then(|len| octets.get(..len)) {
            Some(octets) => Frame::dispatch_fields(&self.header, self.shape, octets),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_limit_is_the_first_rule_and_inclusive() {
        let at = |length: u32| {
            let [_, l0, l1, l2] = length.to_be_bytes();
            // A PING on stream 1 whose length is wrong: three rules broken when it is also too long.
            FrameHeader::parse(&[l0, l1, l2, 6, 0, 0, 0, 0, 1]).check(&ParseOptions::default())
        };
        assert_eq!(at(16_384).unwrap_err().rule, FrameRule::PingStreamId);
        assert_eq!(at(16_385).unwrap_err().rule, FrameRule::FrameLengthLimit);
    }
}
