use sealscope_archive::sealog::Control;
use sealscope_proof::{CompactRange, Signer, leaf_hash, sha256};

use super::build::{Made, control_line, rows_of};
use super::parts::{Id, List, Part};

/// What an attacker does to hide a changed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Nothing: leaf lists and index stay as they were sealed.
    Nothing,
    /// The lists of the changed frames are made anew; each frame keeps its first leaf index.
    Lists,
    /// All lists are made anew, with leaf indexes that count through.
    ListsRenumbered,
    /// As [`Cover::ListsRenumbered`], and the index is made anew or left out as it was.
    ListsAndIndex,
}

/// A line with the place of its data frame among the data frames.
pub type Owned = (usize, Vec<u8>);

impl Made {
    /// Changes the lines with a function that sees them all, each with its frame, and covers up.
    pub fn edit(&mut self, cover: Cover, edit: impl FnOnce(&mut Vec<Owned>)) {
        let before: Vec<Vec<Vec<u8>>> = self.data().cloned().collect();
        let mut lines: Vec<Owned> = before
            .iter()
            .enumerate()
            .flat_map(|(frame, lines)| lines.iter().map(move |line| (frame, line.clone())))
            .collect();
        edit(&mut lines);
        let mut after = vec![Vec::new(); before.len()];
        for (frame, line) in lines {
            after[frame].push(line);
        }
        let mut frames = after.iter();
        for part in &mut self.parts {
            if let Part::Data(lines) = part {
                lines.clone_from(frames.next().expect("as many frames as before"));
            }
        }
        let changed: Vec<bool> = before.iter().zip(&after).map(|(a, b)| a != b).collect();
        self.cover_up(cover, &changed);
    }

    fn cover_up(&mut self, cover: Cover, changed: &[bool]) {
        match cover {
            Cover::Nothing => {}
            Cover::Lists => self.rewrite_lists(changed, false),
            Cover::ListsRenumbered => self.rewrite_lists(changed, true),
            Cover::ListsAndIndex => {
                self.rewrite_lists(changed, true);
                self.rewrite_index();
            }
        }
    }

    /// Makes leaf lists anew: those of changed frames, or all with indexes that count through. The
    /// list of an emptied frame goes with its frame.
    fn rewrite_lists(&mut self, changed: &[bool], renumber: bool) {
        let with_leaves = self.leaf_lists;
        let (mut frame, mut next) = (0, self.start);
        let mut rewritten = Vec::with_capacity(self.parts.len());
        let mut data: Option<Vec<Vec<u8>>> = None;
        for part in self.parts.drain(..) {
            match (&part, &data) {
                (Part::Data(lines), _) => data = Some(lines.clone()),
                (Part::List(list), Some(lines)) => {
                    let first = if renumber { next } else { list.first };
                    if !lines.is_empty() {
                        rewritten.push(if renumber || changed.get(frame) == Some(&true) {
                            Part::List(List::of(lines, first, with_leaves))
                        } else {
                            part.clone()
                        });
                    }
                    next += lines.len() as u64;
                    (frame, data) = (frame + 1, None);
                    continue;
                }
                _ => {}
            }
            rewritten.push(part);
        }
        self.parts = rewritten;
    }

    /// Makes SLIX anew, where there is one.
    pub fn rewrite_index(&mut self) {
        let rows = rows_of(&self.parts, self.start);
        for part in &mut self.parts {
            if let Part::Index(old) = part {
                old.clone_from(&rows);
            }
        }
    }

