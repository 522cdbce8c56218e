//! What one record of an entry says: its raw fields under their own names, and the spine.
//!
//! A [`Record`] is a buffer that a worker fills again and again, so that reading millions of
//! entries allocates next to nothing. The text of the entry is copied into it once; values are
//! pieces of that copy, and only what has to be unescaped or put together takes room beside it.
//!
//! Memory: the copy (at most three times the entry, when it is not UTF-8), at most as much again
//! for unescaped text, 20 bytes for each of at most 262,144 fields, and for their names at most
//! [`PATH_BYTES_MAX`] and 60 bytes a name. Nothing of it grows from entry to entry.

use sealscope_model::EntryTime;

use crate::lossy::{Followed, Lossy};
use crate::note::{Note, NoteKind};
use crate::paths::{NONE, PathId, PathTable};
use crate::settings::Settings;
use crate::value::{Class, Field, Severity, Spine, Value};

/// Longest entry that is read, in bytes; the rest of a longer one is cut off, with a note. Archives
/// hand out none that are longer.
pub const ENTRY_BYTES_MAX: usize = 64 << 20;
/// Bytes of the different paths in one entry, at most; a short entry may use four times its length
/// and 64 KiB.
pub const PATH_BYTES_MAX: usize = 32 << 20;
/// Notes that a record keeps; then comes one that says there are more.
pub const NOTES_MAX: usize = 16;
/// Capacity that is kept from one entry to the next, in bytes.
const KEPT_BYTES_MAX: usize = 4 << 20;

/// Roles that a schema can give to paths: 1 to `ROLES - 1`. 0 is no role.
pub(crate) const ROLES: usize = 160;
/// The role of the time field that the examiner chose; the same in every schema.
pub(crate) const CHOSEN_TIME: u8 = 1;

/// A piece of text of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    length: u32,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The text of the entry.
    Source,
    /// What was unescaped or put together.
    Extra,
}

impl Span {
    fn new(place: Place, start: usize, end: usize) -> Self {
        // Texts stay below 4 GiB: see `ENTRY_BYTES_MAX`.
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Self {
            start,
            length: end.saturating_sub(start),
            place,
        }
    }

    /// A piece of the entry's text.
    pub fn source(start: usize, end: usize) -> Self {
        Self::new(Place::Source, start, end)
    }

    /// A piece of the text beside it.
    pub fn extra(start: usize, end: usize) -> Self {
        Self::new(Place::Extra, start, end)
    }

    /// Whether the other is a piece of this one. Schemas cut texts at separators only, so its
    /// words are words of this one.
    fn holds(self, other: Self) -> bool {
        self.place == other.place && self.start <= other.start && other.end() <= self.end()
    }

    fn end(self) -> usize {
        self.start as usize + self.length as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    True,
    False,
    Null,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    pub path: PathId,
    pub span: Span,
    pub kind: Kind,
}

/// The spine as pieces of text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spans {
    pub time: Option<EntryTime>,
    pub time_text: Option<Span>,
    pub who: Option<Span>,
    pub did: Option<Span>,
    pub to_what: Option<Span>,
    pub from_where: Option<Span>,
    pub outcome: Option<Span>,
    pub decision: Option<Span>,
    pub severity: Option<Severity>,
    pub class: Class,
    pub message: Option<Span>,
}

/// One record of an entry: raw fields, spine, notes. Used again for the next one.
#[derive(Debug)]
pub struct Record {
    pub(crate) source: String,
    pub(crate) extra: String,
    scratch: String,
    pub(crate) slots: Vec<Slot>,
    /// Per role, number of its first slot plus 1; 0: none.
    pub(crate) roles: [u32; ROLES],
    pub(crate) paths: PathTable,
    pub(crate) spans: Spans,
    pub(crate) notes: Vec<Note>,
    /// Which schema and which time field gave the paths their roles.
    roles_of: &'static str,
    roles_time_field: Option<String>,
    /// First byte of the entry that is not UTF-8.
    invalid_utf8: Option<usize>,
    /// How far offsets in the lossy text were followed in the bytes.
    followed: Followed,
    cut: bool,
    /// Key before in an object made by hand.
    last: PathId,
}

