//! What cannot be converted.

use ::http::HeaderName;

use crate::{Malformed, SectionKind};

/// A field section cannot be converted to a message of the `http` crate. This concerns the stream, not the
/// connection: answer with `RST_STREAM` and `PROTOCOL_ERROR`, or a request with status 400.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToHttpError {
    /// The section is malformed. RFC 9113 §8.1.1.
    #[error("{0}")]
    Malformed(Malformed),
    /// It is something else: trailers where a head was asked for, or the other way round.
    #[error("the fields are those of {}", name_of(*.found))]
    OtherKind {
        /// What it is.
        found: SectionKind,
    },
    /// `:method` is not a token. RFC 9110 §9.1.
    #[error("the :method is not a token")]
    Method,
    /// `:scheme` is not a valid scheme. RFC 3986 §3.1.
    #[error("the :scheme is not one, or longer than 64 octets")]
    Scheme,
    /// `:authority` is not a valid authority. RFC 3986 §3.2.
    #[error("the :authority is not one")]
    Authority,
    /// There is no `:authority`, and `host` is not a valid authority. RFC 9110 §7.2.
    #[error("the host field is not an authority without userinfo")]
    Host,
    /// There are several `host` lines. RFC 9110 §7.2.
    #[error("there is more than one host field")]
    HostRepeated,
    /// `host` and `:authority` name different hosts. RFC 9113 §8.3.1.
    #[error("the host field and the :authority name different hosts")]
    HostDiffers,
    /// `:path` is not a path with an optional query, or longer than 65,534 bytes. RFC 3986 §3.3, §3.4.
    #[error("the :path is not one with a query, has a fragment, or is longer than 65,534 octets")]
    Path,
    /// `:protocol` is not a protocol name. RFC 9110 §7.8.
    #[error("the :protocol is not a token")]
    Protocol,
    /// `:status` is not a status code.
    #[error("the :status is not one")]
    Status,
    /// A name that `http` does not take: longer than 65,535 bytes.
    #[error("a field name is not one, or too long")]
    FieldName,
    /// A value with control bytes that HTTP/2 tolerates, and `http` does not. RFC 9110 §5.5.
    #[error("the value of {name} has a control octet in it")]
    FieldValue {
        /// The name of the field.
        name: HeaderName,
    },
    /// More names than a map holds, of which there are at most 32,768.
    #[error("there are more field names than a HeaderMap holds")]
    TooManyNames,
}

impl From<Malformed> for ToHttpError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// A message of the `http` crate must not be sent as fields of HTTP/2. No field is dropped silently.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToFieldsError {
    /// A field that HTTP/2 forbids: it is about an HTTP/1.1 connection, is `te` with more than `trailers`, or has white
    /// space around its value. RFC 9113 §8.2.1, §8.2.2.
    #[error("{name}: {malformed}")]
    Field {
        /// The name of the field.
        name: HeaderName,
        /// The rule.
        malformed: Malformed,
    },
    /// The method does not go with the URI or an extension, or something is missing: the scheme for example, where the
    /// URI has none and there is no [`TargetScheme`](super::TargetScheme). RFC 9113 §8.3.
    #[error("{0}")]
    Malformed(Malformed),
    /// The URI has no authority, and `host` is not a valid authority. RFC 9110 §7.2.
    #[error("the host field is not an authority without userinfo")]
    Host,
    /// There are several `host` lines. RFC 9110 §7.2.
    #[error("there is more than one host field")]
    HostRepeated,
    /// `host` and the URI name different hosts. RFC 9113 §8.3.1.
    #[error("the host field and the URI name different hosts")]
    HostDiffers,
}

impl From<Malformed> for ToFieldsError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

const fn name_of(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Request => "a request",
        SectionKind::Response => "a response",
        SectionKind::Trailers => "trailers",
    }
}
