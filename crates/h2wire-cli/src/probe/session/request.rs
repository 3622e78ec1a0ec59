//! The request.

use bytes::Bytes;
use h2wire::FieldLine;
use h2wire::frame::StreamId;
use h2wire_connection::Connection;

/// The request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) content: Vec<u8>,
}

impl Request {
    /// Opens its stream, and gives it the content.
    pub(super) fn send(self, connection: &mut Connection) -> anyhow::Result<StreamId> {
        let Self { method, scheme, authority, path, fields, content } = self;
        let mut section =
            vec![FieldLine::from((":method", &method)), FieldLine::from((":authority", &authority))];
        if method != "CONNECT" {
            section.extend([FieldLine::from((":scheme", scheme)), FieldLine::from((":path", &path))]);
        }
        section.extend(fields.iter().map(|(name, value)| {
            let secret = matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie");
            let field = if secret { FieldLine::never_indexed } else { FieldLine::new };
            field(name.as_bytes(), value.as_bytes())
        }));
        let stream_id = connection.open(section, content.is_empty())?;
        if let (false, Some(mut stream)) = (content.is_empty(), connection.stream(stream_id)) {
            stream.send_data(Bytes::from(content), true)?;
        }
        Ok(stream_id)
    }
}
