//! Why a field section is malformed. RFC 9113 §8.1.1.

h2wire_frame::rule_table! {
    /// What makes a field section malformed: an error of its stream, `PROTOCOL_ERROR`. RFC 9113 §8.1.1.
    ///
    /// The connection goes on. The block was decoded, so HPACK is in step.
    pub enum Malformed {
        FieldName: "field_name", RFC 9113 "8.2.1", PROTOCOL_ERROR,
            "a field name is empty, or has an upper-case letter or a character not allowed in a token",
            "send field names in lower case, made of letters, digits and !#$%&'*+-.^_`|~";
        FieldValue: "field_value", RFC 9113 "8.2.1", PROTOCOL_ERROR,
            "a field value contains NUL, CR or LF, or starts or ends with white space",
            "trim white space around the value and remove NUL, CR and LF; forwarding them to HTTP/1.1 allows request smuggling";
        ConnectionSpecific: "connection_specific", RFC 9113 "8.2.2", PROTOCOL_ERROR,
            "a field is specific to an HTTP/1.1 connection: connection, proxy-connection, keep-alive, transfer-encoding, upgrade, or te in a response",
            "remove connection-specific fields, and all fields that `connection` lists, when converting a message from HTTP/1.1";
        Te: "te", RFC 9113 "8.2.2", PROTOCOL_ERROR,
            "a te field has a value other than `trailers`",
            "send `te: trailers` or no te field; transfer codings do not exist in HTTP/2";
        PseudoFieldUnknown: "pseudo_field_unknown", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field is not defined, or its extension is not enabled",
            "send only :method, :scheme, :authority, :path and :status; :protocol needs SETTINGS_ENABLE_CONNECT_PROTOCOL 1 from the server";
        PseudoFieldLate: "pseudo_field_late", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field comes after a regular field",
            "send all pseudo-header fields before the first regular field";
        PseudoFieldRepeated: "pseudo_field_repeated", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a pseudo-header field appears twice",
            "send each pseudo-header field once; merge or drop the duplicate";
        PseudoFieldOfOtherSide: "pseudo_field_of_other_side", RFC 9113 "8.3", PROTOCOL_ERROR,
            "a request has a response pseudo-header field, or a response has a request one",
            "send :status in responses only, and :method, :scheme, :authority, :path and :protocol in requests only";
        MethodMissing: "method_missing", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a request has no :method",
            "send one :method field, `GET` for example";
        MethodForm: "method_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a :method is empty or has a character not allowed in a token",
            "send the bare method name, without spaces";
        SchemeMissing: "scheme_missing", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a request has no :scheme",
            "send :scheme with `http` or `https`; only CONNECT goes without";
        SchemeForm: "scheme_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a :scheme is not a letter followed by letters, digits, `+`, `-` or `.`",
            "send the scheme alone, `https` for example, without `://`";
        PathMissing: "path_missing", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a request has no :path",
            "send :path, `/` if the URI has no path; only CONNECT goes without";
        PathEmpty: "path_empty", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "the :path of an http or https request is empty",
            "send `/` for an empty path, or `*` for OPTIONS of the whole server";
        PathForm: "path_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "a :path contains a space or control character, or that of an http or https request does not start with `/` and is not the `*` of OPTIONS",
            "send path and query starting with `/`, percent-encode spaces and control characters";
        AuthorityForm: "authority_form", RFC 9113 "8.5", PROTOCOL_ERROR,
            "an :authority contains a space or control character, or that of a CONNECT request is not host and port",
            "send host and optional port, `example.com:8080` for example; CONNECT needs the port";
        AuthorityUserinfo: "authority_userinfo", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "the :authority of an http, https or CONNECT request contains userinfo",
            "remove everything up to the `@`; send credentials in an authorization field";
        ConnectWithPath: "connect_with_path", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a CONNECT request has a :scheme or a :path",
            "leave out :scheme and :path: a CONNECT request has :method and :authority alone";
        ConnectWithoutAuthority: "connect_without_authority", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a CONNECT request has no :authority",
            "send host and port of the tunnel's target in :authority";
        ProtocolWithoutConnect: "protocol_without_connect", RFC 8441 "4", PROTOCOL_ERROR,
            "a request that is not CONNECT has a :protocol",
            "use the method CONNECT with :protocol, or leave :protocol out";
        StatusForm: "status_form", RFC 9113 "8.3.2", PROTOCOL_ERROR,
            "a :status is not three digits starting with 1 to 9",
            "send a three-digit status code from 100 to 999, without a reason phrase";
        InformationalEndStream: "informational_end_stream", RFC 9113 "8.1", PROTOCOL_ERROR,
            "a response with a 1xx status ends its stream",
            "clear END_STREAM on interim responses: only the final response may end the stream";
        TrailersWithoutEndStream: "trailers_without_end_stream", RFC 9113 "8.1", PROTOCOL_ERROR,
            "a trailer section does not end its stream",
            "set END_STREAM on trailers; if the section starts a message, send its pseudo-header fields first";
        PromiseMethod: "promise_method", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a promised request has a method other than GET and HEAD",
            "push only responses to GET or HEAD: promised requests must be safe and cacheable";
        PromiseWithoutAuthority: "promise_without_authority", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a promised request has no :authority, or an empty one",
            "name the origin in :authority; the server must be authoritative for it";
        PromiseWithContent: "promise_with_content", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a promised request has a content-length other than 0",
            "remove content-length: a promised request has no content";
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
