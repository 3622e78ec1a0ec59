//! What goes well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use h2wire_connection::driver::{Error, client, server};
use h2wire_connection::frame::ErrorCode;
use h2wire_connection::{Config, SendError};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{GET, OK, POST, echo, pair, pair_with, read_all};

#[tokio::test]
async fn a_unary_call_and_both_sides_end() {
    let (client, client_end, server, server_end) = pair();
    tokio::spawn(echo(server));
    let mut response = client.send_request(POST, "hello").await.unwrap();
    assert_eq!(response.fields.get(b":status"), Some(b"200".as_slice()));
    assert_eq!(read_all(&mut response.body).await.unwrap(), b"hello");
    drop((client, response));
    client_end.await.unwrap().unwrap();
    server_end.await.unwrap().unwrap();
}

#[tokio::test]
async fn interim_responses_and_trailers() {
    let (client, _, mut server, _) = pair();
    let serve = async {
        let mut request = server.accept().await.unwrap();
        for hint in ["a", "b"] {
            request.responder.send_interim([(":status", "103"), ("link", hint)]).unwrap();
        }
        let trailers = request.body.trailers().await.unwrap().unwrap();
        let mut out = request.responder.send_response(OK).unwrap();
        out.send_data("content").await.unwrap();
        out.send_trailers(&trailers).unwrap();
    };
    let ask = async {
        let (mut out, mut pending) = client.open(POST).await.unwrap();
        assert_eq!(pending.interim().await.unwrap().unwrap().get(b"link"), Some(b"a".as_slice()));
        out.send_data("x").await.unwrap();
        out.send_trailers([("checksum", "7")]).unwrap();
        assert_eq!(pending.interim().await.unwrap().unwrap().get(b"link"), Some(b"b".as_slice()));
        assert!(pending.interim().await.unwrap().is_none());
        let mut response = pending.response().await.unwrap();
        assert_eq!(read_all(&mut response.body).await.unwrap(), b"content");
        let trailers = response.body.trailers().await.unwrap().unwrap();
        assert_eq!(trailers.get(b"checksum"), Some(b"7".as_slice()));
    };
    tokio::join!(serve, ask);
}

