use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Start;
use super::driver::Driver;
use super::screen::Screen;

/// How long a test waits for something to show. Generous: the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Passes on once two frames have been drawn.
const SETTLE: &str = "const done = arguments[arguments.length - 1];
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))";

/// WebKit takes a picture with the next frame, and a page at rest draws none: the driver would wait
/// forever. One pixel in the corner keeps frames coming.
const FLICKER: &str = "const dot = document.createElement('div');
    Object.assign(dot.style, { position: 'fixed', right: '0', bottom: '0', width: '1px',
      height: '1px', background: '#000' });
    document.body.append(dot);
    let count = 0;
    const timer = setInterval(() => { dot.style.background = count++ % 2 ? '#000' : '#111' }, 30);
    window.stopFlicker = () => { clearInterval(timer); dot.remove() };
    return true";

const STOP_FLICKER: &str = "window.stopFlicker(); return true";

/// The open window. Fields are dropped in their order: first the driver with the window, then the
/// screen, then the folders.
pub struct Window {
    client: Client,
    _driver: Driver,
    _screen: Screen,
    _home: TempDir,
}

impl Window {
    /// Starts the program on a new screen.
    pub async fn open(start: &Start) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("sealscope-window-")
            .tempdir()?;
        let screen = Screen::start()?;
        let folder = start.home.as_deref().unwrap_or(home.path());
        let driver = Driver::start(&screen, folder, start)?;
        let client = connect(&driver.url, start).await?;
        let window = Self {
            client,
            _driver: driver,
            _screen: screen,
            _home: home,
        };
        let (width, height) = start.size;
        window
            .client
            .set_window_size(width, height)
            .await
            .context("resizing")?;
        Ok(window)
    }

    /// What a script in the page returns. The script is the body of a function; `arguments` holds
    /// what is passed.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        self.client
            .execute(script, arguments)
            .await
            .with_context(|| format!("script: {script}"))
    }

    /// What a script passes to the last of its `arguments`, a function.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<Value> {
        let answer = self.client.execute_async(script, arguments).await;
        answer.with_context(|| format!("script: {script}"))
    }

    /// The element with this `data-testid`, waited for.
    pub async fn find(&self, testid: &str) -> anyhow::Result<Element> {
        let css = format!("[data-testid=\"{testid}\"]");
        let wait = self.client.wait().at_most(PATIENCE);
        let found = wait.for_element(Locator::Css(&css)).await;
        found.with_context(|| format!("{testid} did not appear"))
    }

    /// Waits until a script returns something true, and gives that back.
    pub async fn wait_until(&self, what: &str, script: &str) -> anyhow::Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.run(script, Vec::new()).await?;
            let is_true =
                !matches!(answer, Value::Null | Value::Bool(false)) && answer != json!("");
            if is_true {
                return Ok(answer);
            }
            if Instant::now() > until {
                bail!("waited in vain until {what}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The window's title.
    pub async fn title(&self) -> anyhow::Result<String> {
        Ok(self.client.title().await?)
    }

    /// Types a text as from a keyboard: it goes where the focus is.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        let keys = text.chars().fold(keyboard(), |keys, value| {
            keys.then(KeyAction::Down { value })
                .then(KeyAction::Up { value })
        });
        Ok(self.client.perform_actions(keys).await?)
    }

    /// Presses a key while others are held.
    pub async fn chord(&self, held: &[char], key: char) -> anyhow::Result<()> {
        let all = || held.iter().copied().chain([key]);
        let mut keys = all().fold(keyboard(), |keys, value| {
            keys.then(KeyAction::Down { value })
        });
        for value in all().collect::<Vec<_>>().into_iter().rev() {
            keys = keys.then(KeyAction::Up { value });
        }
        Ok(self.client.perform_actions(keys).await?)
    }

    /// Whether the page has opened one of the browser's own message boxes.
    pub async fn has_message_box(&self) -> bool {
        self.client.get_alert_text().await.is_ok()
    }

    /// Saves a picture of the page once two frames have been drawn, and says where.
    pub async fn picture(&self, name: &str) -> anyhow::Result<PathBuf> {
        self.run_async(SETTLE, Vec::new()).await?;
        self.run(FLICKER, Vec::new()).await?;
        let picture = self.client.screenshot().await;
        self.run(STOP_FLICKER, Vec::new()).await?;
        let file = sealscope_tests::screenshots()?.join(format!("{name}.png"));
        std::fs::write(&file, picture?)?;
        Ok(file)
    }

    /// Closes the window; the driver's end would do it too, less gently.
    pub async fn close(self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.client.clone().close()).await;
    }
}

fn keyboard() -> KeyActions {
    KeyActions::new("keyboard".to_owned())
}

async fn connect(url: &str, start: &Start) -> anyhow::Result<Client> {
    let program = sealscope_tests::program("sealscope-desktop")?;
    let arguments: Vec<String> = start
        .arguments
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let mut capabilities = Capabilities::new();
    let options = json!({ "binary": program, "args": arguments });
    capabilities.insert("webkitgtk:browserOptions".into(), options);
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let connecting = builder.capabilities(capabilities).connect(url);
    let connected = tokio::time::timeout(PATIENCE, connecting).await;
    Ok(connected.context("the window did not come up")??)
}
