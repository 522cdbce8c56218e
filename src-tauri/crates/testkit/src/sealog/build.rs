use sealscope_archive::sealog::{Control, Header};
use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, CompactRange, Signer, leaf_hash, sha256};

use super::keys::our_signer;
use super::parts::{Id, List, Part, Row, to_bytes};

/// What a small archive shall be.
#[derive(Debug)]
pub struct Plan {
    /// Uuid of the archive, in text form in the header.
    pub archive: [u8; 16],
    /// Uuid of the log.
    pub log: [u8; 16],
    /// Origin without the uuid.
    pub origin: String,
    /// The key that seals.
    pub signer: Signer,
    /// Log lines, as stored, between two checkpoints each.
    pub segments: Vec<Vec<Vec<u8>>>,
    /// Lines of a data frame at most.
    pub frame_lines: usize,
    /// Whether leaf lists list leaves.
    pub leaf_lists: bool,
    /// Whether SLIX ends the file.
    pub index: bool,
    /// Whether `close` ends the log.
    pub close: bool,
    /// The tree before the first line: not empty in an archive that continues another.
    pub before: CompactRange,
    /// Hash of the checkpoint that the archive before ended with.
    pub previous: Option<Digest>,
    /// Takes the place of the header line, where a test wants another one.
    pub header: Option<Vec<u8>>,
}

impl Plan {
    /// `segments` runs of `entries` lines that all differ, four lines to a frame, with leaf lists,
    /// index and close.
    #[must_use]
    pub fn new(segments: usize, entries: usize) -> Self {
        let line = |segment, entry| format!("entry {entry} of segment {segment}").into_bytes();
        Self {
            archive: *b"archive-uuid-01!",
            log: *b"the-uuid-of-log!",
            origin: "example.org/audit".to_owned(),
            signer: our_signer(),
            segments: (0..segments)
                .map(|segment| (0..entries).map(|entry| line(segment, entry)).collect())
                .collect(),
            frame_lines: 4,
            leaf_lists: true,
            index: true,
            close: true,
            before: CompactRange::empty(0),
            previous: None,
            header: None,
        }
    }

    /// The archive.
    #[must_use]
    pub fn build(self) -> Made {
        let mut making = Making {
            tree: self.before.clone(),
            parts: vec![Part::Id(Id {
                archive: self.archive,
                start: self.before.end(),
                frontier: self.before.hashes().collect(),
            })],
            seals: Vec::new(),
            plan: &self,
        };
        let count = self.segments.len();
        for (number, entries) in self.segments.iter().enumerate() {
            let mut lines = vec![making.opening(number)];
            lines.extend(entries.iter().cloned());
            if self.close && number + 1 == count {
                let size = making.tree.end() + lines.len() as u64 + 1;
                let reason = "complete".to_owned();
                lines.push(control_line(&Control::Close { size, reason }));
            }
            for chunk in lines.chunks(self.frame_lines) {
                making.add_frame(chunk);
            }
            making.add_checkpoint();
        }
        let Making {
            mut parts, seals, ..
        } = making;
        if self.index {
            parts.push(Part::Index(rows_of(&parts, self.before.end())));
        }
        Made {
            start: self.before.end(),
            leaf_lists: self.leaf_lists,
            origin: format!("{}/{}", self.origin, uuid_text(&self.log)),
            signer: self.signer,
            parts,
            seals,
        }
    }
}

/// A checkpoint as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Its size.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The whole note.
    pub note: String,
}

/// An archive as frames, with what it was sealed as.
#[derive(Debug)]
pub struct Made {
    /// Leaf index of the first line.
    pub start: u64,
    /// Whether leaf lists list leaves.
    pub leaf_lists: bool,
    /// Origin of the checkpoints, uuid included.
    pub origin: String,
    /// Who sealed it.
    pub signer: Signer,
    /// The frames, in file order.
    pub parts: Vec<Part>,
    /// The checkpoints, in order.
    pub seals: Vec<Seal>,
}

struct Making<'p> {
    plan: &'p Plan,
    tree: CompactRange,
    parts: Vec<Part>,
    seals: Vec<Seal>,
}

