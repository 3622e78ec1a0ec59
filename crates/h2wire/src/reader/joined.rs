//! Readers that join a connection under way, and go on after a hole or an error. For observers.

use alloc::vec::Vec;

use super::frames::{FrameReader, FramesStage};
use super::{Reader, ReaderError};
use crate::receive::{Announced, Order, Receiver};
use crate::{LimitIsZero, Limits, Role};

impl FrameReader {
    /// A reader that joins a connection under way, at the start of any frame. See [`Reader::joined`].
    ///
    /// # Errors
    /// [`LimitIsZero`] if a limit is 0.
    pub fn joined(role: Role, limits: &Limits) -> Result<Self, LimitIsZero> {
        let mut reader = Self::with_limits(role, limits)?;
        reader.rejoin(0);
        Ok(reader)
    }

    /// Goes on at the start of a frame, after a hole or an error. See [`Reader::rejoin`].
    pub fn rejoin(&mut self, lost: u64) {
        self.announce(Announced::lose);
        if let Some(order) = &mut self.order {
            Order::join(order);
        }
        self.stage = FramesStage::Frames;
        self.offset = self.offset.saturating_add(lost);
    }

    /// SETTINGS of the receiver, or acknowledgments of them, may have been missed. See [`Reader::settings_lost`].
    pub fn settings_lost(&mut self) {
        self.announce(Announced::lose);
    }
}

