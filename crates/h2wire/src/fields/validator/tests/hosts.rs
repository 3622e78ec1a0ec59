//! `:authority` and `host`, and how long the content is.

use super::*;

const POST: [(&str, &str); 4] =
    [(":method", "POST"), (":scheme", "https"), (":path", "/"), (":authority", "a.test")];

fn post_with(fields: Fields<'_>, end_stream: bool) -> Result<SectionKind, Malformed> {
    finish(Expected::Request, &[&POST, fields].concat(), end_stream)
}

#[test]
fn authorities_of_http_are_host_and_port() {
    for scheme in ["http", "https", "HTTPS"] {
        let get = |authority| request(&[GET[0], (":scheme", scheme), GET[2], (":authority", authority)]);
        for authority in ["a", "a:", "a:80", "a.b.", "1.2.3.4:5", "[::1]", "[::1]:443", "a%2fb", "a_b"] {
            assert_eq!(get(authority), Ok(SectionKind::Request), "{authority}");
        }
        for authority in [
            "",
            ":80",
            "good.test/evil?",
            "a/b",
            "a?b",
            "a#b",
            "a\\b",
            "[::1",
            "a:b:c",
            "a:x",
            "<a>",
            "\"a\"",
            "a:65536",
            "[1]",
            "\u{e9}",
        ] {
            assert_eq!(get(authority), Err(Malformed::AuthorityForm), "{authority}");
        }
        for authority in ["u@a", "u:p@a:1", "@a"] {
            assert_eq!(get(authority), Err(Malformed::AuthorityUserinfo), "{authority}");
        }
    }
}

#[test]
fn authorities_of_other_schemes_do_not_reach_into_the_path() {
    let get = |authority| request(&[GET[0], (":scheme", "coap"), (":path", ""), (":authority", authority)]);
    for authority in ["", "a:b:c", "u@a", ":80", "[x]"] {
        assert_eq!(get(authority), Ok(SectionKind::Request), "{authority}");
    }
    for authority in ["a/b", "a?", "#", "\\", "a b"] {
        assert_eq!(get(authority), Err(Malformed::AuthorityForm), "{authority}");
    }
}

#[test]
fn host_is_that_of_the_authority() {
    for host in ["a.test", "A.TEST", "a.test:443", "a.test:"] {
        assert_eq!(post_with(&[("host", host)], false), Ok(SectionKind::Request), "{host}");
    }
    for host in ["b.test", "a.test:80", "a.test.", "xa.test"] {
        assert_eq!(post_with(&[("host", host)], false), Err(Malformed::HostDiffers), "{host}");
    }
    for host in ["", "a.test/b", "u@a.test", "a b", ":443"] {
        assert_eq!(post_with(&[("host", host)], false), Err(Malformed::HostForm), "{host}");
    }
    let twice = [("host", "a.test"), ("host", "a.test")];
    assert_eq!(post_with(&twice, false), Err(Malformed::HostRepeated));
    assert_eq!(get_with("host", "a.test"), Ok(SectionKind::Request));
    assert_eq!(get_with("host", ""), Err(Malformed::HostForm));
    let response = [(":status", "200"), ("host", ""), ("host", "?")];
    assert_eq!(finish(Expected::Response, &response, false), Ok(SectionKind::Response));
}

#[test]
fn host_of_a_tunnel_may_be_without_a_port() {
    let connect = |host| request(&[(":method", "CONNECT"), (":authority", "a.test:443"), ("host", host)]);
    assert_eq!(connect("a.test"), Ok(SectionKind::Request));
    assert_eq!(connect("a.test:443"), Ok(SectionKind::Request));
    assert_eq!(connect("a.test:80"), Err(Malformed::HostDiffers));
    assert_eq!(connect("b.test"), Err(Malformed::HostDiffers));
}

#[test]
fn long_hosts_are_compared_to_their_end() {
    let name = |last: char| "a".repeat(252) + &last.to_string() + ":65535";
    let get = |authority: &str, host: &str| {
        request(&[GET[0], GET[1], GET[2], (":authority", authority), ("host", host)])
    };
    assert_eq!(get(&name('b'), &name('b')), Ok(SectionKind::Request));
    assert_eq!(get(&name('b'), &name('c')), Err(Malformed::HostDiffers));
}

#[test]
fn content_length_is_one_number() {
    for value in ["0", "5", "18446744073709551615", "005"] {
        assert_eq!(post_with(&[("content-length", value)], false), Ok(SectionKind::Request), "{value}");
    }
    for value in
        ["", "x", "-1", "+1", "1.0", "0x1", "5, 5", "18446744073709551616", "99999999999999999999999"]
    {
        let post = post_with(&[("content-length", value)], false);
        assert_eq!(post, Err(Malformed::ContentLengthForm), "{value}");
    }
    let two = |first, second| post_with(&[("content-length", first), ("content-length", second)], false);
    assert_eq!(two("5", "5"), Ok(SectionKind::Request));
    assert_eq!(two("5", "6"), Err(Malformed::ContentLengthDiffers));
    let response = [(":status", "200"), ("content-length", "5"), ("content-length", "6")];
    assert_eq!(finish(Expected::Response, &response, false), Err(Malformed::ContentLengthDiffers));
}

#[test]
fn content_length_of_a_request_without_content_is_0() {
    let post = |value, end_stream| post_with(&[("content-length", value)], end_stream);
    assert_eq!(post("0", true), Ok(SectionKind::Request));
    assert_eq!(post("5", false), Ok(SectionKind::Request));
    assert_eq!(post("5", true), Err(Malformed::ContentLengthEndStream));
    // It may answer HEAD.
    let response = [(":status", "200"), ("content-length", "5")];
    assert_eq!(finish(Expected::Response, &response, true), Ok(SectionKind::Response));
    assert_eq!(finish(Expected::Any, &response, true), Ok(SectionKind::Response));
}

#[test]
fn content_length_of_a_tunnel_counts_nothing() {
    let connect = [(":method", "CONNECT"), (":authority", "a.test:443"), ("content-length", "5")];
    assert_eq!(request(&connect), Ok(SectionKind::Request));
    let mut validator = FieldValidator::new(Expected::Request);
    for (name, value) in connect {
        validator.field(name.as_bytes(), value.as_bytes());
    }
    assert_eq!(validator.content_length(), None);
    let [method, authority, length] = connect;
    // It is one number nevertheless.
    let not_a_number = [method, authority, ("content-length", "x")];
    assert_eq!(request(&not_a_number), Err(Malformed::ContentLengthForm));
    // An extended CONNECT has content.
    let extended = [method, (":protocol", "websocket"), GET[1], GET[2], authority, length];
    assert_eq!(request(&extended), Err(Malformed::ContentLengthEndStream));
}

#[test]
fn content_length_is_handed_out() {
    let mut validator = FieldValidator::new(Expected::Response);
    validator.field(b":status", b"200");
    assert_eq!(validator.content_length(), None);
    validator.field(b"content-length", b"512");
    assert_eq!(validator.content_length(), Some(512));
}
