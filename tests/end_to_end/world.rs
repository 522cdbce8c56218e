//! A folder of its own for each test, the program's own files in it too, and the program run there.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No run takes longer, however busy the machine is.
const RUN_MAX: Duration = Duration::from_secs(120);

/// A place where nothing of another test, or of the person, is seen.
pub struct World {
    folder: tempfile::TempDir,
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` when a signal ended the program.
    pub code: Option<i32>,
    /// Standard output.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: String,
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in it.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("writable");
        std::fs::write(&path, bytes).expect("writable");
        path
    }

    /// The program, ready to run here.
    pub fn command(&self) -> Command {
        let program = sealscope_tests::program("sealscope").expect("it is built");
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env("SEALSCOPE_HOME", self.path("home"))
            .env("NO_COLOR", "1")
            .env("TZ", "Asia/Tokyo")
            .env_remove("CI");
        command
    }

    /// Runs the program.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ran {
        self.run_with(arguments, b"")
    }

    /// Runs the program with some standard input.
    pub fn run_with<A: AsRef<OsStr>>(&self, arguments: &[A], input: &[u8]) -> Ran {
        let mut command = self.command();
        command.args(arguments);
        finish(start(command), input)
    }

    /// Runs the program, which has to end with this exit code.
    pub fn expect<A: AsRef<OsStr>>(&self, code: i32, arguments: &[A]) -> Ran {
        let ran = self.run(arguments);
        let shown: Vec<_> = arguments
            .iter()
            .map(|one| one.as_ref().to_string_lossy())
            .collect();
        assert_eq!(
            ran.code,
            Some(code),
            "{shown:?}\n{}\n{}",
            ran.text(),
            ran.err
        );
        ran
    }

    /// A key `acme.key` with `acme.vkey`.
    pub fn key(&self) {
        self.expect(0, &["keygen", "acme", "--name", "acme.example"]);
    }

    /// Trusts `acme.vkey` for any origin.
    pub fn trust(&self) {
        self.expect(0, &["trust", "add", "acme.vkey"]);
    }

    /// Seals a log by `acme.key`, as `NAME.sealog`; makes the key if it is not there.
    pub fn seal(&self, name: &str, log: impl AsRef<[u8]>) -> PathBuf {
        if !self.path("acme.key").exists() {
            self.key();
        }
        let log = self.file(&format!("{name}.log"), log);
        let archive = self.path(&format!("{name}.sealog"));
        self.seal_into(&archive, &[&log]);
        archive
    }

    /// Seals inputs by `acme.key`.
    pub fn seal_into(&self, archive: &Path, inputs: &[&Path]) -> Ran {
        let mut arguments = vec![OsStr::new("seal")];
        arguments.extend(inputs.iter().map(|path| path.as_os_str()));
        arguments.extend([OsStr::new("-o"), archive.as_os_str()]);
        arguments.extend(["--origin", "example.org/audit", "--key", "acme.key"].map(OsStr::new));
        self.expect(0, &arguments)
    }

    /// The answer of `verify --json` for one archive.
    pub fn verified(&self, archive: &Path) -> Value {
        let ran = self.run(&[
            OsStr::new("verify"),
            archive.as_os_str(),
            OsStr::new("--json"),
        ]);
        ran.json()
    }

    /// The answer of `search --json`.
    pub fn found(&self, archive: &Path, query: &str, more: &[&str]) -> Value {
        let mut arguments = vec![OsStr::new("search"), archive.as_os_str()];
        arguments.extend([OsStr::new("-q"), OsStr::new(query), OsStr::new("--json")]);
        arguments.extend(more.iter().map(OsStr::new));
        self.expect(0, &arguments).json()
    }
}

impl Ran {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// Standard output as one JSON value.
    pub fn json(&self) -> Value {
        let read = serde_json::from_slice(&self.out);
        read.unwrap_or_else(|error| panic!("{error}: {}\n{}", self.text(), self.err))
    }

    /// Standard output as one JSON value a line.
    pub fn json_lines(&self) -> Vec<Value> {
        let text = self.text();
        let read = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON on each line"));
        read.collect()
    }

    /// Nothing that a program must never say.
    pub fn is_calm(&self) -> bool {
        !self.err.contains("panicked") && !self.err.contains("RUST_BACKTRACE")
    }
}

/// Starts a program with all three streams in our hands.
pub fn start(mut command: Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// Waits for the end of a program, which has to come in time.
pub fn finish(mut child: Child, input: &[u8]) -> Ran {
    let mut stdin = child.stdin.take().expect("piped");
    let mut stdout = child.stdout.take().expect("piped");
    let mut stderr = child.stderr.take().expect("piped");
    std::thread::scope(|scope| {
        // The program may end before it has read everything.
        scope.spawn(move || drop(stdin.write_all(input)));
        let out = scope.spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).expect("readable");
            bytes
        });
        let err = scope.spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).expect("readable");
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let code = wait(&mut child);
        Ran {
            code,
            out: out.join().expect("read"),
            err: err.join().expect("read"),
        }
    })
}

fn wait(child: &mut Child) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status.code();
        }
        if started.elapsed() > RUN_MAX {
            child.kill().expect("it can be killed");
            panic!("the program did not end within {RUN_MAX:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `count` JSON lines with known values: entry `n` has user `u{n % 7}` and code 200, or 403 for
/// each tenth one.
pub fn made_log(count: usize) -> String {
    let line = |n: usize| {
        let code = if n.is_multiple_of(10) { 403 } else { 200 };
        let (minute, second) = (n / 60 % 60, n % 60);
        format!(
            "{{\"ts\":\"2026-03-14T09:{minute:02}:{second:02}Z\",\"user\":\"u{}\",\"code\":{code},\
             \"n\":{n},\"msg\":\"request number {n}\"}}\n",
            n % 7
        )
    };
    (0..count).map(line).collect()
}
