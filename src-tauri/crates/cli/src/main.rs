//! `sealscope`: the program for terminals and scripts, over the same engine as the window.
//!
//! One file per verb in `verbs`. A verb returns how the program should end; only this file ends it.
//! Rules of every verb: results go to standard output, everything else to standard error; progress
//! shows only on a terminal; nothing is ever asked; text of a log reaches a terminal escaped.

mod args;
mod failure;
mod interrupt;
mod json;
mod opening;
mod output;
mod progress;
mod quoting;
mod text;
mod times;
mod verbs;

use std::process::ExitCode;

use clap::Parser as _;

use crate::failure::Failure;
use crate::verbs::{Cli, Run};

/// How the program ends. The numbers are part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The question was answered, or all is intact.
    Answered,
    /// A seal and the bytes disagree.
    Broken,
    /// Something could not be looked at, or the command line makes no sense.
    CouldNotLook,
    /// Consistent, unproven, unsealed, or an open end where none was allowed.
    Weaker,
    /// Ctrl-C, or asked by the system to end: 128 + SIGINT.
    Interrupted,
}

impl Exit {
    const fn number(self) -> u8 {
        match self {
            Self::Answered => 0,
            Self::Broken => 1,
            Self::CouldNotLook => 2,
            Self::Weaker => 3,
            Self::Interrupted => 130,
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let end_now = || std::process::exit(i32::from(Exit::Interrupted.number()));
    let cancel = interrupt::listen(end_now);
    let exit = match cli.run(&Run::new(cancel)) {
        Ok(exit) => exit,
        // Whoever read our output has seen enough: nothing to complain about.
        Err(Failure::NobodyReads) => Exit::Answered,
        Err(Failure::Interrupted) => Exit::Interrupted,
        Err(failure) => {
            failure::report(&failure);
            Exit::CouldNotLook
        }
    };
    ExitCode::from(exit.number())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_and_every_option_has_a_help_text() {
        fn look(command: &clap::Command) {
            assert!(
                command.get_about().is_some(),
                "{} has no about",
                command.get_name()
            );
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{}: {} has no help",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(look);
        }
        look(&Cli::command());
    }

    #[test]
    fn every_verb_shows_an_example() {
        for verb in Cli::command().get_subcommands() {
            let help = verb
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let example = format!("  sealscope {}", verb.get_name());
            assert!(
                help.contains(&example),
                "{} has no example",
                verb.get_name()
            );
        }
    }
}
