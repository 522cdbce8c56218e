//! What is known of an archive from outside, told line by line: the one source of these words for
//! command line and window.

use sealscope_archive::sealog::rfc3339;
use sealscope_model::AspectState;
use sealscope_verify::{
    HeldFinding, HeldKind, HeldState, Outside, TimestampFinding, TimestampState, WitnessSummary,
    grouped,
};

/// What something from outside is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutsideKind {
    /// A timestamp token (RFC 3161).
    Timestamp,
    /// A witness that cosigned.
    Witness,
    /// Checkpoints that were seen of this log before.
    Remembered,
    /// An anchor that the examiner gave.
    Anchor,
}

impl OutsideKind {
    /// It in a word, as the command line lists it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Timestamp => "time",
            Self::Witness => "witness",
            Self::Remembered => "seen",
            Self::Anchor => "anchor",
        }
    }

    /// It as a title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Timestamp => "Timestamp",
            Self::Witness => "Witness",
            Self::Remembered => "Seen before",
            Self::Anchor => "Anchor you gave",
        }
    }
}

/// One thing from outside, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideFact {
    /// What it is.
    pub kind: OutsideKind,
    /// How it came out.
    pub state: AspectState,
    /// That in a word or two: `trusted`, `agrees`.
    pub worth: &'static str,
    /// The fact on one line, with the word. Names are not escaped.
    pub line: String,
    /// More of it, in sentences; empty where the line says all. Not escaped.
    pub why: String,
}

/// Everything from outside, in order: timestamps, witnesses, what was seen before, anchors.
#[must_use]
pub fn outside_facts(outside: &Outside) -> Vec<OutsideFact> {
    let mut facts: Vec<OutsideFact> = outside.timestamps.iter().map(timestamp).collect();
    facts.extend(outside.witnesses.iter().map(witness));
    facts.extend(remembered(outside));
    let is_given = |held: &&HeldFinding| held.kind != HeldKind::Remembered;
    facts.extend(outside.held.iter().filter(is_given).map(anchor));
    facts
}

fn timestamp(found: &TimestampFinding) -> OutsideFact {
    let (state, worth) = match found.state {
        TimestampState::Trusted => (AspectState::Ok, "trusted"),
        TimestampState::Untrusted => (AspectState::NotCheckable, "not trusted"),
        TimestampState::Bad => (AspectState::Broken, "does not hold"),
    };
    let time = found.time().unwrap_or_else(|| "no time".to_owned());
    let who = found.authority.as_deref().unwrap_or("nobody known");
    OutsideFact {
        kind: OutsideKind::Timestamp,
        state,
        worth,
        line: format!("{time} by {who}, {worth}, over {}", found.stamps),
        why: found.says.clone(),
    }
}

fn witness(witness: &WitnessSummary) -> OutsideFact {
    let count = witness.checkpoints;
    let noun = if count == 1 {
        "checkpoint"
    } else {
        "checkpoints"
    };
    let newest = i64::try_from(witness.newest_time)
        .ok()
        .and_then(|seconds| seconds.checked_mul(1_000_000_000))
        .map(rfc3339);
    OutsideFact {
        kind: OutsideKind::Witness,
        state: AspectState::Ok,
        worth: "trusted",
        line: format!(
            "{} ({}), trusted, {} {noun}",
            witness.name,
            witness.key_id,
            grouped(count)
        ),
        why: newest.map_or_else(String::new, |time| {
            format!("By its own clock, it cosigned the newest of them at {time}.")
        }),
    }
}

