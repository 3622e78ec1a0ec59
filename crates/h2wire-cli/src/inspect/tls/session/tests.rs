//! Conversations of rustls with itself, of which the key log is known.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::client::{ClientConfig, ClientConnection, Resumption};
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ServerConfig, ServerConnection};
use rustls::{CipherSuite, Connection, KeyLog, RootCertStore, SupportedProtocolVersion, version};

use super::*;

mod gaps;

/// The lines of a key log.
#[derive(Debug, Default)]
struct Log(Mutex<String>);

impl KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex::encode(client_random), hex::encode(secret));
        self.0.lock().unwrap().push_str(&line);
    }
}

/// The two configurations of a conversation.
struct Peers {
    client: ClientConfig,
    server: ServerConfig,
    log: Arc<Log>,
}

fn peers(suite: Option<CipherSuite>, version: &'static SupportedProtocolVersion) -> Peers {
    let mut provider: CryptoProvider = ring::default_provider();
    provider.cipher_suites.retain(|known| suite.is_none_or(|suite| known.suite() == suite));
    let provider = Arc::new(provider);
    let names = vec!["localhost".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let mut server = builder
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], signing_key.into())
        .unwrap();
    let builder = ClientConfig::builder_with_provider(provider);
    let mut client = builder
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let log = Arc::new(Log::default());
    let shared: Arc<Log> = Arc::clone(&log);
    client.key_log = shared;
    client.alpn_protocols = vec![b"h2".to_vec()];
    server.alpn_protocols = vec![b"h2".to_vec()];
    Peers { client, server, log }
}

/// What both sides sent, in turns.
type Wire = Vec<(Side, Vec<u8>)>;

struct Talk {
    client: Connection,
    server: Connection,
    wire: Wire,
    /// What each side said inside.
    said: [Vec<u8>; 2],
}

impl Talk {
    fn new(peers: &Peers) -> Self {
        let name = "localhost".try_into().unwrap();
        let client = ClientConnection::new(Arc::new(peers.client.clone()), name).unwrap();
        let server = ServerConnection::new(Arc::new(peers.server.clone())).unwrap();
        Self {
            client: client.into(),
            server: server.into(),
            wire: Vec::new(),
            said: [Vec::new(), Vec::new()],
        }
    }

    /// Moves bytes until both are silent.
    fn run(&mut self) {
        loop {
            let before = self.wire.len();
            for side in [Side::Client, Side::Server] {
                let (from, to) = match side {
                    Side::Client => (&mut self.client, &mut self.server),
                    Side::Server => (&mut self.server, &mut self.client),
                };
                let mut octets = Vec::new();
                while from.wants_write() {
                    from.write_tls(&mut octets).unwrap();
                }
                let mut rest = octets.as_slice();
                while !rest.is_empty() {
                    to.read_tls(&mut rest).unwrap();
                    to.process_new_packets().unwrap();
                    // Else its buffer is full.
                    let _ = to.reader().read_to_end(&mut Vec::new());
                }
                if !octets.is_empty() {
                    self.wire.push((side, octets));
                }
            }
            if self.wire.len() == before {
                return;
            }
        }
    }

    fn say(&mut self, side: Side, octets: &[u8]) {
        let index = usize::from(side == Side::Server);
        self.said[index].extend_from_slice(octets);
        let speaker = if side == Side::Client { &mut self.client } else { &mut self.server };
        speaker.writer().write_all(octets).unwrap();
        self.run();
    }

    fn say_all(&mut self) {
        self.run();
        self.say(Side::Client, b"PRI * HTTP/2.0");
        self.say(Side::Server, &vec![7; 40_000]);
        self.say(Side::Client, b"more");
    }
}

/// Keeps what was inside; a `?` for each byte that is missing.
fn put(inside: &mut [Vec<u8>; 2], taken: Vec<(Side, Part<BytesMut>)>) {
    for (side, taken) in taken {
        let inside = &mut inside[usize::from(side == Side::Server)];
        match taken {
            Part::Octets(octets) => inside.extend_from_slice(&octets),
            Part::Lost(octets) => inside.extend((0..octets).map(|_| b'?')),
        }
    }
}

/// Reads a wire in pieces of `len` bytes: what was inside, and the session at its end.
fn read(wire: &Wire, log: &str, len: usize) -> ([Vec<u8>; 2], Session) {
    let secrets = Secrets::default();
    secrets.add_block(log.as_bytes());
    let mut session = Session::new(secrets);
    let mut inside = [Vec::new(), Vec::new()];
    for (side, octets) in wire {
        for part in octets.chunks(len) {
            put(&mut inside, session.feed(*side, Part::Octets(part)));
        }
    }
    session.end();
    (inside, session)
}

fn log_of(peers: &Peers) -> String {
    peers.log.0.lock().unwrap().clone()
}

