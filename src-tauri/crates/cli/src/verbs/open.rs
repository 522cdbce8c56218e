//! `sealscope open`: starts the window.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;

use crate::Exit;
use crate::args::TrustArgs;
use crate::failure::Failure;

const WINDOW: &str = "sealscope-desktop";
/// A window that cannot open says so within this time.
const WATCHED: Duration = Duration::from_millis(700);

const EXAMPLES: &str = "\
Examples:
  sealscope open
  sealscope open audit.sealog
  sealscope open --trust acme.vkey audit.sealog
  sealscope open --key public-keys.json bucket";

/// Open archives in the window
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct OpenArgs {
    /// Archives to open: files or folders. They are only read
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
}

pub fn run(args: &OpenArgs) -> Result<Exit, Failure> {
    let program = window_program()?;
    let mut command = Command::new(&program);
    for file in &args.trust.trust {
        command.arg("--trust").arg(file);
    }
    for key in &args.trust.key {
        command.arg("--key").arg(key);
    }
    for file in &args.trust.anchor {
        command.arg("--anchor").arg(file);
    }
    if args.trust.no_memory {
        command.arg("--no-memory");
    }
    command.arg("--").args(&args.paths);
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let window = started.map_err(|error| {
        Failure::new(
            format!("{} could not be started: {error}", program.display()),
            "Check that you may run it; `sealscope verify` does without a window.",
        )
    })?;
    watch(window)
}

/// The window's program stands beside this one; nothing is looked for elsewhere, so that no other
/// program of that name is started.
fn window_program() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::new(
            format!("where this program stands could not be found out: {error}"),
            format!("Start {WINDOW} yourself."),
        )
    })?;
    // A link to this program stands where the window does not.
    let own = own.canonicalize().unwrap_or(own);
    let program = own.with_file_name(format!("{WINDOW}{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    Err(Failure::new(
        format!(
            "the window is not installed: {} is not there",
            program.display()
        ),
        format!("Install {WINDOW} beside sealscope, or use `sealscope verify` and `search` here."),
    ))
}

/// Stays until the window has had time to fail.
fn watch(mut window: Child) -> Result<Exit, Failure> {
    let started = Instant::now();
    while started.elapsed() < WATCHED {
        match window.try_wait() {
            Ok(Some(status)) if !status.success() => {
                return Err(Failure::new(
                    format!("the window ended at once ({status})"),
                    "Without a display, use `sealscope verify` and `sealscope search`.",
                ));
            }
            Ok(Some(_)) => break,
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(_) => break,
        }
    }
    Ok(Exit::Answered)
}
