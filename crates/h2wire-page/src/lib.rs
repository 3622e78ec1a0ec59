//! What the page calls: three functions over the memory of the module, for JavaScript that has no other way in.
//!
//! The page puts an input where [`page_input`] says, calls [`page_read`], and takes as many bytes as that returns from where
//! [`page_output`] says. No pointer is read through here, and nothing but the names is unsafe.
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::cell::RefCell;
use std::ptr;

use h2wire_cli::page::{ReadAs, shown};

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for an input of `len` bytes. Returns where they go, until the next call; null if there is no room.
#[cfg_attr(
    target_family = "wasm",
    allow(unsafe_code, reason = "no other export has this name"),
    unsafe(no_mangle)
)]
#[must_use]
pub extern "C" fn page_input(len: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        if input.try_reserve_exact(len).is_err() {
            return ptr::null_mut();
        }
        input.resize(len, 0);
        input.as_mut_ptr()
    })
}

/// Reads the input: 1 as a server, 2 as a client, 3 each frame alone, else as it shows by itself. Returns the length of the
/// output.
#[cfg_attr(
    target_family = "wasm",
    allow(unsafe_code, reason = "no other export has this name"),
    unsafe(no_mangle)
)]
#[must_use]
pub extern "C" fn page_read(read_as: u32) -> usize {
    let read_as = match read_as {
        1 => ReadAs::Server,
        2 => ReadAs::Client,
        3 => ReadAs::Alone,
        _ => ReadAs::Detected,
    };
    let lines = shown(INPUT.take(), read_as);
    let len = lines.len();
    OUTPUT.set(lines);
    len
}

/// Where the output is: lines of JSON in UTF-8, until the next call of [`page_read`].
#[cfg_attr(
    target_family = "wasm",
    allow(unsafe_code, reason = "no other export has this name"),
    unsafe(no_mangle)
)]
#[must_use]
pub extern "C" fn page_output() -> *const u8 {
    OUTPUT.with_borrow(Vec::as_ptr)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls of the page. Its memory cannot be looked at without `unsafe`.
    fn call(input: &[u8], read_as: u32) -> String {
        assert!(!page_input(input.len()).is_null());
        INPUT.with_borrow_mut(|room| room.copy_from_slice(input));
        let len = page_read(read_as);
        assert!(!page_output().is_null());
        OUTPUT.with_borrow(|output| {
            assert_eq!(output.len(), len);
            String::from_utf8(output.clone()).unwrap()
        })
    }

    #[test]
    fn an_input_becomes_lines() {
        let ping = b"000008 06 00 00000000 3132333435363738";
        assert!(call(ping, 0).contains("first_frame in RFC 9113"));
        assert!(call(ping, 1).contains("preface in RFC 9113"));
        assert!(call(ping, 2).contains("first_frame in RFC 9113"));
        assert!(call(ping, 3).contains(r#""frame":"PING""#));
        assert!(call(b"", 0).contains("trouble"));
        // Nothing of the input before is left.
        assert_eq!(call(b"CANCEL", 0), call(b"CANCEL", 9));
    }

    #[test]
    fn what_has_no_room_is_refused() {
        assert!(page_input(usize::MAX).is_null());
    }
}
