//! The pcap format of old Linux systems, whose packets have eight more bytes in their headers, as an ordinary one.

use std::io::{self, Read};

const MAGIC: u32 = 0xa1b2_cd34;
const ORDINARY: u32 = 0xa1b2_c3d4;
const FILE_HEADER: u64 = 24;
const PACKET_HEADER: usize = 16;
/// The interface, the protocol and the type of a packet.
const MORE: u64 = 8;

/// Whether a file with this start has this format.
pub(crate) fn is_modified_pcap(start: &[u8]) -> bool {
    start
        .first_chunk()
        .is_some_and(|magic| u32::from_be_bytes(*magic) == MAGIC || u32::from_le_bytes(*magic) == MAGIC)
}

/// Leaves out what packets of an ordinary file do not have.
pub(super) struct ModifiedPcap<R> {
    source: R,
    is_big_endian: bool,
    /// What comes next, before more is read: the magic number, the header of a packet.
    head: io::Cursor<Vec<u8>>,
    /// Bytes up to the next header.
    left: u64,
}

impl<R: Read> ModifiedPcap<R> {
    pub(super) fn new(mut source: R) -> io::Result<Self> {
        let mut magic = [0; 4];
        source.read_exact(&mut magic)?;
        let is_big_endian = u32::from_be_bytes(magic) == MAGIC;
        let ordinary = if is_big_endian { ORDINARY.to_be_bytes() } else { ORDINARY.to_le_bytes() };
        let left = FILE_HEADER.saturating_sub(4);
        Ok(Self { source, is_big_endian, head: io::Cursor::new(ordinary.to_vec()), left })
    }

    /// Reads the header of the next packet, or what there is of it.
    fn next_packet(&mut self) -> io::Result<()> {
        let mut header = Vec::with_capacity(PACKET_HEADER);
        let most = u64::try_from(PACKET_HEADER).unwrap_or(u64::MAX);
        self.source.by_ref().take(most).read_to_end(&mut header)?;
        if let Some(len) =
            header.get(8..12).and_then(<[u8]>::first_chunk).filter(|_| header.len() == PACKET_HEADER)
        {
            let len = if self.is_big_endian { u32::from_be_bytes(*len) } else { u32::from_le_bytes(*len) };
            self.left = len.into();
            io::copy(&mut self.source.by_ref().take(MORE), &mut io::sink())?;
        }
        self.head = io::Cursor::new(header);
        Ok(())
    }
}

impl<R: Read> Read for ModifiedPcap<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        match self.head.read(buf)? {
            0 => {}
            len => return Ok(len),
        }
        if self.left == 0 {
            self.next_packet()?;
            return self.head.read(buf);
        }
        let len = self.source.by_ref().take(self.left).read(buf)?;
        self.left = self.left.saturating_sub(u64::try_from(len).unwrap_or(u64::MAX));
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_those_of_an_ordinary_file() {
        for big in [false, true] {
            let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
            let packet = |content: &[u8], more: &[u8]| {
                let len = word(u32::try_from(content.len()).unwrap());
                [&word(1)[..], &word(2), &len, &len, more, content].concat()
            };
            let file = |magic, more: &[u8]| {
                [
                    &word(magic)[..],
                    &[7; 20],
                    &packet(b"ab", more),
                    &packet(b"", more),
                    &packet(&[9; 3000], more),
                ]
                .concat()
            };
            let (modified, ordinary) = (file(MAGIC, &[5; 8]), file(ORDINARY, &[]));
            assert!(is_modified_pcap(&modified) && !is_modified_pcap(&ordinary));
            let read = |octets: &[u8]| {
                let mut read = Vec::new();
                ModifiedPcap::new(octets).unwrap().read_to_end(&mut read).unwrap();
                read
            };
            assert_eq!(read(&modified), ordinary);
            // One that is cut off is cut off.
            for cut in 4..modified.len() {
                assert!(ordinary.starts_with(&read(&modified[..cut])), "{cut}");
            }
        }
    }
}
