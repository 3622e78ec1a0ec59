//! `h2wire probe` against servers that do what servers do to clients.
#![cfg(feature = "command")]

mod servers;
mod support;

use serde_json::Value;
use servers::{Identity, Server};
use support::{Run, h2wire};

/// SETTINGS without settings, and its acknowledgment.
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0";
/// A response with status 200, without its content.
const HEAD: &[u8] = b"\0\0\x01\x01\x04\0\0\0\x01\x88";

fn probe(arguments: &[&str]) -> Run {
    h2wire(&[&["probe", "--json"], arguments].concat(), b"")
}

/// What `--json` prints under a key, the last time.
fn object(run: &Run, key: &str) -> Value {
    run.objects().iter().rev().find_map(|object| object.get(key).cloned()).unwrap_or_default()
}

/// Probes, and looks at the end: status, rule, step, and words of the diagnosis.
fn ends(arguments: &[&str], status: i32, rule: &str, phase: &str, words: &[&str]) -> Run {
    let run = probe(arguments);
    let diagnosis = object(&run, "diagnosis");
    let seen = (run.status, diagnosis["rule"].as_str(), diagnosis["phase"].as_str());
    assert_eq!(seen, (status, Some(rule), Some(phase)), "{arguments:?}: {}{}", run.stdout, run.stderr);
    assert_eq!(diagnosis["exit_status"], status);
    assert_eq!(h2wire(&["explain", rule], b"").status, 0, "{rule} is not explained");
    for word in words {
        assert!(diagnosis.to_string().contains(word), "{word}: {diagnosis}");
    }
    run
}

#[test]
fn http2_over_tls_works() {
    let identity = Identity::new();
    let server = Server::tls(&identity, &["h2", "http/1.1"]);
    let run = ends(&[&server.url("https"), "--cacert", identity.path()], 0, "http2", "content", &["200"]);
    let tls = object(&run, "tls");
    assert_eq!(tls["alpn_offered"], serde_json::json!(["h2", "http/1.1"]));
    assert_eq!((&tls["alpn_chosen"], &tls["version"]), (&"h2".into(), &"TLS 1.3".into()));
    assert_eq!(tls["certificate"]["names"], serde_json::json!(["localhost"]));
    assert_eq!(tls["certificate_error"], Value::Null);
    let response = object(&run, "response");
    assert_eq!((&response["status"], &response["content_octets"]), (&200.into(), &15.into()));

    let frames: Vec<_> = run.objects().into_iter().filter(|object| object["type_name"].is_string()).collect();
    let of = |from: &str| -> Vec<_> {
        let of = frames.iter().filter(|frame| frame["from"] == from);
        of.map(|frame| frame["type_name"].as_str().unwrap()).collect()
    };
    let by_client = of("client");
    assert_eq!((by_client[0], by_client[1], *by_client.last().unwrap()), ("SETTINGS", "HEADERS", "GOAWAY"));
    assert_eq!(by_client.iter().filter(|name| **name == "SETTINGS").count(), 2); // one is the acknowledgment
    assert!(of("server").starts_with(&["SETTINGS"]) && of("server").contains(&"DATA"));
    // The settings are those of the first frame, in its order.
    let first = frames.iter().find(|frame| frame["from"] == "server").unwrap();
    assert_eq!(object(&run, "settings"), first["payload"]["settings"]);
}

