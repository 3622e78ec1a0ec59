//! What the page does when it is used: mouse, wheel and keys, in headless Chromium.

use std::path::Path;

use h2wire_browser::{Browser, CTRL, SHIFT, Tab};

use crate::browser::url;
use crate::{capture, frame, request, write};

/// A page whose script has come to its end, and which is drawn: that moves what stands below.
fn opened(chromium: &Browser, url: &str) -> Tab {
    let mut tab = Tab::open(chromium);
    tab.go(url, "document.body?.dataset.ready !== undefined");
    tab.drawn();
    tab
}

/// The page of a capture, by the order of frames, so that they stand apart.
fn open(chromium: &Browser, folder: &Path) -> Tab {
    opened(chromium, &format!("{}#axis=order", url(folder, &[], &[&capture("python-python.pcap")])))
}

/// The vertical middle of the row of a stream.
fn row(page: &mut Tab, stream: u32) -> f64 {
    page.drawn();
    let place = page.run(&format!(
        "(() => {{ const r = [...document.querySelectorAll('#names div')]\
         .find((row) => row.firstChild?.textContent === '{stream}').getBoundingClientRect(); return r.y + r.height / 2; }})()"
    ));
    place.as_f64().unwrap()
}

/// What is shown where the mouse is: nothing if it is on no frame.
fn tip(page: &mut Tab) -> Option<String> {
    let shown = page.run(
        "document.getElementById('tip').hidden ? null : [...document.getElementById('tip').children].map((line) => line.textContent).join('\\n')",
    );
    shown.as_str().map(str::to_owned)
}

/// Moves the mouse along a row. Returns where each frame was found first, and what was shown there.
fn frames(page: &mut Tab, y: f64) -> Vec<(f64, String)> {
    page.drawn();
    let bounds = page.run("(() => { const r = document.getElementById('marks').getBoundingClientRect(); return [r.left, r.right]; })()");
    let (left, right) = (bounds[0].as_f64().unwrap(), bounds[1].as_f64().unwrap());
    let mut found: Vec<(f64, String)> = Vec::new();
    let mut x = left + 2.0;
    while x < right {
        page.hover((x, y));
        if let Some(text) = tip(page)
            && !found.iter().any(|(_, known)| *known == text)
        {
            found.push((x, text));
        }
        x += 4.0;
    }
    found
}

fn detail(page: &mut Tab) -> String {
    page.text_of("#detail h2")
}

#[test]
fn a_frame_is_shown_under_the_mouse_and_chosen_by_a_click() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = open(&chromium, folder.path());
    let y = row(&mut page, 3);
    let found = frames(&mut page, y);
    let names: Vec<&str> = found.iter().map(|(_, text)| text.split_whitespace().next().unwrap()).collect();
    assert!(names.len() >= 3 && names[0] == "HEADERS" && names.contains(&"DATA"), "{found:?}");
    assert!(found[0].1.contains("stream 3") && found[0].1.contains("client → server"), "{}", found[0].1);
    assert!(found[0].1.contains("packet 18"), "{}", found[0].1);

    // Beside all rows there is nothing, and nothing stays when the mouse leaves.
    page.hover((found[0].0 + 6.0, y));
    assert!(tip(&mut page).is_some());
    let title = page.middle("#title");
    page.hover(title);
    assert_eq!(tip(&mut page), None);

    // A click on a frame chooses it, and says so in the address.
    page.click_at((found[0].0 + 6.0, y));
    assert_eq!(detail(&mut page), "HEADERS");
    assert!(page.text_of("#said").contains("HEADERS") && page.text_of("#detail").contains(":path"));
    page.wait("location.hash.includes('stream=3&frame=1')");
    // One beside it the stream.
    let far =
        page.run("document.getElementById('marks').getBoundingClientRect().right").as_f64().unwrap() - 4.0;
    page.hover((far, y));
    assert_eq!(tip(&mut page), None);
    page.click_at((far, y));
    assert_eq!(detail(&mut page), "Stream 3");
    page.wait("location.hash.includes('stream=3') && !location.hash.includes('frame=')");
    // So does a request, and the name of a row.
    let other = page.middle("#list tr:nth-child(2) td:last-child");
    page.click_at(other);
    assert_eq!(page.text_of("#list tr.on td.request"), page.text_of("#list tr:nth-child(2) td.request"));
    // The buttons of the details go on.
    page.run("document.querySelectorAll('#detail button')[1].click()");
    assert_eq!(detail(&mut page), "HEADERS");
}

