//! Whole frames and segments removed, repeated, swapped and spliced; heads and tails cut.

use sealscope_archive::sealog::{Control, Header};
use sealscope_model::BreakKind::{Duplicated, Modified, Moved, Removed, Resealed};
use sealscope_model::Verdict;
use sealscope_testkit::sealog::{
    Made, Part, Plan, control_line, judge, open, our_signer, to_bytes,
};

use crate::support::{
    assert_clean, breaks, broken_at, damage, intact_count, kinds, made, made_without_index,
    verdicts,
};

/// First leaf and count of every data frame.
fn frames(made: &Made) -> Vec<(u64, u64)> {
    let mut first = 0;
    let counts = made.data().map(|lines| lines.len() as u64);
    counts
        .map(|count| {
            first += count;
            (first - count, count)
        })
        .collect()
}

/// Places of data frames in the file.
fn data_places(made: &Made) -> Vec<usize> {
    made.places(|part| matches!(part, Part::Data(_)))
}

#[test]
fn a_removed_frame_is_named_through_its_list_or_the_index() {
    let count = data_places(&made()).len();
    for number in 0..count {
        for (make, with_list) in [(made as fn() -> Made, false), (made_without_index, true)] {
            let mut changed = make();
            let (first, lines) = frames(&changed)[number];
            let place = data_places(&changed)[number];
            let taken = if with_list { 1 } else { 2 };
            changed.parts.drain(place..place + taken);
            let summary = judge(&changed.bytes());
            assert_eq!(
                breaks(&summary),
                [(Removed, first, lines, None, true)],
                "frame {number}: {summary:#?}"
            );
            assert_eq!(intact_count(&summary), 28 - lines);
            assert_eq!(damage(&summary), [""; 0]);
        }
    }
}

#[test]
fn a_frame_removed_with_all_that_tells_of_it_is_bounded_by_its_checkpoints() {
    for number in 0..data_places(&made()).len() {
        let mut changed = made_without_index();
        let (first, _) = frames(&changed)[number];
        let place = data_places(&changed)[number];
        changed.parts.drain(place..place + 2);
        let summary = judge(&changed.bytes());
        assert_eq!(summary.verdict, Verdict::Broken);
        let from = [0, 9, 18].into_iter().rfind(|from| *from <= first);
        let from = from.expect("a span");
        assert!(
            breaks(&summary).contains(&(Removed, from, 28 - from, None, false)),
            "{summary:#?}"
        );
        assert_eq!(intact_count(&summary), from);
    }
}

#[test]
fn a_repeated_frame_is_named_wherever_it_stands() {
    let count = data_places(&made()).len();
    for number in 0..count {
        for to in 0..count {
            let mut changed = made();
            let (first, lines) = frames(&changed)[number];
            let (at, _) = frames(&changed)[to];
            let places = data_places(&changed);
            let copy = changed.parts[places[number]..places[number] + 2].to_vec();
            changed.parts.splice(places[to]..places[to], copy);
            let summary = judge(&changed.bytes());
            // A copy right before the original stands first, and the original is the repeat.
            let found = if number == to { at + lines } else { at };
            assert_eq!(
                breaks(&summary),
                [(Duplicated, first, lines, Some(found), true)],
                "frame {number} before {to}: {summary:#?}"
            );
            assert_eq!(intact_count(&summary), 28);
        }
    }
}

#[test]
fn two_swapped_frames_are_named() {
    let count = data_places(&made()).len();
    for (a, b) in (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))) {
        let mut changed = made();
        let places = data_places(&changed);
        for part in 0..2 {
            changed.parts.swap(places[a] + part, places[b] + part);
        }
        let summary = judge(&changed.bytes());
        assert_eq!(summary.verdict, Verdict::Broken);
        let ranges = frames(&made());
        assert!(!summary.breaks.is_empty(), "{a} and {b}");
        for found in &summary.breaks {
            assert_eq!(
                (found.kind, found.exact),
                (Moved, true),
                "{a} and {b}: {summary:#?}"
            );
            let of = (found.position, found.count);
            let is_between = ranges[a].0 <= of.0 && of.0 + of.1 <= ranges[b].0 + ranges[b].1;
            assert!(is_between, "{a} and {b}: {summary:#?}");
        }
        let moved: u64 = summary.breaks.iter().map(|found| found.count).sum();
        assert_eq!(intact_count(&summary), 28 - moved);
        assert_eq!(damage(&summary), [""; 0]);
    }
}

/// Places in the file where the parts of each segment begin, and where the last ends.
fn segment_places(made: &Made) -> Vec<usize> {
    let ends = made.places(|part| matches!(part, Part::Checkpoint(_)));
    [1].into_iter()
        .chain(ends.into_iter().map(|end| end + 1))
        .collect()
}