impl Default for Record {
    fn default() -> Self {
        Self::new()
    }
}

impl Record {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self {
            source: String::new(),
            extra: String::new(),
            scratch: String::new(),
            slots: Vec::new(),
            roles: [0; ROLES],
            paths: PathTable::new(),
            spans: Spans::default(),
            notes: Vec::new(),
            roles_of: "",
            roles_time_field: None,
            invalid_utf8: None,
            followed: Followed::default(),
            cut: false,
            last: NONE,
        }
    }

    /// Forgets the record, keeps the buffer.
    pub fn clear(&mut self) {
        self.begin_entry(b"");
    }

    /// The raw fields, in the order of the text. Empty objects and arrays give none.
    pub fn raw(&self) -> impl Iterator<Item = Field<'_>> {
        self.slots.iter().map(|slot| Field {
            path: self.paths.path(slot.path),
            value: self.value_of(slot),
        })
    }

    /// The values of a raw field, in the order of the text.
    pub fn get<'r>(&'r self, path: &str) -> impl Iterator<Item = Value<'r>> {
        self.raw()
            .filter(move |field| field.path == path)
            .map(|field| field.value)
    }

    /// The spine.
    #[must_use]
    pub fn spine(&self) -> Spine<'_> {
        let spans = &self.spans;
        let text = |span: Option<Span>| span.map(|span| self.text(span));
        Spine {
            time: spans.time,
            time_text: text(spans.time_text),
            who: text(spans.who),
            did: text(spans.did),
            to_what: text(spans.to_what),
            from_where: text(spans.from_where),
            outcome: text(spans.outcome),
            decision: text(spans.decision),
            severity: spans.severity,
            class: spans.class,
            message: text(spans.message).unwrap_or(""),
        }
    }

    /// What was noticed in the text, at most [`NOTES_MAX`] and one that says there is more.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Calls `each` for every text that bare words are searched in: the message, then every raw
    /// value but `true`, `false` and `null`. No phrase reaches from one into the next. A value
    /// that is a piece of the message is not given again: its words are there already.
    pub fn for_each_text(&self, mut each: impl FnMut(&str)) {
        if let Some(message) = self.spans.message {
            each(self.text(message));
        }
        for slot in &self.slots {
            let again = self
                .spans
                .message
                .is_some_and(|message| message.holds(slot.span));
            if matches!(slot.kind, Kind::Text | Kind::Number) && !again {
                each(self.text(slot.span));
            }
        }
    }

    /// Adds a raw field after the others.
    pub fn push_raw(&mut self, path: &str, value: Value<'_>) {
        let kind = match value {
            Value::Text(_) => Kind::Text,
            Value::Number(_) => Kind::Number,
            Value::Bool(true) => Kind::True,
            Value::Bool(false) => Kind::False,
            Value::Null => Kind::Null,
        };
        let span = self.keep(value.as_text());
        self.push_slot(path, kind, span);
    }

    /// Sets the time and its text.
    pub fn set_time(&mut self, time: Option<EntryTime>, text: Option<&str>) {
        self.spans.time = time;
        self.spans.time_text = text.map(|text| self.keep(text));
    }

    /// Sets who did it.
    pub fn set_who(&mut self, text: &str) {
        self.spans.who = Some(self.keep(text));
    }

    /// Sets what was done.
    pub fn set_did(&mut self, text: &str) {
        self.spans.did = Some(self.keep(text));
    }

    /// Sets to what it was done.
    pub fn set_to_what(&mut self, text: &str) {
        self.spans.to_what = Some(self.keep(text));
    }

    /// Sets from where it was done.
    pub fn set_from_where(&mut self, text: &str) {
        self.spans.from_where = Some(self.keep(text));
    }

    /// Sets how it ended.
    pub fn set_outcome(&mut self, text: &str) {
        self.spans.outcome = Some(self.keep(text));
    }

    /// Sets whether it was allowed.
    pub fn set_decision(&mut self, text: &str) {
        self.spans.decision = Some(self.keep(text));
    }

    /// Sets how grave it is.
    pub fn set_severity(&mut self, severity: Severity) {
        self.spans.severity = Some(severity);
    }

    /// Sets what kind of act it is.
    pub fn set_class(&mut self, class: Class) {
        self.spans.class = class;
    }

    /// Sets the entry in one readable line.
    pub fn set_message(&mut self, text: &str) {
        self.spans.message = Some(self.keep(text));
    }
}

