use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::Context;

/// A program in a process group of its own. Dropping it ends the group: a web view starts helpers
/// that would outlive their parent.
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts the program.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} could not start; run cargo xtask setup"))?;
        Ok(Self { child })
    }

    /// The program that was started.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        // It may be gone already.
        let _ = Command::new("kill").args([signal, "--", &group]).output();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal("-TERM");
        let until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < until && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.signal("-KILL");
        let _ = self.child.wait();
    }
}
