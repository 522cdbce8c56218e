//! What is to be said of the digests themselves: breaks, observations, the chain to be drawn.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use sealscope_archive::cloudtrail::{CloudTrailArchive, DigestFile, Form};
use sealscope_model::{Break, BreakKind, Observation, ObservationKind, Position, Verdict};

use super::chain::{Chain, Node, ProvenBy, Standing, is_valid};
use super::keys::Signed;
use super::logs::{Logs, last};
use crate::summary::{SealLink, grouped};

/// What is found of the digests, beside the verdicts of the log files.
#[derive(Debug, Default)]
pub(super) struct Digests {
    pub(super) breaks: Vec<Break>,
    pub(super) observations: Vec<Observation>,
    pub(super) notes: Vec<String>,
    pub(super) links: Vec<SealLink>,
    /// Chains whose oldest digest names one that is not here.
    pub(super) open_heads: u64,
    /// Where the newest proven digest ends; where none is proven, the newest that is not refuted.
    pub(super) reaches_to: Option<String>,
}

struct View<'a> {
    archive: &'a CloudTrailArchive,
    chain: &'a Chain<'a>,
    logs: &'a Logs<'a>,
    /// The positions of the log files that each digest lists.
    covers: Vec<Vec<Range<Position>>>,
    /// What is told of several digests together: how many, and the first of them.
    tallies: BTreeMap<String, (u64, String)>,
    out: Digests,
}

/// Where a digest's predecessor is, if it is nowhere to be read.
enum Absent<'a> {
    /// A file stands at its place that cannot be read.
    Unreadable,
    /// A file stands at its place that is another digest.
    Replaced(&'a DigestFile),
    /// There are older digests of the chain, but this one is not here.
    Middle,
    /// It is older than all that are here.
    Head,
    /// It lies outside of the folder that was opened.
    Outside,
}

impl Digests {
    pub(super) fn of<'a>(
        archive: &'a CloudTrailArchive,
        chain: &'a Chain<'a>,
        logs: &'a Logs<'a>,
    ) -> Self {
        let mut view = View {
            archive,
            chain,
            logs,
            covers: covers(chain, logs),
            tallies: BTreeMap::new(),
            out: Self::default(),
        };
        for (number, node) in chain.nodes.iter().enumerate() {
            view.seal_of(number, node);
            view.form_of(number, node);
            view.place_of(node);
            let absent = view.before(number, node);
            view.link(number, node, absent);
        }
        view.unreadable();
        for (file, node) in &chain.copies {
            view.copied(file, *node);
        }
        for (what, (count, file)) in std::mem::take(&mut view.tallies) {
            view.out.notes.push(match count {
                1 => format!("The digest {file} is {what}."),
                _ => format!(
                    "{} digests are {what}; the first is {file}.",
                    grouped(count)
                ),
            });
        }
        // A digest that nobody vouches for must not move the end.
        let newest = |wants: fn(&Node<'_>) -> bool| {
            let nodes = chain.nodes.iter().filter(|node| wants(node));
            nodes.map(|node| node.document.end_time.clone()).max()
        };
        view.out.reaches_to = newest(|n| n.is_proven()).or_else(|| newest(|n| !n.is_refuted()));
        view.out
    }
}

/// The positions of the log files that each digest lists.
fn covers(chain: &Chain<'_>, logs: &Logs<'_>) -> Vec<Vec<Range<Position>>> {
    let mut all: Vec<Vec<Range<Position>>> = vec![Vec::new(); chain.nodes.len()];
    let files = logs.files.iter().zip(&logs.positions).zip(&logs.has_entry);
    for ((file, position), _) in files.filter(|(_, has_entry)| **has_entry) {
        let Some(ranges) = file.node.and_then(|node| all.get_mut(node)) else {
            continue;
        };
        match ranges.last_mut() {
            Some(last) if last.end == *position => last.end += 1,
            _ => ranges.push(*position..position + 1),
        }
    }
    all
}

impl<'a> View<'a> {
    fn broken(
        &mut self,
        number: usize,
        kind: BreakKind,
        file: &str,
        says: String,
        more: impl FnOnce(&mut Break),
    ) {
        let covers = self.covers.get(number).map_or(&[][..], Vec::as_slice);
        let from = covers
            .first()
            .map_or_else(|| self.place_in_time(number), |range| range.start);
        let count = match self.chain.nodes.get(number).is_some_and(Node::is_refuted) {
            true => covers.iter().map(|range| range.end - range.start).sum(),
            false => 0,
        };
        let mut one = Break::new(kind, from, count, says);
        one.file = Some(file.to_owned());
        more(&mut one);
        self.out.breaks.push(one);
    }

