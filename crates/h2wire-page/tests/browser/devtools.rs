//! Headless Chromium with a profile of its own, asked over two pipes: no port is opened.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Not by `eprintln!`, which the test harness keeps to itself.
pub(crate) fn say(what: &str) {
    let _ = io::stderr().write_all(format!("{what}\n").as_bytes());
}

/// The browser. Whoever builds the page has it.
fn installed() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)))
        .find(|program| program.is_file())
        .expect("chromium is not installed, and H2WIRE_PAGE asks for it")
}

/// A page in a browser of its own.
pub(crate) struct Tab {
    browser: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    /// What was asked of the network, and what the console says.
    pub(crate) requests: Vec<String>,
    pub(crate) console: Vec<String>,
    _profile: TempDir,
}

impl Tab {
    pub(crate) fn open() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        // The browser reads what it is asked from 3, and answers on 4.
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 1>&2"]).arg(installed()).args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--remote-debugging-pipe",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut browser = command.spawn().expect("a browser");
        let (to, answers) = (browser.stdin.take().expect("a pipe"), browser.stdout.take().expect("a pipe"));
        let (sender, from) = mpsc::channel();
        thread::spawn(move || {
            let mut answers = BufReader::new(answers);
            let mut answer = Vec::new();
            while answers.read_until(0, &mut answer).is_ok_and(|len| len > 0) {
                answer.pop();
                let Ok(value) = serde_json::from_slice(&answer) else { return };
                if sender.send(value).is_err() {
                    return;
                }
                answer.clear();
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

    /// Asks for something, and waits for the answer.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.clone().into();
        }
        let octets = [message.to_string().as_bytes(), &[0]].concat();
        self.to.write_all(&octets).expect("the browser reads");
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

    pub(crate) fn navigate(&mut self, url: &str) {
        let answer = self.call("Page.navigate", &json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{answer}");
    }

    /// Runs a script in the page. Returns its value.
    pub(crate) fn run(&mut self, script: &str) -> Value {
        // Names of one do not meet those of another.
        let script = if script.contains(';') { format!("{{ {script} }}") } else { script.to_owned() };
        let params =
            json!({ "expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut answer = self.call("Runtime.evaluate", &params);
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until something is true.
    pub(crate) fn wait(&mut self, script: &str) {
        let started = Instant::now();
        while self.run(script) != Value::Bool(true) {
            if started.elapsed() > PATIENCE {
                let text = self.run("document.body.innerText");
                panic!("never: {script}: {text} {:?}", self.console);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key where the focus is.
    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", &json!({ "type": kind, "key": key }));
        }
    }

    /// The size of the window.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Nothing was wrong, and nothing was asked of the network.
    pub(crate) fn was_quiet(&mut self) {
        self.run("1");
        assert!(self.console.is_empty(), "{:?}", self.console);
        let is_own = |url: &String| ["file:", "blob:", "data:"].iter().any(|scheme| url.starts_with(scheme));
        assert!(self.requests.iter().all(is_own), "{:?}", self.requests);
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let close = json!({ "id": 0, "method": "Browser.close" }).to_string();
        let _ = self.to.write_all(&[close.as_bytes(), &[0]].concat());
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
