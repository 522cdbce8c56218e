//! What the examiner knows of an archive from outside, and what it proves.

use sealscope_model::{
    Aspect, AspectState, Digest, End, EntryCounts, Observation, ObservationKind, Verdict,
    VerdictRanges,
};
use sealscope_proof::{Checkpoint, Note};

use crate::outside::{HeldFinding, HeldKind, HeldState, says_nothing_here};
use crate::summary::Summary;
use crate::timestamp::{
    Stamped, TimestampFinding, TimestampState, TokenImprint, check_token, is_token, pem_blocks,
};
use crate::trust::TrustStore;

/// Bytes of an anchor's file that are read: a note may have this many.
pub const ANCHOR_BYTES_MAX: usize = 1 << 20;

/// One thing that the examiner holds against an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A checkpoint: a signed note.
    Checkpoint(String),
    /// The digest that stands for the first `count` entries: a tree's root, or a chain's last one.
    Head {
        /// Entries it stands for.
        count: u64,
        /// The digest.
        digest: Digest,
    },
    /// A timestamp token (RFC 3161), DER.
    Token(Vec<u8>),
}

/// Why a file is no anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnchorError(pub String);

impl Anchor {
    /// Reads the content of a file: a checkpoint, a line `COUNT HEX`, or a timestamp token in DER
    /// or PEM.
    ///
    /// # Errors
    /// What it looks like, and what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, AnchorError> {
        let no = |why: &str| Err(AnchorError(why.to_owned()));
        if bytes.len() > ANCHOR_BYTES_MAX {
            return no("it is larger than any anchor: 1 MiB is read");
        }
        if is_token(bytes) {
            return Ok(Self::Token(bytes.to_vec()));
        }
        if bytes.starts_with(b"-----BEGIN ") {
            return Self::parse_pem(bytes);
        }
        if bytes.first() == Some(&0x30) {
            return no("it begins like DER, but is no timestamp token");
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return no("it is neither text nor a timestamp token");
        };
        let text = text.trim_start_matches('\u{FEFF}');
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        match (lines.next(), lines.next()) {
            (None, _) => no("it is empty"),
            (Some(only), None) => Self::parse_head(only),
            _ => Self::parse_note(text),
        }
    }

    fn parse_pem(bytes: &[u8]) -> Result<Self, AnchorError> {
        let no = |why: &str| Err(AnchorError(why.to_owned()));
        match pem_blocks(bytes).as_deref() {
            Some([only]) if only.label == "CERTIFICATE" => {
                no("it is a certificate: one of a timestamping authority is added with `trust add`")
            }
            Some([only]) if is_token(&only.der) => Ok(Self::Token(only.der.clone())),
            Some([_]) => no("its PEM block holds no timestamp token"),
            Some(_) => no("it holds more than one PEM block; an anchor is one timestamp token"),
            None => no("its PEM block does not end as it began, or holds no base64"),
        }
    }

    fn parse_head(line: &str) -> Result<Self, AnchorError> {
        let mut words = line.split_whitespace();
        let (Some(count), Some(hex), None) = (words.next(), words.next(), words.next()) else {
            return Err(AnchorError(
                "its one line does not read COUNT HEX: the number of entries, a space, and the \
                 digest that stands for them"
                    .to_owned(),
            ));
        };
        let count = match count.parse::<u64>() {
            Ok(number) if number < 1 << 62 && count.bytes().all(|b| b.is_ascii_digit()) => number,
            _ => return Err(AnchorError(format!("{count:?} is no number of entries"))),
        };
        let digest = Digest::from_hex(&hex.to_ascii_lowercase()).map_err(|_| {
            AnchorError(format!(
                "{:?} is no SHA-256 digest: that has 64 hex digits",
                hex.chars().take(80).collect::<String>()
            ))
        })?;
        Ok(Self::Head { count, digest })
    }

    fn parse_note(text: &str) -> Result<Self, AnchorError> {
        let note = Note::parse(text.as_bytes())
            .map_err(|error| AnchorError(format!("it is no checkpoint: {error}")))?;
        Checkpoint::parse(&note.text)
            .map_err(|error| AnchorError(format!("it is no checkpoint: {error}")))?;
        Ok(Self::Checkpoint(text.to_owned()))
    }
}

