//! From the engine's values to those of the page.

use sealscope_engine::model::{
    Aspect, AspectState, Break, CheckedRange, Damage, End, EntryCounts, Observation, Position,
    Verdict,
};
use sealscope_engine::query::{Diagnostic as EngineDiagnostic, DiagnosticKind, utf16_span};
use sealscope_engine::shown::{self, Run as EngineRun};
use sealscope_engine::{
    ChainKind as EngineKind, ChainLink as EngineLink, ChainNode as EngineNode, ChainProfile,
    EntryProofView, OutsideFact, ProfileOrigin, Severity, explain, profile_says,
};

use crate::wire::{
    AspectView, BreakView, ChainKind, ChainLink, ChainNode, ChainProfileView, CheckState, Chip,
    CountsView, DamageView, Diagnostic, EndView, Fix, ObservationView, OutsideView, ProofStep,
    ProofView, RangeView, Run, SeverityWord, Shown, VerdictCard, VerdictWord,
};

/// Bytes of a cell.
pub const CELL_BYTES: usize = 512;
/// Bytes of a field in the inspector.
pub const FIELD_BYTES: usize = 64 << 10;

/// A verdict, or that nobody looked yet.
#[must_use]
pub const fn verdict(verdict: Option<Verdict>) -> VerdictWord {
    match verdict {
        Some(Verdict::Intact) => VerdictWord::Intact,
        Some(Verdict::Consistent) => VerdictWord::Consistent,
        Some(Verdict::Unproven) => VerdictWord::Unproven,
        Some(Verdict::Unsealed) => VerdictWord::Unsealed,
        Some(Verdict::Broken) => VerdictWord::Broken,
        None => VerdictWord::Unchecked,
    }
}

/// A severity.
#[must_use]
pub const fn severity(severity: Severity) -> SeverityWord {
    match severity {
        Severity::Critical => SeverityWord::Critical,
        Severity::Error => SeverityWord::Error,
        Severity::Warning => SeverityWord::Warning,
        Severity::Info => SeverityWord::Info,
        Severity::Debug => SeverityWord::Debug,
    }
}

/// Hostile text, made safe to look at.
#[must_use]
pub fn shown(text: impl AsRef<[u8]>, bytes_max: usize) -> Shown {
    of_engine(shown::shown(text, bytes_max))
}

/// The same, in which line feeds stay line feeds.
#[must_use]
pub fn shown_lines(text: impl AsRef<[u8]>, bytes_max: usize) -> Shown {
    of_engine(shown::shown_lines(text, bytes_max))
}

/// Escaped runs in the page's form.
#[must_use]
pub fn of_engine(shown: shown::Shown) -> Shown {
    let runs = shown.runs.into_iter().map(|run| match run {
        EngineRun::Text(text) => Run::Text(text),
        EngineRun::Chip(chip) => Run::Chip(Chip {
            chip: chip.label,
            says: chip.title,
        }),
    });
    Shown {
        runs: runs.collect(),
        cut: shown.truncated,
    }
}

/// One line of escaped text, for places that take no chips.
#[must_use]
pub fn escaped(text: &str) -> String {
    sealscope_engine::escape_for_terminal(text)
}

/// A diagnostic, with offsets as the page counts them.
#[must_use]
pub fn diagnostic(text: &str, found: &EngineDiagnostic) -> Diagnostic {
    let span = utf16_span(text, &found.span);
    let units = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let fix = found.fix.as_ref().filter(|fix| fix.span == found.span);
    Diagnostic {
        error: found.kind == DiagnosticKind::Error,
        from_utf16: units(span.start),
        to_utf16: units(span.end),
        message: found.message.clone(),
        fix: fix.map(|fix| Fix {
            label: fix.says.clone(),
            replacement: fix.text.clone(),
        }),
    }
}

/// A break with its explanation.
#[must_use]
pub fn broken(found: &Break, stored: Option<Position>, format: &str) -> BreakView {
    let words = explain::explain_break(found, format);
    BreakView {
        kind: found.kind.word().to_owned(),
        title: words.title,
        position: found.position.into(),
        count: found.count.into(),
        found: found.found.map(Into::into),
        stored: stored.map(Into::into),
        claimed: found.claimed.map(|claimed| claimed.get().to_hex()),
        computed: found.computed.map(|computed| computed.get().to_hex()),
        file: found.file.as_deref().map(escaped),
        offset_bytes: found.offset_bytes.map(Into::into),
        exact: found.exact,
        sentence: escaped(&words.sentence),
        can_mean: owned(words.can_mean),
        does_not_tell: owned(words.does_not_tell),
        next_step: words.next_step.to_owned(),
    }
}

/// Damage.
#[must_use]
pub fn damage(found: &Damage) -> DamageView {
    DamageView {
        file: found.file.as_deref().map(escaped),
        offset_bytes: found.offset_bytes.into(),
        reason: escaped(&found.reason),
    }
}

