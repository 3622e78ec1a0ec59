//! A health check of gRPC: its request, and what the answer says. The messages of `grpc.health.v1` are one field each, so they are
//! read and written here.

use h2wire::FieldList;
use serde_json::{Value, json};

use super::diagnosis::{Diagnosis, Phase};
use super::seen::Seen;
use crate::finding::Finding;
use crate::render::printable;

/// The method that is called.
pub(super) const PATH: &str = "/grpc.health.v1.Health/Check";

/// Names of `grpc-status`, by number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// `HealthCheckResponse.ServingStatus`, by number.
const SERVING: [&str; 4] = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/// `HealthCheckRequest` as a message of gRPC: not compressed, its length, the field `service = 1`.
pub(super) fn request(service: &str) -> Vec<u8> {
    let mut message = Vec::new();
    if !service.is_empty() {
        message.push(0x0a);
        let mut rest = service.len();
        while rest >= 0x80 {
            message.push(low_bits(rest) | 0x80);
            rest >>= 7;
        }
        message.push(low_bits(rest));
        message.extend_from_slice(service.as_bytes());
    }
    // The name is an argument of the command line.
    let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [[0].as_slice(), &len.to_be_bytes(), &message].concat()
}

fn low_bits(number: usize) -> u8 {
    let [low, ..] = number.to_le_bytes();
    low & 0x7f
}

/// What the server says of a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Health {
    service: String,
    /// The number of its status; `None` if no such message came.
    serving: Option<u64>,
    /// `grpc-status` and `grpc-message`, of the trailers or of a response without content.
    status: Option<u32>,
    message: Option<String>,
    content_type: Option<String>,
}

impl Health {
    /// Reads the response to a check of `service`.
    pub(super) fn of(seen: &Seen, service: &str) -> Self {
        let head = seen.response.as_ref().map(|(_, fields)| fields);
        let field = |name: &str| {
            let of = |fields: Option<&FieldList>| Some(fields?.get(name.as_bytes())?.to_vec());
            of(seen.trailers.as_ref()).or_else(|| of(head))
        };
        let text = |octets: Vec<u8>| printable(&octets);
        Self {
            service: service.to_owned(),
            serving: serving(&seen.content),
            status: field("grpc-status").and_then(|status| str::from_utf8(&status).ok()?.parse().ok()),
            message: field("grpc-message").map(|message| text(unescaped(&message))),
            content_type: field("content-type").map(text),
        }
    }

    /// The word for what the service does.
    pub(super) fn answer(&self) -> Option<String> {
        let number = self.serving?;
        let name = usize::try_from(number).ok().and_then(|index| SERVING.get(index));
        Some(name.map_or_else(|| format!("status {number}"), |name| (*name).to_owned()))
    }

    /// `grpc-status` with its name and `grpc-message`.
    pub(super) fn status(&self) -> Option<String> {
        let number = self.status?;
        let name = self.status_name().map_or(String::new(), |name| format!(" ({name})"));
        let message = self.message.as_ref().filter(|message| !message.is_empty());
        Some(format!("{number}{name}{}", message.map_or(String::new(), |message| format!(": {message}"))))
    }

