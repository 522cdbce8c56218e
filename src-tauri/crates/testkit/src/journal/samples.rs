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
    let fixture = |(state, name, what, verdict, bytes)| JournalFixture {
        state,
        name,
        what,
        verdict,
        bytes,
    };
    [
        (
            "intact",
            "compact",
            "Compact, keyed hash, as systemd 252 writes.",
            "intact",
            usual().finish(),
        ),
        (
            "intact",
            "regular",
            "Regular, Jenkins' hash, a seal promised for every epoch.",
            "intact",
            sealed_epochs(REGULAR, &[0, 1, 2]).finish(),
        ),
        (
            "intact",
            "unsealed-end",
            "Two entries follow the last seal.",
            "unsealed",
            {
                let mut journal = usual();
                write_epoch(&mut journal, 3, 2);
                journal.finish()
            },
        ),
        (
            "tampered",
            "field-changed",
            "The process of entry 0 is another.",
            "broken",
            { changed(usual().finish(), b"_PID=7", b"_PID=9") },
        ),
        (
            "tampered",
            "resealed",
            "The last seal was made anew with a later key.",
            "broken",
            {
                let mut journal = sealed_epochs(Layout::USUAL, &[0, 1]);
                write_epoch(&mut journal, 2, 3);
                journal.seal(7);
                journal.finish()
            },
        ),
        (
            "tampered",
            "seals-cut-out",
            "Epochs 1 to 4 are missing.",
            "broken",
            { sealed_epochs(REGULAR, &[0, 5]).finish() },
        ),
        (
            "tampered",
            "remade-without-seals",
            "Made anew, not sealed.",
            "unsealed",
            {
                let layout = Layout {
                    is_sealed: false,
                    ..Layout::USUAL
                };
                sealed_epochs(layout, &[0, 1, 2]).finish()
            },
        ),
    ]
    .map(fixture)
    .into()
}

/// The file with the first place that holds one text changed to hold another.
fn changed(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = bytes.windows(from.len()).position(|window| window == from);
    let place = place.expect("the text is there");
    bytes[place..place + from.len()].copy_from_slice(to);
    bytes
}
