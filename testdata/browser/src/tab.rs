//! A page in use: scripts, and real events of mouse and keyboard, by the `DevTools` protocol over two pipes. No port is opened.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Browser, PATIENCE};

/// The key Ctrl is down.
pub const CTRL: u32 = 2;
/// The key Shift is down.
pub const SHIFT: u32 = 8;

/// A page in a browser of its own, which ends with it.
#[derive(Debug)]
pub struct Tab {
    browser: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    /// What was asked of the network.
    pub requests: Vec<String>,
    /// What the console says.
    pub console: Vec<String>,
    /// It is deleted with this.
    _profile: TempDir,
}

impl Tab {
    /// An empty page.
    ///
    /// # Panics
    /// If the browser does not start, as all that follow do if it does not answer.
    #[must_use]
    pub fn open(browser: &Browser) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let asked = browser.command(profile.path());
        // The browser reads what it is asked from 3, and answers on 4.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2"]).arg(asked.get_program());
        command.args(asked.get_args()).args(["--remote-debugging-pipe", "about:blank"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut browser = command.spawn().expect("a browser");
        let (to, answers) = (browser.stdin.take().expect("a pipe"), browser.stdout.take().expect("a pipe"));
        let (sender, from) = mpsc::channel();
        // Ends when the browser does.
        thread::spawn(move || {
            for answer in BufReader::new(answers).split(0) {
                let Ok(answer) = answer else { return };
                let Ok(value) = serde_json::from_slice(&answer) else { return };
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let mut tab = Self {
            browser,
            to,
            from,
            session: None,
            last_id: 0,
            requests: Vec::new(),
            console: Vec::new(),
            _profile: profile,
        };
        let target = tab.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = tab.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        tab.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            tab.call(&format!("{domain}.enable"), &json!({}));
        }
        tab.call("Emulation.setFocusEmulationEnabled", &json!({ "enabled": true }));
        tab.size(1280, 800);
        tab
    }

    /// Calls a method. Returns its result.
    ///
    /// # Panics
    /// If the result is an error.
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.clone().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser reads");
        let started = Instant::now();
        loop {
            let left = PATIENCE.checked_sub(started.elapsed()).unwrap_or_default();
            let mut answer = self.from.recv_timeout(left).unwrap_or_else(|_| panic!("no answer: {method}"));
            if answer["id"] == self.last_id {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                self.requests.push(params["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded") => {
                self.console.push(params.to_string());
            }
            _ => {}
        }
    }

    /// Goes to a page, and waits until something is true there.
    ///
    /// # Panics
    /// If there is no such page.
    pub fn go(&mut self, url: &str, until: &str) {
        let answer = self.call("Page.navigate", &json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{answer}");
        self.wait(until);
    }

    /// Runs a script in the page. Returns its value.
    ///
    /// # Panics
    /// If the script fails.
    pub fn run(&mut self, script: &str) -> Value {
        // Names of one do not meet those of another.
        let script = if script.contains(';') { format!("{{ {script} }}") } else { script.to_owned() };
        let params =
            json!({ "expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut answer = self.call("Runtime.evaluate", &params);
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until something is true.
    ///
    /// # Panics
    /// If it never is.
    pub fn wait(&mut self, script: &str) {
        let started = Instant::now();
        while self.run(script) != Value::Bool(true) {
            if started.elapsed() > PATIENCE {
                let text = self.run("document.body.innerText");
                panic!("never: {script}: {text} {:?}", self.console);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the page is drawn as it is now: what a frame of the browser changes is drawn in the next.
    ///
    /// # Panics
    /// If the browser draws nothing.
    pub fn drawn(&mut self) {
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => true)");
    }

    /// Waits this many milliseconds by the clock of the page: timers that it has set for less have fired then.
    ///
    /// # Panics
    /// If they do not.
    pub fn timers(&mut self, milliseconds: u32) {
        self.run(&format!("new Promise((done) => setTimeout(done, {milliseconds})).then(() => true)"));
    }

    /// The size of the window.
    pub fn size(&mut self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Drops a file there.
    pub fn drop_at(&mut self, (x, y): (f64, f64), path: &Path) {
        for kind in ["dragEnter", "dragOver", "drop"] {
            let data = json!({ "items": [], "files": [path], "dragOperationsMask": 1 });
            self.call("Input.dispatchDragEvent", &json!({ "type": kind, "x": x, "y": y, "data": data }));
        }
    }

    /// All text in an element.
    ///
    /// # Panics
    /// If there is none.
    pub fn text_of(&mut self, selector: &str) -> String {
        let text = self.run(&format!("document.querySelector({selector:?}).textContent"));
        text.as_str().expect("text").to_owned()
    }

    /// The middle of an element, where it stands when all is [`drawn`](Self::drawn).
    ///
    /// # Panics
    /// If there is none.
    pub fn middle(&mut self, selector: &str) -> (f64, f64) {
        self.drawn();
        let place = self.run(&format!(
            "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        (place[0].as_f64().expect("a number"), place[1].as_f64().expect("a number"))
    }

    fn mouse(&mut self, event: &str, (x, y): (f64, f64), mut parameters: Value) {
        parameters["type"] = event.into();
        parameters["x"] = x.into();
        parameters["y"] = y.into();
        self.call("Input.dispatchMouseEvent", &parameters);
    }

    /// Moves the mouse.
    pub fn hover(&mut self, place: (f64, f64)) {
        self.mouse("mouseMoved", place, json!({}));
    }

    /// Clicks once.
    pub fn click_at(&mut self, place: (f64, f64)) {
        self.drag(place, place);
    }

    /// Clicks twice.
    pub fn double_click(&mut self, place: (f64, f64)) {
        self.hover(place);
        for count in 1..=2 {
            for event in ["mousePressed", "mouseReleased"] {
                self.mouse(event, place, json!({ "button": "left", "clickCount": count }));
            }
        }
    }

    /// Presses at one place, and releases at another.
    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        let left = json!({ "button": "left", "buttons": 1, "clickCount": 1 });
        self.hover(from);
        self.mouse("mousePressed", from, left.clone());
        if from != to {
            for part in 1..=4 {
                let at = |from: f64, to: f64| from + (to - from) * f64::from(part) / 4.0;
                self.mouse("mouseMoved", (at(from.0, to.0), at(from.1, to.1)), left.clone());
            }
        }
        self.mouse("mouseReleased", to, json!({ "button": "left", "clickCount": 1 }));
    }

    /// Turns the wheel.
    pub fn wheel(&mut self, place: (f64, f64), by: f64, modifiers: u32) {
        self.mouse("mouseWheel", place, json!({ "deltaX": 0, "deltaY": by, "modifiers": modifiers }));
    }

    /// Presses a key where the focus is.
    pub fn press(&mut self, key: &str, modifiers: u32) {
        for event in ["keyDown", "keyUp"] {
            self.call(
                "Input.dispatchKeyEvent",
                &json!({ "type": event, "key": key, "modifiers": modifiers }),
            );
        }
    }

    /// Types text where the focus is.
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Fails if something was wrong, or asked of the network.
    ///
    /// # Panics
    /// With what it was.
    pub fn was_quiet(&mut self) {
        self.run("1");
        assert!(self.console.is_empty(), "{:?}", self.console);
        let is_own = |url: &String| ["file:", "blob:", "data:"].iter().any(|scheme| url.starts_with(scheme));
        assert!(self.requests.iter().all(is_own), "{:?}", self.requests);
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let close = json!({ "id": 0, "method": "Browser.close" });
        let _ = self.to.write_all(format!("{close}\0").as_bytes());
        let started = Instant::now();
        while self.browser.try_wait().is_ok_and(|ended| ended.is_none()) {
            if started.elapsed() > Duration::from_secs(10) {
                let _ = self.browser.kill();
                let _ = self.browser.wait();
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
