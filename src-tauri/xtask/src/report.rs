//! Runs the steps of a verb one after the other and says how long each took.

use std::time::{Duration, Instant};

/// The steps so far.
pub struct Report {
    started: Instant,
    steps: Vec<(String, Duration, bool)>,
    keep_going: bool,
}

impl Report {
    /// A report without steps. With `keep_going`, steps run even after one has failed.
    pub fn new(keep_going: bool) -> Self {
        Self {
            started: Instant::now(),
            steps: Vec::new(),
            keep_going,
        }
    }

    /// Runs a step, unless an earlier one has failed. `work` says whether it went well; an error
    /// counts as a failure and is printed.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<bool>) {
        if self.failed() > 0 && !self.keep_going {
            return;
        }
        println!("\n== {name}");
        let started = Instant::now();
        let ok = work().unwrap_or_else(|error| {
            eprintln!("{error:#}");
            false
        });
        let took = started.elapsed();
        println!(
            "== {name}: {} in {:.1} s",
            if ok { "ok" } else { "FAILED" },
            took.as_secs_f64()
        );
        self.steps.push((name.to_owned(), took, ok));
    }

    /// How many steps have failed.
    pub fn failed(&self) -> usize {
        self.steps.iter().filter(|(_, _, ok)| !ok).count()
    }

    /// Prints every step with its time.
    pub fn print(&self) {
        println!(
            "\n== Steps, {:.0} s in all",
            self.started.elapsed().as_secs_f64()
        );
        for (name, took, ok) in &self.steps {
            let state = if *ok { "ok    " } else { "FAILED" };
            println!("  {state} {:>7.1} s  {name}", took.as_secs_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_failure_no_further_step_runs() {
        let mut report = Report::new(false);
        let mut ran = Vec::new();
        report.step("first", || Ok(true));
        report.step("second", || anyhow::bail!("no disk"));
        report.step("third", || {
            ran.push("third");
            Ok(true)
        });
        assert_eq!((report.failed(), ran.len()), (1, 0));
    }

    #[test]
    fn with_keep_going_every_step_runs() {
        let mut report = Report::new(true);
        let mut ran = false;
        report.step("first", || Ok(false));
        report.step("second", || {
            ran = true;
            Ok(true)
        });
        assert!(ran);
        assert_eq!(report.failed(), 1);
    }
}
