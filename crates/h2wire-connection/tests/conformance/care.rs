//! What a careful embedder runs into: times while nothing is read, PING with anything in it, tunnels, budgets before events.

use std::time::Duration;

use h2wire::frame::ErrorCode as Code;
use h2wire_connection::{
    Budget, Cause, Config, ConfigError, ConnectionRule, Event, Floods, KeepAlive, OpenError, ResetReason,
};

use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn keep_alive(interval: Duration, timeout: Duration) -> Config {
    Config::default().with_keep_alive(Some(KeepAlive { interval, timeout }))
}

#[test]
fn keep_alive_without_time_is_refused() {
    let least = Duration::from_nanos(1);
    for (interval, timeout, is_right) in
        [(Duration::ZERO, seconds(1), false), (seconds(1), Duration::ZERO, false), (least, least, true)]
    {
        let config = keep_alive(interval, timeout);
        let made = h2wire_connection::Connection::server(&config).map(|_| ());
        assert_eq!(made, if is_right { Ok(()) } else { Err(ConfigError::KeepAlive) });
        let mut peer = Peer::after_handshake();
        let updated = peer.connection.update(&config);
        assert_eq!(updated, if is_right { Ok(()) } else { Err(ConfigError::KeepAlive) });
        assert_eq!(peer.connection.config().keep_alive.is_some(), is_right);
    }
}

/// Input waits, and with it perhaps the answer, because the peer does not read: it is not late.
#[test]
fn who_is_not_read_from_is_not_late() {
    let config = keep_alive(seconds(10), seconds(3)).with_max_pending_output(1).with_idle_timeout(None);
    for reads in [false, true] {
        let mut peer = Peer::after_handshake_with(&config);
        peer.connection.handle_timeout(seconds(10));
        if reads {
            peer.now = seconds(10);
            assert_eq!(peer.send(b"").len(), 1);
            assert_eq!(peer.connection.deadline(), Some(seconds(13)));
        } else {
            // PING waits to be written, so nothing is read.
            assert!(!peer.connection.wants_read());
            assert_eq!(peer.connection.poll_event(&mut ping_ack().as_slice().into(), seconds(11)), Ok(None));
        }
        peer.connection.handle_timeout(seconds(13));
        assert_eq!(peer.connection.is_closed(), reads);
        if reads {
            assert_eq!(peer.connection.failure().map(|failure| failure.cause), Some(KEEP_ALIVE));
            continue;
        }
        assert_eq!(peer.connection.deadline(), None);
        // It is written now: the time starts when there was nothing left to read.
        peer.output();
        peer.connection.handle_timeout(seconds(20));
        assert!(!peer.connection.is_closed());
        peer.now = seconds(21);
        assert_eq!(peer.send(b""), []);
        assert_eq!(peer.connection.deadline(), Some(seconds(24)));
        peer.connection.handle_timeout(seconds(23));
        assert!(!peer.connection.is_closed());
        peer.connection.handle_timeout(seconds(24));
        assert_eq!(peer.connection.failure().map(|failure| failure.cause), Some(KEEP_ALIVE));
    }
}

const KEEP_ALIVE: Cause = Cause::Connection(ConnectionRule::KeepAliveTimeout);

fn ping_ack() -> Vec<u8> {
    frame(6, 1, 0, b"alive?\0\0")
}

#[test]
fn settings_and_blocks_are_not_late_either() {
    let config = Config::default().with_max_pending_output(1).with_settings_timeout(Some(seconds(5)));
    let mut peer = Peer::after_handshake_with(&config);
    let wider = peer.connection.config().with_stream_window(1 << 20);
    peer.connection.update(&wider).unwrap();
    late_from_now(peer);

    let mut peer = Peer::after_handshake_with(&config.with_field_block_timeout(Some(seconds(5))));
    peer.send(&headers(1, END_STREAM, &GET[..1]));
    peer.connection.ping(*b"is full!");
    late_from_now(peer);
}

fn late_from_now(mut peer: Peer) {
    assert!(!peer.connection.wants_read());
    peer.connection.handle_timeout(seconds(9));
    assert!(!peer.connection.is_closed());
    peer.output();
    peer.now = seconds(10);
    peer.send(b"");
    peer.connection.handle_timeout(seconds(14));
    assert!(!peer.connection.is_closed());
    peer.connection.handle_timeout(seconds(15));
    assert!(peer.connection.is_closed());
}

#[test]
fn nothing_is_promised_in_a_tunnel() {
    let limits = h2wire::Limits::DEFAULT.with_accept_push(true);
    for (status, is_tunnel) in [(b"\x88", true), (b"\x8d", false)] {
        let mut peer = Peer::of_client_after_handshake(&Config::default().with_limits(limits));
        assert_eq!(peer.request("CONNECT", false).get(), 1);
        let promise = frame(5, END_HEADERS, 1, &[&2_u32.to_be_bytes()[..], GET].concat());
        peer.send(&headers(1, END_HEADERS, status));
        let seen = peer.send(&promise);
        if !is_tunnel {
            assert_eq!(seen, []);
            continue;
        }
        assert_eq!(seen, [Seen::Reset(2, Code::CANCEL), Seen::Reset(1, Code::PROTOCOL_ERROR)]);
        let rule = Cause::from(ConnectionRule::FrameInTunnel);
        let reset = Event::Reset {
            stream_id: stream(1),
            error_code: Code::PROTOCOL_ERROR,
            reason: ResetReason::Broken { cause: rule, field: None },
        };
        assert_eq!(peer.events.last().map(|(event, _)| event), Some(&reset));
    }
    // Nor does this side.
    let mut peer = Peer::after_handshake();
    let connect = block(&[(":method", "CONNECT"), (":authority", "a:1")]);
    peer.send(&headers(1, END_HEADERS, &connect));
    let request = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")];
    assert_eq!(peer.connection.push(stream(1), request), Ok(stream(2)));
    peer.connection.stream(stream(1)).unwrap().send_response([(":status", "200")], false).unwrap();
    assert_eq!(peer.connection.push(stream(1), request), Err(OpenError::Tunnel));
}

