//! The paths of raw fields, kept from entry to entry.
//!
//! Lines of one log have the same keys in the same order, so a path is built and looked at once,
//! and found again by comparing one short key. Forgetting the table changes no answer: whatever
//! decides something counts per entry, whether the path was known before or not.

use std::hash::{BuildHasher, RandomState};

/// Number of a path in its table.
pub(crate) type PathId = u32;

/// The path of the entry itself: empty.
pub(crate) const ROOT: PathId = 0;
/// Above the paths that are given whole. They stand apart: they have no roles, and a walk must
/// not meet them.
const BY_HAND: PathId = 1;
/// No path.
pub(crate) const NONE: PathId = u32::MAX;

/// Paths that are kept from one entry to the next, at most. Logs have some hundreds.
const KEPT_PATHS_MAX: usize = 8192;
/// Bytes of paths that are kept from one entry to the next, at most.
const KEPT_BYTES_MAX: usize = 1 << 20;
/// Siblings that are tried before the table is searched: optional keys are few in a row.
const GUESSES_MAX: usize = 4;

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: PathId,
    start: u32,
    path_bytes: u32,
    key_bytes: u32,
    /// What the schema does with the path; 0: nothing.
    role: u8,
    /// The key that came first in the last object at this path.
    first: PathId,
    /// The key that came after this one in the last object.
    next: PathId,
    /// Number of the object in which the key was seen last.
    object: u64,
    /// Number of the entry in which the path was seen last.
    entry: u64,
}

/// The paths known so far.
#[derive(Debug)]
pub(crate) struct PathTable {
    text: String,
    nodes: Vec<Node>,
    /// Open addressing over node ids; the length is a power of two.
    slots: Vec<PathId>,
    hasher: RandomState,
    /// Numbers never come twice, so that marks need no clearing.
    objects: u64,
    entries: u64,
    /// Bytes of different paths that the current entry may still use.
    bytes_left: usize,
}

/// A key found under its parent.
pub(crate) struct Child {
    pub id: PathId,
    pub role: u8,
    /// Whether the object has had the key already.
    pub again: bool,
}

impl PathTable {
    pub fn new() -> Self {
        let mut table = Self {
            text: String::new(),
            nodes: Vec::new(),
            slots: Vec::new(),
            hasher: RandomState::new(),
            objects: 0,
            entries: 0,
            bytes_left: 0,
        };
        table.forget();
        table
    }

    /// Forgets all paths.
    pub fn forget(&mut self) {
        if self.nodes.len() > KEPT_PATHS_MAX || self.text.len() > KEPT_BYTES_MAX {
            (self.text, self.nodes, self.slots) = (String::new(), Vec::new(), Vec::new());
        }
        self.text.clear();
        self.nodes.clear();
        for _root in [ROOT, BY_HAND] {
            self.nodes.push(Node {
                parent: NONE,
                start: 0,
                path_bytes: 0,
                key_bytes: 0,
                role: 0,
                first: NONE,
                next: NONE,
                object: 0,
                entry: 0,
            });
        }
        self.slots.clear();
        self.slots.resize(256, NONE);
    }

    /// Starts an entry, whose different paths may take `bytes_max` in all.
    pub fn begin_entry(&mut self, bytes_max: usize) {
        if self.nodes.len() > KEPT_PATHS_MAX || self.text.len() > KEPT_BYTES_MAX {
            self.forget();
        }
        self.entries += 1;
        self.bytes_left = bytes_max;
    }

    /// A number for an object, under which its keys are marked as seen.
    pub fn begin_object(&mut self) -> u64 {
        self.objects += 1;
        self.objects
    }

    /// The text of a path.
    pub fn path(&self, id: PathId) -> &str {
        self.node(id)
            .map_or("", |node| self.tail(node, node.path_bytes))
    }

