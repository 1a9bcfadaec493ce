//! A real browser: headless Chromium, driven through chromedriver. What violates the policy of a page, or breaks in a
//! script, fails the test that opened it. Pictures of pages go to `target/screenshots/`.

mod desk;
mod journeys;
mod lead;
mod live;
mod looks;
mod ops;

use std::io::{BufRead as _, BufReader, Write as _};
use std::mem::ManuallyDrop;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);

/// Browsers at a time: each is several processes.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

struct Programs {
    chromium: PathBuf,
    chromedriver: PathBuf,
}

/// Chromium and chromedriver; `None`, with a line printed once, where one of them is not there.
fn programs() -> Option<&'static Programs> {
    static FOUND: OnceLock<Option<Programs>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let chromium = find(&["chromium", "chromium-browser", "google-chrome"]);
            let chromedriver = find(&["chromedriver"]);
            match (chromium, chromedriver) {
                (Some(chromium), Some(chromedriver)) => Some(Programs { chromium, chromedriver }),
                _ => {
                    skip("no chromium with chromedriver found: pages are not tested in a browser");
                    None
                }
            }
        })
        .as_ref()
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// Says, once, that something is not tested; in CI it must be.
fn skip(line: &str) {
    assert!(std::env::var_os("CI").is_none(), "{line}");
    let _gone = writeln!(std::io::stderr(), "{line}");
}

/// A chromedriver on a port of its own. With it end the browsers that it started.
struct Chromedriver {
    child: Child,
    url: String,
}

impl Chromedriver {
    fn start(programs: &Programs) -> Self {
        let mut child = Command::new(&programs.chromedriver)
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port: u16 = lines
            .find_map(|line| {
                line.split_once("started successfully on port ")?
                    .1
                    .trim_end_matches('.')
                    .parse()
                    .ok()
            })
            .expect("chromedriver did not start");
        // What else it says is read, so that it never waits to say it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ended = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _reaped = self.child.wait();
    }
}

/// How somebody looks at the pages.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub lang: &'static str,
    pub dark: bool,
    pub width: u32,
    pub scripts: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            lang: "en",
            dark: false,
            width: 1366,
            scripts: true,
        }
    }
}

/// A browser with one window.
pub struct Browser {
    _chromedriver: Chromedriver,
    /// Not dropped when a test fails: it would wait minutes for an answer. The browser ends with its driver.
    pub driver: ManuallyDrop<WebDriver>,
    session: String,
    http: reqwest::Client,
    look: Look,
    _profile: tempfile::TempDir,
    /// None for a second one beside it, which takes no turn of its own.
    _turn: Option<SemaphorePermit<'static>>,
}

impl Browser {
    /// A fresh one, that keeps nothing from another test; `None` where there is no browser.
    pub async fn open(look: Look) -> Option<Self> {
        let programs = programs()?;
        let turn = AT_ONCE.acquire().await.unwrap();
        Some(Self::start(programs, look, Some(turn)).await)
    }

    /// Another one beside it, of somebody else.
    pub async fn beside(&self) -> Self {
        Self::start(programs().unwrap(), self.look, None).await
    }

