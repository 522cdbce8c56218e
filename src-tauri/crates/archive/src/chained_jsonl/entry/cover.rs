//! What of an entry no digest covers.
//!
//! A digest over chosen members says nothing of the others: they can be changed, added and removed,
//! and everything still follows. Covered is what goes into the entry's own digest (or into the one
//! by which the next entry knows it), what goes into an inner digest that is covered itself, and
//! what the check holds against something: own digest, link and signature. Numbers, partitions and
//! marks of a new chain are read by the check, but hold nothing up unless they are hashed.

use std::ops::Range;
use std::sync::Arc;

use super::super::json::{Kind, inside, unescaped};
use super::super::path::Path;
use super::super::profile::{ChainProfile, Framing, Part};
use super::{EntryReader, body};

/// Members that are named of one entry.
const NAMED_MAX: usize = 8;
/// Bytes of a name that are kept.
const NAME_BYTES_MAX: usize = 96;
/// What stands for more than are named.
const MORE: &str = "…";

impl EntryReader {
    /// What of the entry last read no digest covers and the profile does not name as uncovered, as
    /// a profile would name it; empty where there is none. Eight are named at most, then `…` stands
    /// for the rest; names that are too long end with it. Names are the archive's, not escaped.
    pub fn uncovered(&mut self, entry: &[u8]) -> Vec<String> {
        if self.profile.covers_all {
            return Vec::new();
        }
        let mut names = self.uncovered_up_to(entry, NAMED_MAX + 1);
        if names.len() > NAMED_MAX {
            names.truncate(NAMED_MAX);
            names.push(MORE.to_owned());
        }
        for name in &mut names {
            if name.len() > NAME_BYTES_MAX {
                let end = (0..=NAME_BYTES_MAX).rev();
                let end = end.into_iter().find(|end| name.is_char_boundary(*end));
                name.truncate(end.unwrap_or(0));
                name.push_str(MORE);
            }
        }
        names
    }

    /// The same, with whole names and more of them.
    pub(in super::super) fn uncovered_up_to(&mut self, entry: &[u8], most: usize) -> Vec<String> {
        let profile = Arc::clone(&self.profile);
        let text = body(entry);
        let mut names = Vec::new();
        match &profile.framing {
            Framing::Jsonl | Framing::JsonArray => {
                let mut covered = std::mem::take(&mut self.covered);
                covered.clear();
                covered.resize(self.tape.len(), false);
                self.cover(&profile, text, &mut covered);
                self.name_members(text, (0, ""), &covered, most, &mut names);
                self.covered = covered;
            }
            Framing::Csv { .. } | Framing::Tsv => {
                let is_covered = |column: usize| {
                    let mut places = places(&profile);
                    takes_line(&profile) || places.any(|path| path.column() == Some(column))
                };
                let columns = (0..self.columns.len()).filter(|column| !is_covered(*column));
                names.extend(columns.map(|column| format!("/{column}")).take(most));
            }
            Framing::Text(_) if takes_line(&profile) => {}
            Framing::Text(pattern) => {
                let span = |path: &Path| self.group(pattern, path);
                let mut spans: Vec<Range<usize>> = places(&profile).filter_map(span).collect();
                spans.sort_by_key(|span| span.start);
                let named = pattern.capture_names().flatten();
                let bare = named.map(|name| format!("/{name}")).filter(|name| {
                    let span = Path::parse(name).and_then(|path| self.group(pattern, &path));
                    span.is_some_and(|span| !is_inside(&span, &spans))
                });
                names.extend(bare.take(most));
                let knows_text = profile.uncovered.iter().any(Path::is_outside);
                if profile.has_loose_text && !knows_text && names.len() < most {
                    names.push("/".to_owned());
                }
            }
        }
        names
    }

    /// Marks the tokens that are covered, or known not to be.
    fn cover(&self, profile: &ChainProfile, text: &[u8], covered: &mut [bool]) {
        for path in profile.held().chain(&profile.uncovered) {
            if let Some(at) = self.node_at(text, path) {
                self.mark(at, &[], covered);
            }
        }
        for part in &profile.parts {
            self.cover_part(part, text, covered);
        }
        let inner = profile.inner.iter().filter(|_| profile.own.is_some());
        let mut open: Vec<_> = inner.collect();
        // One may be covered by another.
        for _ in 0..profile.inner.len() {
            open.retain(|inner| {
                let Some(at) = self.node_at(text, &inner.path) else {
                    return false;
                };
                let is_covered = self.is_marked(at, covered);
                let mut parts = vec![false; covered.len()];
                inner
                    .parts
                    .iter()
                    .for_each(|part| self.cover_part(part, text, &mut parts));
                if is_covered {
                    parts
                        .iter()
                        .zip(covered.iter_mut())
                        .for_each(|(part, all)| *all |= part);
                    return false;
                }
                // It is what its parts give; where they are covered it cannot be another.
                let is_held = parts
                    .iter()
                    .zip(covered.iter())
                    .all(|(part, all)| !part || *all);
                if is_held {
                    self.mark(at, &[], covered);
                }
                !is_held
            });
        }
    }

