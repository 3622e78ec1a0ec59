//! Requests: fields, content, trailers. RFC 9113 §8.

use h2wire::frame::ErrorCode as Code;

use super::Expect::{Answered, Nothing, Stream};
use super::*;

const MALFORMED: Expect = Stream(1, Code::PROTOCOL_ERROR);

#[test]
fn fields() {
    let with = |more: &[(&str, &str)]| vec![headers(1, ENDS, &request_with("GET", more))];
    let only = |fields: &[(&str, &str)]| vec![headers(1, ENDS, &block(fields))];
    let (method, scheme, path) = ((":method", "GET"), (":scheme", "http"), (":path", "/"));
    check(vec![
        ("fine", with(&[("accept", "*/*")]), Answered(1)),
        ("upper case", with(&[("X-TEST", "a")]), MALFORMED),
        ("a space in a name", with(&[("a b", "a")]), MALFORMED),
        ("a line end in a value", with(&[("a", "b\r\nc: d")]), MALFORMED),
        ("an unknown pseudo-header field", only(&[method, scheme, path, (":test", "a")]), MALFORMED),
        (":status", only(&[method, scheme, path, (":status", "200")]), MALFORMED),
        (
            ":protocol, which was not announced",
            only(&[(":method", "CONNECT"), scheme, path, (":authority", "a"), (":protocol", "b")]),
            MALFORMED,
        ),
        ("a late pseudo-header field", only(&[method, scheme, ("a", "b"), path]), MALFORMED),
        ("connection", with(&[("connection", "keep-alive")]), MALFORMED),
        ("keep-alive", with(&[("keep-alive", "5")]), MALFORMED),
        ("transfer-encoding", with(&[("transfer-encoding", "chunked")]), MALFORMED),
        ("upgrade", with(&[("upgrade", "h2c")]), MALFORMED),
        ("te", with(&[("te", "trailers, deflate")]), MALFORMED),
        ("te: trailers", with(&[("te", "trailers")]), Answered(1)),
        ("an empty :path", only(&[method, scheme, (":path", "")]), MALFORMED),
        ("no :method", only(&[scheme, path]), MALFORMED),
        ("no :scheme", only(&[method, path]), MALFORMED),
        ("no :path", only(&[method, scheme]), MALFORMED),
        (":method twice", only(&[method, method, scheme, path]), MALFORMED),
        (":scheme twice", only(&[method, scheme, scheme, path]), MALFORMED),
        (":path twice", only(&[method, scheme, path, path]), MALFORMED),
        ("no pseudo-header field", only(&[("a", "b")]), MALFORMED),
        ("none at all", only(&[]), MALFORMED),
        ("another host", with(&[("host", "b")]), MALFORMED),
        ("the same host", with(&[("host", "A")]), Answered(1)),
    ]);
}

#[test]
fn content_length() {
    let post = |length: &str| headers(1, END_HEADERS, &request_with("POST", &[("content-length", length)]));
    let ended = |length: &str| headers(1, ENDS, &request_with("POST", &[("content-length", length)]));
    let trailers = headers(1, ENDS, &block(&[("a", "b")]));
    check(vec![
        ("as it says", vec![post("4"), data(1, END_STREAM, b"test")], Answered(1)),
        ("as it says, in two", vec![post("4"), data(1, 0, b"te"), data(1, END_STREAM, b"st")], Answered(1)),
        ("as it says, padding", vec![post("2"), data(1, END_STREAM | PADDED, b"\x02ab\0\0")], Answered(1)),
        ("as it says, trailers", vec![post("4"), data(1, 0, b"test"), trailers.clone()], Answered(1)),
        ("too much", vec![post("1"), data(1, END_STREAM, b"test")], MALFORMED),
        ("too much, in two", vec![post("1"), data(1, 0, b"a"), data(1, END_STREAM, b"b")], MALFORMED),
        ("too little", vec![post("9"), data(1, END_STREAM, b"test")], MALFORMED),
        ("too little, trailers", vec![post("9"), data(1, 0, b"test"), trailers], MALFORMED),
        ("none", vec![ended("1")], MALFORMED),
        ("none, 0", vec![ended("0")], Answered(1)),
        ("no number", vec![post("+4")], MALFORMED),
        ("empty", vec![post("")], MALFORMED),
        ("too large a number", vec![post("99999999999999999999")], MALFORMED),
        (
            "twice",
            vec![headers(
                1,
                END_HEADERS,
                &request_with("POST", &[("content-length", "4"), ("content-length", "5")]),
            )],
            MALFORMED,
        ),
    ]);
}

#[test]
fn trailers() {
    let plain = block(&[("a", "b")]);
    check(vec![
        ("fine", vec![post(1), data(1, 0, b"test"), headers(1, ENDS, &plain)], Answered(1)),
        ("without content", vec![post(1), headers(1, ENDS, &plain)], Answered(1)),
        ("without END_STREAM", vec![post(1), headers(1, END_HEADERS, &plain)], MALFORMED),
        ("a second request", vec![post(1), headers(1, ENDS, GET)], MALFORMED),
        ("a second request without END_STREAM", vec![post(1), post(1)], MALFORMED),
        ("a pseudo-header field", vec![post(1), headers(1, ENDS, &block(&[(":method", "GET")]))], MALFORMED),
        ("an upper-case name", vec![post(1), headers(1, ENDS, &block(&[("A", "b")]))], MALFORMED),
        ("no answer before the end", vec![post(1), data(1, 0, b"test")], Nothing),
    ]);
}

#[test]
fn head_has_no_content() {
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&headers(1, ENDS, &request_with("HEAD", &[])));
    assert_eq!(seen, [Seen::Response(1, 200, true)]);
    assert_eq!(peer.send(&get(3)).len(), 2);
}

#[test]
fn who_expects_100_is_told_to_continue() {
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&headers(1, END_HEADERS, &request_with("POST", &[("expect", "100-continue")])));
    assert_eq!(seen, [Seen::Response(1, 100, false)]);
    let seen = peer.send(&data(1, END_STREAM, b"a"));
    assert_eq!(seen, [Seen::Response(1, 200, false), Seen::Data(1, CONTENT.len(), true)]);
}

#[test]
fn a_section_that_is_too_large_is_answered_431() {
    let value = "a".repeat(120);
    // 153 each, and 65,536 are taken.
    let fields = vec![("a", value.as_str()); 440];
    let first = request_with("GET", &fields[..55]);
    let more: Vec<u8> =
        fields[55..].chunks(100).flat_map(|fields| continuation(1, 0, &block(fields))).collect();
    for (end_stream, then) in [(END_STREAM, None), (0, Some(Seen::Reset(1, Code::NO_ERROR)))] {
        let mut peer = Peer::after_handshake();
        let seen = peer.send(
            &[headers(1, end_stream, &first), more.clone(), continuation(1, END_HEADERS, b"")].concat(),
        );
        let expected: Vec<Seen> = [Seen::Response(1, 431, true)].into_iter().chain(then).collect();
        assert_eq!(seen, expected);
        assert_eq!(peer.send(&get(3)).len(), 2, "the connection goes on");
    }
}
