//! What one side cannot have seen, need not have seen, or what was not seen by the watcher: nobody is blamed for it.

use h2wire::{Role, Rule};
use h2wire_connection::ConnectionRule as R;

use super::*;

fn none(passes: Vec<Passes>) {
    assert_eq!(found(&[start(&[], &[]), passes].concat()), []);
}

/// Frames were under way when their stream was reset by the other side.
#[test]
fn after_a_reset_of_the_other_side() {
    let trailers = |id| headers(id, ENDS, &block(&[("a", "b")]));
    let late = [data(1, 0, b"a"), window_update(1, 1), trailers(1), rst_stream(1)];
    for frame in &late {
        none(vec![client(post(1)), server(rst_stream(1)), client(frame.clone())]);
        none(vec![client(post(1)), server(ok(1)), client(rst_stream(1)), server(frame.clone())]);
    }
    // Both reset it.
    none(vec![client(post(1)), server(rst_stream(1)), client(rst_stream(1)), server(rst_stream(1))]);
    // A promise on a stream that the client has given up, and its response.
    let promise = frame(5, END_HEADERS, 1, &[&2_u32.to_be_bytes()[..], GET].concat());
    none(vec![
        client(post(1)),
        client(rst_stream(1)),
        server(promise),
        server([ok(2), data(2, END_STREAM, b"a")].concat()),
        client(rst_stream(2)),
    ]);
    // But what is late counts for the window of the connection.
    let full = [data(1, 0, &[0; 16_384]).repeat(3), data(1, 0, &[0; 16_383])].concat();
    let passes = vec![client(post(1)), server(rst_stream(1)), client(full), client(data(1, 0, b"a"))];
    let findings = found(&[start(&[], &[]), passes].concat());
    assert_eq!(findings, [(R::ConnectionWindowExceeded.into(), Scope::Connection)]);
}

/// Requests were under way when the server said that it takes no more; those before go on.
#[test]
fn after_goaway() {
    let goaway = |last: u32| frame(7, 0, 0, &[last.to_be_bytes(), [0; 4]].concat());
    none(vec![
        client(post(1)),
        server(goaway(1)),
        client([post(3), data(3, 0, b"a"), data(1, 0, b"a")].concat()),
    ]);
    let passes = [
        start(&[], &[]),
        vec![client(post(1)), client(post(3)), server(goaway(1)), client(data(3, 0, b"a")), server(ok(1))],
    ];
    let (watcher, findings) = watch(in_order, &passes.concat());
    assert_eq!(findings, []);
    let open: Vec<_> = watcher.open_streams().map(|open| open.stream_id).collect();
    assert_eq!(open, [stream(1)], "3 was given up");
    // What was under way is not left open: it is not answered.
    let passes = [
        start(&[], &[]),
        vec![client(get(1)), server(goaway(1)), client(post(3)), server(headers(1, ENDS, b"\x88"))],
    ];
    assert_eq!(watch(in_order, &passes.concat()).0.open_streams().count(), 0);
    // Who goes on after its own END_STREAM is still wrong.
    let passes = vec![client(get(1)), server(goaway(1)), client(data(1, 0, b"a"))];
    assert_eq!(found(&[start(&[], &[]), passes].concat())[0].0, R::DataOnClosed.into());
}

/// SETTINGS hold when they are acknowledged. What they allow may be done at once.
#[test]
fn before_settings_are_acknowledged() {
    let ten = || data(1, 0, &[0; 10]);
    // The window gets smaller, then larger.
    none(vec![client(post(1)), server(settings(&[(4, 5)])), client(ten()), client(ack())]);
    let smaller = vec![client(post(1)), server(settings(&[(4, 5)])), client(ack()), client(ten())];
    let findings = found(&[start(&[], &[]), smaller].concat());
    assert_eq!(findings, [(R::StreamWindowExceeded.into(), Scope::Stream(stream(1)))]);
    let larger = |acknowledges: bool| {
        let before = vec![client(post(1)), server(settings(&[(4, 10)]))];
        let then = acknowledges.then(|| client(ack()));
        [start(&[], &[(4, 5)]), before, then.into_iter().collect(), vec![client(ten())]].concat()
    };
    assert_eq!((found(&larger(false)), found(&larger(true))), (vec![], vec![]));
    // The number of streams gets smaller.
    none(vec![server(settings(&[(3, 1)])), client([post(1), post(3)].concat()), client(ack())]);
    let fewer = vec![server(settings(&[(3, 1)])), client(ack()), client(post(1)), client(post(3))];
    let findings = found(&[start(&[], &[]), fewer].concat());
    assert_eq!(findings, [(R::TooManyStreams.into(), Scope::Stream(stream(3)))]);
    // Longer frames at once.
    let long = || client(data(1, 0, &vec![0; 20_000]));
    none(vec![client(post(1)), server(settings(&[(5, 20_000)])), long()]);
    let findings = found(&[start(&[], &[]), vec![client(post(1)), long()]].concat());
    assert_eq!(findings[0].0.name(), "frame_length_limit");
}

