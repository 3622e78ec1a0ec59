//! Chromium with hands: real events of mouse and keyboard, by the `DevTools` protocol over its pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chromium::OPTIONS;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const CTRL: u32 = 2;
pub(crate) const SHIFT: u32 = 8;

/// A page in a browser of its own, which ends with it.
pub(crate) struct Driver {
    browser: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    session: Value,
    number: u64,
    /// It is deleted with this.
    _profile: TempDir,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}

impl Driver {
    /// Opens a page and waits until its script has come to its end.
    pub(crate) fn open(chromium: &Path, url: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The protocol is on the descriptors 3 and 4.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1"#]).arg(chromium);
        command.args(OPTIONS).arg("--remote-debugging-pipe");
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
        let mut browser =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (commands, output) = (browser.stdin.take().unwrap(), browser.stdout.take().unwrap());
        let (send, messages) = mpsc::channel();
        // Ends when the browser does.
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message.map(|message| serde_json::from_slice(&message).unwrap()) else {
                    return;
                };
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut driver =
            Self { browser, commands, messages, session: Value::Null, number: 0, _profile: profile };
        let target = driver.call("Target.createTarget", &json!({"url": url}))["targetId"].clone();
        let attach = json!({"targetId": target, "flatten": true});
        driver.session = driver.call("Target.attachToTarget", &attach)["sessionId"].clone();
        driver.wait_for("document.body?.dataset.ready !== undefined");
        driver
    }

    /// Calls a method. Returns its result.
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let mut command = json!({"id": self.number, "method": method, "params": parameters});
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        self.commands.write_all(format!("{command}\0").as_bytes()).unwrap();
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("an answer of the browser");
            if message["id"] == self.number {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The value of an expression on the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", &json!({"expression": expression, "returnByValue": true}));
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    pub(crate) fn wait_for(&mut self, expression: &str) {
        let started = Instant::now();
        while self.value(expression) != true {
            assert!(started.elapsed() < PATIENCE, "never: {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn text(&mut self, selector: &str) -> String {
        self.value(&format!("document.querySelector({selector:?}).textContent")).as_str().unwrap().to_owned()
    }

    /// The middle of an element.
    pub(crate) fn middle(&mut self, selector: &str) -> (f64, f64) {
        let place = self.value(&format!(
            "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    fn mouse(&mut self, event: &str, (x, y): (f64, f64), more: &Value) {
        let mut parameters = json!({"type": event, "x": x, "y": y});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.call("Input.dispatchMouseEvent", &parameters);
    }

    pub(crate) fn hover(&mut self, place: (f64, f64)) {
        self.mouse("mouseMoved", place, &json!({}));
    }

    pub(crate) fn click(&mut self, place: (f64, f64)) {
        self.drag(place, place);
    }

    pub(crate) fn double_click(&mut self, place: (f64, f64)) {
        self.hover(place);
        for count in 1..=2 {
            let left = json!({"button": "left", "clickCount": count});
            self.mouse("mousePressed", place, &left);
            self.mouse("mouseReleased", place, &left);
        }
    }

    /// Presses at one place, and releases at another.
    pub(crate) fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        let left = json!({"button": "left", "buttons": 1, "clickCount": 1});
        self.hover(from);
        self.mouse("mousePressed", from, &left);
        if from != to {
            for part in 1..=4 {
                let at = |from: f64, to: f64| from + (to - from) * f64::from(part) / 4.0;
                self.mouse("mouseMoved", (at(from.0, to.0), at(from.1, to.1)), &left);
            }
        }
        self.mouse("mouseReleased", to, &json!({"button": "left", "clickCount": 1}));
    }

    pub(crate) fn wheel(&mut self, place: (f64, f64), by: f64, modifiers: u32) {
        self.mouse("mouseWheel", place, &json!({"deltaX": 0, "deltaY": by, "modifiers": modifiers}));
    }

    pub(crate) fn key(&mut self, key: &str, modifiers: u32) {
        for event in ["rawKeyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", &json!({"type": event, "key": key, "modifiers": modifiers}));
        }
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", &json!({"text": text}));
    }
}
