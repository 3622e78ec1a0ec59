//! Why a field section is malformed. RFC 9113 §8.1.1.

h2wire_frame::rule_table! {
    /// What makes a field section malformed: an error of its stream, `PROTOCOL_ERROR`. RFC 9113 §8.1.1.
    ///
    /// The connection goes on. The block was decoded, so HPACK is in step.
    pub enum Malformed {
        FieldName: "field_name", RFC 9113 "8.2.1", PROTOCOL_ERROR,
            "a field name is empty, or has an upper-case letter or another octet that is none of a token's",
            "send names in lower case and values without line ends; whoever forwards such a field opens the door to request smuggling";
        FieldValue: "field_value", RFC 9113 "8.2.1", PROTOCOL_ERROR,
            "a field value has NUL, CR or LF in it, or starts or ends with white space",
            "send names in lower case and values without line ends; whoever forwards such a field opens the door to request smuggling";
        ConnectionSpecific: "connection_specific", RFC 9113 "8.2.2", PROTOCOL_ERROR,
            "a field is about an HTTP/1.1 connection: connection, proxy-connection, keep-alive, transfer-encoding, upgrade, or te in a response",
            "a message that comes from HTTP/1.1 must be stripped of what is about its connection";
        Te: "te", RFC 9113 "8.2.2", PROTOCOL_ERROR,
            "a te field has another value than `trailers`",
            "a message that comes from HTTP/1.1 must be stripped of what is about its connection";
        PseudoFieldUnknown: "pseudo_field_unknown", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field is not defined, or its extension is not enabled",
            "extended CONNECT needs SETTINGS_ENABLE_CONNECT_PROTOCOL from the server; other extensions are negotiated too";
        PseudoFieldLate: "pseudo_field_late", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field comes after a regular one",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        PseudoFieldRepeated: "pseudo_field_repeated", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field comes twice",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        PseudoFieldOfOtherSide: "pseudo_field_of_other_side", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field of requests is in a response, or the other way round",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        MethodMissing: "method_missing", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a request has no :method",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        MethodForm: "method_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a :method is empty or has an octet that is none of a token's",
            "spaces and control characters in the target become another request where it is passed on as HTTP/1.1";
        SchemeMissing: "scheme_missing", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a request has no :scheme",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        SchemeForm: "scheme_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a :scheme is not a letter and then letters, digits, `+`, `-` or `.`",
            "spaces and control characters in the target become another request where it is passed on as HTTP/1.1";
        PathMissing: "path_missing", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a request has no :path",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        PathEmpty: "path_empty", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "the :path of an http or https request is empty",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        PathForm: "path_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a :path has a space or control character, or that of an http or https request does not start with `/` and is not `*` of OPTIONS",
            "spaces and control characters in the target become another request where it is passed on as HTTP/1.1";
        AuthorityForm: "authority_form", RFC 9113 "8.5", PROTOCOL_ERROR,
            "an :authority has a space or control character, or that of a CONNECT request is not host and port",
            "spaces and control characters in the target become another request where it is passed on as HTTP/1.1";
        AuthorityUserinfo: "authority_userinfo", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "the :authority of an http or https request, or of CONNECT, has userinfo in it",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        ConnectWithPath: "connect_with_path", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a CONNECT request has a :scheme or a :path",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        ConnectWithoutAuthority: "connect_without_authority", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a CONNECT request has no :authority",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        ProtocolWithoutConnect: "protocol_without_connect", RFC 8441 "4", PROTOCOL_ERROR,
            "a request that is not CONNECT has a :protocol",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        StatusForm: "status_form", RFC 9113 "8.3.2", PROTOCOL_ERROR,
            "a :status is not three digits, of which the first is 1 to 9",
            "send the pseudo-header fields of the message first, each once, and all that it needs";
        InformationalEndStream: "informational_end_stream", RFC 9113 "8.1", PROTOCOL_ERROR,
            "a response with a 1xx status ends its stream",
            "a final response comes behind interim ones: only that one ends the stream";
        TrailersWithoutEndStream: "trailers_without_end_stream", RFC 9113 "8.1", PROTOCOL_ERROR,
            "a trailer section does not end its stream",
            "set END_STREAM on trailers; a section that is not the last of its message needs pseudo-header fields";
        PromiseMethod: "promise_method", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a promised request has a method other than GET and HEAD",
            "push only what a client could have asked for with GET and without content, from an origin that the server is authoritative for";
        PromiseWithoutAuthority: "promise_without_authority", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a promised request has no :authority, or an empty one",
            "push only what a client could have asked for with GET and without content, from an origin that the server is authoritative for";
        PromiseWithContent: "promise_with_content", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a promised request has a content-length other than 0",
            "push only what a client could have asked for with GET and without content, from an origin that the server is authoritative for";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_variant() {
        for malformed in Malformed::ALL {
            assert_eq!(malformed.name().replace('_', ""), std::format!("{malformed:?}").to_lowercase());
            assert!(!malformed.sentence().ends_with('.') && !malformed.remedy().ends_with('.'));
        }
    }

    #[test]
    fn displays_sentence_and_section() {
        let text = std::format!("{}", Malformed::PathEmpty);
        assert_eq!(text, "the :path of an http or https request is empty (RFC 9113 §8.3.1)");
    }
}
