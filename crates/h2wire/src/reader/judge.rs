//! What a frame's type alone does not decide: all rules, in their order, out of line.

use h2wire_frame::{Frame, FrameHeader, Settings};

use super::FrameReader;
use super::frames::{FramesStage, Judged, Opened};
use crate::ConnectionError;
use crate::receive::{Announced, Refused, Start};

impl FrameReader {
    /// Decides whether the connection starts with the preface, a frame, or another protocol. §3.4
    #[cold]
    #[inline(never)]
    pub(super) fn open(&mut self, input: &[u8]) -> Opened {
        match self.stage {
            FramesStage::Frames => Opened::Frame,
            FramesStage::Opening => match self.start(input) {
                Start::Preface => {
                    self.consume(Start::MAX_LEN);
                    Opened::Preface
                }
                Start::Needed(_) => Opened::Needed,
                Start::Broken(rule) => Opened::Failed(self.fail(ConnectionError::frame(rule))),
                Start::Frame => Opened::Frame,
            },
            FramesStage::Failed(error) => Opened::Failed(error),
        }
    }

    /// Judges a frame that breaks a rule, is not there as a whole, or is not [plain](Self::is_plain), and does what follows from it.
    #[cold]
    #[inline(never)]
    pub(super) fn judge(&mut self, input: &[u8]) -> Judged {
        let Some((header, rest)) = input.split_first_chunk() else {
            return Judged::Needed(FrameHeader::LEN.saturating_sub(input.len()));
        };
        let header = FrameHeader::parse(header);
        let length = header.length.to_usize();
        let checked = match &self.order {
            Some(order) => order.check(&header, &self.options),
            None => header.check(&self.options).map_err(Refused::from),
        };
        let refused = match checked.map(|checked| checked.parse(rest)) {
            Ok(Ok(Some(frame))) => match self.accept(&header, &frame) {
                Ok(()) => return Judged::Frame,
                Err(error) => Refused::Connection(error),
            },
            Ok(Ok(None)) => return Judged::Needed(length.saturating_sub(rest.len())),
            Ok(Err(error)) => error.into(),
            Err(refused) => refused,
        };
        match (refused, length.checked_sub(rest.len())) {
            (Refused::Connection(error), _) => Judged::Failed(self.fail(error)),
            // It is known at once, but reported when the whole frame can be skipped.
            (Refused::Stream(_), Some(missing @ 1..)) => Judged::Needed(missing),
            (Refused::Stream(error), _) => {
                let consumed = length.saturating_add(FrameHeader::LEN);
                self.consume(consumed);
                Judged::Skipped { header, error, consumed }
            }
        }
    }

    /// Accepts a frame whose header was checked, if its content is allowed.
    fn accept(&mut self, header: &FrameHeader, frame: &Frame<&[u8]>) -> Result<(), ConnectionError> {
        if let Some(order) = &mut self.order {
            order.accept(header, frame)?;
        }
        self.stage = FramesStage::Frames;
        if *frame == Frame::Settings(Settings::Ack) {
            self.announce(Announced::acknowledge);
        }
        Ok(())
    }

    fn fail(&mut self, error: ConnectionError) -> ConnectionError {
        self.stage = FramesStage::Failed(error);
        error
    }
}
