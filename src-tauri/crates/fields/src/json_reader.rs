//! Reads JSON into records: one walk, values as pieces of the text, names kept from entry to entry.
//!
//! What JSON leaves open is answered like this, the same in every schema:
//!
//! | the text has | the record has |
//! | --- | --- |
//! | an object in an object | a path with a dot: `objectRef.resource`; a dot in a key stays one |
//! | an array | its elements, all under the path of the array |
//! | an empty object or array | no field |
//! | a key twice in one object | both values, in order, and a note; the spine takes the first |
//! | a number | its digits as they stand |
//! | half a surrogate pair | U+FFFD, and a note |
//! | bytes that are not UTF-8 | U+FFFD, and a note |
//! | more than [`DEPTH_MAX`] levels | the text of the deeper value under its path, and a note |
//! | names that outgrow the entry | the text of the member under its parent, and a note |
//! | more than [`FIELDS_MAX`] fields | the text of the rest under its parent, and a note |
//! | an array at its root | a record for each element |
//! | a record that is no object | a field named `value` |
//! | anything against the grammar | text, and a note with the reason and the offset |

use crate::json_scan::{Fault, Raw, Scanner, hex4};
use crate::note::{Note, NoteKind};
use crate::paths::{NONE, PathId, PathTable, ROOT};
use crate::record::{CHOSEN_TIME, Kind, ROLES, Record, Slot, Span, push_note};
use crate::schemas::text;
use crate::settings::Settings;

/// Levels of objects and arrays that become paths.
pub const DEPTH_MAX: u32 = 64;
/// Fields of one record; what comes behind is kept as text.
pub const FIELDS_MAX: usize = 1 << 18;
/// The field of a record that is no object.
const BARE_VALUE: &str = "value";

/// What a schema adds to the reading of JSON.
pub(crate) struct Dialect {
    /// The schema's name.
    pub name: &'static str,
    /// Role of a path; 0: none. Never [`CHOSEN_TIME`].
    pub role: fn(&str) -> u8,
    /// The key that holds the records, where it comes first in the object at the root.
    pub records_key: Option<&'static str>,
    /// Fills the spine from the roles.
    pub fill: fn(&mut Record, &Settings),
}

/// Reads an entry and gives its records to `each`.
pub(crate) fn read(
    dialect: &Dialect,
    entry: &[u8],
    settings: &Settings,
    record: &mut Record,
    each: &mut dyn FnMut(u32, &Record),
) {
    record.adopt_roles(dialect.name, settings);
    record.begin_entry(entry);
    let mut reading = Reading {
        dialect,
        entry,
        settings,
        record,
        each,
        number: 0,
    };
    let mut at = if entry.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let mut start = at;
    if let Err(fault) = reading.document(&mut at, &mut start) {
        // What was read before the fault stands; the rest is kept as text.
        reading.record.begin_record();
        reading.record.note(Note {
            kind: NoteKind::NotTheSchema,
            offset_bytes: fault.offset,
            detail: fault.says,
        });
        text::fill(reading.record, start, settings);
        reading.deliver();
    }
}

struct Reading<'a> {
    dialect: &'a Dialect,
    entry: &'a [u8],
    settings: &'a Settings,
    record: &'a mut Record,
    each: &'a mut dyn FnMut(u32, &Record),
    number: u32,
}

