//! What headless Chromium makes of the page.

use std::fs;
use std::path::Path;

use h2wire_browser::{Browser, Dom, PageServer};

use crate::support::decode;
use crate::{capture, frame, request, write};

/// Writes the page of some inputs into a folder. Returns its URL.
pub(crate) fn url(folder: &Path, options: &[&str], inputs: &[&Path]) -> String {
    let page = folder.join("page.html");
    let inputs = inputs.iter().map(|input| input.to_str().unwrap());
    let all: Vec<&str> = ["--html", "-o", page.to_str().unwrap()]
        .into_iter()
        .chain(options.iter().copied())
        .chain(inputs)
        .collect();
    let run = decode(&all, &[]);
    assert!(run.status != 2, "{}", run.stderr);
    format!("file://{}", page.display())
}

/// The text of an element, its markup left out.
fn text_of(dom: &Dom, id: &str) -> String {
    let (_, rest) = dom.text.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}"));
    let end = rest.find("<script type").unwrap_or(rest.len());
    // Up to the next element that has a name.
    let part = &rest[rest.find('>').unwrap() + 1..end];
    let part = &part[..part.find(" id=\"").unwrap_or(part.len())];
    let mut text = String::new();
    let mut is_inside = true;
    for character in part.chars() {
        match character {
            '<' => is_inside = false,
            '>' => {
                is_inside = true;
                text.push(' ');
            }
            _ if is_inside => text.push(character),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn drawn(dom: &Dom) {
    assert!(dom.console.is_empty(), "{:?}", dom.console);
    assert!(dom.text.contains("data-ready="), "the script came to its end");
}

#[test]
fn the_address_says_what_is_shown() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), &[], &[&capture("python-python.pcap")]);
    let dom = chromium.dom(&format!("{url}#stream=3&frame=1"));
    drawn(&dom);
    let totals = text_of(&dom, "totals");
    assert_eq!(
        totals,
        "1 connection · 9 streams · 40 frames · no rule broken · GOAWAY with an error code: 1 · RST_STREAM with an error code: 2"
    );
    assert_eq!(text_of(&dom, "found"), "7 requests");
    let detail = text_of(&dom, "detail");
    for part in [
        "HEADERS",
        "client → server",
        "END_HEADERS",
        ":path /echo",
        "never indexed",
        "Stream Identifier: 3",
        "Field Block Fragment §6.2",
        "+0.075394 s, 2026-11-22 04:04:29.721011 UTC",
        "packet 18",
        "entry 62: :path: /echo",
    ] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    // The fields of a block are with each of its frames.
    let dom = chromium.dom(&format!("{url}#connection=0&stream=1&frame=5&axis=order"));
    drawn(&dom);
    let detail = text_of(&dom, "detail");
    assert!(detail.starts_with("CONTINUATION") && detail.contains("content-type text/html"), "{detail}");
    assert!(dom.text.contains("id=\"order\" aria-pressed=\"true\""));
    // A stream alone.
    let dom = chromium.dom(&format!("{url}#stream=5"));
    drawn(&dom);
    let detail = text_of(&dom, "detail");
    assert!(detail.contains("reset by the server: INTERNAL_ERROR"), "{detail}");
}

/// Long lines are in what scrolls, whatever the window's height.
#[test]
fn the_page_is_as_wide_as_the_window() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, place) in [
        ("chromium-h2wire.pcapng", "connection=0&stream=1&frame=1"),
        ("curl-nginx.pcap", "connection=2&stream=1&frame=2"),
        ("node-node.pcapng", "connection=0&stream=1&frame=5"),
    ] {
        let dom = chromium.dom(&format!("{}#{place}", url(folder.path(), &[], &[&capture(name)])));
        drawn(&dom);
        let (_, axis) = dom.text.split_once("<canvas id=\"axis\"").unwrap();
        let (_, width) = axis.split_once(" width=\"").unwrap();
        let width: u32 = width.split('"').next().unwrap().parse().unwrap();
        assert!((900..=1280).contains(&width), "{name}: {width}");
    }
}

/// No rule forbids these, but they are why people look.
#[test]
fn ends_with_an_error_and_requests_without_a_response_are_counted() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = url(folder.path(), &["--connection=2"], &[&capture("curl-nginx.pcap")]);
    let dom = chromium.dom(&page);
    drawn(&dom);
    let totals = text_of(&dom, "totals");
    let ends = "no rule broken · GOAWAY with an error code: 1 · requests without a whole response: 1";
    assert!(totals.ends_with(ends), "{totals}");
    // A breach, and an end that is none.
    let octets = [request("/", "x", " y"), frame(3, 0, 1, &[0; 4]), frame(7, 0, 0, &[0; 8])].concat();
    let input = write(folder.path(), "input", &octets);
    let dom = chromium.dom(&url(folder.path(), &["--role", "server"], &[&input]));
    let totals = text_of(&dom, "totals");
    assert!(totals.ends_with(" frames"), "{totals}");
}

/// An authority that is not known leaves no gap in a URL.
#[test]
fn a_target_has_what_is_known() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = url(folder.path(), &[], &[&capture("damaged/late.pcap")]);
    for (connection, target) in [(0, "GET /style.css"), (1, "HEAD http://127.0.0.1:28099/")] {
        let dom = chromium.dom(&format!("{page}#connection={connection}&stream=3"));
        drawn(&dom);
        let detail = text_of(&dom, "detail");
        assert!(detail.contains(&format!("request {target} status")), "{detail}");
    }
}

