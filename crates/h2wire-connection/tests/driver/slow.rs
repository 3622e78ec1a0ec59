//! Who waits for whom.

use std::time::Duration;

use bytes::Bytes;
use h2wire_connection::Config;
use h2wire_connection::driver::Error;
use tokio::time::{sleep, timeout};

use super::{GET, OK, POST, pair, read_all};

const PIECE: usize = 10_000;

/// Time is paused: a timer goes off only when nobody can go on, so that what waits at all is seen to wait.
async fn waits<T>(future: impl Future<Output = T>) {
    assert!(timeout(Duration::from_secs(1), future).await.is_err(), "it did not wait");
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_stops_a_fast_client_and_nothing_is_lost() {
    // Content waits for its reader, whatever the configuration says of that.
    let (client, _, mut server, _) = super::pair_with(&Config::DEFAULT.with_auto_release(true), 4 << 10);
    let (mut out, pending) = client.open(POST).await.unwrap();
    let mut sent = 0;
    let fill = async {
        loop {
            out.send_data(vec![b'x'; PIECE]).await.unwrap();
            sent += PIECE;
        }
    };
    waits(fill).await;
    // The window of the stream, a piece that is queued and one whose call did not return.
    let window = Config::DEFAULT.stream_window as usize;
    assert!((window..window + 2 * PIECE).contains(&sent), "{sent}");

    let mut request = server.accept().await.unwrap();
    let mut received = 0;
    let read = async {
        while let Some(data) = request.body.data().await.unwrap() {
            received += data.len();
        }
    };
    let more = async {
        for _ in 0..50 {
            out.send_data(vec![b'x'; PIECE]).await.unwrap();
        }
        out.finish("").unwrap();
    };
    tokio::join!(read, more);
    assert_eq!(received, sent + 50 * PIECE);
    request.responder.respond(OK, "").unwrap();
    pending.response().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn both_directions_stream_at_once_and_wait_for_slow_readers() {
    let (client, _, mut server, _) = pair();
    tokio::spawn(async move {
        let mut request = server.accept().await.unwrap();
        let mut out = request.responder.send_response(OK).unwrap();
        while let Some(data) = request.body.data().await.unwrap() {
            sleep(Duration::from_millis(1)).await;
            out.send_data(data).await.unwrap();
        }
        out.finish("end").unwrap();
        server.accept().await.is_none()
    });
    let (mut out, pending) = client.open(POST).await.unwrap();
    let send = async {
        for number in 0..200_u8 {
            out.send_data(vec![number; PIECE]).await.unwrap();
        }
        out.finish("").unwrap();
    };
    let receive = async {
        let mut response = pending.response().await.unwrap();
        let mut all = Vec::new();
        while let Some(data) = response.body.data().await.unwrap() {
            all.extend_from_slice(&data);
            sleep(Duration::from_millis(1)).await;
        }
        all
    };
    let ((), all) = tokio::join!(send, receive);
    let expected: Vec<u8> = (0..200_u8).flat_map(|number| vec![number; PIECE]).chain(*b"end").collect();
    assert!(all == expected);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_nobody_reads_does_not_hold_up_others() {
    let (client, _, mut server, _) = pair();
    let big = Bytes::from(vec![b'x'; 600_000]);
    tokio::spawn(async move {
        while let Some(request) = server.accept().await {
            request.responder.respond(OK, big.clone()).unwrap();
        }
    });
    let mut first = client.send_request(GET, "").await.unwrap();
    for _ in 0..3 {
        let mut other = client.send_request(GET, "").await.unwrap();
        assert_eq!(read_all(&mut other.body).await.unwrap().len(), 600_000);
    }
    assert_eq!(read_all(&mut first.body).await.unwrap().len(), 600_000);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_reads_is_thrown_away_and_answered() {
    let (client, _, mut server, _) = pair();
    tokio::spawn(async move {
        let request = server.accept().await.unwrap();
        drop(request.body);
        sleep(Duration::from_secs(1)).await;
        request.responder.respond(OK, "").unwrap();
        server.accept().await.is_none()
    });
    let (mut out, pending) = client.open(POST).await.unwrap();
    for _ in 0..100 {
        out.send_data(vec![0; PIECE]).await.unwrap();
    }
    out.finish("").unwrap();
    pending.response().await.unwrap();
}

/// The response is longer than the window, so that it ends long after it was given.
#[tokio::test(start_paused = true)]
async fn a_response_that_ends_before_its_request_ends_that() {
    for len in [10, 600_000] {
        let (client, _, mut server, _) = pair();
        let (mut out, pending) = client.open(POST).await.unwrap();
        out.send_data("x").await.unwrap();
        let mut request = server.accept().await.unwrap();
        request.responder.respond(OK, vec![0; len]).unwrap();
        let ask = async {
            let mut response = pending.response().await.unwrap();
            assert_eq!(read_all(&mut response.body).await.unwrap().len(), len);
        };
        let (content, ()) = tokio::join!(read_all(&mut request.body), ask);
        assert_eq!(content, Err(Error::Cancelled));
        assert!(matches!(out.send_data("y").await, Err(Error::NotNeeded)));
    }
}

#[tokio::test(start_paused = true)]
async fn requests_wait_for_places() {
    let config = Config::DEFAULT.with_max_concurrent_streams(1).with_initial_max_streams(1);
    let (client, _, mut server, _) = super::pair_with(&config, 4 << 10);
    let first = client.send_request(GET, "");
    tokio::pin!(first);
    waits(&mut first).await;
    waits(client.send_request(GET, "")).await;
    server.accept().await.unwrap().responder.respond(OK, "").unwrap();
    first.await.unwrap();
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.send_request(GET, "").await.map(|_| ()) }
    });
    server.accept().await.unwrap().responder.respond(OK, "").unwrap();
    second.await.unwrap().unwrap();
}

/// 0 counts as 1: nothing more is asked while anything waits to be written.
#[tokio::test(start_paused = true)]
async fn without_room_for_output_requests_go_one_by_one() {
    let (client, _, server, _) = super::pair_with(&Config::DEFAULT.with_max_pending_output(0), 4 << 10);
    tokio::spawn(super::echo(server));
    for content in ["", "content"] {
        let request = client.send_request(POST, content);
        let mut response = timeout(Duration::from_secs(1), request).await.unwrap().unwrap();
        assert_eq!(read_all(&mut response.body).await.unwrap(), content.as_bytes());
    }
}
