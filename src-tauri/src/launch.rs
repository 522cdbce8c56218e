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
    /// Verification keys of other formats for this run: names of files, or the keys themselves.
    pub keys: Vec<OsString>,
    /// Files of anchors for this run.
    pub anchors: Vec<PathBuf>,
    /// Leave out what was seen of a log before, and remember nothing.
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
      --trust FILE     Trust the keys in FILE (.vkey) for this run; may be repeated
      --key KEY        A format's own verification key for this run: its text, or a file
                       (CloudTrail's public-keys.json, a journal's FSS key, an HMAC key)
      --anchor FILE    Hold a checkpoint, a head (COUNT HEX) or a timestamp token against the
                       archives; may be repeated, as --key may
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
/// An unknown option, or one without its value.
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
            "--no-memory" => launch.no_memory = true,
            "--safe-rendering" => launch.safe_rendering = true,
            _ if text.starts_with('-') && launch.takes(text, &mut arguments)? => {}
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

impl Launch {
    /// Takes an option with a value, as `--name value` or `--name=value`; `false` where it is none.
    fn takes(
        &mut self,
        text: &str,
        rest: &mut impl Iterator<Item = OsString>,
    ) -> Result<bool, UsageError> {
        let (name, joined) = match text.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (text, None),
        };
        let example = match name {
            "--trust" => "a file: --trust acme.vkey",
            "--key" => "a key or its file: --key public-keys.json",
            "--anchor" => "a file: --anchor head.txt",
            _ => return Ok(false),
        };
        let value = joined.filter(|value| !value.is_empty()).or_else(|| {
            // `--name=` names nothing, whatever follows.
            (!text.contains('=')).then(|| rest.next()).flatten()
        });
        let value = value.ok_or_else(|| UsageError(format!("{name} needs {example}.")))?;
        match name {
            "--trust" => self.trust.push(value.into()),
            "--key" => self.keys.push(value),
            _ => self.anchors.push(value.into()),
        }
        Ok(true)
    }
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
            keys: vec!["54c1/6516-d6".into(), "keys.json".into()],
            anchors: vec!["head.txt".into()],
            no_memory: true,
            safe_rendering: true,
        };
        let line = [
            "--trust",
            "k.vkey",
            "a.sealog",
            "--safe-rendering",
            "--no-memory",
            "--key",
            "54c1/6516-d6",
            "--trust=l.vkey",
            "--anchor=head.txt",
            "--key=keys.json",
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
    fn an_option_without_its_value_is_refused() {
        for option in ["--trust", "--key", "--anchor", "--key="] {
            let error = parsed(&["a.sealog", option]).expect_err("no value");
            assert!(error.0.contains("needs"), "{}", error.0);
        }
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