/// Text and page show the same digits.
#[test]
fn times_are_those_of_the_text() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let input = capture("node-node.pcapng");
    let summary = decode(&["--summary", "--relative-time", input.to_str().unwrap()], &[]).stdout;
    let line = summary.lines().find(|line| line.contains("      3 ")).unwrap();
    let dom = chromium.dom(&format!("{}#stream=3&frame=1", url(folder.path(), &[], &[&input])));
    drawn(&dom);
    let shown = format!("{} {}", text_of(&dom, "list"), text_of(&dom, "detail"));
    // Without connection and stream: the time, the first, the total.
    for time in line.split_whitespace().skip(2).take(3) {
        assert!(shown.contains(time), "{time}: {shown}");
    }
    let text = decode(&["--stream=3", input.to_str().unwrap()], &[]).stdout;
    let clock = text.lines().find(|line| line.contains("HEADERS")).unwrap().split(' ').next().unwrap();
    assert!(shown.contains(&format!(" {clock} UTC")), "{clock}: {shown}");
}

#[test]
fn what_is_wrong_is_said() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    // More than the frame size allows, after a field with white space around it.
    let mut octets = request("/", "x", " y");
    octets.extend(frame(0, 0, 1, &vec![0; 20_000]));
    let input = write(folder.path(), "input", &octets);
    let url = url(folder.path(), &["--role", "server"], &[&input]);
    let dom = chromium.dom(&format!("{url}#stream=1&frame=1"));
    drawn(&dom);
    let wrong = text_of(&dom, "wrong");
    assert!(wrong.contains("Errors and gaps: 2"), "{wrong}");
    let detail = text_of(&dom, "detail");
    for part in ["⚠", "field_value_white_space in RFC 9113 §8.2.1", "remedy", "All of the stream"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    let dom = chromium.dom(&format!("{url}#stream=1&frame=2"));
    let detail = text_of(&dom, "detail");
    assert!(detail.contains("payload, not read") && detail.contains("FRAME_SIZE_ERROR"), "{detail}");
}

#[test]
fn few_many_and_none() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let one = write(folder.path(), "one", &frame(6, 0, 0, b"12345678"));
    let dom = chromium.dom(&url(folder.path(), &["--stateless"], &[&one]));
    drawn(&dom);
    assert_eq!(text_of(&dom, "totals"), "0 streams · 1 frame · no rule broken");
    let dom = chromium.dom(&url(folder.path(), &["--stateless", "--type=DATA"], &[&one]));
    drawn(&dom);
    assert_eq!(text_of(&dom, "totals"), "0 streams · 0 frames");
    assert!(text_of(&dom, "none").starts_with("No frame is on this page"));

    let settings = frame(4, 0, 0, b"");
    let other = write(folder.path(), "other", &settings);
    let mut octets = settings;
    for stream in 0..10_000_u32 {
        octets.extend(frame(1, 5, stream * 2 + 1, b"\x88"));
    }
    let many = write(folder.path(), "many", &octets);
    let dom = chromium.dom(&format!("{}#stream=15001&frame=1", url(folder.path(), &[], &[&many, &other])));
    drawn(&dom);
    assert!(
        text_of(&dom, "totals").starts_with("2 files · 10,000 streams · 10,002 frames"),
        "{}",
        text_of(&dom, "totals")
    );
    assert!(text_of(&dom, "detail").contains(":status 200"));
    // Of rows and requests only those are in the document that can be seen.
    let elements = ["<tr", "<div"].map(|tag| dom.text.matches(tag).count());
    assert!(elements[0] < 1_000 && elements[1] < 200, "{elements:?}");

    // A page that is cut off shows what it has.
    let page = folder.path().join("page.html");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, &text[..text.len() / 2]).unwrap();
    let dom = chromium.dom(&format!("file://{}", page.display()));
    drawn(&dom);
    assert!(text_of(&dom, "cut").contains("cut off") && !dom.text.contains("id=\"cut\" hidden"));
}

#[test]
fn nothing_is_asked_for_and_nothing_of_a_peer_runs() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = PageServer::start(|url| {
        let evil = format!("</script><img src={url}evil onerror=document.title='evil'>");
        let script = format!("</script><script src={}evil.js></script>", url.trim_start_matches("http:"));
        let input = write(folder.path(), "input", &request(&format!("/{evil}"), "x", &script));
        let _ = self::url(folder.path(), &[], &[&input]);
        fs::read(folder.path().join("page.html")).unwrap()
    });
    let dom = chromium.dom(&format!("{}#stream=1&frame=1", server.url()));
    drawn(&dom);
    assert!(dom.text.contains("data-ready=\"3\""), "preface, SETTINGS, HEADERS");
    // The fields are on the page, as text.
    let detail = text_of(&dom, "detail");
    assert!(detail.contains("&lt;/script&gt;&lt;img src="), "{detail}");
    for markup in ["<img", "evil</title>", "<script src"] {
        assert!(!dom.text.contains(markup), "{markup}");
    }
    assert_eq!(server.asked(), ["GET / HTTP/1.1"]);
}
