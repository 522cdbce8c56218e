//! Standard output, written in big pieces.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use sealscope_engine::model::Verdict;
use serde::Serialize;

/// Standard output of one verb. Nobody else writes to it meanwhile.
pub struct Output {
    writer: BufWriter<StdoutLock<'static>>,
    is_terminal: bool,
    has_colour: bool,
}

impl Output {
    /// Takes standard output.
    pub fn open() -> Self {
        let stdout = io::stdout().lock();
        let is_terminal = stdout.is_terminal();
        let no_colour = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            writer: BufWriter::with_capacity(64 << 10, stdout),
            is_terminal,
            // https://no-color.org
            has_colour: is_terminal && !no_colour("NO_COLOR") && !is_dumb,
        }
    }

    /// Whether a person reads it as it comes.
    pub const fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Writes one line of our own words, or of text that was escaped before.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        self.writer.write_all(line.as_bytes())?;
        self.writer.write_all(b"\n")
    }

    /// Writes bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    /// Writes one JSON value on a line of its own.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.json_part(value)?;
        self.writer.write_all(b"\n")
    }

    /// Writes one JSON value, and nothing behind it.
    pub fn json_part(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.writer, value).map_err(io::Error::from)
    }

    /// Hands over what is still held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// A verdict's word, in capitals and in its colour where there are colours.
    pub fn verdict(&self, verdict: Option<Verdict>) -> String {
        let word = verdict.map_or("unchecked", Verdict::word).to_uppercase();
        let colour = match verdict {
            Some(Verdict::Intact) => "32",
            Some(Verdict::Consistent) => "36",
            Some(Verdict::Unproven) => "33",
            Some(Verdict::Unsealed) | None => "37",
            Some(Verdict::Broken) => "31",
        };
        if self.has_colour {
            format!("\u{1b}[1;{colour}m{word}\u{1b}[0m")
        } else {
            word
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