/// The newest checkpoint that was seen, and what the earlier ones say together.
fn remembered(outside: &Outside) -> Vec<OutsideFact> {
    let seen = outside.remembered.as_ref().map(|(_, seen)| seen.as_str());
    let seen = seen.filter(|seen| !seen.is_empty());
    let mut all: Vec<&HeldFinding> = outside
        .held
        .iter()
        .filter(|held| held.kind == HeldKind::Remembered)
        .collect();
    all.sort_by_key(|held| held.size);
    let Some((newest, earlier)) = all.split_last() else {
        return Vec::new();
    };
    let when = seen.map_or_else(String::new, |seen| format!(", seen {seen}"));
    let (state, worth) = worth_of(newest.state);
    let mut facts = vec![OutsideFact {
        kind: OutsideKind::Remembered,
        state,
        worth,
        line: format!("checkpoint of {}{when}, {worth}", size(newest)),
        why: newest.says.clone(),
    }];
    for state in [
        HeldState::Contradicts,
        HeldState::NotCompared,
        HeldState::SaysNothing,
        HeldState::Agrees,
    ] {
        let of_state: Vec<_> = earlier.iter().filter(|held| held.state == state).collect();
        let (Some(first), Some(last)) = (of_state.first(), of_state.last()) else {
            continue;
        };
        let (aspect, worth) = worth_of(state);
        let (line, why) = match of_state.len() {
            1 => (
                format!("earlier checkpoint of {}, {worth}", size(first)),
                first.says.clone(),
            ),
            count => (
                format!(
                    "{} earlier checkpoints, of {} to {}: {worth}",
                    grouped(count as u64),
                    grouped(first.size.unwrap_or(0)),
                    size(last)
                ),
                String::new(),
            ),
        };
        facts.push(OutsideFact {
            kind: OutsideKind::Remembered,
            state: aspect,
            worth,
            line,
            why,
        });
    }
    facts
}

fn anchor(held: &HeldFinding) -> OutsideFact {
    let (state, worth) = worth_of(held.state);
    let what = match (held.kind, held.size) {
        (HeldKind::Token, _) => "timestamp token".to_owned(),
        (HeldKind::Head, Some(_)) => format!("head after {}", size(held)),
        (HeldKind::Head, None) => "head".to_owned(),
        (_, Some(_)) => format!("checkpoint of {}", size(held)),
        (_, None) => "checkpoint".to_owned(),
    };
    OutsideFact {
        kind: OutsideKind::Anchor,
        state,
        worth,
        line: format!("{what}, {worth}"),
        why: held.says.clone(),
    }
}

fn size(held: &HeldFinding) -> String {
    match held.size.unwrap_or(0) {
        1 => "1 entry".to_owned(),
        count => format!("{} entries", grouped(count)),
    }
}

const fn worth_of(state: HeldState) -> (AspectState, &'static str) {
    match state {
        HeldState::Agrees => (AspectState::Ok, "agrees"),
        HeldState::SaysNothing => (AspectState::Absent, "says nothing of this archive"),
        HeldState::NotCompared => (AspectState::NotCheckable, "not compared"),
        HeldState::Contradicts => (AspectState::Broken, "does not agree"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(kind: HeldKind, size: u64, state: HeldState) -> HeldFinding {
        HeldFinding {
            kind,
            size: Some(size),
            state,
            says: format!("Says {size}."),
        }
    }

    fn lines(outside: &Outside) -> Vec<String> {
        let facts = outside_facts(outside);
        let line = |fact: &OutsideFact| format!("{} {}", fact.kind.word(), fact.line);
        facts.iter().map(line).collect()
    }

    #[test]
    fn what_was_seen_is_told_newest_first_and_what_parts_before_what_agrees() {
        use HeldKind::{Head, Remembered};
        let mut outside = Outside::default();
        assert!(lines(&outside).is_empty());
        outside.held = vec![
            held(Head, 1, HeldState::Agrees),
            held(Remembered, 10, HeldState::Agrees),
            held(Remembered, 20, HeldState::Agrees),
            held(Remembered, 30, HeldState::Contradicts),
            held(Remembered, 1040, HeldState::NotCompared),
        ];
        assert_eq!(
            lines(&outside),
            [
                "seen checkpoint of 1,040 entries, not compared",
                "seen earlier checkpoint of 30 entries, does not agree",
                "seen 2 earlier checkpoints, of 10 to 20 entries: agrees",
                "anchor head after 1 entry, agrees",
            ]
        );
    }

    #[test]
    fn a_witness_states_its_time_by_its_own_clock() {
        let outside = Outside {
            witnesses: vec![WitnessSummary {
                name: "w.example.org".to_owned(),
                key_id: "0a0b0c0d".to_owned(),
                checkpoints: 1,
                newest_time: 1_700_000_000,
            }],
            ..Outside::default()
        };
        let facts = outside_facts(&outside);
        assert_eq!(
            facts[0].line,
            "w.example.org (0a0b0c0d), trusted, 1 checkpoint"
        );
        assert!(
            facts[0].why.contains("2023-11-14T22:13:20"),
            "{}",
            facts[0].why
        );
    }
}
