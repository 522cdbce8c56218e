//! Runs other programs and shows what is run.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use anyhow::{Context, bail};

use crate::place;

/// A cargo command in the repository, building where [`place::target`] says.
pub fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(place::repository());
    command.env("CARGO_TARGET_DIR", place::target());
    command
}

/// An npm command in the page's folder.
pub fn npm(arguments: &[&str]) -> Command {
    let mut command = tool(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(place::page());
    command
}

/// A program that may stand in the folder that setup filled, which then comes first on its path.
pub fn tool(name: &str) -> Command {
    let own = place::own_node();
    if !own.is_dir() {
        return Command::new(name);
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let with_own = std::iter::once(own.clone()).chain(std::env::split_paths(&paths));
    let inside = own.join(name);
    let mut command = if inside.exists() {
        Command::new(inside)
    } else {
        Command::new(name)
    };
    if let Ok(joined) = std::env::join_paths(with_own) {
        command.env("PATH", joined);
    }
    command
}

/// Runs a command whose output goes straight to the terminal.
///
/// # Errors
///
/// When it cannot start, or ends badly.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command
        .status()
        .with_context(|| format!("{shown} could not start"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}

/// Runs a command whose output goes straight to the terminal. Its exit code, `None` when a signal
/// ended it.
///
/// # Errors
///
/// When it cannot start.
pub fn run_to_the_end(command: &mut Command) -> anyhow::Result<Option<i32>> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command
        .status()
        .with_context(|| format!("{shown} could not start"))?;
    Ok(status.code())
}

/// What a command printed, on both streams together, and whether it ended well.
pub struct Heard {
    /// Its lines in the order in which they came.
    pub text: String,
    /// Whether its exit code was 0.
    pub ok: bool,
}

/// Runs a command, shows its output as it comes and keeps a copy.
///
/// # Errors
///
/// When it cannot start. A bad end is no error here: it is in [`Heard::ok`].
pub fn run_and_hear(command: &mut Command) -> anyhow::Result<Heard> {
    let shown = shown(command);
    println!("$ {shown}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{shown} could not start"))?;
    let (sender, receiver) = mpsc::channel::<String>();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || pass_lines(stream, &sender));
    }
    drop(sender);
    let mut text = String::new();
    for line in receiver {
        // A closed terminal must not end the run: the exit code still has to come out.
        let _ = writeln!(std::io::stdout(), "{line}");
        text.push_str(&line);
        text.push('\n');
    }
    let status = child.wait().with_context(|| format!("{shown} was lost"))?;
    Ok(Heard {
        text,
        ok: status.success(),
    })
}

/// What a command prints on standard output.
///
/// # Errors
///
/// When it cannot start, or ends badly.
pub fn read(command: &mut Command) -> anyhow::Result<String> {
    let shown = shown(command);
    let output = command
        .output()
        .with_context(|| format!("{shown} could not start"))?;
    if !output.status.success() {
        bail!(
            "{shown} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program of this name can be found.
pub fn exists(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

fn pass_lines(stream: impl Read, sender: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(count) if count > 0) {
        let text = String::from_utf8_lossy(&line)
            .trim_end_matches(['\n', '\r'])
            .to_owned();
        if sender.send(text).is_err() {
            return;
        }
        line.clear();
    }
}

/// The command as a person would type it, programs without their folders.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![
        program
            .file_name()
            .unwrap_or(program.as_os_str())
            .to_string_lossy(),
    ];
    words.extend(
        command
            .get_args()
            .map(|argument| argument.to_string_lossy()),
    );
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(shown(&command), "cargo test --workspace");
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_are_heard_and_a_bad_end_is_told() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let heard = run_and_hear(&mut command).expect("sh starts");
        assert!(
            heard.text.contains("out\n") && heard.text.contains("err\n"),
            "{}",
            heard.text
        );
        assert!(!heard.ok);
    }

    #[test]
    fn a_program_that_is_not_there_is_not_found() {
        assert!(!exists("no-such-program-of-ours"));
    }
}
