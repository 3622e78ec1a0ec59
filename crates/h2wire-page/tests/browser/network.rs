//! The page asks the network for nothing, and nothing of a peer becomes markup.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::devtools::Tab;
use crate::{built, frame};

#[test]
fn nothing_is_asked_for_and_nothing_of_a_peer_runs() {
    let Some(page) = built() else { return };
    let page = fs::read(page).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    // Ends with the process of the test.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let len = stream.read(&mut request).unwrap_or(0);
            let line = String::from_utf8_lossy(&request[..len]).lines().next().unwrap_or_default().to_owned();
            if line.is_empty() {
                continue;
            }
            seen.lock().unwrap().push(line);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&page));
        }
    });
    let mut tab = Tab::open();
    let url = format!("http://127.0.0.1:{port}/");
    tab.go(&url);
    let value = format!("<img src={url}evil onerror=document.title='evil'>\u{202e}\u{200b}\u{2066}");
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let block = [&[0x82, 0x86, 0x84, 0x41], &text("a")[..], &[0x00], &text("x"), &text(&value)].concat();
    let octets =
        [&h2wire_frame_preface()[..], &frame(4, 0, 0, b""), &frame(1, 5, 1, &block), &frame(7, 0, 0, b"")]
            .concat();
    tab.drop_octets("<img src=x>\u{202e}", &octets);
    tab.run("document.getElementById('list').focus()");
    for _ in 0..4 {
        tab.press("ArrowUp");
    }
    tab.press("ArrowDown");
    tab.press("ArrowDown");
    let detail = tab.text("detail");
    let shown = value
        .replace('\u{202e}', "\\u{202e}")
        .replace('\u{200b}', "\\u{200b}")
        .replace('\u{2066}', "\\u{2066}");
    assert!(detail.contains(&shown), "{detail}");
    assert!(tab.text("said").starts_with("<img src=x>\\u{202e}: "), "{}", tab.text("said"));
    assert_eq!(tab.run("document.querySelectorAll('img, iframe, object, link').length"), 0);
    assert_eq!(tab.run("document.title"), "h2wire");
    tab.click("link");
    // What a text asks for is never markup.
    tab.paste("<img src=x onerror=document.title='evil'>");
    assert!(tab.text("trouble").contains("<img src=x"), "{}", tab.text("trouble"));
    assert_eq!(tab.run("document.querySelectorAll('img').length"), 0);
    assert_eq!(*asked.lock().unwrap(), ["GET / HTTP/1.1"]);
    assert_eq!(tab.requests.iter().filter(|request| request.starts_with("http")).count(), 1);
    assert!(tab.console.is_empty(), "{:?}", tab.console);
    // Not even if it wanted to.
    for attempt in [
        format!("fetch('{url}x').then(() => 'sent', () => 'refused')"),
        format!(
            "new Promise((done) => {{ const made = new Image() , at = (made.onerror = () => done('refused')) ,  to = (made.src = '{url}y') }})"
        ),
    ] {
        assert_eq!(tab.run(&attempt), "refused", "{attempt}");
    }
    assert_eq!(*asked.lock().unwrap(), ["GET / HTTP/1.1"]);
}

const fn h2wire_frame_preface() -> [u8; 24] {
    *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
}