    async fn start(programs: &Programs, look: Look, turn: Option<SemaphorePermit<'static>>) -> Self {
        let chromedriver = Chromedriver::start(programs);
        let profile = tempfile::tempdir().unwrap();
        let mut caps = DesiredCapabilities::chrome();
        caps.set_binary(programs.chromium.to_str().unwrap()).unwrap();
        for arg in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &format!("--lang={}", look.lang),
            &format!("--accept-lang={}", look.lang),
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            caps.add_arg(arg).unwrap();
        }
        let scripts = if look.scripts { 1 } else { 2 };
        let prefs = json!({
            "intl.accept_languages": look.lang,
            "profile.managed_default_content_settings.javascript": scripts,
        });
        caps.add_experimental_option("prefs", prefs).unwrap();
        caps.set("goog:loggingPrefs", json!({ "browser": "ALL" })).unwrap();
        hark::open_id::set_up_tls();
        let driver = WebDriver::new(&chromedriver.url, caps).await.unwrap();
        let session = format!("{}/session/{}", chromedriver.url, driver.session_id());
        let browser = Self {
            driver: ManuallyDrop::new(driver),
            session,
            http: crate::support::http::plain(),
            look,
            _chromedriver: chromedriver,
            _profile: profile,
            _turn: turn,
        };
        browser.wear(look).await;
        browser
    }

    /// Takes another size and other colours.
    pub async fn wear(&self, look: Look) {
        let size = json!({ "width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": look.width < 500 });
        self.cdp("Emulation.setDeviceMetricsOverride", &size).await;
        let colours = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": colours }, { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.cdp("Emulation.setEmulatedMedia", &media).await;
        self.cdp(
            "Emulation.setTimezoneOverride",
            &json!({ "timezoneId": "Asia/Shanghai" }),
        )
        .await;
    }

    /// Takes a window of exactly this size.
    pub async fn screen(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", &size).await;
    }

    async fn ask(&self, path: &str, body: &Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/{path}", self.session))
            .json(body)
            .send()
            .await
            .unwrap();
        let json: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert!(json["value"].get("error").is_none(), "{path}: {json}");
        json["value"].clone()
    }

    async fn cdp(&self, command: &str, parameters: &Value) -> Value {
        self.ask("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
            .await
    }

    /// Opens a page.
    pub async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// The only element that fits, once it is there.
    pub async fn find(&self, css: &str) -> WebElement {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.driver.find(By::Css(css)).await {
                Ok(found) => return found,
                Err(error) => assert!(Instant::now() < until, "no {css}: {error}\n{}", self.text().await),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into a field.
    pub async fn fill(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Presses a button or follows a link; the one of the next page, when this one goes away under the finger.
    pub async fn press(&self, css: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self.find(css).await;
            let pressed = match found.scroll_into_view().await {
                Ok(()) => found.click().await,
                Err(error) => Err(error),
            };
            match pressed {
                Ok(()) => return,
                Err(error) => {
                    let gone = matches!(error.as_inner(), WebDriverErrorInner::StaleElementReference(_));
                    assert!(gone && Instant::now() < until, "{css}: {error}");
                }
            }
        }
    }

    /// What the page says, as it is seen.
    pub async fn text(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the page says this.
    pub async fn says(&self, text: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let seen = self.text().await;
            if seen.contains(text) {
                return;
            }
            assert!(Instant::now() < until, "no “{text}” in {seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page says this no more.
    pub async fn gone(&self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while self.text().await.contains(text) {
            assert!(Instant::now() < until, "still “{text}”");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Where it is.
    pub async fn path(&self) -> String {
        self.driver.current_url().await.unwrap().path().to_owned()
    }

    /// What a script answers.
    pub async fn eval(&self, script: &str) -> Value {
        self.driver.execute(script, vec![]).await.unwrap().json().clone()
    }

    /// Presses a key where the focus is.
    pub async fn key(&self, key: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(key).perform().await.unwrap();
    }

    /// Sends the form that one is in.
    pub async fn send_by_key(&self) {
        let keys = self.driver.action_chain();
        let keys = keys
            .key_down(Key::Control)
            .send_keys(Key::Enter + "")
            .key_up(Key::Control);
        keys.perform().await.unwrap();
    }

    /// Goes on with the tab key until the focus is on what fits.
    pub async fn tab_to(&self, css: &str) {
        for _ in 0..80 {
            self.key(Key::Tab + "").await;
            let script = format!("return document.activeElement.matches({})", json!(css));
            if self.eval(&script).await == true {
                let seen = "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2";
                assert_eq!(self.eval(seen).await, true, "{css}: the focus is seen");
                return;
            }
        }
        panic!("the tab key does not lead to {css}");
    }

    /// Nothing that is shown is wider than the window (what is folded away keeps the width that it had), but tables of figures that scroll in a frame of their own.
    pub async fn fits(&self, called: &str) {
        let wide = "const most = document.documentElement.clientWidth; \
                    return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > most + 1 && \
                    !e.closest('.skip') && !e.closest('.hidden-text') && !e.closest('.scroll > *')).map(e => e.outerHTML.slice(0, 80))";
        assert_eq!(
            self.eval(wide).await,
            json!([]),
            "{called}: wider than {}",
            self.look.width
        );
    }

    /// Everything that the browser complains about since the last time: the policy, scripts that break, what is missing.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.ask("se/log", &json!({ "type": "browser" })).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            // That a form did not fit is told by the status, and the browser tells it on.
            .filter(|message| !message.contains("the server responded with a status of 422"))
            .collect()
    }

    /// The browser complains about nothing.
    pub async fn content(&self, called: &str) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{called}: {complaints:#?}");
    }

    /// A picture of the whole page, under a name.
    pub async fn picture(&self, name: &str) {
        let shot = self
            .cdp(
                "Page.captureScreenshot",
                &json!({ "captureBeyondViewport": true, "format": "png" }),
            )
            .await;
        let png = base64::engine::general_purpose::STANDARD
            .decode(shot["data"].as_str().unwrap())
            .unwrap();
        let folder = screenshots();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    /// What axe-core finds serious or critical; nothing where it is not there.
    pub async fn judge(&self, called: &str) {
        let Some(axe) = axe() else { return };
        self.driver.execute(axe, vec![]).await.unwrap();
        let script = "const done = arguments[arguments.length - 1]; \
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }) \
            .then(r => done(r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical' || v.tags.some(t => t.startsWith('wcag'))) \
            .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join('; '))), e => done([String(e)]))";
        let found = self.driver.execute_async(script, vec![]).await.unwrap();
        assert_eq!(*found.json(), json!([]), "{called}");
    }

    /// Ends it.
    pub async fn close(self) {
        self.ask_to_end().await;
    }

    async fn ask_to_end(&self) {
        let ended = self.http.delete(&self.session).send().await.unwrap();
        assert!(ended.status().is_success());
    }
}

fn screenshots() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("screenshots")
}

/// The source of axe-core, installed once; `None`, with a line printed once, where there is no npm.
fn axe() -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    SOURCE
        .get_or_init(|| match install_axe() {
            Ok(source) => Some(source),
            Err(why) => {
                skip(&format!("{why}: the accessibility of pages is not judged"));
                None
            }
        })
        .as_deref()
}

fn install_axe() -> Result<String, String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    std::fs::create_dir_all(&folder).unwrap();
    let source = folder.join("node_modules/axe-core/axe.min.js");
    let done = folder.join("node_modules/.installed");
    let lock = std::fs::read(from.join("package-lock.json")).unwrap();
    if !std::fs::read(&done).is_ok_and(|have| have == lock) {
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(from.join(file), folder.join(file)).unwrap();
        }
        let npm = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder)
            .output()
            .map_err(|error| format!("npm: {error}"))?;
        if !npm.status.success() {
            let why = String::from_utf8_lossy(&npm.stderr);
            return Err(format!("npm ci: {}", why.lines().next().unwrap_or_default()));
        }
        std::fs::write(done, lock).unwrap();
    }
    std::fs::read_to_string(source).map_err(|error| error.to_string())
}
