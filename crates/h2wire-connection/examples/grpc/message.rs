//! What gRPC adds to HTTP/2: messages with a length, and a status in the trailers. <https://grpc.io> has it in `PROTOCOL-HTTP2.md`.

use std::fmt::{self, Write};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use h2wire::FieldList;
use h2wire_connection::driver::{Error, Incoming};

/// The longest message that is taken, as in other implementations.
const LONGEST: usize = 4 << 20;

/// A flag and a length come before each message.
const PREFIX: usize = 5;

pub const CONTENT_TYPE: &str = "application/grpc";

/// How a call has ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    pub code: u32,
    pub message: String,
}

impl Status {
    pub const OK: u32 = 0;
    pub const CANCELLED: u32 = 1;
    pub const UNKNOWN: u32 = 2;
    pub const DEADLINE_EXCEEDED: u32 = 4;
    pub const RESOURCE_EXHAUSTED: u32 = 8;
    pub const UNIMPLEMENTED: u32 = 12;
    pub const INTERNAL: u32 = 13;
    pub const UNAVAILABLE: u32 = 14;

    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The status in trailers, or in a head that says all. `None` if there is none.
    pub fn from_fields(fields: &FieldList) -> Option<Self> {
        let code = str::from_utf8(fields.get(b"grpc-status")?).ok().and_then(|code| code.parse().ok());
        let message = decode(fields.get(b"grpc-message").unwrap_or_default());
        Some(Self::new(code.unwrap_or(Self::UNKNOWN), message))
    }

    /// `grpc-message` has only what is printable. The rest is percent-encoded.
    pub fn encoded_message(&self) -> String {
        let mut encoded = String::new();
        for byte in self.message.bytes() {
            match byte {
                b'%' => encoded.push_str("%25"),
                b' '..=b'~' => encoded.push(char::from(byte)),
                _ => {
                    // A string takes all that is written to it.
                    let _ = write!(encoded, "%{byte:02X}");
                }
            }
        }
        encoded
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "grpc-status {}: {}", self.code, self.message)
    }
}

impl std::error::Error for Status {}

/// What is not valid stands for itself.
fn decode(encoded: &[u8]) -> String {
    let mut decoded = Vec::new();
    let mut rest = encoded;
    while let Some((byte, after)) = rest.split_first() {
        let digit =
            |at: usize| char::from(*after.get(at)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if let (b'%', Some(high), Some(low)) = (byte, digit(0), digit(1)) {
            decoded.push(high << 4 | low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            decoded.push(*byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A message as content, not compressed.
pub fn frame(message: &[u8]) -> Result<Bytes, Status> {
    let too_long = |_| Status::new(Status::RESOURCE_EXHAUSTED, "the message is too long");
    let len = u32::try_from(message.len()).map_err(too_long)?;
    let mut content = BytesMut::with_capacity(message.len().saturating_add(PREFIX));
    content.put_u8(0);
    content.put_u32(len);
    content.put_slice(message);
    Ok(content.freeze())
}

/// The one message of a unary call, or why there is none.
pub async fn read(body: &mut Incoming) -> Result<Result<Bytes, Status>, Error> {
    let mut content = BytesMut::new();
    while let Some(data) = body.data().await? {
        content.extend_from_slice(&data);
        if content.len() > LONGEST.saturating_add(PREFIX) {
            return Ok(Err(Status::new(Status::RESOURCE_EXHAUSTED, "the message is longer than 4 MiB")));
        }
    }
    Ok(message(content.freeze()))
}

fn message(mut content: Bytes) -> Result<Bytes, Status> {
    let internal = |text: &str| Err(Status::new(Status::INTERNAL, text));
    let Some((prefix, rest)) = content.split_first_chunk::<PREFIX>() else {
        return internal("a call has one message, and there is none");
    };
    let [flag, len @ ..] = *prefix;
    if flag == 1 {
        return Err(Status::new(Status::UNIMPLEMENTED, "messages are not compressed here"));
    }
    if flag != 0 {
        return internal("a message starts with 0 or 1");
    }
    match usize::try_from(u32::from_be_bytes(len)) {
        Ok(len) if len == rest.len() => Ok(content.split_off(PREFIX)),
        Ok(len) if len < rest.len() => internal("a call has one message, and there is more"),
        _ => internal("the message ends before its length"),
    }
}

/// The value of `grpc-timeout`: up to eight digits and a unit.
pub fn parse_timeout(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    if digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: u64 = str::from_utf8(digits).ok()?.parse().ok()?;
    Some(match unit {
        b'H' => Duration::from_secs(number.saturating_mul(3_600)),
        b'M' => Duration::from_secs(number.saturating_mul(60)),
        b'S' => Duration::from_secs(number),
        b'm' => Duration::from_millis(number),
        b'u' => Duration::from_micros(number),
        b'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_all_of_the_content() {
        assert_eq!(message(frame(b"abc").unwrap()).unwrap(), "abc");
        assert_eq!(message(frame(b"").unwrap()).unwrap(), "");
        for (content, code) in [
            (b"".as_slice(), Status::INTERNAL),
            (b"\0\0\0\0", Status::INTERNAL),
            (b"\0\0\0\0\x02a", Status::INTERNAL),
            (b"\0\0\0\0\x01ab", Status::INTERNAL),
            (b"\x01\0\0\0\x01a", Status::UNIMPLEMENTED),
            (b"\x02\0\0\0\x01a", Status::INTERNAL),
        ] {
            assert_eq!(message(Bytes::from_static(content)).unwrap_err().code, code, "{content:?}");
        }
    }

    #[test]
    fn texts_of_statuses_are_percent_encoded() {
        let status = Status::new(2, "50% of é\n");
        assert_eq!(status.encoded_message(), "50%25 of %C3%A9%0A");
        assert_eq!(decode(b"50%25 of %C3%A9%0A"), "50% of é\n");
        assert_eq!(decode(b"%, %2, %zz, %+1, %"), "%, %2, %zz, %+1, %");
    }

    #[test]
    fn timeouts() {
        for (value, timeout) in [
            ("1H", Some(Duration::from_secs(3_600))),
            ("2M", Some(Duration::from_secs(120))),
            ("99999999S", Some(Duration::from_secs(99_999_999))),
            ("100m", Some(Duration::from_millis(100))),
            ("5u", Some(Duration::from_micros(5))),
            ("5n", Some(Duration::from_nanos(5))),
            ("100000000S", None),
            ("S", None),
            ("", None),
            ("+1S", None),
            ("1s", None),
        ] {
            assert_eq!(parse_timeout(value.as_bytes()), timeout, "{value}");
        }
    }
}
