//! A sealog archive against what is known from outside: checkpoints and head hashes that the
//! examiner gave, timestamp tokens, cosignatures, and what was seen of the log before.
//!
//! Invariants: 1. Nothing from outside makes a broken entry better. 2. What says nothing of this
//! archive changes nothing, and is named. 3. Only an anchor that the examiner gave vouches for
//! entries; the memory only contradicts.

use sealscope_model::{
    Base, Break, BreakKind, Digest, End, Observation, ObservationKind, Position, Strength, Verdict,
    VerdictRanges,
};
use sealscope_proof::{Checkpoint, CompactRange, Note};

use super::Case;
use super::ranges::{overlay, vouched};
use crate::anchors::Anchor;
use crate::outside::{
    CheckpointStatement, HeldFinding, HeldKind, HeldState, RememberedLog, says_nothing_here,
};
use crate::prove::leaves_of;
use crate::seals::origin_name;
use crate::summary::{entries, grouped};
use crate::trust::{SignatureFinding, TrustStore};

/// Who states something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// A checkpoint that the examiner gave, signed by a trusted key.
    Checkpoint,
    /// A head hash that the examiner gave.
    Examiner,
    /// A trusted timestamp token that the examiner gave, over a checkpoint of this archive.
    Token,
    /// What was seen before.
    Memory,
}

impl Speaker {
    /// What fixes an end of the archive, in one word.
    const fn word(self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::Examiner => "examiner",
            Self::Token => "token",
            Self::Memory => "memory",
        }
    }

    /// What entries are worth that nothing but this covers.
    const fn strength(self) -> Strength {
        match self {
            Self::Checkpoint => Strength::SIGNED,
            Self::Examiner | Self::Token | Self::Memory => Strength {
                base: Some(Base::Chain),
                ..Strength::NONE
            },
        }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::Checkpoint => "the checkpoint that you gave",
            Self::Examiner => "the head hash that you gave",
            Self::Token => "the checkpoint that is under the timestamp that you gave",
            Self::Memory => "a checkpoint that was seen before",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Statement {
    states: CheckpointStatement,
    by: Speaker,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) breaks: Vec<Break>,
    pub(super) observations: Vec<Observation>,
    pub(super) notes: Vec<String>,
    /// Entries before these indexes are as an anchor states, and what proves that.
    vouched: Vec<(Position, Strength)>,
    /// What fixes the end.
    pub(super) tail: Option<End>,
    /// The stretch in which two histories part.
    forked: Option<(Position, Position)>,
    pub(super) remembered: Option<(CheckpointStatement, String)>,
    /// How each statement compares.
    pub(super) findings: Vec<HeldFinding>,
}

impl Held {
    /// The verdicts with what the anchors add and take.
    pub(super) fn apply(&self, ranges: VerdictRanges, begin: Position) -> VerdictRanges {
        let mut ranges = ranges;
        for (to, strength) in &self.vouched {
            ranges = vouched(&ranges, begin, *to, *strength);
        }
        if let Some((from, to)) = self.forked {
            ranges = overlay(&ranges, begin, from, to, |_| Verdict::Broken);
        }
        ranges
    }
}

/// How a statement and the archive compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    /// The lines stored have this root.
    Stored,
    /// What was sealed has this root; the lines stored are changed.
    Sealed,
    /// It is about more than the archive holds.
    Beyond,
    /// It is about what stands before the archive.
    Before,
    /// The archive has another root there, and nothing else explains it.
    Differs,
    /// It cannot be told.
    Unknown,
}

