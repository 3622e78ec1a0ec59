//! Fields to `http`.

use h2wire::http_types::{NeverIndexed, Protocol, TargetScheme, ToHttpError, request, response, trailers};
use h2wire::{FieldLine, FieldList, Malformed, SectionKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Version};
use proptest::prelude::*;

use crate::list;

const GET: [(&str, &str); 3] = [(":method", "GET"), (":scheme", "https"), (":path", "/a?b=c")];

/// A request of these fields behind `:method`, `:scheme` and `:path`.
fn get(more: &[(&'static str, &'static str)]) -> Result<Request<()>, ToHttpError> {
    list(&[&GET, more].concat()).to_request()
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a [u8]> {
    headers.get_all(name).iter().map(HeaderValue::as_bytes).collect()
}

#[test]
fn a_request_has_an_absolute_uri() {
    let request = get(&[(":authority", "example.com:8443"), ("accept", "*/*")]).unwrap();
    assert_eq!(request.method(), Method::GET);
    assert_eq!(*request.uri(), "https://example.com:8443/a?b=c");
    assert_eq!(request.version(), Version::HTTP_2);
    assert_eq!(request.headers()["accept"], "*/*");
    assert_eq!(request.headers().len(), 1);
    assert!(request.extensions().is_empty());
}

#[test]
fn a_response_has_a_status() {
    let response = list(&[(":status", "404"), ("server", "a")]).to_response().unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.version(), Version::HTTP_2);
    assert_eq!(response.headers()["server"], "a");
    let interim = list(&[(":status", "103"), ("link", "</a>")]).to_response().unwrap();
    assert_eq!(interim.status(), StatusCode::EARLY_HINTS);
}

#[test]
fn repeats_keep_their_order() {
    let trailers = list(&[("a", "1"), ("b", "2"), ("a", "0"), ("a", "1")]).to_trailers().unwrap();
    assert_eq!(lines(&trailers, "a"), [b"1", b"0", b"1"]);
    assert_eq!(lines(&trailers, "b"), [b"2"]);
}

/// RFC 9113 §8.2.3.
#[test]
fn cookies_are_joined() {
    let request = get(&[("cookie", "a=b"), ("x", "y"), ("!cookie", "c=d"), ("cookie", "e=f")]).unwrap();
    assert_eq!(lines(request.headers(), "cookie"), [b"a=b; c=d; e=f"]);
    assert!(request.headers()["cookie"].is_sensitive(), "one of them is");
    assert!(!get(&[("cookie", "a=b")]).unwrap().headers()["cookie"].is_sensitive());
}

/// RFC 7541 §6.2.3.
#[test]
fn never_indexed_is_kept() {
    let fields = [("!:path", "/token"), (":method", "GET"), (":scheme", "https"), (":authority", "a")];
    let request = list(&[&fields[..], &[("!x", "1"), ("x", "2")]].concat()).to_request().unwrap();
    let sensitive: Vec<_> = request.headers().get_all("x").iter().map(HeaderValue::is_sensitive).collect();
    assert_eq!(sensitive, [true, false]);
    let never_indexed = request.extensions().get::<NeverIndexed>().unwrap();
    assert!(never_indexed.contains(":path") && !never_indexed.contains(":authority"));

    let response = list(&[("!:status", "200")]).to_response().unwrap();
    assert!(response.extensions().get::<NeverIndexed>().unwrap().contains(":status"));
}

/// RFC 9113 §8.5.
#[test]
fn connect_has_a_uri_in_authority_form() {
    let fields = list(&[(":method", "CONNECT"), (":authority", "example.com:443"), ("host", "example.com")]);
    let request = fields.to_request().unwrap();
    assert_eq!(*request.uri(), "example.com:443");
    assert_eq!(request.uri().authority().unwrap(), "example.com:443");
    assert!(request.uri().scheme().is_none() && request.uri().path_and_query().is_none());
}

