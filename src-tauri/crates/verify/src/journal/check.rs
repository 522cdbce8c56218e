//! One segment of a journal against its seals; runs on many threads at once.

use hmac::{Hmac, KeyInit, Mac};
use sealscope_archive::journal::{
    EntryFact, Interval, IntervalPart, IntervalSeal, JournalArchive, JournalFile,
};
use sealscope_archive::{Segment, SegmentSeal};
use sealscope_model::{Computed, Digest, agree};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::fsprg::KEY_BYTES;
use super::key::{SealKey, SealTimes};
use crate::trust::TrustStore;

/// Far epochs whose keys are made before the check begins; those of others when their turn comes.
const JUMPS_MAX: usize = 1000;
/// Intervals on which several keys are tried to find the one of a file.
const TRIED_INTERVALS: usize = 8;
/// Bytes of an interval on which keys are tried.
const TRIED_BYTES: u64 = 4 << 20;
/// Verification keys that are tried.
const KEYS_MAX: usize = 16;
/// Runs and numbers of entries that are kept of one part.
const KEPT_MAX: usize = 1000;

/// What the check found of a run of entries of a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalFindings {
    /// Number of the file in the archive.
    pub file: u32,
    /// The intervals, or the part of one, that the segment holds.
    pub parts: Vec<PartFindings>,
}

/// What was found of an interval, or of a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFindings {
    /// Number of the interval in its file.
    pub interval: u32,
    /// Entries of the part.
    pub entries: u32,
    /// What came of its seal; it is checked with the first part.
    pub seal: SealCheck,
    /// The first and the last entry.
    pub ends: Option<(EntryMark, EntryMark)>,
    /// Earliest and latest time, in microseconds since 1970.
    pub realtime: Option<(u64, u64)>,
    /// Runs of entries, by number in the part, with a field that is not as it was written.
    pub changed: Vec<(u32, u32)>,
    /// Entries, by number in the part, whose checksum does not fit their fields. The first ones.
    pub bad_sums: Vec<u32>,
    /// Entries whose sequence number is not above the one before. The first ones.
    pub unordered: Vec<u32>,
    /// Entries that are older, by the clock that never goes back, than the one before. The first
    /// ones.
    pub reversed: Vec<u32>,
}

/// What came of holding a seal against what it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SealCheck {
    /// There is no seal, no key to check it with, or another part of the interval has it.
    None,
    /// It matches under the key of this number among those given.
    Holds {
        /// Number of the key.
        key: u8,
    },
    /// It does not match.
    Fails {
        /// What the bytes give; `None` where not all of them are there.
        computed: Option<[u8; 32]>,
    },
    /// The medium did not give all bytes.
    Unreadable,
}

/// What orders an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMark {
    /// Number in the run of sequence numbers.
    pub seqnum: u64,
    /// Microseconds since the machine started.
    pub monotonic: u64,
    /// Which start of the machine.
    pub boot_id: [u8; 16],
}

impl From<&EntryFact> for EntryMark {
    fn from(fact: &EntryFact) -> Self {
        Self {
            seqnum: fact.seqnum,
            monotonic: fact.monotonic,
            boot_id: fact.boot_id,
        }
    }
}

/// The verification keys among those given, with their numbers: each word with a slash is tried.
pub(super) fn given(trust: &TrustStore) -> Vec<(SealTimes, String, Vec<u8>)> {
    let mut found: Vec<(SealTimes, String, Vec<u8>)> = Vec::new();
    for given in &trust.given_keys {
        for word in given.bytes.split(u8::is_ascii_whitespace) {
            if found.len() < KEYS_MAX
                && let Ok(times) = SealTimes::parse(word)
                && !found.iter().any(|(known, ..)| *known == times)
            {
                found.push((times, given.name.clone(), word.to_vec()));
            }
        }
    }
    found
}

/// The keys, made ready once for an archive.
#[derive(Debug)]
pub(crate) struct Keys {
    keys: Vec<SealKey>,
    files: Vec<FileKeys>,
}

/// The key of a file, and those of its epochs by interval, from the first one on.
#[derive(Debug, Default)]
struct FileKeys {
    key: usize,
    epochs: Vec<[u8; KEY_BYTES]>,
}

impl Keys {
    pub(crate) fn new(archive: &JournalArchive, trust: &TrustStore) -> Self {
        let keys: Vec<SealKey> = given(trust)
            .iter()
            .filter_map(|(_, _, text)| trust.seal_keys.get(text))
            .collect();
        let file = |file: &std::sync::Arc<JournalFile>| {
            let number = key_of(file, &keys);
            let epochs: Vec<u64> = epochs(file).collect();
            FileKeys {
                key: number,
                epochs: keys
                    .get(number)
                    .map(|key| key.keys_of_epochs(&epochs, JUMPS_MAX))
                    .unwrap_or_default(),
            }
        };
        let files = archive.journal_files().iter().map(file).collect();
        Self { keys, files }
    }

    /// Checks one segment against its seals.
    pub(crate) fn check(&self, segment: &Segment) -> IntervalFindings {
        let SegmentSeal::Interval(seal) = &segment.seal else {
            return IntervalFindings::default();
        };
        let parts = seal.parts.iter();
        IntervalFindings {
            file: u32::try_from(seal.file_number).unwrap_or(u32::MAX),
            parts: parts.map(|part| self.check_part(seal, part)).collect(),
        }
    }