#[test]
fn a_removed_segment_is_named() {
    for (number, (first, count)) in [(0, 9), (9, 9), (18, 10)].into_iter().enumerate() {
        let mut changed = made();
        let places = segment_places(&changed);
        changed.parts.drain(places[number]..places[number + 1]);
        let summary = judge(&changed.bytes());
        if number == 2 {
            // Cut at a checkpoint, but for the index that still tells what was there.
            assert_eq!(breaks(&summary), []);
            assert_eq!(summary.verdict, Verdict::Intact);
            assert!(!summary.tail.is_anchored());
            assert_eq!(damage(&summary).len(), 1);
            continue;
        }
        assert!(
            breaks(&summary).contains(&(Removed, first, count, None, true)),
            "{summary:#?}"
        );
        // Its checkpoint is gone too: the segment after it names one that is not there.
        let only_link = summary.breaks.iter().all(|found| {
            found.kind == Removed || found.kind == sealscope_model::BreakKind::Relinked
        });
        assert!(only_link, "{summary:#?}");
        assert_eq!(intact_count(&summary), 28 - count);
    }
}

#[test]
fn swapped_and_repeated_segments_are_named() {
    let mut swapped = made();
    let places = segment_places(&swapped);
    let second: Vec<Part> = swapped.parts.drain(places[1]..places[2]).collect();
    swapped.parts.splice(1..1, second.clone());
    let summary = judge(&swapped.bytes());
    assert_eq!(summary.verdict, Verdict::Broken);
    assert!(kinds(&summary).contains(&Moved), "{summary:#?}");
    assert!(intact_count(&summary) >= 19);

    let mut repeated = made();
    let places = segment_places(&repeated);
    repeated.parts.splice(places[2]..places[2], second);
    let summary = judge(&repeated.bytes());
    assert_eq!(breaks(&summary), [(Duplicated, 9, 9, Some(18), true)]);
    assert_eq!(intact_count(&summary), 28);
}

#[test]
fn swapped_checkpoints_leave_the_entries_intact_and_are_damage() {
    let mut swapped = made_without_index();
    let places = swapped.places(|part| matches!(part, Part::Checkpoint(_)));
    swapped.parts.swap(places[0], places[1]);
    let summary = judge(&swapped.bytes());
    assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    assert_eq!(damage(&summary).len(), 2, "{summary:#?}");
}

#[test]
fn a_cut_head_is_removed_up_to_what_is_left() {
    let count = data_places(&made()).len();
    for cut in 1..count {
        for keep_id in [true, false] {
            let mut changed = made();
            let (first, _) = frames(&changed)[cut];
            let place = data_places(&changed)[cut];
            changed.parts.drain(usize::from(keep_id)..place);
            let summary = judge(&changed.bytes());
            assert_eq!(summary.verdict, Verdict::Broken);
            assert!(
                breaks(&summary).contains(&(Removed, 0, first, None, true)),
                "cut {cut}: {summary:#?}"
            );
            assert!(!summary.head.is_anchored());
            assert_eq!(
                intact_count(&summary),
                28 - first,
                "cut {cut}: {summary:#?}"
            );
        }
    }
}

#[test]
fn a_lost_slid_alone_is_damage_and_costs_nothing_else() {
    let mut headless = made();
    headless.parts.remove(0);
    let summary = judge(&headless.bytes());
    assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    assert!(damage(&summary).contains(&"the file does not begin with an SLID frame"));
}

fn header_at(start: u64) -> Vec<u8> {
    control_line(&Control::Header(Header {
        version: 1,
        archive: "61726368-6976-652d-7575-69642d303121".to_owned(),
        origin: "example.org/audit".to_owned(),
        log: "7468652d-7575-6964-2d6f-662d6c6f6721".to_owned(),
        start,
        schema: None,
        signer: our_signer().verifier().to_vkey(),
        previous: None,
        tool: "testkit".to_owned(),
    }))
}

#[test]
fn a_start_raised_with_a_frontier_made_to_fit_shows_at_the_new_header() {
    for (start, _) in frames(&made()).into_iter().skip(1) {
        let mut raised = made_without_index();
        raised.raise_start(start, header_at(start));
        let summary = judge(&raised.bytes());
        assert_eq!(breaks(&summary), [(Modified, start, 1, Some(start), true)]);
        assert_eq!(broken_at(&summary), [start]);
        assert!(!summary.head.is_anchored());
    }
}