/// RFC 8441 §4.
#[test]
fn the_protocol_of_an_extended_connect_is_an_extension() {
    let fields =
        [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/chat")];
    let request = list(&[&fields[..], &[(":authority", "a")]].concat()).to_request().unwrap();
    assert_eq!(request.extensions().get(), Some(&Protocol::WEBSOCKET));
    assert_eq!(*request.uri(), "https://a/chat");
}

/// RFC 9113 §8.3.1.
#[test]
fn options_may_have_an_asterisk() {
    let fields = [(":method", "OPTIONS"), (":scheme", "http"), (":path", "*"), (":authority", "a")];
    let request = list(&fields).to_request().unwrap();
    assert_eq!(request.uri().path(), "*");
    assert_eq!(request.uri().authority().unwrap(), "a");
    let request = list(&fields[..3]).to_request().unwrap();
    assert_eq!(*request.uri(), "*");
}

/// RFC 9113 §8.3.1.
#[test]
fn host_is_the_authority_if_there_is_no_other() {
    let request = get(&[("!host", "example.com")]).unwrap();
    assert_eq!(*request.uri(), "https://example.com/a?b=c");
    assert_eq!(request.headers()["host"], "example.com");

    let request = get(&[(":authority", "example.com"), ("host", "EXAMPLE.com:443")]).unwrap();
    assert_eq!(*request.uri(), "https://example.com/a?b=c");
    assert_eq!(request.headers()["host"], "EXAMPLE.com:443");
}

#[test]
fn a_host_that_is_none_or_another_is_refused() {
    let error = |fields| get(fields).unwrap_err();
    assert_eq!(error(&[(":authority", "a"), ("host", "b")]), ToHttpError::HostDiffers);
    assert_eq!(error(&[(":authority", "a"), ("host", "")]), ToHttpError::HostDiffers);
    assert_eq!(error(&[(":authority", "a"), ("host", "a"), ("host", "a")]), ToHttpError::HostRepeated);
    assert_eq!(error(&[("host", "a"), ("host", "b")]), ToHttpError::HostRepeated);
    assert_eq!(error(&[("host", "a b")]), ToHttpError::Host);
    assert_eq!(error(&[("host", "a/b")]), ToHttpError::Host);
    assert_eq!(error(&[("host", "user@a")]), ToHttpError::Host);
}

#[test]
fn a_scheme_without_an_authority_is_an_extension() {
    for more in [&[][..], &[("host", "")]] {
        let request = get(more).unwrap();
        assert_eq!(*request.uri(), "/a?b=c");
        assert_eq!(request.extensions().get(), Some(&TargetScheme(http::uri::Scheme::HTTPS)));
    }
}

#[test]
fn a_scheme_is_compared_without_case() {
    let fields = [(":method", "GET"), (":scheme", "HTTPS"), (":path", "/"), (":authority", "a")];
    let request = list(&fields).to_request().unwrap();
    assert_eq!(request.uri().scheme(), Some(&http::uri::Scheme::HTTPS));
}

#[test]
fn what_is_malformed_stays_so() {
    let error = |fields: &[_]| list(fields).to_request().unwrap_err();
    assert_eq!(error(&GET[..2]), Malformed::PathMissing.into());
    assert_eq!(error(&[]), ToHttpError::OtherKind { found: SectionKind::Trailers });
    assert_eq!(error(&[("A", "")]), Malformed::FieldName.into());
    assert_eq!(error(&[(":status", "200")]), Malformed::PseudoFieldOfOtherSide.into());
    assert_eq!(get(&[("connection", "close")]).unwrap_err(), Malformed::ConnectionSpecific.into());
    assert_eq!(get(&[("te", "gzip")]).unwrap_err(), Malformed::Te.into());
    assert_eq!(get(&[("te", "trailers")]).unwrap().headers()["te"], "trailers");

    assert_eq!(list(&[(":status", "099")]).to_response().unwrap_err(), Malformed::StatusForm.into());
    assert_eq!(list(&GET).to_response().unwrap_err(), Malformed::PseudoFieldOfOtherSide.into());
    let trailers = |fields: &[_]| list(fields).to_trailers();
    assert_eq!(trailers(&GET), Err(ToHttpError::OtherKind { found: SectionKind::Request }));
    assert_eq!(trailers(&[(":status", "200")]), Err(ToHttpError::OtherKind { found: SectionKind::Response }));
    assert_eq!(trailers(&[]), Ok(HeaderMap::new()));
}

#[test]
fn what_http_has_no_place_for_is_told() {
    let error = |method, scheme, path, authority| {
        let fields = [(":method", method), (":scheme", scheme), (":path", path), (":authority", authority)];
        list(&fields).to_request().unwrap_err()
    };
    assert_eq!(error("", "https", "/", "a"), Malformed::MethodForm.into());
    assert_eq!(error("G T", "https", "/", "a"), Malformed::MethodForm.into());
    assert_eq!(error("GET", "", "/", "a"), Malformed::SchemeForm.into());
    assert_eq!(error("GET", "1a", "/", "a"), Malformed::SchemeForm.into());
    assert_eq!(error("GET", "a:b", "/", "a"), Malformed::SchemeForm.into());
    assert_eq!(error("GET", "https", "/", ""), ToHttpError::Authority);
    assert_eq!(error("GET", "https", "/", "a/b"), ToHttpError::Authority);
    assert_eq!(error("GET", "https", "/ ", "a"), Malformed::FieldValue.into());
    assert_eq!(error("GET", "https", "/a b", "a"), Malformed::PathForm.into());
    assert_eq!(error("GET", "https", "/a#b", "a"), ToHttpError::Path);
    assert_eq!(error("GET", "coap", "", "a"), ToHttpError::Path);
    assert_eq!(error("GET", "https", "/a".repeat(40_000).leak(), "a"), ToHttpError::Path);

    let connect = [(":method", "CONNECT"), (":scheme", "https"), (":path", "/"), (":authority", "a")];
    let protocol = [&connect[..], &[(":protocol", "a b")]].concat();
    assert_eq!(list(&protocol).to_request().unwrap_err(), ToHttpError::Protocol);

    let value = |name| Err(ToHttpError::FieldValue { name: HeaderName::from_static(name) });
    assert_eq!(list(&[("x", "a\x01b")]).to_trailers(), value("x"));
    assert_eq!(list(&[("cookie", "a"), ("cookie", "\x7f")]).to_trailers(), value("cookie"));
    let name = "a".repeat(65_536);
    assert_eq!(
        trailers([(name.as_str(), "")].iter().map(|(n, v)| FieldLine::from((*n, *v)))),
        Err(ToHttpError::FieldName)
    );
}

#[test]
fn a_map_has_an_end() {
    let names: Vec<_> = (0..40_000).map(|number| format!("x-{number}")).collect();
    let fields: FieldList = names.iter().map(|name| FieldLine::new(name.as_bytes(), b"")).collect();
    assert_eq!(fields.to_trailers(), Err(ToHttpError::TooManyNames));
    let repeats = (0..40_000).map(|_| FieldLine::new(b"x", b""));
    assert_eq!(trailers(repeats).unwrap().len(), 40_000);
}

#[test]
fn an_error_says_what_and_where() {
    let error = get(&[("te", "gzip")]).unwrap_err();
    assert_eq!(error.to_string(), "a te field has a value other than `trailers` (RFC 9113 §8.2.2)");
    let error = list(&[]).to_response().unwrap_err();
    assert_eq!(error.to_string(), "the fields are those of trailers");
}

fn any_field() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, bool)> {
    const NAMES: &[&str] = &[
        ":method",
        ":scheme",
        ":authority",
        ":path",
        ":protocol",
        ":status",
        "host",
        "cookie",
        "te",
        "x",
        "Y",
        "",
    ];
    const VALUES: &[&str] = &[
        "GET", "CONNECT", "OPTIONS", "https", "a", "/", "*", "?", "a:1", "[::1]:", "u@", "200", "", "%", "[",
        "\u{e4}",
    ];
    let name = prop_oneof![8 => prop::sample::select(NAMES).prop_map(|name| name.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4)];
    let value = prop_oneof![8 => prop::sample::select(VALUES).prop_map(|value| value.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4)];
    (name, value, any::<bool>())
}

proptest! {
    #[test]
    fn no_fields_make_it_panic(fields in prop::collection::vec(any_field(), 0..8)) {
        let lines = || fields.iter().map(|(name, value, never)| {
            if *never { FieldLine::never_indexed(name, value) } else { FieldLine::new(name, value) }
        });
        // What is shown of a message may panic too.
        let _ = request(lines()).map(|request| format!("{request:?} {:?} {:?}", request.uri().host(), request.uri().port()));
        let _ = response(lines()).map(|response| format!("{response:?}"));
        let _ = trailers(lines());
    }
}
