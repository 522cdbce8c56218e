//! `sealscope keygen`: makes a key that seals.

use std::path::PathBuf;

use clap::Args;
use sealscope_engine::{NewKey, Passphrase, keygen};

use crate::Exit;
use crate::failure::Failure;
use crate::json::keys::NewKeyObject;
use crate::output::Output;
use crate::quoting::shell_path;
use crate::text::escaped;

const EXAMPLES: &str = "\
The .key file signs: keep it secret. The .vkey file checks: give it to whoever verifies, and let
them compare the fingerprint with you by another way.

Examples:
  sealscope keygen acme
  sealscope keygen keys/acme --name ops.example.org --passphrase-file pass.txt";

/// Make a key: PATH.key (secret, mode 0600) and PATH.vkey (to give away)
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct KeygenArgs {
    /// Where the two files go, without their endings
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Name on the signatures: no spaces, no plus signs [default: the last part of PATH]
    #[arg(long, value_name = "KEYNAME")]
    name: Option<String>,
    /// Encrypt the key with the passphrase in the first line of FILE
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &KeygenArgs) -> Result<Exit, Failure> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => name_from(&args.path)?,
    };
    let passphrase = args
        .passphrase_file
        .as_deref()
        .map(Passphrase::from_file)
        .transpose()?;
    let new = keygen(&args.path, &name, passphrase.as_ref())?;
    let mut output = Output::open();
    if args.json {
        output.json(&NewKeyObject::of(&new, passphrase.is_some()))?;
    } else {
        tell(&new, passphrase.is_some(), &mut output)?;
    }
    output.flush()?;
    Ok(Exit::Answered)
}

fn tell(new: &NewKey, is_encrypted: bool, output: &mut Output) -> Result<(), Failure> {
    let path = |path: &std::path::Path| escaped(&path.to_string_lossy());
    let protection = if is_encrypted {
        "encrypted"
    } else {
        "not encrypted"
    };
    output.line(&format!(
        "secret key   {} (mode 0600, {protection})",
        path(&new.key_path)
    ))?;
    output.line(&format!("public key   {}", path(&new.vkey_path)))?;
    let (name, id) = (escaped(new.verifier.name()), new.verifier.id_hex());
    output.line(&format!("name, id     {name} ({id})"))?;
    output.line(&format!("fingerprint  {}", new.verifier.fingerprint()))?;
    let vkey = shell_path(&new.vkey_path);
    output.line("")?;
    output.line(&format!(
        "Whoever verifies runs:  sealscope trust add {vkey}"
    ))?;
    Ok(())
}

fn name_from(path: &std::path::Path) -> Result<String, Failure> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| {
        Failure::new(
            format!("{} gives no name for the key", path.display()),
            "Give one with --name.",
        )
    })
}
