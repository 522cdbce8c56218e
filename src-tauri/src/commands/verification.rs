//! The verification screen, and trusting a key.

use std::sync::Arc;

use sealscope_engine::model::Break;
use sealscope_engine::times::{Zone, moment_text};
use sealscope_engine::{
    OpenArchive, PROFILE_NOTE, SignerSummary, Summary, VerifierKey, Workspace, explain,
    outside_facts, trusted_origin_name,
};
use tauri::State;

use super::checks::checks;
use crate::encode;
use crate::error::{Answer, failed, nothing_open};
use crate::session::{Session, now_ns};
use crate::wire::{
    ArchiveReport, AspectView, BreakPage, BreakRequest, BreakView, Ledger, Phase, SignerView,
    TrustAddRequest, TrustPreview, TrustPreviewRequest, VerdictWord, VerificationReport,
};

type Here<'a> = State<'a, Arc<Session>>;

/// Items listed at most; counts say how many there are.
const LISTED_MAX: usize = 500;
/// Ranges listed at most.
const RANGES_MAX: usize = 1000;
/// Hex digits of a fingerprint that have to be typed at least.
const FINGERPRINT_DIGITS_MIN: usize = 32;

/// What the verification screen shows.
#[tauri::command]
pub async fn verification(session: Here<'_>) -> Answer<VerificationReport> {
    let workspace = session.workspace()?;
    let zone = session.state().zone;
    let ledger = workspace.ledger();
    let archives = workspace
        .archives()
        .iter()
        .map(|archive| report(&workspace, archive, zone));
    Ok(VerificationReport {
        archives: archives.collect(),
        ledger: Ledger {
            bytes: ledger.bytes.into(),
            lines: ledger.lines.into(),
            entries: ledger.entries.into(),
            rows: ledger.rows.unwrap_or(ledger.entries).into(),
            control: ledger.control.into(),
            undated: ledger.undated.unwrap_or(0).into(),
            rejected: ledger.rejected_count.into(),
            unparsed: ledger.unparsed.unwrap_or(0).into(),
        },
        running: session.state().phase == Phase::Working,
    })
}

fn report(workspace: &Workspace, archive: &OpenArchive, zone: Zone) -> ArchiveReport {
    let live = archive.live();
    let Some(summary) = archive.summary() else {
        return unfinished(archive);
    };
    let checked = live
        .checked_at_ns
        .map(|ns| moment_text(ns, zone))
        .unwrap_or_default();
    let ranges = summary.ranges.as_slice();
    ArchiveReport {
        id: u32::try_from(archive.id()).unwrap_or(u32::MAX),
        name: encode::escaped(&archive.name()),
        format: archive.format().to_owned(),
        verdict: encode::verdict(Some(summary.verdict)),
        title: explain::archive_title(&summary, archive.format()),
        sentence: encode::escaped(&summary.says),
        strength: summary
            .strength
            .base
            .map(|base| base.word().to_owned())
            .unwrap_or_default(),
        also: summary
            .strength
            .additions()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        tail: encode::end(&summary.tail, "end"),
        head: encode::end(&summary.head, "beginning"),
        checked_at_text: checked,
        sha256: archive
            .sha256()
            .map(|digest| digest.to_hex())
            .unwrap_or_default(),
        signers: summary
            .signers
            .iter()
            .map(|signer| signer_view(signer, &summary, archive.format()))
            .collect(),
        counts: encode::counts(&summary.entries),
        ranges: ranges.iter().take(RANGES_MAX).map(encode::range).collect(),
        ranges_total: ranges.len().into(),
        breaks: breaks_of(workspace, archive, &summary.breaks, 0, LISTED_MAX),
        breaks_total: summary.breaks.len().into(),
        damage: summary
            .damage
            .iter()
            .take(LISTED_MAX)
            .map(encode::damage)
            .collect(),
        damage_total: summary.damage.len().into(),
        observations: summary
            .observations
            .iter()
            .take(LISTED_MAX)
            .map(|seen| encode::observation(seen, archive.format()))
            .collect(),
        observations_total: summary.observations.len().into(),
        aspects: aspects(&summary),
        checks: checks(&summary, archive.format()),
        card: explain::explain_verdict(&summary, archive.format())
            .as_ref()
            .map(encode::verdict_card),
        outside: outside_facts(&summary.outside)
            .iter()
            .map(encode::outside)
            .collect(),
        profile: archive
            .chain_profile()
            .map(|(profile, origin)| encode::chain_profile(profile, origin)),
        notes: notes(workspace, &summary),
    }
}