    fn check_part(&self, seal: &IntervalSeal, part: &IntervalPart) -> PartFindings {
        let (from, to) = part.entries;
        let facts = seal.entries.get(from as usize..to as usize);
        let facts = facts.unwrap_or_default();
        let mut found = PartFindings {
            interval: u32::try_from(part.interval).unwrap_or(u32::MAX),
            entries: to.saturating_sub(from),
            seal: SealCheck::None,
            ends: facts
                .first()
                .zip(facts.last())
                .map(|(first, last)| (first.into(), last.into())),
            realtime: None,
            changed: Vec::new(),
            bad_sums: Vec::new(),
            unordered: Vec::new(),
            reversed: Vec::new(),
        };
        if part.is_first {
            found.seal = self.check_seal(seal, part);
        }
        let mut before: Option<EntryMark> = None;
        for (number, fact) in (0u32..).zip(facts) {
            let mark = EntryMark::from(fact);
            found.take(number, fact, before, mark);
            before = Some(mark);
        }
        found
    }

    fn check_seal(&self, seal: &IntervalSeal, part: &IntervalPart) -> SealCheck {
        let file = seal.file.as_ref();
        let interval = file.and_then(|file| file.intervals().get(part.interval));
        let tag = interval.and_then(|interval| interval.tag.as_ref());
        let Some((tag, keys)) = tag.zip(self.files.get(seal.file_number)) else {
            return SealCheck::None;
        };
        let Some(key) = self.keys.get(keys.key) else {
            return SealCheck::None;
        };
        let epoch_key = match keys.epochs.get(part.interval) {
            Some(key) => *key,
            None => key.key_of_epoch(tag.epoch),
        };
        let Some(mut mac) = begin_mac(&epoch_key) else {
            return SealCheck::None;
        };
        let computed = match seal.covered(part, &mut |bytes| mac.update(bytes)) {
            Ok(true) => Some(Digest::new(mac.finalize().into_bytes().into())),
            Ok(false) => None,
            Err(_) => return SealCheck::Unreadable,
        };
        match computed {
            Some(computed) if agree(&tag.claimed, &Computed::hashed(computed)) => {
                SealCheck::Holds {
                    key: u8::try_from(keys.key).unwrap_or(u8::MAX),
                }
            }
            computed => SealCheck::Fails {
                computed: computed.map(|digest| *digest.as_bytes()),
            },
        }
    }
}

impl PartFindings {
    fn take(&mut self, number: u32, fact: &EntryFact, before: Option<EntryMark>, mark: EntryMark) {
        let time = fact.realtime;
        let (first, last) = self.realtime.unwrap_or((time, time));
        self.realtime = Some((first.min(time), last.max(time)));
        if fact.fault.is_some() {
            let is_full = self.changed.len() >= KEPT_MAX;
            match self.changed.last_mut() {
                // Too many are not told apart: all from the last one on count.
                Some(run) if run.1 == number || is_full => run.1 = number + 1,
                _ => self.changed.push((number, number + 1)),
            }
        }
        let is_kept = |list: &[u32]| list.len() < KEPT_MAX;
        if !fact.is_sum_right && is_kept(&self.bad_sums) {
            self.bad_sums.push(number);
        }
        let Some(before) = before else { return };
        if !before.is_followed_by(&mark) && is_kept(&self.unordered) {
            self.unordered.push(number);
        }
        if before.is_later_than(&mark) && is_kept(&self.reversed) {
            self.reversed.push(number);
        }
    }
}

impl EntryMark {
    /// Whether the sequence numbers rise.
    pub(super) const fn is_followed_by(&self, next: &Self) -> bool {
        self.seqnum < next.seqnum
    }

    /// Whether the next one is older within the same start of the machine.
    pub(super) fn is_later_than(&self, next: &Self) -> bool {
        self.boot_id == next.boot_id && self.monotonic > next.monotonic
    }
}

/// The epochs of a file's seals, by interval.
fn epochs(file: &JournalFile) -> impl Iterator<Item = u64> + '_ {
    let tags = file
        .intervals()
        .iter()
        .map_while(|interval| interval.tag.as_ref());
    tags.map(|tag| tag.epoch)
}

/// Which of several keys is that of a file: the first under which a small interval matches, else
/// the first one.
fn key_of(file: &JournalFile, keys: &[SealKey]) -> usize {
    if keys.len() < 2 {
        return 0;
    }
    let mut small: Vec<(u64, usize, &Interval)> = file
        .intervals()
        .iter()
        .enumerate()
        .filter(|(_, interval)| interval.tag.is_some() && !interval.is_damaged)
        .map(|(number, interval)| (interval.to - interval.from, number, interval))
        .filter(|(bytes, ..)| *bytes <= TRIED_BYTES)
        .collect();
    small.sort_unstable_by_key(|(bytes, number, _)| (*bytes, *number));
    for (_, number, interval) in small.into_iter().take(TRIED_INTERVALS) {
        let found = keys
            .iter()
            .position(|key| is_under(file, number, interval, key));
        if let Some(found) = found {
            return found;
        }
    }
    0
}

fn is_under(file: &JournalFile, number: usize, interval: &Interval, key: &SealKey) -> bool {
    let Some(tag) = &interval.tag else {
        return false;
    };
    let Some(mut mac) = begin_mac(&key.key_of_epoch(tag.epoch)) else {
        return false;
    };
    let is_whole = file.covered(number, &mut |bytes| mac.update(bytes));
    let computed = Digest::new(mac.finalize().into_bytes().into());
    is_whole.is_ok_and(|whole| whole) && agree(&tag.claimed, &Computed::hashed(computed))
}

fn begin_mac(key: &[u8; KEY_BYTES]) -> Option<Hmac<Sha256>> {
    // A key of any length is taken; the error cannot come.
    Hmac::<Sha256>::new_from_slice(key).ok()
}