#[test]
fn every_suite_is_decrypted_in_any_pieces() {
    for suite in ring::DEFAULT_CIPHER_SUITES.iter().map(rustls::SupportedCipherSuite::suite) {
        let name = suite.as_str().unwrap();
        if name.contains("RSA") {
            // The key of the certificate is of another kind; ECDSA has the same ciphers.
            continue;
        }
        let version = if name.starts_with("TLS13") { &version::TLS13 } else { &version::TLS12 };
        let peers = peers(Some(suite), version);
        let mut talk = Talk::new(&peers);
        talk.say_all();
        for len in [1, 7, 1000, usize::MAX] {
            let (inside, session) = read(&talk.wire, &log_of(&peers), len);
            assert!(inside == talk.said, "{name} {len}");
            let facts = session.facts();
            assert_eq!(facts.suite.unwrap(), name.replace("TLS13_", "TLS_"));
            assert_eq!(
                facts.version.unwrap(),
                if version == &version::TLS13 { "TLS 1.3" } else { "TLS 1.2" }
            );
            assert_eq!((facts.alpn.unwrap(), facts.server_name.unwrap()), ("h2".into(), "localhost".into()));
            assert_eq!((session.failure(Side::Client), session.failure(Side::Server)), (None, None));
        }
    }
}

#[test]
fn resumed_sessions_are_decrypted() {
    for version in [&version::TLS12, &version::TLS13] {
        let mut peers = peers(None, version);
        peers.client.resumption = Resumption::in_memory_sessions(8);
        Talk::new(&peers).say_all();
        let before = log_of(&peers).len();
        let mut talk = Talk::new(&peers);
        talk.say_all();
        let Connection::Client(client) = &talk.client else { unreachable!() };
        assert_eq!(client.handshake_kind(), Some(rustls::HandshakeKind::Resumed));
        let (inside, _) = read(&talk.wire, &log_of(&peers)[before..], 1000);
        assert!(inside == talk.said, "{version:?}");
    }
}

#[test]
fn early_data_is_decrypted_and_what_the_server_refuses_is_skipped() {
    for max_early_data in [1000, 0] {
        let mut peers = peers(None, &version::TLS13);
        peers.client.enable_early_data = true;
        peers.client.resumption = Resumption::in_memory_sessions(8);
        peers.server.max_early_data_size = 1000;
        peers.server.send_half_rtt_data = true;
        Talk::new(&peers).say_all();
        peers.server.max_early_data_size = max_early_data;
        let before = log_of(&peers).len();
        let mut talk = Talk::new(&peers);
        let Connection::Client(client) = &mut talk.client else { unreachable!() };
        client.early_data().unwrap().write_all(b"early").unwrap();
        talk.run();
        let Connection::Client(client) = &talk.client else { unreachable!() };
        let is_accepted = client.is_early_data_accepted();
        assert_eq!(is_accepted, max_early_data > 0);
        if is_accepted {
            talk.said[0].extend_from_slice(b"early");
        }
        talk.say_all();
        let (inside, session) = read(&talk.wire, &log_of(&peers)[before..], 1000);
        // rustls does not log the secret of early data on this side if it is refused; then nothing opens it.
        assert!(inside == talk.said || !is_accepted && inside[0].ends_with(&talk.said[0]), "{is_accepted}");
        assert_eq!(session.failure(Side::Client), None);
    }
}

#[test]
fn keys_are_updated() {
    let peers = peers(None, &version::TLS13);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    for side in [Side::Client, Side::Server, Side::Client] {
        let who = if side == Side::Client { &mut talk.client } else { &mut talk.server };
        who.refresh_traffic_keys().unwrap();
        talk.say_all();
    }
    let (inside, _) = read(&talk.wire, &log_of(&peers), 1000);
    assert!(inside == talk.said);
}

