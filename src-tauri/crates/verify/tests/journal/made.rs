//! Journals of our own making, changed in every way that an intruder has.

use sealscope_model::{BreakKind, End, ObservationKind, Verdict};
use sealscope_testkit::journal::{
    JournalBuilder, Layout, SEAL_KEY, TagDraft, sealed_epochs, write_epoch as write,
};
use sealscope_verify::Summary;

use crate::support::{Bench, entries_of};

const LAYOUTS: [Layout; 4] = [
    Layout::USUAL,
    Layout {
        is_compact: false,
        ..Layout::USUAL
    },
    Layout {
        is_compact: false,
        is_keyed: false,
        is_continuous: true,
        ..Layout::USUAL
    },
    Layout {
        is_packed: true,
        is_continuous: true,
        ..Layout::USUAL
    },
];

/// Three sealed epochs of three entries each.
fn three_epochs(layout: Layout) -> Vec<u8> {
    sealed_epochs(layout, &[0, 1, 2]).finish()
}

fn judge(bytes: &[u8]) -> Summary {
    Bench::new().judge(bytes, SEAL_KEY).expect("it opens")
}

fn kinds(found: &Summary) -> Vec<BreakKind> {
    found.breaks.iter().map(|one| one.kind).collect()
}

#[test]
fn every_layout_is_intact_as_written() {
    for layout in LAYOUTS {
        let found = judge(&three_epochs(layout));
        assert_eq!(found.verdict, Verdict::Intact, "{layout:?}: {found:?}");
        assert_eq!((found.entries.intact, found.entries.total), (9, 9));
        assert_eq!(found.damage, [], "{layout:?}");
        assert_eq!(found.checkpoints_held, 4);
        assert_eq!(found.head, End::Anchored { by: "header" });
        assert_eq!(found.tail, End::Open);
        assert_eq!(found.links.len(), 4);
        assert!(
            found
                .links
                .iter()
                .skip(1)
                .all(|link| link.follows == Some(true))
        );
    }
}

#[test]
fn whatever_byte_is_flipped_what_is_called_intact_is_what_was_sealed() {
    let bench = Bench::new();
    for (offset, layout) in LAYOUTS.into_iter().enumerate() {
        let mut bytes = three_epochs(layout);
        let sealed = bench
            .open(&bytes)
            .map(|archive| entries_of(&*archive))
            .expect("it opens");
        let mut broken = 0;
        for place in (offset..bytes.len()).step_by(2 * LAYOUTS.len() - 1) {
            let bit = 1 << (place % 8);
            bytes[place] ^= bit;
            if let Ok(archive) = bench.open(&bytes) {
                let found = crate::support::judged(&*archive, SEAL_KEY);
                broken += usize::from(found.verdict == Verdict::Broken);
                for (number, entry) in entries_of(&*archive).iter().enumerate() {
                    let verdict = found.ranges.verdict_at(number as u64);
                    assert!(
                        verdict != Some(Verdict::Intact) || sealed.contains(entry),
                        "{layout:?}, byte {place}: entry {number} is no sealed one, yet intact"
                    );
                }
            }
            bytes[place] ^= bit;
        }
        let tried = bytes.len() / (2 * LAYOUTS.len() - 1);
        assert!(broken * 3 > tried, "{broken} of {tried} flips break it");
    }
}

#[test]
fn a_flipped_payload_breaks_its_interval_and_every_entry_with_the_field() {
    for layout in LAYOUTS {
        let mut bytes = three_epochs(layout);
        let place = bytes
            .windows(6)
            .position(|six| six == b"_PID=7")
            .expect("small payloads are not packed");
        bytes[place] ^= 1;
        let found = judge(&bytes);
        assert_eq!(found.verdict, Verdict::Broken);
        assert_eq!(
            found.entries.broken, 7,
            "three under the seal, four with the field"
        );
        assert_eq!(
            found.entries.unproven, 2,
            "the others share the host with the first ones"
        );
        let first = &found.breaks[0];
        assert_eq!(
            (first.kind, first.position, first.count),
            (BreakKind::Modified, 0, 3)
        );
        assert!(first.claimed.is_some() && first.computed.is_some() && !first.exact);
        assert!(found.breaks[1..].iter().all(|one| one.exact));
    }
}

#[test]
fn at_whatever_byte_a_journal_is_cut_it_is_not_intact() {
    let bench = Bench::new();
    for (offset, layout) in LAYOUTS.into_iter().enumerate() {
        let bytes = three_epochs(layout);
        for end in (offset + 1..bytes.len()).step_by(3 * LAYOUTS.len() - 1) {
            if let Ok(found) = bench.judge(&bytes[..end], SEAL_KEY) {
                assert!(
                    found.verdict > Verdict::Consistent,
                    "{layout:?} cut at {end}"
                );
            }
        }
    }
}

#[test]
fn entries_after_the_last_seal_are_not_sealed() {
    let mut journal = JournalBuilder::new(Layout::USUAL, 1);
    journal.seal(0);
    write(&mut journal, 0, 3);
    journal.seal(0);
    write(&mut journal, 1, 2);
    let found = judge(&journal.finish());
    assert_eq!(found.verdict, Verdict::Unsealed);
    assert_eq!((found.entries.intact, found.entries.unsealed), (3, 2));
    assert_eq!(
        found.says,
        "Intact to entry 2; the last 2 entries are not sealed."
    );
}

#[test]
fn a_seal_with_a_later_key_than_its_entries_times_breaks_its_interval() {
    let mut journal = JournalBuilder::new(Layout::USUAL, 1);
    journal.seal(0);
    write(&mut journal, 0, 3);
    journal.seal(0);
    write(&mut journal, 1, 3);
    journal.seal(5);
    let found = judge(&journal.finish());
    assert_eq!(found.verdict, Verdict::Broken);
    assert_eq!(kinds(&found), [BreakKind::Resealed]);
    assert_eq!((found.entries.intact, found.entries.broken), (3, 3));
}

