//! Resets, GOAWAY, shutting down.

use h2wire_connection::driver::{DriverError, Error, server};
use h2wire_connection::frame::ErrorCode;
use h2wire_connection::{Config, OpenError, ResetReason};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{GET, OK, POST, client_of_bytes, frame, pair, read_all};

fn reset(error_code: ErrorCode) -> Error {
    Error::Reset { error_code, reason: ResetReason::ByPeer }
}

#[tokio::test]
async fn a_client_that_drops_a_response_resets_its_stream() {
    let (client, _, mut server, _) = pair();
    let (mut out, pending) = client.open(POST).await.unwrap();
    out.send_data("x").await.unwrap();
    let mut request = server.accept().await.unwrap();
    drop(pending);
    assert_eq!(out.send_data("y").await, Err(Error::Cancelled));
    while let Ok(data) = request.body.data().await {
        assert!(data.is_some());
    }
    assert_eq!(request.body.data().await, Err(reset(ErrorCode::CANCEL)));
    assert_eq!(request.responder.respond(OK, ""), Err(reset(ErrorCode::CANCEL)));
    // The others go on.
    let (response, ()) = tokio::join!(client.send_request(GET, ""), async {
        server.accept().await.unwrap().responder.respond(OK, "").unwrap();
    });
    response.unwrap();
}

#[tokio::test]
async fn a_client_that_drops_its_content_resets_its_stream() {
    let (client, _, mut server, _) = pair();
    let (out, pending) = client.open(POST).await.unwrap();
    let mut request = server.accept().await.unwrap();
    drop(out);
    assert_eq!(request.body.data().await, Err(reset(ErrorCode::CANCEL)));
    assert_eq!(pending.response().await.unwrap_err(), Error::Cancelled);
}

#[tokio::test]
async fn a_server_resets_with_its_code_or_internal_error() {
    let (client, _, mut server, _) = pair();
    let serve = async {
        server.accept().await.unwrap().responder.reset(ErrorCode::REFUSED_STREAM);
        drop(server.accept().await.unwrap());
        let mut out = server.accept().await.unwrap().responder.send_response(OK).unwrap();
        out.send_data("half of it").await.unwrap();
    };
    let ask = async {
        let error = client.send_request(GET, "").await.unwrap_err();
        assert_eq!(error, reset(ErrorCode::REFUSED_STREAM));
        assert_eq!(error.to_string(), "the stream was reset with REFUSED_STREAM (by the peer)");
        assert!(error.is_unprocessed());
        let error = client.send_request(GET, "").await.unwrap_err();
        assert_eq!(error, reset(ErrorCode::INTERNAL_ERROR));
        assert!(!error.is_unprocessed());
        // The head may be overtaken by the reset.
        let error = match client.send_request(GET, "").await {
            Ok(mut response) => read_all(&mut response.body).await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error, reset(ErrorCode::INTERNAL_ERROR));
    };
    tokio::join!(serve, ask);
}

#[tokio::test]
async fn go_away_says_which_requests_were_not_processed() {
    let (client, driver, mut server) = client_of_bytes(&Config::DEFAULT).await;
    let driver = tokio::spawn(driver);
    let (_out, first) = client.open(POST).await.unwrap();
    let (_out, second) = client.open(POST).await.unwrap();
    server.write_all(&frame(7, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0])).await.unwrap();
    let error = second.response().await.unwrap_err();
    assert!(error.is_unprocessed(), "{error:?}");
    let error = client.send_request(GET, "").await.unwrap_err();
    assert_eq!(error, Error::Open(OpenError::GoingAway));
    assert!(error.is_unprocessed());
    // The first one was, and is answered still.
    server.write_all(&frame(1, 5, 1, b"\x88")).await.unwrap();
    assert_eq!(first.response().await.unwrap().fields.get(b":status"), Some(b"200".as_slice()));
    drop(server);
    drop(client);
    let _ = driver.await.unwrap();
}

