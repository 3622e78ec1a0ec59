//! Timeouts, keep-alive, legitimate bursts, settings under way. RFC 9113 §6.5.3, §6.7, §6.9.2, §9.1, §10.5.

use std::time::Duration;

use h2wire::frame::{ErrorCode as Code, PREFACE};
use h2wire_connection::{Cause, Config, ConfigError, ConnectionRule, Event, KeepAlive};

use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn rule(peer: &Peer) -> Option<ConnectionRule> {
    match peer.failure?.cause {
        Cause::Connection(rule) => Some(rule),
        Cause::Codec(_) => None,
    }
}

#[test]
fn a_field_block_has_to_end_in_time() {
    let mut peer = Peer::after_handshake();
    peer.now = seconds(5);
    peer.send(&headers(1, END_STREAM, &GET[..1]));
    assert_eq!(peer.connection.deadline(), Some(seconds(15)));
    peer.now = seconds(14);
    peer.send(&continuation(1, 0, &GET[1..2]));
    assert_eq!(peer.connection.deadline(), Some(seconds(15)), "from its start");
    peer.connection.handle_timeout(seconds(14));
    assert!(!peer.connection.is_closed());
    peer.connection.handle_timeout(seconds(15));
    assert_eq!(peer.send(b""), [Seen::GoAway(0, Code::ENHANCE_YOUR_CALM)]);
    assert_eq!(rule(&peer), Some(ConnectionRule::FieldBlockTimeout));

    let mut peer = Peer::after_handshake();
    peer.send(&[headers(1, END_STREAM, &GET[..1]), continuation(1, 4, &GET[1..])].concat());
    peer.connection.handle_timeout(seconds(100));
    assert!(!peer.connection.is_closed());
}

#[test]
fn keep_alive_asks_and_gives_up() {
    let keep_alive = KeepAlive { interval: seconds(10), timeout: seconds(3) };
    let mut peer = Peer::after_handshake_with(&Config::default().with_keep_alive(Some(keep_alive)));
    peer.now = seconds(4);
    peer.send(&ping(b"12345678"));
    assert_eq!(peer.connection.deadline(), Some(seconds(14)));
    peer.connection.handle_timeout(seconds(13));
    assert_eq!(peer.send(b""), []);
    peer.connection.handle_timeout(seconds(14));
    let seen = peer.send(b"");
    let [Seen::Ping(opaque_data)] = seen[..] else { panic!("{seen:?}") };
    assert_eq!(peer.connection.deadline(), Some(seconds(17)));
    // Any frame shows that the peer is there.
    peer.now = seconds(16);
    peer.send(&frame(6, 1, 0, &opaque_data));
    assert!(!peer.events.iter().any(|(event, _)| matches!(event, Event::Pong { .. })), "nobody asked");
    assert_eq!(peer.connection.deadline(), Some(seconds(26)));
    peer.connection.handle_timeout(seconds(26));
    peer.connection.handle_timeout(seconds(28));
    assert!(!peer.connection.is_closed());
    peer.connection.handle_timeout(seconds(29));
    assert_eq!(peer.send(b"").last(), Some(&Seen::GoAway(0, Code::NO_ERROR)));
    assert_eq!(rule(&peer), Some(ConnectionRule::KeepAliveTimeout));
}

#[test]
fn a_ping_is_answered_to_the_caller() {
    let mut peer = Peer::after_handshake();
    peer.connection.ping(*b"question");
    assert_eq!(peer.send(b""), [Seen::Ping(*b"question")]);
    peer.send(&frame(6, 1, 0, b"question").repeat(2));
    let pong = Event::Pong { opaque_data: *b"question" };
    assert_eq!(peer.events.iter().filter(|(event, _)| *event == pong).count(), 1);
}

#[test]
fn without_timeouts_there_is_no_deadline() {
    let config = Config::default().with_idle_timeout(None).with_settings_timeout(None);
    let mut peer = Peer::with(&config);
    peer.send(&[PREFACE.as_slice(), &settings(&[])].concat());
    assert_eq!(peer.connection.deadline(), None);
    peer.connection.handle_timeout(seconds(1_000_000));
    assert!(!peer.connection.is_closed());
}

/// 10,000 requests that are cancelled over a minute, none of them answered.
#[test]
fn requests_that_are_cancelled_at_leisure_are_no_flood() {
    let mut peer = Peer::after_handshake();
    for id in 0..10_000_u32 {
        peer.now = Duration::from_millis(u64::from(id) * 6);
        let id = id * 2 + 1;
        assert_eq!(peer.send(&[get_waits(id), rst_stream(id)].concat()), [], "{id}");
    }
    // Ten times as fast is one.
    let mut peer = Peer::after_handshake();
    let calm = (0..10_000_u32).all(|id| {
        peer.now = Duration::from_micros(u64::from(id) * 600);
        peer.send(&[get_waits(id * 2 + 1), rst_stream(id * 2 + 1)].concat()).is_empty()
    });
    assert!(!calm && rule(&peer) == Some(ConnectionRule::ResetFlood));
}

