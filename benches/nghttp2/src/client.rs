//! A client as an application has it: nghttp2's defaults, fields checked, and callbacks for what comes.

use std::marker::PhantomData;
use std::ptr;

use libnghttp2_sys as sys;

use crate::visit::{Visited, provider};
use crate::{Content, Fields, Refused, Visit};

/// A client's end of a connection that sends requests, and lends the messages of its peer to a `V`.
#[derive(Debug)]
pub struct Client<'a, V> {
    session: Visited,
    requests: PhantomData<&'a Content>,
    visitor: PhantomData<fn(&mut V)>,
}

impl<'a, V: Visit> Client<'a, V> {
    /// A client that has sent nothing.
    #[must_use]
    pub fn new() -> Self {
        let session = Visited::new::<V>(sys::nghttp2_session_client_new);
        Self { session, requests: PhantomData, visitor: PhantomData }
    }

    /// Queues SETTINGS without any.
    pub fn submit_settings(&mut self) {
        self.session.submit_settings();
    }

    /// Queues a request, whose names and values live as long as the session. Without content it ends with its fields.
    pub fn request(&mut self, fields: &Fields<'a>, content: &'a Content) -> Result<i32, Refused> {
        let provider = provider(content);
        let provider = if content.0.is_empty() { ptr::null() } else { &raw const provider };
        let fields = fields.as_slice();
        // SAFETY: the session lives. What fields and content refer to is only read, and lives longer than it.
        let stream_id = unsafe {
            let (session, priority) = (self.session.0, ptr::null());
            sys::nghttp2_submit_request2(
                session,
                priority,
                fields.as_ptr(),
                fields.len(),
                provider,
                ptr::null_mut(),
            )
        };
        if stream_id < 0 { Err(Refused(stream_id.into())) } else { Ok(stream_id) }
    }

    /// Reads bytes of the server, and passes what is in them to the visitor.
    pub fn receive(&mut self, octets: &[u8], visitor: &mut V) -> Result<(), Refused> {
        self.session.receive(octets, visitor)
    }

    /// Shows all it sends now, piece by piece.
    pub fn send(&mut self, each: impl FnMut(&[u8])) {
        self.session.send(each);
    }
}