#[tokio::test]
async fn a_server_shuts_down_when_what_is_under_way_is_answered() {
    let (client, client_end, mut server, server_end) = pair();
    let response = tokio::spawn({
        let client = client.clone();
        async move { read_all(&mut client.send_request(GET, "").await?.body).await }
    });
    let request = server.accept().await.unwrap();
    server.shut_down();
    request.responder.respond(OK, "late").unwrap();
    assert!(server.accept().await.is_none());
    assert_eq!(response.await.unwrap().unwrap(), b"late");
    assert!(client.send_request(GET, "").await.unwrap_err().is_unprocessed());
    client_end.await.unwrap().unwrap();
    server_end.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_dropped_refuses_what_nobody_accepted() {
    let (client, client_end, mut server, server_end) = pair();
    let (out, first) = client.open(POST).await.unwrap();
    let request = server.accept().await.unwrap();
    let (_out, second) = client.open(POST).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    drop(server);
    assert!(second.response().await.unwrap_err().is_unprocessed());
    out.finish("").unwrap();
    request.responder.respond(OK, "").unwrap();
    first.response().await.unwrap();
    drop((client, request.body));
    client_end.await.unwrap().unwrap();
    server_end.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_shuts_down_when_its_responses_have_come() {
    let (client, client_end, mut server, server_end) = pair();
    let (out, pending) = client.open(POST).await.unwrap();
    client.shut_down();
    assert_eq!(client.send_request(GET, "").await.unwrap_err(), Error::Open(OpenError::GoingAway));
    let request = server.accept().await.unwrap();
    out.finish("").unwrap();
    request.responder.respond(OK, "").unwrap();
    pending.response().await.unwrap();
    assert!(server.accept().await.is_none());
    client_end.await.unwrap().unwrap();
    server_end.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_peer_that_closes_in_the_middle_ends_what_is_not_complete() {
    let (client, driver, mut server) = client_of_bytes(&Config::DEFAULT).await;
    let driver = tokio::spawn(driver);
    let (_out, pending) = client.open(POST).await.unwrap();
    server.write_all(&frame(1, 4, 1, b"\x88")).await.unwrap();
    server.write_all(&frame(0, 0, 1, b"half")).await.unwrap();
    let mut response = pending.response().await.unwrap();
    assert_eq!(response.body.data().await.unwrap().unwrap(), "half");
    drop(server);
    let error = response.body.data().await.unwrap_err();
    assert!(
        matches!(error, Error::Reset { reason: ResetReason::EndOfInput, .. } | Error::Io(_)),
        "{error:?}"
    );
    assert!(!error.is_unprocessed());
    let _ = driver.await.unwrap();
}

#[tokio::test]
async fn a_driver_that_is_dropped_ends_everything() {
    let (client, driver, _server) = client_of_bytes(&Config::DEFAULT).await;
    let (mut out, pending) = client.open(POST).await.unwrap();
    drop(driver);
    assert_eq!(out.send_data("x").await, Err(Error::Closed));
    assert_eq!(pending.response().await.unwrap_err(), Error::Closed);
    assert_eq!(client.send_request(GET, "").await.unwrap_err(), Error::Open(OpenError::GoingAway));
}

#[tokio::test]
async fn a_broken_rule_is_told_to_both_sides() {
    let (client, driver, mut server) = client_of_bytes(&Config::DEFAULT).await;
    let driver = tokio::spawn(driver);
    let (_out, pending) = client.open(POST).await.unwrap();
    // DATA on a stream that nobody opened.
    server.write_all(&frame(0, 0, 9, b"x")).await.unwrap();
    let error = pending.response().await.unwrap_err();
    assert!(matches!(error, Error::Failed(failure) if failure.cause.name() == "data_on_idle"), "{error:?}");
    let mut said = Vec::new();
    server.read_to_end(&mut said).await.unwrap();
    assert!(said.windows(12).any(|part| part == b"data_on_idle"));
    drop(server);
    assert!(matches!(driver.await.unwrap(), Err(DriverError::Failed(_))));
}

#[tokio::test]
async fn who_speaks_another_protocol_can_be_answered_in_it() {
    let (here, mut there) = duplex(1 << 10);
    let (mut requests, mut driver) = server(here, &Config::DEFAULT).unwrap();
    there.write_all(b"GET / HTTP/1.1\r\nhost: a.test\r\n\r\n").await.unwrap();
    let Err(DriverError::Failed(failure)) = (&mut driver).await else { panic!("it went well") };
    assert!(failure.is_other_protocol());
    assert!(requests.accept().await.is_none());
    let (mut io, input) = driver.into_inner();
    assert!(input.starts_with(b"GET / HTTP/1.1"));
    io.write_all(b"HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n").await.unwrap();
    drop(io);
    let mut said = String::new();
    there.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 505"), "{said}");
}

/// Nobody is asked to answer it.
#[tokio::test(start_paused = true)]
async fn a_request_that_is_reset_before_it_is_accepted_is_forgotten() {
    let (client, _, mut server, _) = pair();
    drop(client.open(POST).await.unwrap());
    let (out, pending) = client.open(POST).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let request = server.accept().await.unwrap();
    assert_eq!((request.responder.id(), request.body.id()), (out.id(), out.id()));
    out.finish("").unwrap();
    request.responder.respond(OK, "").unwrap();
    pending.response().await.unwrap();
}

/// Both before and after the head of the response, while the server waits for something else.
#[tokio::test]
async fn a_server_hears_that_nobody_waits_for_its_response() {
    let (client, _, mut server, _) = pair();
    let pending = client.start_request(GET, "").await.unwrap();
    let mut request = server.accept().await.unwrap();
    let ((), error) = tokio::join!(async { drop(pending) }, request.responder.cancelled());
    assert_eq!(error, reset(ErrorCode::CANCEL));

    let pending = client.start_request(GET, "").await.unwrap();
    let request = server.accept().await.unwrap();
    let mut out = request.responder.send_response(OK).unwrap();
    out.send_data("some of it").await.unwrap();
    let (response, early) = tokio::join!(pending.response(), async {
        tokio::select! {
            error = out.cancelled() => Some(error),
            () = tokio::task::yield_now() => None,
        }
    });
    assert_eq!(early, None);
    let ((), error) = tokio::join!(async { drop(response.unwrap()) }, out.cancelled());
    assert_eq!(error, reset(ErrorCode::CANCEL));

    let pending = client.start_request(GET, "").await.unwrap();
    let mut request = server.accept().await.unwrap();
    pending.reset(ErrorCode::INTERNAL_ERROR);
    assert_eq!(request.responder.cancelled().await, reset(ErrorCode::INTERNAL_ERROR));

    let (mut sent, pending) = client.open(POST).await.unwrap();
    let request = server.accept().await.unwrap();
    request.body.reset(ErrorCode::ENHANCE_YOUR_CALM);
    assert_eq!(sent.cancelled().await, reset(ErrorCode::ENHANCE_YOUR_CALM));
    assert_eq!(pending.response().await.unwrap_err(), reset(ErrorCode::ENHANCE_YOUR_CALM));
    assert_eq!(request.responder.respond(OK, ""), Err(Error::Cancelled));

    let pending = client.start_request(GET, "").await.unwrap();
    let mut request = server.accept().await.unwrap();
    server.abort(ErrorCode::NO_ERROR);
    assert_eq!(request.responder.cancelled().await, Error::Closed);
    drop(pending);
}

#[tokio::test]
async fn the_peers_error_is_the_drivers() {
    let (client, driver, mut server) = client_of_bytes(&Config::DEFAULT).await;
    let driver = tokio::spawn(driver);
    let request = tokio::spawn(async move { client.send_request(GET, "").await });
    server.write_all(&frame(7, 0, 0, b"\0\0\0\0\0\0\0\x0bcalm down")).await.unwrap();
    assert!(request.await.unwrap().is_err());
    let error = driver.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the peer has ended the connection with ENHANCE_YOUR_CALM: calm down");
}

#[tokio::test]
async fn an_end_inside_a_frame_is_not_a_good_one() {
    for (rest, text) in [
        (&b"\0\0\x08\x06"[..], Some("the input has ended inside a frame")),
        (b"\0\0\x01\x01\0\0\0\0\x01\x88", Some("the input has ended inside a field block")),
        (b"", None),
    ] {
        let (client, driver, mut server) = client_of_bytes(&Config::DEFAULT).await;
        let driver = tokio::spawn(driver);
        let (out, pending) = client.open(POST).await.unwrap();
        server.write_all(rest).await.unwrap();
        server.shutdown().await.unwrap();
        assert!(pending.response().await.is_err());
        drop(out);
        let error = driver.await.unwrap().err();
        assert_eq!(error.map(|error| error.to_string()).as_deref(), text);
    }
}

/// All of it has come, but nobody wants the response: its content takes no memory, whatever the handle waits for.
#[tokio::test(start_paused = true)]
async fn a_whole_request_that_is_reset_is_not_kept() {
    let (client, _, mut server, _) = pair();
    let (out, pending) = client.open(POST).await.unwrap();
    out.finish("all of it").unwrap();
    let mut request = server.accept().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    drop(pending);
    assert_eq!(request.responder.cancelled().await, reset(ErrorCode::CANCEL));
    assert!(!request.body.is_ended());
    assert_eq!(request.body.data().await, Err(reset(ErrorCode::CANCEL)));
    assert_eq!(request.body.trailers().await, Err(reset(ErrorCode::CANCEL)));
}

/// Both sides have more to write than the pipe takes, and need nothing of each other any more.
#[tokio::test(start_paused = true)]
async fn both_sides_end_at_once() {
    let (client, client_end, mut server, server_end) = super::pair_with(&Config::DEFAULT, 10);
    let (mut out, _pending) = client.open(POST).await.unwrap();
    let request = server.accept().await.unwrap();
    out.send_data(vec![b'x'; 10_000]).await.unwrap();
    request.responder.respond(OK, vec![b'y'; 10_000]).unwrap();
    let start = tokio::time::Instant::now();
    client.abort(ErrorCode::NO_ERROR);
    server.abort(ErrorCode::NO_ERROR);
    client_end.await.unwrap().unwrap();
    server_end.await.unwrap().unwrap();
    assert_eq!(start.elapsed().as_secs(), 0);
}