    /// The path of `key` under `parent`, made when it is new. `previous` is the key before it in
    /// the same object. `None` when the entry has used up its bytes for paths.
    #[inline]
    pub fn child(
        &mut self,
        parent: PathId,
        key: &str,
        previous: PathId,
        object: u64,
        role: impl FnOnce(&str) -> u8,
    ) -> Option<Child> {
        let id = self.resolve(parent, key, previous, self.bytes_left, role)?;
        let (entry, left) = (self.entries, self.bytes_left);
        let node = self.nodes.get_mut(id as usize)?;
        if node.entry != entry {
            self.bytes_left = left.checked_sub(node.path_bytes as usize)?;
            node.entry = entry;
        }
        let again = node.object == object;
        node.object = object;
        Some(Child {
            id,
            role: node.role,
            again,
        })
    }

    /// A path that a schema or a caller gives whole; it is not counted.
    pub fn named(&mut self, path: &str, previous: PathId) -> Option<PathId> {
        self.resolve(BY_HAND, path, previous, usize::MAX, |_| 0)
    }

    #[inline]
    fn resolve(
        &mut self,
        parent: PathId,
        key: &str,
        previous: PathId,
        bytes_max: usize,
        role: impl FnOnce(&str) -> u8,
    ) -> Option<PathId> {
        if let Some(id) = self.guess(parent, key, previous) {
            return Some(id);
        }
        let id = match self.find(parent, key) {
            Some(id) => id,
            None => self.add(parent, key, bytes_max, role)?,
        };
        self.link(parent, previous, id);
        Some(id)
    }

