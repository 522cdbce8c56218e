//! Samples that were cut or changed further: no panic, and never a better verdict than the truth.

use std::io::Write as _;
use std::path::PathBuf;

use sealscope_archive::{OpenContext, OpenError};
use sealscope_model::Verdict;
use sealscope_verify::Summary;

use crate::support::judged;

const KEY: &str = "54c134-461b43-041cbd-cbc8a0/6516c-d693a400";

/// Samples whose seals all hold, and the worst and best of what is changed in them.
const SOUND: [&str; 6] = [
    "01-sealed-intact",
    "03-sealed-regular",
    "06-sealed-non-keyed-hash",
    "07-sealed-uncompressed",
    "08-sealed-continuous-257",
    "30-hostile-messages-sealed",
];

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn judge(&self, bytes: &[u8]) -> Result<Summary, OpenError> {
        let path = self.folder.path().join("made.journal");
        let mut file = std::fs::File::create(&path).expect("a file");
        file.write_all(bytes).expect("written");
        let context = OpenContext::new(self.folder.path());
        sealscope_archive::open(&path, &context).map(|archive| judged(&*archive, KEY))
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
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let bench = Bench {
        folder: tempfile::tempdir().expect("a folder"),
    };
    for name in SOUND {
        let whole = sample(&data, name);
        // The index tables take megabytes and hold nothing; objects begin behind them.
        let step = 512 * (1 + whole.len() / 512 / 60);
        for end in (0..whole.len()).step_by(step) {
            if let Ok(found) = bench.judge(&whole[..end]) {
                let what = format!("{name} cut at {end}: {}", found.says);
                assert!(found.verdict > Verdict::Consistent, "{what}");
                assert!(!found.damage.is_empty(), "{what}");
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
    for (name, truth) in [
        ("01-sealed-intact", Verdict::Intact),
        ("10-data-byte-flipped", Verdict::Broken),
        ("20-live-copy-unsealed-tail", Verdict::Unsealed),
        ("23b-all-later-tags-resealed", Verdict::Broken),
        ("05-sealed-xz", Verdict::Intact),
        ("04-sealed-lz4", Verdict::Intact),
    ] {
        let mut bytes = sample(&data, name);
        let objects = bytes.len() - 700_000;
        for _ in 0..20 {
            let place = objects + random.below(bytes.len() - objects);
            let bit = 1 << random.below(8);
            bytes[place] ^= bit;
            if let Ok(found) = bench.judge(&bytes) {
                assert!(
                    found.verdict >= truth,
                    "{name}, byte {place}: {}",
                    found.says
                );
            }
            bytes[place] ^= bit;
        }
    }
}
