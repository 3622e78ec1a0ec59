//! A connection over tokio: the bytes, the time and the wakers. What is sent, and who is next, the [`Connection`](crate::Connection) decides.
//!
//! [`client`] and [`server`] return a handle and a [`Driver`], a future that moves the bytes and that the caller spawns; nothing is spawned
//! here. Any [`AsyncRead`](tokio::io::AsyncRead) `+` [`AsyncWrite`](tokio::io::AsyncWrite) will do: TCP, TLS after ALPN has chosen `h2`,
//! memory. The runtime needs its timer, for the timeouts of [`Config`](crate::Config).
//!
//! # A server
//!
//! ```
//! use h2wire_connection::{Config, driver};
//! use tokio::net::TcpListener;
//!
//! async fn serve(listener: TcpListener) -> std::io::Result<()> {
//!     loop {
//!         let (socket, _) = listener.accept().await?;
//!         let (mut requests, driver) = driver::server(socket, &Config::DEFAULT).expect("the defaults are valid");
//!         tokio::spawn(driver); // its result says why the connection has ended
//!         tokio::spawn(async move {
//!             while let Some(request) = requests.accept().await {
//!                 let head = [(":status", "200"), ("content-type", "text/plain")];
//!                 let _ = request.responder.respond(head, "hello\n"); // an error: the client has gone
//!             }
//!         });
//!     }
//! }
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! #     let listener = TcpListener::bind("127.0.0.1:0").await?;
//! #     let address = listener.local_addr()?;
//! #     tokio::spawn(serve(listener));
//! #     let socket = tokio::net::TcpStream::connect(address).await?;
//! #     let (client, driver) = driver::client(socket, &Config::DEFAULT)?;
//! #     let driver = tokio::spawn(driver);
//! #     let head = [(":method", "GET"), (":scheme", "http"), (":authority", "a.test"), (":path", "/")];
//! #     let mut response = client.send_request(head, "").await?;
//! #     assert_eq!(response.body.data().await?.unwrap(), "hello\n");
//! #     assert!(response.body.data().await?.is_none());
//! #     drop((client, response));
//! #     driver.await??;
//! #     Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A client
//!
//! ```
//! use h2wire_connection::{Config, driver};
//! use tokio::io::{AsyncRead, AsyncWrite};
//!
//! async fn fetch(
//!     socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
//! ) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
//!     let (client, driver) = driver::client(socket, &Config::DEFAULT)?;
//!     tokio::spawn(driver);
//!     let head = [(":method", "GET"), (":scheme", "https"), (":authority", "a.test"), (":path", "/")];
//!     let mut response = client.send_request(head, "").await?;
//!     let mut page = Vec::new();
//!     while let Some(data) = response.body.data().await? {
//!         page.extend_from_slice(&data);
//!     }
//!     Ok(page) // the last handle goes: the connection is shut down
//! }
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! #     let (here, there) = tokio::io::duplex(1 << 10);
//! #     let (mut requests, driver) = driver::server(there, &Config::DEFAULT)?;
//! #     let driver = tokio::spawn(driver);
//! #     tokio::spawn(async move {
//! #         while let Some(request) = requests.accept().await {
//! #             request.responder.respond([(":status", "200")], "hello\n").unwrap();
//! #         }
//! #     });
//! #     assert_eq!(fetch(here).await?, b"hello\n");
//! #     driver.await??;
//! #     Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What waits for whom
//!
//! Content that comes is given back to the peer's window as [`Incoming::data`] hands it out, so a slow reader slows its own sender down;
//! [`Config::auto_release`](crate::Config::auto_release) is not used.
//! [`Outgoing::send_data`] waits until what was given before is in frames: one content waits for each stream, and it is the caller's memory.
//! [`Client::send_request`] and [`Client::open`] wait while the peer takes no more streams, and while much output waits. If the peer does not read what it
//! is answered, nothing is read from it. A message that has come whole stays until its [`Incoming`] is read or dropped, though its stream is closed:
//! that is at most [`Config::stream_window`](crate::Config::stream_window) for each. A request that its client has reset does not stay.
//!
//! # How things end
//!
//! A handle that is dropped early resets its stream: with `CANCEL` for a client; for a server with `INTERNAL_ERROR` if there is no whole response.
//! A request whose content nobody reads is thrown away; if it still comes when the response has ended, it is stopped (`RST_STREAM` with
//! `NO_ERROR`; curl 7.88 takes that for an error, so read to the end first where it counts). [`Responder::cancelled`] and [`Outgoing::cancelled`] tell those who wait for something else that
//! their peer has given up. When all [`Client`]s are gone, or the [`Server`], the connection is shut down: what is
//! under way is finished. [`Error::is_unprocessed`] says whether a request may be sent again. The [`Driver`] has the last word: it
//! returns the [`Failure`](crate::Failure), the error that the peer's GOAWAY names, or what is wrong with the socket.
//!
//! A request that is malformed, or is reset before it was accepted, is answered or forgotten, and not reported: only a
//! [`Connection`](crate::Connection) driven by hand has an event for it.
//!
//! Pushed responses are refused: a connection that takes or makes them is driven by hand.
//!
//! The socket is polled, wakers are woken, and content that was sent is dropped while the connection is locked: code of yours that runs there, as the
//! `Drop` of an owner of [`Bytes`](bytes::Bytes), must not call handles of the same connection.

mod client; // requests out
mod drive; // bytes and time
mod error; // what can go wrong
mod halves; // content of a stream, in and out
mod server; // requests in
mod shared; // what handles and driver share
mod slot; // what has come for a stream

pub use client::{Client, PendingResponse, Response, client};
pub use drive::Driver;
pub use error::{DriverError, Error};
pub use halves::{Incoming, Outgoing};
pub use server::{Request, Responder, Server, server};