#[test]
fn the_frames_can_be_encoded_again() {
    let server = Server::h2c();
    let run = probe(&[&server.url("http"), "--prior-knowledge"]);
    let encoded = h2wire_octets(&["encode", "--from=client"], run.stdout.as_bytes());
    assert!(encoded.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04"), "{encoded:x?}");
}

fn h2wire_octets(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = assert_cmd::Command::cargo_bin("h2wire").unwrap();
    command.args(arguments).write_stdin(input).output().unwrap().stdout
}

#[test]
fn a_request_with_much_content_comes_back() {
    let server = Server::h2c();
    let data = format!("--data={}", "x".repeat(120_000));
    let run = ends(&[&server.url("http"), "--prior-knowledge", &data], 0, "http2", "content", &[]);
    assert_eq!(object(&run, "response")["content_octets"], 120_000);
    let updates = run.objects().into_iter().filter(|object| object["type_name"] == "WINDOW_UPDATE");
    assert!(updates.filter(|update| update["from"] == "client").count() >= 2);
}

#[test]
fn http1_is_named_however_it_comes() {
    let identity = Identity::new();
    let trusted = ["--cacert", identity.path()];
    let ends = |url: &str, options: &[&str], rule: &str, phase: &str, words: &[&str]| {
        let run = ends(&[&[url], &trusted[..], options].concat(), 4, rule, phase, words);
        let sent = run.objects().into_iter().any(|object| object["from"] == "client");
        assert_eq!(sent, phase != "tls", "{}", run.stdout);
    };
    // Only HTTP/1.1 at the server, only at the client, no ALPN at the server.
    let server = Server::tls(&identity, &["http/1.1"]);
    ends(&server.url("https"), &[], "alpn_http1", "tls", &["http/1.1", "alpn_protocols"]);
    let server = Server::tls(&identity, &["h2", "http/1.1"]);
    ends(&server.url("https"), &["--alpn=http/1.1"], "alpn_http1", "tls", &["did not offer h2"]);
    // No ALPN at the client.
    let words = ["did not offer ALPN", "HTTP/1.1 400 Bad Request", "FRAME_SIZE_ERROR", "alpn_protocols"];
    ends(&server.url("https"), &["--no-alpn"], "http1_response", "settings", &words);
    let server = Server::tls(&identity, &[]);
    ends(&server.url("https"), &[], "alpn_none", "tls", &["no protocol", "alpn_protocols"]);
    ends(&server.url("https"), &["--prior-knowledge"], "http1_response", "settings", &["did not choose h2"]);
    // ALPN chose h2, and the backend after the end of TLS does not speak it.
    let server = Server::tls_says(&identity, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let words = ["chose h2 by ALPN but does not speak it", "speaks HTTP/1.x", "that the backend speaks"];
    ends(&server.url("https"), &[], "http1_response", "settings", &words);
    let server = Server::tls_says(&identity, b"220 localhost ESMTP\r\n");
    let words = ["chose h2 by ALPN but does not speak it", "another protocol", "that the backend speaks"];
    ends(&server.url("https"), &[], "not_http2", "settings", &words);
    // Cleartext.
    let server = Server::http1();
    let words = ["prior knowledge was wrong", "h2c"];
    ends(&server.url("http"), &["--prior-knowledge"], "http1_response", "settings", &words);
    let server =
        Server::says(b"HTTP/1.1 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.");
    ends(&server.url("http"), &["--prior-knowledge"], "http1_response", "settings", &["this is a TLS port"]);
    let server = Server::says(b"220 localhost ESMTP\r\n");
    ends(
        &server.url("http"),
        &["--prior-knowledge"],
        "not_http2",
        "settings",
        &["ESMTP", "another protocol"],
    );
    // HTTP/2, but not for this.
    let reset = [SETTINGS, b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x0d"].concat();
    let server = Server::says(reset);
    ends(
        &server.url("http"),
        &["--prior-knowledge"],
        "http_1_1_required",
        "response",
        &["HTTP_1_1_REQUIRED"],
    );
}

#[test]
fn tls_that_fails_says_why() {
    let identity = Identity::new();
    let trusted = ["--cacert", identity.path()];
    let fails = |url: &str, options: &[&str], rule: &str, words: &[&str]| {
        ends(&[&[url], options].concat(), 5, rule, "tls", words)
    };
    let server = Server::tls(&identity, &["something"]);
    let words = ["no_application_protocol", "h2, http/1.1", "alert 120", "alpn_protocols"];
    fails(&server.url("https"), &trusted, "no_application_protocol", &words);
    fails(
        &server.url("https"),
        &[&trusted[..], &["--alpn=h3"]].concat(),
        "no_application_protocol",
        &["offer h2"],
    );
    let server = Server::for_certified(&identity);
    let words = ["certificate_required", "alert 116", "client certificates"];
    ends(&[&[&*server.url("https")], &trusted[..]].concat(), 5, "tls_alert", "settings", &words);

    let server = Server::tls(&identity, &["h2"]);
    let run =
        fails(&server.url("https"), &["--cacert", Identity::new().path()], "certificate", &["--cacert"]);
    let tls = object(&run, "tls");
    assert_eq!(tls["certificate"]["names"][0], "localhost", "shown though it is refused");
    assert!(tls["certificate_error"].as_str().unwrap().contains("UnknownIssuer"), "{tls}");
    let run = ends(
        &[&server.url("https"), "--insecure", "--cacert", Identity::new().path()],
        0,
        "http2",
        "content",
        &[],
    );
    assert!(object(&run, "tls")["certificate_error"].is_string());

    let place = format!("--connect=127.0.0.1:{}", server.addr.port());
    let words = ["the certificate is for localhost", "other.example"];
    fails("https://other.example/", &[&trusted[..], &[&place]].concat(), "certificate", &words);

    let identity = Identity::expired();
    let server = Server::tls(&identity, &["h2"]);
    fails(&server.url("https"), &["--cacert", identity.path()], "certificate", &["has expired"]);

    let identity = Identity::authority();
    let server = Server::tls(&identity, &["h2"]);
    let words = ["CaUsedAsEndEntity", "basicConstraints CA:TRUE", "basicConstraints=critical,CA:FALSE"];
    fails(&server.url("https"), &["--cacert", identity.path()], "certificate", &words);
}

#[test]
fn tls_and_cleartext_are_told_apart() {
    let identity = Identity::new();
    let server = Server::tls(&identity, &["h2"]);
    let run = ends(
        &[&server.url("http"), "--prior-knowledge"],
        5,
        "tls_record",
        "settings",
        &["TLS alert", "https"],
    );
    assert!(run.objects().iter().any(|object| object["error"]["rule"] == "tls_record"));
    let server = Server::tls_says(&identity, b"\x15\x03\x01\0\x02\x02\x46");
    let url = server.url("https");
    ends(&[&url, "--cacert", identity.path()], 5, "tls_record", "settings", &["a backend that expects TLS"]);

    let url = Server::url;
    let insecure = "--insecure";
    let server = Server::says(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    ends(&[&url(&server, "https"), insecure], 5, "tls_to_cleartext", "tls", &["HTTP/1.1 400 Bad Request"]);
    let server = Server::h2c();
    ends(&[&url(&server, "https"), insecure], 5, "tls_to_cleartext", "tls", &["h2c", "--prior-knowledge"]);
    let server = Server::says(b"220 localhost ESMTP\r\n");
    ends(&[&url(&server, "https"), insecure], 5, "tls_to_cleartext", "tls", &["not TLS", "ESMTP"]);
    let server = Server::closes();
    ends(&[&url(&server, "https"), insecure], 5, "tls_closed", "tls", &["without an alert"]);
    let server = Server::resets();
    ends(&[&url(&server, "https"), insecure], 5, "tls_reset", "tls", &["reset"]);
}

#[test]
fn cleartext_needs_prior_knowledge() {
    let server = Server::h2c();
    let words = ["--prior-knowledge", "ALPN is a part of TLS"];
    ends(&[&server.url("http")], 2, "prior_knowledge_needed", "connect", &words);
    ends(&[&server.url("http"), "--prior-knowledge"], 0, "http2", "content", &["200"]);
}

#[test]
fn each_step_has_its_time() {
    // Long enough that a machine with much to do comes to the step that is meant, so all wait at once.
    let late = |url: &str, option: &str, phase: &str, words: &[&str]| {
        ends(&[url, "--timeout=3", option], 6, "timeout", phase, words)
    };
    let silent = Server::silent();
    let no_response = Server::says(SETTINGS);
    let no_end = Server::says([SETTINGS, HEAD].concat());
    let plain = "--prior-knowledge";
    let run = std::thread::scope(|scope| {
        scope.spawn(|| late(&silent.url("http"), plain, "settings", &["SETTINGS", "waits"]));
        scope.spawn(|| late(&silent.url("https"), "--insecure", "tls", &["TLS handshake"]));
        scope.spawn(|| late(&no_response.url("http"), plain, "response", &["does not answer this request"]));
        late(&no_end.url("http"), plain, "content", &["HTTP/2 works"])
    });
    let response = object(&run, "response");
    assert_eq!((&response["status"], &response["complete"]), (&200.into(), &false.into()));
    // Given up, the client says so.
    let last = run.objects().into_iter().rfind(|object| object["from"] == "client").unwrap();
    assert_eq!((&last["type_name"], &last["payload"]["error_code"]), (&"GOAWAY".into(), &0.into()));
}

#[test]
fn who_ends_the_connection_is_named() {
    let gone = |server: &Server, rule: &str, phase: &str, words: &[&str]| {
        ends(&[&server.url("http"), "--prior-knowledge"], 7, rule, phase, words)
    };
    let go_away = |code: u8, debug: &[u8]| {
        let len = 8 + u8::try_from(debug.len()).unwrap();
        [SETTINGS, b"\0\0", &[len], b"\x07\0\0\0\0\0\0\0\0\0\0\0\0", &[code], debug].concat()
    };
    let server = Server::says(go_away(11, b"too_many"));
    gone(&server, "goaway", "response", &["ENHANCE_YOUR_CALM", "too_many", "h2wire explain"]);
    gone(&Server::says(go_away(0, b"")), "goaway", "response", &["did not process"]);
    gone(&Server::closes(), "connection_closed", "settings", &["without an answer to the preface"]);
    gone(&Server::resets(), "connection_reset", "settings", &["reset the connection"]);
    let run =
        gone(&Server::says_and_ends(&SETTINGS[..12]), "connection_closed", "response", &["inside a frame"]);
    assert!(run.objects().iter().any(|object| object["incomplete"]["have"] == 3), "{}", run.stdout);
}

#[test]
fn a_shutdown_that_was_announced_is_remembered() {
    let ends = |octets: &[&[u8]], phase: &str, words: &[&str]| {
        let server = Server::says_and_ends(octets.concat());
        ends(&[&server.url("http"), "--prior-knowledge"], 7, "connection_closed", phase, words)
    };
    // As nginx and Go do it: the last stream is still open, and becomes known by a second GOAWAY.
    let go_away = b"\0\0\x08\x07\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\0";
    ends(&[SETTINGS, go_away], "response", &["announced a shutdown", "closed without a response\""]);
    ends(&[SETTINGS, go_away, HEAD], "content", &["announced a shutdown", "the end of the response"]);
    ends(&[SETTINGS], "response", &["gave up the connection without a GOAWAY"]);
}

#[test]
fn who_breaks_http2_is_named() {
    let breaks = |octets: &[u8], rule: &str, words: &[&str]| {
        let server = Server::says(octets.to_vec());
        ends(&[&server.url("http"), "--prior-knowledge"], 1, rule, "response", words)
    };
    let run = breaks(
        &[SETTINGS, b"\0\0\x01\x06\0\0\0\0\0\0"].concat(),
        "ping_length",
        &["6.7", "FRAME_SIZE_ERROR"],
    );
    let told = run.objects().into_iter().rfind(|object| object["type_name"] == "GOAWAY").unwrap();
    assert_eq!((&told["from"], &told["payload"]["error_code"]), (&"client".into(), &6.into()));
    breaks(
        &[SETTINGS, b"\0\0\x01\x01\x05\0\0\0\x03\x88"].concat(),
        "headers_on_idle",
        &["5.1", "HEADERS stream 3, 1 byte"],
    );
    breaks(&[SETTINGS, b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x07"].concat(), "stream_reset", &["REFUSED_STREAM"]);
    let server = Server::says(b"\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0");
    ends(&[&server.url("http"), "--prior-knowledge"], 1, "first_frame", "settings", &["SETTINGS"]);
    // What it says is waited for, but not for ever.
    let go_away = b"\0\0\x0a\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0bno";
    let refused = |octets: &'static [u8], words: &[&str]| {
        let server = Server::says_and_ends(octets);
        ends(&[&server.url("http"), "--prior-knowledge"], 1, "first_frame", "settings", words);
    };
    refused(go_away, &["ENHANCE_YOUR_CALM: \\\"no\\\"", "refuses the connection"]);
    refused(&go_away[..18], &["GOAWAY stream 0, 10 bytes", "refuses the connection"]);
}

#[test]
fn who_breaks_the_rules_of_a_message_is_named() {
    let breaks = |octets: &[&[u8]], options: &[&str], rule: &str, phase: &str, words: &[&str]| {
        let server = Server::says(octets.concat());
        let url = server.url("http");
        ends(&[&[&*url, "--prior-knowledge"], options].concat(), 1, rule, phase, words)
    };
    // Status 200 and `content-length: 10`, 3 bytes of content.
    let head = b"\0\0\x06\x01\x04\0\0\0\x01\x88\x0f\x0d\x0210";
    let data = b"\0\0\x03\0\x01\0\0\0\x01abc";
    let words = ["8.1.1", "content-length: 10; 3 bytes of content", "padding does not count"];
    let run = breaks(&[SETTINGS, head, data], &[], "content_too_short", "content", &words);
    let response = object(&run, "response");
    assert_eq!((&response["complete"], &response["content_octets"]), (&false.into(), &3.into()));
    let more = b"\0\0\x0b\0\0\0\0\0\x01hello world";
    let words = ["content-length: 10; 11 bytes of content"];
    breaks(&[SETTINGS, head, more], &[], "content_too_long", "content", &words);
    breaks(&[SETTINGS, HEAD, HEAD], &[], "section_order", "content", &["8.1", "no :status"]);
    let run = breaks(
        &[SETTINGS, HEAD, data, data],
        &[],
        "data_on_closed",
        "content",
        &["5.1", "STREAM_CLOSED", "DATA stream 1"],
    );
    assert_eq!(object(&run, "response")["content_octets"], 3);
    let switching = b"\0\0\x05\x01\x04\0\0\0\x01\x08\x03101";
    breaks(&[SETTINGS, switching], &[], "status_switching_protocols", "response", &["8.6", "RFC 8441"]);
    // A field that no other client would take.
    let field = b"\0\0\x06\x01\x05\0\0\0\x01\x88\0\x01X\x01y";
    let words = ["8.2.1", r#"field at index 1, X: \"y\""#];
    let run = breaks(&[SETTINGS, field], &[], "field_name", "response", &words);
    assert!(
        run.objects().iter().any(|object| object["type_name"] == "RST_STREAM" && object["from"] == "client")
    );

    let server = Server::says([SETTINGS, b"\0\0\x06\x01\x05\0\0\0\x01\x88\x0f\x0d\x0210"].concat());
    ends(&[&server.url("http"), "--prior-knowledge", "--method=HEAD"], 0, "http2", "content", &[]);
}

#[test]
fn what_cannot_be_reached_is_told() {
    // Bound, so that nobody else gets the port, and nobody listens.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", nobody.local_addr().unwrap());
    ends(&[&url, "--prior-knowledge"], 2, "connection_refused", "connect", &["port"]);
    for line in [["https://localhost:99999/", "--insecure"], ["https://localhost/", "--connect=localhost:0"]]
    {
        let run = probe(&line);
        assert!(run.status == 2 && run.stderr.contains("from 1 to 65535"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let run = probe(&["ftp://localhost/"]);
    assert!(run.status == 2 && run.stderr.contains("https://"), "{}", run.stderr);
    let run = probe(&["https://localhost/", "--cacert=/nowhere"]);
    assert!(run.status == 2 && run.stderr.contains("--cacert /nowhere"), "{}", run.stderr);
    let run = probe(&["http://localhost/", "--prior-knowledge", "--header=connection: close"]);
    assert!(run.status == 2 && run.stderr.contains("connection"), "{}", run.stderr);
}

#[test]
fn people_read_it_too() {
    let identity = Identity::new();
    let server = Server::tls(&identity, &["h2", "http/1.1"]);
    let run = h2wire(&["probe", &server.url("https"), "--cacert", identity.path()], b"");
    assert_eq!(run.status, 0, "{}", run.stdout);
    for line in [
        "ALPN        offered h2, http/1.1; chosen h2",
        "names       localhost",
        "response    200, 15 bytes of content",
        "diagnosis   http2: HTTP/2 works: the response has status 200",
    ] {
        assert!(run.stdout.lines().any(|shown| shown == line), "{line}: {}", run.stdout);
    }
    let run = h2wire(&["probe", &server.url("https"), "--cacert", identity.path(), "--no-alpn"], b"");
    assert_eq!(run.status, 4, "{}", run.stdout);
    for line in ["ALPN        offered nothing; chosen nothing", "seen        HTTP/1.1 400 Bad Request"] {
        assert!(run.stdout.lines().any(|shown| shown == line), "{line}: {}", run.stdout);
    }
}
