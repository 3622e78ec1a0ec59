//! Why a field section is malformed. RFC 9113 §8.1.1.

use core::fmt;

use h2wire_frame::{ErrorCode, Section};

/// What makes a field section malformed: an error of its stream, `PROTOCOL_ERROR`. RFC 9113 §8.1.1.
///
/// The connection goes on, and HPACK is in step: this is found behind it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is described by `Malformed::sentence`")]
pub enum Malformed {
    FieldName,
    FieldValue,
    ConnectionSpecific,
    Te,
    PseudoFieldUnknown,
    PseudoFieldLate,
    PseudoFieldRepeated,
    PseudoFieldOfOtherSide,
    MethodMissing,
    MethodForm,
    SchemeMissing,
    SchemeForm,
    PathMissing,
    PathEmpty,
    PathForm,
    AuthorityForm,
    AuthorityUserinfo,
    ConnectWithPath,
    ConnectWithoutAuthority,
    ProtocolWithoutConnect,
    StatusForm,
    InformationalEndStream,
    TrailersWithoutEndStream,
    PromiseMethod,
    PromiseWithoutAuthority,
    PromiseWithContent,
}

impl Malformed {
    /// All of them.
    #[rustfmt::skip]
    pub const ALL: &'static [Self] = &[
        Self::FieldName, Self::FieldValue, Self::ConnectionSpecific, Self::Te, Self::PseudoFieldUnknown,
        Self::PseudoFieldLate, Self::PseudoFieldRepeated, Self::PseudoFieldOfOtherSide,
        Self::MethodMissing, Self::MethodForm, Self::SchemeMissing, Self::SchemeForm, Self::PathMissing,
        Self::PathEmpty, Self::PathForm, Self::AuthorityForm, Self::AuthorityUserinfo, Self::ConnectWithPath,
        Self::ConnectWithoutAuthority, Self::ProtocolWithoutConnect, Self::StatusForm, Self::InformationalEndStream,
        Self::TrailersWithoutEndStream, Self::PromiseMethod, Self::PromiseWithoutAuthority,
        Self::PromiseWithContent,
    ];

    /// The error code to send in `RST_STREAM`.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        ErrorCode::PROTOCOL_ERROR
    }

    /// The name in snake case. Stable: scripts may depend on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// Where the rule stands.
    #[must_use]
    pub const fn section(self) -> Section {
        let (_, rfc, number, _) = self.facts();
        Section { rfc, number }
    }

    /// What the peer did, in one sentence without a full stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        self.facts().3
    }

    /// The usual cause and what to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::FieldName | Self::FieldValue => {
                "send names in lower case and values without line ends; whoever forwards such a field opens the door to request smuggling"
            }
            Self::ConnectionSpecific | Self::Te => {
                "a message that comes from HTTP/1.1 must be stripped of what is about its connection"
            }
            Self::PseudoFieldUnknown => {
                "extended CONNECT needs SETTINGS_ENABLE_CONNECT_PROTOCOL from the server; other extensions are negotiated too"
            }
            Self::PromiseMethod | Self::PromiseWithoutAuthority | Self::PromiseWithContent => {
                "push only what a client could have asked for with GET and without content, from an origin that the server is authoritative for"
            }
            Self::InformationalEndStream => {
                "a final response comes behind interim ones: only that one ends the stream"
            }
            Self::MethodForm | Self::SchemeForm | Self::PathForm | Self::AuthorityForm => {
                "spaces and control characters in the target become another request where it is passed on as HTTP/1.1"
            }
            Self::TrailersWithoutEndStream => {
                "set END_STREAM on trailers; a section that is not the last of its message needs pseudo-header fields"
            }
            _ => "send the pseudo-header fields of the message first, each once, and all that it needs",
        }
    }

    #[rustfmt::skip]
    const fn facts(self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            Self::FieldName => ("field_name", 9113, "8.2.1", "a field name is empty, or has an upper-case letter or another octet that is none of a token's"),
            Self::FieldValue => ("field_value", 9113, "8.2.1", "a field value has NUL, CR or LF in it, or starts or ends with white space"),
            Self::ConnectionSpecific => ("connection_specific", 9113, "8.2.2", "a field is about an HTTP/1.1 connection: connection, proxy-connection, keep-alive, transfer-encoding, upgrade, or te in a response"),
            Self::Te => ("te", 9113, "8.2.2", "a te field has another value than `trailers`"),
            Self::PseudoFieldUnknown => ("pseudo_field_unknown", 9113, "8.3", "a pseudo-header field is not defined, or its extension is not enabled"),
            Self::PseudoFieldLate => ("pseudo_field_late", 9113, "8.3", "a pseudo-header field comes after a regular one"),
            Self::PseudoFieldRepeated => ("pseudo_field_repeated", 9113, "8.3", "a pseudo-header field comes twice"),
            Self::PseudoFieldOfOtherSide => ("pseudo_field_of_other_side", 9113, "8.3", "a pseudo-header field of requests is in a response, or the other way round"),
            Self::MethodMissing => ("method_missing", 9113, "8.3.1", "a request has no :method"),
            Self::MethodForm => ("method_form", 9113, "8.3.1", "a :method is empty or has an octet that is none of a token's"),
            Self::SchemeMissing => ("scheme_missing", 9113, "8.3.1", "a request has no :scheme"),
            Self::SchemeForm => ("scheme_form", 9113, "8.3.1", "a :scheme is not a letter and then letters, digits, `+`, `-` or `.`"),
            Self::PathMissing => ("path_missing", 9113, "8.3.1", "a request has no :path"),
            Self::PathEmpty => ("path_empty", 9113, "8.3.1", "the :path of an http or https request is empty"),
            Self::PathForm => ("path_form", 9113, "8.3.1", "a :path has a space or control character, or that of an http or https request does not start with `/` and is not `*` of OPTIONS"),
            Self::AuthorityForm => ("authority_form", 9113, "8.5", "an :authority has a space or control character, or that of a CONNECT request is not host and port"),
            Self::AuthorityUserinfo => ("authority_userinfo", 9113, "8.3.1", "the :authority of an http or https request, or of CONNECT, has userinfo in it"),
            Self::ConnectWithPath => ("connect_with_path", 9113, "8.5", "a CONNECT request has a :scheme or a :path"),
            Self::ConnectWithoutAuthority => ("connect_without_authority", 9113, "8.5", "a CONNECT request has no :authority"),
            Self::ProtocolWithoutConnect => ("protocol_without_connect", 8441, "4", "a request that is not CONNECT has a :protocol"),
            Self::StatusForm => ("status_form", 9113, "8.3.2", "a :status is not three digits, of which the first is 1 to 9"),
            Self::InformationalEndStream => ("informational_end_stream", 9113, "8.1", "a response with a 1xx status ends its stream"),
            Self::TrailersWithoutEndStream => ("trailers_without_end_stream", 9113, "8.1", "a trailer section does not end its stream"),
            Self::PromiseMethod => ("promise_method", 9113, "8.4", "a promised request has a method other than GET and HEAD"),
            Self::PromiseWithoutAuthority => ("promise_without_authority", 9113, "8.4", "a promised request has no :authority, or an empty one"),
            Self::PromiseWithContent => ("promise_with_content", 9113, "8.4", "a promised request has a content-length other than 0"),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.sentence(), self.section())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_each_once_by_the_name_of_its_variant() {
        for (index, malformed) in Malformed::ALL.iter().enumerate() {
            assert_eq!(*malformed as usize, index, "{malformed:?} is out of order or missing before it");
            let variant = std::format!("{malformed:?}").to_lowercase();
            assert_eq!(malformed.name().replace('_', ""), variant);
            assert!(!malformed.sentence().ends_with('.'));
        }
        assert_eq!(Malformed::ALL.last(), Some(&Malformed::PromiseWithContent));
    }

    #[test]
    fn says_sentence_and_section() {
        let text = std::format!("{}", Malformed::PathEmpty);
        assert_eq!(text, "the :path of an http or https request is empty (RFC 9113 §8.3.1)");
    }
}
