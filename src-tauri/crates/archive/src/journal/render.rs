//! Writes entries as JSON. Fields that entries share are written once and copied.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io;

use sealscope_model::Damage;

use super::file::JournalFile;
use super::hash;
use super::object::{ENTRY_ITEMS, Layout, id_at, u32_at, u64_at};
use super::payload::{Data, DataReader};
use super::text::{write_decimal, write_export_field, write_hex, write_id};
use super::text::{write_json_text, write_json_value};
use super::window::Stretch;
use crate::limits;

/// Places of damage that are told of one segment.
const DAMAGE_MAX: usize = 1000;

/// What was found of one entry besides its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFact {
    /// Where the entry stands in the file.
    pub offset_bytes: u64,
    /// Its number in the run of sequence numbers.
    pub seqnum: u64,
    /// Its time, in microseconds since 1970.
    pub realtime: u64,
    /// Microseconds since the machine started.
    pub monotonic: u64,
    /// Which start of the machine.
    pub boot_id: [u8; 16],
    /// Whether the hashes of its fields give the sum that it states. Writers count a field twice
    /// that an entry names twice, so that only its failing together with a seal says something.
    pub is_sum_right: bool,
    /// The first of its fields that is not as it was written.
    pub fault: Option<DataFault>,
}

/// Why a field is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFault {
    /// Its bytes do not give the hash that stands beside them.
    Changed {
        /// Where the field stands in the file.
        offset_bytes: u64,
    },
    /// It is not there, or cannot be unpacked.
    Unreadable {
        /// Where it should stand.
        offset_bytes: u64,
    },
}

/// A field that was written already.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// `"NAME":value` in the arena, and where in it the value begins.
    begin: usize,
    value: usize,
    end: usize,
    name: u32,
    jenkins: u64,
    kind: KnownKind,
    fault: Option<DataFault>,
}

impl Known {
    const fn nothing(begin: usize) -> Self {
        Self {
            begin,
            value: begin,
            end: begin,
            name: 0,
            jenkins: 0,
            kind: KnownKind::LeftOut,
            fault: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KnownKind {
    Member,
    /// The entry says it itself.
    BootId,
    /// It could not be read, or is too large to be written.
    LeftOut,
}

#[derive(Default)]
struct OffsetHasher(u64);

impl Hasher for OffsetHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // Offsets are multiples of eight; nothing is lost if somebody makes them collide but time,
        // and a segment has few.
        self.0 = (self.0 ^ number)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29);
    }
}

type Memo = HashMap<u64, Known, BuildHasherDefault<OffsetHasher>>;

/// Writes the entries of one stretch of a file.
pub(super) struct Renderer<'f, 'b> {
    file: &'f JournalFile,
    reader: DataReader<'f, 'b>,
    memo: Memo,
    arena: Vec<u8>,
    names: HashMap<Vec<u8>, u32>,
    /// Per name, the number of the last entry with it.
    seen: Vec<u32>,
    number: u32,
    /// Fields that cannot be read, with the reason.
    pub(super) damage: Vec<Damage>,
}

impl<'f, 'b> Renderer<'f, 'b> {
    pub(super) fn new(file: &'f JournalFile, stretch: Stretch<'b>) -> Self {
        Self {
            file,
            reader: DataReader::new(file, stretch),
            memo: Memo::default(),
            arena: Vec::new(),
            names: HashMap::new(),
            seen: Vec::new(),
            number: 0,
            damage: Vec::new(),
        }
    }

    /// Writes the entry whose object is `bytes` behind what `text` holds.
    pub(super) fn entry(
        &mut self,
        offset: u64,
        bytes: &[u8],
        text: &mut Vec<u8>,
    ) -> io::Result<EntryFact> {
        let mut fact = EntryFact::of(offset, bytes);
        let begin = text.len();
        self.write_address(&fact, u64_at(bytes, 56), text);
        let members = text.len();
        self.number += 1;
        let (mut sum, mut is_repeated, mut left_out) = (0, false, 0u32);
        let room_max = limits::JOURNAL_TEXT_MAX.saturating_sub(begin);
        let room = room_max.min(limits::ENTRY_BYTES_MAX);
        for item in items(bytes, self.file.layout) {
            if text.len() - begin > room {
                left_out += 1;
                continue;
            }
            let known = self.field(item, offset)?;
            sum ^= known.jenkins;
            fact.fault = fact.fault.or(known.fault);
            if known.kind != KnownKind::Member {
                continue;
            }
            match self.seen.get_mut(known.name as usize) {
                Some(last) if *last == self.number => is_repeated = true,
                Some(last) => *last = self.number,
                None => {}
            }
            let member = self.arena.get(known.begin..known.end).unwrap_or_default();
            if text.len() - begin + member.len() > room {
                left_out += 1;
                continue;
            }
            text.push(b',');
            text.extend_from_slice(member);
        }
        if is_repeated {
            text.truncate(members);
            left_out += self.write_lists(offset, bytes, begin + room, text)?;
        }
        text.push(b'}');
        fact.is_sum_right = sum == u64_at(bytes, 56);
        if left_out > 0 {
            let reason = format!(
                "{left_out} fields of the entry are left out: it would be larger than an entry, \
                 or the entries around it than a segment, may be"
            );
            self.report(offset, reason);
        }
        Ok(fact)
    }