/// All that the server sends before all that the client sends, or the other way round.
#[test]
fn in_any_order() {
    let from_client = || {
        let octets = [
            PREFACE.as_slice(),
            &settings(&[]),
            &ack(),
            &post(1),
            &data(1, END_STREAM, &[0; 16_384]),
            &post(3),
            &data(3, END_STREAM, b"a"),
            &headers(5, ENDS, &request_with("HEAD", &[])),
            &rst_stream(2),
        ];
        client(octets.concat())
    };
    let promise = frame(5, END_HEADERS, 1, &[&2_u32.to_be_bytes()[..], GET].concat());
    let from_server = || {
        let octets = [
            settings(&[(4, 20_000)]),
            ack(),
            ok(3),
            promise.clone(),
            headers(5, ENDS, &block(&[(":status", "200"), ("content-length", "5")])),
            data(3, END_STREAM, b"abc"),
            ok(1),
            data(1, END_STREAM, b"abc"),
        ];
        server(octets.concat())
    };
    let make = || in_order().with_any_order();
    for passes in [[from_client(), from_server()], [from_server(), from_client()]] {
        let (watcher, findings) = watch(make, &passes);
        assert_eq!((findings, watcher.open_streams().count()), (vec![], 0));
        // What each side does by itself is judged.
        for wrong in [client(data(3, 0, b"a")), server(data(3, 0, b"a"))] {
            let (_, findings) = watch(make, &[passes.as_slice(), &[wrong]].concat());
            assert_eq!(
                findings.iter().map(|finding| finding.cause).collect::<Vec<_>>(),
                [R::DataOnClosed.into()]
            );
        }
    }
    // What is complete is not followed any more.
    let exchanges = (0..10).flat_map(|n| {
        let (id, content) = (2 * n + 1, data(2 * n + 1, END_STREAM, b"a"));
        [server([ok(id), content.clone()].concat()), client([post(id), content].concat())]
    });
    let begin = [client([PREFACE.as_slice(), &settings(&[])].concat()), server(settings(&[]))];
    let last = [client(get(21)), client(data(21, 0, b"a"))];
    let passes: Vec<_> = begin.into_iter().chain(exchanges).chain(last).collect();
    assert_eq!(watch(|| make().with_max_streams(2), &passes).1.len(), 1);
    // A request that was reset, as was seen before, is not left open.
    let begin = || vec![client([PREFACE.as_slice(), &settings(&[])].concat()), server(settings(&[]))];
    let (watcher, findings) = watch(make, &[begin(), vec![server(rst_stream(1)), client(post(1))]].concat());
    assert_eq!((findings, watcher.open_streams().count()), (vec![], 0));
    let (_, findings) =
        watch(make, &[begin(), vec![server([rst_stream(1), data(1, 0, b"a")].concat())]].concat());
    assert_eq!(findings[0].cause, R::DataOnClosed.into());
    // In order it would be wrong to answer first.
    let (_, findings) = watch(in_order, &[from_server(), from_client()]);
    assert!(findings.iter().any(|finding| finding.cause == R::HeadersOnIdle.into()), "{findings:?}");
}

/// From the middle: windows and streams from before are not known. What is opened now is.
#[test]
fn joined() {
    let make = || Watcher::joined(&LIMITS).unwrap();
    let before = vec![
        client(
            [data(5, 0, &[0; 16_384]).repeat(9), window_update(0, 0x7fff_ffff), rst_stream(3), rst_stream(4)]
                .concat(),
        ),
        server([data(5, END_STREAM, b"a"), ok(7), data(7, 0, b"a"), window_update(7, 0x7fff_ffff)].concat()),
        client(headers(7, ENDS, &block(&[("a", "b")]))),
    ];
    let (_, findings) = watch(make, &before);
    assert_eq!(findings, []);
    for (then, rule) in [
        (vec![client(get(9)), client(data(9, 0, b"a"))], R::DataOnClosed),
        (vec![client(get(9)), client(data(11, 0, b"a"))], R::DataOnIdle),
        (vec![client(get(9)), server(ok(11))], R::HeadersOnIdle),
        (vec![client(get(9)), server(data(9, 0, b"a"))], R::DataBeforeHead),
    ] {
        let passes = [before.clone(), then].concat();
        let (_, findings) = watch(make, &passes);
        assert_eq!(
            findings.iter().map(|finding| finding.cause).collect::<Vec<_>>(),
            [rule.into()],
            "{rule:?}"
        );
    }
    // Streams from before stay unknown.
    let passes = [before, vec![client(get(9)), client(data(5, 0, b"a")), server(ok(5))]].concat();
    assert_eq!(watch(make, &passes).1, []);
}

