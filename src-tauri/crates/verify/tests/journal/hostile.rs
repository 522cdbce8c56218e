//! Samples that were cut or changed further: no panic, and never a better verdict than the truth.

use std::io::Write as _;
use std::path::PathBuf;

use sealscope_archive::{OpenContext, OpenError};
use sealscope_model::Verdict;
use sealscope_verify::Summary;

use crate::support::judged;

/// Places in a sample at which one byte is changed; over 30 samples this makes 2,000 and more.
const FLIPS: usize = 68;
/// Of the multiples of 512 in a sample every so-manieth is a cut, each sample beginning elsewhere;
/// all of them are in a test that has to be asked for.
const CUT_SHARE: usize = 16;
/// The index tables before the objects take megabytes and hold nothing that is read.
const OBJECT_BYTES_MAX: usize = 700_000;

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
fn a_cut_journal_is_never_intact() {
    cut_each_at_every(CUT_SHARE);
}

#[test]
#[ignore = "every multiple of 512 bytes in each sample: it takes long"]
fn a_journal_cut_at_any_multiple_of_512_is_never_intact() {
    cut_each_at_every(1);
}

/// Cuts each sample at every so-manieth multiple of 512 bytes.
fn cut_each_at_every(share: usize) {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let bench = Bench {
        folder: tempfile::tempdir().expect("a folder"),
    };
    for (number, one) in samples(&data).iter().enumerate() {
        let begin = one.bytes.len().saturating_sub(OBJECT_BYTES_MAX);
        let first = (begin / 512 + number % share) * 512;
        let ends = (first..one.bytes.len()).step_by(512 * share);
        for end in ends.chain([0, 8, 200, 264, 512, 4096]) {
            if let Ok(found) = bench.judge(&one.bytes[..end], one.key.as_deref()) {
                let what = format!("{} cut at {end}: {}", one.name, found.says);
                assert!(found.verdict > Verdict::Consistent, "{what}");
                // A few bytes without the right magic are no journal, but text or nothing.
                let is_a_journal = end >= 16;
                assert!(!is_a_journal || !found.damage.is_empty(), "{what}");
            }
        }
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
        let begin = one.bytes.len().saturating_sub(OBJECT_BYTES_MAX);
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