    fn report(&mut self, offset: u64, reason: String) {
        if self.damage.len() < DAMAGE_MAX {
            self.damage.push(Damage::at(offset, reason));
        }
    }

    /// Data are written before the entries that name them.
    fn misplaced(&mut self, offset: u64) -> Known {
        self.report(
            offset,
            format!("an entry names data at byte {offset}, behind itself; the field is left out"),
        );
        Known {
            fault: Some(DataFault::Unreadable {
                offset_bytes: offset,
            }),
            ..Known::nothing(0)
        }
    }

    /// What comes before the fields: place and times, as journalctl tells them.
    fn write_address(&self, fact: &EntryFact, sum: u64, to: &mut Vec<u8>) {
        to.extend_from_slice(b"{\"__CURSOR\":\"");
        self.write_cursor(fact, sum, to);
        to.extend_from_slice(b"\",\"__REALTIME_TIMESTAMP\":\"");
        write_decimal(fact.realtime, to);
        to.extend_from_slice(b"\",\"__MONOTONIC_TIMESTAMP\":\"");
        write_decimal(fact.monotonic, to);
        to.extend_from_slice(b"\",\"_BOOT_ID\":\"");
        write_id(&fact.boot_id, to);
        to.push(b'"');
    }

    fn write_cursor(&self, fact: &EntryFact, sum: u64, to: &mut Vec<u8>) {
        to.extend_from_slice(b"s=");
        write_id(&self.file.header.seqnum_id, to);
        to.extend_from_slice(b";i=");
        write_hex(fact.seqnum, to);
        to.extend_from_slice(b";b=");
        write_id(&fact.boot_id, to);
        to.extend_from_slice(b";m=");
        write_hex(fact.monotonic, to);
        to.extend_from_slice(b";t=");
        write_hex(fact.realtime, to);
        to.extend_from_slice(b";x=");
        write_hex(sum, to);
    }

    /// Writes the fields of an entry that has one of them more than once: its values are a list, at
    /// the place of the first.
    fn write_lists(
        &mut self,
        offset: u64,
        bytes: &[u8],
        end_max: usize,
        text: &mut Vec<u8>,
    ) -> io::Result<u32> {
        let mut order: Vec<u32> = Vec::new();
        // Values are copied: the arena may be emptied while others are read.
        let mut lists: HashMap<u32, (Vec<u8>, Vec<u8>, u32)> = HashMap::new();
        let (mut held, mut left_out) = (text.len(), 0);
        for item in items(bytes, self.file.layout) {
            let known = self.field(item, offset)?;
            if known.kind != KnownKind::Member {
                continue;
            }
            held += known.end - known.begin;
            if held > end_max {
                left_out += 1;
                continue;
            }
            let member = self.arena.get(known.begin..known.end).unwrap_or_default();
            let (name, value) = member
                .split_at_checked(known.value - known.begin)
                .unwrap_or_default();
            let list = lists.entry(known.name).or_insert_with(|| {
                order.push(known.name);
                (name.to_vec(), Vec::new(), 0)
            });
            if list.2 > 0 {
                list.1.push(b',');
            }
            list.1.extend_from_slice(value);
            list.2 += 1;
        }
        for (name, values, count) in order.iter().filter_map(|name| lists.get(name)) {
            text.push(b',');
            text.extend_from_slice(name);
            if *count > 1 {
                text.push(b'[');
            }
            text.extend_from_slice(values);
            if *count > 1 {
                text.push(b']');
            }
        }
        Ok(left_out)
    }

    /// Reads the data object at an offset, so that its hash is checked; where it is not as it was
    /// written, why.
    pub(super) fn check_data(&mut self, offset: u64) -> io::Result<Option<DataFault>> {
        Ok(self.field(offset, u64::MAX)?.fault)
    }