impl Reading<'_> {
    /// Reads the whole text. `start` is kept at the end of what was delivered.
    fn document(&mut self, at: &mut usize, start: &mut usize) -> Result<(), Fault> {
        let mut scanner = Scanner::new(&self.record.source, *at);
        scanner.skip_space();
        *at = scanner.at;
        match scanner.peek() {
            Some(b'{') => match self
                .dialect
                .records_key
                .and_then(|key| records(scanner, key))
            {
                Some(inside) => {
                    *at = inside;
                    self.elements(at, start)?;
                    self.rest_of_object(at)?;
                }
                None => {
                    self.walk(at, |walker| walker.value(ROOT, 0))?;
                    self.end(*at)?;
                    return self.finish();
                }
            },
            Some(b'[') => {
                *at += 1;
                self.elements(at, start)?;
            }
            Some(_) => return scanner.fault("expected an object or an array"),
            None => return scanner.fault("there is nothing here"),
        }
        self.end(*at)
    }

    /// The elements of an array, a record each; `at` stands after its bracket.
    fn elements(&mut self, at: &mut usize, start: &mut usize) -> Result<(), Fault> {
        let mut scanner = Scanner::new(&self.record.source, *at);
        scanner.skip_space();
        *at = scanner.at;
        *start = scanner.at;
        if scanner.eat(b']') {
            *at = scanner.at;
            return Ok(());
        }
        loop {
            self.walk(at, |walker| walker.element())?;
            self.finish()?;
            *start = *at;
            let mut scanner = Scanner::new(&self.record.source, *at);
            scanner.skip_space();
            if scanner.eat(b']') {
                (*at, *start) = (scanner.at, scanner.at);
                return Ok(());
            }
            if !scanner.eat(b',') {
                return scanner.fault("expected a comma or the end of the array");
            }
            scanner.skip_space();
            (*at, *start) = (scanner.at, scanner.at);
        }
    }

    /// What stands beside the records: one more record, where there is something.
    fn rest_of_object(&mut self, at: &mut usize) -> Result<(), Fault> {
        let mut scanner = Scanner::new(&self.record.source, *at);
        scanner.skip_space();
        *at = scanner.at + 1;
        match scanner.peek() {
            Some(b'}') => Ok(()),
            Some(b',') => {
                self.walk(at, |walker| walker.members(ROOT, 1))?;
                self.finish()
            }
            _ => scanner.fault("expected a comma or the end of the object"),
        }
    }

    fn end(&self, at: usize) -> Result<(), Fault> {
        let mut scanner = Scanner::new(&self.record.source, at);
        scanner.skip_space();
        match scanner.peek() {
            None => Ok(()),
            Some(_) => scanner.fault("more text after the value"),
        }
    }

    fn walk(
        &mut self,
        at: &mut usize,
        walk: impl FnOnce(&mut Walker<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.record.begin_record();
        let Record {
            source,
            extra,
            slots,
            roles,
            paths,
            notes,
            ..
        } = &mut *self.record;
        let scanner = Scanner::new(source, *at);
        let chosen = self.settings.time_field.as_deref();
        let role = self.dialect.role;
        let mut walker = Walker {
            scanner,
            extra,
            slots,
            roles,
            paths,
            notes,
            chosen,
            role,
        };
        walk(&mut walker)?;
        *at = walker.scanner.at;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Fault> {
        (self.dialect.fill)(self.record, self.settings);
        self.deliver();
        Ok(())
    }

    fn deliver(&mut self) {
        self.record.deliver(self.entry, self.number, self.each);
        self.number = self.number.saturating_add(1);
    }
}

/// Where the elements of the array begin that is the first member of the object at `scanner`, if
/// its key is `key`.
fn records(mut scanner: Scanner<'_>, key: &str) -> Option<usize> {
    scanner.eat(b'{');
    scanner.skip_space();
    let first = scanner.string().ok()?;
    if scanner.text.get(first.start..first.end) != Some(key) {
        return None;
    }
    scanner.colon().ok()?;
    scanner.eat(b'[').then_some(scanner.at)
}

/// Walks over one value and writes down what it holds.
struct Walker<'a> {
    scanner: Scanner<'a>,
    extra: &'a mut String,
    slots: &'a mut Vec<Slot>,
    roles: &'a mut [u32; ROLES],
    paths: &'a mut PathTable,
    notes: &'a mut Vec<Note>,
    chosen: Option<&'a str>,
    role: fn(&str) -> u8,
}

