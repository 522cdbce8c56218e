//! The command line of the window.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the person asked for on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// Archives to open at once, as given.
    pub paths: Vec<PathBuf>,
    /// Key files (`.vkey`) that are trusted for this run.
    pub trust: Vec<PathBuf>,
    /// Verification keys of formats, literal or in files, for this run.
    pub keys: Vec<String>,
    /// Files of anchors: checkpoints, head hashes, timestamp tokens.
    pub anchors: Vec<PathBuf>,
    /// What was seen of a log before does not count, and nothing is remembered.
    pub no_memory: bool,
    /// Draw without the GPU.
    pub safe_rendering: bool,
}

/// What `main` does with a command line.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Open the window.
    Open(Launch),
    /// Print this text and end well.
    Print(String),
}

/// A command line that makes no sense, in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError(pub String);

/// The text for `--help`.
pub const HELP: &str = "\
The window of Sealscope.

Usage: sealscope-desktop [OPTIONS] [PATH]...

Arguments:
  [PATH]...            Archives to open: files or folders. They are only read.

Options:
      --trust FILE     Trust the keys or certificates in FILE for this run; may be repeated
      --key KEY        A format's own verification key, literal or in a file; may be repeated
      --anchor FILE    A checkpoint, a line COUNT HEX, or a timestamp token; may be repeated
      --no-memory      Leave out what was seen of a log before, and remember nothing
      --safe-rendering Draw without the graphics card, where the window stays blank or flickers
  -h, --help           Print this help
  -V, --version        Print the version

Example: sealscope-desktop --trust acme.vkey audit.sealog
";

/// Reads the arguments after the program's name.
///
/// # Errors
///
/// An unknown option, or `--trust` without a file.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Request, UsageError> {
    let mut launch = Launch::default();
    let mut only_paths = false;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let text = argument.to_str().unwrap_or_default();
        match text {
            _ if only_paths => launch.paths.push(argument.into()),
            "--" => only_paths = true,
            "-h" | "--help" => return Ok(Request::Print(HELP.to_owned())),
            "-V" | "--version" => {
                return Ok(Request::Print(format!("sealscope-desktop {}\n", version())));
            }
            "--safe-rendering" => launch.safe_rendering = true,
            "--trust" => {
                let file = arguments.next().ok_or_else(|| {
                    UsageError("--trust needs a file: --trust acme.vkey.".to_owned())
                })?;
                launch.trust.push(file.into());
            }
            "--no-memory" => launch.no_memory = true,
            "--anchor" => {
                let file = arguments.next().ok_or_else(|| {
                    UsageError("--anchor needs a file: --anchor checkpoint.txt.".to_owned())
                })?;
                launch.anchors.push(file.into());
            }
            "--key" => {
                let key = arguments.next().and_then(|key| key.into_string().ok());
                let key = key.ok_or_else(|| {
                    UsageError("--key needs a key, or a file that holds one.".to_owned())
                })?;
                launch.keys.push(key);
            }
            _ if text.starts_with("--trust=") => {
                launch
                    .trust
                    .push(text.trim_start_matches("--trust=").into());
            }
            _ if text.starts_with('-') && text.len() > 1 => {
                return Err(UsageError(format!(
                    "There is no option {text}. See sealscope-desktop --help."
                )));
            }
            _ => launch.paths.push(argument.into()),
        }
    }
    Ok(Request::Open(launch))
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Request, UsageError> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn paths_and_keys_are_kept_in_their_order() {
        let expected = Launch {
            paths: vec!["a.sealog".into(), "b".into()],
            trust: vec!["k.vkey".into(), "l.vkey".into()],
            keys: vec!["public-keys.json".to_owned()],
            anchors: vec!["head.txt".into()],
            no_memory: true,
            safe_rendering: true,
        };
        let line = [
            "--trust",
            "k.vkey",
            "a.sealog",
            "--safe-rendering",
            "--trust=l.vkey",
            "--key",
            "public-keys.json",
            "--anchor",
            "head.txt",
            "--no-memory",
            "b",
        ];
        assert_eq!(parsed(&line), Ok(Request::Open(expected)));
    }

    #[test]
    fn after_two_dashes_everything_is_a_path() {
        let expected = Launch {
            paths: vec!["--trust".into()],
            ..Launch::default()
        };
        assert_eq!(parsed(&["--", "--trust"]), Ok(Request::Open(expected)));
    }

    #[test]
    fn an_unknown_option_is_named() {
        let error = parsed(&["--tursted"]).expect_err("no such option");
        assert!(error.0.contains("--tursted"), "{}", error.0);
    }

    #[test]
    fn trust_without_a_file_is_refused() {
        assert!(parsed(&["a.sealog", "--trust"]).is_err());
    }

    #[test]
    fn no_arguments_open_an_empty_window() {
        assert_eq!(parsed(&[]), Ok(Request::Open(Launch::default())));
    }

    #[test]
    fn help_and_version_print_and_open_nothing() {
        assert_eq!(
            parsed(&["x", "--help"]),
            Ok(Request::Print(HELP.to_owned()))
        );
        assert!(matches!(parsed(&["-V"]), Ok(Request::Print(text)) if text.contains("0.")));
    }
}
