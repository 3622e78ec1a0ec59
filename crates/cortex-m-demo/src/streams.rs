//! The requests that are not answered yet, in a fixed number of places.

use h2wire::frame::StreamId;
use h2wire::hpack::Field;

use crate::crc::Crc;
use crate::text::Text;

/// Requests at a time: what is announced as `SETTINGS_MAX_CONCURRENT_STREAMS`.
pub(crate) const MOST: usize = 4;

/// What is remembered of a request.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub(crate) stream_id: StreamId,
    pub(crate) method: Text<8>,
    pub(crate) path: Text<24>,
    /// Fields, those of trailers too, and the sum of their names and values.
    pub(crate) fields: u32,
    pub(crate) fields_sum: Crc,
    /// Octets of content, and their sum.
    pub(crate) octets: u32,
    pub(crate) sum: Crc,
}

impl Request {
    pub(crate) const NEW: Self = Self {
        stream_id: StreamId::CONNECTION,
        method: Text::new(),
        path: Text::new(),
        fields: 0,
        fields_sum: Crc::NEW,
        octets: 0,
        sum: Crc::NEW,
    };

    pub(crate) fn field(&mut self, field: &Field<'_>) {
        match field.name {
            b":method" => _ = self.method.put(field.value),
            b":path" => _ = self.path.put(field.value),
            _ => {}
        }
        self.fields = self.fields.saturating_add(1);
        for octets in [field.name, &[0], field.value, &[0]] {
            self.fields_sum.add(octets);
        }
    }

    pub(crate) fn content(&mut self, octets: &[u8]) {
        self.octets = self.octets.saturating_add(u32::try_from(octets.len()).unwrap_or(u32::MAX));
        self.sum.add(octets);
    }
}

/// The places; one without a request has the number of the connection.
pub(crate) struct Streams([Request; MOST]);

impl Streams {
    pub(crate) const NEW: Self = Self([Request::NEW; MOST]);

    /// The request on a stream; a free place for the connection.
    pub(crate) fn get(&mut self, stream_id: StreamId) -> Option<&mut Request> {
        self.0.iter_mut().find(|request| request.stream_id == stream_id)
    }

    /// A place for a new request, if there is one.
    pub(crate) fn open(&mut self, stream_id: StreamId) {
        if let Some(request) = self.get(StreamId::CONNECTION) {
            request.stream_id = stream_id;
        }
    }

    /// Takes the request off its stream.
    pub(crate) fn close(&mut self, stream_id: StreamId) -> Option<Request> {
        self.get(stream_id).map(|request| core::mem::replace(request, Request::NEW))
    }
}