/// What schemas use to fill a record.
impl Record {
    /// Takes the text of an entry; nothing is said about it yet.
    pub(crate) fn begin_entry(&mut self, entry: &[u8]) {
        self.begin_record();
        for buffer in [&mut self.source, &mut self.extra, &mut self.scratch] {
            buffer.clear();
            buffer.shrink_to(KEPT_BYTES_MAX);
        }
        self.slots.shrink_to(KEPT_BYTES_MAX / size_of::<Slot>());
        self.cut = entry.len() > ENTRY_BYTES_MAX;
        let entry = entry.get(..ENTRY_BYTES_MAX).unwrap_or(entry);
        self.paths
            .begin_entry((entry.len() * 4 + (1 << 16)).min(PATH_BYTES_MAX));
        self.invalid_utf8 = None;
        self.followed = Followed::default();
        match std::str::from_utf8(entry) {
            Ok(text) => self.source.push_str(text),
            Err(error) => {
                self.invalid_utf8 = Some(error.valid_up_to());
                self.source.extend(Lossy::new(entry));
            }
        }
    }

    /// Starts a record of the entry.
    pub(crate) fn begin_record(&mut self) {
        self.extra.clear();
        self.slots.clear();
        self.roles = [0; ROLES];
        self.spans = Spans::default();
        self.notes.clear();
        self.last = NONE;
    }

    /// Gives the record to the caller. Offsets of notes become those of the entry as stored.
    pub(crate) fn deliver(
        &mut self,
        entry: &[u8],
        number: u32,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        if let Some(offset) = self.invalid_utf8 {
            for note in &mut self.notes {
                note.offset_bytes = self.followed.stored_offset(entry, note.offset_bytes);
            }
            self.notes.push(Note::at(NoteKind::InvalidUtf8, offset));
        }
        if self.cut {
            self.notes.push(Note::at(NoteKind::Cut, ENTRY_BYTES_MAX));
        }
        each(number, self);
    }

    /// Makes sure that the paths carry the roles of this schema under these settings.
    pub(crate) fn adopt_roles(&mut self, schema: &'static str, settings: &Settings) {
        if self.roles_of != schema || self.roles_time_field != settings.time_field {
            self.paths.forget();
            self.roles_of = schema;
            self.roles_time_field.clone_from(&settings.time_field);
        }
    }

    /// The text of a piece.
    pub(crate) fn text(&self, span: Span) -> &str {
        let place = match span.place {
            Place::Source => &self.source,
            Place::Extra => &self.extra,
        };
        place.get(span.start as usize..span.end()).unwrap_or("")
    }

    /// The part of a piece between two of its bytes.
    pub(crate) fn part(&self, span: Span, from: usize, to: usize) -> Span {
        let start = span.start as usize;
        Span::new(span.place, start + from, (start + to).min(span.end()))
    }

    /// Keeps a text beside the entry's own.
    pub(crate) fn keep(&mut self, text: &str) -> Span {
        let start = self.extra.len();
        self.extra.push_str(text);
        Span::extra(start, self.extra.len())
    }

    /// Keeps a text put together from others of the record.
    pub(crate) fn compose(&mut self, write: impl FnOnce(&Self, &mut String)) -> Span {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        write(self, &mut scratch);
        let span = self.keep(&scratch);
        self.scratch = scratch;
        span
    }

    /// Lets `read` cut the entry's text into pieces while the record is being filled.
    pub(crate) fn with_source<T>(&mut self, read: impl FnOnce(&mut Self, &str) -> T) -> T {
        let source = std::mem::take(&mut self.source);
        let result = read(self, &source);
        self.source = source;
        result
    }