impl Reader<Vec<u8>> {
    /// A reader that joins a connection under way, at the start of any frame, and [observes](Self::observing) it. In other
    /// bytes [`resync`](h2wire_frame::resync) finds the start of a frame.
    ///
    /// - Neither preface nor SETTINGS are expected, and what may have been announced is allowed. That stays so, because an
    ///   acknowledgment may be of SETTINGS that were not seen.
    /// - CONTINUATION frames of a block whose start was not seen are [`Event::Frame`](crate::Event::Frame).
    /// - A field that refers to a table entry that was not seen is not [`known`](h2wire_hpack::Field::known), or its value
    ///   alone is. No field is wrong as long as every hole is reported
    ///   (`rejoin`, `lost`), and what is sent from now on is known. A section breaks no rule by such
    ///   fields; [`SectionEnd::unknown`](crate::SectionEnd::unknown) counts them.
    /// - Frames of any length are allowed too: bytes that are no frames may be waited for, up to 16 MiB.
    ///
    /// [`Limits::max_table_size`] must be no less than any table size that the connection may be using. Take
    /// [`Limits::observing`], as an observer refuses nothing that two endpoints agreed on.
    ///
    /// ```
    /// use h2wire::hpack::Known;
    /// use h2wire::{Event, FieldList, FieldStep, Limits, Progress, Reader, Role, SectionKind};
    ///
    /// // The end of somebody's block, and a request with an entry of the table that was not seen.
    /// let octets = b"\0\0\x01\x09\x04\0\0\0\x01\x82\0\0\x04\x01\x05\0\0\0\x03\x82\x86\x84\xbe";
    /// let mut reader = Reader::joined(Role::Server, &Limits::observing(65_536, 65_536))?;
    /// let mut rest = octets.as_slice();
    /// let mut list = FieldList::new();
    /// while let Progress::Item { item, consumed } = reader.read(rest)? {
    ///     rest = &rest[consumed..];
    ///     let Event::Fields { mut fields, .. } = item else { continue };
    ///     let FieldStep::SectionEnd(end) = fields.read_into(&mut list)? else { continue };
    ///     assert_eq!((end.kind, end.unknown), (Ok(SectionKind::Request), 1));
    /// }
    /// assert_eq!(list.get(b":method"), Some(b"GET".as_slice()));
    /// assert_eq!(list.iter().last().map(|field| field.known), Some(Known::Neither));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    pub fn joined(role: Role, limits: &Limits) -> Result<Self, ReaderError> {
        let frames = FrameReader::joined(role, limits)?;
        Ok(Self::with_parts(frames, Receiver::joined(role, limits)))
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Reader<M> {
    /// As [`joined`](Reader::joined), in your memory, whose contents do not matter. Needs the feature `alloc`, as all joining does: small devices
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

impl<M> Reader<M> {
    /// Goes on after a hole or an error, as a reader does that has [`joined`](Reader::joined) here: the next bytes must be
    /// the start of a frame. Everything before is forgotten: an error, an open field block, the table of HPACK, and what was
    /// announced. `lost` are the bytes since the last one that was consumed, for [`offset`](Self::offset). A frame with an error of
    /// HPACK is consumed, as [`rejoin_fields`](Self::rejoin_fields) says.
    ///
    /// Clear a list that holds the fields of an incomplete section. Only for observers: an endpoint must end the connection
    /// after an error.
    ///
    /// ```
    /// use h2wire::frame::{ParseOptions, Resync, resync};
    /// use h2wire::{Event, Limits, Progress, Reader, Role};
    ///
    /// let mut reader = Reader::joined(Role::Client, &Limits::observing(65_536, 65_536))?;
    /// let mut octets = b"\0\0\x01\x06\0\0\0\0\0x".to_vec(); // PING has 8 bytes
    /// let ping = b"\0\0\x08\x06\0\0\0\0\x0012345678";
    /// octets.extend(ping.repeat(3));
    /// assert!(reader.read(&octets).is_err());
    ///
    /// let Resync::At(start) = resync(&octets, &ParseOptions::DEFAULT) else { panic!("no frame") };
    /// reader.rejoin(start as u64);
    /// let Progress::Item { item: Event::Frame { header, .. }, .. } = reader.read(&octets[start..])? else {
    ///     panic!("no frame")
    /// };
    /// assert_eq!((header.length.get(), reader.offset()), (8, 27));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rejoin(&mut self, lost: u64) {
        self.collecting = false;
        self.receiver.join();
        self.frames.rejoin(lost);
    }

    /// SETTINGS of the receiver, which go the other way, may have been missed, or the peer's acknowledgment of them. From then on
    /// [`settings_sent`](Self::settings_sent) changes nothing, and what any SETTINGS may allow is allowed: frames of every size,
    /// pushes, and a table of every size that there is memory for. Fields and the table of HPACK are kept. RFC 9113 §6.5.3.
    ///
    /// Only for observers. [`rejoin`](Self::rejoin) does the same.
    pub fn settings_lost(&mut self) {
        self.frames.settings_lost();
    }

    /// Goes on after an error of HPACK, where it stands: the open field block and the table are forgotten. What is left of the
    /// block is [`Event::Frame`](crate::Event::Frame), and sections after it are those of a reader that has
    /// [`joined`](Reader::joined). After another error the reader stays failed.
    ///
    /// The frame with the error is consumed, though [`read_with`](Self::read_with) and [`read_message`](Self::read_message) have left
    /// it in the input: skip it. [`offset`](Self::offset) is its start before this call, and its end after it.
    ///
    /// Only for observers, which may have lost bytes without knowing.
    ///
    /// ```
    /// use h2wire::{Event, Limits, Progress, Reader, Role};
    ///
    /// // The index 0; then `:status: 200`.
    /// let octets = b"\0\0\x01\x01\x05\0\0\0\x01\x80\0\0\x01\x01\x05\0\0\0\x03\x88";
    /// let mut reader = Reader::joined(Role::Client, &Limits::observing(65_536, 65_536))?;
    /// reader.read(octets)?;
    /// let error = reader.read(&octets[10..]).unwrap_err();
    /// assert_eq!(error.rule.name(), "index_zero");
    ///
    /// reader.rejoin_fields();
    /// let Progress::Item { item: Event::Fields { mut fields, .. }, .. } = reader.read(&octets[10..])? else {
    ///     panic!("no fields")
    /// };
    /// println!("{:?}", fields.next()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rejoin_fields(&mut self) {
        self.collecting = false;
        self.receiver.forget_fields(true);
    }

    /// Goes on without fields, after an error of HPACK for example: frames of field blocks are [`Event::Frame`](crate::Event::Frame) from
    /// now on, and their order is checked as before. After another error the reader stays failed.
    /// [`rejoin_fields`](Self::rejoin_fields) turns fields on again.
    ///
    /// Only for observers.
    pub fn without_fields(&mut self) {
        self.collecting = false;
        self.receiver.forget_fields(false);
    }
}