    /// Recomputes everything over the lines as they are now and signs it with another key: links,
    /// close, lists, checkpoints and index agree with each other again.
    pub fn reseal(&mut self, signer: &Signer) {
        let mut tree = self.before();
        let mut previous = None;
        let with_leaves = self.leaf_lists;
        for at in 0..self.parts.len() {
            match &mut self.parts[at] {
                Part::Data(lines) => {
                    for line in lines.iter_mut() {
                        renew(line, tree.end(), previous.as_deref(), signer);
                        tree.push(leaf_hash(line));
                    }
                }
                Part::List(_) => self.parts[at] = self.list_before(at, &tree, with_leaves),
                Part::Checkpoint(_) => {
                    let root = tree.root().expect("it begins at leaf 0");
                    let note = self.note(tree.end(), root, &[signer]);
                    previous = Some(sha256(&note).to_hex());
                    self.parts[at] = Part::Checkpoint(note);
                }
                _ => {}
            }
        }
        self.rewrite_index();
    }

    /// Makes lists, checkpoints and index anew over the lines as they are, links and all: what the
    /// owner of a key can do.
    pub fn seal_as_is(&mut self, signer: &Signer) {
        let mut tree = self.before();
        let with_leaves = self.leaf_lists;
        let mut hashes: Vec<(String, String)> = Vec::new();
        for at in 0..self.parts.len() {
            match &mut self.parts[at] {
                Part::Data(lines) => {
                    for line in lines.iter_mut() {
                        // Links follow the checkpoints that are made anew before them.
                        for (old, new) in &hashes {
                            replace_hex(line, old, new);
                        }
                        tree.push(leaf_hash(line));
                    }
                }
                Part::List(_) => self.parts[at] = self.list_before(at, &tree, with_leaves),
                Part::Checkpoint(old) => {
                    let old = sha256(old).to_hex();
                    let root = tree.root().expect("it begins at leaf 0");
                    let note = self.note(tree.end(), root, &[signer]);
                    hashes.push((old, sha256(&note).to_hex()));
                    self.parts[at] = Part::Checkpoint(note);
                }
                _ => {}
            }
        }
        self.rewrite_index();
    }

    fn list_before(&self, at: usize, tree: &CompactRange, with_leaves: bool) -> Part {
        let Some(Part::Data(lines)) = at.checked_sub(1).and_then(|place| self.parts.get(place))
        else {
            return self.parts[at].clone();
        };
        let first = tree.end() - lines.len() as u64;
        Part::List(List::of(lines, first, with_leaves))
    }

    /// Cuts off all lines before leaf index `start` and raises SLID to it, with the frontier that
    /// fits; the first data frame that stays begins with `first_line`.
    pub fn raise_start(&mut self, start: u64, first_line: Vec<u8>) {
        let mut tree = self.before();
        let mut parts = Vec::new();
        for part in self.parts.drain(..) {
            match part {
                Part::Data(lines) if tree.end() < start => {
                    lines.iter().for_each(|line| tree.push(leaf_hash(line)));
                }
                Part::List(list) if list.first < start => {}
                Part::Checkpoint(_) if tree.end() <= start && parts.is_empty() => {}
                Part::Id(_) => {}
                part => parts.push(part),
            }
        }
        let id = Id {
            archive: *b"archive-uuid-01!",
            start,
            frontier: tree.hashes().collect(),
        };
        if let Some(Part::Data(lines)) = parts.iter_mut().find(|p| matches!(p, Part::Data(_))) {
            lines[0] = first_line;
        }
        parts.insert(0, Part::Id(id));
        (self.parts, self.start) = (parts, start);
    }
}

/// Replaces a digest in a line by another.
fn replace_hex(line: &mut [u8], old: &str, new: &str) {
    let place = line.windows(old.len()).position(|w| w == old.as_bytes());
    if let Some(place) = place {
        line[place..place + new.len()].copy_from_slice(new.as_bytes());
    }
}

/// A control line as it has to read at its new place.
fn renew(line: &mut Vec<u8>, at: u64, previous: Option<&str>, signer: &Signer) {
    let Ok(mut control) = serde_json::from_slice::<Control>(line) else {
        return;
    };
    match &mut control {
        Control::Segment { previous: link, .. } => *link = previous.map(str::to_owned),
        Control::Close { size, .. } => *size = at + 1,
        Control::Header(header) => header.signer = signer.verifier().to_vkey(),
        _ => return,
    }
    *line = control_line(&control);
}