    /// The piece that `part` is: where it was cut from `source`, the entry's text, that place;
    /// otherwise a copy.
    pub(crate) fn piece(&mut self, source: &str, part: &str) -> Span {
        let start = part.as_ptr().addr().wrapping_sub(source.as_ptr().addr());
        match source.get(start..start.saturating_add(part.len())) {
            // The same place, and not another text that happens to lie behind this one.
            Some(same) if std::ptr::eq(same, part) => Span::source(start, start + part.len()),
            _ => self.keep(part),
        }
    }

    /// Adds a raw field whose text the record has already.
    pub(crate) fn push_slot(&mut self, path: &str, kind: Kind, span: Span) {
        if let Some(path) = self.paths.named(path, self.last) {
            self.last = path;
            self.slots.push(Slot { path, span, kind });
        }
    }

    /// The first value in a role.
    pub(crate) fn role(&self, role: u8) -> Option<&Slot> {
        let number = *self.roles.get(usize::from(role))?;
        self.slots
            .get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// The first value in a role, where it is a string or a number and not empty.
    pub(crate) fn role_span(&self, role: u8) -> Option<Span> {
        self.role(role)
            .filter(|slot| matches!(slot.kind, Kind::Text | Kind::Number) && slot.span.length > 0)
            .map(|slot| slot.span)
    }

    /// The text of the first value in a role, where it is a string or a number and not empty.
    pub(crate) fn role_text(&self, role: u8) -> Option<&str> {
        self.role_span(role).map(|span| self.text(span))
    }

    pub(crate) fn value_of(&self, slot: &Slot) -> Value<'_> {
        match slot.kind {
            Kind::Text => Value::Text(self.text(slot.span)),
            Kind::Number => Value::Number(self.text(slot.span)),
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Null => Value::Null,
        }
    }

    pub(crate) fn note(&mut self, note: Note) {
        push_note(&mut self.notes, note);
    }

    /// Notes that the time in `span` could not be read.
    pub(crate) fn note_time(&mut self, span: Span, detail: &'static str) {
        let offset_bytes = if span.place == Place::Source {
            span.start as usize
        } else {
            0
        };
        self.note(Note {
            kind: NoteKind::TimeNotRead,
            offset_bytes,
            detail,
        });
    }
}

/// Adds a note, up to the limit.
pub(crate) fn push_note(notes: &mut Vec<Note>, note: Note) {
    match notes.len() {
        0..NOTES_MAX => notes.push(note),
        NOTES_MAX => notes.push(Note::at(NoteKind::More, note.offset_bytes)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_by_hand_comes_out_in_order() {
        let mut record = Record::new();
        record.push_raw("a.b", Value::Text("x"));
        record.push_raw("n", Value::Number("9007199254740993"));
        record.push_raw("a.b", Value::Bool(true));
        record.push_raw("z", Value::Null);
        record.set_message("hello");
        record.set_who("anna");
        let raw: Vec<_> = record
            .raw()
            .map(|field| (field.path, field.value))
            .collect();
        assert_eq!(
            raw,
            [
                ("a.b", Value::Text("x")),
                ("n", Value::Number("9007199254740993")),
                ("a.b", Value::Bool(true)),
                ("z", Value::Null),
            ]
        );
        let values: Vec<_> = record.get("a.b").collect();
        assert_eq!(values, [Value::Text("x"), Value::Bool(true)]);
        assert_eq!(
            (record.spine().who, record.spine().message),
            (Some("anna"), "hello")
        );
    }

    #[test]
    fn bare_words_search_the_message_first_and_no_word_for_nothing() {
        let mut record = Record::new();
        record.push_raw("a", Value::Text("x"));
        record.push_raw("b", Value::Bool(true));
        record.push_raw("c", Value::Null);
        record.push_raw("d", Value::Number("7"));
        record.set_message("m");
        let mut texts = Vec::new();
        record.for_each_text(|text| texts.push(text.to_owned()));
        assert_eq!(texts, ["m", "x", "7"]);
    }

    #[test]
    fn a_cleared_record_says_nothing() {
        let mut record = Record::new();
        record.push_raw("a", Value::Text("x"));
        record.set_message("m");
        record.set_class(Class::Privilege);
        record.clear();
        assert_eq!(record.raw().count(), 0);
        assert_eq!(record.spine(), Spine::default());
        assert!(record.notes().is_empty());
    }
}
