//! Everything that has to hold before a change goes in; continuous integration runs only this.
//!
//! Cheap steps come first, so that a slip is told within seconds. One selection of packages and
//! features is used throughout: another one would build the dependencies anew.

mod counts;
mod steps;

use anyhow::bail;

use crate::report::Report;
use crate::setup::{self, Purpose};
use crate::{shell, tidy};
use counts::Counts;

/// One line for the list of verbs.
pub const ABOUT: &str = "runs every test; --keep-going does not stop at the first failed step";

/// `test [--keep-going]`. The last line is always `N passed, N failed, N skipped`.
pub fn verb(arguments: &[String]) -> anyhow::Result<()> {
    let keep_going = match arguments {
        [] => false,
        [flag] if flag == "--keep-going" => true,
        _ => bail!("usage: cargo xtask test [--keep-going]"),
    };
    let mut report = Report::new(keep_going);
    let mut counts = Counts::default();
    run_steps(&mut report, &mut counts);
    report.print();
    // A step that is no test, or that ended before it could count, is one failure.
    counts.failed = counts.failed.max(report.failed() as u64);
    println!(
        "{} passed, {} failed, {} skipped",
        counts.passed, counts.failed, counts.skipped
    );
    if counts.failed > 0 {
        bail!("not everything holds");
    }
    Ok(())
}

fn run_steps(report: &mut Report, counts: &mut Counts) {
    report.step("set up", || setup::prepare(Purpose::Test).map(|()| true));
    report.step("format", || {
        heard(&mut shell::cargo(&["fmt", "--all", "--check"]))
    });
    report.step("tidy", tidy::check);
    report.step("page: types", || heard(&mut shell::npm(&["run", "check"])));
    report.step("page: tests", || steps::page_tests(counts));
    report.step("page: build", || heard(&mut shell::npm(&["run", "build"])));
    report.step("page: accessibility rules", || {
        heard(&mut shell::npm(&["run", "build:axe"]))
    });
    report.step("lints", || heard(&mut shell::cargo(steps::CLIPPY)));
    report.step("build", || heard(&mut shell::cargo(steps::BUILD)));
    for (name, selection) in steps::RUST_TESTS {
        report.step(name, || steps::rust_tests(selection, counts));
    }
    report.step("black-box tests", || steps::black_box(counts));
    report.step("the second verifier", || steps::second_verifier(counts));
    report.step("window", || steps::window(counts));
    report.step("documentation", steps::documentation);
    report.step("the window without its test door", || {
        steps::no_test_door(counts)
    });
}

fn heard(command: &mut std::process::Command) -> anyhow::Result<bool> {
    Ok(shell::run_and_hear(command)?.ok)
}