    /// Where a digest without log files stands among the entries.
    fn place_in_time(&self, number: usize) -> Position {
        let node = self.chain.nodes.get(number);
        let place = node.map_or(0, |node| self.archive.logs_before(&node.document.object));
        let positions = &self.logs.positions;
        positions
            .get(place)
            .or(positions.last())
            .copied()
            .unwrap_or(0)
    }

    fn observe(&mut self, kind: ObservationKind, position: Option<Position>, says: String) {
        self.out.observations.push(Observation {
            kind,
            position,
            says,
        });
    }

    /// The signature of a digest, and what its successors say of it.
    fn seal_of(&mut self, number: usize, node: &Node<'_>) {
        let file = node.file.file.as_str();
        let sidecar = node
            .file
            .sidecar
            .as_ref()
            .map_or(file, |sidecar| sidecar.file.as_str());
        let after = node
            .successors
            .first()
            .and_then(|(n, _)| self.chain.nodes.get(*n));
        let is_bad = matches!(node.own, Some(Signed::Bad | Signed::Malformed));
        if node.is_refuted() {
            self.refuted(number, node, is_bad);
            return;
        }
        if is_bad {
            let holder = after.map_or("its successor", |node| last(&node.file.file));
            let name = last(sidecar);
            let says = format!(
                "The signature in the metadata of a digest ({name}) was not made by the key that \
                 the digest names, although its successor ({holder}) holds one that proves it."
            );
            self.broken(number, BreakKind::BadSignature, sidecar, says, |_| {});
        }
        for (successor, signed) in &node.successors {
            let Some(after) = self.chain.nodes.get(*successor).filter(|n| !n.is_refuted()) else {
                continue;
            };
            self.relinked(number, node, after, signed.as_ref());
        }
        self.tally(node);
    }

    /// Counts what is told of all digests together.
    fn tally(&mut self, node: &Node<'_>) {
        let file = last(&node.file.file);
        let mut count = |what: String| {
            let slot = self
                .tallies
                .entry(what)
                .or_insert_with(|| (0, file.to_owned()));
            slot.0 += 1;
        };
        if node.proven_by == Some(ProvenBy::Hash) {
            let what = "proven by the successor, which names the hash; the signature could not be \
                        checked";
            count(what.to_owned());
        }
        if node.own.is_none() && node.proven_by == Some(ProvenBy::Successor) {
            let what = "without a signature of its own here; it was checked with the one that the \
                        successor holds";
            count(what.to_owned());
        }
        if let Standing::Unproven(why) = &node.standing {
            count(format!("not proven: {why}"));
        }
    }

    fn refuted(&mut self, number: usize, node: &Node<'_>, is_bad: bool) {
        let file = node.file.file.as_str();
        let live = |n: &usize| self.chain.nodes.get(*n).is_some_and(|n| !n.is_refuted());
        let after = node.successors.iter().map(|(n, _)| n).find(|n| live(n));
        let after = after.and_then(|n| self.chain.nodes.get(*n));
        let differs = after.filter(|after| self.chain.names_another(after, node));
        let claimed = differs.and_then(Node::claimed_previous);
        let (kind, says) = match (is_bad, differs) {
            (true, Some(after)) => (
                BreakKind::BadSignature,
                format!(
                    "The signature of a digest was not made over this content, and the next digest \
                     ({}) names another hash.",
                    last(&after.file.file)
                ),
            ),
            (false, Some(after)) => (
                BreakKind::Modified,
                format!(
                    "The content of a digest is not what the digest after it ({}) names.",
                    last(&after.file.file)
                ),
            ),
            (_, None) => (
                BreakKind::BadSignature,
                "The signature of a digest was not made by the key that it names over this content."
                    .to_owned(),
            ),
        };
        let computed = node.computed();
        self.broken(number, kind, file, says, |one| {
            one.exact = true;
            one.claimed = claimed;
            one.computed = claimed.map(|_| computed);
        });
    }

