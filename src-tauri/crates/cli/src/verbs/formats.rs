//! `sealscope formats`: what can be opened, and how entries can be read.

use clap::Args;
use sealscope_engine::{FORMATS, SCHEMAS};

use crate::Exit;
use crate::failure::Failure;
use crate::json::formats::FormatsObject;
use crate::output::Output;

const EXAMPLES: &str = "\
A format is a way of storing an archive; a schema is what the entries of a log say and in which
fields. Both are found by looking at the content, never at the file's name.

Examples:
  sealscope formats
  sealscope formats --json | jq -r '.schemas[].name'";

/// List the archive formats and log schemas that can be read
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FormatsArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &FormatsArgs) -> Result<Exit, Failure> {
    let mut output = Output::open();
    if args.json {
        output.json(&FormatsObject::new())?;
    } else {
        output.line("Formats")?;
        for format in FORMATS {
            output.line(&format!("  {:<18} {}", format.name(), format.describe()))?;
        }
        output.line("")?;
        output.line("Schemas")?;
        for schema in SCHEMAS {
            output.line(&format!("  {:<18} {}", schema.name(), schema.describe()))?;
        }
    }
    output.flush()?;
    Ok(Exit::Answered)
}
