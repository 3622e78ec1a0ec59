//! Sessions of nghttp2.

use h2wire_nghttp2::{Client, Fields, Server};

use super::{Script, Take};
use crate::sink::Sink;
use crate::workload::streams;

pub(super) fn server<V: Take, S: Sink>(script: &Script) -> (V, S) {
    let mut server = Server::new();
    server.submit_settings();
    let (mut visitor, mut sink) = (V::default(), S::default());
    server.receive(&script.incoming, &mut visitor).expect("valid");
    // All requests are there: in their order.
    for ((stream_id, message), content) in streams().zip(&script.sent.messages).zip(&script.contents) {
        let stream_id = i32::try_from(stream_id.get()).expect("31 bits");
        server.respond(stream_id, &Fields::new(&message.fields), content).expect("the stream is open");
    }
    server.send(|octets| sink.write(octets));
    (visitor, sink)
}

pub(super) fn client<V: Take, S: Sink>(script: &Script) -> (V, S) {
    let mut client = Client::new();
    client.submit_settings();
    let (mut visitor, mut sink) = (V::default(), S::default());
    for (message, content) in script.sent.messages.iter().zip(&script.contents) {
        client.request(&Fields::new(&message.fields), content).expect("there is a stream");
    }
    client.send(|octets| sink.write(octets));
    client.receive(&script.incoming, &mut visitor).expect("valid");
    client.send(|octets| sink.write(octets));
    (visitor, sink)
}
