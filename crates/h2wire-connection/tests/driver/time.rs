//! Deadlines. Time is paused, and goes on when nobody can.

use std::time::Duration;

use h2wire_connection::driver::{DriverError, Error, client, server};
use h2wire_connection::{Config, KeepAlive};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, timeout};

use super::{GET, OK, POST, client_of_bytes, frame, pair_with};

fn rule(outcome: Result<(), DriverError>) -> &'static str {
    match outcome {
        Err(DriverError::Failed(failure)) => failure.cause.name(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn settings_that_are_not_acknowledged_end_the_connection() {
    let (here, mut there) = duplex(1 << 10);
    let (client, driver) = client(here, &Config::DEFAULT).unwrap();
    there.write_all(&frame(4, 0, 0, b"")).await.unwrap();
    let start = Instant::now();
    let (response, outcome) = tokio::join!(client.send_request(GET, ""), driver);
    assert!(matches!(response, Err(Error::Failed(_))), "{response:?}");
    assert_eq!(rule(outcome), "settings_timeout");
    assert_eq!(start.elapsed().as_secs(), 31); // and a second for the peer to close
}

#[tokio::test(start_paused = true)]
async fn keep_alive_finds_a_peer_that_is_gone() {
    let keep_alive = KeepAlive { interval: Duration::from_secs(5), timeout: Duration::from_secs(2) };
    let config = Config::DEFAULT.with_keep_alive(Some(keep_alive)).with_shutdown_grace(Duration::ZERO);
    let (client, driver, _server) = client_of_bytes(&config).await;
    let start = Instant::now();
    assert_eq!(rule(driver.await), "keep_alive_timeout");
    assert_eq!(start.elapsed().as_secs(), 7);
    drop(client);
}

#[tokio::test(start_paused = true)]
async fn keep_alive_leaves_a_peer_alone_that_answers() {
    let keep_alive = KeepAlive { interval: Duration::from_secs(5), timeout: Duration::from_secs(2) };
    let config = Config::DEFAULT.with_keep_alive(Some(keep_alive));
    let (client, _, mut server, _) = pair_with(&config, 4 << 10);
    let (response, ()) = tokio::join!(client.send_request(GET, ""), async {
        let request = server.accept().await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
        request.responder.respond(OK, "").unwrap();
    });
    response.unwrap();
}

/// The pipe takes 1,000 bytes, and nobody reads them: the connection is idle, then the rest of it is given up.
#[tokio::test(start_paused = true)]
async fn a_peer_that_stops_reading_is_given_up() {
    let (here, mut there) = duplex(1_000);
    let (client, driver) = client(here, &Config::DEFAULT).unwrap();
    for flags in [0, 1] {
        there.write_all(&frame(4, flags, 0, b"")).await.unwrap();
    }
    let driver = tokio::spawn(driver);
    let (mut out, _pending) = client.open(POST).await.unwrap();
    let start = Instant::now();
    let error = loop {
        if let Err(error) = out.send_data(vec![0; 10_000]).await {
            break error;
        }
    };
    assert!(matches!(error, Error::Failed(failure) if failure.cause.name() == "idle_timeout"), "{error:?}");
    assert_eq!(start.elapsed().as_secs(), 180);
    assert_eq!(rule(driver.await.unwrap()), "idle_timeout");
    assert_eq!(start.elapsed().as_secs(), 190);
}

/// What is given up without a failure is an error of the socket.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_the_rest_is_given_up() {
    let (here, there) = duplex(10);
    let (client, driver) = client(here, &Config::DEFAULT).unwrap();
    drop(client);
    let start = Instant::now();
    let Err(DriverError::Io(error)) = driver.await else { panic!("it went well") };
    assert_eq!((error.kind(), start.elapsed().as_secs()), (std::io::ErrorKind::TimedOut, 10));
    drop(there);
}

/// It takes a byte now and then, so that the connection stays though it is over.
#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_the_rest_for_ever_is_given_up() {
    let (here, mut there) = duplex(10);
    let (client, driver) = client(here, &Config::DEFAULT).unwrap();
    drop(client.open([POST.as_slice(), &[("x", "y".repeat(1_000).as_str())]].concat()).await.unwrap());
    client.abort(h2wire_connection::frame::ErrorCode::NO_ERROR);
    let start = Instant::now();
    let reads = async {
        loop {
            tokio::time::sleep(Duration::from_secs(9)).await;
            there.read_u8().await.unwrap();
        }
    };
    let end = tokio::select! { end = timeout(Duration::from_secs(3_600), driver) => end.unwrap(), () = reads => unreachable!() };
    let Err(DriverError::Io(error)) = end else { panic!("it went well") };
    assert_eq!((error.kind(), start.elapsed().as_secs()), (std::io::ErrorKind::TimedOut, 180));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_ends() {
    let config = Config::DEFAULT.with_idle_timeout(Some(Duration::from_secs(20)));
    let (here, mut there) = duplex(1 << 10);
    let (mut requests, driver) = server(here, &config).unwrap();
    there.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    for flags in [0, 1] {
        there.write_all(&frame(4, flags, 0, b"")).await.unwrap();
    }
    let (none, outcome) = tokio::join!(requests.accept(), driver);
    assert!(none.is_none());
    assert_eq!(rule(outcome), "idle_timeout");
}

/// A deadline that comes later and is nearer than the one that the driver sleeps for: a field block without its end.
#[tokio::test(start_paused = true)]
async fn a_nearer_deadline_is_not_slept_through() {
    let (here, mut there) = duplex(1 << 10);
    let (mut requests, driver) = server(here, &Config::DEFAULT).unwrap();
    there.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    for flags in [0, 1] {
        there.write_all(&frame(4, flags, 0, b"")).await.unwrap();
    }
    let driver = tokio::spawn(driver);
    let accept = tokio::spawn(async move { requests.accept().await.is_none() });
    tokio::time::sleep(Duration::from_secs(100)).await;
    // Idle until 180 s; the block may take 10.
    let start = Instant::now();
    there.write_all(&frame(1, 0, 1, b"\x82")).await.unwrap();
    assert!(accept.await.unwrap());
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(rule(driver.await.unwrap()), "field_block_timeout");
}