fn aspects(summary: &Summary) -> Vec<AspectView> {
    let aspects = &summary.aspects;
    vec![
        encode::aspect("Content", &aspects.content),
        encode::aspect("Order", &aspects.order),
        encode::aspect("Seal", &aspects.seal),
        encode::aspect("Signer", &aspects.signer),
        encode::aspect("Time", &aspects.time),
        encode::aspect("Completeness", &aspects.completeness),
    ]
}

fn notes(workspace: &Workspace, summary: &Summary) -> Vec<String> {
    let given = workspace.trust_notes();
    let notes = summary.notes.iter().chain(&given);
    // The profile is shown by itself, as it is laid out.
    let notes = notes.filter(|note| !note.starts_with(PROFILE_NOTE));
    notes.map(|note| encode::escaped(note)).collect()
}

fn breaks_of(
    workspace: &Workspace,
    archive: &OpenArchive,
    all: &[Break],
    first: usize,
    count: usize,
) -> Vec<BreakView> {
    let place = |found| workspace.place_of_break(archive.id(), found);
    all.iter()
        .skip(first)
        .take(count)
        .map(|found| encode::broken(found, place(found), archive.format()))
        .collect()
}

fn unfinished(archive: &OpenArchive) -> ArchiveReport {
    let open = encode::end(&sealscope_engine::model::End::Open, "end");
    let head = encode::end(&sealscope_engine::model::End::Open, "beginning");
    let zero = sealscope_engine::model::EntryCounts::default();
    ArchiveReport {
        id: u32::try_from(archive.id()).unwrap_or(u32::MAX),
        name: encode::escaped(&archive.name()),
        format: archive.format().to_owned(),
        verdict: VerdictWord::Unchecked,
        title: "Not checked yet".to_owned(),
        sentence: "The check is still going on.".to_owned(),
        strength: String::new(),
        also: Vec::new(),
        tail: open,
        head,
        checked_at_text: String::new(),
        sha256: String::new(),
        signers: Vec::new(),
        counts: encode::counts(&zero),
        ranges: Vec::new(),
        ranges_total: 0u64.into(),
        breaks: Vec::new(),
        breaks_total: 0u64.into(),
        damage: Vec::new(),
        damage_total: 0u64.into(),
        observations: Vec::new(),
        observations_total: 0u64.into(),
        aspects: Vec::new(),
        checks: Vec::new(),
        card: None,
        outside: Vec::new(),
        profile: None,
        notes: Vec::new(),
    }
}

fn signer_view(signer: &SignerSummary, summary: &Summary, format: &str) -> SignerView {
    let key = signer
        .claimed_vkey
        .as_deref()
        .and_then(|vkey| VerifierKey::parse(vkey).ok());
    let says = match (signer.is_trusted, &key) {
        (true, _) if format != "sealog" => "A key that you gave for this run.",
        (false, _) if format != "sealog" => {
            "Not among the keys that you gave: a key beside the evidence proves nothing about \
             whose it is."
        }
        (true, _) => "A key that you trust for this origin.",
        (false, Some(_)) => "Found in the archive itself: that proves nothing about whose it is.",
        (false, None) => "Not a key that you trust for this origin, and not in the archive.",
    };
    SignerView {
        name: encode::escaped(&signer.name),
        key_id: signer.key_id.clone(),
        fingerprint: key
            .as_ref()
            .map(VerifierKey::fingerprint)
            .unwrap_or_default(),
        vkey: key
            .as_ref()
            .map(|key| encode::escaped(&key.to_vkey()))
            .unwrap_or_default(),
        trusted: signer.is_trusted,
        origin: summary
            .origin
            .as_deref()
            .map(encode::escaped)
            .unwrap_or_default(),
        checkpoints: signer.checkpoints.into(),
        says: says.to_owned(),
    }
}

