//! Every rule that streams and windows decide: what breaks it, from either side, and what is just no breach.

use h2wire::frame::Scope;
use h2wire::{Malformed, Role, Rule};
use h2wire_connection::{Cause, ConnectionRule as R};

use super::*;

const ALL: Scope = Scope::Connection;

fn on_stream(id: u32) -> Scope {
    Scope::Stream(stream(id))
}

fn promise(on: u32, promised: u32) -> Vec<u8> {
    frame(5, END_HEADERS, on, &[&promised.to_be_bytes()[..], GET].concat())
}

/// The last passage breaks the rule; without it there is no finding. It is found where it starts, and what follows is judged.
fn breaks(passes: Vec<Passes>, rule: impl Into<Cause>, scope: Scope) {
    let cause = rule.into();
    breaks_after(&[], passes, cause, scope);
}

fn breaks_after(server_settings: &[(u16, u32)], passes: Vec<Passes>, cause: Cause, scope: Scope) {
    let mut passes = [start(&[], server_settings), passes].concat();
    let last = passes.pop().unwrap();
    let (watcher, before) = watch(in_order, &passes);
    assert_eq!(before, [], "{}: before", cause.name());
    let offset = watcher.offset(last.0);
    passes.push(last.clone());
    let (_, findings) = watch(in_order, &passes);
    assert_eq!(findings.len(), 1, "{}: {findings:?}", cause.name());
    let finding = findings[0];
    assert_eq!((finding.cause, finding.scope, finding.by, finding.offset), (cause, scope, last.0, offset));
    // It goes on, with the other streams at least.
    passes.push(client(ping(b"12345678")));
    let more = if last.0 == Role::Client { rst_stream(99) } else { rst_stream(77) };
    passes.push((last.0, more));
    let (_, findings) = watch(in_order, &passes);
    assert_eq!(findings.len(), 2, "{}: {findings:?}", cause.name());
    assert_eq!(findings[1].cause, R::RstStreamOnIdle.into());
}

#[test]
fn idle_streams() {
    for send in [client, server] {
        breaks(vec![send(data(1, 0, b"a"))], R::DataOnIdle, ALL);
        breaks(vec![send(rst_stream(1))], R::RstStreamOnIdle, ALL);
        breaks(vec![send(window_update(1, 1))], R::WindowUpdateOnIdle, ALL);
    }
    breaks(vec![server(ok(1))], R::HeadersOnIdle, ALL);
    breaks(vec![client(rst_stream(2))], R::RstStreamOnIdle, ALL);
    let priority_update = |id: u32| frame(0x10, 0, 0, &[&id.to_be_bytes()[..], b"u=1"].concat());
    breaks(vec![client(priority_update(1)), client(priority_update(2))], R::PriorityUpdateOnIdlePush, ALL);
    // The last that is no breach: a stream that was opened just before.
    assert_eq!(
        found(&[start(&[], &[]), vec![client(post(1)), server(ok(1)), server(data(1, 0, b"a"))]].concat()),
        []
    );
}

#[test]
fn streams_that_have_ended() {
    let trailers = |id| headers(id, ENDS, &block(&[("a", "b")]));
    // By END_STREAM, and the other side goes on.
    breaks(vec![client(get(1)), client(data(1, 0, b"a"))], R::DataOnClosed, on_stream(1));
    breaks(vec![client(get(1)), client(trailers(1))], R::HeadersOnClosed, on_stream(1));
    let answered = || vec![client(post(1)), server(ok(1)), server(data(1, END_STREAM, b"a"))];
    breaks([answered(), vec![server(data(1, 0, b"a"))]].concat(), R::DataOnClosed, on_stream(1));
    breaks([answered(), vec![server(trailers(1))]].concat(), R::HeadersOnClosed, on_stream(1));
    // Both have ended it: an error of the connection.
    let over = || [answered(), vec![client(data(1, END_STREAM, b"a"))]].concat();
    breaks([over(), vec![server(data(1, 0, b"a"))]].concat(), R::DataOnClosed, ALL);
    breaks([over(), vec![client(data(1, 0, b"a"))]].concat(), R::DataOnClosed, ALL);
    breaks([over(), vec![client(get(1))]].concat(), R::HeadersOnClosed, ALL);
    // A section is where it starts.
    let parts = || [headers(1, END_STREAM, b"\x00\x01a"), continuation(1, END_HEADERS, b"\x01b")].concat();
    breaks(vec![client(get(1)), client(parts())], R::HeadersOnClosed, on_stream(1));
    // By its own RST_STREAM.
    breaks(
        vec![client(post(1)), client(rst_stream(1)), client(data(1, 0, b"a"))],
        R::DataOnClosed,
        on_stream(1),
    );
    breaks(vec![client(post(1)), server(rst_stream(1)), server(ok(1))], R::HeadersOnClosed, on_stream(1));
}

