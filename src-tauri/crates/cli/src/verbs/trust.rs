//! `sealscope trust`: the keys that the examiner pinned.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use sealscope_engine::{StoredKey, StoredOther, TrustItem, TrustStoreFile, load_trust};

use super::Run;
use crate::Exit;
use crate::failure::Failure;
use crate::json::keys::TrustObject;
use crate::output::Output;
use crate::text::{counted, escaped};

const EXAMPLES: &str = "\
A key that is trusted makes the archives that it signed `intact`. Compare its fingerprint with the
key's owner first, by another way than the one the key came by.

Examples:
  sealscope trust add acme.vkey --origin 'example.org/*'
  sealscope trust add acme.vkey --fingerprint 5f0c…(64 hex digits, as its owner read them out)
  sealscope trust add tsa-root.pem
  sealscope trust list
  sealscope trust remove 9f3a21c1";

/// Add, list and remove the keys that you trust
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TrustVerb {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(AddArgs),
    List(ListArgs),
    Remove(RemoveArgs),
}

/// Trust the keys in FILE from now on
#[derive(Debug, Args)]
struct AddArgs {
    /// A .vkey file (one key a line, of a signer or a witness), or certificates of timestamping
    /// authorities in PEM or DER
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Origins that the keys may speak for; `*` is any run of characters
    #[arg(long, value_name = "PATTERN", default_value = "*")]
    origin: String,
    /// Trust the key only if it has this fingerprint, as its owner told you
    #[arg(long, value_name = "HEX")]
    fingerprint: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Show the keys that you trust
#[derive(Debug, Args)]
struct ListArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Trust a key no longer
#[derive(Debug, Args)]
struct RemoveArgs {
    /// Beginning of the key's id or fingerprint
    #[arg(value_name = "ID")]
    id: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &TrustVerb, run: &Run) -> Result<Exit, Failure> {
    let path = run.places()?.trust_store();
    let mut output = Output::open();
    match &args.verb {
        Verb::Add(args) => add(args, &path, run.now_ns, &mut output)?,
        Verb::List(args) => list(args, &path, &mut output)?,
        Verb::Remove(args) => remove(args, &path, &mut output)?,
    }
    output.flush()?;
    Ok(Exit::Answered)
}

fn add(args: &AddArgs, path: &Path, now_ns: i64, output: &mut Output) -> Result<(), Failure> {
    let items = load_trust(&args.file)?;
    if let Some(wanted) = &args.fingerprint {
        refuse_others(&items, wanted)?;
    }
    let mut store = TrustStoreFile::load(path)?;
    let from = args.file.to_string_lossy();
    let is_compared = args.fingerprint.is_some();
    let (mut new, mut new_others) = (Vec::new(), Vec::new());
    for item in &items {
        match item {
            TrustItem::Signer(key) => {
                new.push(store.add(key.clone(), &args.origin, now_ns, &from, is_compared)?);
            }
            other => new_others.push(store.add_other(other.clone(), now_ns, &from, is_compared)?),
        }
    }
    let is_given = |stored: &&StoredKey| {
        let item = TrustItem::Signer(stored.key.clone());
        items.contains(&item) && stored.origin.as_str() == args.origin
    };
    let added: Vec<&StoredKey> = store.keys().iter().filter(is_given).collect();
    let others = store.others().iter();
    let others: Vec<&StoredOther> = others.filter(|one| items.contains(&one.item)).collect();
    if args.json {
        output.json(&TrustObject::adding(path, &added).with(others))?;
        return Ok(());
    }
    for (stored, is_new) in added.iter().zip(new) {
        let (name, id) = (escaped(stored.key.name()), stored.key.id_hex());
        let origin = origin_words(stored.origin.as_str());
        output.line(&format!("{}: {name} ({id}) for {origin}.", trusted(is_new)))?;
        tell_fingerprint(
            &stored.key.fingerprint(),
            stored.fingerprint_compared,
            output,
        )?;
    }
    for (stored, is_new) in others.iter().zip(new_others) {
        let (kind, name, id) = (
            stored.item.kind(),
            escaped(stored.item.name()),
            stored.item.id(),
        );
        output.line(&format!("{}: the {kind} {name} ({id}).", trusted(is_new)))?;
        tell_fingerprint(
            &stored.item.fingerprint(),
            stored.fingerprint_compared,
            output,
        )?;
    }
    Ok(())
}

const fn trusted(is_new: bool) -> &'static str {
    if is_new { "Trusted" } else { "Trusted already" }
}

