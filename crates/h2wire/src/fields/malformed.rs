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
            "a field value contains NUL, CR or LF",
            "remove NUL, CR and LF from the value: forwarding them to HTTP/1.1 allows request smuggling";
        FieldValueWhiteSpace: "field_value_white_space", RFC 9113 "8.2.1", PROTOCOL_ERROR,
            "a field value starts or ends with white space",
            "trim spaces and tabs around the value; to tolerate them allow this rule";
        FieldValueControl: "field_value_control", RFC 9110 "5.5", PROTOCOL_ERROR,
            "a field value to be sent contains a control character other than a tab",
            "encode or remove bytes below 0x20 and 0x7f: peers may refuse the value or drop the field";
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
            "a :path contains a space, a control character or `#`, or that of an http or https request does not start with `/` and is not the `*` of OPTIONS",
            "send path and query starting with `/`, percent-encode spaces and control characters, and leave out the fragment";
        AuthorityForm: "authority_form", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "an :authority is not a host with an optional port, or contains a space, a control character, or one of `/ ? # \\`",
            "send host and optional port, `example.com:8080` for example, with an IPv6 address in brackets";
        AuthorityMissing: "authority_missing", RFC 9110 "7.2", PROTOCOL_ERROR,
            "an http or https request to be sent has neither :authority nor host",
            "name the server in :authority";
        AuthorityUserinfo: "authority_userinfo", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "the :authority of an http, https or CONNECT request contains userinfo",
            "remove everything up to the `@`; send credentials in an authorization field";
        HostForm: "host_form", RFC 9110 "7.2", PROTOCOL_ERROR,
            "a host field is not a host with an optional port",
            "send in host what :authority says, or leave host out";
        HostRepeated: "host_repeated", RFC 9110 "7.2", PROTOCOL_ERROR,
            "a request has more than one host field",
            "send one host field, or :authority alone";
        HostDiffers: "host_differs", RFC 9113 "8.3.1", PROTOCOL_ERROR,
            "the host field and :authority name different hosts",
            "remove host, or make it equal to :authority: two hosts let a request pass checks made for one of them";
        ConnectWithPath: "connect_with_path", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a CONNECT request has a :scheme or a :path",
            "leave out :scheme and :path: a CONNECT request has :method and :authority alone";
        ConnectAuthorityForm: "connect_authority_form", RFC 9113 "8.5", PROTOCOL_ERROR,
            "the :authority of a CONNECT request is not a host and a port from 1 to 65535",
            "send host and port of the tunnel's target, `example.com:443` for example";
        ConnectWithoutAuthority: "connect_without_authority", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a CONNECT request has no :authority",
            "name the tunnel's target in :authority, with its port";
        ProtocolWithoutConnect: "protocol_without_connect", RFC 8441 "4", PROTOCOL_ERROR,
            "a request that is not CONNECT has a :protocol",
            "use the method CONNECT with :protocol, or leave :protocol out";
        ProtocolForm: "protocol_form", RFC 8441 "4", PROTOCOL_ERROR,
            "a :protocol is empty or has a character not allowed in a token",
            "send the name of one protocol, `websocket` for example, without a version";
        StatusForm: "status_form", RFC 9113 "8.3.2", PROTOCOL_ERROR,
            "a :status is not three digits starting with 1 to 9",
            "send a three-digit status code from 100 to 999, without a reason phrase";
        StatusSwitchingProtocols: "status_switching_protocols", RFC 9113 "8.6", PROTOCOL_ERROR,
            "a response has the status 101, which HTTP/2 does not have",
            "do not switch protocols in HTTP/2: use an extended CONNECT (RFC 8441) in place of an upgrade";
        ContentLengthForm: "content_length_form", RFC 9110 "8.6", PROTOCOL_ERROR,
            "a content-length is not one decimal number, or above 2^64-1",
            "send digits only, or leave content-length out: HTTP/2 has frames to tell where content ends";
        ContentLengthDiffers: "content_length_differs", RFC 9110 "8.6", PROTOCOL_ERROR,
            "a message has two content-length fields that differ",
            "send one content-length: two of them let a request be smuggled";
        ContentLengthEndStream: "content_length_end_stream", RFC 9113 "8.1.1", PROTOCOL_ERROR,
            "a request without content has a content-length other than 0",
            "send the content in DATA frames, or set content-length to 0 or leave it out";
        InformationalEndStream: "informational_end_stream", RFC 9113 "8.1", PROTOCOL_ERROR,
            "a response with a 1xx status ends its stream",
            "clear END_STREAM on interim responses: only the final response may end the stream";
        PseudoFieldInTrailers: "pseudo_field_in_trailers", RFC 9113 "8.1", PROTOCOL_ERROR,
            "trailers have a pseudo-header field",
            "send pseudo-header fields in the head of a message only";
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