#[test]
fn an_archive_that_continues_is_intact_with_an_open_head() {
    let first = made();
    let mut plan = Plan::new(2, 6);
    plan.before = first.tree();
    plan.archive = *b"archive-uuid-02!";
    let summary = judge(&plan.build().bytes());
    assert_clean(&summary);
    assert!(!summary.head.is_anchored() && summary.tail.is_anchored());
    assert_eq!(verdicts(&summary), [(28, 43, "intact")]);
}

#[test]
fn a_continued_archive_whose_slid_is_lost_is_unproven_and_never_intact() {
    let first = made();
    for edited in [false, true] {
        let mut plan = Plan::new(2, 6);
        plan.before = first.tree();
        let mut headless = plan.build();
        if edited {
            headless.edit(sealscope_testkit::sealog::Cover::Nothing, |lines| {
                lines[3].1 = b"changed".to_vec();
            });
        }
        headless.parts.remove(0);
        let summary = judge(&headless.bytes());
        assert_eq!(summary.verdict, Verdict::Unproven, "{summary:#?}");
        assert_eq!(intact_count(&summary), 0);
        assert!(summary.says.contains("SLID"), "{}", summary.says);
    }
}

#[test]
fn a_cut_at_a_checkpoint_is_intact_with_an_open_end() {
    for (number, end) in [(1, 9), (2, 18)] {
        let mut cut = made_without_index();
        let places = segment_places(&cut);
        cut.parts.truncate(places[number]);
        let summary = judge(&cut.bytes());
        assert_clean(&summary);
        assert_eq!(verdicts(&summary), [(0, end, "intact")]);
        assert!(!summary.tail.is_anchored());
    }
}

#[test]
fn after_close_the_index_may_be_lost_without_a_finding() {
    let mut cut = made();
    cut.parts.pop();
    let summary = judge(&cut.bytes());
    assert_clean(&summary);
    assert!(summary.tail.is_anchored());
}

#[test]
fn what_is_spliced_in_from_another_log_breaks_at_the_seam() {
    let mut plan = Plan::new(3, 8);
    plan.log = *b"another-log-uuid";
    plan.archive = *b"archive-uuid-03!";
    for segment in &mut plan.segments {
        for line in segment {
            line.extend(b" of the other");
        }
    }
    let other = plan.build();
    for number in 1..3 {
        let mut spliced = made_without_index();
        let places = segment_places(&spliced);
        let tail = other.parts[places[number]..places[3]].to_vec();
        spliced.parts.truncate(places[number]);
        spliced.parts.extend(tail);
        let summary = judge(&spliced.bytes());
        assert_eq!(summary.verdict, Verdict::Broken);
        assert!(kinds(&summary).contains(&Resealed), "{summary:#?}");
        let seam = if number == 1 { 9 } else { 18 };
        assert_eq!(intact_count(&summary), seam);
        assert!(
            summary.breaks.iter().any(|found| found.position == seam),
            "{summary:#?}"
        );
    }
}

#[test]
fn frames_divided_anew_around_the_same_lines_leave_the_entries_intact() {
    let mut plan = Plan::new(3, 8);
    plan.frame_lines = 3;
    let other = plan.build();
    let mut mixed = made();
    // The data frames of another division, each without the list that belongs to it.
    let lists = mixed.places(|part| matches!(part, Part::List(_)));
    assert!(lists.len() < other.places(|part| matches!(part, Part::List(_))).len());
    mixed
        .parts
        .retain(|part| !matches!(part, Part::Data(_) | Part::List(_)));
    let data: Vec<Part> = other
        .parts
        .iter()
        .filter(|p| matches!(p, Part::Data(_)))
        .cloned()
        .collect();
    // Header and eight entries make three frames of three; then three; then four.
    for (at, count) in [(1, 3), (5, 3), (9, 4)] {
        let from = if at == 1 {
            0
        } else if at == 5 {
            3
        } else {
            6
        };
        mixed
            .parts
            .splice(at..at, data[from..from + count].to_vec());
    }
    let summary = judge(&to_bytes(&mixed.parts));
    assert_eq!(verdicts(&summary), [(0, 28, "intact")], "{summary:#?}");
    assert!(damage(&summary).contains(&"the data frame has no leaf list"));
}

#[test]
fn an_slid_of_another_start_is_contradicted_by_the_header() {
    let mut changed = made();
    let Part::Id(id) = &mut changed.parts[0] else {
        panic!("SLID is first");
    };
    (id.start, id.frontier) = (4, vec![sealscope_model::Digest::new([1; 32])]);
    let summary = judge(&changed.bytes());
    assert_eq!(summary.verdict, Verdict::Broken);
    assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    assert!(open(&changed.bytes()).is_ok());
}
