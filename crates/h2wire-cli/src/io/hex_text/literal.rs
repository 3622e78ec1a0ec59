//! Strings and lists of bytes as programming languages write them.

/// Whether a line has the start of one.
pub(super) fn is_literal(line: &[u8]) -> bool {
    let line = line.split(|character| *character == b'#').next().unwrap_or_default();
    line.iter().any(|character| matches!(character, b'"' | b'\'' | b'[' | b'{'))
        // The text beside the bytes of a dump.
        && !line.first().is_some_and(u8::is_ascii_digit)
        // Markup.
        && !line.starts_with(b"<")
}

/// The bytes of all strings and lists. A string of digits alone is hexadecimal; numbers of a list without `0x` are decimal if
/// one has not two digits.
pub(super) fn read(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut rest = text;
    let mut words: Option<Vec<&[u8]>> = None;
    while let Some((character, after)) = rest.split_first() {
        rest = after;
        match character {
            b'/' if after.starts_with(b"/") => rest = skip_to(after, b"\n"),
            b'/' if after.starts_with(b"*") => rest = skip_to(after, b"*/"),
            b'#' => rest = skip_to(after, b"\n"),
            b'"' | b'\'' => {
                rest = string(*character, after, &mut octets)?;
                if rest.trim_ascii_start().starts_with(b":") {
                    return Err("an object with keys, such as JSON, and no literal of bytes".to_owned());
                }
            }
            b'[' | b'{' => words = Some(Vec::new()),
            b']' | b'}' => octets.extend(list(&words.take().unwrap_or_default())?),
            _ if is_word(character) => {
                let len = after.iter().position(|character| !is_word(character)).unwrap_or(after.len());
                let word = rest_from(text, rest)
                    .and_then(|at| text.get(at..at.saturating_add(len).saturating_add(1)));
                if let Some(words) = &mut words {
                    words.extend(word);
                }
                rest = after.get(len..).unwrap_or_default();
            }
            _ => {}
        }
    }
    if octets.is_empty() {
        return Err("no bytes in this text: neither a string nor a list of numbers".to_owned());
    }
    Ok(octets)
}

/// Where the character before the rest stands.
fn rest_from(text: &[u8], rest: &[u8]) -> Option<usize> {
    text.len().checked_sub(rest.len())?.checked_sub(1)
}

const fn is_word(character: &u8) -> bool {
    character.is_ascii_alphanumeric() || *character == b'_'
}

fn skip_to<'a>(text: &'a [u8], end: &[u8]) -> &'a [u8] {
    let at = text.windows(end.len()).position(|part| part == end);
    at.and_then(|at| text.get(at.saturating_add(end.len())..)).unwrap_or_default()
}

/// The bytes of a list; none if it is another, as the length in `[u8; 4]`.
fn list(words: &[&[u8]]) -> Result<Vec<u8>, String> {
    let texts = words.iter().map(|word| std::str::from_utf8(word).unwrap_or_default().replace('_', ""));
    let texts: Vec<String> = texts.collect();
    let is_prefixed = |text: &String| text.starts_with("0x") || text.starts_with("0X");
    let is_digit = |character: char| character.is_ascii_hexdigit();
    let is_list = texts.iter().any(is_prefixed)
        || texts.len() > 1 && texts.iter().all(|text| text.len() < 4 && text.chars().all(is_digit));
    if !is_list {
        return Ok(Vec::new());
    }
    let is_decimal = texts.iter().any(|text| text.len() != 2) && !texts.iter().any(is_prefixed);
    let octet = |text: &String| {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let number = match digits {
            Some(digits) => u8::from_str_radix(digits.strip_suffix("u8").unwrap_or(digits), 16),
            None if is_decimal || texts.iter().any(is_prefixed) => {
                text.strip_suffix("u8").unwrap_or(text).parse()
            }
            None => u8::from_str_radix(text, 16),
        };
        number.map_err(|_| format!("{text:?} is not a byte"))
    };
    texts.iter().map(octet).collect()
}

/// Reads a string up to its quote, and returns what follows.
fn string<'a>(quote: u8, text: &'a [u8], octets: &mut Vec<u8>) -> Result<&'a [u8], String> {
    let start = octets.len();
    let (mut rest, mut is_plain) = (text, true);
    loop {
        let (character, after) = rest.split_first().ok_or("a string has no end")?;
        rest = after;
        match character {
            _ if *character == quote => break,
            b'\\' => {
                is_plain = false;
                rest = escape(after, octets)?;
            }
            character => octets.push(*character),
        }
    }
    let digits: Vec<u8> =
        octets.iter().skip(start).filter(|octet| !octet.is_ascii_whitespace()).copied().collect();
    if let Some(decoded) = hex::decode(&digits).ok().filter(|decoded| is_plain && !decoded.is_empty()) {
        octets.truncate(start);
        octets.extend(decoded);
    }
    Ok(rest)
}

/// Reads what follows a backslash, and returns the rest.
fn escape<'a>(text: &'a [u8], octets: &mut Vec<u8>) -> Result<&'a [u8], String> {
    let number = |digits: Option<&'a [u8]>, radix| {
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let number = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        number.ok_or_else(|| "an escape in a string has no digits".to_owned())
    };
    let (character, after) = text.split_first().ok_or("a string has no end")?;
    let simple = match character {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'a' => 7,
        b'b' => 8,
        b'v' => 11,
        b'f' => 12,
        b'e' => 27,
        b'x' => {
            let octet = number(after.get(..2), 16)?;
            octets.extend(u8::try_from(octet));
            return Ok(after.get(2..).unwrap_or_default());
        }
        b'u' => {
            let braces = after.strip_prefix(b"{").and_then(|text| {
                let len = text.iter().position(|character| *character == b'}')?;
                Some((text.get(..len), text.get(len.saturating_add(1)..)))
            });
            let (digits, rest) = braces.unwrap_or((after.get(..4), after.get(4..)));
            let character =
                char::from_u32(number(digits, 16)?).ok_or("an escape in a string is no character")?;
            octets.extend(character.encode_utf8(&mut [0; 4]).bytes());
            return Ok(rest.unwrap_or_default());
        }
        b'0'..=b'7' => {
            let is_octal =
                text.get(..3).is_some_and(|digits| digits.iter().all(|digit| matches!(digit, b'0'..=b'7')));
            let len = if is_octal { 3 } else { 1 };
            octets.extend(u8::try_from(number(text.get(..len), 8)?));
            return Ok(text.get(len..).unwrap_or_default());
        }
        // Rust and C go on in the next line.
        b'\r' | b'\n' => return Ok(after.trim_ascii_start()),
        other => *other,
    };
    octets.push(simple);
    Ok(after)
}