impl Making<'_> {
    fn opening(&self, number: usize) -> Vec<u8> {
        if number == 0 {
            return self.plan.header.clone().unwrap_or_else(|| self.header());
        }
        let previous = self.seals.last().map(|seal| sha256(seal.note.as_bytes()));
        control_line(&Control::Segment {
            number: number as u64,
            time: "2026-03-14T09:26:53Z".to_owned(),
            previous: previous.map(|hash| hash.to_hex()),
        })
    }

    fn header(&self) -> Vec<u8> {
        control_line(&Control::Header(Header {
            version: 1,
            archive: uuid_text(&self.plan.archive),
            origin: self.plan.origin.clone(),
            log: uuid_text(&self.plan.log),
            start: self.tree.end(),
            schema: None,
            signer: self.plan.signer.verifier().to_vkey(),
            previous: self.plan.previous.map(|hash| hash.to_hex()),
            tool: "testkit".to_owned(),
        }))
    }

    fn add_frame(&mut self, lines: &[Vec<u8>]) {
        let list = List::of(lines, self.tree.end(), self.plan.leaf_lists);
        lines
            .iter()
            .for_each(|line| self.tree.push(leaf_hash(line)));
        self.parts.push(Part::Data(lines.to_vec()));
        self.parts.push(Part::List(list));
    }

    fn add_checkpoint(&mut self) {
        let origin = format!("{}/{}", self.plan.origin, uuid_text(&self.plan.log));
        let (size, root) = (
            self.tree.end(),
            self.tree.root().expect("it begins at leaf 0"),
        );
        let note = note(&origin, size, root, &[&self.plan.signer]);
        self.parts.push(Part::Checkpoint(note.clone().into_bytes()));
        self.seals.push(Seal { size, root, note });
    }
}

impl Made {
    /// The file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        to_bytes(&self.parts)
    }

    /// All lines of the parts as they are now, control lines too, in file order.
    #[must_use]
    pub fn lines(&self) -> Vec<Vec<u8>> {
        self.data().flatten().cloned().collect()
    }

    /// The data frames as they are now.
    pub fn data(&self) -> impl Iterator<Item = &Vec<Vec<u8>>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Data(lines) => Some(lines),
            _ => None,
        })
    }

    /// Places in `parts` of the frames that `is_kind` picks.
    pub fn places(&self, is_kind: impl Fn(&Part) -> bool) -> Vec<usize> {
        let numbered = self.parts.iter().enumerate();
        numbered
            .filter_map(|(place, part)| is_kind(part).then_some(place))
            .collect()
    }

    /// A checkpoint of this log, signed by these keys.
    #[must_use]
    pub fn note(&self, size: u64, root: Digest, signers: &[&Signer]) -> Vec<u8> {
        note(&self.origin, size, root, signers).into_bytes()
    }

    /// The tree over all lines as they are now, on top of what stands before the start.
    #[must_use]
    pub fn tree(&self) -> CompactRange {
        let mut tree = self.before();
        for line in self.lines() {
            tree.push(leaf_hash(&line));
        }
        tree
    }

    /// The tree before the first line, from SLID.
    ///
    /// # Panics
    /// When SLID has been changed to nonsense.
    #[must_use]
    pub fn before(&self) -> CompactRange {
        match self.parts.first() {
            Some(Part::Id(id)) => {
                CompactRange::from_frontier(id.start, &id.frontier).expect("a sound SLID")
            }
            _ => CompactRange::empty(0),
        }
    }
}

/// A note over a checkpoint, signed by several keys.
fn note(origin: &str, size: u64, root: Digest, signers: &[&Signer]) -> String {
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size,
        root,
    };
    let text = checkpoint.to_text();
    let signed = signers.iter().map(|signer| signer.sign(&text));
    let lines = signed.map(|note| note.split_at(text.len() + 1).1.to_owned());
    format!("{text}\n{}", lines.collect::<String>())
}

/// The rows that describe the data frames of these parts, leaf indexes counted from `start`.
pub(super) fn rows_of(parts: &[Part], start: u64) -> Vec<Row> {
    let (mut offset_bytes, mut first, mut rows) = (0, start, Vec::new());
    for part in parts {
        let stored_bytes = part.to_bytes().len() as u64;
        if let Part::Data(lines) = part
            && !lines.is_empty()
        {
            let mut range = CompactRange::empty(first);
            lines.iter().for_each(|line| range.push(leaf_hash(line)));
            let content: usize = lines.iter().map(|line| line.len() + 1).sum();
            rows.push(Row {
                offset_bytes,
                stored_bytes,
                content_bytes: content as u64,
                first,
                count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
                hashes: range.hashes().collect(),
            });
            first += lines.len() as u64;
        }
        offset_bytes += stored_bytes;
    }
    rows
}

/// A control line as it is stored, without its line feed.
///
/// # Panics
/// Never: text and numbers can be written as JSON.
#[must_use]
pub fn control_line(control: &Control) -> Vec<u8> {
    serde_json::to_vec(control).expect("text and numbers are JSON")
}

/// The text form of a uuid (RFC 9562 §4).
fn uuid_text(bytes: &[u8; 16]) -> String {
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let groups = [&hex[..4], &hex[4..6], &hex[6..8], &hex[8..10], &hex[10..]];
    groups.map(|group| group.concat()).join("-")
}
