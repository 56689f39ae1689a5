//! Debian's chromium without a window, told what to do by the DevTools protocol over a pipe.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Seconds after which a browser is ended that does not answer.
const PATIENCE: &str = "300";

/// One page in one browser.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    sent: u64,
    /// What the page's console and its errors said.
    pub(crate) complaints: Vec<String>,
    loaded: bool,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut child = Command::new("sh")
            // The protocol is spoken on descriptors 3 and 4, message by message, a zero byte after each.
            .args([
                "-c",
                "exec 3<&0 4>&1; exec \"$0\" \"$@\" </dev/null >/dev/null 2>/dev/null",
            ])
            .args([
                "timeout",
                "-k",
                "5",
                PATIENCE,
                "chromium",
                "--headless=new",
                "--remote-debugging-pipe",
            ])
            .args([
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--hide-scrollbars",
                "--disable-dev-shm-usage",
            ])
            .args([folder.as_str(), "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut browser = Self {
            child,
            input,
            output: BufReader::new(output),
            session: None,
            sent: 0,
            complaints: Vec::new(),
            loaded: false,
            _profile: profile,
        };
        let target = browser.tell("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.tell(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        );
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_string());
        for domain in ["Page", "Runtime", "Log"] {
            browser.tell(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// One command and its answer.
    pub(crate) fn tell(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let heard = self.hear();
            if heard["id"] == self.sent {
                assert!(heard["error"].is_null(), "{method}: {}", heard["error"]);
                return heard["result"].clone();
            }
        }
    }

    fn hear(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.output.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser has ended");
        let heard: Value = serde_json::from_slice(&bytes).unwrap();
        let parameters = &heard["params"];
        match heard["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.complaints.push(parameters["exceptionDetails"].to_string())
            }
            Some("Log.entryAdded") => self.complaints.push(parameters["entry"].to_string()),
            Some("Page.loadEventFired") => self.loaded = true,
            _ => {}
        }
        heard
    }

    /// Opens a file, in a window of `width` × `height` pixels, and waits until it is there and drawn.
    pub(crate) fn open(&mut self, file: &Path, (width, height): (u32, u32)) {
        self.size((width, height));
        self.complaints.clear();
        self.loaded = false;
        self.tell(
            "Page.navigate",
            json!({"url": format!("file://{}", file.display())}),
        );
        while !self.loaded {
            self.hear();
        }
        self.settle();
    }

    pub(crate) fn size(&mut self, (width, height): (u32, u32)) {
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        );
    }

    /// Waits for two pictures, after which whatever was asked for is drawn.
    pub(crate) fn settle(&mut self) {
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))");
    }

    /// The value of an expression in the page.
    pub(crate) fn run(&mut self, expression: &str) -> Value {
        let found = self.tell(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true}),
        );
        assert!(
            found["exceptionDetails"].is_null(),
            "{expression}: {}",
            found["exceptionDetails"]
        );
        found["result"]["value"].clone()
    }

    /// A medium (`screen`, `print`) and a scheme of colours (`light`, `dark`).
    pub(crate) fn show_as(&mut self, medium: &str, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({"media": medium, "features": features}),
        );
        self.settle();
    }

    /// What the mouse does: `mouseMoved`, `mousePressed` or `mouseReleased`, at a place of the window; `clicks` of the left
    /// button, 0 where it is up.
    pub(crate) fn mouse(&mut self, what: &str, (x, y): (f64, f64), clicks: u32) {
        let (button, buttons) = if clicks > 0 { ("left", 1) } else { ("none", 0) };
        self.tell(
            "Input.dispatchMouseEvent",
            json!({"type": what, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": clicks}),
        );
    }

    pub(crate) fn click(&mut self, place: (f64, f64), clicks: u32) {
        self.mouse("mouseMoved", place, 0);
        for click in 1..=clicks {
            self.mouse("mousePressed", place, click);
            self.mouse("mouseReleased", place, click);
        }
        self.settle();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Without its pipe a browser ends by itself; `timeout` sees to one that does not.
        let _ = self.input.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let _ = self.child.wait();
    }
}
