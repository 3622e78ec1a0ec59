//! `http` to fields.

use h2wire::http_types::{
    HttpFields, NeverIndexed, Protocol, TargetScheme, ToFields, ToFieldsError, request_fields,
    response_fields, trailer_fields,
};
use h2wire::{FieldLine, Malformed};
use http::header::HeaderName;
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, request};

use crate::told;

fn get(uri: &str, headers: &[(&str, &str)]) -> request::Parts {
    let mut builder = Request::get(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).unwrap().into_parts().0
}

#[track_caller]
fn assert_sent(parts: &request::Parts, expected: &[(&str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    assert_eq!(told(request_fields(parts).unwrap().iter()), expected);
}

#[track_caller]
fn assert_refused(parts: &request::Parts, malformed: Malformed) {
    assert_eq!(refused(request_fields(parts)).0, malformed);
}

/// The rule, and the field as text.
fn refused(fields: Result<HttpFields<'_>, ToFieldsError>) -> (Malformed, Option<String>) {
    match fields.unwrap_err() {
        ToFieldsError::Malformed(field) => (field.breach.malformed, field.line),
        other => panic!("{other}"),
    }
}

#[test]
fn pseudo_fields_come_first() {
    let parts = get("https://example.com/a?b=c", &[("x", "1"), ("y", "2"), ("x", "3")]);
    let pseudo =
        [(":method", "GET"), (":scheme", "https"), (":authority", "example.com"), (":path", "/a?b=c")];
    assert_sent(&parts, &[&pseudo[..], &[("x", "1"), ("x", "3"), ("y", "2")]].concat());

    let (parts, ()) = Response::builder().status(204).header("server", "a").body(()).unwrap().into_parts();
    let fields = response_fields(&parts).unwrap();
    assert_eq!(told(fields.iter()), [(":status", "204"), ("server", "a")].map(|(n, v)| (n.into(), v.into())));
}

#[test]
fn values_are_lent() {
    let parts = get("https://example.com/a", &[("x", "1")]);
    let fields = request_fields(&parts).unwrap();
    let value =
        |name: &str| fields.iter().find(|field| field.name == name.as_bytes()).unwrap().value.as_ptr();
    assert_eq!(value(":path"), parts.uri.path().as_ptr());
    assert_eq!(value(":authority"), parts.uri.authority().unwrap().as_str().as_ptr());
    assert_eq!(value("x"), parts.headers["x"].as_bytes().as_ptr());
}

/// RFC 9113 §8.3.1.
#[test]
fn a_query_alone_gets_a_path() {
    let path = |uri: &str| {
        let parts = get(uri, &[]);
        let path = told(request_fields(&parts).unwrap().iter()).pop().unwrap();
        assert_eq!(path.0, ":path");
        path.1
    };
    assert_eq!(path("https://a?b"), "/?b");
    assert_eq!(path("https://a"), "/");
    assert_eq!(path("coap://a?b"), "?b");
}

/// RFC 9113 §8.3.1.
#[test]
fn host_becomes_the_authority() {
    let mut parts = get("/", &[("host", "example.com")]);
    parts.extensions.insert(TargetScheme(Scheme::HTTPS));
    let pseudo = [(":method", "GET"), (":scheme", "https"), (":authority", "example.com"), (":path", "/")];
    assert_sent(&parts, &pseudo);
    parts.headers.get_mut("host").unwrap().set_sensitive(true);
    assert_sent(&parts, &[pseudo[0], pseudo[1], ("!:authority", "example.com"), pseudo[3]]);

    let parts = get("https://example.com/", &[("host", "EXAMPLE.com:443"), ("x", "1")]);
    assert_sent(&parts, &[&pseudo[..], &[("x", "1")]].concat());
}

#[test]
fn a_host_that_is_none_or_another_is_refused() {
    assert_refused(&get("https://a/", &[("host", "b")]), Malformed::HostDiffers);
    assert_refused(&get("https://a/", &[("host", "a"), ("host", "a")]), Malformed::HostRepeated);
    let http = |host| {
        let mut parts = get("/", &[("host", host)]);
        parts.extensions.insert(TargetScheme(Scheme::HTTP));
        parts
    };
    assert_refused(&http("a b"), Malformed::AuthorityForm);
    assert_refused(&http("a/b"), Malformed::AuthorityForm);
    assert_refused(&http("u@b"), Malformed::AuthorityUserinfo);
    assert_refused(&http(""), Malformed::HostForm);
    assert_refused(&http("\u{e9}"), Malformed::HostForm);
    let parts = get("https://a/", &[("host", "b")]);
    let fields = ToFields::DEFAULT.allow(Malformed::HostDiffers).request(&parts).unwrap();
    assert!(fields.iter().all(|field| field.value != b"b"), "the URI wins");
}

#[test]
fn a_request_may_have_no_authority() {
    let mut parts = get("/", &[]);
    assert_refused(&parts, Malformed::SchemeMissing);
    parts.extensions.insert(TargetScheme("coap".parse().unwrap()));
    let pseudo = [(":method", "GET"), (":scheme", "coap"), (":path", "/")];
    assert_sent(&parts, &pseudo);
    parts.headers.insert("host", HeaderValue::from_static(""));
    assert_sent(&parts, &[&pseudo[..], &[("host", "")]].concat());
}

/// As a reader takes it, so that a proxy can pass it on.
#[test]
fn a_host_of_another_scheme_may_be_no_authority_of_a_uri() {
    let mut parts = get("/", &[("host", "\u{e9}")]);
    parts.extensions.insert(TargetScheme("coap".parse().unwrap()));
    assert_sent(&parts, &[(":method", "GET"), (":scheme", "coap"), (":path", "/"), ("host", "\u{e9}")]);
}

/// RFC 9113 §8.5.
#[test]
fn connect_has_an_authority_alone() {
    let mut parts = get("example.com:443", &[("host", "example.com")]);
    parts.method = Method::CONNECT;
    parts.extensions.insert(TargetScheme(Scheme::HTTPS));
    assert_sent(&parts, &[(":method", "CONNECT"), (":authority", "example.com:443")]);

    parts.uri = Uri::from_static("https://example.com/");
    assert_refused(&parts, Malformed::ConnectWithPath);
    parts.uri = Uri::default();
    parts.headers.clear();
    assert_refused(&parts, Malformed::ConnectWithoutAuthority);
}

/// RFC 8441 §4.
#[test]
fn a_protocol_makes_an_extended_connect() {
    let mut parts = get("https://a/chat", &[]);
    parts.extensions.insert(Protocol::WEBSOCKET);
    assert_refused(&parts, Malformed::ProtocolWithoutConnect);
    parts.method = Method::CONNECT;
    let pseudo = [(":method", "CONNECT"), (":scheme", "https"), (":authority", "a"), (":path", "/chat")];
    assert_sent(&parts, &[&pseudo[..], &[(":protocol", "websocket")]].concat());
}

/// RFC 9113 §8.3.1.
#[test]
fn options_may_have_an_asterisk() {
    let mut parts = get("*", &[("host", "a")]);
    parts.extensions.insert(TargetScheme(Scheme::HTTP));
    assert_refused(&parts, Malformed::PathForm);
    parts.method = Method::OPTIONS;
    assert_sent(&parts, &[(":method", "OPTIONS"), (":scheme", "http"), (":authority", "a"), (":path", "*")]);
}

/// RFC 9113 §8.3.1.
#[test]
fn userinfo_is_not_sent() {
    assert_refused(&get("https://u:p@a/", &[]), Malformed::AuthorityUserinfo);
}

/// RFC 9113 §8.2.2.
#[test]
fn fields_of_an_http1_connection_are_refused_by_name() {
    for name in ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"] {
        let error = (Malformed::ConnectionSpecific, Some(format!("{name}: x")));
        assert_eq!(refused(request_fields(&get("https://a/", &[(name, "x")]))), error);
        let trailers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static("x"))]);
        assert_eq!(refused(trailer_fields(&trailers)), error);
        let (parts, ()) = Response::builder().header(name, "x").body(()).unwrap().into_parts();
        assert_eq!(refused(response_fields(&parts)), error);
    }
    assert_refused(&get("https://a/", &[("te", "gzip")]), Malformed::Te);
    assert!(request_fields(&get("https://a/", &[("te", "trailers")])).is_ok());
    let error = request_fields(&get("https://a/", &[("te", "gzip")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "field at index 4, `te: gzip`: a te field has a value other than `trailers` (RFC 9113 §8.2.2)"
    );
}

/// RFC 9113 §8.2.1.
#[test]
fn white_space_around_a_value_is_refused_by_name() {
    let parts = get("https://a/", &[("accept", " x")]);
    let error = (Malformed::FieldValueWhiteSpace, Some("accept:  x".into()));
    assert_eq!(refused(request_fields(&parts)), error);
    assert!(ToFields::DEFAULT.allow(Malformed::FieldValueWhiteSpace).request(&parts).is_ok());
}

/// RFC 9113 §8.2.3.
#[test]
fn each_cookie_has_a_field() {
    let mut trailers = HeaderMap::new();
    trailers.append("cookie", HeaderValue::from_static("a=1; b=2"));
    let mut secret = HeaderValue::from_static("c=3; d=4");
    secret.set_sensitive(true);
    trailers.append("cookie", secret);
    let fields = trailer_fields(&trailers).unwrap();
    let expected = [("cookie", "a=1"), ("cookie", "b=2"), ("!cookie", "c=3"), ("!cookie", "d=4")];
    assert_eq!(told(fields.iter()), expected.map(|(name, value)| (name.into(), value.into())));
}

/// RFC 7541 §7.1.3.
#[test]
fn what_is_sensitive_is_never_indexed() {
    let mut parts = get("https://a/token", &[("authorization", "secret")]);
    parts.headers.get_mut("authorization").unwrap().set_sensitive(true);
    let mut never_indexed = NeverIndexed::default();
    never_indexed.insert(":path");
    parts.extensions.insert(never_indexed);
    let pseudo = [(":method", "GET"), (":scheme", "https"), (":authority", "a"), ("!:path", "/token")];
    assert_sent(&parts, &[&pseudo[..], &[("!authorization", "secret")]].concat());
    let fields = request_fields(&parts).unwrap();
    let last = fields.iter().last();
    assert_eq!(last, Some(FieldLine::never_indexed(b"authorization", b"secret")));
}
