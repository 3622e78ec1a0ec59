//! What `h2wire probe` sends: requests of any kind, client certificates, health checks of gRPC.
#![cfg(feature = "command")]

mod servers;
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use servers::{Identity, Server};
use support::{Run, h2wire, skipped};

/// What `--json` prints under a key, the last time.
fn object(run: &Run, key: &str) -> Value {
    run.objects().iter().rev().find_map(|object| object.get(key).cloned()).unwrap_or_default()
}

/// The fields of the request.
fn request(run: &Run) -> Vec<(String, String)> {
    let objects = run.objects();
    let section =
        objects.iter().find(|object| object["from"] == "client" && object["field_section"].is_object());
    let fields = section.unwrap()["field_section"]["fields"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    fields.iter().map(|field| (text(&field["name"]), text(&field["value"]))).collect()
}

fn value(run: &Run, name: &str) -> Option<String> {
    request(run).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[test]
fn short_options_are_those_of_curl() {
    let server = Server::h2c();
    let url = server.url("http");
    let line = [
        "probe",
        "--json",
        "--prior-knowledge",
        &url,
        "-X",
        "PUT",
        "-H",
        "X-One: 1",
        "-H",
        "x-two:2",
        "-d",
        "ab",
    ];
    let run = h2wire(&line, b"");
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let of = |name| value(&run, name);
    assert_eq!((of(":method").as_deref(), of("content-length").as_deref()), (Some("PUT"), Some("2")));
    assert_eq!((of("x-one").as_deref(), of("x-two").as_deref()), (Some("1"), Some("2")));
    assert_eq!(object(&run, "response")["content_octets"], 2);

    let identity = Identity::new();
    let server = Server::tls(&identity, &["h2"]);
    let run = h2wire(&["probe", "--json", "-k", &server.url("https")], b"");
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(object(&run, "tls")["certificate_error"].is_string());
}

#[test]
fn content_comes_from_a_file_or_standard_input() {
    let server = Server::h2c();
    let url = server.url("http");
    let probe = |data: &str, input: &[u8]| {
        h2wire(&["probe", "--json", "--prior-knowledge", &url, &format!("--data={data}")], input)
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    // Not text.
    std::fs::write(file.path(), vec![0xff; 70_000]).unwrap();
    let run = probe(&format!("@{}", file.path().display()), b"");
    assert_eq!((run.status, value(&run, "content-length").as_deref()), (0, Some("70000")));
    assert_eq!(object(&run, "response")["content_octets"], 70_000);
    for data in ["-", "@-"] {
        let run = probe(data, b"from a pipe\0");
        assert_eq!((run.status, value(&run, "content-length").as_deref()), (0, Some("12")), "{data}");
    }
    let run = probe("@/nowhere", b"");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "nothing was sent");
    assert!(run.stderr.contains("--data @/nowhere"), "{}", run.stderr);
    // No content is content too.
    let run = probe("", b"");
    assert_eq!((run.status, value(&run, ":method").as_deref()), (0, Some("POST")));
}

#[test]
fn a_client_certificate_is_presented() {
    let identity = Identity::new();
    let server = Server::for_certified(&identity);
    let url = server.url("https");
    let probe = |options: &[&str]| {
        h2wire(&[&["probe", "--json", &url, "--cacert", identity.path()], options].concat(), b"")
    };
    let run = probe(&["--cert", identity.path(), "--key", identity.key_path()]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(object(&run, "response")["status"], 200);
    // Both in one file, as curl takes it.
    let both = tempfile::NamedTempFile::new().unwrap();
    let text = |path: &str| std::fs::read_to_string(path).unwrap();
    std::fs::write(both.path(), text(identity.path()) + &text(identity.key_path())).unwrap();
    assert_eq!(probe(&["--cert", both.path().to_str().unwrap()]).status, 0);
    // One that the server does not trust, and none.
    let other = Identity::new();
    let run = probe(&["--cert", other.path(), "--key", other.key_path()]);
    assert_eq!((run.status, &object(&run, "diagnosis")["rule"]), (5, &json!("tls_alert")), "{}", run.stdout);
    let run = probe(&[]);
    assert!(object(&run, "diagnosis")["remedy"].as_str().unwrap().contains("--cert"), "{}", run.stdout);
    // Mistakes of the command line, before anything is sent.
    for (options, says) in [
        (["--cert", identity.path(), "--key", other.key_path()].as_slice(), "--key"),
        (&["--cert", identity.path()], "--key"),
        (&["--cert", identity.key_path(), "--key", identity.key_path()], "no certificate in PEM format"),
        (&["--cert", "/nowhere"], "--cert /nowhere"),
        (&["--key", identity.key_path()], "--cert"),
    ] {
        let run = probe(options);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{options:?}: {}", run.stderr);
    }
}

/// SETTINGS, then a response: fields, content, trailers, each where it is given.
fn answer(head: &[u8], content: Option<&[u8]>, trailers: Option<&[u8]>) -> Vec<u8> {
    let frame = |kind: u8, flags: u8, payload: &[u8]| {
        [&[0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, 1], payload].concat()
    };
    let ends = |end: bool| u8::from(end);
    let settings = b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0".to_vec();
    let mut octets = [settings, frame(1, 4 | ends(content.is_none() && trailers.is_none()), head)].concat();
    if let Some(content) = content {
        octets.extend(frame(0, ends(trailers.is_none()), content));
    }
    octets.extend(trailers.into_iter().flat_map(|fields| frame(1, 5, fields)));
    octets
}

/// A field without indexing and Huffman.
fn field(name: &str, value: &str) -> Vec<u8> {
    let string = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], string(name), string(value)].concat()
}

#[test]
fn a_health_check_says_what_the_service_says() {
    let head = [b"\x88".to_vec(), field("content-type", "application/grpc")].concat();
    let ok = field("grpc-status", "0");
    let check = |octets: Vec<u8>, option: &str| {
        let server = Server::says(octets);
        h2wire(&["probe", "--json", "--prior-knowledge", &server.url("http"), option], b"")
    };
    let serving = |number: u8| answer(&head, Some(&[0, 0, 0, 0, 2, 8, number]), Some(&ok));
    let run = check(serving(1), "--grpc-health");
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(
        object(&run, "grpc_health"),
        json!({"service": "", "serving_status": 1, "serving_name": "SERVING", "grpc_status": 0,
            "grpc_status_name": "OK", "grpc_message": null})
    );
    let of = |name| value(&run, name);
    assert_eq!(
        [of(":method"), of(":path"), of("content-type"), of("te"), of("accept")],
        [
            Some("POST"),
            Some("/grpc.health.v1.Health/Check"),
            Some("application/grpc"),
            Some("trailers"),
            None
        ]
        .map(|text| text.map(str::to_owned))
    );
    assert!(run.stdout.contains("\"data_hex\":\"0000000000\""), "{}", run.stdout);

    let run = check(serving(2), "--grpc-health=a.B");
    assert_eq!((run.status, &object(&run, "diagnosis")["rule"]), (8, &json!("grpc_not_serving")));
    assert!(object(&run, "diagnosis")["summary"].as_str().unwrap().contains("a.B is NOT_SERVING"));
    assert!(run.stdout.contains("\"data_hex\":\"00000000050a03612e42\""), "{}", run.stdout);

    // Trailers alone, as servers answer that do not know the method.
    let head = [&head[..], &field("grpc-status", "12"), &field("grpc-message", "unknown%20service")].concat();
    let run = check(answer(&head, None, None), "--grpc-health");
    assert_eq!((run.status, &object(&run, "diagnosis")["rule"]), (8, &json!("grpc_failed")));
    assert_eq!(object(&run, "grpc_health")["grpc_message"], "unknown service");
    assert!(object(&run, "diagnosis")["summary"].as_str().unwrap().contains("UNIMPLEMENTED"));

    // Not gRPC, and a message that cannot be read.
    let html = [b"\x88".to_vec(), field("content-type", "text/html")].concat();
    let run = check(answer(&html, Some(b"hello"), None), "--grpc-health");
    assert_eq!((run.status, &object(&run, "diagnosis")["rule"]), (8, &json!("not_grpc")));
    assert!(object(&run, "diagnosis")["seen"].as_str().unwrap().contains("text/html"));
    let run = check(answer(&html, Some(b"\0\0\0\0\x01"), Some(&ok)), "--grpc-health");
    assert_eq!((run.status, &object(&run, "diagnosis")["rule"]), (8, &json!("not_grpc")));

    // The path is that of the service; what the option would change cannot be asked for.
    for line in [["http://localhost/a", "--prior-knowledge"], ["http://localhost/", "--data=a"]] {
        let run = h2wire(&[&["probe", "--grpc-health"], &line[..]].concat(), b"");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    }
    for rule in ["grpc_not_serving", "grpc_failed", "not_grpc"] {
        assert!(h2wire(&["explain", rule], b"").stdout.contains("ends with status 8"));
    }
}

/// A health service as grpcio has it, without the package of its messages.
const GRPCIO: &str = r#"
import grpc, sys, threading
from concurrent import futures

KNOWN = {"": 1, "up": 1, "down": 2}

def check(request, context):
    service = request[2:].decode()
    if service not in KNOWN:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such service: é")
    return bytes([8, KNOWN[service]])

class Health(grpc.GenericRpcHandler):
    def service(self, call):
        if call.method == "/grpc.health.v1.Health/Check":
            return grpc.unary_unary_rpc_method_handler(check)

server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers([Health()])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(None)
"#;

/// The server, which ends with its standard input; it says its port.
struct Grpcio(Child);

impl Grpcio {
    fn start() -> Option<(Self, String)> {
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", GRPCIO]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let mut port = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut port).ok()?;
        let server = Self(child);
        (!port.trim().is_empty()).then(|| (server, format!("http://127.0.0.1:{}/", port.trim())))
    }
}

impl Drop for Grpcio {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn grpcio_is_understood() {
    let Some((_server, url)) = Grpcio::start() else {
        skipped("python3-grpcio is not installed");
        return;
    };
    for (option, status, rule, line) in [
        ("--grpc-health", 0, "http2", "health      SERVING"),
        ("--grpc-health=up", 0, "http2", "grpc-status 0 (OK)"),
        ("--grpc-health=down", 8, "grpc_not_serving", "health      NOT_SERVING"),
        ("--grpc-health=other", 8, "grpc_failed", "grpc-status 5 (NOT_FOUND): no such service: é"),
    ] {
        let run = h2wire(&["probe", "--prior-knowledge", &url, option], b"");
        assert_eq!(run.status, status, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.lines().any(|shown| shown == line), "{line}: {}", run.stdout);
        assert!(run.stdout.contains(&format!("diagnosis   {rule}: ")), "{}", run.stdout);
    }
    let run = h2wire(
        &["probe", "--prior-knowledge", &url, "-X", "POST", "-H", "content-type: application/grpc"],
        b"",
    );
    assert_eq!(run.status, 0, "{}", run.stdout);
}

/// A server that takes HTTP/2 without ALPN does not hide that it was skipped.
#[test]
fn success_without_alpn_says_so() {
    const ANSWER: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88";
    let identity = Identity::new();
    let server = Server::tls_says(&identity, ANSWER);
    let cause = |options: &[&str]| {
        let url = server.url("https");
        let run = h2wire(&[&["probe", "--json", &url, "--cacert", identity.path()], options].concat(), b"");
        assert_eq!(run.status, 0, "{}", run.stdout);
        object(&run, "diagnosis")["cause"].clone()
    };
    let skipped = cause(&["--no-alpn"]);
    assert!(skipped.as_str().unwrap().starts_with("ALPN was skipped"), "{skipped}");
    assert!(cause(&[]).is_null());
}
