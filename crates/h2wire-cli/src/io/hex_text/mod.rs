//! Hexadecimal text: two digits per byte, white space anywhere, comments from `#` to the end of the line.

use std::io::{self, BufRead, BufReader, Read};

/// Reads the bytes that the text describes.
pub(crate) struct HexText<R> {
    text: BufReader<R>,
    line: u64,
    column: u64,
    in_comment: bool,
    /// The first digit of a byte, and where it stands.
    half: Option<(u8, u64, u64)>,
    /// Reported after the bytes before it.
    error: Option<String>,
}

impl<R: Read> HexText<R> {
    pub(crate) fn new(text: R) -> Self {
        let text = BufReader::with_capacity(64 * 1024, text);
        Self { text, line: 1, column: 0, in_comment: false, half: None, error: None }
    }

    /// The byte that ends with this character of the text, if one does.
    fn take(&mut self, character: u8) -> Result<Option<u8>, String> {
        self.column = self.column.saturating_add(1);
        if character == b'\n' {
            (self.line, self.column, self.in_comment) = (self.line.saturating_add(1), 0, false);
            return Ok(None);
        }
        if self.in_comment || character.is_ascii_whitespace() {
            return Ok(None);
        }
        if character == b'#' {
            self.in_comment = true;
            return Ok(None);
        }
        let mut octet = [0];
        match self.half.take() {
            None => {
                hex::decode_to_slice([b'0', character], &mut octet).map_err(|_| self.no_digit(character))?;
                self.half = Some((character, self.line, self.column));
                Ok(None)
            }
            Some((first, ..)) => {
                hex::decode_to_slice([first, character], &mut octet).map_err(|_| self.no_digit(character))?;
                Ok(Some(octet[0]))
            }
        }
    }

    fn no_digit(&self, character: u8) -> String {
        format!(
            "line {}, column {}: {:?} is not a hexadecimal digit",
            self.line,
            self.column,
            char::from(character)
        )
    }
}

impl<R: Read> Read for HexText<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut written: usize = 0;
        let mut free = buf.iter_mut();
        while written == 0 && self.error.is_none() {
            let text = self.text.fill_buf()?.to_vec();
            if text.is_empty() {
                if let Some((_, line, column)) = self.half.take() {
                    self.error = Some(format!(
                        "line {line}, column {column}: the second hexadecimal digit of a byte is missing"
                    ));
                }
                break;
            }
            let mut used: usize = 0;
            for character in &text {
                if free.len() == 0 {
                    break;
                }
                used = used.saturating_add(1);
                match self.take(*character) {
                    Ok(None) => {}
                    Ok(Some(octet)) => {
                        if let Some(place) = free.next() {
                            *place = octet;
                        }
                        written = written.saturating_add(1);
                    }
                    Err(error) => {
                        self.error = Some(error);
                        break;
                    }
                }
            }
            self.text.consume(used);
        }
        match self.error.take() {
            Some(error) if written == 0 => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            error => {
                self.error = error;
                Ok(written)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<u8>, Option<String>) {
        let mut octets = Vec::new();
        let error = HexText::new(text.as_bytes()).read_to_end(&mut octets).err();
        (octets, error.map(|error| error.to_string()))
    }

    #[test]
    fn white_space_and_comments_do_not_count() {
        assert_eq!(read("00 0a\n# 11\nF f#22\r\n\t0 1"), (vec![0, 0x0a, 0xff, 1], None));
    }

    #[test]
    fn what_came_before_an_error_is_kept() {
        let (octets, error) = read("0102\n03 x4");
        assert_eq!(octets, [1, 2, 3]);
        assert_eq!(error.unwrap(), "line 2, column 4: 'x' is not a hexadecimal digit");
        let (octets, error) = read("0102 3\n # end");
        assert_eq!(octets, [1, 2]);
        assert_eq!(error.unwrap(), "line 1, column 6: the second hexadecimal digit of a byte is missing");
    }
}