#[test]
fn skipped_epochs_are_evidence_only_where_a_seal_is_promised() {
    for is_continuous in [false, true] {
        let layout = Layout {
            is_continuous,
            ..Layout::USUAL
        };
        let mut journal = JournalBuilder::new(layout, 1);
        journal.seal(0);
        write(&mut journal, 0, 3);
        journal.seal(0);
        write(&mut journal, 4, 3);
        journal.seal(4);
        let found = judge(&journal.finish());
        if is_continuous {
            assert_eq!(found.verdict, Verdict::Broken);
            assert_eq!(kinds(&found), [BreakKind::Relinked]);
            assert!(found.says.contains("3 seals are missing"), "{}", found.says);
        } else {
            assert_eq!(found.verdict, Verdict::Intact);
            assert_eq!(found.observations[0].kind, ObservationKind::SequenceGap);
        }
    }
}

#[test]
fn seals_out_of_their_turn_are_told() {
    for (seqnum, epoch, part) in [(4, 1, "Seal 4 follows seal 2"), (3, 0, "epoch 0")] {
        let mut journal = JournalBuilder::new(Layout::USUAL, 1);
        journal.seal(0);
        write(&mut journal, 1, 2);
        journal.seal(1);
        journal.seal_as(TagDraft {
            seqnum: Some(seqnum),
            epoch,
        });
        let found = judge(&journal.finish());
        assert_eq!(found.verdict, Verdict::Broken, "{part}");
        assert!(found.says.contains(part), "{}", found.says);
    }
}

#[test]
fn numbers_that_do_not_rise_are_told() {
    let mut journal = JournalBuilder::new(Layout::USUAL, 1);
    journal.seal(0);
    write(&mut journal, 0, 2);
    journal.set_next_seqnum(2);
    write(&mut journal, 0, 1);
    journal.seal(0);
    let found = judge(&journal.finish());
    assert_eq!(kinds(&found), [BreakKind::Moved]);
    assert_eq!((found.entries.intact, found.entries.broken), (2, 1));
    assert_eq!(found.observations[0].kind, ObservationKind::ClockReversed);
}

#[test]
fn without_the_key_or_with_another_one_nothing_is_proven() {
    let bench = Bench::new();
    let bytes = three_epochs(Layout::USUAL);
    let other = SEAL_KEY.replace("001122", "112200");
    for (key, part) in [
        ("-", "verification key was not given"),
        (&*other, "None of the 4 seals"),
    ] {
        let found = bench.judge(&bytes, key).expect("it opens");
        assert_eq!(
            (found.verdict, found.entries.unproven),
            (Verdict::Unproven, 9)
        );
        assert!(found.says.contains(part), "{}", found.says);
    }
    let both = format!("{other}\n{SEAL_KEY}\n");
    let found = bench.judge(&bytes, &both).expect("it opens");
    assert_eq!(
        found.verdict,
        Verdict::Intact,
        "the right one of several keys is found"
    );
    let found = bench
        .judge(&bytes, "{\"PublicKeyList\":[]}")
        .expect("it opens");
    assert_eq!(found.verdict, Verdict::Unproven);
    assert_eq!(
        found.notes,
        ["None of the keys given is a journal's verification key."]
    );
}

#[test]
fn a_rotated_family_is_one_archive_and_the_unsealed_file_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, number, epoch, is_sealed) in [
        ("system@5c-2.journal", 2, 1, true),
        ("system.journal", 3, 2, false),
        ("system@5c-1.journal", 1, 0, true),
    ] {
        let mut journal = JournalBuilder::new(
            Layout {
                is_sealed,
                ..Layout::USUAL
            },
            number,
        );
        journal.set_next_seqnum(1 + 2 * epoch);
        if is_sealed {
            journal.seal(epoch);
        }
        write(&mut journal, epoch, 2);
        if is_sealed {
            journal.seal(epoch);
        }
        std::fs::write(folder.path().join(name), journal.finish()).expect("written");
    }
    let archive = crate::support::open_folder(folder.path()).expect("it is one archive");
    let found = crate::support::judged(&*archive, SEAL_KEY);
    let epochs: Vec<String> = entries_of(&*archive)
        .iter()
        .map(|entry| String::from_utf8_lossy(entry).into_owned())
        .collect();
    for (number, entry) in epochs.iter().enumerate() {
        assert!(
            entry.contains(&format!("of epoch {}\"", number / 2)),
            "{entry}"
        );
    }
    assert_eq!(found.verdict, Verdict::Unsealed);
    assert_eq!((found.entries.intact, found.entries.unsealed), (4, 2));
    std::fs::write(folder.path().join("notes.txt"), "x").expect("written");
    assert!(
        crate::support::open_folder(folder.path()).is_none(),
        "not journals alone"
    );
}

#[test]
fn entries_that_the_list_hides_are_read_and_named() {
    let mut bytes = three_epochs(Layout::USUAL);
    let array = u64::from_le_bytes(bytes[176..184].try_into().expect("eight"));
    let first = usize::try_from(array).expect("small") + 24;
    let second: [u8; 4] = bytes[first + 4..first + 8].try_into().expect("four");
    bytes[first..first + 4].copy_from_slice(&second);
    let found = judge(&bytes);
    assert_eq!((found.verdict, found.entries.intact), (Verdict::Intact, 9));
    assert!(
        found
            .damage
            .iter()
            .any(|one| one.reason.contains("entry 0 of the file"))
    );
}