    /// A digest that holds by itself, and a later one that says otherwise.
    fn relinked(
        &mut self,
        number: usize,
        node: &Node<'_>,
        after: &Node<'_>,
        signed: Option<&Signed>,
    ) {
        let (file, later) = (last(&node.file.file), last(&after.file.file));
        let full = after.file.file.as_str();
        if self.chain.names_another(after, node) {
            let says =
                format!("A digest ({later}) names another predecessor than the one here ({file}).");
            let (claimed, computed) = (after.claimed_previous(), node.computed());
            self.broken(number, BreakKind::Relinked, full, says, |one| {
                one.claimed = claimed;
                one.computed = claimed.map(|_| computed);
            });
            return;
        }
        let own = node
            .file
            .sidecar
            .as_ref()
            .and_then(|sidecar| sidecar.signature.as_deref());
        let stated = after.document.previous_signature.as_deref();
        let differs = match (own, stated) {
            (Some(own), Some(stated)) => !own.eq_ignore_ascii_case(stated),
            _ => false,
        };
        // A bad signature of its own is told already.
        let own_is_bad = matches!(node.own, Some(Signed::Bad | Signed::Malformed));
        let stated_is_bad = signed.is_some_and(|s| matches!(s, Signed::Bad | Signed::Malformed));
        let is_doubted = matches!(node.own, Some(Signed::NotByBeside(_)));
        let lacks = after.document.previous.is_some() && stated.is_none();
        if stated_is_bad
            || lacks
            || (differs && !own_is_bad && (is_doubted || !signed.is_some_and(is_valid)))
        {
            let says = format!(
                "A digest ({later}) states another signature for its predecessor than that has \
                 ({file})."
            );
            self.broken(number, BreakKind::Relinked, full, says, |_| {});
        }
    }

    /// How a digest is packed: what AWS's own tool passes over is told here.
    fn form_of(&mut self, number: usize, node: &Node<'_>) {
        let file = node.file.file.as_str();
        match &node.file.form {
            Form::Trailing { at, .. } => {
                let at = *at;
                let says = format!(
                    "After a digest's gzip stream, at byte {at}, other bytes follow, which no \
                     signature covers."
                );
                self.broken(number, BreakKind::Modified, file, says, |one| {
                    one.offset_bytes = Some(at);
                });
            }
            Form::Plain if file.ends_with(".gz") => {
                let says = "A digest is not packed, as its name says and as it was delivered; its \
                            content was read all the same."
                    .to_owned();
                self.broken(number, BreakKind::Modified, file, says, |_| {});
            }
            _ => {}
        }
    }

    /// Where a digest stands.
    fn place_of(&mut self, node: &Node<'_>) {
        let (file, object) = (node.file.file.as_str(), node.document.object.as_str());
        if self.archive.is_at(file, object) || self.archive.is_at(&format!("{file}.gz"), object) {
            return;
        }
        let says = format!("The digest that was signed as {object} is here as {file}.");
        self.observe(ObservationKind::RenamedFile, None, says);
    }

