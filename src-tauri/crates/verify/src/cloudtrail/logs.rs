//! What each log file is worth: which digest lists it, and with which hash.

use std::collections::HashMap;

use sealscope_archive::cloudtrail::{CloudTrailArchive, Form, ListedHash, ListedLog};
use sealscope_model::{Base, Break, BreakKind, Position, Strength, Verdict};

use super::LogFileFindings;
use super::chain::{Chain, Standing};
use crate::check::SegmentFindings;
use crate::checker::SealFindings;

/// Listings of one name, or with one hash, that are tried; real names are unique.
const ALIKE_MAX: usize = 64;

/// Strength of what only MD5 binds to a signed digest.
pub(super) const BY_MD5: Strength = Strength {
    base: Some(Base::Chain),
    timestamped: false,
    witnessed: false,
};

/// One log file as one digest lists it.
struct Listing<'a> {
    node: usize,
    log: &'a ListedLog,
    /// The log file that stands for it.
    held_by: Option<usize>,
}

/// What was found of one log file.
#[derive(Debug, Clone)]
pub(super) struct LogFinding {
    pub(super) verdict: Verdict,
    pub(super) strength: Strength,
    /// The digest that lists it.
    pub(super) node: Option<usize>,
    /// With this hash.
    pub(super) hash: Option<ListedHash>,
    /// It stands under another name than the one that is sealed.
    pub(super) sealed_as: Option<String>,
    /// No digest lists it, but its bytes are those of this listed one.
    pub(super) copy_of: Option<String>,
}

/// What was found of all log files.
pub(super) struct Logs<'a> {
    archive: &'a CloudTrailArchive,
    chain: &'a Chain<'a>,
    findings: &'a [SegmentFindings],
    listings: Vec<Listing<'a>>,
    by_name: HashMap<&'a str, Vec<usize>>,
    by_hash: HashMap<[u8; 32], Vec<usize>>,
    /// Position of each file's entry; of one without an entry, the position that it would have.
    pub(super) positions: Vec<Position>,
    /// Whether each file gave an entry.
    pub(super) has_entry: Vec<bool>,
    pub(super) files: Vec<LogFinding>,
    pub(super) breaks: Vec<Break>,
    /// Listed files that are not here and could not be: they are outside of what was opened.
    pub(super) outside: u64,
    pub(super) missing: u64,
    pub(super) uses_md5: bool,
}

impl<'a> Logs<'a> {
    /// Judges the files that were looked at. Whether one is missing can only be said when all were.
    pub(super) fn of(
        archive: &'a CloudTrailArchive,
        chain: &'a Chain<'a>,
        findings: &'a [SegmentFindings],
    ) -> Self {
        let mut logs = Self {
            archive,
            chain,
            findings,
            listings: Vec::new(),
            by_name: HashMap::new(),
            by_hash: HashMap::new(),
            positions: Vec::new(),
            has_entry: Vec::new(),
            files: Vec::new(),
            breaks: Vec::new(),
            outside: 0,
            missing: 0,
            uses_md5: false,
        };
        logs.list();
        logs.place();
        logs.find_at_place();
        logs.find_renamed();
        logs.judge_all();
        if findings.len() >= archive.logs().len() {
            logs.find_missing();
        }
        logs
    }

    fn list(&mut self) {
        for (node, found) in self.chain.nodes.iter().enumerate() {
            for log in &found.document.logs {
                let number = self.listings.len();
                keep(self.by_name.entry(last(&log.object)).or_default(), number);
                match log.hash {
                    ListedHash::Sha256(claimed) if !found.is_refuted() => {
                        keep(
                            self.by_hash.entry(*claimed.get().as_bytes()).or_default(),
                            number,
                        );
                    }
                    ListedHash::Md5(_) => self.uses_md5 = true,
                    ListedHash::Sha256(_) | ListedHash::Unreadable => {}
                }
                self.listings.push(Listing {
                    node,
                    log,
                    held_by: None,
                });
            }
        }
    }