    fn cover_part(&self, part: &Part, text: &[u8], covered: &mut [bool]) {
        match part {
            Part::RawLine => self.mark(0, &[], covered),
            Part::RawLineMinusMember(path) => {
                let left_out = self.node_at(text, path);
                self.mark(0, left_out.as_slice(), covered);
            }
            Part::Field { path, .. } => {
                if let Some(at) = self.node_at(text, path) {
                    self.mark(at, &[], covered);
                }
            }
            Part::Canon {
                at, minus, only, ..
            } => {
                let Some(value) = self.node_at(text, at) else {
                    return;
                };
                if only.is_empty() {
                    let left_out = minus.iter().filter_map(|path| self.node_at(text, path));
                    let left_out: Vec<u32> = left_out.collect();
                    self.mark(value, &left_out, covered);
                }
                let kept = only
                    .iter()
                    .filter_map(|path| self.node_below(text, value, path));
                kept.for_each(|at| self.mark(at, &[], covered));
            }
            Part::Prev | Part::Lit(_) | Part::PrevRawLine => {}
        }
    }

    /// Marks a value and all in it but what is left out.
    fn mark(&self, from: u32, left_out: &[u32], covered: &mut [bool]) {
        let end = |at: u32| {
            self.tape
                .node(at)
                .map_or(at + 1, |node| node.next.max(at + 1))
        };
        let (mut at, to) = (from, end(from));
        while at < to {
            if left_out.contains(&at) {
                at = end(at);
                continue;
            }
            if let Some(slot) = covered.get_mut(at as usize) {
                *slot = true;
            }
            at += 1;
        }
    }

    fn marks<'c>(&self, at: u32, covered: &'c [bool]) -> &'c [bool] {
        let to = self.tape.node(at).map_or(0, |node| node.next);
        covered.get(at as usize..to as usize).unwrap_or_default()
    }

    fn is_marked(&self, at: u32, covered: &[bool]) -> bool {
        self.marks(at, covered).iter().all(|is| *is)
    }

    /// Names what is not marked: of an object without any mark, the object.
    fn name_members(
        &self,
        text: &[u8],
        (at, above): (u32, &str),
        covered: &[bool],
        most: usize,
        names: &mut Vec<String>,
    ) {
        let is_object = self
            .tape
            .node(at)
            .is_some_and(|node| node.kind == Kind::Object);
        let children = match is_object {
            true => self.tape.members(at),
            false => self.tape.elements(at),
        };
        for (number, (key, value)) in children.enumerate() {
            if self.is_marked(value, covered) {
                continue;
            }
            if names.len() >= most {
                return;
            }
            let key = self.tape.node(key).filter(|_| is_object);
            let name = match key.map(|key| inside(text, key)) {
                Some(raw) => {
                    let name = unescaped(raw).unwrap_or(std::borrow::Cow::Borrowed(raw));
                    String::from_utf8_lossy(&name)
                        .replace('~', "~0")
                        .replace('/', "~1")
                }
                None => number.to_string(),
            };
            let name = format!("{above}/{name}");
            if self.marks(value, covered).iter().any(|is| *is) {
                self.name_members(text, (value, &name), covered, most, names);
            } else {
                names.push(name);
            }
        }
    }
}

/// Places in a table's row, or groups of a line, that are covered or known not to be.
fn places(profile: &ChainProfile) -> impl Iterator<Item = &Path> {
    let mut all: Vec<&Path> = fields(&profile.parts);
    let inner = profile.inner.iter().filter(|_| profile.own.is_some());
    let mut open: Vec<_> = inner.collect();
    all.extend(profile.held());
    for _ in 0..profile.inner.len() {
        open.retain(|inner| {
            let parts = fields(&inner.parts);
            let is_covered = all.contains(&&inner.path);
            let is_held = parts.iter().all(|path| all.contains(path));
            if is_covered {
                all.extend(parts);
            } else if is_held {
                all.push(&inner.path);
            }
            !(is_covered || is_held)
        });
    }
    all.into_iter().chain(&profile.uncovered)
}

fn fields(parts: &[Part]) -> Vec<&Path> {
    parts.iter().filter_map(field).collect()
}

const fn field(part: &Part) -> Option<&Path> {
    match part {
        Part::Field { path, .. } => Some(path),
        _ => None,
    }
}

/// Whether the whole line is hashed.
fn takes_line(profile: &ChainProfile) -> bool {
    profile
        .parts
        .iter()
        .any(|part| matches!(part, Part::RawLine))
}

/// Whether a span lies in others taken together; these are in order.
fn is_inside(span: &Range<usize>, others: &[Range<usize>]) -> bool {
    let mut from = span.start;
    for other in others {
        if other.start <= from {
            from = from.max(other.end);
        }
    }
    from >= span.end
}
