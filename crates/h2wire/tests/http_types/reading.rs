//! Fields to `http`.

use h2wire::http_types::{
    NeverIndexed, Protocol, TargetScheme, ToHttp, ToHttpError, request, response, trailers,
};
use h2wire::{FieldLine, FieldList, Malformed, SectionKind};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version};
use proptest::prelude::*;

use crate::list;

const GET: [(&str, &str); 3] = [(":method", "GET"), (":scheme", "https"), (":path", "/a?b=c")];

/// A request of these fields after `:method`, `:scheme` and `:path`.
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
    let error = |fields| malformed(&get(fields).unwrap_err());
    assert_eq!(error(&[(":authority", "a"), ("host", "b")]), Malformed::HostDiffers);
    assert_eq!(error(&[(":authority", "a"), ("host", "")]), Malformed::HostForm);
    assert_eq!(error(&[(":authority", "a"), ("host", "a"), ("host", "a")]), Malformed::HostRepeated);
    assert_eq!(error(&[("host", "a"), ("host", "b")]), Malformed::HostRepeated);
    assert_eq!(error(&[("host", "a b")]), Malformed::HostForm);
    assert_eq!(error(&[("host", "a/b")]), Malformed::HostForm);
    assert_eq!(error(&[("host", "user@a")]), Malformed::HostForm);
}

#[test]
fn a_scheme_without_an_authority_is_an_extension() {
    let request = get(&[]).unwrap();
    assert_eq!(*request.uri(), "/a?b=c");
    assert_eq!(request.extensions().get(), Some(&TargetScheme(http::uri::Scheme::HTTPS)));
}

#[test]
fn a_scheme_is_compared_without_case() {
    let fields = [(":method", "GET"), (":scheme", "HTTPS"), (":path", "/"), (":authority", "a")];
    let request = list(&fields).to_request().unwrap();
    assert_eq!(request.uri().scheme(), Some(&http::uri::Scheme::HTTPS));
}

/// The rule that an error is about.
fn malformed(error: &ToHttpError) -> Malformed {
    match error {
        ToHttpError::Malformed(field) => field.breach.malformed,
        other => panic!("{other}"),
    }
}

