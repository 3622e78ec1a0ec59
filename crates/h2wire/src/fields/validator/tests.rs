use super::*;

mod breaches;
mod hosts;
#[cfg(not(feature = "small-huffman"))]
mod sending;

type Fields<'a> = &'a [(&'a str, &'a str)];

fn finish(expected: Expected, fields: Fields<'_>, end_stream: bool) -> Result<SectionKind, Malformed> {
    let mut validator = FieldValidator::new(expected);
    for (name, value) in fields {
        validator.field(name.as_bytes(), value.as_bytes());
    }
    validator.finish(end_stream).map_err(|breach| breach.malformed)
}

const GET: [(&str, &str); 3] = [(":method", "GET"), (":scheme", "https"), (":path", "/")];

/// A GET request with one more field after it.
fn get_with(name: &str, value: &str) -> Result<SectionKind, Malformed> {
    let [method, scheme, path] = GET;
    finish(Expected::Request, &[method, scheme, path, (name, value)], true)
}

/// A request of these pseudo-header fields.
fn request(fields: Fields<'_>) -> Result<SectionKind, Malformed> {
    finish(Expected::Request, fields, true)
}

#[test]
fn well_formed_sections_are_told_apart() {
    assert_eq!(request(&GET), Ok(SectionKind::Request));
    let [method, scheme, path] = GET;
    let promise = [method, scheme, path, (":authority", "example.test")];
    assert_eq!(finish(Expected::Promise, &promise, false), Ok(SectionKind::Request));
    assert_eq!(finish(Expected::Any, &GET, false), Ok(SectionKind::Request));
    let response = [(":status", "200"), ("content-type", "text/plain")];
    assert_eq!(finish(Expected::Response, &response, false), Ok(SectionKind::Response));
    assert_eq!(finish(Expected::Any, &response, false), Ok(SectionKind::Response));
    for expected in [Expected::Request, Expected::Response, Expected::Any] {
        assert_eq!(finish(expected, &[("grpc-status", "0")], true), Ok(SectionKind::Trailers));
        assert_eq!(finish(expected, &[], true), Ok(SectionKind::Trailers));
    }
}

#[test]
fn names_are_lower_case_tokens() {
    for octet in 0..=255_u8 {
        let name = [b'x', octet];
        let mut validator = FieldValidator::new(Expected::Any);
        validator.field(&name, b"");
        let is_token = octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
        let allowed = is_token && !octet.is_ascii_uppercase();
        assert_eq!(validator.finish(true).is_ok(), allowed, "{octet:#04x}");
    }
    assert_eq!(get_with("", "x"), Err(Malformed::FieldName));
    assert_eq!(get_with("a:b", "x"), Err(Malformed::FieldName));
}

#[test]
fn values_have_no_line_ends_and_no_white_space_around() {
    for value in ["a\0b", "a\rb", "a\nb", "\n"] {
        assert_eq!(get_with("x", value), Err(Malformed::FieldValue), "{value:?}");
    }
    for value in [" a", "a ", "\ta", "a\t", " "] {
        assert_eq!(get_with("x", value), Err(Malformed::FieldValueWhiteSpace), "{value:?}");
    }
    for value in ["", "a b\tc", "\u{e9}", "\x01"] {
        assert_eq!(get_with("x", value), Ok(SectionKind::Request), "{value:?}");
    }
    assert_eq!(request(&[(":method", "GET\n"), GET[1], GET[2]]), Err(Malformed::FieldValue));
}

#[test]
fn fields_of_an_http1_connection_are_malformed() {
    for name in ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"] {
        assert_eq!(get_with(name, "x"), Err(Malformed::ConnectionSpecific));
    }
    assert_eq!(get_with("te", "trailers"), Ok(SectionKind::Request));
    assert_eq!(get_with("te", "Trailers"), Ok(SectionKind::Request));
    assert_eq!(get_with("te", "gzip"), Err(Malformed::Te));
    assert_eq!(get_with("te", "trailers, gzip"), Err(Malformed::Te));
}

#[test]
fn pseudo_fields_are_known_first_unique_and_of_one_side() {
    assert_eq!(get_with(":unknown", "x"), Err(Malformed::PseudoFieldUnknown));
    assert_eq!(get_with(":", "x"), Err(Malformed::PseudoFieldUnknown));
    for field in GET {
        assert_eq!(get_with(field.0, field.1), Err(Malformed::PseudoFieldRepeated));
    }
    assert_eq!(get_with(":status", "200"), Err(Malformed::PseudoFieldOfOtherSide));
    let response = |name| finish(Expected::Response, &[(":status", "200"), (name, "x")], true);
    assert_eq!(response(":path"), Err(Malformed::PseudoFieldOfOtherSide));
    assert_eq!(response(":status"), Err(Malformed::PseudoFieldRepeated));
    let mixed = [(":status", "200"), (":path", "/")];
    assert_eq!(finish(Expected::Any, &mixed, true), Err(Malformed::PseudoFieldOfOtherSide));
    let late = [("a", "b"), (":method", "GET")];
    assert_eq!(finish(Expected::Any, &late, true), Err(Malformed::PseudoFieldLate));
}

