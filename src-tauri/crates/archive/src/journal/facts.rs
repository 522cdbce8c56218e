//! What the header and the indexes say of the objects, held against the objects.
//!
//! None of it is sealed: where it differs that is damage, not a break.

use sealscope_model::Damage;

use super::file::JournalFile;

/// Entries named one by one; the others are counted.
const NAMED_MAX: usize = 20;

impl JournalFile {
    /// Seals and entries that the header counts and that are not in the file: whoever cut the file
    /// short left the counters as they were.
    #[must_use]
    pub fn missing(&self) -> (u64, u64) {
        let tags = self.header.tags.unwrap_or(0);
        (
            tags.saturating_sub(self.counts.tags),
            self.header.entries.saturating_sub(self.counts.entries),
        )
    }
}

/// Where header and indexes say something else than the objects.
pub(super) fn compare(file: &JournalFile) -> Vec<Damage> {
    let mut damage = Vec::new();
    let header = &file.header;
    if !header.has_magic {
        damage.push(Damage::at(
            0,
            "the file does not begin with a journal's signature",
        ));
    }
    if !header.has_plain_size {
        damage.push(Damage::at(
            88,
            "the header states a size that it cannot have",
        ));
    }
    let counts = &file.counts;
    for (offset, what, stated, found) in [
        (144, "objects", Some(header.objects), counts.objects),
        (152, "entries", Some(header.entries), counts.entries),
        (208, "data objects", header.data, counts.data),
        (216, "names of fields", header.fields, counts.fields),
        (224, "seals", header.tags, counts.tags),
        (232, "entry arrays", header.entry_arrays, counts.arrays),
    ] {
        if let Some(stated) = stated.filter(|stated| *stated != found) {
            let reason = format!("the header counts {stated} {what}, the file holds {found}");
            damage.push(Damage::at(offset, reason));
        }
    }
    if let (Some(first), Some(last)) = (file.first, file.last) {
        for (offset, what, stated, found) in [
            (
                168,
                "the first sequence number",
                header.head_seqnum,
                first.seqnum,
            ),
            (
                160,
                "the last sequence number",
                header.tail_seqnum,
                last.seqnum,
            ),
            (184, "the first time", header.head_realtime, first.realtime),
            (192, "the last time", header.tail_realtime, last.realtime),
        ] {
            if stated != found {
                let reason = format!("the header states {stated} for {what}, the entries {found}");
                damage.push(Damage::at(offset, reason));
            }
        }
    }
    compare_list(file, &mut damage);
    damage
}

fn compare_list(file: &JournalFile, damage: &mut Vec<Damage>) {
    let found = &file.listing;
    if let Some(offset) = found.torn_at {
        damage.push(Damage::at(
            offset,
            "the journal's list of entries cannot be followed from here on",
        ));
    }
    for (number, offset) in found.hidden.iter().take(NAMED_MAX) {
        let reason = format!(
            "entry {number} of the file is not in the journal's own list of entries: journalctl \
             does not show it"
        );
        damage.push(Damage::at(*offset, reason));
    }
    let others = found.hidden_count.saturating_sub(NAMED_MAX as u64);
    if others > 0 {
        let reason = format!("{others} more entries are not in the journal's own list of entries");
        damage.push(Damage::at(file.header.entry_array_offset, reason));
    }
    if found.stray > 0 {
        let reason = format!(
            "the journal's list of entries has {} items that name no entry, or one again",
            found.stray
        );
        damage.push(Damage::at(file.header.entry_array_offset, reason));
    }
}