#[test]
fn the_mouse_zooms_and_moves() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = open(&chromium, folder.path());
    let y = row(&mut page, 3);
    let all = frames(&mut page, y);
    let (first, last) = (all[0].clone(), all.last().unwrap().clone());
    let width = last.0 - first.0;
    let place = |page: &mut Tab, text: &str| {
        frames(page, y).into_iter().find(|(_, shown)| shown == text).map(|(x, _)| x)
    };

    // Twice as near, around the mouse.
    page.wheel((first.0 + 12.0, y), -200.0, CTRL);
    let zoomed = frames(&mut page, y);
    let at = |text: &str| zoomed.iter().find(|(_, shown)| shown == text).map(|(x, _)| *x);
    let (near, far) = (at(&first.1).unwrap(), at(&last.1).unwrap());
    assert!((near - first.0).abs() <= 12.0, "what is under the mouse stays: {near} {}", first.0);
    assert!((far - near - 2.0 * width).abs() <= 12.0, "{width} becomes {}", far - near);

    // Held, it moves all by as much, and chooses nothing.
    page.drag((near + 30.0, y), (near - 70.0, y));
    let moved = place(&mut page, &first.1).unwrap();
    assert!((near - moved - 100.0).abs() <= 6.0, "{near} to {moved}");
    assert_eq!(page.text_of("#detail"), "Choose a frame, a stream or a request.");
    // Shift and wheel moves too, and the wheel alone does not.
    page.wheel((near, y), -80.0, SHIFT);
    let turned = place(&mut page, &first.1).unwrap();
    assert!(turned > moved + 50.0, "{moved} to {turned}");
    page.wheel((near, y), -80.0, 0);
    assert_eq!(place(&mut page, &first.1), Some(turned));
    // All is back by the button, and cannot be moved out of sight.
    let whole = page.middle("#all");
    page.click_at(whole);
    assert_eq!(frames(&mut page, y), all);
    page.drag((first.0 + 30.0, y), (first.0 - 70.0, y));
    assert_eq!(frames(&mut page, y), all);

    // A double click zooms to the stream.
    page.double_click((first.0 + 6.0, y));
    let shown = frames(&mut page, y);
    assert!(shown.last().unwrap().0 - shown[0].0 > width * 1.5, "{shown:?}");
    assert_eq!(shown.len(), all.len());
}

#[test]
fn keys_go_from_frame_to_frame() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = open(&chromium, folder.path());
    let y = row(&mut page, 3);
    let all = frames(&mut page, y);
    page.click_at((all[0].0 + 6.0, y));
    page.wait("document.activeElement.id === 'lanes'");
    let place = |page: &mut Tab| {
        // It is written a moment later.
        page.timers(200);
        let hash = page.run("location.hash").as_str().unwrap().to_owned();
        let number = |key: &str| {
            let part = hash.split(['#', '&']).find_map(|part| part.strip_prefix(key).map(str::to_owned));
            part.map_or(0, |number| number.parse::<u32>().unwrap())
        };
        (number("stream="), number("frame="))
    };
    assert_eq!(place(&mut page), (3, 1));
    let length = page.run("document.querySelectorAll('#detail table:last-of-type tr').length");
    assert!(length.as_u64().unwrap() >= 3);
    for (key, modifiers, expected) in [
        ("ArrowRight", 0, (3, 2)),
        ("ArrowRight", 0, (3, 3)),
        ("ArrowLeft", 0, (3, 2)),
        ("Home", 0, (3, 1)),
        ("ArrowLeft", 0, (3, 1)),
    ] {
        page.press(key, modifiers);
        assert_eq!(place(&mut page), expected, "{key}");
    }
    page.press("End", 0);
    let (stream, last) = place(&mut page);
    assert!(stream == 3 && last >= 3, "{last}");
    page.press("ArrowRight", 0);
    assert_eq!(place(&mut page), (3, last), "no further");
    page.press("ArrowDown", 0);
    assert_eq!(place(&mut page).0, 5);
    page.press("ArrowUp", 0);
    assert_eq!(place(&mut page).0, 3);

    // Zoom, and back.
    let width = |page: &mut Tab| {
        let found = frames(page, y);
        found.last().unwrap().0 - found[0].0
    };
    let before = width(&mut page);
    page.press("z", 0);
    assert!(width(&mut page) > before * 1.5);
    page.press("0", 0);
    assert_eq!(frames(&mut page, y), all);
    page.press("+", SHIFT);
    assert_ne!(frames(&mut page, y), all);
    page.press("-", 0);
    page.press("0", 0);
    // With Ctrl they are the browser's.
    page.press("z", CTRL);
    assert_eq!(frames(&mut page, y), all);
    page.press("Enter", 0);
    page.wait("document.activeElement.id === 'detail'");
    // Elsewhere keys do nothing.
    let before = place(&mut page);
    page.press("ArrowRight", 0);
    assert_eq!(place(&mut page), before);
}

#[test]
fn errors_are_found_by_key_and_button_and_requests_by_text() {
    let Some(chromium) = Browser::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut octets = request("/", "x", " y");
    octets.extend(frame(0, 0, 1, &vec![0; 20_000]));
    let input = write(folder.path(), "input", &octets);
    let mut page = opened(&chromium, &url(folder.path(), &["--role", "server"], &[&input]));
    let next = page.middle("#next");
    page.click_at(next);
    assert!(page.text_of("#detail .breach").contains("field_value_white_space"));
    page.run("document.getElementById('lanes').focus()");
    page.press("e", 0);
    assert!(page.text_of("#detail .breach").contains("frame_length_limit"));
    page.press("E", SHIFT);
    assert!(page.text_of("#detail .breach").contains("field_value_white_space"));

    let mut page = open(&chromium, folder.path());
    assert_eq!(page.text_of("#found"), "7 requests");
    let find = page.middle("#find");
    page.click_at(find);
    for key in ["e", "c", "h", "o"] {
        page.type_text(key);
    }
    assert_eq!(page.text_of("#found"), "2 requests");
    assert!(page.text_of("#list").contains("/echo"));
    // The letters were for the search alone.
    assert_eq!(page.text_of("#detail"), "Choose a frame, a stream or a request.");
}