/// Remarks on anchors that a format has no use for: checkpoints and head hashes stand for digests
/// that it does not have.
pub(crate) fn note_unused(mut summary: Summary, trust: &TrustStore) -> Summary {
    for anchor in &trust.anchors {
        let (kind, size, what) = match anchor {
            Anchor::Checkpoint(_) => (HeldKind::Checkpoint, None, "A checkpoint that you gave"),
            Anchor::Head { count, .. } => {
                (HeldKind::Head, Some(*count), "A head hash that you gave")
            }
            Anchor::Token(_) => continue,
        };
        let what = format!("{what} stands for a digest that this format does not have");
        summary
            .outside
            .held
            .push(of_no_use(kind, size, &mut summary.notes, &what));
    }
    summary
}

/// Remarks on checkpoints, which a chain of digests has nothing to hold against.
pub(crate) fn note_unused_checkpoints(mut summary: Summary, trust: &TrustStore) -> Summary {
    let is_one = |anchor: &&Anchor| matches!(anchor, Anchor::Checkpoint(_));
    for _ in trust.anchors.iter().filter(is_one) {
        let what = "A checkpoint that you gave stands for a root that this format does not have";
        let notes = &mut summary.notes;
        let finding = of_no_use(HeldKind::Checkpoint, None, notes, what);
        summary.outside.held.push(finding);
    }
    summary
}

/// A remark, and a finding that says the same.
fn of_no_use(
    kind: HeldKind,
    size: Option<u64>,
    notes: &mut Vec<String>,
    what: &str,
) -> HeldFinding {
    let says = says_nothing_here(what);
    notes.push(says.clone());
    HeldFinding {
        kind,
        size,
        state: HeldState::SaysNothing,
        says,
    }
}

/// Holds the tokens that the examiner gave against the whole file, of whatever format. `file` is
/// its SHA-256; `None` where the archive is no single file, or was not read to the end.
/// `is_complete`: every segment was looked at.
#[must_use]
pub fn hold_against_file(
    mut summary: Summary,
    file: Option<&Digest>,
    is_complete: bool,
    trust: &TrustStore,
) -> Summary {
    for anchor in &trust.anchors {
        let Anchor::Token(token) = anchor else {
            continue;
        };
        let known = sealscope_proof::sha256(token);
        let mut seen = summary.outside.timestamps.iter();
        if seen.any(|found| found.token_sha256 == known) {
            // It stamps a checkpoint of this archive.
            continue;
        }
        let roots = &trust.tsa_roots;
        let imprint = TokenImprint::of(token);
        if let Some(note) = stamped_note(imprint.as_ref(), trust) {
            let what = "the checkpoint that you gave";
            let finding = check_token(token, Stamped::Bytes(note), what, roots, roots);
            summary.outside.timestamps.push(finding);
            continue;
        }
        let Some(file) = file else {
            let what = "A timestamp token that you gave was not held against this archive: it is \
                        no single file, or was not read to its end";
            let says = format!("{what}.");
            summary.notes.push(says.clone());
            summary.outside.held.push(HeldFinding {
                kind: HeldKind::Token,
                size: None,
                state: HeldState::NotCompared,
                says,
            });
            continue;
        };
        let stamped = Stamped::Sha256(file);
        let is_of_file = imprint.is_some_and(|imprint| imprint.is_of(stamped));
        if !is_of_file && trust.anchors_are_shared {
            let what = "A timestamp token that you gave stamps other bytes than this file's";
            let finding = of_no_use(HeldKind::Token, None, &mut summary.notes, what);
            summary.outside.held.push(finding);
            continue;
        }
        let finding = check_token(token, stamped, "this file", roots, roots);
        summary = apply_file_token(summary, is_complete, finding);
    }
    summary
}

/// The checkpoint among the anchors that a token stamps.
fn stamped_note<'t>(imprint: Option<&TokenImprint>, trust: &'t TrustStore) -> Option<&'t [u8]> {
    let imprint = imprint?;
    let notes = trust.anchors.iter().filter_map(|anchor| match anchor {
        Anchor::Checkpoint(note) => Some(note.as_bytes()),
        _ => None,
    });
    notes
        .into_iter()
        .find(|note| imprint.is_of(Stamped::Bytes(note)))
}

