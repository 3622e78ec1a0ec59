//! A JSON object as a line in which nothing is hidden.

use std::io::{self, Write};

use serde_json::Value;

use crate::hidden::is_hidden;

/// Writes the object and the end of its line. Characters that text does not show as they are, such as those that change its
/// direction, are escaped: they are the same to a parser.
pub(crate) fn write_line(out: &mut (impl Write + ?Sized), object: &Value) -> io::Result<()> {
    serde_json::to_writer(Shown(&mut *out), object)?;
    out.write_all(b"\n")
}

/// Outside of strings JSON is ASCII, and characters come whole.
struct Shown<'a, W: ?Sized>(&'a mut W);

impl<W: Write + ?Sized> Write for Shown<'_, W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.write_all(octets)?;
        Ok(octets.len())
    }

    fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        const DELETE: u8 = 0x7f;
        let is_plain = octets.iter().all(|octet| *octet < DELETE);
        let Some(text) = Some(octets).filter(|_| !is_plain).and_then(|octets| str::from_utf8(octets).ok())
        else {
            return self.0.write_all(octets);
        };
        let mut shown = String::with_capacity(text.len());
        for character in text.chars() {
            if is_hidden(character) {
                let mut units = [0; 2];
                let units = character.encode_utf16(&mut units).iter();
                shown.extend(units.map(|unit| format!("\\u{unit:04x}")));
            } else {
                shown.push(character);
            }
        }
        self.0.write_all(shown.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_hidden_is_escaped_and_the_same() {
        let object = json!({"a\u{202e}b": "\u{200b}é e\u{301} \u{7f}\u{9b}\u{feff}\u{e0041}日本\u{2066}\"\\\n\u{1b}😀"});
        let mut line = Vec::new();
        write_line(&mut line, &object).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert_eq!(
            line,
            "{\"a\\u202eb\":\"\\u200bé e\u{301} \\u007f\\u009b\\ufeff\\udb40\\udc41日本\\u2066\\\"\\\\\\n\\u001b😀\"}\n"
        );
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), object);
    }
}