#[test]
fn requests_are_complete() {
    assert_eq!(request(&[GET[1], GET[2]]), Err(Malformed::MethodMissing));
    assert_eq!(request(&[GET[0], GET[2]]), Err(Malformed::SchemeMissing));
    assert_eq!(request(&[GET[0], GET[1]]), Err(Malformed::PathMissing));
    assert_eq!(finish(Expected::Promise, &[], true), Err(Malformed::MethodMissing));
}

#[test]
fn paths_have_a_form() {
    let path = |method, scheme, path| request(&[(":method", method), (":scheme", scheme), (":path", path)]);
    assert_eq!(path("GET", "https", ""), Err(Malformed::PathEmpty));
    assert_eq!(path("GET", "HTTP", ""), Err(Malformed::PathEmpty));
    assert_eq!(path("GET", "https", "index.html"), Err(Malformed::PathForm));
    assert_eq!(path("GET", "https", "*"), Err(Malformed::PathForm));
    assert_eq!(path("OPTIONS", "https", "*"), Ok(SectionKind::Request));
    assert_eq!(path("OPTIONS", "https", "*x"), Err(Malformed::PathForm));
    assert_eq!(path("GET", "coap", ""), Ok(SectionKind::Request));
    let authority = |value| request(&[GET[0], GET[1], GET[2], (":authority", value)]);
    assert_eq!(authority("example.test:8443"), Ok(SectionKind::Request));
    assert_eq!(authority("user@example.test"), Err(Malformed::AuthorityUserinfo));
}

#[test]
fn connect_has_an_authority_and_nothing_else() {
    let connect = (":method", "CONNECT");
    let authority = (":authority", "example.test:443");
    assert_eq!(request(&[connect, authority]), Ok(SectionKind::Request));
    assert_eq!(request(&[connect]), Err(Malformed::ConnectWithoutAuthority));
    assert_eq!(request(&[connect, authority, GET[1]]), Err(Malformed::ConnectWithPath));
    assert_eq!(request(&[connect, authority, GET[2]]), Err(Malformed::ConnectWithPath));
}

#[test]
fn extended_connect_has_all() {
    let connect = [(":method", "CONNECT"), (":protocol", "websocket"), (":authority", "example.test")];
    let [method, protocol, authority] = connect;
    assert_eq!(request(&[method, protocol, authority, GET[1], GET[2]]), Ok(SectionKind::Request));
    assert_eq!(request(&[method, protocol, authority, GET[2]]), Err(Malformed::SchemeMissing));
    assert_eq!(request(&[method, protocol, authority, GET[1]]), Err(Malformed::PathMissing));
    assert_eq!(request(&[method, protocol, GET[1], GET[2]]), Ok(SectionKind::Request));
    assert_eq!(request(&[GET[0], protocol, GET[1], GET[2]]), Err(Malformed::ProtocolWithoutConnect));
    for value in ["", "a b", "a,b", "a/1"] {
        let fields = [method, (":protocol", value), authority, GET[1], GET[2]];
        assert_eq!(request(&fields), Err(Malformed::ProtocolForm), "{value:?}");
    }
    let mut validator = FieldValidator { extended_connect: false, ..FieldValidator::new(Expected::Request) };
    validator.field(b":protocol", b"websocket");
    assert_eq!(validator.finish(true), Err(Breach::new(Malformed::PseudoFieldUnknown, Some(0))));
}

#[test]
fn promises_are_safe_cacheable_and_of_an_origin() {
    let [method, scheme, path] = GET;
    let authority = (":authority", "example.test");
    let promise = |fields: Fields<'_>| finish(Expected::Promise, fields, false);
    assert_eq!(promise(&[(":method", "HEAD"), scheme, path, authority]), Ok(SectionKind::Request));
    for method in ["POST", "PUT", "OPTIONS", "get", "CONNECT"] {
        let fields = [(":method", method), scheme, path, authority];
        assert_eq!(promise(&fields), Err(Malformed::PromiseMethod), "{method}");
    }
    assert_eq!(promise(&[method, scheme, path]), Err(Malformed::PromiseWithoutAuthority));
    assert_eq!(promise(&[method, scheme, path, (":authority", "")]), Err(Malformed::PromiseWithoutAuthority));
    let with_length = |value| promise(&[method, scheme, path, authority, ("content-length", value)]);
    assert_eq!(with_length("0"), Ok(SectionKind::Request));
    assert_eq!(with_length("5"), Err(Malformed::PromiseWithContent));
}

