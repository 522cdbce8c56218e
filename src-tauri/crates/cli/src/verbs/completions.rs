//! `sealscope completions`: what a shell needs to complete our words.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::Cli;
use crate::Exit;
use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  sealscope completions bash > ~/.local/share/bash-completion/completions/sealscope
  sealscope completions zsh > ~/.zfunc/_sealscope
  sealscope completions fish > ~/.config/fish/completions/sealscope.fish";

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    // Into memory first: the generator panics where a reader has gone.
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "sealscope", &mut script);
    let mut output = Output::open();
    output.bytes(&script)?;
    output.flush()?;
    Ok(Exit::Answered)
}
