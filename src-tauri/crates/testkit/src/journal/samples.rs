use super::{JournalBuilder, Layout};

/// A small journal that shows one thing, for `tests/fixtures/journal`.
#[derive(Debug)]
pub struct JournalFixture {
    /// `intact` or `tampered`.
    pub state: &'static str,
    /// Name of its folder.
    pub name: &'static str,
    /// What was done, in a sentence.
    pub what: &'static str,
    /// The word of its verdict under [`SEAL_KEY`](super::SEAL_KEY).
    pub verdict: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Appends entries of one epoch, which share some fields with those of others.
pub fn write_epoch(journal: &mut JournalBuilder, epoch: u64, count: u64) {
    let begin = journal.epoch_start(epoch);
    for number in 0..count {
        let message = format!("MESSAGE=entry {number} of epoch {epoch}");
        let fields: [&[u8]; 4] = [
            b"_HOSTNAME=web1",
            b"PRIORITY=6",
            message.as_bytes(),
            if number % 2 == 0 {
                b"_PID=7"
            } else {
                b"_PID=8"
            },
        ];
        journal.entry(begin + 1_000_000 * (number + 1), &fields);
    }
}

/// Sealed epochs of three entries each, behind a seal over the header.
#[must_use]
pub fn sealed_epochs(layout: Layout, epochs: &[u64]) -> JournalBuilder {
    let mut journal = JournalBuilder::new(layout, 1);
    if layout.is_sealed {
        journal.seal(epochs.first().copied().unwrap_or(0));
    }
    for epoch in epochs {
        write_epoch(&mut journal, *epoch, 3);
        if layout.is_sealed {
            journal.seal(*epoch);
        }
    }
    journal
}

const REGULAR: Layout = Layout {
    is_compact: false,
    is_keyed: false,
    is_continuous: true,
    ..Layout::USUAL
};

/// All samples, in the order of their folders.
#[must_use]
pub fn fixture_journals() -> Vec<JournalFixture> {
    let usual = || sealed_epochs(Layout::USUAL, &[0, 1, 2]);
    let longer = |seal: Option<u64>| {
        let mut journal = sealed_epochs(Layout::USUAL, &[0, 1]);
        write_epoch(&mut journal, 2, 3);
        if let Some(epoch) = seal {
            journal.seal(epoch);
        }
        journal.finish()
    };
    let unsealed = Layout {
        is_sealed: false,
        ..Layout::USUAL
    };
    let regular = |epochs: &[u64]| sealed_epochs(REGULAR, epochs).finish();
    let remade = sealed_epochs(unsealed, &[0, 1, 2]).finish();
    let other_process = changed(usual().finish(), b"_PID=7", b"_PID=9");
    [
        (
            "compact",
            "Compact, keyed hash, as systemd 252 writes.",
            "intact",
            usual().finish(),
        ),
        (
            "regular",
            "Regular, Jenkins' hash, continuous seals.",
            "intact",
            regular(&[0, 1, 2]),
        ),
        (
            "unsealed-end",
            "Three entries follow the last seal.",
            "unsealed",
            longer(None),
        ),
        (
            "field-changed",
            "The process of entry 0 is another.",
            "broken",
            other_process,
        ),
        (
            "resealed",
            "The last seal was made with a later key.",
            "broken",
            longer(Some(7)),
        ),
        (
            "seals-cut-out",
            "Epochs 1 to 4 are missing.",
            "broken",
            regular(&[0, 5]),
        ),
        (
            "remade-without-seals",
            "Made anew, not sealed.",
            "unsealed",
            remade,
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, (name, what, verdict, bytes))| JournalFixture {
        state: if number < 3 { "intact" } else { "tampered" },
        name,
        what,
        verdict,
        bytes,
    })
    .collect()
}

/// The file with the first place that holds one text changed to hold another.
fn changed(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = bytes.windows(from.len()).position(|window| window == from);
    let place = place.expect("the text is there");
    bytes[place..place + from.len()].copy_from_slice(to);
    bytes
}
