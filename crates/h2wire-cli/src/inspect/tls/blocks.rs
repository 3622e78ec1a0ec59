//! The blocks of secrets in a pcapng file, wherever they are.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const DECRYPTION_SECRETS: u32 = 10;
const TLS_KEY_LOG: u32 = 0x544c_534b;
/// Type and length of a block, and the length again at its end.
const FRAME_LEN: u32 = 12;
/// The longest block of secrets that is taken.
const LONGEST: u32 = 64 * 1024 * 1024;

/// Passes on the key logs in the file. Damage ends the search: the reader of its packets reports it.
pub(super) fn read(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let mut is_big_endian = false;
    loop {
        let (kind, octets) = (word(&mut file)?, word(&mut file)?);
        // The same in either byte order.
        if u32::from_le_bytes(kind) == SECTION_HEADER {
            let order = word(&mut file)?;
            is_big_endian = order == [0x1a, 0x2b, 0x3c, 0x4d];
            let len = number(octets, is_big_endian);
            pass_over(&mut file, len.saturating_sub(FRAME_LEN), 4)?;
            continue;
        }
        let (kind, len) = (number(kind, is_big_endian), number(octets, is_big_endian));
        let len = len.checked_sub(FRAME_LEN).ok_or(io::ErrorKind::InvalidData)?;
        if kind != DECRYPTION_SECRETS || len > LONGEST {
            pass_over(&mut file, len, 0)?;
            continue;
        }
        let (kind, used) = (word(&mut file)?, word(&mut file)?);
        let mut log = Vec::new();
        file.by_ref().take(len.saturating_sub(8).into()).read_to_end(&mut log)?;
        pass_over(&mut file, 0, 0)?;
        if number(kind, is_big_endian) == TLS_KEY_LOG {
            let used = usize::try_from(number(used, is_big_endian)).unwrap_or(usize::MAX);
            take(log.get(..used).unwrap_or(&log));
        }
    }
}

/// Passes over the rest of a body of which `read` bytes were read, and over the length after it.
fn pass_over(file: &mut BufReader<File>, body: u32, read: u32) -> io::Result<()> {
    file.seek_relative(i64::from(body.saturating_sub(read)).saturating_add(4))
}

fn word(file: &mut impl Read) -> io::Result<[u8; 4]> {
    let mut word = [0; 4];
    file.read_exact(&mut word)?;
    Ok(word)
}

const fn number(word: [u8; 4], is_big_endian: bool) -> u32 {
    if is_big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
}
