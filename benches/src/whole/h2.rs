//! The server and the client of h2.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::RecvStream;
use http::{Request, Response, StatusCode};

use super::{Script, Take, pseudo};
use crate::in_memory::Gated;
use crate::sink::Sink;

/// As many streams as there are messages.
const STREAMS: u32 = 200;

pub(super) fn server<V: Take, S: Sink + Unpin>(script: &Script) -> (V, S) {
    let is_open = Cell::new(true);
    let mut sink = S::default();
    let mut visitor = V::default();
    let mut context = Context::from_waker(Waker::noop());
    {
        let io = Gated::new(&script.incoming, &is_open, &mut sink);
        let mut builder = h2::server::Builder::new();
        builder.max_concurrent_streams(STREAMS);
        let mut connection = ready(pin!(builder.handshake(io)), &mut context).expect("valid");
        let mut accepted = Vec::new();
        while let Poll::Ready(Some(request)) = connection.poll_accept(&mut context) {
            accepted.push(request.expect("valid"));
        }
        for (number, (request, mut respond)) in accepted.into_iter().enumerate() {
            let (head, mut body) = request.into_parts();
            visitor.head(Request::from_parts(head, ()));
            content(&mut body, &mut visitor, &mut context);
            let mut response = Response::new(());
            *response.status_mut() = status(script, number);
            *response.headers_mut() = script.maps[number].clone();
            let mut stream = respond.send_response(response, false).expect("the stream is open");
            stream.send_data(script.bodies[number].clone(), true).expect("the response has begun");
        }
        assert!(connection.poll_accept(&mut context).is_pending());
    }
    (visitor, sink)
}

pub(super) fn client<V: Take, S: Sink + Unpin>(script: &Script) -> (V, S) {
    let is_open = Cell::new(false);
    let mut sink = S::default();
    let mut visitor = V::default();
    let mut context = Context::from_waker(Waker::noop());
    {
        let io = Gated::new(&script.incoming, &is_open, &mut sink);
        let mut builder = h2::client::Builder::new();
        builder.initial_max_send_streams(usize::try_from(STREAMS).expect("it fits"));
        let handshake = pin!(builder.handshake::<_, Bytes>(io));
        let (mut requests, connection) = ready(handshake, &mut context).expect("valid");
        let mut connection = pin!(connection);
        let mut responses = Vec::new();
        for ((message, map), body) in script.sent.messages.iter().zip(&script.maps).zip(&script.bodies) {
            let scheme = pseudo(message, ":scheme");
            let uri = format!("{scheme}://{}{}", pseudo(message, ":authority"), pseudo(message, ":path"));
            let mut request = Request::new(());
            *request.method_mut() = pseudo(message, ":method").parse().expect("a method");
            *request.uri_mut() = uri.parse().expect("a URI");
            *request.headers_mut() = map.clone();
            let (response, mut stream) =
                requests.send_request(request, body.is_empty()).expect("there is a stream");
            if !body.is_empty() {
                stream.send_data(body.clone(), true).expect("the request has begun");
            }
            responses.push(response);
        }
        assert!(connection.as_mut().poll(&mut context).is_pending());
        is_open.set(true);
        assert!(connection.as_mut().poll(&mut context).is_pending());
        for response in responses {
            let response = ready(pin!(response), &mut context).expect("valid");
            let (head, mut body) = response.into_parts();
            visitor.head(Response::from_parts(head, ()));
            content(&mut body, &mut visitor, &mut context);
        }
        assert!(connection.as_mut().poll(&mut context).is_pending());
    }
    (visitor, sink)
}

pub(super) fn status(script: &Script, number: usize) -> StatusCode {
    pseudo(&script.sent.messages[number], ":status").parse().expect("a status")
}

fn content<V: Take>(body: &mut RecvStream, visitor: &mut V, context: &mut Context<'_>) {
    while let Poll::Ready(Some(data)) = body.poll_data(context) {
        let data = data.expect("valid");
        body.flow_control().release_capacity(data.len()).expect("it was received");
        visitor.content(&data);
    }
    assert!(body.is_end_stream());
}

/// What is ready at once, as everything is in memory.
fn ready<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> F::Output {
    match future.poll(context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("all of it is there"),
    }
}