/// What exceeds a budget is not handed out.
#[test]
fn a_flood_ends_before_its_event() {
    let floods = Floods::DEFAULT.with_interim(Budget::new(1, 0)).with_settings(Budget::new(2, 0));
    let mut peer = Peer::of_client_after_handshake(&Config::default().with_floods(floods));
    peer.request("GET", true);
    peer.send(&headers(1, END_HEADERS, b"\x08\x03103").repeat(2));
    let told = peer.events.iter().filter(|(event, _)| matches!(event, Event::Fields { .. }));
    assert_eq!((told.count(), peer.connection.is_closed()), (1, true));

    let mut peer = Peer::of_client_after_handshake(&Config::default().with_floods(floods));
    peer.send(&goaway(0).repeat(2));
    let told = peer.events.iter().filter(|(event, _)| matches!(event, Event::GoAway { .. }));
    assert_eq!((told.count(), peer.connection.is_closed()), (1, true));
}

/// PING of the caller with the data of the connection's own: each gets its answer, and a shutdown waits for its own.
#[test]
fn any_data_of_a_ping_will_do() {
    let pongs =
        |peer: &Peer| peer.events.iter().filter(|(event, _)| matches!(event, Event::Pong { .. })).count();
    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    let answer = frame(6, 1, 0, b"farewell");
    peer.connection.ping(*b"farewell");
    peer.connection.shut_down();
    peer.connection.ping(*b"farewell");
    peer.send(b"");
    assert_eq!((peer.send(&answer), pongs(&peer)), (vec![], 1));
    assert_eq!((peer.send(&answer), pongs(&peer)), (vec![Seen::GoAway(1, Code::NO_ERROR)], 1));
    assert_eq!((peer.send(&answer), pongs(&peer)), (vec![], 2));

    let mut peer = Peer::after_handshake_with(&keep_alive(seconds(1), seconds(9)));
    peer.connection.handle_timeout(seconds(1));
    peer.connection.ping(*b"alive?\0\0");
    peer.send(&ping_ack());
    assert_eq!(pongs(&peer), 0);
    peer.send(&ping_ack());
    assert_eq!(pongs(&peer), 1);
}

/// Who never answers makes no more than 1,024 of them be remembered.
#[test]
fn pings_without_answer_are_forgotten() {
    let mut peer = Peer::after_handshake();
    for n in 0..=1_024_u64 {
        peer.connection.ping(n.to_be_bytes());
    }
    peer.send(&[frame(6, 1, 0, &0_u64.to_be_bytes()), frame(6, 1, 0, &1_u64.to_be_bytes())].concat());
    let pongs: Vec<_> = peer.events.iter().filter(|(event, _)| matches!(event, Event::Pong { .. })).collect();
    assert_eq!(pongs.len(), 1);
    assert_eq!(pongs[0].0, Event::Pong { opaque_data: 1_u64.to_be_bytes() });
}

/// What a server may not write yet does not keep it from reading.
#[test]
fn a_server_reads_before_it_writes() {
    let mut peer = Peer::with(&Config::default().with_max_pending_output(1));
    let wider = peer.connection.config().with_stream_window(1 << 20);
    peer.connection.update(&wider).unwrap();
    peer.connection.ping(*b"too soon");
    assert!(peer.connection.wants_read() && !peer.connection.wants_write());
    let seen = peer.send(&[h2wire::frame::PREFACE.as_slice(), &settings(&[])].concat());
    assert!(seen.contains(&Seen::Ping(*b"too soon")) && seen.contains(&Seen::Acknowledged), "{seen:?}");
}

/// It was not read while PING waited to be written, though nobody asked.
#[test]
fn what_waited_to_be_written_stopped_reading() {
    let config = keep_alive(seconds(10), seconds(3)).with_max_pending_output(1);
    let mut peer = Peer::after_handshake_with(&config);
    peer.connection.handle_timeout(seconds(10));
    peer.output();
    peer.connection.handle_timeout(seconds(13));
    assert!(!peer.connection.is_closed());
}

/// What the first SETTINGS said for good is not changed under way, whatever is asked for.
#[test]
fn some_settings_stay_as_they_were() {
    for before in [false, true] {
        let limits = h2wire::Limits::DEFAULT.with_accept_push(before);
        let first = Config::default()
            .with_extended_connect(before)
            .with_rfc7540_priorities(before)
            .with_limits(limits);
        let mut peer = Peer::of_client_after_handshake(&first);
        let other = first.with_extended_connect(!before).with_rfc7540_priorities(!before);
        peer.connection.update(&other.with_limits(limits.with_accept_push(!before))).unwrap();
        assert_eq!(*peer.connection.config(), first);
        assert_eq!(peer.send(b""), [], "there is nothing to say");
    }
}
