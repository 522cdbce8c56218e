//! Reports held against the archives that they are about.
//!
//! What a report says by itself is checked in `sealscope-report`; here its items are compared
//! with archives that were opened and checked just now: bytes, verdict, and the entry that each
//! exhibit cites.

use std::path::Path;

use sealscope_model::Position;
use sealscope_proof::VerifierKey;
use sealscope_report::check::{
    CheckError, CheckOptions, Checked, Finding, Outcome, Renderers, ThisProgram,
};
use sealscope_report::content::{Exhibit, Item};
use sealscope_report::{Content, HtmlForm, Package, PdfForm};
use sealscope_verify::{CheckedSegment, TrustStore};

use crate::open_archive::OpenArchive;
use crate::places::Places;
use crate::report::list_sha256;
use crate::report_files::FilesJudge;
use crate::workspace::Workspace;

/// Exhibits that a sentence names.
const NAMED_MAX: usize = 10;

/// Checks a report without its archives. Evidence that goes with it as the proof of exhibits is
/// unpacked in the program's own folder and judged at `now_ns`, with the keys and anchors of
/// `trust`.
///
/// # Errors
/// When it cannot be looked at.
pub fn check_report(
    path: &Path,
    trust: &TrustStore,
    examiners: &[VerifierKey],
    places: &Places,
    now_ns: i64,
) -> Result<Checked, CheckError> {
    let judge = FilesJudge::new(trust, places, now_ns);
    let files = |package: &Package, exhibit: &Exhibit| judge.judge(package, exhibit);
    let options = CheckOptions {
        trust,
        examiners,
        this: ThisProgram {
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("SEALSCOPE_COMMIT").unwrap_or("unknown"),
        },
        renderers: Renderers {
            html: Some(&HtmlForm),
            pdf: Some(&PdfForm),
        },
        files: Some(&files),
    };
    sealscope_report::check::check_path(path, &options)
}

/// Holds a report against archives that were opened and run through: adds what was found.
pub fn hold_against_archives(checked: &mut Checked, workspace: &Workspace) {
    let Some(package) = &checked.package else {
        return;
    };
    let content = package.content();
    let mut is_used = vec![false; workspace.archives().len()];
    for (place, item) in content.items.iter().enumerate() {
        let archives = workspace.archives().iter().enumerate();
        let mut named = archives.filter(|(_, archive)| is_item(archive, item));
        let Some((number, archive)) = named.next() else {
            let says = "No archive that was given has its bytes: it was not compared.";
            add(
                &mut checked.outcome,
                content,
                place,
                "archive",
                Finding::not_checkable(says),
            );
            continue;
        };
        if let Some(used) = is_used.get_mut(number) {
            *used = true;
        }
        let outcome = &mut checked.outcome;
        add(outcome, content, place, "archive", bytes(archive, item));
        add(
            outcome,
            content,
            place,
            "verdict",
            verdict(archive, content, place),
        );
        add(
            outcome,
            content,
            place,
            "exhibits",
            exhibits(archive, content, place),
        );
    }
    for (archive, _) in workspace
        .archives()
        .iter()
        .zip(is_used)
        .filter(|(_, used)| !used)
    {
        let says = "It is none of the archives that the report is about: it has other bytes.";
        let what = format!("archive {}", archive.name());
        checked.outcome.add(what, Finding::broken(says));
    }
}

fn add(outcome: &mut Outcome, content: &Content, place: usize, what: &str, finding: Finding) {
    let label = content.item_label(place);
    outcome.add(format!("item {label}, {what}"), finding);
}

/// By its bytes; a folder by its name and format, until its files are compared.
fn is_item(archive: &OpenArchive, item: &Item) -> bool {
    match &item.sha256 {
        Some(stated) => archive
            .sha256()
            .is_some_and(|digest| digest.to_hex() == *stated),
        None => archive.name() == item.name && archive.format() == item.format,
    }
}