/// Further breaks.
#[tauri::command]
pub async fn breaks(session: Here<'_>, request: BreakRequest) -> Answer<BreakPage> {
    let workspace = session.workspace()?;
    let archive = workspace
        .archives()
        .get(request.archive as usize)
        .ok_or_else(nothing_open)?;
    let summary = archive.summary();
    let all = summary
        .as_ref()
        .map(|summary| summary.breaks.as_slice())
        .unwrap_or_default();
    let first = usize::try_from(request.first.get()).unwrap_or(usize::MAX);
    let count = (request.count as usize).min(LISTED_MAX);
    Ok(BreakPage {
        first: request.first,
        total: all.len().into(),
        breaks: breaks_of(&workspace, archive, all, first, count),
    })
}

/// The key of an archive as it claims it itself.
fn claimed_key(
    session: &Session,
    archive: u32,
    key_id: &str,
) -> Answer<(VerifierKey, String, u64)> {
    let workspace = session.workspace()?;
    let archive = workspace
        .archives()
        .get(archive as usize)
        .ok_or_else(nothing_open)?;
    let summary = archive.summary().ok_or_else(|| {
        failed(
            "unchecked",
            "The archive is still being checked",
            "",
            "Wait until it is done.",
        )
    })?;
    let signer = summary
        .signers
        .iter()
        .find(|signer| signer.key_id == key_id);
    let vkey = signer.and_then(|signer| signer.claimed_vkey.clone());
    let key = vkey
        .and_then(|vkey| VerifierKey::parse(&vkey).ok())
        .ok_or_else(|| {
            let hint =
                "Ask the key's owner for the .vkey file and add it with `sealscope trust add`.";
            failed("no-key", "The archive does not hold this key", "", hint)
        })?;
    let origin = summary.origin.clone().unwrap_or_default();
    Ok((key, origin, signer.map_or(0, |signer| signer.checkpoints)))
}

/// What a person compares before trusting a key.
#[tauri::command]
pub fn trust_preview(session: Here<'_>, request: TrustPreviewRequest) -> Answer<TrustPreview> {
    let (key, origin, checkpoints) = claimed_key(&session, request.archive, &request.key_id)?;
    Ok(TrustPreview {
        name: encode::escaped(key.name()),
        key_id: key.id_hex(),
        fingerprint: key.fingerprint(),
        origin: encode::escaped(trusted_origin_name(&origin)),
        vkey: encode::escaped(&key.to_vkey()),
        checkpoints: checkpoints.into(),
        warning:
            "This key was found in the archive itself. Anyone could have put it there: get the \
                  fingerprint from its owner by another way and type it here."
                .to_owned(),
    })
}

/// Trusts a key whose fingerprint the person got elsewhere, and judges anew.
#[tauri::command]
pub async fn trust_add(session: Here<'_>, request: TrustAddRequest) -> Answer<()> {
    let (key, _, _) = claimed_key(&session, request.archive, &request.key_id)?;
    let typed: String = request
        .typed_fingerprint
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    let typed = typed.to_ascii_lowercase();
    if typed.len() < FINGERPRINT_DIGITS_MIN {
        let hint = "Type at least 32 digits of the fingerprint that its owner gave you.";
        return Err(failed("too-short", "Too few digits to compare", "", hint));
    }
    if !key.fingerprint().starts_with(&typed) {
        let hint = "Do not trust it before you have found out why.";
        let title = "This is another key";
        let detail = "The fingerprint that you typed is not that of the key in the archive.";
        return Err(failed("fingerprint", title, detail, hint));
    }
    let mut file = session.trust_file()?;
    file.add(key, &request.origin_pattern, now_ns(), "the window", true)
        .map_err(|error| {
            failed(
                "trust-store",
                "The key could not be stored",
                error.to_string(),
                "",
            )
        })?;
    let (trust, notes) = session.trust()?;
    session.workspace()?.rejudge(trust, notes);
    session.state().generation += 1;
    Ok(())
}