fn tell_fingerprint(
    fingerprint: &str,
    is_compared: bool,
    output: &mut Output,
) -> Result<(), Failure> {
    output.line(&format!("  fingerprint {fingerprint}"))?;
    if !is_compared {
        output.line("  Compare it with its owner, by another way than it came by.")?;
    }
    Ok(())
}

/// The fingerprint stands for one key: a file with others in it would bring those in unseen.
fn refuse_others(items: &[TrustItem], wanted: &str) -> Result<(), Failure> {
    let digits: String = wanted
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .collect::<String>()
        .to_ascii_lowercase();
    if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::new(
            format!("{wanted:?} is no fingerprint"),
            "A fingerprint has 64 hex digits; `sealscope keygen` and `trust list` print it whole.",
        ));
    }
    match items.iter().find(|item| item.fingerprint() != digits) {
        None => Ok(()),
        Some(other) => Err(Failure::new(
            format!(
                "the {} {} ({}) has another fingerprint: {}",
                other.kind(),
                other.name(),
                other.id(),
                other.fingerprint()
            ),
            "It is not the one that its owner described. Nothing was added.",
        )),
    }
}

fn list(args: &ListArgs, path: &Path, output: &mut Output) -> Result<(), Failure> {
    let store = TrustStoreFile::load(path)?;
    if args.json {
        output.json(&TrustObject::listing(path, store.keys()).with(store.others()))?;
        return Ok(());
    }
    let file = escaped(&path.to_string_lossy());
    if store.keys().is_empty() && store.others().is_empty() {
        output.line(&format!("No key is trusted yet ({file})."))?;
        output.line("  Add one: sealscope trust add FILE.vkey --origin PATTERN")?;
        return Ok(());
    }
    for stored in store.keys() {
        let compared = if stored.fingerprint_compared {
            "compared"
        } else {
            "not compared"
        };
        output.line(&format!(
            "{}  {}  for {}",
            stored.key.id_hex(),
            escaped(stored.key.name()),
            origin_words(stored.origin.as_str())
        ))?;
        output.line(&format!(
            "  fingerprint {} ({compared})",
            stored.key.fingerprint()
        ))?;
        let (added, from) = (escaped(&stored.added), escaped(&stored.from));
        output.line(&format!("  added {added} from {from}"))?;
    }
    for stored in store.others() {
        let compared = if stored.fingerprint_compared {
            "compared"
        } else {
            "not compared"
        };
        let (kind, name) = (stored.item.kind(), escaped(stored.item.name()));
        output.line(&format!("{}  {name}, a {kind}", stored.item.id()))?;
        output.line(&format!(
            "  fingerprint {} ({compared})",
            stored.item.fingerprint()
        ))?;
        let (added, from) = (escaped(&stored.added), escaped(&stored.from));
        output.line(&format!("  added {added} from {from}"))?;
    }
    let others = store.others().len() as u64;
    let and_others = match others {
        0 => String::new(),
        _ => format!(
            " and {}",
            counted(others, "witness or authority", "witnesses or authorities")
        ),
    };
    output.line(&format!(
        "{}{and_others} in {file}",
        counted(store.keys().len() as u64, "key", "keys")
    ))?;
    Ok(())
}

fn remove(args: &RemoveArgs, path: &Path, output: &mut Output) -> Result<(), Failure> {
    let mut store = TrustStoreFile::load(path)?;
    if let Some(other) = store.remove_other(&args.id)? {
        if args.json {
            output.json(&TrustObject::removing(path, &[]).with([&other]))?;
            return Ok(());
        }
        let (kind, name, id) = (
            other.item.kind(),
            escaped(other.item.name()),
            other.item.id(),
        );
        output.line(&format!("No longer trusted: the {kind} {name} ({id})."))?;
        return Ok(());
    }
    let removed = store.remove(&args.id)?;
    if args.json {
        output.json(&TrustObject::removing(path, &removed))?;
        return Ok(());
    }
    for stored in &removed {
        output.line(&format!(
            "No longer trusted: {} ({}) for {}.",
            escaped(stored.key.name()),
            stored.key.id_hex(),
            origin_words(stored.origin.as_str())
        ))?;
    }
    Ok(())
}

fn origin_words(pattern: &str) -> String {
    if pattern == "*" {
        "any origin".to_owned()
    } else {
        format!("origin {}", escaped(pattern))
    }
}