/// An observation with its explanation.
#[must_use]
pub fn observation(seen: &Observation, format: &str) -> ObservationView {
    let words = explain::explain_observation(seen, format);
    ObservationView {
        kind: seen.kind.word().to_owned(),
        title: words.title,
        position: seen.position.map(Into::into),
        says: escaped(&seen.says),
        can_mean: owned(words.can_mean),
        does_not_tell: owned(words.does_not_tell),
        next_step: words.next_step.to_owned(),
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// The verdict with what would make it better.
#[must_use]
pub fn verdict_card(words: &explain::VerdictWords) -> VerdictCard {
    VerdictCard {
        can_mean: owned(words.words.can_mean),
        does_not_tell: owned(words.words.does_not_tell),
        next_step: words.words.next_step.to_owned(),
        recipe: words.recipe.map(str::to_owned),
        wants_key: words.wants_key,
        wants_anchor: words.wants_anchor,
    }
}

/// The state of an aspect.
#[must_use]
pub const fn state(state: AspectState) -> CheckState {
    match state {
        AspectState::Ok => CheckState::Ok,
        AspectState::Broken => CheckState::Broken,
        AspectState::Absent => CheckState::Absent,
        AspectState::NotCheckable => CheckState::NotCheckable,
    }
}

/// An aspect.
#[must_use]
pub fn aspect(name: &str, aspect: &Aspect) -> AspectView {
    AspectView {
        name: name.to_owned(),
        state: state(aspect.state),
        why: aspect.why.as_deref().map(escaped).unwrap_or_default(),
    }
}

/// One end of an archive.
#[must_use]
pub fn end(end: &End, which: &str) -> EndView {
    match end {
        End::Anchored { by } => EndView {
            anchored: true,
            by: (*by).to_owned(),
            says: format!("The {which} is fixed by the {by}: a cut there would show."),
        },
        End::Open => EndView {
            anchored: false,
            by: String::new(),
            says: format!("The {which} is open: entries could have been cut off there."),
        },
    }
}

/// Counts by verdict.
#[must_use]
pub fn counts(counts: &EntryCounts) -> CountsView {
    CountsView {
        total: counts.total.into(),
        control: counts.control.into(),
        intact: counts.intact.into(),
        consistent: counts.consistent.into(),
        unproven: counts.unproven.into(),
        unsealed: counts.unsealed.into(),
        broken: counts.broken.into(),
        unchecked: counts.unchecked.into(),
    }
}

/// A range with its verdict.
#[must_use]
pub fn range(range: &CheckedRange) -> RangeView {
    RangeView {
        from: range.from.into(),
        to: range.to.into(),
        verdict: verdict(range.verdict),
        strength: range
            .strength
            .base
            .map_or("none", |base| base.word())
            .to_owned(),
    }
}

/// The proof of an entry.
#[must_use]
pub fn proof(found: &EntryProofView) -> ProofView {
    let steps = found.steps.iter().map(|step| ProofStep {
        label: step.label.to_owned(),
        state: state(step.state),
        detail: escaped(&step.detail),
    });
    let path = found
        .proof
        .as_ref()
        .map(|proof| proof.path.as_slice())
        .unwrap_or_default();
    ProofView {
        sentence: escaped(&found.sentence),
        verdict: verdict(found.verdict),
        computed: found.computed.map(|computed| computed.to_hex()),
        claimed: found.claimed.map(|claimed| claimed.to_hex()),
        claimed_from: escaped(&found.claimed_from),
        leaf_input: found.leaf_input.clone(),
        steps: steps.collect(),
        worth: found.worth.clone(),
        path: path.iter().map(|hash| hash.to_hex()).collect(),
        root: found.proof.as_ref().map(|proof| proof.root.to_hex()),
        checkpoint: found.proof.as_ref().map(|proof| escaped_lines(&proof.note)),
        shell_commands: escaped_lines(&found.shell_commands),
        export_text: escaped_lines(&found.export_text),
    }
}

/// One thing from outside.
#[must_use]
pub fn outside(fact: &OutsideFact) -> OutsideView {
    OutsideView {
        title: fact.kind.title().to_owned(),
        state: state(fact.state),
        worth: fact.worth.to_owned(),
        line: escaped(&fact.line),
        why: escaped(&fact.why),
    }
}

/// How a chained log is made, as the examiner sees it.
#[must_use]
pub fn chain_profile(profile: &ChainProfile, origin: ProfileOrigin) -> ChainProfileView {
    ChainProfileView {
        applies: true,
        given: origin == ProfileOrigin::Given,
        says: escaped(&profile_says(profile.name(), origin)),
        toml: escaped_lines(&profile.to_toml()),
    }
}

/// Escaped text in which line feeds stay.
fn escaped_lines(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

/// One node of the chain.
#[must_use]
pub fn chain_node(node: &EngineNode) -> ChainNode {
    ChainNode {
        kind: match node.kind {
            EngineKind::Entry => ChainKind::Entry,
            EngineKind::Control => ChainKind::Control,
            EngineKind::Missing => ChainKind::Missing,
            EngineKind::Added => ChainKind::Added,
            EngineKind::Checkpoint => ChainKind::Checkpoint,
            EngineKind::More => ChainKind::More,
        },
        label: escaped(&node.label),
        position: node.position.map(Into::into),
        digest_short: node
            .digest
            .map(|digest| digest.to_short_hex())
            .unwrap_or_default(),
        verdict: verdict(node.verdict),
        link: match node.link {
            EngineLink::None => ChainLink::None,
            EngineLink::Ok => ChainLink::Ok,
            EngineLink::Broken => ChainLink::Broken,
            EngineLink::Unknown => ChainLink::Unknown,
        },
        note: escaped(&node.note),
        here: node.is_here,
        under: node.is_under,
        file: node.file.as_deref().map(escaped),
    }
}