/// The lines of a key log with one of these words.
fn only(log: &str, words: &[&str]) -> String {
    let lines = log.lines().filter(|line| words.iter().any(|word| line.contains(word)));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_secrets_of_content_are_enough() {
    let peers = peers(None, &version::TLS13);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    let (inside, session) = read(&talk.wire, &only(&log_of(&peers), &["TRAFFIC_SECRET_0"]), 1000);
    assert!(inside == talk.said);
    assert_eq!(session.facts().alpn, None, "that was in the handshake");
    let (inside, session) = read(&talk.wire, &only(&log_of(&peers), &["SERVER_"]), 1000);
    assert!(inside[0].is_empty() && inside[1] == talk.said[1]);
    assert_eq!(session.failure(Side::Client), Some(Reason::NoSecret));
}

#[test]
fn what_is_missing_is_told() {
    for version in [&version::TLS12, &version::TLS13] {
        let peers = peers(None, version);
        let mut talk = Talk::new(&peers);
        talk.say_all();
        let log = log_of(&peers);
        let told = |wire: &Wire, log: &str| {
            let (inside, session) = read(wire, log, 1000);
            assert!(inside[0].is_empty() && inside[1].is_empty());
            session.did_instead(None)
        };
        let wire = &talk.wire;
        assert!(told(wire, "# nothing\n").contains("no secret for its client random"));
        let of_one = |side| wire.iter().filter(|(of, _)| *of == side).cloned().collect::<Wire>();
        assert!(told(&of_one(Side::Client), &log).contains("lacks the ServerHello"));
        assert!(told(&of_one(Side::Server), &log).contains("lacks the ClientHello"));
        let mut session = Session::new(Secrets::default());
        for (side, octets) in wire {
            session.feed(*side, Part::Octets(octets));
        }
        assert!(session.did_instead(None).contains("name a key log"));
        // Of another connection.
        let wrong = log.lines().map(|line| format!("{}{}\n", &line[..line.len() - 64], "0".repeat(64)));
        assert!(told(wire, &wrong.collect::<String>()).contains("does not open"), "{version:?}");
    }
}

#[test]
fn a_second_client_hello_is_asked_for() {
    let mut peers = peers(None, &version::TLS13);
    let mut provider = ring::default_provider();
    provider.kx_groups = vec![ring::kx_group::SECP384R1];
    let (certificate, log) = (peers.server.cert_resolver.clone(), Arc::clone(&peers.log));
    peers.server = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    let kind = talk.server.handshake_kind();
    assert_eq!(kind, Some(rustls::HandshakeKind::FullWithHelloRetryRequest));
    let text = log.0.lock().unwrap().clone();
    let (inside, session) = read(&talk.wire, &text, 1000);
    assert!(inside == talk.said);
    assert_eq!(session.did_instead(Some("spoke HTTP/1.x")), "spoke HTTP/1.x inside TLS (ALPN chose nothing)");
}

#[test]
fn a_handshake_that_fails_is_told_with_its_alert() {
    let client = peers(Some(CipherSuite::TLS13_AES_128_GCM_SHA256), &version::TLS13);
    let server = peers(Some(CipherSuite::TLS13_AES_256_GCM_SHA384), &version::TLS13);
    let mut talk = Talk::new(&Peers { server: server.server, ..client });
    let (mut hello, mut alert) = (Vec::new(), Vec::new());
    talk.client.write_tls(&mut hello).unwrap();
    talk.server.read_tls(&mut hello.as_slice()).unwrap();
    talk.server.process_new_packets().unwrap_err();
    talk.server.write_tls(&mut alert).unwrap();
    let (_, session) = read(&vec![(Side::Client, hello), (Side::Server, alert)], "", 1000);
    assert_eq!(session.did_instead(None), "spoke TLS (the handshake ended with the alert HandshakeFailure)");
}

#[test]
fn suites_and_versions_that_are_not_read_are_named() {
    let peers = peers(None, &version::TLS12);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    // The version is at 9, the suite behind the random and the session id, which has 32 bytes.
    for (at, octets, expected) in [
        (76, [0xc0, 0x13], "cannot decrypt cipher suite TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
        (76, [0xca, 0xca], "cannot decrypt cipher suite 0xcaca"),
        (9, [3, 2], "cannot decrypt TLS 1.1"),
        (78, [1, 0], "cannot decrypt compressed records"),
    ] {
        let mut wire = talk.wire.clone();
        let (_, hello) = wire.iter_mut().find(|(side, _)| *side == Side::Server).unwrap();
        hello[at..at + 2].copy_from_slice(&octets);
        let (_, session) = read(&wire, &log_of(&peers), 1000);
        assert!(session.did_instead(None).contains(expected), "{} {expected}", session.did_instead(None));
    }
}

#[test]
fn what_waits_is_bounded() {
    let peers = peers(None, &version::TLS13);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    let mut session = Session::new(Secrets::default());
    let hello = talk.wire[0].1.clone();
    session.feed(Side::Client, Part::Octets(&hello));
    // Early data without an answer.
    let record = [b"\x17\x03\x03\x40\0".as_slice(), &[0; 1 << 14]].concat();
    for _ in 0..5 {
        session.feed(Side::Client, Part::Octets(&record));
    }
    assert_eq!(session.failure(Side::Client), Some(Reason::NoServerHello));
    assert!(!session.client.is_waiting());
}

#[test]
fn a_record_that_is_missing_ends_a_direction() {
    let peers = peers(None, &version::TLS13);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    talk.say(Side::Client, b"lost");
    talk.wire.pop();
    let before = talk.said[0].len() - 4;
    talk.say(Side::Client, b"more");
    let (inside, session) = read(&talk.wire, &log_of(&peers), 1000);
    assert!(inside[0] == talk.said[0][..before] && inside[1] == talk.said[1]);
    assert_eq!(session.failure(Side::Client), Some(Reason::Sealed));
    assert_eq!(session.failure(Side::Server), None);
}

#[test]
fn no_bytes_at_all_are_a_panic_and_few_are_kept() {
    let peers = peers(None, &version::TLS13);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    for index in 0..300 {
        for mask in [1, 0x80, 0xff] {
            let mut wire = talk.wire.clone();
            for (_, octets) in &mut wire {
                if let Some(octet) = octets.get_mut(index) {
                    *octet ^= mask;
                }
            }
            let (inside, _) = read(&wire, &log_of(&peers), 1000);
            assert!(talk.said[0].starts_with(&inside[0]) && talk.said[1].starts_with(&inside[1]));
        }
    }
}
