//! An end of a connection, whose octets are handed over by the caller.

use std::ptr;

use libnghttp2_sys as sys;

use crate::Refused;

/// What a session may be asked to bear before it calls it a flood.
const PLENTY: u32 = 1 << 30;

/// An end of a connection. It judges frames; what it would send shows how.
///
/// It does not ask for the client's 24 octets, and its limits against floods are out of reach. It looks at what fields mean
/// only if it is made to.
#[derive(Debug)]
pub struct Session(*mut sys::nghttp2_session);

type New = unsafe extern "C" fn(
    *mut *mut sys::nghttp2_session,
    *const sys::nghttp2_session_callbacks,
    *mut std::ffi::c_void,
    *const sys::nghttp2_option,
) -> i32;

impl Session {
    /// A server, which takes `PRIORITY_UPDATE` too.
    #[must_use]
    pub fn server() -> Self {
        let session = Self::new(sys::nghttp2_session_server_new2, false);
        session.submit_settings(&[(sys::NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1)]);
        session
    }

    /// A server that checks fields, and refuses those that it would drop by default. `extended_connect` is what it says in
    /// `SETTINGS_ENABLE_CONNECT_PROTOCOL`.
    #[must_use]
    pub fn server_of_http(extended_connect: bool) -> Self {
        let session = Self::new(sys::nghttp2_session_server_new2, true);
        session
            .submit_settings(&[(sys::NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, u32::from(extended_connect))]);
        session
    }

    /// A client that sends a request on stream 1.
    #[must_use]
    pub fn client() -> Self {
        Self::new(sys::nghttp2_session_client_new2, false).with_request()
    }

    /// The same, but it checks fields, and refuses those that it would drop by default.
    #[must_use]
    pub fn client_of_http() -> Self {
        Self::new(sys::nghttp2_session_client_new2, true).with_request()
    }

    /// An end that whole conversations are sent to: it checks fields, widens its windows only as far as padding fills them, and
    /// announces each of these lists. A client sends that many requests, which have no fields and no content.
    #[must_use]
    pub fn of_conversation(is_client: bool, announced: &[Vec<(u16, u32)>], requests: usize) -> Self {
        let new = if is_client { sys::nghttp2_session_client_new2 } else { sys::nghttp2_session_server_new2 };
        let session = Self::with_option(new, true, |option| {
            // SAFETY: the option lives.
            unsafe { sys::nghttp2_option_set_no_auto_window_update(option, 1) };
        });
        for list in announced {
            let list: Vec<_> = list.iter().map(|(id, value)| (u32::from(*id), *value)).collect();
            session.submit_settings(&list);
        }
        (0..requests).for_each(|_| session.submit_request());
        session
    }

    fn with_request(self) -> Self {
        self.submit_settings(&[]);
        self.submit_request();
        self
    }

    fn submit_request(&self) {
        // SAFETY: the session lives; no fields and nothing else is pointed to.
        let stream = unsafe {
            sys::nghttp2_submit_request2(self.0, ptr::null(), ptr::null(), 0, ptr::null(), ptr::null_mut())
        };
        assert!(stream > 0, "{stream}");
    }

    fn new(new: New, checks_fields: bool) -> Self {
        Self::with_option(new, checks_fields, |_| {})
    }

    fn with_option(new: New, checks_fields: bool, more: impl FnOnce(*mut sys::nghttp2_option)) -> Self {
        let (mut callbacks, mut option, mut session) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: each is made before it is used, and freed once; the session keeps copies.
        unsafe {
            assert_eq!(sys::nghttp2_session_callbacks_new(&raw mut callbacks), 0);
            assert_eq!(sys::nghttp2_option_new(&raw mut option), 0);
            sys::nghttp2_option_set_no_recv_client_magic(option, 1);
            sys::nghttp2_option_set_no_http_messaging(option, (!checks_fields).into());
            sys::nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks, Some(refuse));
            sys::nghttp2_option_set_max_settings(option, PLENTY as usize);
            sys::nghttp2_option_set_max_continuations(option, PLENTY as usize);
            sys::nghttp2_option_set_max_outbound_ack(option, PLENTY as usize);
            sys::nghttp2_option_set_max_reserved_remote_streams(option, PLENTY);
            sys::nghttp2_option_set_stream_reset_rate_limit(option, u64::from(PLENTY), 1);
            sys::nghttp2_option_set_glitch_rate_limit(option, u64::from(PLENTY), 1);
            sys::nghttp2_option_set_builtin_recv_extension_type(option, PRIORITY_UPDATE);
            more(option);
            let made = new(&raw mut session, callbacks, ptr::null_mut(), option);
            sys::nghttp2_option_del(option);
            sys::nghttp2_session_callbacks_del(callbacks);
            assert_eq!(made, 0);
        }
        Self(session)
    }

    fn submit_settings(&self, settings: &[(sys::nghttp2_settings_id, u32)]) {
        let entry = |&(id, value): &(sys::nghttp2_settings_id, u32)| sys::nghttp2_settings_entry {
            settings_id: id.cast_signed(),
            value,
        };
        let entries: Vec<_> = settings.iter().map(entry).collect();
        // SAFETY: the session lives; the entries are copied.
        let done = unsafe { sys::nghttp2_submit_settings(self.0, 0, entries.as_ptr(), entries.len()) };
        assert_eq!(done, 0);
    }

    /// Takes octets of the peer. Most errors show in what is [`sent`](Self::sent).
    pub fn receive(&mut self, octets: &[u8]) -> Result<(), Refused> {
        // SAFETY: the session lives; the octets are only read.
        let read = unsafe { sys::nghttp2_session_mem_recv2(self.0, octets.as_ptr(), octets.len()) };
        if read < 0 { Err(Refused(read as i64)) } else { Ok(()) }
    }

    /// All it would send now.
    pub fn sent(&mut self) -> Vec<u8> {
        let mut sent = Vec::new();
        loop {
            let mut start = ptr::null();
            // SAFETY: the session lives; a place for one pointer.
            let len = unsafe { sys::nghttp2_session_mem_send2(self.0, &raw mut start) };
            let len = usize::try_from(len).expect("nghttp2 can write");
            if len == 0 {
                return sent;
            }
            // SAFETY: nghttp2 keeps this many bytes valid until the next call.
            sent.extend_from_slice(unsafe { std::slice::from_raw_parts(start, len) });
        }
    }
}

/// What nghttp2 asks about a field that it would drop.
unsafe extern "C" fn refuse(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    _: *mut sys::nghttp2_rcbuf,
    _: *mut sys::nghttp2_rcbuf,
    _: u8,
    _: *mut std::ffi::c_void,
) -> i32 {
    sys::NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
}

const PRIORITY_UPDATE: u8 = 0x10;

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: made by `new`, not used again.
        unsafe { sys::nghttp2_session_del(self.0) };
    }
}
