//! `cargo xtask VERB`: what a developer runs. One file or folder per verb.

mod bench;
mod bindings;
mod place;
mod report;
mod run;
mod setup;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

/// One thing to do. `run` gets the arguments after the verb's name.
struct Verb {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<()>,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "setup",
        about: setup::ABOUT,
        run: setup::verb,
    },
    Verb {
        name: "run",
        about: run::ABOUT,
        run: run::verb,
    },
    Verb {
        name: "test",
        about: test::ABOUT,
        run: test::verb,
    },
    Verb {
        name: "tidy",
        about: tidy::ABOUT,
        run: tidy::verb,
    },
    Verb {
        name: "bench",
        about: bench::ABOUT,
        run: bench::verb,
    },
    Verb {
        name: "bindings",
        about: bindings::ABOUT,
        run: bindings::verb,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return ExitCode::SUCCESS;
    };
    if matches!(name.as_str(), "help" | "-h" | "--help") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprint!("There is no verb {name}.\n\n{}", help());
        return ExitCode::from(2);
    };
    match (verb.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("Usage: cargo xtask VERB\n\n");
    for verb in VERBS {
        text.push_str(&format!("  {:<10} {}\n", verb.name, verb.about));
    }
    text
}