    /// Looks for the predecessor of a digest that names one.
    fn before(&mut self, number: usize, node: &Node<'_>) -> Option<Absent<'static>> {
        // Digests of a chain stand one after another, by time.
        let before = self
            .chain
            .nodes
            .get(..number)
            .unwrap_or_default()
            .iter()
            .rev();
        let mut older = before.take_while(|other| other.stream == node.stream);
        let newest_older = older
            .find(|other| other.document.end_time <= node.document.start_time)
            .map(|other| other.document.end_time.clone());
        let Some(previous) = &node.document.previous else {
            if let Some(end) = newest_older {
                self.silent(number, node, &end, "a new chain of digests begins there");
            }
            return None;
        };
        if let Some(before) = node.previous.and_then(|n| self.chain.nodes.get(n)) {
            if before.document.end_time < node.document.start_time {
                let end = before.document.end_time.clone();
                self.silent(number, node, &end, "no digest covers that time");
            }
            return None;
        }
        let absent = self.absent(node, &previous.object, newest_older.is_some());
        if !node.is_refuted() {
            self.report_absent(number, node, &absent, newest_older.as_deref());
        }
        Some(match absent {
            Absent::Outside => Absent::Outside,
            Absent::Head => Absent::Head,
            _ => Absent::Middle,
        })
    }

    fn absent(&self, node: &Node<'_>, object: &str, has_older: bool) -> Absent<'a> {
        let is_there = |file: &&DigestFile| self.archive.is_at(&file.file, object);
        if self.chain.unreadable.iter().any(is_there) {
            return Absent::Unreadable;
        }
        let others = self
            .chain
            .nodes
            .iter()
            .filter(|other| !std::ptr::eq(*other, node));
        let mut files = others
            .map(|other| other.file)
            .chain(self.chain.copies.iter().map(|c| c.0));
        if let Some(file) = files.find(is_there) {
            return Absent::Replaced(file);
        }
        if !self.archive.covers(object) {
            Absent::Outside
        } else if has_older {
            Absent::Middle
        } else {
            Absent::Head
        }
    }

    fn report_absent(
        &mut self,
        number: usize,
        node: &Node<'_>,
        absent: &Absent<'_>,
        older: Option<&str>,
    ) {
        let Some(previous) = &node.document.previous else {
            return;
        };
        let start = &node.document.start_time;
        let (kind, file, says) = match absent {
            // The file itself is reported as unreadable.
            Absent::Unreadable => return,
            Absent::Outside => return,
            Absent::Head => {
                self.out.open_heads += 1;
                self.out.notes.push(format!(
                    "The oldest digest of a chain ({}) names one before it that is not here: what \
                     came before {start} cannot be checked.",
                    last(&node.file.file)
                ));
                return;
            }
            Absent::Replaced(file) => (
                BreakKind::ReplacedFile,
                file.file.clone(),
                format!(
                    "At the place of the digest before {}, the file holds another digest.",
                    last(&node.file.file)
                ),
            ),
            Absent::Middle => (
                BreakKind::MissingFile,
                previous.object.clone(),
                format!(
                    "A digest is not here that the next one ({}) names. Between {} and {start}, no \
                     digest says which log files there were.",
                    last(&node.file.file),
                    older.unwrap_or("an unknown time")
                ),
            ),
        };
        let claimed = node.claimed_previous();
        let place = self.place_in_time(number);
        self.broken(number, kind, &file, says, |one| {
            one.position = place;
            one.count = 0;
            one.claimed = claimed;
        });
    }

    fn silent(&mut self, number: usize, node: &Node<'_>, end: &str, why: &str) {
        let position = Some(self.place_in_time(number));
        let says = format!(
            "No log files were delivered under seal between {end} and {}: {why}. Digests or log \
             files of that time could be gone unnoticed.",
            node.document.start_time
        );
        self.observe(ObservationKind::Silence, position, says);
    }

    fn unreadable(&mut self) {
        let named = self.chain.nodes.iter().filter_map(|node| {
            let previous = node.document.previous.as_ref()?;
            Some((last(&previous.object), node))
        });
        let named: HashMap<&str, &Node<'_>> = named.collect();
        for file in &self.chain.unreadable {
            let reason = file.document.as_ref().err().map_or("", String::as_str);
            let says = format!(
                "A digest cannot be read: {reason}. The log files that only it lists are not \
                 sealed."
            );
            let place = self.archive.logs_before(&file.file);
            let positions = &self.logs.positions;
            let position = positions
                .get(place)
                .or(positions.last())
                .copied()
                .unwrap_or(0);
            let mut one = Break::new(BreakKind::Modified, position, 0, says);
            one.file = Some(file.file.clone());
            one.claimed = named
                .get(last(&file.file))
                .and_then(|node| node.claimed_previous());
            one.computed = file.sha256;
            self.out.breaks.push(one);
        }
    }

    fn copied(&mut self, file: &DigestFile, node: usize) {
        let of = self
            .chain
            .nodes
            .get(node)
            .map_or("another one", |node| &node.file.file);
        let says = format!(
            "The digest {} has the same bytes as {of}; it counts once.",
            file.file
        );
        self.observe(ObservationKind::UnlistedFile, None, says);
    }

    fn link(&mut self, number: usize, node: &Node<'_>, absent: Option<Absent<'_>>) {
        let document = node.document;
        if matches!(absent, Some(Absent::Middle))
            && let Some(previous) = &document.previous
        {
            self.out.links.push(SealLink {
                label: "Missing or unreadable digest".to_owned(),
                covers: Vec::new(),
                verdict: None,
                follows: None,
                is_missing: true,
                file: Some(previous.object.clone()),
                note: "The next digest names it.".to_owned(),
            });
        }
        let before = node.previous.and_then(|n| self.chain.nodes.get(n));
        let backfill = if document.is_backfill() {
            " (backfill)"
        } else {
            ""
        };
        let (verdict, note) = match &node.standing {
            Standing::Proven => (Verdict::Intact, String::new()),
            Standing::Unproven(why) => (Verdict::Unproven, why.clone()),
            Standing::Refuted => (
                Verdict::Broken,
                "Its bytes are not those signed.".to_owned(),
            ),
        };
        let listed = grouped(document.logs.len() as u64);
        let note = match (note.is_empty(), document.previous.is_none()) {
            (true, true) => format!("Lists {listed} log files. A chain begins here."),
            (true, false) => format!("Lists {listed} log files."),
            (false, _) => format!("Lists {listed} log files; {note}"),
        };
        self.out.links.push(SealLink {
            label: format!(
                "Digest of {} to {}{backfill}",
                short_time(&document.start_time),
                short_time(&document.end_time)
            ),
            covers: self.covers.get(number).cloned().unwrap_or_default(),
            verdict: Some(verdict),
            follows: before.map(|before| !self.chain.names_another(node, before)),
            is_missing: false,
            file: Some(node.file.file.clone()),
            note,
        });
    }
}

/// `2023-07-10T11:09:48Z` as `2023-07-10 11:09:48`.
fn short_time(text: &str) -> String {
    text.trim_end_matches('Z').replacen('T', " ", 1)
}