    fn field(&mut self, offset: u64, before: u64) -> io::Result<Known> {
        if offset >= before {
            return Ok(self.misplaced(offset));
        }
        if let Some(known) = self.memo.get(&offset) {
            return Ok(*known);
        }
        if self.arena.len() > limits::JOURNAL_MEMO_BYTES {
            self.arena.clear();
            self.memo.clear();
        }
        let mut known = Known::nothing(self.arena.len());
        let damage = match self.reader.read(offset, before)? {
            Ok(data) => {
                let is_keyed = self.file.header.is_keyed_hash;
                known.jenkins = hash::jenkins(data.payload);
                let computed = if is_keyed {
                    hash::keyed(&self.file.header.file_id, data.payload)
                } else {
                    known.jenkins
                };
                if computed != data.hash {
                    known.fault = Some(DataFault::Changed {
                        offset_bytes: offset,
                    });
                }
                write_member(&data, &mut known, &mut self.arena, &mut self.names)
            }
            Err(why) => {
                known.fault = Some(DataFault::Unreadable {
                    offset_bytes: offset,
                });
                Some(why)
            }
        };
        if let Some(why) = damage {
            self.report(offset, why);
        }
        if self.seen.len() < self.names.len() {
            self.seen.resize(self.names.len(), 0);
        }
        self.memo.insert(offset, known);
        Ok(known)
    }

    /// Writes the entry in export format.
    pub(super) fn export(&mut self, offset: u64, bytes: &[u8], to: &mut Vec<u8>) -> io::Result<()> {
        let fact = EntryFact::of(offset, bytes);
        let begin = to.len();
        to.extend_from_slice(b"__CURSOR=");
        self.write_cursor(&fact, u64_at(bytes, 56), to);
        to.extend_from_slice(b"\n__REALTIME_TIMESTAMP=");
        write_decimal(fact.realtime, to);
        to.extend_from_slice(b"\n__MONOTONIC_TIMESTAMP=");
        write_decimal(fact.monotonic, to);
        to.extend_from_slice(b"\n_BOOT_ID=");
        write_id(&fact.boot_id, to);
        to.push(b'\n');
        for item in items(bytes, self.file.layout) {
            if to.len() - begin > limits::ENTRY_BYTES_MAX {
                break;
            }
            if let Ok(data) = self.reader.read(item, offset)? {
                if data.payload.starts_with(b"_BOOT_ID=") || !data.payload.contains(&b'=') {
                    continue;
                }
                write_export_field(data.payload, to);
            }
        }
        to.push(b'\n');
        Ok(())
    }
}

/// Writes `"NAME":value` into the arena; the reason where that cannot be done.
fn write_member(
    data: &Data<'_>,
    known: &mut Known,
    arena: &mut Vec<u8>,
    names: &mut HashMap<Vec<u8>, u32>,
) -> Option<String> {
    let Some(equals) = data.payload.iter().position(|byte| *byte == b'=') else {
        return Some("a field has no name; it is left out".to_owned());
    };
    let (name, value) = data.payload.split_at(equals);
    let value = value.get(1..).unwrap_or_default();
    if name == b"_BOOT_ID" {
        known.kind = KnownKind::BootId;
        return None;
    }
    match std::str::from_utf8(name) {
        Ok(_) => write_json_text(name, arena),
        Err(_) => write_json_text(String::from_utf8_lossy(name).as_bytes(), arena),
    }
    arena.push(b':');
    known.value = arena.len();
    write_json_value(value, arena);
    known.end = arena.len();
    if known.end - known.begin > limits::ENTRY_BYTES_MAX {
        arena.truncate(known.begin);
        known.end = known.begin;
        return Some("a field is larger, written out, than an entry may be; it is left out".into());
    }
    let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
    known.name = match names.get(name) {
        Some(number) => *number,
        None => {
            names.insert(name.to_vec(), number);
            number
        }
    };
    known.kind = KnownKind::Member;
    None
}

impl EntryFact {
    /// What an entry object says of itself.
    fn of(offset_bytes: u64, bytes: &[u8]) -> Self {
        Self {
            offset_bytes,
            seqnum: u64_at(bytes, 16),
            realtime: u64_at(bytes, 24),
            monotonic: u64_at(bytes, 32),
            boot_id: id_at(bytes, 40),
            is_sum_right: false,
            fault: None,
        }
    }
}

/// The offsets of the data that an entry names.
pub(super) fn items(bytes: &[u8], layout: Layout) -> impl Iterator<Item = u64> + '_ {
    let begin = usize::try_from(ENTRY_ITEMS).unwrap_or(usize::MAX);
    let step = usize::try_from(layout.entry_item()).unwrap_or(16);
    let items = bytes.get(begin..).unwrap_or_default().chunks_exact(step);
    items.map(move |item| {
        if layout.is_compact {
            u64::from(u32_at(item, 0))
        } else {
            u64_at(item, 0)
        }
    })
}
