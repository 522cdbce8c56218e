//! The sentences of a report that do not depend on one entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use sealscope_case::{ShownPrecision, Template};
use sealscope_proof::VerifierKey;
use sealscope_report::content::Exhibit;
use sealscope_verify::{Summary, grouped};

use super::files::FileHashes;
use crate::open_archive::OpenArchive;

/// The program that makes a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// Its version.
    pub version: String,
    /// Commit that it was built from; `unknown` where the build was not told.
    pub commit: String,
    /// SHA-256 of its file in hex; empty where it cannot be read.
    pub binary_sha256: String,
    /// Operating system and architecture.
    pub platform: String,
}

/// The program that runs.
#[must_use]
pub fn build_of_this_program() -> Build {
    let binary = std::env::current_exe().ok();
    let hashes = binary.as_ref().map(|path| {
        let mut file = std::fs::File::open(path)?;
        let mut hash = HashWriter::default();
        std::io::copy(&mut file, &mut hash)?;
        std::io::Result::Ok(hash.0.finish().get().to_string())
    });
    Build {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("SEALSCOPE_COMMIT")
            .unwrap_or("unknown")
            .to_owned(),
        binary_sha256: hashes.and_then(Result::ok).unwrap_or_default(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

#[derive(Default)]
struct HashWriter(sealscope_proof::Sha256Stream);

impl std::io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What was done, in order.
pub(super) fn steps(template: Template, before: &FileHashes) -> Vec<String> {
    let mut steps = vec![
        before.told().to_owned(),
        "They were opened for reading only. Every segment was read, unpacked and hashed, and held \
         against the seals of its format; every verdict of this report follows from that."
            .to_owned(),
    ];
    if template != Template::Verification {
        steps.push(
            "Entries were read for their fields and searched with the queries given. Each cited \
             entry was then read from the item again, hashed again and compared with what was \
             checked, and the query was put to it again."
                .to_owned(),
        );
    }
    steps.push(
        "After everything was gathered, the files were hashed again and compared with the first \
         hashes."
            .to_owned(),
    );
    steps
}

/// How finely times are shown.
pub(super) const fn shown_times(precision: ShownPrecision) -> &'static str {
    match precision {
        ShownPrecision::AsWritten => {
            "Each time stands beside the text that the entry itself has, and is shown no finer \
             than the entry writes it."
        }
        ShownPrecision::Seconds => {
            "Each time stands beside the text that the entry itself has. In the zone of the \
             report it is shown to the second: what is finer was cut off, not rounded."
        }
        ShownPrecision::Milliseconds => {
            "Each time stands beside the text that the entry itself has. In the zone of the \
             report it is shown to the millisecond at most: what is finer was cut off, not \
             rounded."
        }
        ShownPrecision::Microseconds => {
            "Each time stands beside the text that the entry itself has. In the zone of the \
             report it is shown to the microsecond at most: what is finer was cut off, not \
             rounded."
        }
    }
}

/// Fingerprints of the trusted keys that signed.
pub(super) fn fingerprints(summary: &Summary) -> Vec<String> {
    let keys = summary.signers.iter().map(|signer| {
        let key = signer.claimed_vkey.as_deref().map(VerifierKey::parse);
        let fingerprint = match key {
            Some(Ok(key)) => format!("SHA-256 {}", key.fingerprint()),
            _ => "no public key in the archive".to_owned(),
        };
        let trusted = match signer.is_trusted {
            true => "trusted by the examiner",
            false => "not trusted",
        };
        format!(
            "{} ({}), {trusted}; {fingerprint}",
            signer.name, signer.key_id
        )
    });
    keys.collect()
}

/// The trusted keys that took part, each once.
pub(super) fn trusted(archives: &[Arc<OpenArchive>]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for summary in archives.iter().filter_map(|archive| archive.summary()) {
        for signer in summary.signers.iter().filter(|signer| signer.is_trusted) {
            names.insert(format!("Trusted key: {} ({})", signer.name, signer.key_id));
        }
    }
    names.into_iter().collect()
}

/// Remembered checkpoints that counted.
pub(super) fn remembered(archives: &[Arc<OpenArchive>]) -> Vec<String> {
    let all = archives.iter().filter_map(|archive| {
        let summary = archive.summary()?;
        let (states, seen) = summary.outside.remembered.clone()?;
        Some(format!(
            "{}: {} entries, root {}, seen {}",
            summary.origin.clone().unwrap_or_default(),
            grouped(states.size),
            states.root,
            if seen.is_empty() {
                "before"
            } else {
                seen.as_str()
            }
        ))
    });
    all.collect()
}

/// How finely the cited times of an item are written.
pub(super) fn precisions(exhibits: &[Exhibit], item: usize) -> String {
    let of_item = exhibits.iter().filter(|one| one.item == item);
    let words: BTreeSet<&str> = of_item
        .filter_map(|one| one.time.as_ref())
        .map(|time| time.precision.as_str())
        .collect();
    match words.is_empty() {
        true => "not looked at: no dated entry is cited".to_owned(),
        false => words.into_iter().collect::<Vec<_>>().join(", "),
    }
}

/// Where the zone of an item's times comes from.
pub(super) fn zone_of(archive: &OpenArchive, exhibits: &[Exhibit], item: usize) -> String {
    let settings = &archive.reading().settings;
    let of_item = exhibits.iter().filter(|one| one.item == item);
    let origins: BTreeSet<&str> = of_item
        .filter_map(|one| one.time.as_ref())
        .map(|time| time.zone.as_str())
        .collect();
    let mut says = match origins.is_empty() {
        true => "not looked at: no dated entry is cited".to_owned(),
        false => format!(
            "of the cited entries: {}",
            origins.into_iter().collect::<Vec<_>>().join("; ")
        ),
    };
    if let Some(zone) = &settings.zone {
        says.push_str(&format!(
            "; where none is stated, {zone:?} was given by the examiner"
        ));
    }
    if let Some(year) = settings.year {
        says.push_str(&format!(
            "; where no year is stated, {year} was given by the examiner"
        ));
    }
    says
}
