//! A screen, a driver and a window for one test, all gone when it ends.

mod driver;
mod group;
mod screen;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;

use std::time::Duration;

use anyhow::Context;

pub use window::Window;

/// No story takes longer, however busy the machine is. A window that hangs must not hang the run.
const STORY_MAX: Duration = Duration::from_secs(120);

/// How a window is started.
#[derive(Debug, Clone)]
pub struct Start {
    /// Arguments of the program: archives, `--trust`.
    pub arguments: Vec<OsString>,
    /// `LANG` of the program.
    pub language: &'static str,
    /// Width and height of the page in pixels.
    pub size: (u32, u32),
    /// What the dialogs give back, one after the other; the last one again and again.
    pub pick: Vec<PathBuf>,
    /// The folder of the person who runs it; `None`: a new one that is gone afterwards.
    pub home: Option<PathBuf>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            arguments: Vec::new(),
            language: "C.UTF-8",
            size: (1440, 900),
            pick: Vec::new(),
            home: None,
        }
    }
}

impl Start {
    /// A window that opens these paths, as if typed after the program's name.
    pub fn on(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            arguments: arguments.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

/// Opens a window, runs `story` in it and closes it. When the story fails, a picture of the window
/// as it was then stays in the screenshots folder under the story's name.
pub async fn with_window(
    name: &str,
    start: Start,
    story: impl AsyncFnOnce(&Window) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    with_window_for(name, start, STORY_MAX, story).await
}

/// The same for a story that may take longer or must be shorter.
pub async fn with_window_for(
    name: &str,
    start: Start,
    at_most: Duration,
    story: impl AsyncFnOnce(&Window) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let window = Window::open(&start)
        .await
        .context("the window did not open")?;
    let told = match tokio::time::timeout(at_most, story(&window)).await {
        Ok(told) => told,
        Err(_) => Err(anyhow::anyhow!("the story did not end within {at_most:?}")),
    };
    if told.is_err() {
        // The story's own failure is what counts.
        let picture_name = format!("failed-{name}");
        let picture = window.picture(&picture_name);
        let _ = tokio::time::timeout(Duration::from_secs(10), picture).await;
    }
    window.close().await;
    told
}
