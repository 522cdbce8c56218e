//! The seals of a journal as a chain, to be drawn.

use sealscope_model::Verdict;

use super::collect::FileCase;
use super::words;
use crate::summary::SealLink;

/// Seals that are listed of one archive; more cannot be drawn.
const LINKS_MAX: usize = 100_000;

/// Lists the seals of a file. `verdicts` are those of its intervals; `breaks_at`: where those begin
/// whose seal does not follow from the one before.
pub(super) fn links(
    case: &FileCase<'_>,
    verdicts: &[Option<Verdict>],
    breaks_at: &[u64],
    links: &mut Vec<SealLink>,
) {
    for (number, outcome) in case.intervals.iter().enumerate() {
        let Some(tag) = &outcome.interval.tag else {
            continue;
        };
        if links.len() >= LINKS_MAX {
            return;
        }
        let verdict = verdicts.get(number).copied().flatten();
        let is_judged = matches!(verdict, Some(Verdict::Intact | Verdict::Broken));
        let covers = outcome.from..outcome.to;
        links.push(SealLink {
            label: format!("Seal {}, epoch {}", tag.seqnum, tag.epoch),
            covers: if covers.is_empty() {
                Vec::new()
            } else {
                vec![covers]
            },
            verdict,
            follows: (number > 0 && is_judged).then(|| !breaks_at.contains(&outcome.interval.from)),
            is_missing: false,
            file: case.file.name().map(str::to_owned),
            note: outcome.realtime.map_or_else(String::new, |(first, last)| {
                format!("{} to {}", words::utc(first), words::utc(last))
            }),
        });
    }
}