/// A server that sends hints without end fills no memory: the first eight are kept for an application that does not read them.
#[tokio::test(start_paused = true)]
async fn interim_responses_that_nobody_reads_are_bounded() {
    let (client, _, mut server, _) = pair();
    tokio::spawn(async move {
        let mut request = server.accept().await.unwrap();
        for hint in 0..20 {
            request.responder.send_interim([(":status", "103"), ("link", &hint.to_string())]).unwrap();
        }
        request.responder.respond(OK, "").unwrap();
        while server.accept().await.is_some() {}
    });
    let (_out, mut pending) = client.open(POST).await.unwrap();
    // Time goes on when nobody has anything left to do.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let mut hints = Vec::new();
    while let Some(fields) = pending.interim().await.unwrap() {
        hints.push(String::from_utf8(fields.get(b"link").unwrap().to_vec()).unwrap());
    }
    assert_eq!(hints, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    assert!(pending.response().await.is_ok());
}

#[tokio::test]
async fn a_response_to_head_is_a_head_whatever_is_sent() {
    let (client, _, mut server, _) = pair();
    tokio::spawn(async move {
        let request = server.accept().await.unwrap();
        request.responder.respond(OK, "not sent").unwrap();
        let request = server.accept().await.unwrap();
        let mut out = request.responder.send_response(OK).unwrap();
        out.send_data("not sent").await.unwrap();
        out.send_trailers([("not", "sent")]).unwrap();
        server.accept().await.is_none()
    });
    let head = [(":method", "HEAD"), (":scheme", "http"), (":authority", "a.test"), (":path", "/")];
    for _ in 0..2 {
        let mut response = client.send_request(head, "").await.unwrap();
        assert!(response.body.data().await.unwrap().is_none());
        assert!(response.body.trailers().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn fields_that_cannot_be_sent_are_refused_and_nothing_else_suffers() {
    let (client, _, mut server, _) = pair();
    let error = client.send_request([(":method", "GET")], "").await.unwrap_err();
    assert!(matches!(error, Error::Open(_)) && !error.is_unprocessed(), "{error:?}");
    tokio::spawn(async move {
        let mut request = server.accept().await.unwrap();
        assert!(request.responder.send_interim([("x", "y")]).is_err());
        request.responder.respond(OK, "").unwrap();
        server.accept().await.is_none()
    });
    client.send_request(GET, "").await.unwrap();
}

/// A thousand requests at a hundred at a time: the server takes no more, and the others wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_on_one_connection() {
    let config = Config::DEFAULT.with_max_concurrent_streams(100);
    let (client, client_end, mut server, server_end) = pair_with(&config, 16 << 10);
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&under_way), Arc::clone(&most));
    tokio::spawn(async move {
        while let Some(mut request) = server.accept().await {
            let (under_way, most) = (Arc::clone(&counters.0), Arc::clone(&counters.1));
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::spawn(async move {
                let content = read_all(&mut request.body).await.unwrap();
                tokio::task::yield_now().await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                request.responder.respond(OK, content).unwrap();
            });
        }
    });
    let mut requests = JoinSet::new();
    for number in 0..1_000_usize {
        let client = client.clone();
        requests.spawn(async move {
            let content = vec![u8::try_from(number % 251).unwrap(); number * 7 % 3_000];
            let mut response = client.send_request(POST, content.clone()).await.unwrap();
            assert!(read_all(&mut response.body).await.unwrap() == content, "request {number}");
        });
    }
    drop(client);
    while let Some(done) = requests.join_next().await {
        done.unwrap();
    }
    assert!((2..=100).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    client_end.await.unwrap().unwrap();
    server_end.await.unwrap().unwrap();
}

#[tokio::test]
async fn large_contents_both_ways_over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = tokio::spawn(async move {
        let (server, driver) = server(listener.accept().await.unwrap().0, &Config::DEFAULT).unwrap();
        tokio::spawn(echo(server));
        driver.await
    });
    let (client, driver) = client(TcpStream::connect(address).await.unwrap(), &Config::DEFAULT).unwrap();
    let driver = tokio::spawn(driver);
    let content: Vec<u8> = (0..5_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let mut response = client.send_request(POST, content.clone()).await.unwrap();
    assert!(read_all(&mut response.body).await.unwrap() == content);
    drop((client, response));
    driver.await.unwrap().unwrap();
    serve.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_passes_a_message_on_knows_whether_it_ended_with_its_head() {
    let (client, _, mut server, _) = pair();
    let serve = async {
        let request = server.accept().await.unwrap();
        assert!(request.body.is_ended());
        request.responder.respond(OK, "content").unwrap();
        let mut request = server.accept().await.unwrap();
        assert!(!request.body.is_ended());
        assert_eq!(read_all(&mut request.body).await.unwrap(), b"x");
        assert!(!request.body.is_ended(), "there are trailers");
        assert!(request.body.trailers().await.unwrap().is_some());
        request.responder.respond(OK, "").unwrap();
    };
    let ask = async {
        let mut pending = client.start_request(GET, "").await.unwrap();
        assert!(pending.interim().await.unwrap().is_none());
        let mut response = pending.response().await.unwrap();
        assert!(!response.body.is_ended());
        assert_eq!(read_all(&mut response.body).await.unwrap(), b"content");
        assert!(response.body.is_ended());
        let (mut out, pending) = client.open(POST).await.unwrap();
        out.send_data("x").await.unwrap();
        out.send_trailers([("checksum", "7")]).unwrap();
        assert!(pending.response().await.unwrap().body.is_ended());
    };
    tokio::join!(serve, ask);
}

/// Content that differs from its content-length is not sent, and its caller gets an error.
#[tokio::test]
async fn content_of_another_length_than_was_said_is_not_sent() {
    let (client, _, mut server, _) = pair();
    let with_length = |length| [POST.as_slice(), &[("content-length", length)]].concat();
    let error = |left| Error::Send(SendError::ContentLength { left });
    assert_eq!(client.send_request(with_length("4"), "hello").await.unwrap_err(), error(4));
    let serve = async {
        // The head of the first one was sent, and may be seen before its end.
        let mut request = server.accept().await.unwrap();
        while read_all(&mut request.body).await.is_err() {
            request = server.accept().await.unwrap();
        }
        assert_eq!(request.fields.get(b"content-length"), Some(b"5".as_slice()));
        let said = [OK.as_slice(), &[("content-length", "6")]].concat();
        assert_eq!(request.responder.respond(said, "hello"), Err(error(6)));
    };
    let ask = async {
        let answer = client.send_request(with_length("5"), "hello").await;
        let cut_off = match answer {
            Err(error) => error,
            Ok(mut response) => read_all(&mut response.body).await.unwrap_err(),
        };
        assert!(matches!(cut_off, Error::Reset { error_code: ErrorCode::INTERNAL_ERROR, .. }));
    };
    tokio::join!(serve, ask);
}
