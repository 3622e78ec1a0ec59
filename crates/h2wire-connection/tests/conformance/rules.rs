//! Every rule of a connection: what breaks it, whom it ends, and what is just not a breach.

use std::time::Duration;

use h2wire::frame::{ErrorCode, PREFACE};
use h2wire_connection::{
    Budget, Cause, Config, ConnectionRule as Rule, Event, Floods, KeepAlive, ResetReason,
};

use super::*;

/// Who breaks a rule.
enum By {
    Client(Config),
    /// To a client with requests on 1 (complete) and 3, and CONNECT on 5 which is answered 200.
    Server(Config),
    /// Only time goes by.
    Time(Config, u64),
}

const PUSH: Config = Config::DEFAULT.with_limits(h2wire::Limits::DEFAULT.with_accept_push(true));

fn priority_update(id: u32) -> Vec<u8> {
    frame(0x10, 0, 0, &[&id.to_be_bytes()[..], b"u=1"].concat())
}

/// What is sent and breaks the rule with its last frame.
fn breach(rule: Rule) -> (By, Vec<Vec<u8>>) {
    use By::{Client, Server};

    const MAX: u32 = 0x7fff_ffff;
    let plain = Config::DEFAULT;
    let ok = |id| headers(id, END_HEADERS, b"\x88");
    let with_length =
        |id, length| headers(id, END_HEADERS, &request_with("POST", &[("content-length", length)]));
    let promise =
        |promised: u32, block: &[u8]| frame(5, END_HEADERS, 1, &[&promised.to_be_bytes(), block].concat());
    let trailers = |id| headers(id, ENDS, &block(&[("a", "b")]));
    let small = plain.with_stream_window(10);
    match rule {
        Rule::DataOnIdle => (Client(plain), vec![data(1, 0, b"a")]),
        Rule::HeadersOnIdle => (Server(plain), vec![ok(7)]),
        Rule::RstStreamOnIdle => (Client(plain), vec![rst_stream(1)]),
        Rule::WindowUpdateOnIdle => (Client(plain), vec![window_update(1, 1)]),
        Rule::FrameOnReserved => (Server(PUSH), vec![promise(2, GET), window_update(2, 1)]),
        Rule::DataOnClosed => (Client(plain), vec![get_waits(1), data(1, 0, b"a")]),
        Rule::HeadersOnClosed => (Client(plain), vec![get_waits(1), trailers(1)]),
        Rule::StreamIdNotGrowing => (Client(plain), vec![get_waits(5), get(3)]),
        Rule::TooManyStreams => {
            (Client(plain.with_max_concurrent_streams(1)), vec![get_waits(1), get_waits(3)])
        }
        Rule::SelfDependency => {
            (Client(plain.with_rfc7540_priorities(true)), vec![get_waits(1), priority(1, 1)])
        }
        Rule::ConnectionWindowExceeded => {
            let wide = plain.with_connection_window(65_535);
            let full = vec![data(1, 0, &[0; 16_384]).repeat(3), data(1, 0, &[0; 16_383])];
            (Client(wide), [vec![post(1)], full, vec![data(1, 0, b"a")]].concat())
        }
        Rule::StreamWindowExceeded => (Client(small), vec![post(1), data(1, 0, &[0; 10]), data(1, 0, b"a")]),
        Rule::ConnectionWindowOverflow => {
            (Client(plain), vec![window_update(0, MAX - 65_535), window_update(0, 1)])
        }
        Rule::StreamWindowOverflow => {
            (Client(plain), vec![get_waits(1), window_update(1, MAX - 65_535), window_update(1, 1)])
        }
        Rule::WindowOverflowBySettings => {
            (Client(plain), vec![get_waits(1), window_update(1, MAX - 65_535), settings(&[(4, 65_536)])])
        }
        Rule::SectionOrder => (Client(plain), vec![post(1), headers(1, ENDS, GET)]),
        Rule::StatusMissing => (Server(plain), vec![trailers(1)]),
        Rule::DataBeforeHead => (Server(plain), vec![data(1, 0, b"a")]),
        Rule::ContentTooLong => {
            (Client(plain), vec![with_length(1, "2"), data(1, 0, b"ab"), data(1, 0, b"c")])
        }
        Rule::ContentTooShort => {
            (Client(plain), vec![with_length(1, "2"), data(1, 0, b"a"), data(1, END_STREAM, b"")])
        }
        Rule::PromiseOnIdle => (Server(PUSH), vec![headers(1, ENDS, b"\x88"), promise(2, GET)]),
        Rule::FrameInTunnel => (Server(plain), vec![ok(5), trailers(5)]),
        Rule::PriorityUpdateOnIdlePush => (Client(plain), vec![priority_update(1), priority_update(2)]),
        Rule::PriorityUpdateTooMany => {
            let requests = vec![get_waits(1), get_waits(3), priority_update(9), priority_update(9)];
            let plain = plain.with_max_concurrent_streams(3);
            (Client(plain), [requests, vec![priority_update(5)]].concat())
        }
        other => excess(other),
    }
}

