//! Connections over tokio: in memory, over TCP, with hyper, and with peers that misbehave. Time is paused where it counts.

mod ends; // resets, GOAWAY, shutting down
mod hyper; // a real peer
mod messages; // what goes well
mod slow; // who waits for whom
mod sockets; // of all kinds
mod time; // deadlines

use h2wire_connection::Config;
use h2wire_connection::driver::{Client, Driver, DriverError, Server, client, server};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;

const GET: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "http"), (":authority", "a.test"), (":path", "/")];
const POST: [(&str, &str); 4] =
    [(":method", "POST"), (":scheme", "http"), (":authority", "a.test"), (":path", "/")];
const OK: [(&str, &str); 1] = [(":status", "200")];

type Outcome = JoinHandle<Result<(), DriverError>>;

/// A client and a server with a pipe between them that holds this many bytes each way.
fn pair_with(config: &Config, room: usize) -> (Client, Outcome, Server, Outcome) {
    let (here, there) = duplex(room);
    let (client, client_driver) = client(here, config).unwrap();
    let (server, server_driver) = server(there, config).unwrap();
    (client, tokio::spawn(client_driver), server, tokio::spawn(server_driver))
}

fn pair() -> (Client, Outcome, Server, Outcome) {
    pair_with(&Config::DEFAULT, 4 << 10)
}

/// A client whose server is bytes: it has said SETTINGS and acknowledged those of the client.
async fn client_of_bytes(config: &Config) -> (Client, Driver<DuplexStream>, DuplexStream) {
    let (here, mut there) = duplex(1 << 20);
    let (client, driver) = client(here, config).unwrap();
    there.write_all(&frame(4, 0, 0, b"")).await.unwrap();
    there.write_all(&frame(4, 1, 0, b"")).await.unwrap();
    (client, driver, there)
}

fn frame(kind: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&len[1..], &[kind, flags], &stream_id.to_be_bytes(), payload].concat()
}

async fn read_all(
    body: &mut h2wire_connection::driver::Incoming,
) -> Result<Vec<u8>, h2wire_connection::driver::Error> {
    let mut all = Vec::new();
    while let Some(data) = body.data().await? {
        all.extend_from_slice(&data);
    }
    Ok(all)
}

/// Answers every request with its own content.
async fn echo(mut server: Server) {
    while let Some(request) = server.accept().await {
        tokio::spawn(async move {
            let mut body = request.body;
            let content = read_all(&mut body).await.unwrap();
            request.responder.respond(OK, content).unwrap();
        });
    }
}