fn bytes(archive: &OpenArchive, item: &Item) -> Finding {
    match (&item.sha256, &item.files_sha256) {
        (Some(_), _) => Finding::ok("The archive has the SHA-256 that the report states."),
        (None, Some(stated)) => match list_sha256(archive) {
            Ok(found) if found == *stated => Finding::ok(
                "Its files have the names and the SHA-256 that the report states, by the SHA-256 \
                 of their list.",
            ),
            Ok(_) => Finding::broken(
                "Its files are not those that the report states: one has other bytes or another \
                 name, or there are more or fewer.",
            ),
            Err(error) => {
                Finding::not_checkable(format!("Its files cannot be read again: {error}."))
            }
        },
        (None, None) => Finding::not_checkable(
            "It is a folder, found by its name; the report states no SHA-256 of its files.",
        ),
    }
}

/// Trust and memory of whoever checks decide here, so that a weaker verdict is no contradiction.
fn verdict(archive: &OpenArchive, content: &Content, place: usize) -> Finding {
    let stated = content.integrity.get(place);
    let stated = stated.map_or("", |integrity| integrity.verdict.as_str());
    let Some(summary) = archive.summary() else {
        return Finding::not_checkable("The archive could not be judged.");
    };
    let found = summary.verdict.word();
    if found == stated {
        return Finding::ok(format!("Judged again now, it is {found} too."));
    }
    let contradicts = stated == "broken" || found == "broken";
    match contradicts {
        true => Finding::broken(format!(
            "The report calls it {stated}; judged again now, it is {found}."
        )),
        false => Finding::not_checkable(format!(
            "The report calls it {stated}; with the keys that are trusted here it is {found}."
        )),
    }
}

/// Reads each cited entry again and compares its leaf.
fn exhibits(archive: &OpenArchive, content: &Content, place: usize) -> Finding {
    let of_item = content.exhibits.iter();
    let mut cited: Vec<&Exhibit> = of_item.filter(|exhibit| exhibit.item == place).collect();
    if cited.is_empty() {
        return Finding::absent("The report cites none of its entries.");
    }
    cited.sort_by_key(|exhibit| exhibit.position);
    let mut segments = Segments {
        archive,
        held: None,
    };
    let (mut wrong, mut withheld) = (Vec::new(), 0);
    for exhibit in &cited {
        match (&exhibit.leaf, segments.leaf(exhibit.position)) {
            (None, _) => withheld += 1,
            (Some(stated), Ok(Some(found))) if *stated == found => {}
            (Some(_), Ok(_)) => wrong.push(format!("E{}", exhibit.number)),
            (Some(_), Err(says)) => {
                return Finding::not_checkable(format!("Its entries cannot be read: {says}."));
            }
        }
    }
    if !wrong.is_empty() {
        let named = wrong.get(..NAMED_MAX).unwrap_or(&wrong).join(", ");
        let more = if wrong.len() > NAMED_MAX { ", …" } else { "" };
        let (count, of) = (wrong.len(), cited.len());
        return Finding::broken(format!(
            "At the places that the report names stand other entries for {count} of {of} exhibits: \
             {named}{more}."
        ));
    }
    let compared = cited.len() - withheld;
    let says = format!("{compared} exhibits stand in the archive, each at the place stated.");
    match withheld {
        0 => Finding::ok(says),
        _ => Finding::not_checkable(format!("{says} The hashes of {withheld} are withheld.")),
    }
}

/// The segment read last: exhibits come in the order of their positions.
struct Segments<'a> {
    archive: &'a OpenArchive,
    held: Option<(usize, CheckedSegment)>,
}

impl Segments<'_> {
    /// The leaf at a position, in hex; `None` where there is no entry.
    fn leaf(&mut self, position: Position) -> Result<Option<String>, String> {
        let Some((ordinal, number)) = self.archive.locate(position) else {
            return Ok(None);
        };
        if self.held.as_ref().is_none_or(|(held, _)| *held != ordinal) {
            let read = self.archive.reread(ordinal);
            self.held = Some((ordinal, read.map_err(|error| error.to_string())?));
        }
        let segment = self.held.as_ref().map(|(_, segment)| segment);
        let leaf = segment.and_then(|segment| segment.leaves().get(number as usize));
        Ok(leaf.map(|leaf| leaf.to_hex()))
    }
}