/// The same for rules about time and number.
fn excess(rule: Rule) -> (By, Vec<Vec<u8>>) {
    use By::{Client, Server, Time};

    const ONCE: Budget = Budget::new(1, 0);
    let plain = Config::DEFAULT;
    let floods = |floods: Floods| plain.with_floods(floods);
    match rule {
        Rule::SettingsTimeout => (
            Time(plain.with_settings_timeout(Some(Duration::from_secs(5))), 5),
            vec![PREFACE.to_vec(), settings(&[])],
        ),
        Rule::IdleTimeout => (Time(plain.with_idle_timeout(Some(Duration::from_secs(5))), 5), vec![]),
        Rule::FieldBlockTimeout => (
            Time(plain.with_field_block_timeout(Some(Duration::from_secs(5))), 5),
            vec![PREFACE.to_vec(), settings(&[]), frame(4, 1, 0, b""), headers(1, 0, GET)],
        ),
        Rule::KeepAliveTimeout => {
            let keep_alive = KeepAlive { interval: Duration::from_secs(2), timeout: Duration::from_secs(3) };
            (Time(plain.with_keep_alive(Some(keep_alive)), 5), vec![])
        }
        Rule::ResetFlood => (
            Client(floods(Floods::DEFAULT.with_resets(ONCE))),
            vec![post(1), rst_stream(1), post(3), rst_stream(3)],
        ),
        Rule::StreamErrorFlood => (
            Client(floods(Floods::DEFAULT.with_stream_errors(Budget::new(0, 0)))),
            vec![get_waits(1), window_update(1, 0)],
        ),
        Rule::PingFlood => {
            (Client(floods(Floods::DEFAULT.with_pings(ONCE))), vec![ping(b"12345678"), ping(b"12345678")])
        }
        // The first one is that of the handshake.
        Rule::SettingsFlood => (
            Client(floods(Floods::DEFAULT.with_settings(Budget::new(2, 0)))),
            vec![settings(&[]), settings(&[])],
        ),
        Rule::EmptyDataFlood => (
            Client(floods(Floods::DEFAULT.with_empty_data(ONCE))),
            vec![post(1), data(1, 0, b""), data(1, 0, b"")],
        ),
        Rule::PriorityFlood => {
            (Client(floods(Floods::DEFAULT.with_priorities(ONCE))), vec![priority(1, 3), priority_update(1)])
        }
        Rule::WindowUpdateFlood => (
            Client(floods(Floods::DEFAULT.with_window_updates(ONCE))),
            vec![window_update(0, 1), window_update(0, 1)],
        ),
        Rule::UnknownFlood => (
            Client(floods(Floods::DEFAULT.with_unknown(ONCE))),
            vec![frame(0xbe, 0, 0, b""), frame(0xbe, 0, 0, b"")],
        ),
        Rule::InterimFlood => {
            let interim = headers(1, END_HEADERS, b"\x08\x03103");
            (Server(floods(Floods::DEFAULT.with_interim(ONCE))), vec![interim.clone(), interim])
        }
        other => panic!("{other:?} is not tested"),
    }
}

/// Rules that end a stream alone, wherever they are broken here.
const OF_STREAMS: [Rule; 12] = [
    Rule::DataOnClosed,
    Rule::HeadersOnClosed,
    Rule::TooManyStreams,
    Rule::SelfDependency,
    Rule::StreamWindowExceeded,
    Rule::StreamWindowOverflow,
    Rule::SectionOrder,
    Rule::StatusMissing,
    Rule::DataBeforeHead,
    Rule::ContentTooLong,
    Rule::ContentTooShort,
    Rule::FrameInTunnel,
];

/// The rules that were reported to the application, and whether the connection is over by them.
fn told(peer: &Peer) -> (Vec<Cause>, Option<Cause>) {
    let of_streams = peer.events.iter().filter_map(|(event, _)| match event {
        Event::Reset { reason: ResetReason::Broken { cause, .. }, .. } => Some(*cause),
        _ => None,
    });
    (of_streams.collect(), peer.failure.map(|failure| failure.cause))
}

#[test]
fn each_is_told_with_its_scope_and_code() {
    for rule in Rule::ALL {
        let (by, mut frames) = breach(*rule);
        let last = frames.pop().unwrap_or_default();
        let mut peer = match &by {
            By::Client(config) => Peer::after_handshake_with(config),
            By::Server(config) => {
                let mut peer = Peer::of_client_after_handshake(config);
                peer.request("GET", true);
                peer.request("POST", false);
                peer.request("CONNECT", false);
                peer
            }
            By::Time(config, _) => Peer::with(config),
        };
        peer.releases = false;
        peer.send(&frames.concat());
        if let By::Time(_, seconds) = by {
            peer.send(&last);
            for second in 0..seconds {
                peer.connection.handle_timeout(Duration::from_secs(second));
                peer.send(b"");
            }
            assert_eq!(told(&peer), (vec![], None), "{rule:?}: too early");
            peer.connection.handle_timeout(Duration::from_secs(seconds));
        } else {
            assert_eq!(told(&peer), (vec![], None), "{rule:?}: before it is broken");
        }
        let seen = peer.send(if matches!(by, By::Time(..)) { b"" } else { last.as_slice() });
        let cause = Cause::from(*rule);
        let (expected, code) = if OF_STREAMS.contains(rule) {
            let code =
                seen.iter().find_map(|seen| if let Seen::Reset(_, code) = seen { Some(*code) } else { None });
            ((vec![cause], None), code)
        } else {
            let last = seen.last();
            let code =
                last.and_then(|seen| if let Seen::GoAway(_, code) = seen { Some(*code) } else { None });
            ((vec![], Some(cause)), code)
        };
        assert_eq!(told(&peer), expected, "{rule:?}: {seen:?}");
        assert_eq!(code, Some(rule.code()), "{rule:?}: {seen:?}");
    }
}

#[test]
fn codes_are_those_of_the_rfc() {
    assert_eq!(Rule::SettingsTimeout.code(), ErrorCode::SETTINGS_TIMEOUT);
    assert!(
        Rule::ALL
            .iter()
            .filter(|rule| rule.name().ends_with("_flood"))
            .all(|rule| rule.code() == ErrorCode::ENHANCE_YOUR_CALM)
    );
}
