//! A connection under way, holes in it, and errors that an observer goes on after.

use alloc::vec::Vec;

use h2wire_frame::{FrameHeader, FrameType};

use super::{ChunkStage, ChunkedReader, Remaining};
use crate::receive::Receiver;
use crate::{Limits, ReaderError, Role};

/// Bytes that were lost took something with them: [`ChunkedReader::lost`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LostError {
    /// A frame that is yielded as a whole, or that had not started. The reader goes on after it. If it is one of a field block,
    /// so are its fields and the table of HPACK lost. If it is SETTINGS, tell the reader of the other direction with
    /// [`settings_lost`](ChunkedReader::settings_lost), and this one if it is an acknowledgment.
    #[error("the bytes belong to a frame that is needed as a whole: {0}")]
    Frame(FrameHeader),
    /// The fields of the open block and the table of HPACK. The reader goes on in the frame, as after
    /// [`rejoin_fields`](ChunkedReader::rejoin_fields).
    #[error("the bytes belong to a field block: its fields and the table of HPACK are lost")]
    Fields,
    /// The place of the next frame: the hole covers a frame header, or has one in it. The reader takes bytes and yields nothing
    /// until [`rejoin`](ChunkedReader::rejoin).
    #[error("it is not known where the next frame starts")]
    Position,
}

impl ChunkedReader<Vec<u8>> {
    /// As [`Reader::joined`](crate::Reader::joined). Frames of a field block that is not decoded are [`Chunk::Start`](crate::Chunk::Start)
    /// and [`Chunk::Payload`](crate::Chunk::Payload), as other frames are.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    pub fn joined(role: Role, limits: &Limits) -> Result<Self, ReaderError> {
        limits.check()?;
        let mut reader = Self::with_receiver(role, limits, Receiver::joined(role, limits));
        reader.rejoin(0);
        Ok(reader)
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> ChunkedReader<M> {
    /// As [`joined`](ChunkedReader::joined), in your memory, whose contents do not matter. Needs the feature `alloc`, as all joining does: small devices
    /// do without its code.
    ///
    /// # Errors
    /// [`ReaderError`] when a limit is 0 or the memory is less than [`Limits::memory_len`].
    pub fn joined_in(role: Role, limits: &Limits, memory: M) -> Result<Self, ReaderError> {
        let mut reader = Self::new_in(role, limits, memory)?;
        reader.rejoin(0);
        Ok(reader)
    }
}

impl<M> ChunkedReader<M> {
    /// Goes on after a hole or an error: the next bytes must be the start of a frame. `lost` are the bytes since the last one
    /// that was taken. See [`Reader::rejoin`](crate::Reader::rejoin).
    pub fn rejoin(&mut self, lost: u64) {
        self.gathered.offset = self.gathered.offset.saturating_add(lost);
        self.gathered.next_frame();
        self.stage = ChunkStage::Header;
        self.order.join();
        self.settings_lost();
        self.receiver.join();
    }

    /// As [`Reader::settings_lost`](crate::Reader::settings_lost).
    pub fn settings_lost(&mut self) {
        self.announced.lose();
        self.order.push_enabled = self.announced.push_enabled;
    }

    /// As [`Reader::rejoin_fields`](crate::Reader::rejoin_fields).
    pub fn rejoin_fields(&mut self) {
        self.forget_fields(true);
    }

    /// As [`Reader::without_fields`](crate::Reader::without_fields).
    pub fn without_fields(&mut self) {
        self.forget_fields(false);
    }

    fn forget_fields(&mut self, again: bool) {
        self.receiver.forget_fields(again);
        if let ChunkStage::Block(remaining, _) = self.stage {
            self.stage = ChunkStage::Payload(remaining);
        }
    }

