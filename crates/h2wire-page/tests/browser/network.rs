//! The page asks the network for nothing, and nothing of a peer becomes markup.

use std::fs;

use h2wire_browser::PageServer;

use crate::{InUse, built, frame, tab};

#[test]
fn nothing_is_asked_for_and_nothing_of_a_peer_runs() {
    let Some(page) = built() else { return };
    let page = fs::read(page).unwrap();
    let server = PageServer::start(|_| page);
    let mut tab = tab();
    let url = server.url();
    tab.visit(&url);
    let value = format!("<img src={url}evil onerror=document.title='evil'>\u{202e}\u{200b}\u{2066}");
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let block = [&[0x82, 0x86, 0x84, 0x41], &text("a")[..], &[0x00], &text("x"), &text(&value)].concat();
    let octets =
        [&h2wire_frame_preface()[..], &frame(4, 0, 0, b""), &frame(1, 5, 1, &block), &frame(7, 0, 0, b"")]
            .concat();
    tab.drop_octets("<img src=x>\u{202e}", &octets);
    tab.run("document.getElementById('list').focus()");
    for _ in 0..4 {
        tab.press("ArrowUp", 0);
    }
    tab.press("ArrowDown", 0);
    tab.press("ArrowDown", 0);
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
    assert_eq!(server.asked(), ["GET / HTTP/1.1"]);
    assert_eq!(tab.requests.iter().filter(|request| request.starts_with("http")).count(), 1);
    assert!(tab.console.is_empty(), "{:?}", tab.console);
    // Not even if it wanted to.
    for attempt in [
        format!("fetch('{url}x').then(() => 'sent', () => 'refused')"),
        // Not even in a worker, which has no other policy.
        format!(
            "new Promise((done) => {{ const worker = new Worker(URL.createObjectURL(new Blob([\"fetch('{url}z').then(() => postMessage('sent'), () => postMessage('refused'))\"]))) , heard = (worker.onmessage = (event) => done(event.data)) }})"
        ),
        format!(
            "new Promise((done) => {{ const worker = new Worker('{url}w') , failed = (worker.onerror = () => done('refused')) }}).catch(() => 'refused')"
        ),
        format!(
            "new Promise((done) => {{ const made = new Image() , at = (made.onerror = () => done('refused')) ,  to = (made.src = '{url}y') }})"
        ),
    ] {
        assert_eq!(tab.run(&attempt), "refused", "{attempt}");
    }
    assert_eq!(server.asked(), ["GET / HTTP/1.1"]);
}

const fn h2wire_frame_preface() -> [u8; 24] {
    *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
}