#[test]
fn identifiers_and_numbers() {
    breaks(vec![client(get(5)), client(get(3))], R::StreamIdNotGrowing, ALL);
    // What follows on such a stream is not wrong once more.
    let low = vec![client(get(5)), client(post(3)), client(data(3, 0, b"a")), server(rst_stream(3))];
    assert_eq!(found(&[start(&[], &[]), low].concat()), [(R::StreamIdNotGrowing.into(), ALL)]);
    let three = |id| client(post(id));
    breaks_after(&[(3, 2)], vec![three(1), three(3), three(5)], R::TooManyStreams.into(), on_stream(5));
    // One of them is closed: there is room again.
    let closes = [
        vec![client(rst_stream(1))],
        vec![server(rst_stream(1))],
        vec![client(data(1, END_STREAM, b"")), server(headers(1, ENDS, b"\x88"))],
    ];
    for close in closes {
        let passes = [start(&[], &[(3, 2)]), vec![three(1), three(3)], close, vec![three(5)]].concat();
        assert_eq!(found(&passes), []);
    }
}

#[test]
fn windows() {
    let full = || {
        vec![client(post(1)), client([data(1, 0, &[0; 16_384]).repeat(3), data(1, 0, &[0; 16_383])].concat())]
    };
    // Stream and connection have the same window at first: that of the connection is looked at first.
    breaks([full(), vec![client(data(1, 0, b"a"))]].concat(), R::ConnectionWindowExceeded, ALL);
    let wide = || vec![server(window_update(0, 1))];
    breaks([wide(), full(), vec![client(data(1, 0, b"a"))]].concat(), R::StreamWindowExceeded, on_stream(1));
    let wider = || vec![server(window_update(1, 1))];
    let passes = [start(&[], &[]), full(), wide(), wider(), vec![client(data(1, 0, b"a"))]].concat();
    assert_eq!(found(&passes), []);
    // From the server, and with padding.
    let answer = || vec![client(get(1)), server(ok(1)), server(data(1, 0, &[0; 16_384]).repeat(3))];
    let padded = data(1, PADDED, &[&[3][..], &[0; 16_383 - 1]].concat());
    breaks(
        [answer(), vec![server(padded), server(data(1, 0, b"a"))]].concat(),
        R::ConnectionWindowExceeded,
        ALL,
    );
    // What the receiver has set, from its acknowledgment on.
    breaks_after(
        &[(4, 10)],
        vec![client(post(1)), client(data(1, 0, &[0; 10])), client(data(1, 0, b"a"))],
        R::StreamWindowExceeded.into(),
        on_stream(1),
    );
    // Once it is exceeded nobody knows how far it goes; that of the connection is counted on.
    let all = data(1, 0, &[0; 16_384]).repeat(3);
    let passes = vec![client(post(1)), client(all), client(data(1, 0, &[0; 16_383]))];
    let once = [start(&[], &[(4, 10)]), passes, vec![client(data(1, 0, b"a"))]].concat();
    let expected =
        [(R::StreamWindowExceeded.into(), on_stream(1)), (R::ConnectionWindowExceeded.into(), ALL)];
    assert_eq!(found(&once), expected);
    assert_eq!(found(&once[..once.len() - 1]), expected[..1]);
    // Too wide.
    for (send, before) in [(client as fn(Vec<u8>) -> Passes, 0), (server, 0)] {
        const MAX: u32 = 0x7fff_ffff;
        let open = || vec![client(post(1)), send(window_update(before, MAX - 65_535))];
        breaks([open(), vec![send(window_update(0, 1))]].concat(), R::ConnectionWindowOverflow, ALL);
        // It is reported once.
        let twice = [open(), vec![send([window_update(0, MAX), window_update(0, MAX)].concat())]];
        assert_eq!(found(&[start(&[], &[]), twice.concat()].concat()).len(), 1);
        let twice = vec![client(post(1)), send(window_update(1, MAX).repeat(3))];
        assert_eq!(found(&[start(&[], &[]), twice].concat()).len(), 1);
        let stream = || vec![client(post(1)), send(window_update(1, MAX - 65_535))];
        breaks([stream(), vec![send(window_update(1, 1))]].concat(), R::StreamWindowOverflow, on_stream(1));
        breaks([stream(), vec![send(settings(&[(4, 65_536)]))]].concat(), R::WindowOverflowBySettings, ALL);
    }
}