    /// The next `octets` bytes are lost, and how many they are is known: a capture has a hole, for example. Where bytes are
    /// only passed on, in content, padding, and frames of unknown types, no frame is lost.
    ///
    /// Only for observers: an endpoint that has lost bytes must end the connection.
    ///
    /// [`offset`](Self::offset) counts them, and [`Chunk::Payload`](crate::Chunk::Payload) has fewer `missing` after them.
    ///
    /// ```
    /// use h2wire::{Chunk, ChunkedReader, Limits, Role};
    ///
    /// let mut reader = ChunkedReader::joined(Role::Client, &Limits::observing(65_536, 65_536))?;
    /// let mut content = Vec::new();
    /// let mut read = |reader: &mut ChunkedReader<Vec<u8>>, mut octets: &[u8]| {
    ///     while let Some(chunk) = reader.read(&mut octets)? {
    ///         if let Chunk::Payload { octets, missing } = chunk {
    ///             content.push((octets.to_vec(), missing));
    ///         }
    ///     }
    ///     Ok::<(), h2wire::ConnectionError>(())
    /// };
    /// read(&mut reader, b"\0\0\x0b\0\0\0\0\0\x01hello")?;
    /// reader.lost(4)?;
    /// read(&mut reader, b"ld\0\0\x01\0\0\0\0\0\x01!")?;
    /// assert_eq!(content, [(b"hello".to_vec(), 6), (b"ld".to_vec(), 0), (b"!".to_vec(), 0)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`LostError`] says what else is lost, and how to go on. After a connection error it is [`LostError::Position`]: the
    /// reader stays failed until [`rejoin`](Self::rejoin).
    pub fn lost(&mut self, octets: u64) -> Result<(), LostError> {
        if octets == 0 {
            return Ok(());
        }
        let frame_len = u64::try_from(self.gathered.frame_len).unwrap_or(u64::MAX);
        let rest = frame_len.saturating_sub(self.gathered.frame_taken);
        self.gathered.count(octets);
        let knows_end = !matches!(self.stage, ChunkStage::Opening | ChunkStage::Header | ChunkStage::Lost);
        let within = usize::try_from(octets).ok().filter(|_| octets <= rest && knows_end);
        let Some(octets) = within.filter(|_| self.receiver.failed().is_none()) else {
            return self.lose_position();
        };
        match &mut self.stage {
            ChunkStage::Held(_, remaining) | ChunkStage::Payload(remaining) => remaining.lose(octets),
            ChunkStage::Padding(missing) | ChunkStage::Skip(missing, ..) => {
                *missing = missing.saturating_sub(octets);
            }
            ChunkStage::Block(remaining, _) => {
                let loses_fields = remaining.missing > 0;
                remaining.lose(octets);
                if loses_fields {
                    self.stage = ChunkStage::Payload(*remaining);
                    self.receiver.lose_fields();
                    return Err(LostError::Fields);
                }
            }
            ChunkStage::Whole(checked) | ChunkStage::Fields(checked) => {
                let header = checked.header();
                return self.lose_frame(&header, usize::try_from(rest).unwrap_or(usize::MAX), octets);
            }
            ChunkStage::Opening | ChunkStage::Header | ChunkStage::Lost => {}
        }
        Ok(())
    }

    fn lose_position(&mut self) -> Result<(), LostError> {
        if self.receiver.failed().is_none() {
            self.stage = ChunkStage::Lost;
            self.gathered.next_frame();
            self.order.join();
        }
        Err(LostError::Position)
    }

    /// Gives up the frame that has started. `rest` bytes of it were missing, of which `octets` are lost.
    fn lose_frame(&mut self, header: &FrameHeader, rest: usize, octets: usize) -> Result<(), LostError> {
        self.stage = ChunkStage::Padding(rest.saturating_sub(octets));
        self.gathered.clear();
        self.order.record_once(header);
        if matches!(header.frame_type, FrameType::HEADERS | FrameType::PUSH_PROMISE | FrameType::CONTINUATION)
        {
            self.receiver.lose_fields();
        }
        Err(LostError::Frame(*header))
    }
}

impl Remaining {
    /// Bytes of the payload are lost, and then of the padding.
    const fn lose(&mut self, octets: usize) {
        let padding = octets.saturating_sub(self.missing);
        self.missing = self.missing.saturating_sub(octets);
        self.padding = self.padding.saturating_sub(padding);
    }
}