impl Case<'_> {
    /// Holds everything from outside against the archive. `stamped` are the statements of
    /// checkpoints that trusted tokens given stamp; `breaks` were found before.
    pub(super) fn hold_outside(
        &self,
        trust: &TrustStore,
        stamped: &[CheckpointStatement],
        breaks: &[Break],
        is_closed: bool,
    ) -> Held {
        let mut held = Held::default();
        let mut statements = self.given_statements(trust, &mut held);
        statements.extend(stamped.iter().map(|states| Statement {
            states: *states,
            by: Speaker::Token,
        }));
        let given = statements.len();
        statements.extend(self.remembered_statements(trust, &mut held));
        let sizes = || statements.iter().map(|one| one.states.size).collect();
        let (stored, sealed) = (self.stored_roots(sizes()), self.roots_at(sizes()));
        let compared: Vec<Comparison> = statements
            .iter()
            .map(|one| {
                let at = one.states.size;
                let roots = (stored.get(&at).copied(), sealed.get(&at).copied());
                self.compare(one.states, roots, breaks)
            })
            .collect();
        let both = statements.iter().copied().zip(compared);
        let both: Vec<(Statement, Comparison)> = both.collect();
        for (statement, comparison) in &both {
            let finding = self.finding(*statement, *comparison, trust, is_closed);
            held.findings.extend(finding);
        }
        for (statement, comparison) in both.iter().take(given) {
            self.take_given(*statement, *comparison, trust, is_closed, &mut held);
        }
        self.take_memory(&both, given, &mut held);
        self.take_fork(&both, trust, &mut held);
        held
    }

    /// What the examiner gave, as far as it can be about this log.
    fn given_statements(&self, trust: &TrustStore, held: &mut Held) -> Vec<Statement> {
        let mut statements = Vec::new();
        for anchor in &trust.anchors {
            match anchor {
                Anchor::Head { count, digest } => statements.push(Statement {
                    states: CheckpointStatement {
                        size: *count,
                        root: *digest,
                    },
                    by: Speaker::Examiner,
                }),
                Anchor::Checkpoint(note) => match self.trusted_statement(note, trust) {
                    Ok(states) => statements.push(Statement {
                        states,
                        by: Speaker::Checkpoint,
                    }),
                    Err((state, why)) => {
                        held.findings.push(HeldFinding {
                            kind: HeldKind::Checkpoint,
                            size: None,
                            state,
                            says: why.clone(),
                        });
                        held.notes.push(why);
                    }
                },
                // Held against the checkpoints elsewhere, and against the whole file later.
                Anchor::Token(_) => {}
            }
        }
        statements
    }

    fn trusted_statement(
        &self,
        note: &str,
        trust: &TrustStore,
    ) -> Result<CheckpointStatement, (HeldState, String)> {
        let unread = || {
            let why = "A checkpoint that you gave does not parse.".to_owned();
            (HeldState::NotCompared, why)
        };
        let note = Note::parse(note.as_bytes()).map_err(|_| unread())?;
        let checkpoint = Checkpoint::parse(&note.text).map_err(|_| unread())?;
        if self
            .seals
            .origin
            .as_ref()
            .is_some_and(|own| *own != checkpoint.origin)
        {
            let what = format!(
                "A checkpoint that you gave is of the log {:?}, not of this one",
                checkpoint.origin
            );
            return Err((HeldState::SaysNothing, says_nothing_here(&what)));
        }
        let name = origin_name(&checkpoint.origin);
        let is_trusted = note.signatures.iter().any(|line| {
            matches!(
                trust.judge(&note.text, name, line),
                SignatureFinding::Trusted(_)
            )
        });
        if is_trusted {
            Ok(CheckpointStatement {
                size: checkpoint.size,
                root: checkpoint.root,
            })
        } else {
            let why = "A checkpoint that you gave is not signed by a key that you trust for this \
                       origin: it was not used.";
            Err((HeldState::NotCompared, why.to_owned()))
        }
    }

    /// What was seen of this log before, when its newest checkpoint is still trusted.
    fn remembered_statements(&self, trust: &TrustStore, held: &mut Held) -> Vec<Statement> {
        let own = self.seals.origin.as_ref();
        let mut logs = trust.remembered.iter();
        let Some(log) = logs.find(|log| Some(&log.origin) == own) else {
            return Vec::new();
        };
        let Ok(newest) = self.trusted_statement(&log.note, trust) else {
            return Vec::new();
        };
        held.remembered = Some((newest, log.seen.clone()));
        let earlier = log.checkpoints.iter().filter(|one| one.size < newest.size);
        let all = earlier.copied().chain([newest]);
        all.map(|states| Statement {
            states,
            by: Speaker::Memory,
        })
        .collect()
    }

    fn compare(
        &self,
        states: CheckpointStatement,
        (stored, sealed): (Option<Digest>, Option<Digest>),
        breaks: &[Break],
    ) -> Comparison {
        let CheckpointStatement { size, root } = states;
        if stored == Some(root) {
            return Comparison::Stored;
        }
        if sealed == Some(root) {
            return Comparison::Sealed;
        }
        if size < self.start.at {
            return Comparison::Before;
        }
        let end = self.stored_end().max(self.sealed.end(self.start.at));
        if size > end {
            return Comparison::Beyond;
        }
        if self.start.tree.is_none() || self.is_partial {
            return Comparison::Unknown;
        }
        // A sealed tree that is proven and differs is another history; changed lines that are
        // named already explain a stored one.
        let is_explained = breaks.iter().any(|found| found.position < size);
        match (stored, sealed) {
            (_, Some(_)) if self.is_vouched_to(size) => Comparison::Differs,
            (Some(_), _) if !is_explained => Comparison::Differs,
            _ => Comparison::Unknown,
        }
    }

    /// Whether a trusted checkpoint of at least this size holds.
    fn is_vouched_to(&self, size: u64) -> bool {
        let bounds = self.sealed.spans.iter().zip(&self.seals.bounds);
        bounds
            .into_iter()
            .any(|(span, seal)| span.is_proven() && seal.trust.is_trusted() && seal.size >= size)
    }

    /// How one statement compares, to be shown; `None` for a checkpoint under a token, which is
    /// shown with the token.
    fn finding(
        &self,
        statement: Statement,
        comparison: Comparison,
        trust: &TrustStore,
        is_closed: bool,
    ) -> Option<HeldFinding> {
        let kind = match statement.by {
            Speaker::Checkpoint => HeldKind::Checkpoint,
            Speaker::Examiner => HeldKind::Head,
            Speaker::Memory => HeldKind::Remembered,
            Speaker::Token => return None,
        };
        let size = statement.states.size;
        let end = grouped(self.stored_end().max(self.sealed.end(self.start.at)));
        let may_be_anothers = kind == HeldKind::Head && trust.anchors_are_shared;
        let is_given = kind != HeldKind::Remembered;
        let first = format!("the first {}", entries(size));
        let (state, says) = match comparison {
            Comparison::Stored => (
                HeldState::Agrees,
                format!("{} have the root that it states.", capital(&first)),
            ),
            Comparison::Sealed => (
                HeldState::Agrees,
                format!(
                    "The seals of {first} have the root that it states; the entries stored do not."
                ),
            ),
            Comparison::Beyond if self.is_partial => (
                HeldState::NotCompared,
                "Not all of the archive was looked at.".to_owned(),
            ),
            Comparison::Beyond if is_given && !is_closed && !may_be_anothers => (
                HeldState::Contradicts,
                format!("It is of {}; the archive ends after {end}.", entries(size)),
            ),
            Comparison::Beyond => (
                HeldState::NotCompared,
                format!(
                    "It is of {}; this archive has {end}, which it cannot be held against.",
                    entries(size)
                ),
            ),
            Comparison::Before => (
                HeldState::SaysNothing,
                format!("It is of {}; this archive begins later.", entries(size)),
            ),
            Comparison::Differs if may_be_anothers => (
                HeldState::SaysNothing,
                "It is not of this log; it may be meant for another that is open.".to_owned(),
            ),
            Comparison::Differs => (
                HeldState::Contradicts,
                format!("{} have another root than it states.", capital(&first)),
            ),
            Comparison::Unknown => (
                HeldState::NotCompared,
                format!("What the archive holds of {first} does not give a root to compare."),
            ),
        };
        Some(HeldFinding {
            kind,
            size: Some(size),
            state,
            says,
        })
    }

    fn take_given(
        &self,
        statement: Statement,
        comparison: Comparison,
        trust: &TrustStore,
        is_closed: bool,
        held: &mut Held,
    ) {
        let CheckpointStatement { size, .. } = statement.states;
        let what = statement.by.says();
        match comparison {
            Comparison::Stored => {
                let strength = statement.by.strength();
                held.vouched.push((size, strength));
                // A signature says more than a digest: it goes first.
                held.vouched
                    .sort_by_key(|(_, strength)| std::cmp::Reverse(*strength));
                if size == self.stored_end() && !self.is_partial {
                    let by = statement.by.word();
                    held.tail.get_or_insert(End::Anchored { by });
                }
            }
            Comparison::Sealed => {}
            Comparison::Beyond if self.is_partial => held.notes.push(not_compared(what)),
            // A count beyond the end says little of an archive that it may not be meant for.
            Comparison::Beyond if statement.by == Speaker::Examiner && trust.anchors_are_shared => {
                let what = format!("The head hash of {} that you gave is longer", entries(size));
                held.notes.push(says_nothing_here(&what));
            }
            Comparison::Beyond if is_closed => held.observations.push(Observation {
                kind: ObservationKind::LongerStateKnown,
                position: None,
                says: format!(
                    "The log goes on after this archive: {what} is of {}.",
                    entries(size)
                ),
            }),
            Comparison::Beyond => held.breaks.push(self.truncated(size, what)),
            Comparison::Before => {
                let says = format!(
                    "{} is of {}; this archive begins later",
                    capital(what),
                    entries(size)
                );
                held.notes.push(says_nothing_here(&says));
            }
            Comparison::Differs
                if statement.by == Speaker::Examiner && trust.anchors_are_shared =>
            {
                let what = "A head hash that you gave is not that of this log";
                held.notes.push(says_nothing_here(what));
            }
            Comparison::Differs => {}
            Comparison::Unknown => held.notes.push(not_compared(what)),
        }
    }

    fn truncated(&self, size: u64, what: &str) -> Break {
        let end = self.stored_end().max(self.sealed.end(self.start.at));
        let says = format!(
            "The archive ends after {}; {what} proves that the log had {}.",
            entries(end),
            grouped(size)
        );
        let mut cut = Break::new(BreakKind::Truncated, end, size - end, says);
        cut.exact = true;
        cut
    }

    /// A shorter state than the one seen before is no break: it may be a backup.
    fn take_memory(&self, all: &[(Statement, Comparison)], given: usize, held: &mut Held) {
        let newest = all.iter().skip(given).next_back();
        if let Some((statement, Comparison::Beyond)) = newest
            && !self.is_partial
        {
            let seen = held.remembered.as_ref().map(|(_, seen)| seen.as_str());
            let when = match seen {
                Some(seen) if !seen.is_empty() => format!(" on {seen}"),
                _ => String::new(),
            };
            let says = format!(
                "A longer state of this log is known: {} were seen{when}, this archive has {}.",
                entries(statement.states.size),
                grouped(self.stored_end())
            );
            held.observations.push(Observation {
                kind: ObservationKind::LongerStateKnown,
                position: None,
                says,
            });
        }
    }

    /// Two histories: named once, as closely as the statements tell.
    fn take_fork(&self, all: &[(Statement, Comparison)], trust: &TrustStore, held: &mut Held) {
        let differs = all.iter().filter(|(statement, comparison)| {
            let is_anothers = statement.by == Speaker::Examiner && trust.anchors_are_shared;
            *comparison == Comparison::Differs && !is_anothers
        });
        let Some((first, _)) = differs.min_by_key(|(statement, _)| statement.states.size) else {
            return;
        };
        let agreed = all.iter().filter(|(statement, comparison)| {
            let is_same = matches!(comparison, Comparison::Stored | Comparison::Sealed);
            is_same && statement.states.size < first.states.size
        });
        let from = agreed.map(|(statement, _)| statement.states.size).max();
        let (from, to) = (from.unwrap_or(0), first.states.size);
        let place = if to - from == 1 {
            format!("they part at entry {}", grouped(from))
        } else {
            format!(
                "they part somewhere from entry {} to entry {}",
                grouped(from),
                grouped(to.saturating_sub(1))
            )
        };
        let says = format!(
            "The log has two histories: the first {} have another root here than {} states; \
             {place}.",
            entries(to),
            first.by.says()
        );
        let mut fork = Break::new(BreakKind::Fork, from, to - from, says);
        fork.exact = to - from == 1;
        fork.claimed = Some(sealscope_model::Claimed::parsed(first.states.root));
        held.breaks.push(fork);
        held.forked = Some((from, to));
    }

    /// The roots over the first so many lines as they are stored.
    fn stored_roots(&self, mut sizes: Vec<u64>) -> std::collections::HashMap<u64, Digest> {
        sizes.sort_unstable();
        sizes.dedup();
        let mut roots = std::collections::HashMap::new();
        let Some(mut tree) = self.start.tree.clone() else {
            return roots;
        };
        let begin = tree.end();
        let sizes = sizes.into_iter().skip_while(|size| *size < begin);
        let mut sizes = sizes.peekable();
        for found in self.findings {
            if sizes.peek().is_none() {
                break;
            }
            let range = self
                .sealed
                .placed
                .get(&found.ordinal)
                .unwrap_or(&found.range);
            if range.begin() != tree.end() {
                break;
            }
            while let Some(size) = sizes.next_if(|size| *size < range.end()) {
                if let Some(root) = self.root_within(&tree, size, found.ordinal) {
                    roots.insert(size, root);
                }
            }
            if tree.join(range).is_err() {
                break;
            }
        }
        if let (Some(size), Some(root)) = (sizes.next_if(|size| *size == tree.end()), tree.root()) {
            roots.insert(size, root);
        }
        roots
    }

    /// The root over the lines before a segment and the first ones of it.
    fn root_within(&self, before: &CompactRange, size: u64, ordinal: usize) -> Option<Digest> {
        let mut tree = before.clone();
        let count = usize::try_from(size.checked_sub(tree.end())?).ok()?;
        let leaves = leaves_of(self.archive, ordinal);
        let some = leaves.get(..count)?;
        some.iter().for_each(|leaf| tree.push(*leaf));
        tree.root()
    }

    /// What is worth remembering: the newest checkpoint that a trusted key signed, with all that it
    /// proves. Nothing where anything is broken or was not looked at.
    pub(super) fn to_remember(&self, breaks: &[Break]) -> Option<RememberedLog> {
        if !breaks.is_empty() || self.is_partial {
            return None;
        }
        let both = || self.sealed.spans.iter().zip(&self.seals.bounds);
        if both().any(|(span, _)| !span.is_proven()) {
            return None;
        }
        let trusted: Vec<_> = both().filter(|(_, seal)| seal.trust.is_trusted()).collect();
        let (_, newest) = trusted.last()?;
        let mut frames = self.archive.structure().checkpoints.iter();
        let frame = frames.find(|frame| frame.payload_hash == newest.payload_hash)?;
        let checkpoints = trusted.iter().map(|(_, seal)| CheckpointStatement {
            size: seal.size,
            root: seal.root,
        });
        let log = RememberedLog {
            origin: self.seals.origin.clone()?,
            note: frame.note.as_ref().ok()?.to_note(),
            seen: String::new(),
            checkpoints: checkpoints.collect(),
        };
        Some(log.thinned())
    }
}

fn not_compared(what: &str) -> String {
    format!("{} could not be held against this archive.", capital(what))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
