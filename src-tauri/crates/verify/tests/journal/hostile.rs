//! Samples that were cut or changed further: no panic, and never a better verdict than the truth.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealscope_archive::{OpenContext, OpenError};
use sealscope_model::Verdict;
use sealscope_verify::{Summary, judge};

use crate::support::{findings, judged, trust_in};

/// Places in a sample at which one byte is changed; over 30 samples this makes 2,000 and more.
const FLIPS: usize = 68;
/// The index tables before the objects take megabytes and hold nothing that is read.
const TABLE_BYTES: usize = 3_700_000;
/// Of the multiples of 512 in those tables every so-manieth is a cut; all of them are in a test
/// that has to be asked for, since it takes five minutes.
const TABLE_SHARE: usize = 16;

/// One sample with its key and the best verdict that its evidence allows.
struct Sample {
    name: String,
    key: Option<String>,
    truth: Verdict,
    bytes: Vec<u8>,
}

/// The samples of the list of right verdicts that open at all.
fn samples(data: &std::path::Path) -> Vec<Sample> {
    let list = std::fs::read_to_string(data.join("verdicts.tsv")).expect("the list is there");
    let rows = list.lines().filter_map(|row| {
        let mut cells = row.strip_prefix("journals/")?.split('\t');
        let name = cells.next()?.strip_suffix(".journal.zst")?.to_owned();
        let key = cells.next().filter(|key| *key != "-").map(str::to_owned);
        let truth = cells
            .next()?
            .split('|')
            .filter_map(Verdict::from_word)
            .min()?;
        let bytes = sample(data, &name);
        Some(Sample {
            name,
            key,
            truth,
            bytes,
        })
    });
    rows.collect()
}

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn judge(&self, bytes: &[u8], key: Option<&str>) -> Result<Summary, OpenError> {
        let path = self.folder.path().join("made.journal");
        let mut file = std::fs::File::create(&path).expect("a file");
        file.write_all(bytes).expect("written");
        let context = OpenContext::new(self.folder.path());
        sealscope_archive::open(&path, &context)
            .map(|archive| judged(&*archive, key.unwrap_or_default()))
    }
}

fn sample(data: &std::path::Path, name: &str) -> Vec<u8> {
    let path: PathBuf = data.join("journals").join(format!("{name}.journal.zst"));
    let bytes = zstd::decode_all(std::fs::File::open(path).expect("it is there")).expect("zstd");
    // What follows the last object are zeros.
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
    bytes[..used.next_multiple_of(8)].to_vec()
}

/// A linear congruence: the same places every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn a_journal_cut_at_any_multiple_of_512_is_never_intact() {
    cut_each(TABLE_SHARE);
}

#[test]
#[ignore = "cuts the empty tables before the entries everywhere as well: five minutes"]
fn a_journal_cut_within_its_tables_is_never_intact() {
    cut_each(1);
}

fn cut_each(table_share: usize) {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let samples = samples(&data);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let cutters = [(); 2].map(|()| {
            scope.spawn(|| {
                while let Some(one) = samples.get(next.fetch_add(1, Ordering::Relaxed)) {
                    cut_everywhere(one, &samples, table_share);
                }
            })
        });
        for cutter in cutters {
            cutter.join().expect("each cut is found");
        }
    });
}

/// Cuts a sample at every multiple of 512 bytes, from its end on; but where an earlier sample
/// begins with the same bytes and has the same key, its cuts are the same files.
fn cut_everywhere(one: &Sample, samples: &[Sample], table_share: usize) {
    let earlier = samples.iter().take_while(|other| other.name != one.name);
    let same = earlier
        .filter(|other| other.key == one.key)
        .map(|other| other.bytes.iter().zip(&one.bytes))
        .map(|bytes| bytes.take_while(|(a, b)| a == b).count())
        .max()
        .unwrap_or(0);
    let numbers = same / 512 + 1..one.bytes.len().div_ceil(512);
    let is_cut = |number: &usize| number * 512 > TABLE_BYTES || number.is_multiple_of(table_share);
    let mut ends: Vec<usize> = numbers.filter(is_cut).map(|number| number * 512).collect();
    ends.extend([0, 8, 200, 264, 512, 4096]);
    ends.sort_unstable();

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut.journal");
    std::fs::write(&path, &one.bytes).expect("written");
    let context = OpenContext::new(folder.path());
    let trust = trust_in(one.key.as_deref().unwrap_or("-"));
    for end in ends.into_iter().rev() {
        let file = std::fs::File::options().write(true).open(&path);
        file.and_then(|file| file.set_len(end as u64)).expect("cut");
        let Ok(archive) = sealscope_archive::open(&path, &context) else {
            continue;
        };
        let found = judge(&*archive, &findings(&*archive, &trust), &trust);
        let what = format!("{} cut at {end}: {}", one.name, found.says);
        assert!(found.verdict > Verdict::Consistent, "{what}");
        // A few bytes without the right magic are no journal, but text or nothing.
        let is_a_journal = end >= 16;
        assert!(!is_a_journal || !found.damage.is_empty(), "{what}");
    }
}

#[test]
fn a_changed_byte_never_makes_a_verdict_better() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let bench = Bench {
        folder: tempfile::tempdir().expect("a folder"),
    };
    let mut random = Random(1);
    let mut flips = 0;
    for mut one in samples(&data) {
        let begin = TABLE_BYTES.min(one.bytes.len() / 2);
        for number in 0..FLIPS {
            // Every eighth one in the header, which says how all the rest is read.
            let place = match number % 8 {
                0 => random.below(272),
                _ => begin + random.below(one.bytes.len() - begin),
            };
            let bit = 1 << random.below(8);
            one.bytes[place] ^= bit;
            if let Ok(found) = bench.judge(&one.bytes, one.key.as_deref()) {
                let what = format!("{}, byte {place}: {}", one.name, found.says);
                assert!(found.verdict >= one.truth, "{what}");
            }
            one.bytes[place] ^= bit;
            flips += 1;
        }
    }
    assert!(flips >= 2_000, "{flips} places");
}
