//! From a place that was asked for to a place among the hits.

use sealscope_archive::Structure;
use sealscope_archive::sealog::SealogArchive;
use sealscope_model::{Digest, Position, Precision};
use sealscope_verify::{check_segment, grouped};

use super::GotoTarget;
use crate::open_archive::OpenArchive;
use crate::progress::Cancel;
use crate::rows::{RowError, RowPlace};
use crate::search::Search;
use crate::times::{Zone, format_ns};
use crate::workspace::Workspace;

/// Bytes of evidence that are read while a digest is looked for: a second or two.
const LOOKED_AT_BYTES_MAX: u64 = 256 << 20;

/// Where to go among the hits, or why nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GotoAnswer {
    /// The hit; `None` where there is none to go to.
    pub ordinal: Option<u64>,
    /// Where that is, or why there is none, in a sentence.
    pub says: String,
}

/// How a search for a digest ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafSearch {
    /// It is the leaf of this entry.
    Found(RowPlace),
    /// No entry has it.
    NotThere,
    /// Not found among the first bytes; the rest was not looked at.
    GaveUp,
}

impl GotoAnswer {
    fn nowhere(says: String) -> Self {
        Self {
            ordinal: None,
            says,
        }
    }
}

impl Search {
    /// Where a target is among the hits. Positions are those of `archive`.
    ///
    /// # Errors
    /// When evidence cannot be read while a digest is looked for.
    pub fn goto(
        &self,
        archive: usize,
        target: &GotoTarget,
        zone: Zone,
        cancel: &Cancel,
    ) -> Result<GotoAnswer, RowError> {
        match target {
            GotoTarget::Position(position) => self.goto_entry(archive, *position),
            GotoTarget::Time(ns) => Ok(self.goto_time(*ns, zone)),
            GotoTarget::Leaf(digits) => Ok(match self.workspace().find_leaf(digits, cancel)? {
                LeafSearch::Found(place) => self.goto_entry(place.archive, place.position)?,
                LeafSearch::NotThere => {
                    GotoAnswer::nowhere(format!("No entry has a digest that begins {digits}."))
                }
                LeafSearch::GaveUp => GotoAnswer::nowhere(format!(
                    "No digest begins {digits} in the first part of the archive; the rest was \
                         not looked at."
                )),
            }),
        }
    }

    fn goto_entry(&self, archive: usize, position: Position) -> Result<GotoAnswer, RowError> {
        let entry = grouped(position);
        let bounds = self
            .workspace()
            .archives()
            .get(archive)
            .map(|one| one.stored_bounds());
        if let Some((first, end)) = bounds.filter(|(from, to)| !(*from..*to).contains(&position)) {
            let last = grouped(end.saturating_sub(1));
            let there = format!("{} to {last}", grouped(first));
            return Ok(GotoAnswer::nowhere(format!(
                "There is no entry {entry}; the archive has entries {there}."
            )));
        }
        let ordinal = self.ordinal_of(archive, position);
        Ok(match self.places(ordinal, 1)?.first() {
            Some(place) if place.archive == archive && place.position == position => GotoAnswer {
                ordinal: Some(ordinal),
                says: format!("Entry {entry}."),
            },
            Some(place) if place.archive == archive => GotoAnswer {
                ordinal: Some(ordinal),
                says: format!(
                    "Entry {entry} is not among the hits; this is entry {}.",
                    grouped(place.position)
                ),
            },
            _ => GotoAnswer::nowhere(format!(
                "Entry {entry} is not among the hits, and none after it is."
            )),
        })
    }

    fn goto_time(&self, ns: i64, zone: Zone) -> GotoAnswer {
        let time = format!(
            "{} {}",
            format_ns(ns, Precision::Seconds, zone),
            zone.label()
        );
        let ordinal = self.ordinal_at_time(ns);
        if ordinal < self.count() {
            GotoAnswer {
                ordinal: Some(ordinal),
                says: format!("First hit from {time} on."),
            }
        } else {
            let what = if self.is_exact() {
                "No hit"
            } else {
                "No hit so far"
            };
            GotoAnswer::nowhere(format!("{what} is from {time} on."))
        }
    }
}

impl Workspace {
    /// Looks for the entry whose leaf hash begins with these hex digits. Leaf lists are read where
    /// there are any; a hit in one counts when the stored line has that hash.
    ///
    /// # Errors
    /// When evidence cannot be read.
    pub fn find_leaf(&self, digits: &str, cancel: &Cancel) -> Result<LeafSearch, RowError> {
        let mut left = LOOKED_AT_BYTES_MAX;
        for archive in self.archives() {
            match archive.find_leaf(digits, &mut left, cancel)? {
                LeafSearch::NotThere => {}
                found => return Ok(found),
            }
        }
        Ok(LeafSearch::NotThere)
    }
}

