//! A server as an application has it: nghttp2's defaults, fields checked, and callbacks for what comes.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::{ptr, slice};

use libnghttp2_sys as sys;

use crate::{Fields, Refused};

/// What is done with the messages of a peer.
pub trait Visit {
    /// A field of a section.
    fn field(&mut self, name: &[u8], value: &[u8]);
    /// The section is complete.
    fn section_end(&mut self);
    /// Content, or a part of it.
    fn content(&mut self, octets: &[u8]);
}

/// Content that a response refers to until it is sent.
#[derive(Clone, Debug)]
pub struct Content(pub Vec<u8>);

/// A server's end of a connection that lends the messages of its peer to a `V`, and sends responses.
#[derive(Debug)]
pub struct Server<'a, V> {
    session: *mut sys::nghttp2_session,
    responses: PhantomData<&'a Content>,
    visitor: PhantomData<fn(&mut V)>,
}

impl<'a, V: Visit> Server<'a, V> {
    /// A server that has sent nothing. It waits for the client's preface.
    #[must_use]
    pub fn new() -> Self {
        let (mut callbacks, mut session) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the callbacks are made before they are used, and freed once; the session keeps a copy.
        unsafe {
            assert_eq!(sys::nghttp2_session_callbacks_new(&raw mut callbacks), 0);
            sys::nghttp2_session_callbacks_set_on_header_callback(callbacks, Some(on_header::<V>));
            sys::nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Some(on_frame::<V>));
            sys::nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Some(on_data::<V>));
            let made = sys::nghttp2_session_server_new(&raw mut session, callbacks, ptr::null_mut());
            sys::nghttp2_session_callbacks_del(callbacks);
            assert_eq!(made, 0);
        }
        Self { session, responses: PhantomData, visitor: PhantomData }
    }

    /// Queues SETTINGS without any.
    pub fn submit_settings(&mut self) {
        // SAFETY: the session lives; there are no entries.
        let done = unsafe { sys::nghttp2_submit_settings(self.session, 0, ptr::null(), 0) };
        assert_eq!(done, 0);
    }

    /// Reads bytes of the client, and passes what is in them to the visitor. The session answers most errors in what it
    /// [sends](Self::send).
    pub fn receive(&mut self, octets: &[u8], visitor: &mut V) -> Result<(), Refused> {
        let visitor = ptr::from_mut(visitor).cast::<c_void>();
        // SAFETY: the session lives, and the octets are only read. Callbacks that use the visitor are called within this call
        // alone, one at a time, and nobody else uses it meanwhile.
        let read = unsafe {
            sys::nghttp2_session_set_user_data(self.session, visitor);
            let read = sys::nghttp2_session_mem_recv2(self.session, octets.as_ptr(), octets.len());
            sys::nghttp2_session_set_user_data(self.session, ptr::null_mut());
            read
        };
        if read < 0 { Err(Refused(read as i64)) } else { Ok(()) }
    }

    /// Queues a response, of which nothing is copied.
    pub fn respond(
        &mut self,
        stream_id: i32,
        fields: &Fields<'a>,
        content: &'a Content,
    ) -> Result<(), Refused> {
        let source = sys::nghttp2_data_source { ptr: ptr::from_ref(content).cast_mut().cast() };
        let provider = sys::nghttp2_data_provider2 { source, read_callback: Some(read_content) };
        let fields = fields.as_slice();
        // SAFETY: the session lives. Fields and content are only read, and live longer than it.
        let done = unsafe {
            sys::nghttp2_submit_response2(
                self.session,
                stream_id,
                fields.as_ptr(),
                fields.len(),
                &raw const provider,
            )
        };
        if done < 0 { Err(Refused(done.into())) } else { Ok(()) }
    }

    /// Shows all it sends now, piece by piece.
    pub fn send(&mut self, mut each: impl FnMut(&[u8])) {
        loop {
            let mut start = ptr::null();
            // SAFETY: the session lives; a place for one pointer.
            let len = unsafe { sys::nghttp2_session_mem_send2(self.session, &raw mut start) };
            let len = usize::try_from(len).expect("nghttp2 can write");
            if len == 0 {
                return;
            }
            // SAFETY: nghttp2 keeps this many bytes valid until the next call.
            each(unsafe { slice::from_raw_parts(start, len) });
        }
    }
}

impl<V> Drop for Server<'_, V> {
    fn drop(&mut self) {
        // SAFETY: made by `new`, not used again.
        unsafe { sys::nghttp2_session_del(self.session) };
    }
}

unsafe extern "C" fn on_header<V: Visit>(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    name: *const u8,
    name_len: usize,
    value: *const u8,
    value_len: usize,
    _: u8,
    visitor: *mut c_void,
) -> i32 {
    // SAFETY: `receive` has set the visitor and uses it for nothing else; the octets are there during this call, and end in NUL,
    // so there is no null pointer.
    unsafe {
        let visitor = &mut *visitor.cast::<V>();
        visitor.field(slice::from_raw_parts(name, name_len), slice::from_raw_parts(value, value_len));
    }
    0
}

unsafe extern "C" fn on_frame<V: Visit>(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    visitor: *mut c_void,
) -> i32 {
    // SAFETY: every frame starts with the header, which the union calls `hd`. The visitor as in `on_header`.
    unsafe {
        if u32::from((*frame).hd.type_) == sys::NGHTTP2_HEADERS {
            (*visitor.cast::<V>()).section_end();
        }
    }
    0
}

unsafe extern "C" fn on_data<V: Visit>(
    _: *mut sys::nghttp2_session,
    _: u8,
    _: i32,
    data: *const u8,
    len: usize,
    visitor: *mut c_void,
) -> i32 {
    // SAFETY: a part of what `receive` was given, which is never empty. The visitor as in `on_header`.
    unsafe { (*visitor.cast::<V>()).content(slice::from_raw_parts(data, len)) };
    0
}

unsafe extern "C" fn read_content(
    _: *mut sys::nghttp2_session,
    _: i32,
    buf: *mut u8,
    room: usize,
    flags: *mut u32,
    source: *mut sys::nghttp2_data_source,
    _: *mut c_void,
) -> isize {
    // SAFETY: the source is that of `respond`, whose content lives as long as the session; there is room for `room` octets.
    unsafe {
        let Content(content) = &*(*source).ptr.cast::<Content>();
        if content.len() > room {
            return sys::NGHTTP2_ERR_CALLBACK_FAILURE as isize;
        }
        ptr::copy_nonoverlapping(content.as_ptr(), buf, content.len());
        *flags |= sys::NGHTTP2_DATA_FLAG_EOF;
        content.len().cast_signed()
    }
}
