//! Digits, two for a byte, with anything between bytes that people put there.

/// Where reading is, between two parts of the text.
pub(super) struct Plain {
    line: u64,
    column: u64,
    in_comment: bool,
    /// The first digit of a byte, and where it stands.
    half: Option<(u8, u64, u64)>,
    /// How many digits have come since `0x` or `\x`.
    prefixed: Option<u64>,
    /// After a backslash.
    is_escape: bool,
    /// After a slash.
    is_slash: bool,
}

impl Plain {
    pub(super) const fn at_line(line: u64) -> Self {
        Self {
            line,
            column: 0,
            in_comment: false,
            half: None,
            prefixed: None,
            is_escape: false,
            is_slash: false,
        }
    }

    /// Reads a part of the text; what came before an error is read.
    pub(super) fn take(&mut self, text: &[u8], octets: &mut Vec<u8>) -> Result<(), String> {
        for character in text {
            self.column = self.column.saturating_add(1);
            if *character == b'\n' {
                self.separate(octets)?;
                (self.line, self.column, self.in_comment) = (self.line.saturating_add(1), 0, false);
                self.is_escape = false;
            } else if !self.in_comment {
                self.character(*character, octets)?;
            }
        }
        Ok(())
    }

    /// The end of the text.
    pub(super) fn finish(&mut self, octets: &mut Vec<u8>) -> Result<(), String> {
        self.separate(octets)?;
        self.whole()
    }

    fn whole(&mut self) -> Result<(), String> {
        match self.half.take() {
            None => Ok(()),
            Some((_, line, column)) => Err(format!(
                "line {line}, column {column}: the second hexadecimal digit of a byte is missing"
            )),
        }
    }

    fn character(&mut self, character: u8, octets: &mut Vec<u8>) -> Result<(), String> {
        if std::mem::take(&mut self.is_slash) {
            self.in_comment = character == b'/';
            return if self.in_comment { Ok(()) } else { Err(self.no_digit(b'/')) };
        }
        if std::mem::take(&mut self.is_escape) && !character.is_ascii_whitespace() {
            self.prefixed = Some(0);
            return if character == b'x' { Ok(()) } else { Err(self.no_digit(character)) };
        }
        match character {
            b'#' => {
                self.separate(octets)?;
                self.in_comment = true;
            }
            b',' | b':' | b';' | b'-' => self.separate(octets)?,
            _ if character.is_ascii_whitespace() => self.separate(octets)?,
            b'\\' => {
                self.separate(octets)?;
                self.is_escape = true;
            }
            b'/' => {
                self.separate(octets)?;
                self.is_slash = true;
            }
            b'x' | b'X' if self.half.is_some_and(|(digit, ..)| digit == b'0') => {
                (self.half, self.prefixed) = (None, Some(0));
            }
            _ => self.digit(character, octets)?,
        }
        Ok(())
    }

    fn digit(&mut self, character: u8, octets: &mut Vec<u8>) -> Result<(), String> {
        let (first, is_second) = self.half.map_or((b'0', false), |(first, ..)| (first, true));
        let mut octet = [0];
        hex::decode_to_slice([first, character], &mut octet).map_err(|_| self.no_digit(character))?;
        self.prefixed = self.prefixed.map(|digits| digits.saturating_add(1));
        if is_second {
            self.half = None;
            octets.extend(octet);
        } else {
            self.half = Some((character, self.line, self.column));
        }
        Ok(())
    }

    /// Something that is no digit: `0x5` ends with it.
    fn separate(&mut self, octets: &mut Vec<u8>) -> Result<(), String> {
        match (self.prefixed.take(), self.half) {
            (Some(1), Some((digit, ..))) => {
                self.half = None;
                let mut octet = [0];
                hex::decode_to_slice([b'0', digit], &mut octet).map_err(|_| self.no_digit(digit))?;
                octets.extend(octet);
                Ok(())
            }
            (Some(_), Some(_)) => self.whole(),
            _ => Ok(()),
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
