//! `google.protobuf.StringValue`: a text as its first field. <https://protobuf.dev/programming-guides/encoding/>

/// Field 1, of the wire type that has a length.
const TAG: u8 = 1 << 3 | 2;

/// A text as a message. An empty text is not said.
pub fn encode(text: &str) -> Vec<u8> {
    let mut message = Vec::new();
    if text.is_empty() {
        return message;
    }
    message.push(TAG);
    let mut rest = text.len();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        message.push(if rest == 0 { low & 0x7f } else { low | 0x80 });
        if rest == 0 {
            break;
        }
    }
    message.extend_from_slice(text.as_bytes());
    message
}

/// The text of a message, if that has no other fields.
pub fn decode(message: &[u8]) -> Option<String> {
    let Some((tag, mut rest)) = message.split_first() else { return Some(String::new()) };
    let (mut len, mut shift) = (0_usize, 0_u32);
    loop {
        let (byte, after) = rest.split_first()?;
        rest = after;
        len |= usize::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 28)?;
        shift = shift.saturating_add(7);
        if byte & 0x80 == 0 {
            break;
        }
    }
    if *tag != TAG || rest.len() != len {
        return None;
    }
    String::from_utf8(rest.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        for len in [0, 1, 127, 128, 16_383, 16_384, 3_000_000] {
            let text = "a".repeat(len);
            assert_eq!(decode(&encode(&text)).as_ref(), Some(&text), "{len}");
        }
        assert_eq!(encode("hé"), b"\x0a\x03h\xc3\xa9");
        for broken in [
            b"\x0a".as_slice(),
            b"\x0a\x02a",
            b"\x0a\x01ab",
            b"\x12\x01a",
            b"\x0a\x01\xff",
            &[0x0a; 9],
            &[0xff; 20],
        ] {
            assert_eq!(decode(broken), None, "{broken:?}");
        }
    }
}