    fn node(&self, id: PathId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// The last `bytes` of a node's path.
    fn tail(&self, node: &Node, bytes: u32) -> &str {
        let end = node.start as usize + node.path_bytes as usize;
        self.text
            .get(end.saturating_sub(bytes as usize)..end)
            .unwrap_or("")
    }

    fn is(&self, node: &Node, parent: PathId, key: &str) -> bool {
        node.parent == parent
            && node.key_bytes as usize == key.len()
            && self.tail(node, node.key_bytes) == key
    }

    /// The key that followed last time, or one of the few after it.
    #[inline]
    fn guess(&self, parent: PathId, key: &str, previous: PathId) -> Option<PathId> {
        let mut id = match previous {
            NONE => self.node(parent)?.first,
            _ => self.node(previous)?.next,
        };
        for _ in 0..GUESSES_MAX {
            let node = self.node(id)?;
            if self.is(node, parent, key) {
                return Some(id);
            }
            id = node.next;
        }
        None
    }

    fn link(&mut self, parent: PathId, previous: PathId, id: PathId) {
        match previous {
            NONE => {
                if let Some(node) = self.nodes.get_mut(parent as usize) {
                    node.first = id;
                }
            }
            _ => {
                if let Some(node) = self.nodes.get_mut(previous as usize) {
                    node.next = id;
                }
            }
        }
    }

    fn hash(&self, parent: PathId, key: &str) -> usize {
        // Keyed and random: keys come from the evidence and must not be able to collide on purpose.
        usize::try_from(self.hasher.hash_one((parent, key)) & 0xFFFF_FFFF).unwrap_or(0)
    }

    fn find(&self, parent: PathId, key: &str) -> Option<PathId> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = self.hash(parent, key) & mask;
        loop {
            let id = *self.slots.get(slot)?;
            let node = self.node(id)?;
            if self.is(node, parent, key) {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn add(
        &mut self,
        parent: PathId,
        key: &str,
        bytes_max: usize,
        role: impl FnOnce(&str) -> u8,
    ) -> Option<PathId> {
        let above = *self.node(parent)?;
        let dot = usize::from(parent != ROOT && parent != BY_HAND);
        let path_bytes = above.path_bytes as usize + dot + key.len();
        if path_bytes > bytes_max {
            return None;
        }
        let id = PathId::try_from(self.nodes.len())
            .ok()
            .filter(|id| *id != NONE)?;
        let start = self.text.len();
        let from = above.start as usize;
        self.text
            .extend_from_within_checked(from, from + above.path_bytes as usize);
        if dot == 1 {
            self.text.push('.');
        }
        self.text.push_str(key);
        let role = role(self.text.get(start..).unwrap_or(""));
        self.nodes.push(Node {
            parent,
            start: u32::try_from(start).ok()?,
            path_bytes: u32::try_from(path_bytes).ok()?,
            key_bytes: u32::try_from(key.len()).ok()?,
            role,
            first: NONE,
            next: NONE,
            object: 0,
            entry: 0,
        });
        self.enter(id);
        Some(id)
    }

    fn enter(&mut self, id: PathId) {
        if self.nodes.len() * 2 > self.slots.len() {
            self.grow();
            return;
        }
        let Some(node) = self.node(id).copied() else {
            return;
        };
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = self.hash(node.parent, self.tail(&node, node.key_bytes)) & mask;
        while let Some(place) = self.slots.get_mut(slot) {
            if *place == NONE {
                *place = id;
                return;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Doubles the slots and enters all nodes anew. The roots are in no slot: they have no key.
    fn grow(&mut self) {
        let length = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(length, NONE);
        for id in 2..self.nodes.len() {
            if let Ok(id) = PathId::try_from(id) {
                self.enter(id);
            }
        }
    }
}

/// `String::extend_from_within` without its panics.
trait ExtendFromWithin {
    fn extend_from_within_checked(&mut self, from: usize, to: usize);
}

impl ExtendFromWithin for String {
    fn extend_from_within_checked(&mut self, from: usize, to: usize) {
        if self.get(from..to).is_some() {
            self.extend_from_within(from..to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(table: &mut PathTable, parent: PathId, key: &str, previous: PathId) -> PathId {
        let object = table.begin_object();
        table
            .child(parent, key, previous, object, |_| 0)
            .unwrap()
            .id
    }

    #[test]
    fn a_path_keeps_its_number_and_its_text() {
        let mut table = PathTable::new();
        table.begin_entry(1 << 20);
        let user = child(&mut table, ROOT, "user", NONE);
        let name = child(&mut table, user, "name", NONE);
        assert_eq!(table.path(name), "user.name");
        assert_eq!(child(&mut table, ROOT, "user", NONE), user);
        assert_eq!(child(&mut table, user, "name", user), name);
        assert_ne!(child(&mut table, ROOT, "user.name", user), name);
    }

    #[test]
    fn thousands_of_keys_are_all_found_again() {
        let mut table = PathTable::new();
        table.begin_entry(1 << 20);
        let ids: Vec<_> = (0..5000)
            .map(|n| child(&mut table, ROOT, &format!("k{n}"), NONE))
            .collect();
        for (n, id) in ids.iter().enumerate().rev() {
            assert_eq!(child(&mut table, ROOT, &format!("k{n}"), NONE), *id);
            assert_eq!(table.path(*id), format!("k{n}"));
        }
    }

    #[test]
    fn a_key_that_comes_again_in_its_object_is_noticed() {
        let mut table = PathTable::new();
        table.begin_entry(100);
        let (one, two) = (table.begin_object(), table.begin_object());
        assert!(!table.child(ROOT, "a", NONE, one, |_| 0).unwrap().again);
        assert!(table.child(ROOT, "a", NONE, one, |_| 0).unwrap().again);
        assert!(!table.child(ROOT, "a", NONE, two, |_| 0).unwrap().again);
    }

    #[test]
    fn a_path_given_whole_has_the_same_text_and_another_number() {
        let mut table = PathTable::new();
        table.begin_entry(100);
        let by_hand = table.named("user", NONE).unwrap();
        let walked = child(&mut table, ROOT, "user", NONE);
        assert_ne!(by_hand, walked);
        assert_eq!((table.path(by_hand), table.path(walked)), ("user", "user"));
        assert_eq!(table.named("user", NONE), Some(by_hand));
    }

    #[test]
    fn bytes_run_out_alike_whether_paths_were_known_or_not() {
        let mut table = PathTable::new();
        for _ in 0..3 {
            table.begin_entry(10);
            let object = table.begin_object();
            assert!(table.child(ROOT, "abcde", NONE, object, |_| 0).is_some());
            assert!(table.child(ROOT, "fghij", NONE, object, |_| 0).is_some());
            assert!(table.child(ROOT, "k", NONE, object, |_| 0).is_none());
            assert!(table.child(ROOT, "abcde", NONE, object, |_| 0).is_some());
            // Known to the table from here on, but not paid for in the next entries.
            table.begin_entry(1);
            assert!(table.child(ROOT, "k", NONE, object, |_| 0).is_some());
        }
    }
}