/// Fields that refer to what was not seen say nothing, neither of requests nor of what belongs to them.
#[test]
fn fields_that_are_not_known() {
    let make = || Watcher::joined(&LIMITS).unwrap();
    // A field of the dynamic table, after a whole request; the response, the same.
    let unknown = |id, block: &[u8]| headers(id, END_HEADERS, &[block, b"\xbe"].concat());
    let promise = frame(5, END_HEADERS, 9, &[&4_u32.to_be_bytes()[..], GET, b"\xbe"].concat());
    let passes = vec![
        client(
            [post(9), unknown(11, POST), data(11, 0, b"a"), data(11, END_STREAM, b"a"), unknown(13, POST)]
                .concat(),
        ),
        server(
            [unknown(11, b""), data(11, 0, b"a"), ok(13), ok(9), promise, ok(4), data(4, 0, b"a")].concat(),
        ),
        client([window_update(4, 1), rst_stream(4), rst_stream(11), data(9, 0, b"a")].concat()),
        server([data(11, END_STREAM, b"a"), data(9, 0, b"a")].concat()),
    ];
    assert_eq!(watch(make, &passes).1, []);
    // The next one is known again.
    let next = vec![client(get(15)), client(data(15, 0, b"a"))];
    let findings = watch(make, &[passes, next].concat()).1;
    assert_eq!(findings.iter().map(|finding| finding.cause).collect::<Vec<_>>(), [R::DataOnClosed.into()]);
}

/// After a hole nothing is known but what comes then.
#[test]
fn a_hole() {
    let mut watcher = in_order();
    for passes in [start(&[], &[]), vec![client(get(1)), client(get(3))]].concat() {
        assert_eq!(pass(&mut watcher, &passes, 7), []);
    }
    watcher.rejoin(Role::Server, 100);
    assert_eq!(watcher.offset(Role::Server), 9 + 9 + 100);
    assert_eq!(pass(&mut watcher, &server(data(1, END_STREAM, b"a")), 7), []);
    assert_eq!(pass(&mut watcher, &client(data(1, 0, b"a")), 7), [], "of a stream that was not seen");
    assert_eq!(pass(&mut watcher, &client(post(5)), 7), []);
    let findings = pass(&mut watcher, &server(data(5, 0, b"a")), 7);
    assert_eq!(findings[0].offset, 9 + 9 + 100 + 10);
    assert_eq!(findings[0].cause, R::DataBeforeHead.into());
}

/// The request of stream 1 came over HTTP/1.1.
#[test]
fn an_upgrade() {
    let answer = server(headers(1, ENDS, b"\x88"));
    let passes = [start(&[], &[]), vec![answer]].concat();
    let (watcher, findings) = watch(|| in_order().with_upgrade(false), &passes);
    assert_eq!((findings, watcher.open_streams().count()), (vec![], 0));
    assert_eq!(found(&passes), [(R::HeadersOnIdle.into(), Scope::Connection)]);
}

/// Whatever they do, no more streams are followed than was said; the others are not judged.
#[test]
fn more_streams_than_are_followed() {
    let opens = client((0..100).flat_map(|n| post(2 * n + 1)).collect());
    let wrong = server([ok(1), ok(1), ok(199), ok(199)].concat());
    let passes = [start(&[], &[]), vec![opens, wrong]].concat();
    let (watcher, findings) = watch(|| in_order().with_max_streams(10), &passes);
    assert_eq!(findings.len(), 1);
    // 1 cannot be followed after that.
    assert_eq!(watcher.open_streams().count(), 9);
    assert_eq!(findings[0].stream_id, stream(1));
    let (_, findings) = watch(in_order, &passes);
    assert_eq!(findings.len(), 2);
}

/// More settings than can be remembered: nothing is judged by them.
#[test]
fn settings_that_nobody_acknowledges() {
    let mut passes = start(&[], &[]);
    passes.push(server(settings(&[(4, 1)]).repeat(1_000)));
    passes.push(client([post(1), data(1, 0, &[0; 16_384]).repeat(100)].concat()));
    passes.push(server(settings(&[(5, 20_000)])));
    passes.push(client(data(1, 0, &vec![0; 20_000])));
    assert_eq!(found(&passes), []);
    // Its own limits are no rules of the protocol.
    let long = "b".repeat(100);
    let section = block(&vec![("a", long.as_str()); 5_000]);
    let long = frame(1, END_STREAM, 1, &section[..16_000]);
    let rest: Vec<u8> =
        section[16_000..].chunks(16_000).flat_map(|chunk| continuation(1, 0, chunk)).collect();
    let passes = [start(&[], &[]), vec![client([long, rest, continuation(1, 4, b"")].concat())]].concat();
    assert!(found(&passes).iter().all(|(cause, _)| !matches!(cause, Cause::Codec(Rule::Limit(_)))));
}