#[test]
fn messages() {
    let with_length = |id, n| headers(id, END_HEADERS, &request_with("POST", &[("content-length", n)]));
    breaks(vec![client(with_length(1, "2")), client(data(1, 0, b"abc"))], R::ContentTooLong, on_stream(1));
    breaks(
        vec![client(with_length(1, "2")), client(data(1, END_STREAM, b"a"))],
        R::ContentTooShort,
        on_stream(1),
    );
    let response = |status, n| headers(1, END_HEADERS, &block(&[(":status", status), ("content-length", n)]));
    breaks(
        vec![client(get(1)), server(response("200", "2")), server(data(1, END_STREAM, b"abc"))],
        R::ContentTooLong,
        on_stream(1),
    );
    // Answers to HEAD and 304 have none, whatever it says.
    let head = || client(headers(1, ENDS, &request_with("HEAD", &[])));
    for (request, status) in [(head(), "200"), (client(get(1)), "304")] {
        let none = vec![request.clone(), server(response(status, "2")), server(data(1, END_STREAM, b""))];
        assert_eq!(found(&[start(&[], &[]), none].concat()), []);
        breaks(
            vec![request, server(response(status, "2")), server(data(1, 0, b"a"))],
            R::ContentTooLong,
            on_stream(1),
        );
    }
    breaks(vec![client(get(1)), server(data(1, 0, b"a"))], R::DataBeforeHead, on_stream(1));
    breaks(vec![client(get(1)), server(ok(1)), server(ok(1))], R::SectionOrder, on_stream(1));
    breaks(vec![client(post(1)), client(headers(1, ENDS, GET))], R::SectionOrder, on_stream(1));
    let connect =
        || client(headers(1, END_HEADERS, &block(&[(":method", "CONNECT"), (":authority", "a:1")])));
    let trailers = || headers(1, ENDS, &block(&[("a", "b")]));
    breaks(vec![connect(), server(ok(1)), server(trailers())], R::FrameInTunnel, on_stream(1));
    breaks(vec![connect(), server(ok(1)), client(trailers())], R::FrameInTunnel, on_stream(1));
    breaks(vec![connect(), server(ok(1)), server(promise(1, 2))], R::FrameInTunnel, on_stream(1));
}

#[test]
fn promises() {
    breaks(vec![client(get(1)), server(promise(1, 2)), server(window_update(2, 1))], R::FrameOnReserved, ALL);
    breaks(vec![client(get(1)), server(promise(1, 2)), server(data(2, 0, b"a"))], R::FrameOnReserved, ALL);
    breaks(
        vec![client(get(1)), server(headers(1, ENDS, b"\x88")), server(promise(1, 2))],
        R::PromiseOnIdle,
        ALL,
    );
    breaks(vec![server(promise(1, 2))], R::PromiseOnIdle, ALL);
    breaks(vec![client(get(1)), server(promise(1, 4)), server(promise(1, 2))], R::StreamIdNotGrowing, ALL);
    let pushed = vec![
        client(get(1)),
        server(promise(1, 2)),
        client(window_update(2, 1)),
        server(ok(2)),
        server(data(2, END_STREAM, b"a")),
        server(headers(1, ENDS, b"\x88")),
    ];
    let (watcher, findings) = watch(in_order, &[start(&[], &[]), pushed].concat());
    assert_eq!((findings, watcher.open_streams().count()), (vec![], 0));
}