    fn status_name(&self) -> Option<&'static str> {
        CODES.get(usize::try_from(self.status?).ok()?).copied()
    }

    pub(super) fn object(&self) -> Value {
        json!({
            "service": self.service,
            "serving_status": self.serving,
            "serving_name": self.serving.and_then(|number| SERVING.get(usize::try_from(number).ok()?)),
            "grpc_status": self.status,
            "grpc_status_name": self.status_name(),
            "grpc_message": self.message,
        })
    }

    /// The diagnosis of a response that is complete.
    pub(super) fn diagnosis(&self) -> Diagnosis {
        let service = match self.service.as_str() {
            "" => "the server".to_owned(),
            service => format!("the service {service}"),
        };
        let finding = |finding, summary: String| Diagnosis::new(Phase::Content, finding, summary);
        match (self.status, self.serving) {
            (Some(0), Some(1)) => {
                let summary = format!("gRPC works: {service} is SERVING");
                Diagnosis { remedy: None, ..finding(Finding::Http2, summary) }
            }
            (Some(0), Some(_)) => {
                let answer = self.answer().unwrap_or_default();
                finding(Finding::GrpcNotServing, format!("gRPC works, but {service} is {answer}"))
            }
            (Some(0), None) => {
                let summary = "the response has grpc-status 0, but no HealthCheckResponse that can be read";
                finding(Finding::NotGrpc, summary.to_owned())
            }
            (Some(code), _) => {
                let status = self.status().unwrap_or_default();
                let summary =
                    format!("gRPC works, but the check of {service} ended with grpc-status {status}");
                let failed = finding(Finding::GrpcFailed, summary);
                match code {
                    5 => failed.cause("the server knows no such service"),
                    12 => failed.cause("the server speaks gRPC and has no health service")
                        .remedy("add the health service of your gRPC library, such as tonic-health, grpc-health-checking or google.golang.org/grpc/health"),
                    _ => failed,
                }
            }
            (None, _) => {
                let seen = self.content_type.as_ref().map(|text| format!("content-type: {text}"));
                let summary = "HTTP/2 works, but the response has no grpc-status, so the server does not speak gRPC here";
                finding(Finding::NotGrpc, summary.to_owned()).seen(seen)
            }
        }
    }
}

/// The status in a `HealthCheckResponse`, if these bytes are a message of gRPC with one. The last field 1 counts; none is 0.
fn serving(content: &[u8]) -> Option<u64> {
    // Compression was not offered.
    let (0, rest) = content.split_first().map(|(flag, rest)| (*flag, rest))? else { return None };
    let (len, rest) = rest.split_first_chunk()?;
    let mut message = rest.get(..usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
    let mut status = 0;
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        let skipped = match tag & 7 {
            0 => {
                let value = varint(&mut message)?;
                if tag >> 3 == 1 {
                    status = value;
                }
                0
            }
            1 => 8,
            2 => usize::try_from(varint(&mut message)?).ok()?,
            5 => 4,
            _ => return None,
        };
        message = message.get(skipped..)?;
    }
    Some(status)
}

/// An integer of 7 bits in each byte, the lowest first.
fn varint(octets: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (octet, rest) = octets.split_first()?;
        *octets = rest;
        value |= u64::from(octet & 0x7f).wrapping_shl(shift);
        if octet & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// `grpc-message` without its percent-encoding.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::new(), text);
    while let Some((octet, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *octet == b'%').and_then(|digits| hex::decode(digits).ok());
        if let Some([code]) = code.as_deref() {
            plain.push(*code);
            rest = after.get(2..).unwrap_or_default();
        } else {
            plain.push(*octet);
            rest = after;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_as_protobuf_has_them() {
        assert_eq!(request(""), b"\0\0\0\0\0");
        assert_eq!(request("a.B"), b"\0\0\0\0\x05\x0a\x03a.B");
        let long = request(&"x".repeat(300));
        assert_eq!(long[..8], *b"\0\0\0\x01\x2f\x0a\xac\x02");
        assert_eq!(long.len(), 308);
    }

    #[test]
    fn the_status_is_found_among_other_fields() {
        for (message, status) in [
            (b"\0\0\0\0\x02\x08\x01".as_slice(), Some(1)),
            (b"\0\0\0\0\0", Some(0)),
            (b"\0\0\0\0\x04\x08\x01\x08\x02", Some(2)),
            // A string, 4 bytes and 8 bytes of other fields.
            (b"\0\0\0\0\x13\x12\x01a\x1d1234\x2112345678\x08\x01", Some(1)),
            (b"\0\0\0\0\x02\x08\x80", None),
            (b"\0\0\0\0\x03\x08\x01", None),
            (b"\x01\0\0\0\x02\x08\x01", None),
            (b"\0\0\0\0\x01\x0b", None),
            (b"\0\0\0\0\x02\x12\x05", None),
            (b"\0\0", None),
            (b"", None),
        ] {
            assert_eq!(serving(message), status, "{message:x?}");
        }
    }

    #[test]
    fn messages_are_read_as_grpc_writes_them() {
        assert_eq!(unescaped(b"100%25 %E2%82%AC%0"), "100% \u{20ac}%0".as_bytes());
    }
}
