//! What the page does when it is used: mouse, wheel and keys, in headless Chromium.

use std::path::Path;
use std::time::Duration;

use crate::browser::url;
use crate::chromium::installed;
use crate::driver::{CTRL, Driver, SHIFT};
use crate::{capture, frame, request, write};

/// The page of a capture, by the order of frames, so that they stand apart.
fn open(chromium: &Path, folder: &Path) -> Driver {
    Driver::open(chromium, &format!("{}#axis=order", url(folder, &[], &[&capture("python-python.pcap")])))
}

/// The vertical middle of the row of a stream.
fn row(page: &mut Driver, stream: u32) -> f64 {
    let place = page.value(&format!(
        "(() => {{ const r = [...document.querySelectorAll('#names div')]\
         .find((row) => row.firstChild?.textContent === '{stream}').getBoundingClientRect(); return r.y + r.height / 2; }})()"
    ));
    place.as_f64().unwrap()
}

/// What is shown where the mouse is: nothing if it is on no frame.
fn tip(page: &mut Driver) -> Option<String> {
    let shown = page.value(
        "document.getElementById('tip').hidden ? null : [...document.getElementById('tip').children].map((line) => line.textContent).join('\\n')",
    );
    shown.as_str().map(str::to_owned)
}

/// Moves the mouse along a row. Returns where each frame was found first, and what was shown there.
fn frames(page: &mut Driver, y: f64) -> Vec<(f64, String)> {
    let bounds = page.value("(() => { const r = document.getElementById('marks').getBoundingClientRect(); return [r.left, r.right]; })()");
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

fn detail(page: &mut Driver) -> String {
    page.text("#detail h2")
}

#[test]
fn a_frame_is_shown_under_the_mouse_and_chosen_by_a_click() {
    let Some(chromium) = installed() else { return };
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
    page.click((found[0].0 + 6.0, y));
    assert_eq!(detail(&mut page), "HEADERS");
    assert!(page.text("#said").contains("HEADERS") && page.text("#detail").contains(":path"));
    page.wait_for("location.hash.includes('stream=3&frame=1')");
    // One beside it the stream.
    let far =
        page.value("document.getElementById('marks').getBoundingClientRect().right").as_f64().unwrap() - 4.0;
    page.hover((far, y));
    assert_eq!(tip(&mut page), None);
    page.click((far, y));
    assert_eq!(detail(&mut page), "Stream 3");
    page.wait_for("location.hash.includes('stream=3') && !location.hash.includes('frame=')");
    // So does a request, and the name of a row.
    let other = page.middle("#list tr:nth-child(2) td:last-child");
    page.click(other);
    assert_eq!(page.text("#list tr.on td.request"), page.text("#list tr:nth-child(2) td.request"));
    // The buttons of the details go on.
    page.value("document.querySelectorAll('#detail button')[1].click()");
    assert_eq!(detail(&mut page), "HEADERS");
}

#[test]
fn the_mouse_zooms_and_moves() {
    let Some(chromium) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = open(&chromium, folder.path());
    let y = row(&mut page, 3);
    let all = frames(&mut page, y);
    let (first, last) = (all[0].clone(), all.last().unwrap().clone());
    let width = last.0 - first.0;
    let place = |page: &mut Driver, text: &str| {
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
    assert_eq!(page.text("#detail"), "Choose a frame, a stream or a request.");
    // Shift and wheel moves too, and the wheel alone does not.
    page.wheel((near, y), -80.0, SHIFT);
    let turned = place(&mut page, &first.1).unwrap();
    assert!(turned > moved + 50.0, "{moved} to {turned}");
    page.wheel((near, y), -80.0, 0);
    assert_eq!(place(&mut page, &first.1), Some(turned));
    // All is back by the button, and cannot be moved out of sight.
    let whole = page.middle("#all");
    page.click(whole);
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
    let Some(chromium) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut page = open(&chromium, folder.path());
    let y = row(&mut page, 3);
    let all = frames(&mut page, y);
    page.click((all[0].0 + 6.0, y));
    page.wait_for("document.activeElement.id === 'lanes'");
    let place = |page: &mut Driver| {
        // It is written a moment later.
        std::thread::sleep(Duration::from_millis(250));
        let hash = page.value("location.hash").as_str().unwrap().to_owned();
        let number = |key: &str| {
            let part = hash.split(['#', '&']).find_map(|part| part.strip_prefix(key).map(str::to_owned));
            part.map_or(0, |number| number.parse::<u32>().unwrap())
        };
        (number("stream="), number("frame="))
    };
    assert_eq!(place(&mut page), (3, 1));
    let length = page.value("document.querySelectorAll('#detail table:last-of-type tr').length");
    assert!(length.as_u64().unwrap() >= 3);
    for (key, modifiers, expected) in [
        ("ArrowRight", 0, (3, 2)),
        ("ArrowRight", 0, (3, 3)),
        ("ArrowLeft", 0, (3, 2)),
        ("Home", 0, (3, 1)),
        ("ArrowLeft", 0, (3, 1)),
    ] {
        page.key(key, modifiers);
        assert_eq!(place(&mut page), expected, "{key}");
    }
    page.key("End", 0);
    let (stream, last) = place(&mut page);
    assert!(stream == 3 && last >= 3, "{last}");
    page.key("ArrowRight", 0);
    assert_eq!(place(&mut page), (3, last), "no further");
    page.key("ArrowDown", 0);
    assert_eq!(place(&mut page).0, 5);
    page.key("ArrowUp", 0);
    assert_eq!(place(&mut page).0, 3);

    // Zoom, and back.
    let width = |page: &mut Driver| {
        let found = frames(page, y);
        found.last().unwrap().0 - found[0].0
    };
    let before = width(&mut page);
    page.key("z", 0);
    assert!(width(&mut page) > before * 1.5);
    page.key("0", 0);
    assert_eq!(frames(&mut page, y), all);
    page.key("+", SHIFT);
    assert_ne!(frames(&mut page, y), all);
    page.key("-", 0);
    page.key("0", 0);
    // With Ctrl they are the browser's.
    page.key("z", CTRL);
    assert_eq!(frames(&mut page, y), all);
    page.key("Enter", 0);
    page.wait_for("document.activeElement.id === 'detail'");
    // Elsewhere keys do nothing.
    let before = place(&mut page);
    page.key("ArrowRight", 0);
    assert_eq!(place(&mut page), before);
}

#[test]
fn errors_are_found_by_key_and_button_and_requests_by_text() {
    let Some(chromium) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut octets = request("/", "x", " y");
    octets.extend(frame(0, 0, 1, &vec![0; 20_000]));
    let input = write(folder.path(), "input", &octets);
    let mut page = Driver::open(&chromium, &url(folder.path(), &["--role", "server"], &[&input]));
    let next = page.middle("#next");
    page.click(next);
    assert!(page.text("#detail .breach").contains("field_value_white_space"));
    page.value("document.getElementById('lanes').focus()");
    page.key("e", 0);
    assert!(page.text("#detail .breach").contains("frame_length_limit"));
    page.key("E", SHIFT);
    assert!(page.text("#detail .breach").contains("field_value_white_space"));

    let mut page = open(&chromium, folder.path());
    assert_eq!(page.text("#found"), "7 requests");
    let find = page.middle("#find");
    page.click(find);
    for key in ["e", "c", "h", "o"] {
        page.type_text(key);
    }
    assert_eq!(page.text("#found"), "2 requests");
    assert!(page.text("#list").contains("/echo"));
    // The letters were for the search alone.
    assert_eq!(page.text("#detail"), "Choose a frame, a stream or a request.");
}
