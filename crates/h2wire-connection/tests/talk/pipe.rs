//! Both ends of a connection, and the bytes between them.

use std::time::Duration;

use bytes::BytesMut;
use h2wire_connection::frame::StreamId;
use h2wire_connection::{Config, Connection, Event};

pub(crate) struct Pair {
    pub(crate) client: Connection,
    pub(crate) server: Connection,
    /// On its way to client and server.
    inputs: [BytesMut; 2],
    events: [Vec<Event>; 2],
    pub(crate) now: Duration,
}

impl Pair {
    pub(crate) fn new(client: &Config, server: &Config) -> Self {
        Self {
            client: Connection::client(client).unwrap(),
            server: Connection::server(server).unwrap(),
            inputs: Default::default(),
            events: Default::default(),
            now: Duration::ZERO,
        }
    }

    /// Until nobody has anything to say.
    pub(crate) fn run(&mut self) {
        loop {
            let [to_client, to_server] = &mut self.inputs;
            let mut moved = 0;
            for (connection, to) in [(&mut self.client, &mut *to_server), (&mut self.server, &mut *to_client)]
            {
                let mut buf = [0; 5_000];
                let len = connection.fill(&mut buf);
                to.extend_from_slice(&buf[..len]);
                moved += len;
            }
            let [client_events, server_events] = &mut self.events;
            for (connection, input, events) in
                [(&mut self.client, to_client, client_events), (&mut self.server, to_server, server_events)]
            {
                while let Some(event) = connection.poll_event(input, self.now).unwrap() {
                    events.push(event);
                }
            }
            if moved == 0 {
                return;
            }
        }
    }

    pub(crate) fn client_events(&self) -> &[Event] {
        &self.events[0]
    }

    pub(crate) fn server_events(&self) -> &[Event] {
        &self.events[1]
    }

    pub(crate) fn client_content(&self, id: StreamId) -> Vec<u8> {
        content(&self.events[0], id)
    }

    pub(crate) fn server_content(&self, id: StreamId) -> Vec<u8> {
        content(&self.events[1], id)
    }
}

fn content(events: &[Event], id: StreamId) -> Vec<u8> {
    let data = events.iter().filter_map(|event| match event {
        Event::Data { stream_id, data, .. } if *stream_id == id => Some(data.as_ref()),
        _ => None,
    });
    data.collect::<Vec<_>>().concat()
}
