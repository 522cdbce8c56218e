//! Which fields of an archive's entries could hold their time.

use std::collections::BTreeMap;

use sealscope_fields::{Record, time};
use sealscope_verify::check_segment;

use crate::open_archive::OpenArchive;
use crate::workspace::Workspace;

/// Entries looked at.
const SAMPLE_ENTRIES: usize = 200;
/// Candidates listed at most.
const CANDIDATES_MAX: usize = 50;

/// A field that might hold the time.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeFieldCandidate {
    /// Its path.
    pub path: String,
    /// A value of it.
    pub example: String,
    /// How many of the sampled entries hold a time there, from 0 to 1.
    pub share: f64,
    /// Whether it is the one in use.
    pub is_selected: bool,
}

impl Workspace {
    /// The fields of an archive's first entries that hold times, most frequent first.
    #[must_use]
    pub fn time_field_candidates(&self, archive: usize) -> Vec<TimeFieldCandidate> {
        self.archives()
            .get(archive)
            .map(|archive| candidates(archive))
            .unwrap_or_default()
    }
}

fn candidates(archive: &OpenArchive) -> Vec<TimeFieldCandidate> {
    let Ok(segment) = archive.archive().read_segment(0, None) else {
        return Vec::new();
    };
    let checked = check_segment(segment, 0);
    let reading = archive.reading();
    let mut found: BTreeMap<String, (u32, String)> = BTreeMap::new();
    let mut used: Option<String> = reading.settings.time_field.clone();
    let mut record = Record::new();
    let mut rows = 0u32;
    for entry in checked.log_entries().take(SAMPLE_ENTRIES) {
        reading.schema.read(
            entry.bytes,
            &reading.settings,
            &mut record,
            &mut |_, record| {
                rows += 1;
                let time_text = record.spine().time_text;
                for field in record.raw() {
                    let text = field.value.as_text();
                    if time::parse(text, reading.settings.zone).is_ok() {
                        let slot = found.entry(field.path.to_owned());
                        slot.or_insert_with(|| (0, text.to_owned())).0 += 1;
                        if used.is_none() && Some(text) == time_text {
                            used = Some(field.path.to_owned());
                        }
                    }
                }
            },
        );
    }
    let mut all: Vec<TimeFieldCandidate> = found
        .into_iter()
        .map(|(path, (count, example))| TimeFieldCandidate {
            is_selected: used.as_deref() == Some(&path),
            path,
            example,
            share: f64::from(count.min(rows)) / f64::from(rows.max(1)),
        })
        .collect();
    all.sort_by(|a, b| b.share.total_cmp(&a.share));
    all.truncate(CANDIDATES_MAX);
    all
}