/// Extended CONNECT is offered by SETTINGS, and not before they were seen. RFC 8441 §3
#[test]
fn settings_and_fields() {
    let extended = || {
        let fields = [
            (":method", "CONNECT"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "a"),
            (":protocol", "websocket"),
        ];
        client(headers(1, END_HEADERS, &block(&fields)))
    };
    let rule = Cause::Codec(Rule::Malformed(Malformed::PseudoFieldUnknown));
    breaks(vec![extended()], rule, on_stream(1));
    assert_eq!(found(&[start(&[], &[(8, 1)]), vec![extended()]].concat()), []);
    // Frames are judged too: PRIORITY of the wrong length; the stream goes on.
    let priority = || client(frame(2, 0, 1, b"1234"));
    let wrong = Cause::Codec(Rule::Frame(h2wire::frame::FrameRule::PriorityLength));
    breaks(vec![client(post(1)), priority()], wrong, on_stream(1));
}

/// An error of framing or HPACK ends its direction; what the other side does by itself is judged still.
#[test]
fn a_direction_that_cannot_be_read() {
    let broken = [start(&[], &[]), vec![client(frame(6, 0, 0, b"short"))]].concat();
    let (mut watcher, findings) = watch(in_order, &broken);
    assert_eq!(findings.len(), 1);
    assert!(watcher.has_failed(Role::Client) && !watcher.has_failed(Role::Server));
    assert_eq!(findings[0].offset, 24 + 9 + 9);
    assert_eq!(pass(&mut watcher, &client(get(1)), 100), []);
    // It may be answered: the request was not seen.
    assert_eq!(pass(&mut watcher, &server([ok(1), data(1, END_STREAM, b"a")].concat()), 100), []);
    let after = pass(&mut watcher, &server(data(1, 0, b"a")), 100);
    assert_eq!(after.iter().map(|finding| finding.cause).collect::<Vec<_>>(), [R::DataOnClosed.into()]);

    let passes = [start(&[], &[]), vec![client(post(1)), client(headers(1, ENDS, b"\x80"))]].concat();
    let (watcher, findings) = watch(in_order, &passes);
    let place = watcher.offset(Role::Client);
    assert_eq!(findings[0].stream_id, stream(1));
    assert_eq!(findings[0].offset, place, "the frame that has it");
    assert_eq!(findings[0].cause.name(), "index_zero");
}

#[test]
fn streams_left_open() {
    let passes = vec![
        client([post(1), get(3), get(5), get(7), post(9)].concat()),
        server([headers(3, ENDS, b"\x88"), ok(5), promise(5, 2), headers(9, ENDS, b"\x88")].concat()),
        client(rst_stream(7)),
    ];
    let (watcher, findings) = watch(in_order, &[start(&[], &[]), passes].concat());
    assert_eq!(findings, []);
    let mut open: Vec<_> = watcher
        .open_streams()
        .map(|open| (open.stream_id.get(), open.client_ended, open.server_ended))
        .collect();
    open.sort_unstable();
    assert_eq!(open, [(1, false, false), (2, true, false), (5, true, false), (9, false, true)]);
}

/// A breach that leaves its stream as it was is reported each time, and the stream is still followed.
#[test]
fn streams_that_stay_what_they_were() {
    let late = || client(data(1, 0, b"a"));
    let passes = [start(&[], &[]), vec![client(get(1)), late(), late()]].concat();
    let (watcher, findings) = watch(in_order, &passes);
    assert_eq!(findings.iter().map(|finding| finding.cause).collect::<Vec<_>>(), [R::DataOnClosed.into(); 2]);
    // Its response is to come.
    assert_eq!(watcher.open_streams().map(|open| open.stream_id).collect::<Vec<_>>(), [stream(1)]);
    let (watcher, _) = watch(in_order, &[passes, vec![server(headers(1, ENDS, b"\x88"))]].concat());
    assert_eq!(watcher.open_streams().count(), 0);
    // A response without a request opens nothing.
    let passes = [start(&[], &[]), vec![server(ok(1))]].concat();
    assert_eq!(watch(in_order, &passes).0.open_streams().count(), 0);
}
