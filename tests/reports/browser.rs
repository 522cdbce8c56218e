//! Chromium and WebKitGTK, each with its driver and its own folder.

#[path = "../desktop/harness/group.rs"]
mod group;
#[path = "../desktop/harness/screen.rs"]
mod screen;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use group::Group;
use screen::Screen;

/// How long a page may take to check itself here; the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium without a window.
    Chromium,
    /// The browser that comes with WebKitGTK, on a screen that nobody sees.
    WebKit,
}

/// A running browser. Fields are dropped in their order.
pub struct Browser {
    client: Client,
    port: u16,
    _driver: Group,
    _screen: Option<Screen>,
    home: TempDir,
}

impl Browser {
    /// Starts it with nothing of the person who runs the tests.
    pub async fn open(kind: Kind) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("sealscope-report-")
            .tempdir()?;
        let screen = match kind {
            Kind::Chromium => None,
            Kind::WebKit => Some(Screen::start()?),
        };
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let name = match kind {
            Kind::Chromium => "chromedriver",
            Kind::WebKit => "WebKitWebDriver",
        };
        let mut command = Command::new(name);
        command.arg(format!("--port={port}"));
        for variable in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(variable, home.path());
        }
        command
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        if let Some(screen) = &screen {
            command.env("DISPLAY", &screen.display);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Group::start(&mut command)?;
        wait_until_ready(port)?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connecting = builder
            .capabilities(capabilities(kind, home.path())?)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        Ok(Self {
            client: connecting.with_context(|| format!("{kind:?} did not come up"))?,
            port,
            _driver: driver,
            _screen: screen,
            home,
        })
    }

    /// Opens a page from its file.
    pub async fn show(&self, page: &[u8]) -> anyhow::Result<()> {
        let file = self.home.path().join("report.html");
        std::fs::write(&file, page)?;
        // From a blank page, so that nothing of the page before is waited for.
        self.client.goto("about:blank").await?;
        let url = format!("file://{}", file.display());
        Ok(self.client.goto(&url).await?)
    }

    /// How the page's check of itself ended: `ok`, `part`, `bad`, `off`.
    pub async fn outcome(&self) -> anyhow::Result<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let script = "return document.documentElement.dataset.recheck || ''";
            let answer = self.client.execute(script, Vec::new()).await?;
            match answer.as_str().unwrap_or_default() {
                "" | "busy" if Instant::now() < until => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                "" | "busy" => bail!("the page did not end its check"),
                outcome => return Ok(outcome.to_owned()),
            }
        }
    }

    /// What the box at the top says.
    pub async fn says(&self) -> anyhow::Result<String> {
        let found = self.client.find(Locator::Css("#recheck")).await?;
        Ok(found.text().await?)
    }

    /// What stands under an exhibit: outcome and sentence.
    pub async fn says_of(&self, exhibit: u32) -> anyhow::Result<(String, String)> {
        let place = format!("#R{exhibit}");
        let found = self.client.find(Locator::Css(&place)).await?;
        let class = found.attr("class").await?.unwrap_or_default();
        let outcome = class.trim_start_matches("recheck ").to_owned();
        let says = found.prop("textContent").await?.unwrap_or_default();
        Ok((outcome, says))
    }

    /// What a script gives.
    pub async fn run(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// A command of Chromium's own protocol.
    pub async fn devtools(&self, name: &str, parameters: Value) -> anyhow::Result<()> {
        let session = self.client.session_id().await?.context("no session")?;
        let path = format!("/session/{session}/goog/cdp/execute");
        let body = json!({ "cmd": name, "params": parameters }).to_string();
        let answer = post(self.port, &path, &body)?;
        ensure!(answer.contains("200 OK"), "{name}: {answer}");
        Ok(())
    }

    /// Saves a picture of what is seen.
    pub async fn picture(&self, name: &str, (width, height): (u32, u32)) -> anyhow::Result<()> {
        self.client.set_window_size(width, height).await?;
        let picture = self.client.screenshot().await?;
        let file = sealscope_tests::screenshots()?.join(format!("{name}.png"));
        Ok(std::fs::write(file, picture)?)
    }

    /// Ends it.
    pub async fn close(self) {
        let closing = self.client.clone().close();
        let _ = tokio::time::timeout(Duration::from_secs(5), closing).await;
    }
}

fn capabilities(kind: Kind, home: &Path) -> anyhow::Result<Capabilities> {
    let mut capabilities = Capabilities::new();
    match kind {
        Kind::Chromium => {
            let profile = format!("--user-data-dir={}", home.join("profile").display());
            let arguments = [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                &profile,
            ];
            let options = json!({ "args": arguments });
            capabilities.insert("goog:chromeOptions".into(), options);
        }
        Kind::WebKit => {
            let options = json!({ "binary": mini_browser()?, "args": ["--automation"] });
            capabilities.insert("webkitgtk:browserOptions".into(), options);
        }
    }
    Ok(capabilities)
}

/// It lies beside the library, in a folder that has the machine's name in it.
fn mini_browser() -> anyhow::Result<PathBuf> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu", "."];
    let places = folders.map(|folder| {
        Path::new("/usr/lib")
            .join(folder)
            .join("webkit2gtk-4.1/MiniBrowser")
    });
    let found = places.into_iter().find(|place| place.is_file());
    found.context("WebKitGTK's MiniBrowser is not here; run cargo xtask setup")
}

fn wait_until_ready(port: u16) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        let answer = exchange(port, "GET /status HTTP/1.1\r\n", "");
        if answer.is_ok_and(|answer| answer.contains("200 OK")) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the driver did not answer within 20 s")
}

fn post(port: u16, path: &str, body: &str) -> std::io::Result<String> {
    exchange(port, &format!("POST {path} HTTP/1.1\r\n"), body)
}

fn exchange(port: u16, first_line: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let length = body.len();
    write!(
        stream,
        "{first_line}Host: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut answer = [0; 512];
    let count = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(answer.get(..count).unwrap_or_default()).into_owned())
}
