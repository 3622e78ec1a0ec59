//! What comes from a peer and is passed to a visitor, and content that is read when it is sent.

use std::ffi::c_void;
use std::{ptr, slice};

use libnghttp2_sys as sys;

use crate::Refused;

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

type New = unsafe extern "C" fn(
    *mut *mut sys::nghttp2_session,
    *const sys::nghttp2_session_callbacks,
    *mut c_void,
) -> i32;

/// A session with the callbacks of a visitor, and nghttp2's defaults.
#[derive(Debug)]
pub(crate) struct Visited(pub(crate) *mut sys::nghttp2_session);

impl Visited {
    pub(crate) fn new<V: Visit>(new: New) -> Self {
        let (mut callbacks, mut session) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the callbacks are made before they are used, and freed once; the session keeps a copy.
        unsafe {
            assert_eq!(sys::nghttp2_session_callbacks_new(&raw mut callbacks), 0);
            sys::nghttp2_session_callbacks_set_on_header_callback(callbacks, Some(on_header::<V>));
            sys::nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Some(on_frame::<V>));
            sys::nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Some(on_data::<V>));
            let made = new(&raw mut session, callbacks, ptr::null_mut());
            sys::nghttp2_session_callbacks_del(callbacks);
            assert_eq!(made, 0);
        }
        Self(session)
    }

    /// Queues SETTINGS without any.
    pub(crate) fn submit_settings(&mut self) {
        // SAFETY: the session lives; there are no entries.
        let done = unsafe { sys::nghttp2_submit_settings(self.0, 0, ptr::null(), 0) };
        assert_eq!(done, 0);
    }

    pub(crate) fn receive<V: Visit>(&mut self, octets: &[u8], visitor: &mut V) -> Result<(), Refused> {
        let visitor = ptr::from_mut(visitor).cast::<c_void>();
        // SAFETY: the session lives, and the octets are only read. Callbacks that use the visitor are called within this call
        // alone, one at a time, and nobody else uses it meanwhile.
        let read = unsafe {
            sys::nghttp2_session_set_user_data(self.0, visitor);
            let read = sys::nghttp2_session_mem_recv2(self.0, octets.as_ptr(), octets.len());
            sys::nghttp2_session_set_user_data(self.0, ptr::null_mut());
            read
        };
        if read < 0 { Err(Refused(read as i64)) } else { Ok(()) }
    }

    pub(crate) fn send(&mut self, mut each: impl FnMut(&[u8])) {
        loop {
            let mut start = ptr::null();
            // SAFETY: the session lives; a place for one pointer.
            let len = unsafe { sys::nghttp2_session_mem_send2(self.0, &raw mut start) };
            let len = usize::try_from(len).expect("nghttp2 can write");
            if len == 0 {
                return;
            }
            // SAFETY: nghttp2 keeps this many bytes valid until the next call.
            each(unsafe { slice::from_raw_parts(start, len) });
        }
    }
}

impl Drop for Visited {
    fn drop(&mut self) {
        // SAFETY: made by `new`, not used again.
        unsafe { sys::nghttp2_session_del(self.0) };
    }
}

/// Where a session reads content from. It only refers to it.
pub(crate) fn provider(content: &Content) -> sys::nghttp2_data_provider2 {
    let source = sys::nghttp2_data_source { ptr: ptr::from_ref(content).cast_mut().cast() };
    sys::nghttp2_data_provider2 { source, read_callback: Some(read_content) }
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
    // SAFETY: the source is that of `provider`, whose content lives as long as the session; there is room for `room` octets.
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