/// gRPC measures the window with a PING for each burst of content.
#[test]
fn pings_beside_content_are_no_flood() {
    let mut peer = Peer::after_handshake();
    peer.send(&post(1));
    for round in 0..50_000_u64 {
        peer.now = Duration::from_millis(round);
        let seen = peer.send(&[data(1, 0, &[0; 1_000]), ping(b"12345678")].concat());
        assert!(!seen.iter().any(Seen::is_error), "{round}: {seen:?}");
    }
}

#[test]
fn until_the_acknowledgment_a_stream_has_the_first_window() {
    let small = Config::default().with_stream_window(100);
    let start = |acknowledges: bool| {
        let mut peer = Peer::with(&small);
        peer.releases = false;
        let ack = if acknowledges { frame(4, 1, 0, b"") } else { Vec::new() };
        peer.send(&[PREFACE.as_slice(), &settings(&[]), &ack, &post(1)].concat());
        peer
    };
    let full = [data(1, 0, &[0; 16_384]).repeat(3), data(1, 0, &[0; 16_383])].concat();
    let too_much = [Seen::Reset(1, Code::FLOW_CONTROL_ERROR)];
    let mut peer = start(false);
    assert_eq!(peer.send(&full), []);
    assert_eq!(peer.send(&data(1, 0, b"a")), too_much);
    let mut peer = start(true);
    assert_eq!(peer.send(&data(1, 0, &[0; 100])), []);
    assert_eq!(peer.send(&data(1, 0, b"a")), too_much);
    // It shrinks by what it was larger, here below 0, and comes back as content is released.
    let mut peer = start(false);
    assert_eq!(peer.send(&[data(1, 0, &[0; 1_000]), frame(4, 1, 0, b"")].concat()), []);
    peer.connection.stream(stream(1)).unwrap().release(1_000);
    assert_eq!(peer.send(&data(1, 0, &[0; 100])), [Seen::WindowUpdate(1, 1_000)]);
    assert_eq!(peer.send(&data(1, 0, b"a")), too_much);
}

#[test]
fn a_larger_window_may_be_used_before_it_is_acknowledged() {
    let mut peer = Peer::with(&Config::default().with_stream_window(100_000));
    peer.releases = false;
    peer.send(&[PREFACE.as_slice(), &settings(&[]), &post(1)].concat());
    assert_eq!(peer.send(&data(1, 0, &[0; 16_384]).repeat(6)), []);
    let seen = peer.send(&data(1, 0, &[0; 2_000]));
    assert_eq!(seen, [Seen::Reset(1, Code::FLOW_CONTROL_ERROR)]);
}

#[test]
fn settings_change_under_way() {
    let mut peer = Peer::after_handshake();
    let before = *peer.connection.config();
    assert_eq!(peer.connection.update(&before), Ok(()));
    assert_eq!(peer.send(b""), [], "nothing to tell");
    let limits = before.limits.with_max_section_size(100);
    let config = before.with_limits(limits).with_max_concurrent_streams(1).with_connection_window(2 << 20);
    peer.connection.update(&config).unwrap();
    assert_eq!(peer.send(b""), [Seen::Settings, Seen::WindowUpdate(0, 1 << 20)]);
    // 4 fields, of more than 100 bytes: allowed until the acknowledgment.
    assert_eq!(peer.send(&get(1)).len(), 2);
    peer.send(&frame(4, 1, 0, b""));
    assert_eq!(peer.events.last().map(|(event, _)| event), Some(&Event::SettingsAcknowledged));
    assert_eq!(peer.send(&get(3)), [Seen::Response(3, 431, true)]);

    assert_eq!(
        peer.connection.update(&config.with_stream_window(1 << 31)),
        Err(ConfigError::Window(1 << 31))
    );
    for window in 0..8 {
        peer.connection.update(&peer.connection.config().with_stream_window(window)).unwrap();
    }
    let last = *peer.connection.config();
    assert!(matches!(peer.connection.update(&last.with_stream_window(9)), Err(ConfigError::Settings(_))));
    assert_eq!(*peer.connection.config(), last);
    assert_eq!(peer.send(b"").len(), 8);
}

#[test]
fn a_connection_cannot_be_made_from_what_contradicts_the_protocol() {
    let too_large = Config::default().with_connection_window(1 << 31);
    let connection = h2wire_connection::Connection::server(&too_large);
    assert_eq!(connection.err(), Some(ConfigError::Window(1 << 31)));
    let nothing = Config::default().with_limits(h2wire::Limits::DEFAULT.with_max_section_size(0));
    assert!(matches!(h2wire_connection::Connection::client(&nothing), Err(ConfigError::Reader(_))));
}