    fn place(&mut self) {
        let mut position = 0;
        for found in self.findings {
            self.positions.push(position);
            self.has_entry.push(found.log_entries > 0);
            position += found.log_entries;
        }
    }

    fn found(&self, file: usize) -> Option<&'a LogFileFindings> {
        let found = self
            .findings
            .get(file)
            .filter(|found| !found.is_unreadable)?;
        match &found.seal {
            SealFindings::LogFile(found) => Some(found),
            _ => None,
        }
    }

    fn name(&self, file: usize) -> &'a str {
        self.archive
            .logs()
            .get(file)
            .map_or("", |log| log.file.as_str())
    }

    fn has(&self, file: usize, listing: usize) -> bool {
        let listed = self.listings.get(listing);
        let found = self.found(file);
        listed
            .zip(found)
            .is_some_and(|(listing, found)| found.has(&listing.log.hash))
    }

    /// Listings whose object has the file's name; a file that somebody unpacked lost its `.gz`.
    fn named_like(&self, file: usize) -> Vec<usize> {
        let name = last(self.name(file));
        let packed = format!("{name}.gz");
        let of = |name: &str| self.by_name.get(name).into_iter().flatten().copied();
        of(name).chain(of(&packed)).collect()
    }

    fn is_at(&self, file: usize, listing: usize) -> bool {
        let Some(listing) = self.listings.get(listing) else {
            return false;
        };
        let (name, object) = (self.name(file), &listing.log.object);
        self.archive.is_at(name, object) || self.archive.is_at(&format!("{name}.gz"), object)
    }

    fn hold(&mut self, listing: usize, file: usize) {
        if let Some(listing) = self.listings.get_mut(listing) {
            listing.held_by.get_or_insert(file);
        }
    }

    fn is_free(&self, listing: usize) -> bool {
        self.listings
            .get(listing)
            .is_some_and(|listing| listing.held_by.is_none())
    }

    /// First, files at the place that is sealed: those with the right bytes before others.
    fn find_at_place(&mut self) {
        for wants_hash in [true, false] {
            for file in 0..self.findings.len() {
                for listing in self.named_like(file) {
                    let is_right = !wants_hash || self.has(file, listing);
                    if is_right && self.is_free(listing) && self.is_at(file, listing) {
                        self.hold(listing, file);
                    }
                }
            }
        }
    }

    /// Then files that were moved or renamed: their bytes are those of a listed file that is not at
    /// its place.
    fn find_renamed(&mut self) {
        let mut holds = vec![false; self.findings.len()];
        for listing in &self.listings {
            if let Some(slot) = listing.held_by.and_then(|file| holds.get_mut(file)) {
                *slot = true;
            }
        }
        for file in 0..self.findings.len() {
            if holds.get(file) == Some(&true) {
                continue;
            }
            let hash = self.found(file).and_then(|found| found.sha256);
            let same = hash.and_then(|hash| self.by_hash.get(&hash)).cloned();
            let named = self
                .named_like(file)
                .into_iter()
                .filter(|l| self.has(file, *l));
            let all: Vec<usize> = named.chain(same.unwrap_or_default()).collect();
            for listing in all {
                if self.is_free(listing) {
                    self.hold(listing, file);
                    if let Some(slot) = holds.get_mut(file) {
                        *slot = true;
                    }
                }
            }
        }
        // Last, files that were moved and changed: the name is all that is left of them.
        for file in 0..self.findings.len() {
            if holds.get(file) == Some(&true) {
                continue;
            }
            let free = self
                .named_like(file)
                .into_iter()
                .find(|listing| self.is_free(*listing));
            if let Some(listing) = free {
                self.hold(listing, file);
            }
        }
    }

    fn judge_all(&mut self) {
        let mut held: Vec<Vec<usize>> = vec![Vec::new(); self.findings.len()];
        for (number, listing) in self.listings.iter().enumerate() {
            if let Some(list) = listing.held_by.and_then(|file| held.get_mut(file)) {
                list.push(number);
            }
        }
        for (file, listings) in held.into_iter().enumerate() {
            let finding = self.judge_one(file, &listings);
            self.files.push(finding);
        }
    }

    fn judge_one(&mut self, file: usize, listings: &[usize]) -> LogFinding {
        let mut finding = LogFinding {
            verdict: Verdict::Unsealed,
            strength: Strength::NONE,
            node: None,
            hash: None,
            sealed_as: None,
            copy_of: None,
        };
        let Some(first) = self.best(listings) else {
            finding.copy_of = self.copied_from(file);
            return finding;
        };
        let Some(listing) = self.listings.get(first) else {
            return finding;
        };
        let (node, log) = (listing.node, listing.log);
        finding.node = Some(node);
        finding.hash = Some(log.hash);
        finding.strength = Strength::SIGNED;
        if !self.is_at(file, first) {
            finding.sealed_as = Some(log.object.to_string());
        }
        let Some(found) = self.found(file) else {
            // The medium did not give it: that is no sign of a change.
            finding.verdict = Verdict::Unproven;
            return finding;
        };
        if let Some(problem) = self.problem(file, found, listings) {
            self.breaks.push(problem);
            finding.verdict = Verdict::Broken;
            return finding;
        }
        let standing = self.chain.nodes.get(node).map(|node| &node.standing);
        finding.verdict = match (standing, log.hash) {
            (Some(Standing::Refuted), _) => Verdict::Broken,
            _ if matches!(found.form, Form::TooLarge { .. }) => Verdict::Unproven,
            (Some(Standing::Proven), ListedHash::Sha256(_)) => Verdict::Intact,
            (Some(Standing::Proven), ListedHash::Md5(_)) => Verdict::Consistent,
            _ => Verdict::Unproven,
        };
        if matches!(log.hash, ListedHash::Md5(_)) {
            finding.strength = BY_MD5;
        }
        finding
    }

    /// How many digests list the file.
    pub(super) fn digests_listing(&self, file: usize) -> usize {
        let own = self.named_like(file).into_iter();
        let is_own = |number: &usize| {
            let listing = self.listings.get(*number);
            listing.is_some_and(|listing| listing.held_by == Some(file))
        };
        let nodes = own
            .filter(is_own)
            .filter_map(|number| self.listings.get(number));
        let nodes: std::collections::BTreeSet<usize> = nodes.map(|listing| listing.node).collect();
        nodes.len()
    }

    /// The listing that counts for a file: of the best digest; of equal ones the first.
    fn best(&self, listings: &[usize]) -> Option<usize> {
        let worth = |listing: &usize| {
            let listing = self.listings.get(*listing);
            let standing = listing
                .and_then(|l| self.chain.nodes.get(l.node))
                .map(|n| &n.standing);
            let is_weak = listing.is_some_and(|l| !matches!(l.log.hash, ListedHash::Sha256(_)));
            let rank = match standing {
                Some(Standing::Proven) => 0,
                Some(Standing::Unproven(_)) => 1,
                Some(Standing::Refuted) | None => 2,
            };
            (rank, is_weak)
        };
        listings.iter().copied().min_by_key(worth)
    }

    /// Where the file's bytes or its packing are not what was sealed.
    fn problem(&self, file: usize, found: &LogFileFindings, listings: &[usize]) -> Option<Break> {
        let first = self.best(listings)?;
        let listing = self.listings.get(first)?;
        let log = listing.log;
        let standing = |l: &Listing<'_>| self.chain.nodes.get(l.node).map(|n| &n.standing);
        let says =
            match &found.form {
                Form::TooLarge { .. } => return None,
                Form::Faulty { reason } => {
                    format!("The log file cannot be compared with its digest: {reason}.")
                }
                _ if matches!(log.hash, ListedHash::Unreadable) => return None,
                form => {
                    // All digests as good as the best must agree with the bytes.
                    let rivals = listings.iter().filter(|number| {
                        let other = self.listings.get(**number);
                        other.is_some_and(|other| standing(other) == standing(listing))
                    });
                    let differs = rivals.into_iter().any(|number| !self.has(file, *number));
                    match form {
                    _ if differs => return Some(self.changed(file, found, log)),
                    Form::Trailing { at, is_member } => {
                        let what = if *is_member { "another gzip member" } else { "other bytes" };
                        format!(
                            "After the gzip stream that matches its digest, at byte {at}, the log \
                             file goes on with {what}, which no seal covers."
                        )
                    }
                    Form::Plain if self.name(file).ends_with(".gz") => {
                        "The log file's content matches its digest, but it is not packed, as its \
                         name says and as it was delivered."
                            .to_owned()
                    }
                    _ => return None,
                }
                }
            };
        Some(self.broken(file, found, log, BreakKind::Modified, says))
    }

    fn changed(&self, file: usize, found: &LogFileFindings, log: &ListedLog) -> Break {
        match self.copied_from(file) {
            Some(other) => {
                let says = format!(
                    "The log file holds the content of another one, {}.",
                    last(&other)
                );
                self.broken(file, found, log, BreakKind::ReplacedFile, says)
            }
            None => {
                let says = "The log file's content is not what its digest lists.".to_owned();
                self.broken(file, found, log, BreakKind::Modified, says)
            }
        }
    }

    fn broken(
        &self,
        file: usize,
        found: &LogFileFindings,
        log: &ListedLog,
        kind: BreakKind,
        says: String,
    ) -> Break {
        let position = self.positions.get(file).copied().unwrap_or(0);
        let mut one = Break::new(kind, position, 1, says);
        one.file = Some(self.name(file).to_owned());
        one.exact = true;
        one.computed = found.sha256();
        if let ListedHash::Sha256(claimed) = log.hash {
            one.claimed = Some(claimed);
        }
        if let Form::Trailing { at, .. } = found.form {
            one.offset_bytes = Some(at);
        }
        one
    }

    /// Another listed file with the same bytes.
    fn copied_from(&self, file: usize) -> Option<String> {
        let hash = self.found(file)?.sha256?;
        let listing = self.by_hash.get(&hash)?.first()?;
        Some(self.listings.get(*listing)?.log.object.to_string())
    }

    /// Listed files that no file of the folder is.
    fn find_missing(&mut self) {
        let mut seen = std::collections::HashSet::new();
        for listing in self
            .listings
            .iter()
            .filter(|listing| listing.held_by.is_none())
        {
            let log = listing.log;
            if self.listings_of(log).any(|other| other.held_by.is_some()) {
                continue;
            }
            if !self.archive.covers(&log.object) {
                self.outside += 1;
                continue;
            }
            if !seen.insert((&log.bucket, &log.object)) {
                continue;
            }
            self.missing += 1;
            let place = self.archive.logs_before(&log.object);
            let end = self.findings.iter().map(|found| found.log_entries).sum();
            let position = self.positions.get(place).copied().unwrap_or(end);
            let digest = self
                .chain
                .nodes
                .get(listing.node)
                .map_or("", |node| last(&node.file.file));
            let says = format!("A log file that a digest lists ({digest}) is not here.");
            let mut one = Break::new(BreakKind::MissingFile, position, 1, says);
            one.file = Some(log.object.to_string());
            one.exact = true;
            if let ListedHash::Sha256(claimed) = log.hash {
                one.claimed = Some(claimed);
            }
            self.breaks.push(one);
        }
    }

    /// All listings of one object.
    fn listings_of(&self, log: &ListedLog) -> impl Iterator<Item = &Listing<'a>> {
        let named = self.by_name.get(last(&log.object)).into_iter().flatten();
        let (bucket, object) = (log.bucket.clone(), log.object.clone());
        named
            .filter_map(|number| self.listings.get(*number))
            .filter(move |other| other.log.bucket == bucket && other.log.object == object)
    }
}

fn keep(list: &mut Vec<usize>, number: usize) {
    if list.len() < ALIKE_MAX {
        list.push(number);
    }
}

/// The last name of a key or path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