/// What a token over the whole file makes of the answer: with a trusted one, the bytes agree with
/// an anchor from outside. What is broken stays broken, and what was not looked at unchecked.
#[must_use]
pub fn apply_file_token(
    mut summary: Summary,
    is_complete: bool,
    finding: TimestampFinding,
) -> Summary {
    match finding.state {
        TimestampState::Trusted if summary.verdict == Verdict::Broken => {
            summary.says = format!(
                "{} {} The file is as it was then: what its seals disagree with was so already.",
                summary.says, finding.says
            );
            summary.aspects.time = Aspect::OK;
        }
        TimestampState::Trusted => anchor_by(&mut summary, is_complete, &finding),
        TimestampState::Untrusted => {
            if summary.aspects.time.state != AspectState::Ok {
                let why = finding.says.clone();
                summary.aspects.time = Aspect::because(AspectState::NotCheckable, why);
            }
            summary.says = format!("{} {}", summary.says, finding.says);
        }
        TimestampState::Bad => {
            let why = finding.says.clone();
            summary.aspects.time = Aspect::because(AspectState::Broken, why);
            summary.observations.push(Observation {
                kind: ObservationKind::BadTimestamp,
                position: None,
                says: finding.says.clone(),
            });
            summary.says = format!("{} {}", summary.says, finding.says);
        }
    }
    summary.outside.timestamps.push(finding);
    summary
}

fn anchor_by(summary: &mut Summary, is_complete: bool, finding: &TimestampFinding) {
    summary.ranges = stamped(&summary.ranges);
    let counts = &mut summary.entries;
    let kept = counts.broken + counts.unchecked;
    *counts = EntryCounts {
        intact: counts.total.saturating_sub(kept),
        consistent: 0,
        unproven: 0,
        unsealed: 0,
        ..*counts
    };
    summary.strength.timestamped = true;
    summary.aspects.time = Aspect::OK;
    let is_whole = is_complete && counts.unchecked == 0;
    if !is_whole {
        summary.verdict = Verdict::Unproven;
        summary.says = format!("{} {}", finding.says, summary.says);
        return;
    }
    let before = std::mem::replace(&mut summary.verdict, Verdict::Intact);
    for end in [&mut summary.head, &mut summary.tail] {
        if !end.is_anchored() {
            *end = End::Anchored { by: "token" };
        }
    }
    for aspect in [
        &mut summary.aspects.content,
        &mut summary.aspects.order,
        &mut summary.aspects.completeness,
    ] {
        if aspect.state != AspectState::Ok {
            let why = "The whole file is as it was stamped.";
            *aspect = Aspect::because(AspectState::Ok, why);
        }
    }
    let of_its_own = match before {
        Verdict::Intact => format!(" {}", summary.says),
        Verdict::Unsealed => " It has no seals of its own that cover all of it.".to_owned(),
        Verdict::Consistent => " Its own seals agree, which alone would prove little.".to_owned(),
        _ => " Its own seals alone would not be proven.".to_owned(),
    };
    summary.says = format!(
        "The file is, byte for byte, the one that was stamped. {}{of_its_own}",
        finding.says
    );
}

/// Every range that was looked at and is not broken, as under a timestamp.
fn stamped(ranges: &VerdictRanges) -> VerdictRanges {
    let begin = ranges.as_slice().first().map_or(0, |range| range.from);
    let mut all = VerdictRanges::starting_at(begin);
    for range in ranges.as_slice() {
        let mut strength = range.strength;
        let verdict = match range.verdict {
            None | Some(Verdict::Broken) => range.verdict,
            Some(_) => {
                strength.timestamped = true;
                Some(Verdict::Intact)
            }
        };
        all.push(range.from, range.to, verdict, strength);
    }
    all
}

#[cfg(test)]
mod tests {
    use sealscope_proof::Signer;

    use super::*;
    use crate::judge_unsealed;

    fn checkpoint() -> String {
        let signer = Signer::from_seed("example.org/sealer", &[7; 32]).expect("it is valid");
        let text = Checkpoint {
            origin: "example.org/audit/1".to_owned(),
            size: 3,
            root: Digest::new([5; 32]),
        };
        signer.sign(&text.to_text())
    }