impl OpenArchive {
    fn find_leaf(
        &self,
        digits: &str,
        left: &mut u64,
        cancel: &Cancel,
    ) -> Result<LeafSearch, RowError> {
        let fits = |leaf: &Digest| leaf.to_hex().starts_with(digits);
        for ordinal in 0..self.archive().segment_count() {
            let Some(first) = self.known().first_positions.get(ordinal).copied() else {
                return Ok(LeafSearch::GaveUp);
            };
            if *left == 0 || cancel.is_stopped() {
                return Ok(LeafSearch::GaveUp);
            }
            if let Structure::Sealog(sealog) = self.archive().structure()
                && let Some((is_hit, bytes)) = list_has(sealog, ordinal, &fits)
            {
                *left = left.saturating_sub(bytes);
                if !is_hit {
                    continue;
                }
            }
            *left = left.saturating_sub(self.archive().segment_bytes(ordinal));
            let checked = check_segment(self.archive().read_segment(ordinal, None)?, 0);
            let mut entries = checked.log_entries();
            if let Some(entry) = entries.find(|entry| fits(&entry.leaf)) {
                let position = first + u64::from(entry.number);
                return Ok(LeafSearch::Found(RowPlace {
                    archive: self.id(),
                    position,
                    record: 0,
                }));
            }
        }
        Ok(LeafSearch::NotThere)
    }
}

/// Whether a segment's leaf list has such a hash, and the bytes read; `None` where it lists none.
fn list_has(
    sealog: &SealogArchive,
    ordinal: usize,
    fits: &dyn Fn(&Digest) -> bool,
) -> Option<(bool, u64)> {
    let place = sealog.structure().frames.get(ordinal)?.list.as_ref()?;
    let list = sealog.read_list(place).ok()?.ok()?;
    let is_listed = !list.leaves.is_empty();
    is_listed.then(|| (list.leaves.iter().any(fits), place.payload_bytes as u64))
}

#[cfg(test)]
mod tests {
    use sealscope_proof::leaf_hash;
    use sealscope_testkit::sealog::Plan;

    use super::*;
    use crate::search::SearchSpec;
    use crate::testing::{Opened, open_made, open_text};

    fn search(opened: &Opened, query: &str) -> Search {
        let spec = SearchSpec::new(query);
        opened
            .workspace
            .search(spec, &Cancel::default())
            .expect("an answer")
    }

    fn goto(search: &Search, target: GotoTarget) -> GotoAnswer {
        search
            .goto(0, &target, Zone::Utc, &Cancel::default())
            .expect("it reads")
    }

    #[test]
    fn an_entry_is_found_by_number_or_told_to_be_no_hit() {
        let opened = open_made(&Plan::new(2, 10).build());
        let all = search(&opened, "*");
        let answer = goto(&all, GotoTarget::Position(3));
        assert_eq!(
            (answer.ordinal, answer.says.as_str()),
            (Some(2), "Entry 3.")
        );
        let some = search(&opened, "#5..9");
        let answer = goto(&some, GotoTarget::Position(2));
        assert_eq!(answer.ordinal, Some(0));
        assert_eq!(
            answer.says,
            "Entry 2 is not among the hits; this is entry 5."
        );
        assert_eq!(goto(&some, GotoTarget::Position(9)).ordinal, None);
        let answer = goto(&all, GotoTarget::Position(99));
        assert_eq!(
            answer.says,
            "There is no entry 99; the archive has entries 0 to 22."
        );
    }

    #[test]
    fn an_entry_is_found_by_the_beginning_of_its_digest() {
        let opened = open_made(&Plan::new(2, 10).build());
        let digits = leaf_hash(b"entry 7 of segment 1").to_hex();
        let found = opened.workspace.find_leaf(&digits[..8], &Cancel::default());
        let place = RowPlace {
            archive: 0,
            position: 19,
            record: 0,
        };
        assert_eq!(found.expect("it reads"), LeafSearch::Found(place));
        let none = opened
            .workspace
            .find_leaf("ffffffffffff", &Cancel::default());
        assert_eq!(none.expect("it reads"), LeafSearch::NotThere);
        let plain = open_text("made.log", b"one\ntwo\n");
        let target = GotoTarget::Leaf(leaf_hash(b"two").to_hex());
        assert_eq!(goto(&search(&plain, "*"), target).ordinal, Some(1));
    }

    #[test]
    fn a_time_leads_to_the_first_hit_from_it_on() {
        let text = "2026-03-14T09:00:00Z a\n2026-03-14T09:10:00Z b\n2026-03-14T09:20:00Z c\n";
        let opened = open_text("made.log", text.as_bytes());
        let spec = SearchSpec {
            no_index: true,
            ..SearchSpec::new("*")
        };
        let all = opened
            .workspace
            .search(spec, &Cancel::default())
            .expect("an answer");
        let at = 1_773_479_400_000_000_000; // 09:10
        let answer = goto(&all, GotoTarget::Time(at));
        assert_eq!(answer.ordinal, Some(1), "{}", answer.says);
        assert_eq!(answer.says, "First hit from 2026-03-14 09:10:00 UTC on.");
        assert_eq!(goto(&all, GotoTarget::Time(i64::MAX)).ordinal, None);
    }
}
