use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::group::Group;

/// A screen that nobody sees.
pub struct Screen {
    _server: Group,
    /// What `DISPLAY` has to be, such as `:99`.
    pub display: String,
}

impl Screen {
    /// Starts an X server on a free display number and waits until it accepts clients.
    pub fn start() -> anyhow::Result<Self> {
        let mut command = Command::new("Xvfb");
        // It writes the number that it found once it is ready.
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1600x1000x24",
            "-nolisten",
            "tcp",
        ]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Group::start(&mut command)?;
        let output = server
            .child()
            .stdout
            .take()
            .context("Xvfb without output")?;
        let mut number = String::new();
        BufReader::new(output)
            .read_line(&mut number)
            .context("Xvfb said nothing")?;
        let number = number.trim();
        ensure!(!number.is_empty(), "Xvfb did not come up");
        Ok(Self {
            _server: server,
            display: format!(":{number}"),
        })
    }
}