    #[test]
    fn each_kind_of_anchor_is_told_by_its_content() {
        let hex = "ab".repeat(32);
        assert_eq!(
            Anchor::parse(format!("1204 {hex}\n").as_bytes()),
            Ok(Anchor::Head {
                count: 1204,
                digest: Digest::new([0xAB; 32])
            })
        );
        let upper = format!("  7\t{}\r\n", hex.to_uppercase());
        assert!(matches!(
            Anchor::parse(upper.as_bytes()),
            Ok(Anchor::Head { count: 7, .. })
        ));
        let note = checkpoint();
        assert_eq!(
            Anchor::parse(note.as_bytes()),
            Ok(Anchor::Checkpoint(note.clone()))
        );
        let made = sealscope_testkit::timestamp::TokenPlan::default().stamp(b"x");
        assert!(matches!(
            Anchor::parse(&made.token),
            Ok(Anchor::Token(token)) if token == made.token
        ));
    }

    #[test]
    fn what_is_no_anchor_is_said_plainly() {
        let hex = "ab".repeat(32);
        for (text, why) in [
            (String::new(), "empty"),
            ("\n\n".to_owned(), "empty"),
            (hex.clone(), "COUNT HEX"),
            (format!("-1 {hex}"), "number of entries"),
            (format!("+1 {hex}"), "number of entries"),
            ("1 abcd".to_owned(), "64 hex digits"),
            (format!("1 {hex} more"), "COUNT HEX"),
            ("a\nb\nc\n".to_owned(), "no checkpoint"),
            ("0abc".to_owned(), "DER"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
                "trust add",
            ),
            ("-----BEGIN X-----\nAAAA\n".to_owned(), "does not end"),
        ] {
            let error = Anchor::parse(text.as_bytes()).expect_err("it is no anchor");
            assert!(error.0.contains(why), "{text:?}: {error}");
        }
    }

    fn plain(is_partial: bool) -> Summary {
        let mut summary = judge_unsealed(&[], &[], is_partial);
        summary.entries.add(Some(Verdict::Unsealed), 5);
        let none = sealscope_model::Strength::NONE;
        summary.ranges.push(0, 5, Some(Verdict::Unsealed), none);
        summary
    }

    fn held(bytes: &[u8], file: &[u8], is_complete: bool, with_root: bool) -> Summary {
        let made = sealscope_testkit::timestamp::TokenPlan::default().stamp(bytes);
        let mut trust = TrustStore::default();
        trust.anchors.push(Anchor::Token(made.token));
        if with_root {
            trust.tsa_roots.push(made.root);
        }
        let digest = sealscope_proof::sha256(file);
        hold_against_file(plain(!is_complete), Some(&digest), is_complete, &trust)
    }

    #[test]
    fn a_plain_log_under_a_trusted_token_is_intact() {
        let summary = held(b"log", b"log", true, true);
        assert_eq!(summary.verdict, Verdict::Intact);
        assert_eq!(summary.strength.additions(), ["timestamped"]);
        assert_eq!(summary.tail, End::Anchored { by: "token" });
        assert_eq!((summary.entries.intact, summary.entries.unsealed), (5, 0));
        assert_eq!(summary.ranges.verdict_at(4), Some(Verdict::Intact));
    }

    #[test]
    fn without_a_root_or_over_other_bytes_or_looked_at_in_part_it_is_not() {
        let untrusted = held(b"log", b"log", true, false);
        assert_eq!(untrusted.verdict, Verdict::Unsealed);
        assert_eq!(untrusted.aspects.time.state, AspectState::NotCheckable);
        let other = held(b"log", b"lag", true, true);
        assert_eq!(other.verdict, Verdict::Unsealed);
        assert_eq!(other.aspects.time.state, AspectState::Broken);
        assert_eq!(other.observations[0].kind, ObservationKind::BadTimestamp);
        let partial = held(b"log", b"log", false, true);
        assert_ne!(partial.verdict, Verdict::Intact);
        assert_eq!(partial.tail, End::Open);
    }

    #[test]
    fn what_is_broken_stays_broken() {
        let made = sealscope_testkit::timestamp::TokenPlan::default().stamp(b"log");
        let mut summary = plain(false);
        summary.verdict = Verdict::Broken;
        let digest = sealscope_proof::sha256(b"log");
        let mut trust = TrustStore::default();
        trust.anchors.push(Anchor::Token(made.token));
        trust.tsa_roots.push(made.root);
        let summary = hold_against_file(summary, Some(&digest), true, &trust);
        assert_eq!(summary.verdict, Verdict::Broken);
        assert_eq!(summary.ranges.verdict_at(0), Some(Verdict::Unsealed));
    }
}
