use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::Start;
use super::group::Group;
use super::screen::Screen;

/// The program that starts the window and passes on what the test asks.
pub struct Driver {
    _program: Group,
    /// Its address.
    pub url: String,
}

impl Driver {
    /// Starts the driver and waits until it answers. What it starts sees only folders below `home`.
    pub fn start(screen: &Screen, home: &Path, start: &Start) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}"));
        command
            .env("DISPLAY", &screen.display)
            .env_remove("WAYLAND_DISPLAY");
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        command
            .env("LANG", start.language)
            .env_remove("LC_ALL")
            .env_remove("LANGUAGE");
        command
            .env("HOME", home)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1");
        for (variable, folder) in PRIVATE {
            command.env(variable, private_folder(home, folder)?);
        }
        if !start.pick.is_empty() {
            let paths = std::env::join_paths(&start.pick).context("a path with a colon")?;
            command.env("SEALSCOPE_E2E_PICK", paths);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let program = Group::start(&mut command)?;
        wait_until_ready(port)?;
        Ok(Self {
            _program: program,
            url: format!("http://127.0.0.1:{port}"),
        })
    }
}

/// Nothing of the person who runs the tests may change what the window shows, nor the reverse.
const PRIVATE: &[(&str, &str)] = &[
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_RUNTIME_DIR", "runtime"),
];

fn private_folder(home: &Path, name: &str) -> anyhow::Result<std::path::PathBuf> {
    let folder = home.join(name);
    std::fs::create_dir_all(&folder)?;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(folder)
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// The port opens before the driver can serve: only an answer counts.
fn wait_until_ready(port: u16) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if status(port).is_ok_and(|answer| answer.contains("200 OK")) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the driver did not answer within 20 s")
}

fn status(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    write!(
        stream,
        "GET /status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = [0; 64];
    let count = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(answer.get(..count).unwrap_or_default()).into_owned())
}