#[test]
fn targets_have_no_spaces_and_a_form() {
    let [method, scheme, path] = GET;
    for value in ["", "GET /", "G\u{e9}T", "GET\x01"] {
        assert_eq!(request(&[(":method", value), scheme, path]), Err(Malformed::MethodForm), "{value:?}");
    }
    for value in ["", "ht tp", "1http", "http:", "h_t"] {
        assert_eq!(request(&[method, (":scheme", value), path]), Err(Malformed::SchemeForm), "{value:?}");
    }
    assert_eq!(request(&[method, (":scheme", "coap+tcp"), path]), Ok(SectionKind::Request));
    for value in ["/ HTTP/1.1 x", "/\x01", "/\x7f", "/a#b", "#"] {
        for scheme in ["http", "coap"] {
            let fields = [method, (":scheme", scheme), (":path", value)];
            assert_eq!(request(&fields), Err(Malformed::PathForm), "{value:?}");
        }
    }
    let authority = |value| request(&[method, scheme, path, (":authority", value)]);
    assert_eq!(authority("a b"), Err(Malformed::AuthorityForm));
    assert_eq!(authority("[::1]:80"), Ok(SectionKind::Request));
    let connect = |value| request(&[(":method", "CONNECT"), (":authority", value)]);
    for value in ["a:1", "[::1]:443", "example.test:8080"] {
        assert_eq!(connect(value), Ok(SectionKind::Request), "{value:?}");
    }
    for value in ["", "a", "a:", ":1", "a:x", "a:0", "a:65536", "a[b:1"] {
        assert_eq!(connect(value), Err(Malformed::ConnectAuthorityForm), "{value:?}");
    }
    for value in ["a b:1", "a/b:1", "a?b:1", "a#:1"] {
        assert_eq!(connect(value), Err(Malformed::AuthorityForm), "{value:?}");
    }
    assert_eq!(connect("u@h:1"), Err(Malformed::AuthorityUserinfo));
}

#[test]
fn interim_responses_do_not_end_the_stream() {
    let interim = [(":status", "103")];
    assert_eq!(finish(Expected::Response, &interim, false), Ok(SectionKind::Response));
    for expected in [Expected::Response, Expected::Any] {
        assert_eq!(finish(expected, &interim, true), Err(Malformed::InformationalEndStream));
    }
}

#[test]
fn te_is_for_requests() {
    let response = [(":status", "200"), ("te", "trailers")];
    assert_eq!(finish(Expected::Response, &response, false), Err(Malformed::ConnectionSpecific));
    assert_eq!(finish(Expected::Response, &response[1..], true), Err(Malformed::ConnectionSpecific));
    assert_eq!(finish(Expected::Request, &response[1..], true), Ok(SectionKind::Trailers));
    assert_eq!(get_with("te", "trailers"), Ok(SectionKind::Request));
}

#[test]
fn responses_have_a_status_of_three_digits() {
    for (value, allowed) in [
        ("200", true),
        ("999", true),
        ("100", true),
        ("102", true),
        ("099", false),
        ("20", false),
        ("2000", false),
        ("2xx", false),
        ("", false),
    ] {
        let kind = finish(Expected::Response, &[(":status", value)], false);
        assert_eq!(
            kind,
            if allowed { Ok(SectionKind::Response) } else { Err(Malformed::StatusForm) },
            "{value}"
        );
    }
}

#[test]
fn no_response_switches_protocols() {
    for expected in [Expected::Response, Expected::Any] {
        let switch = finish(expected, &[(":status", "101")], false);
        assert_eq!(switch, Err(Malformed::StatusSwitchingProtocols));
    }
}

#[test]
fn trailers_have_no_pseudo_fields() {
    assert_eq!(finish(Expected::Trailers, &[("a", "b")], true), Ok(SectionKind::Trailers));
    for field in [(":status", "200"), (":path", "/"), (":x", "y")] {
        assert_eq!(finish(Expected::Trailers, &[field], true), Err(Malformed::PseudoFieldInTrailers));
    }
}

#[test]
fn trailers_end_their_stream() {
    assert_eq!(finish(Expected::Any, &[("a", "b")], false), Err(Malformed::TrailersWithoutEndStream));
    assert_eq!(finish(Expected::Response, &[("a", "b")], false), Err(Malformed::TrailersWithoutEndStream));
}

#[test]
fn the_first_breach_is_kept() {
    let fields = [("A", "b"), ("te", "gzip"), (":path", "")];
    assert_eq!(finish(Expected::Any, &fields, true), Err(Malformed::FieldName));
}
