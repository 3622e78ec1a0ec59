//! A real peer, in both roles.

use ::hyper::body::Incoming;
use ::hyper::service::service_fn;
use ::hyper::{Request, Response};
use bytes::Bytes;
use h2wire_connection::Config;
use h2wire_connection::driver::{client, server};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};

use super::{POST, echo, read_all};

fn content() -> Vec<u8> {
    (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect()
}

#[tokio::test]
async fn a_client_of_hyper_is_served() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (server, driver) = server(listener.accept().await.unwrap().0, &Config::DEFAULT).unwrap();
        tokio::spawn(echo(server));
        driver.await
    });
    let io = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut client, connection) =
        ::hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let connection = tokio::spawn(connection);
    for _ in 0..20 {
        let body = Full::new(Bytes::from(content()));
        let request = Request::post("http://a.test/echo").body(body).unwrap();
        let response = client.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.into_body().collect().await.unwrap().to_bytes() == content());
    }
    drop(client);
    connection.await.unwrap().unwrap();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_of_hyper_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let io = TokioIo::new(listener.accept().await.unwrap().0);
        let answer = |request: Request<Incoming>| async move {
            let body = request.into_body().collect().await?.to_bytes();
            Ok::<_, ::hyper::Error>(Response::new(Full::new(body)))
        };
        let server = ::hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        server.serve_connection(io, service_fn(answer)).await
    });
    let (client, driver) = client(TcpStream::connect(address).await.unwrap(), &Config::DEFAULT).unwrap();
    let driver = tokio::spawn(driver);
    for _ in 0..20 {
        let mut response = client.send_request(POST, content()).await.unwrap();
        assert_eq!(response.fields.get(b":status"), Some(b"200".as_slice()));
        assert!(read_all(&mut response.body).await.unwrap() == content());
    }
    drop(client);
    driver.await.unwrap().unwrap();
    served.await.unwrap().unwrap();
}
