//! How the page looks: no wider than the window, readable in both schemes. `H2WIRE_SCREENSHOTS` names a folder for pictures.

use std::env;
use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::{InUse, capture, opened};
use h2wire_browser::Tab;

fn picture(tab: &mut Tab, name: &str) {
    let Some(folder) = env::var_os("H2WIRE_SCREENSHOTS").map(PathBuf::from) else { return };
    let shot = tab.call("Page.captureScreenshot", &json!({ "format": "png" }));
    let octets = BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    fs::write(folder.join(format!("{name}.png")), octets).unwrap();
}

#[test]
fn it_is_no_wider_than_the_window_in_both_schemes() {
    let Some(mut tab) = opened() else { return };
    for scheme in ["light", "dark"] {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        tab.call("Emulation.setEmulatedMedia", &json!({ "features": feature }));
        for (width, height) in [(400, 800), (1600, 1000)] {
            tab.size(width, height);
            tab.click("clear");
            picture(&mut tab, &format!("empty-{scheme}-{width}"));
            tab.run("document.body.dataset.ready = ''; document.getElementById('example').click()");
            tab.is_ready();
            let wide = tab.run("document.documentElement.scrollWidth");
            assert!(wide.as_u64().unwrap() <= u64::from(width), "{wide} of {width}");
            picture(&mut tab, &format!("example-{scheme}-{width}"));
            tab.paste(r#"GoAway(b"", FRAME_SIZE_ERROR, Library)"#);
            assert!(tab.run("document.documentElement.scrollWidth").as_u64().unwrap() <= u64::from(width));
            picture(&mut tab, &format!("message-{scheme}-{width}"));
            tab.drop_file(&capture("curl-nginx.pcap"));
            assert!(tab.run("document.documentElement.scrollWidth").as_u64().unwrap() <= u64::from(width));
            picture(&mut tab, &format!("capture-{scheme}-{width}"));
        }
        // Text has a contrast of at least 4.5 with what it is on.
        let least = tab.run(CONTRAST);
        assert!(least.as_f64().unwrap() >= 4.5, "{scheme}: {least}");
    }
    tab.was_quiet();
}

const CONTRAST: &str = "(() => {
	const style = getComputedStyle(document.documentElement), of = (name) => style.getPropertyValue('--' + name).trim();
	const light = (hex) => {
		const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
		const [r, g, b] = full.slice(1).match(/../g).map((part) => parseInt(part, 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	return Math.min(...['ink', 'faint', 'error', 'link'].flatMap((ink) => ['ground', 'panel', 'on'].map((on) => contrast(light(of(ink)), light(of(on))))));
})()";

/// Everything that can be used has a name.
#[test]
fn every_control_has_a_name_and_can_be_reached() {
    let Some(mut tab) = opened() else { return };
    tab.click("example");
    tab.is_ready();
    let nameless = tab.run(
        "Array.from(document.querySelectorAll('button, input, select, textarea, [tabindex]')).filter((one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel)).map((one) => one.id)",
    );
    assert_eq!(nameless, json!([]));
    for id in ["text", "read", "file", "as", "example", "link", "clear", "next", "list"] {
        let one = format!("document.getElementById('{id}')");
        tab.run(&format!("{one}.focus()"));
        assert_eq!(
            tab.run(&format!("{one} === document.activeElement && {one}.tabIndex === 0")),
            true,
            "{id}"
        );
    }
}