impl Walker<'_> {
    /// A record in an array.
    fn element(&mut self) -> Result<(), Fault> {
        if self.scanner.peek() == Some(b'{') {
            return self.value(ROOT, 1);
        }
        let object = self.paths.begin_object();
        match self.paths.child(ROOT, BARE_VALUE, NONE, object, |_| 0) {
            Some(child) => self.value(child.id, 1),
            None => self.scanner.value(),
        }
    }

    /// A value at a path, inside of `depth` objects and arrays. Goes at most [`DEPTH_MAX`] calls
    /// deep.
    fn value(&mut self, path: PathId, depth: u32) -> Result<(), Fault> {
        match self.scanner.peek() {
            Some(b'"') => {
                let raw = self.scanner.string()?;
                let span = self.unescaped(raw);
                self.slots.push(Slot {
                    path,
                    span,
                    kind: Kind::Text,
                });
                Ok(())
            }
            Some(b'{' | b'[') if depth >= DEPTH_MAX => {
                let start = self.scanner.at;
                self.scanner.value()?;
                push_note(self.notes, Note::at(NoteKind::TooDeep, start));
                self.push_from(path, Kind::Text, start);
                Ok(())
            }
            Some(b'{') => {
                self.scanner.at += 1;
                self.members(path, depth + 1)
            }
            Some(b'[') => self.array(path, depth + 1),
            Some(b't') => self.word(path, "true", Kind::True),
            Some(b'f') => self.word(path, "false", Kind::False),
            Some(b'n') => self.word(path, "null", Kind::Null),
            Some(b'-' | b'0'..=b'9') => {
                let start = self.scanner.at;
                self.scanner.number()?;
                self.push_from(path, Kind::Number, start);
                Ok(())
            }
            _ => self.scanner.fault("expected a value"),
        }
    }

    fn word(&mut self, path: PathId, word: &str, kind: Kind) -> Result<(), Fault> {
        let start = self.scanner.at;
        self.scanner.word(word)?;
        self.push_from(path, kind, start);
        Ok(())
    }

    fn push_from(&mut self, path: PathId, kind: Kind, start: usize) {
        self.slots.push(Slot {
            path,
            span: Span::source(start, self.scanner.at),
            kind,
        });
    }

    fn array(&mut self, path: PathId, depth: u32) -> Result<(), Fault> {
        self.scanner.at += 1;
        self.scanner.skip_space();
        if self.scanner.eat(b']') {
            return Ok(());
        }
        loop {
            if self.slots.len() >= FIELDS_MAX {
                return self.keep_rest(path, false);
            }
            self.value(path, depth)?;
            self.scanner.skip_space();
            match self.scanner.peek() {
                Some(b',') => self.scanner.at += 1,
                Some(b']') => {
                    self.scanner.at += 1;
                    return Ok(());
                }
                _ => {
                    return self
                        .scanner
                        .fault("expected a comma or the end of the array");
                }
            }
            self.scanner.skip_space();
        }
    }

    /// The members of an object, to its end; `at` stands after its brace or after a comma.
    fn members(&mut self, parent: PathId, depth: u32) -> Result<(), Fault> {
        let object = self.paths.begin_object();
        let mut previous = NONE;
        self.scanner.skip_space();
        if self
            .scanner
            .text
            .as_bytes()
            .get(self.scanner.at.wrapping_sub(1))
            != Some(&b',')
            && self.scanner.eat(b'}')
        {
            return Ok(());
        }
        loop {
            if self.slots.len() >= FIELDS_MAX {
                return self.keep_rest(parent, true);
            }
            self.member(parent, object, &mut previous, depth)?;
            self.scanner.skip_space();
            match self.scanner.peek() {
                Some(b',') => self.scanner.at += 1,
                Some(b'}') => {
                    self.scanner.at += 1;
                    return Ok(());
                }
                _ => {
                    return self
                        .scanner
                        .fault("expected a comma or the end of the object");
                }
            }
            self.scanner.skip_space();
        }
    }

    /// Keeps what is left of an object or array as one text.
    fn keep_rest(&mut self, path: PathId, of_object: bool) -> Result<(), Fault> {
        let start = self.scanner.at;
        self.scanner.rest(of_object)?;
        push_note(self.notes, Note::at(NoteKind::TooManyFields, start));
        let span = Span::source(start, self.scanner.at.saturating_sub(1));
        self.slots.push(Slot {
            path,
            span,
            kind: Kind::Text,
        });
        Ok(())
    }

    fn member(
        &mut self,
        parent: PathId,
        object: u64,
        previous: &mut PathId,
        depth: u32,
    ) -> Result<(), Fault> {
        let start = self.scanner.at;
        let raw = self.scanner.string()?;
        self.scanner.colon()?;
        let extra_before = self.extra.len();
        let text = self.scanner.text;
        let (chosen, role) = (self.chosen, self.role);
        let role_of = |path: &str| {
            if chosen == Some(path) {
                CHOSEN_TIME
            } else {
                role(path)
            }
        };
        let child = if raw.escaped {
            self.unescaped(raw);
            let key = self.extra.get(extra_before..).unwrap_or("");
            let child = self.paths.child(parent, key, *previous, object, role_of);
            self.extra.truncate(extra_before);
            child
        } else {
            let key = text.get(raw.start..raw.end).unwrap_or("");
            self.paths.child(parent, key, *previous, object, role_of)
        };
        let Some(child) = child else {
            self.scanner.value()?;
            push_note(self.notes, Note::at(NoteKind::TooManyFields, start));
            self.push_from(parent, Kind::Text, start);
            return Ok(());
        };
        if child.again {
            push_note(self.notes, Note::at(NoteKind::DuplicateKey, start));
        }
        *previous = child.id;
        let first_slot = self.slots.len();
        self.value(child.id, depth)?;
        if child.role != 0 {
            self.play(child.id, child.role, first_slot);
        }
        Ok(())
    }

    /// Gives a role to the first value of a member, where the member itself has one.
    fn play(&mut self, path: PathId, role: u8, first_slot: usize) {
        let itself = self
            .slots
            .get(first_slot)
            .is_some_and(|slot| slot.path == path);
        if let (true, Some(place)) = (itself, self.roles.get_mut(usize::from(role)))
            && *place == 0
        {
            *place = u32::try_from(first_slot + 1).unwrap_or(0);
        }
    }

    /// A string without its escapes.
    #[inline]
    fn unescaped(&mut self, raw: Raw) -> Span {
        if raw.escaped {
            self.unescape(raw)
        } else {
            Span::source(raw.start, raw.end)
        }
    }

    fn unescape(&mut self, raw: Raw) -> Span {
        let text = self.scanner.text;
        let start = self.extra.len();
        let mut at = raw.start;
        while at < raw.end {
            let rest = text.as_bytes().get(at..raw.end).unwrap_or_default();
            let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            self.extra.push_str(text.get(at..at + plain).unwrap_or(""));
            at += plain;
            if at < raw.end {
                at = self.unescape_one(at);
            }
        }
        Span::extra(start, self.extra.len())
    }

    /// One escape, whose form was checked; gives where it ends.
    fn unescape_one(&mut self, at: usize) -> usize {
        let text = self.scanner.text;
        let character = match text.as_bytes().get(at + 1) {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unescape_utf16(at),
            Some(other) => char::from(*other),
            None => return at + 2,
        };
        self.extra.push(character);
        at + 2
    }

    fn unescape_utf16(&mut self, at: usize) -> usize {
        let text = self.scanner.text;
        let unit = |at: usize| hex4(text, at + 2);
        let first = unit(at).unwrap_or(0xFFFD);
        let second = match text.get(at + 6..at + 8) {
            Some("\\u") if (0xD800..0xDC00).contains(&first) => {
                unit(at + 6).filter(|unit| (0xDC00..0xE000).contains(unit))
            }
            _ => None,
        };
        let units = [first, second.unwrap_or(0)];
        let length = 1 + usize::from(second.is_some());
        match char::decode_utf16(units.into_iter().take(length)).next() {
            Some(Ok(character)) => self.extra.push(character),
            _ => {
                push_note(self.notes, Note::at(NoteKind::LoneSurrogate, at));
                self.extra.push('\u{FFFD}');
            }
        }
        at + 6 * length
    }
}

#[cfg(test)]
#[path = "json_reader_tests.rs"]
mod tests;
