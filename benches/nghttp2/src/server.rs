//! A server as an application has it: nghttp2's defaults, fields checked, and callbacks for what comes.

use std::marker::PhantomData;

use libnghttp2_sys as sys;

use crate::visit::{Visited, provider};
use crate::{Content, Fields, Refused, Visit};

/// A server's end of a connection that lends the messages of its peer to a `V`, and sends responses.
#[derive(Debug)]
pub struct Server<'a, V> {
    session: Visited,
    responses: PhantomData<&'a Content>,
    visitor: PhantomData<fn(&mut V)>,
}

impl<'a, V: Visit> Server<'a, V> {
    /// A server that has sent nothing. It waits for the client's preface.
    #[must_use]
    pub fn new() -> Self {
        let session = Visited::new::<V>(sys::nghttp2_session_server_new);
        Self { session, responses: PhantomData, visitor: PhantomData }
    }

    /// Queues SETTINGS without any.
    pub fn submit_settings(&mut self) {
        self.session.submit_settings();
    }

    /// Reads bytes of the client, and passes what is in them to the visitor. The session answers most errors in what it
    /// [sends](Self::send).
    pub fn receive(&mut self, octets: &[u8], visitor: &mut V) -> Result<(), Refused> {
        self.session.receive(octets, visitor)
    }

    /// Queues a response, of which nothing is copied.
    pub fn respond(
        &mut self,
        stream_id: i32,
        fields: &Fields<'a>,
        content: &'a Content,
    ) -> Result<(), Refused> {
        let provider = provider(content);
        let fields = fields.as_slice();
        // SAFETY: the session lives. What fields and content refer to is only read, and lives longer than it.
        let done = unsafe {
            let session = self.session.0;
            sys::nghttp2_submit_response2(
                session,
                stream_id,
                fields.as_ptr(),
                fields.len(),
                &raw const provider,
            )
        };
        if done < 0 { Err(Refused(done.into())) } else { Ok(()) }
    }

    /// Shows all it sends now, piece by piece.
    pub fn send(&mut self, each: impl FnMut(&[u8])) {
        self.session.send(each);
    }
}
