//! Arguments that several verbs share.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sealscope_engine::{ChainProfile, EntrySettings, GivenForRun, RunTrust, trust_for_this_run};

use crate::failure::Failure;

/// How the digests of a chained log are made.
#[derive(Debug, Args)]
pub struct ProfileArgs {
    /// Read a hash-chained log by this chain profile instead of the one found (see
    /// docs/chain-profiles.md)
    #[arg(long, value_name = "FILE.toml")]
    pub profile: Option<PathBuf>,
}

/// Bytes of a profile that are read: it is a page of text.
const PROFILE_BYTES_MAX: u64 = 1 << 20;

impl ProfileArgs {
    /// Nothing said of how entries are read but the profile.
    pub fn settings(&self) -> Result<EntrySettings, Failure> {
        Ok(EntrySettings {
            profile: self.load()?,
            ..EntrySettings::default()
        })
    }

    /// Reads the profile.
    pub fn load(&self) -> Result<Option<Arc<ChainProfile>>, Failure> {
        let Some(path) = &self.profile else {
            return Ok(None);
        };
        let next = "Give a file as src-tauri/docs/chain-profiles.md describes it.";
        let failed = |why: &str| Failure::new(format!("{}: {why}", path.display()), next);
        let mut text = String::new();
        let file = File::open(path).map_err(|error| failed(&error.to_string()))?;
        file.take(PROFILE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|error| failed(&error.to_string()))?;
        let profile = ChainProfile::from_toml(&text).map_err(|error| failed(&error.to_string()))?;
        Ok(Some(Arc::new(profile)))
    }
}

/// Keys and anchors for one run.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// Trust the keys (.vkey), witnesses or certificates of timestamping authorities (PEM or DER)
    /// in FILE for this run, beside the trust store; may be repeated
    #[arg(long, value_name = "FILE")]
    pub trust: Vec<PathBuf>,
    /// A format's own verification key, literal or in a file; may be repeated
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub key: Vec<String>,
    /// What you know of the archive from elsewhere: a checkpoint, one line COUNT HEX with the
    /// digest that stands for so many entries, or a timestamp token (RFC 3161) over the file or a
    /// checkpoint; may be repeated
    #[arg(long, value_name = "FILE")]
    pub anchor: Vec<PathBuf>,
    /// Leave out what was seen of a log before, and remember nothing: the same answer anywhere
    #[arg(long)]
    pub no_memory: bool,
}

impl TrustArgs {
    /// Reads what was given.
    pub fn load(&self) -> Result<RunTrust, Failure> {
        let mut trust = trust_for_this_run(&self.trust)?;
        let keys = self.key.iter().map(OsStr::new);
        let given = GivenForRun::on_command_line(keys, &self.anchor);
        trust.given = given.map_err(|error| Failure::new(error.to_string(), error.next_step()))?;
        Ok(trust)
    }
}

/// How entries are to be read.
#[derive(Debug, Args)]
#[command(next_help_heading = "How entries are read")]
pub struct ReadingArgs {
    /// Read the entries by this schema instead of the one found (see `sealscope formats`)
    #[arg(long, value_name = "NAME")]
    pub schema: Option<String>,
    /// The field that holds the time, for entries that are JSON
    #[arg(long, value_name = "FIELD")]
    pub time_field: Option<String>,
    /// Zone of times that state none: UTC, +02:00 or a name such as Europe/Berlin
    #[arg(long, value_name = "Z", allow_hyphen_values = true)]
    pub zone: Option<String>,
    /// Year of times that state none
    #[arg(long, value_name = "Y", value_parser = clap::value_parser!(i32).range(1678..=2261))]
    pub year: Option<i32>,
}

impl ReadingArgs {
    /// The same in the engine's words.
    pub fn settings(&self) -> EntrySettings {
        EntrySettings {
            schema: self.schema.clone(),
            time_field: self.time_field.clone(),
            zone: self.zone.clone(),
            year: self.year,
            profile: None,
        }
    }
}
