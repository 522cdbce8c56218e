//! Opening, closing, and how far the work is.

use std::sync::Arc;

use sealscope_engine::model::Verdict;
use sealscope_engine::times::{Zone as EngineZone, moment_text};
use sealscope_engine::{
    LiveState, OpenArchive, RunMode, cache, forget_archive, grouped, recent_archives,
};
use tauri::State;

use crate::encode;
use crate::error::{Answer, failed};
use crate::session::{Session, now_ns};
use crate::wire::{
    ArchiveStatus, CacheInfo, CheckProgress, IndexProgress, Ledger, Phase, Recent, Startup, Status,
    VerdictSoFar, VerdictWord, Zone,
};

type Here<'a> = State<'a, Arc<Session>>;

/// What the page asks once.
#[tauri::command]
pub fn startup(session: Here<'_>) -> Answer<Startup> {
    let zone = session.state().zone;
    let recent = recent_archives(&session.places)
        .into_iter()
        .take(12)
        .map(|known| Recent {
            token: known.token(),
            name: encode::escaped(&name_of(&known.path)),
            place: encode::escaped(&known.path.parent().unwrap_or(&known.path).to_string_lossy()),
            verdict: encode::verdict(known.verdict),
            verdict_text: known.title.clone(),
            checked_at_text: moment_text(known.checked_at_ns, zone),
            missing: known.is_missing(),
        });
    Ok(Startup {
        recent: recent.collect(),
        opening: session.state().phase != Phase::None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        zone_local: session.local.name().to_owned(),
    })
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Asks for files and opens them.
#[tauri::command]
pub async fn open_dialog(session: Here<'_>) -> Answer<bool> {
    let picked = session.dialogs.files().await;
    Ok(open_picked(&session, picked))
}

/// Asks for a folder and opens it.
#[tauri::command]
pub async fn open_folder_dialog(session: Here<'_>) -> Answer<bool> {
    let picked = session.dialogs.folder().await;
    Ok(open_picked(&session, picked))
}

fn open_picked(session: &Arc<Session>, picked: Vec<std::path::PathBuf>) -> bool {
    let has_picked = !picked.is_empty();
    if has_picked {
        session.open(picked);
    }
    has_picked
}

/// Opens an archive of the list.
#[tauri::command]
pub fn open_recent(session: Here<'_>, token: String) -> Answer<()> {
    let known = recent_archives(&session.places)
        .into_iter()
        .find(|known| known.token() == token);
    let known = known.ok_or_else(|| {
        failed(
            "not-recent",
            "This archive is no longer on the list",
            "",
            "Open it by its path.",
        )
    })?;
    session.open(vec![known.path]);
    Ok(())
}

/// Takes an archive off the list.
#[tauri::command]
pub fn forget_recent(session: Here<'_>, token: String) -> Answer<()> {
    forget_archive(&session.places, &token)
        .map(|_| ())
        .map_err(|error| {
            failed(
                "recent",
                "The list could not be written",
                error.to_string(),
                "",
            )
        })
}

/// Back to the first screen.
#[tauri::command]
pub fn close_archives(session: Here<'_>) -> Answer<()> {
    session.close();
    Ok(())
}

/// Stops the check; what was checked stays checked.
#[tauri::command]
pub fn cancel(session: Here<'_>) -> Answer<()> {
    session.state().cancel.stop();
    Ok(())
}

/// Opens and checks everything anew.
#[tauri::command]
pub fn recheck(session: Here<'_>) -> Answer<()> {
    session.start(RunMode::IndexAnew);
    Ok(())
}

/// Chooses the zone of every time text.
#[tauri::command]
pub fn set_zone(session: Here<'_>, zone: Zone) -> Answer<()> {
    let local = session.local;
    session.state().zone = match zone {
        Zone::Utc => EngineZone::Utc,
        Zone::Local => EngineZone::Local(local),
        Zone::Source => EngineZone::Source,
    };
    Ok(())
}

/// What the index cache holds.
#[tauri::command]
pub fn cache_info(session: Here<'_>) -> Answer<CacheInfo> {
    let info = cache::info(&session.places).map_err(cache_failed)?;
    Ok(CacheInfo {
        place: encode::escaped(&info.path.to_string_lossy()),
        bytes: info.bytes.into(),
        cap_bytes: info.cap_bytes.into(),
        archives: info.archives.into(),
    })
}

/// Deletes the index cache.
#[tauri::command]
pub fn cache_clear(session: Here<'_>) -> Answer<()> {
    cache::clear(&session.places)
        .map(|_| ())
        .map_err(cache_failed)
}

fn cache_failed(error: std::io::Error) -> crate::wire::CommandError {
    failed(
        "cache",
        "The index cache cannot be used",
        error.to_string(),
        "Check its folder.",
    )
}

/// Everything that changes while archives are opened and checked.
#[tauri::command]
pub fn status(session: Here<'_>) -> Answer<Status> {
    let (workspace, phase, zone, generation, error) = {
        let state = session.state();
        let generation = state.generation;
        (
            state.workspace.clone(),
            state.phase,
            state.zone,
            generation,
            state.error.clone(),
        )
    };
    let archives = workspace
        .as_ref()
        .map(|w| w.archives().to_vec())
        .unwrap_or_default();
    let lives: Vec<LiveState> = archives.iter().map(|archive| archive.live()).collect();
    let verdict = workspace.as_ref().and_then(|workspace| workspace.verdict());
    let is_over = matches!(phase, Phase::Done | Phase::Cancelled);
    let so_far = verdict_so_far(&archives, &lives, verdict.filter(|_| is_over), phase);
    let ledger = workspace
        .as_ref()
        .map(|workspace| workspace.ledger())
        .unwrap_or_default();
    let inner = workspace
        .as_ref()
        .map_or(0, |workspace| workspace.generation());
    Ok(Status {
        generation: (generation * 1000 + inner).into(),
        phase,
        archives: archives
            .iter()
            .zip(&lives)
            .map(|(a, live)| archive_status(a, live))
            .collect(),
        check: check_progress(&session, &lives, phase),
        index: index_progress(&lives, phase, zone),
        title: title(&archives, &so_far),
        verdict_so_far: so_far,
        time_zone_note: zone.label(),
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
        error: error.or_else(|| index_trouble(&lives)),
    })
}

fn index_trouble(lives: &[LiveState]) -> Option<crate::wire::CommandError> {
    let trouble = lives.iter().find_map(|live| live.index_trouble.clone())?;
    Some(failed(
        "no-index",
        "There is no search index",
        trouble,
        "Searching works without it, by reading every entry. Free some space and check again.",
    ))
}

fn archive_status(archive: &OpenArchive, live: &LiveState) -> ArchiveStatus {
    let summary = archive.summary();
    let problems = summary.as_ref().map_or_else(
        || usize::from(live.is_refuted),
        |summary| summary.breaks.len(),
    );
    ArchiveStatus {
        id: u32::try_from(archive.id()).unwrap_or(u32::MAX),
        name: encode::escaped(&archive.name()),
        format: archive.format().to_owned(),
        schema: archive.reading().schema.name().to_owned(),
        schema_guessed: archive.reading().is_guessed,
        verdict: summary
            .as_ref()
            .map(|summary| encode::verdict(Some(summary.verdict))),
        says: summary
            .as_ref()
            .map(|summary| encode::escaped(&summary.says))
            .unwrap_or_default(),
        bytes: archive.bytes().into(),
        entries: live.entries.into(),
        problems: problems.into(),
        changed_on_disk: archive.has_changed(),
    }
}

fn check_progress(session: &Session, lives: &[LiveState], phase: Phase) -> CheckProgress {
    let done: u64 = lives.iter().map(|live| live.bytes_done).sum();
    let total: u64 = lives.iter().map(|live| live.bytes_total).sum();
    let is_running = phase == Phase::Working && done < total;
    let (rate_text, eta_text) = if is_running {
        let mut state = session.state();
        state.pace.note(now_ns(), done);
        (state.pace.rate_text(), state.pace.eta_text(total))
    } else {
        (String::new(), String::new())
    };
    CheckProgress {
        done_bytes: done.into(),
        total_bytes: total.into(),
        entries: lives.iter().map(|live| live.entries).sum::<u64>().into(),
        rate_text,
        eta_text,
        first_problem: lives.iter().find_map(|live| live.first_problem.clone()),
    }
}

fn index_progress(lives: &[LiveState], phase: Phase, zone: EngineZone) -> IndexProgress {
    let done: u64 = lives.iter().map(|live| live.bytes_done).sum();
    let total: u64 = lives.iter().map(|live| live.bytes_total).sum();
    let is_complete = phase == Phase::Done && lives.iter().all(|live| live.is_indexed);
    // The index is written a little after the last byte was read.
    let share = if total == 0 {
        0.0
    } else {
        done as f64 * 99.0 / total as f64
    };
    let checked = lives.iter().filter_map(|live| live.checked_at_ns).min();
    IndexProgress {
        percent: if is_complete { 100.0 } else { share },
        complete: is_complete,
        from_cache: !lives.is_empty() && lives.iter().all(|live| live.from_cache),
        checked_at_text: checked.map(|ns| moment_text(ns, zone)).unwrap_or_default(),
        eta_text: String::new(),
    }
}

fn verdict_so_far(
    archives: &[Arc<OpenArchive>],
    lives: &[LiveState],
    verdict: Option<Verdict>,
    phase: Phase,
) -> VerdictSoFar {
    if let Some(verdict) = verdict {
        let worst = archives
            .iter()
            .filter_map(|archive| archive.summary())
            .max_by_key(|summary| summary.verdict);
        let sentence = worst
            .map(|summary| encode::escaped(&summary.says))
            .unwrap_or_default();
        return VerdictSoFar {
            word: encode::verdict(Some(verdict)),
            sentence,
        };
    }
    let refuted = lives.iter().find(|live| live.is_refuted);
    let noticed = refuted.or_else(|| lives.iter().find(|live| live.first_problem.is_some()));
    if let Some(problem) = noticed.and_then(|live| live.first_problem.clone()) {
        let sentence = format!(
            "{} The rest is still being checked.",
            encode::escaped(&problem)
        );
        return VerdictSoFar {
            // Damage alone is no break: a crash is no crime.
            word: if refuted.is_some() {
                VerdictWord::Broken
            } else {
                VerdictWord::Unchecked
            },
            sentence,
        };
    }
    let entries: u64 = lives.iter().map(|live| live.entries).sum();
    let sentence = match phase {
        Phase::None => String::new(),
        Phase::Opening => "Opening.".to_owned(),
        _ => format!("No problem so far: {} entries checked.", grouped(entries)),
    };
    VerdictSoFar {
        word: VerdictWord::Unchecked,
        sentence,
    }
}

fn title(archives: &[Arc<OpenArchive>], so_far: &VerdictSoFar) -> String {
    let [first, rest @ ..] = archives else {
        return "Sealscope".to_owned();
    };
    let name = encode::escaped(&first.name());
    let name = if rest.is_empty() {
        name
    } else {
        format!("{name} and {} more", rest.len())
    };
    let word = match so_far.word {
        VerdictWord::Intact => "Intact",
        VerdictWord::Consistent => "Consistent, not proven",
        VerdictWord::Unproven => "Unproven",
        VerdictWord::Unsealed => "Unsealed",
        VerdictWord::Broken => "BROKEN",
        VerdictWord::Unchecked => "Not checked yet",
    };
    format!("{word} \u{2014} {name}")
}