/// The name of the field without a place, and its index.
fn unplaced(error: ToHttpError) -> (String, u32) {
    match error {
        ToHttpError::Unplaced(field) => (String::from_utf8(field.name).unwrap(), field.index),
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_malformed_stays_so() {
    let error = |fields: &[_]| list(fields).to_request().unwrap_err();
    assert_eq!(malformed(&error(&GET[..2])), Malformed::PathMissing);
    assert_eq!(error(&[]), ToHttpError::OtherKind { found: SectionKind::Trailers });
    assert_eq!(malformed(&error(&[("A", "")])), Malformed::FieldName);
    assert_eq!(malformed(&error(&[(":status", "200")])), Malformed::PseudoFieldOfOtherSide);
    assert_eq!(malformed(&get(&[("connection", "close")]).unwrap_err()), Malformed::ConnectionSpecific);
    assert_eq!(malformed(&get(&[("te", "gzip")]).unwrap_err()), Malformed::Te);
    assert_eq!(get(&[("te", "trailers")]).unwrap().headers()["te"], "trailers");

    let response = |fields: &[_]| malformed(&list(fields).to_response().unwrap_err());
    assert_eq!(response(&[(":status", "099")]), Malformed::StatusForm);
    assert_eq!(response(&[(":status", "101")]), Malformed::StatusSwitchingProtocols);
    assert_eq!(response(&GET), Malformed::PseudoFieldOfOtherSide);
    let trailers = |fields: &[_]| list(fields).to_trailers();
    for fields in [&GET[..], &[(":status", "200")]] {
        assert_eq!(malformed(&trailers(fields).unwrap_err()), Malformed::PseudoFieldInTrailers);
    }
    assert_eq!(trailers(&[]), Ok(HeaderMap::new()));
}

#[test]
fn a_target_that_is_malformed_is_told() {
    let error = |method, scheme, path, authority| {
        let fields = [(":method", method), (":scheme", scheme), (":path", path), (":authority", authority)];
        malformed(&list(&fields).to_request().unwrap_err())
    };
    assert_eq!(error("", "https", "/", "a"), Malformed::MethodForm);
    assert_eq!(error("G T", "https", "/", "a"), Malformed::MethodForm);
    assert_eq!(error("GET", "", "/", "a"), Malformed::SchemeForm);
    assert_eq!(error("GET", "1a", "/", "a"), Malformed::SchemeForm);
    assert_eq!(error("GET", "a:b", "/", "a"), Malformed::SchemeForm);
    assert_eq!(error("GET", "https", "/", ""), Malformed::AuthorityForm);
    assert_eq!(error("GET", "https", "/", "a/b"), Malformed::AuthorityForm);
    assert_eq!(error("GET", "https", "/ ", "a"), Malformed::FieldValueWhiteSpace);
    assert_eq!(error("GET", "https", "/a b", "a"), Malformed::PathForm);
    assert_eq!(error("GET", "https", "/a#b", "a"), Malformed::PathForm);

    let connect = [(":method", "CONNECT"), (":scheme", "https"), (":path", "/"), (":authority", "a")];
    let protocol = [&connect[..], &[(":protocol", "a b")]].concat();
    assert_eq!(malformed(&list(&protocol).to_request().unwrap_err()), Malformed::ProtocolForm);
}

#[test]
fn what_http_has_no_place_for_is_told() {
    let error = |scheme, path| {
        let fields = [(":method", "GET"), (":scheme", scheme), (":path", path), (":authority", "a")];
        unplaced(list(&fields).to_request().unwrap_err())
    };
    assert_eq!(error("coap", ""), (":path".into(), 2));
    assert_eq!(error("https", "/a".repeat(40_000).leak()), (":path".into(), 2));
    assert_eq!(error("a".repeat(65).leak(), "/"), (":scheme".into(), 1));

    let trailer = |fields: &[_]| unplaced(list(fields).to_trailers().unwrap_err());
    assert_eq!(trailer(&[("x", "a\x01b")]), ("x".into(), 0));
    assert_eq!(trailer(&[("cookie", "a"), ("cookie", "\x7f")]), ("cookie".into(), 1));
    let name = "a".repeat(65_536);
    let long = [("a", ""), (name.as_str(), "")].map(FieldLine::from);
    assert_eq!(unplaced(trailers(long).unwrap_err()), (name, 1));
}

#[test]
fn a_lossy_conversion_keeps_what_has_no_place() {
    let to_http = ToHttp::DEFAULT.allow(Malformed::AuthorityForm);
    let socket = [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/a"),
        ("!:authority", "/run/a.sock"),
        ("x", "\x01"),
        ("y", "1"),
    ];
    let lossy = to_http.request_lossy(list(&socket).iter()).unwrap();
    assert_eq!(*lossy.message.uri(), "/a");
    assert_eq!(lossy.message.headers()["y"], "1");
    assert_eq!(lossy.message.extensions().get(), Some(&TargetScheme(http::uri::Scheme::HTTP)));
    let unplaced: Vec<_> = lossy.unplaced.iter().map(|field| (field.index, field.line())).collect();
    assert_eq!(
        unplaced,
        [(3, FieldLine::never_indexed(b":authority", b"/run/a.sock")), (4, FieldLine::new(b"x", b"\x01"))]
    );
    assert!(!format!("{:?}", lossy.unplaced).contains("sock"), "a secret is not shown");

    // Without its scheme an authority has no place either, and without its path a URI gets one.
    let long = "a".repeat(65);
    let odd = [(":method", "GET"), (":scheme", long.as_str()), (":authority", "a"), (":path", "/b")]
        .map(FieldLine::from);
    let lossy = ToHttp::DEFAULT.request_lossy(odd).unwrap();
    assert_eq!((lossy.message.uri().to_string(), lossy.unplaced.len()), ("/b".into(), 2));
    let odd =
        [(":method", "GET"), (":scheme", long.as_str()), (":path", "/b"), ("host", "a")].map(FieldLine::from);
    assert_eq!(*ToHttp::DEFAULT.request_lossy(odd).unwrap().message.uri(), "/b");
    let odd = [(":method", "GET"), (":scheme", "coap"), (":authority", "a"), (":path", "")];
    let lossy = ToHttp::DEFAULT.request_lossy(odd).unwrap();
    assert_eq!((lossy.message.uri().to_string(), lossy.unplaced.len()), ("coap://a/".into(), 1));
    let lossy = ToHttp::DEFAULT.response_lossy([(":status", "200"), ("x", "\x7f")]).unwrap();
    assert_eq!((lossy.message.status().as_u16(), lossy.unplaced.len()), (200, 1));
}

#[test]
fn white_space_that_is_allowed_is_trimmed() {
    let fields = [("x", " a\t"), ("cookie", "a "), ("cookie", " b")];
    assert_eq!(malformed(&trailers(fields).unwrap_err()), Malformed::FieldValueWhiteSpace);
    let map = ToHttp::DEFAULT.allow(Malformed::FieldValueWhiteSpace).trailers(fields).unwrap();
    assert_eq!(
        (&map["x"], &map["cookie"]),
        (&HeaderValue::from_static("a"), &HeaderValue::from_static("a; b"))
    );
    let to_http = ToHttp::DEFAULT.allow(Malformed::FieldValueWhiteSpace);
    let fields = [(":method", "PUT"), (":scheme", "https"), (":path", "/a"), ("host", " a.test\t")];
    let request = to_http.request(fields).unwrap();
    assert_eq!((request.method(), request.uri()), (&Method::PUT, &"https://a.test/a".parse().unwrap()));
    // Not around what a pseudo-header field says.
    let status = to_http.response([(":status", " 404 ")]).unwrap_err();
    assert_eq!(malformed(&status), Malformed::StatusForm);
    let fields = [(":method", "PUT "), (":scheme", "https"), (":path", "/a"), ("host", "a.test")];
    assert_eq!(malformed(&to_http.request(fields).unwrap_err()), Malformed::MethodForm);
}

#[test]
fn a_map_has_an_end() {
    let names: Vec<_> = (0..40_000).map(|number| format!("x-{number}")).collect();
    let fields: FieldList = names.iter().map(|name| FieldLine::new(name.as_bytes(), b"")).collect();
    assert!(matches!(fields.to_trailers(), Err(ToHttpError::Unplaced(_))));
    let lossy = ToHttp::DEFAULT.trailers_lossy(fields.iter()).unwrap();
    assert_eq!(lossy.message.len() + lossy.unplaced.len(), 40_000);
    let repeats = (0..40_000).map(|_| FieldLine::new(b"x", b""));
    assert_eq!(trailers(repeats).unwrap().len(), 40_000);
}

#[test]
fn an_error_says_what_and_where() {
    let error = get(&[("te", "gzip")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "field at index 3, `te: gzip`: a te field has a value other than `trailers` (RFC 9113 §8.2.2)"
    );
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
