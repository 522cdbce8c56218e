//! Which fields a shard has, and where each value goes.

use sealscope_fields::SPINE_KEYWORDS;

use super::intern::Interner;
use super::layout::{
    FIRST_RAW, Field, FieldId, FieldKind, FieldsTable, Kind, MESSAGE, tag, tag_parts,
};
use crate::query::FieldName;

/// When values are listed, spilled, or kept apart. The answers are the same whatever is set here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Values of this many bytes or more are kept apart.
    pub long_bytes_min: usize,
    /// Different values that a field may have before new ones spill.
    pub listed_max: u32,
    /// Different values after which a field spills if nine of ten values so far were new.
    pub listed_until_judged: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            long_bytes_min: 1025,
            listed_max: 4096,
            listed_until_judged: 512,
        }
    }
}

/// Fields that a shard can number.
const FIELDS_MAX: u32 = 1 << 29;

/// No field.
const NONE: FieldId = FieldId::MAX;

/// Where a value was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// Among the terms.
    Listed,
    /// To be put into the field's column.
    Spilled,
    /// To be put into the file of long values.
    Long,
}

struct FieldState {
    rows: u32,
    /// The last row that had it, plus 1.
    last_row: u32,
    values: u32,
    listed: u32,
    has_spilled: bool,
    /// The field that came after this one last time.
    next: FieldId,
    spill: Option<Box<Spill>>,
}

/// What only few fields need.
#[derive(Default)]
struct Spill {
    columns: [Option<String>; 4],
    lone_words: [bool; 4],
    long: [u32; 4],
}

/// The fields and listed values of a shard, with the rows that hold them.
pub(crate) struct Values {
    names: Interner,
    fields: Vec<FieldState>,
    listed: Interner,
    /// Per listed value, the last row that has it, plus 1.
    last_rows: Vec<u32>,
    /// Listed values, row after row, each once a row.
    log: Vec<u32>,
    /// Per row, the end of its part of the log.
    ends: Vec<u32>,
    /// The field read last in this row.
    previous: FieldId,
    first: FieldId,
    full: bool,
    limits: Limits,
}

/// Names of raw fields and of spine fields do not collide.
const SPINE: u32 = 0;
const RAW: u32 = 1;

impl Values {
    pub fn new(limits: Limits) -> Self {
        let mut names = Interner::new();
        for name in SPINE_KEYWORDS.into_iter().chain(["message"]) {
            names.intern(SPINE, name.as_bytes());
        }
        let fields = (0..FIRST_RAW).map(|_| FieldState::new()).collect();
        Self {
            names,
            fields,
            listed: Interner::new(),
            last_rows: Vec::new(),
            log: Vec::new(),
            ends: Vec::new(),
            previous: NONE,
            first: NONE,
            full: false,
            limits,
        }
    }

    /// Number of the current row.
    pub fn row(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Ends the current row.
    pub fn end_row(&mut self) {
        let end = u32::try_from(self.log.len()).unwrap_or_else(|_| {
            self.full = true;
            u32::MAX
        });
        self.ends.push(end);
        self.previous = NONE;
    }

    /// Whether more was added than fits.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Bytes of memory in use.
    pub fn bytes_in_use(&self) -> usize {
        self.names.bytes_in_use()
            + self.listed.bytes_in_use()
            + self.fields.capacity() * size_of::<FieldState>()
            + (self.log.capacity() + self.ends.capacity() + self.last_rows.capacity()) * 4
    }

    /// The number of a raw field. Rows of one log have the same fields in the same order, so the
    /// one that came next last time is tried first.
    pub fn raw_field(&mut self, path: &str) -> FieldId {
        let guess = match self.field(self.previous) {
            Some(state) => state.next,
            None => self.first,
        };
        if guess != NONE && self.names.text(guess) == path.as_bytes() {
            self.previous = guess;
            return guess;
        }
        let found = match self.names.find(RAW, path.as_bytes()) {
            Ok(field) => Some(field),
            Err(place) => self.names.add(place, RAW, path.as_bytes()).inspect(|_| {
                self.fields.push(FieldState::new());
            }),
        };
        let Some(field) = found.filter(|field| *field < FIELDS_MAX) else {
            self.full = true;
            return MESSAGE;
        };
        match self.fields.get_mut(self.previous as usize) {
            Some(state) => state.next = field,
            None => self.first = field,
        }
        self.previous = field;
        field
    }

    fn field(&self, field: FieldId) -> Option<&FieldState> {
        self.fields.get(field as usize)
    }

    /// Puts a value of the current row where it belongs.
    pub fn put(&mut self, field: FieldId, kind: Kind, text: &str) -> Put {
        let mark = self.row().saturating_add(1);
        let Some(state) = self.fields.get_mut(field as usize) else {
            return Put::Listed;
        };
        state.values = state.values.saturating_add(1);
        if state.last_row != mark {
            state.last_row = mark;
            state.rows += 1;
        }
        if text.len() >= self.limits.long_bytes_min {
            let spill = state.spill.get_or_insert_default();
            spill.long[kind as usize] += 1;
            return Put::Long;
        }
        let place = match self.listed.find(tag(field, kind), text.as_bytes()) {
            Ok(number) => {
                self.log_value(number, mark);
                return Put::Listed;
            }
            Err(place) => place,
        };
        if !state.may_list(&self.limits) {
            return Put::Spilled;
        }
        state.listed += 1;
        match self.listed.add(place, tag(field, kind), text.as_bytes()) {
            Some(number) => {
                self.last_rows.push(0);
                self.log_value(number, mark);
            }
            None => self.full = true,
        }
        Put::Listed
    }

    fn log_value(&mut self, number: u32, mark: u32) {
        if let Some(last) = self.last_rows.get_mut(number as usize)
            && *last != mark
        {
            *last = mark;
            self.log.push(number);
        }
    }

    /// The column for spilled values of a kind of a field.
    pub fn column(&mut self, field: FieldId, kind: Kind) -> &str {
        let Some(state) = self.fields.get_mut(field as usize) else {
            return "";
        };
        let spill = state.spill.get_or_insert_default();
        let [a, b, c, d] = &mut spill.columns;
        let name = match kind {
            Kind::Text => a,
            Kind::Number => b,
            Kind::Bool => c,
            Kind::Null => d,
        };
        name.get_or_insert_with(|| super::column_name(field, kind))
    }

    /// Notes that a spilled value is exactly one word and has no word entry.
    pub fn note_lone_word(&mut self, field: FieldId, kind: Kind) {
        if let Some(state) = self.fields.get_mut(field as usize) {
            state.spill.get_or_insert_default().lone_words[kind as usize] = true;
        }
    }

    /// Sorts the listed values into terms, and gathers the rows of each.
    pub fn finish(self) -> Finished {
        let order = self.listed.sorted();
        let mut table = self.table();
        let mut ordinals = vec![0_u32; order.len()];
        for (ordinal, number) in (0_u32..).zip(&order) {
            if let Some(place) = ordinals.get_mut(*number as usize) {
                *place = ordinal;
            }
            let (field, kind) = tag_parts(self.listed.tag(*number));
            if let Some(field) = table.fields.get_mut(field as usize) {
                field.kinds[kind as usize].listed += 1;
            }
        }
        let (starts, rows) = self.transpose(&ordinals);
        Finished {
            table,
            listed: self.listed,
            order,
            starts,
            rows,
        }
    }

    fn table(&self) -> FieldsTable {
        let fields = (0_u32..).zip(&self.fields).map(|(number, state)| {
            let name = match number {
                MESSAGE => None,
                _ => Some(self.name(number)),
            };
            let mut kinds = [FieldKind::default(); 4];
            if let Some(spill) = &state.spill {
                for (at, kind) in kinds.iter_mut().enumerate() {
                    kind.spilled = spill.columns[at].is_some();
                    kind.lone_words = spill.lone_words[at];
                    kind.long = spill.long[at];
                }
            }
            Field {
                name,
                rows: state.rows,
                kinds,
            }
        });
        FieldsTable {
            fields: fields.collect(),
        }
    }

    fn name(&self, field: FieldId) -> FieldName {
        let spine = usize::try_from(field)
            .ok()
            .and_then(|at| SPINE_KEYWORDS.get(at));
        match spine {
            Some(name) => FieldName::Spine(name),
            None => FieldName::Raw(String::from_utf8_lossy(self.names.text(field)).into_owned()),
        }
    }

    fn transpose(&self, ordinals: &[u32]) -> (Vec<usize>, Vec<u32>) {
        let ordinal = |number: u32| ordinals.get(number as usize).map_or(0, |at| *at as usize);
        let mut starts = vec![0_usize; ordinals.len() + 1];
        for number in &self.log {
            if let Some(count) = starts.get_mut(ordinal(*number) + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let mut rows = vec![0_u32; total];
        let mut from = 0;
        for (row, end) in (0_u32..).zip(&self.ends) {
            for number in self.log.get(from..*end as usize).unwrap_or_default() {
                if let Some(at) = next.get_mut(ordinal(*number)) {
                    if let Some(place) = rows.get_mut(*at) {
                        *place = row;
                    }
                    *at += 1;
                }
            }
            from = *end as usize;
        }
        (starts, rows)
    }
}

impl FieldState {
    fn new() -> Self {
        Self {
            rows: 0,
            last_row: 0,
            values: 0,
            listed: 0,
            has_spilled: false,
            next: NONE,
            spill: None,
        }
    }

    /// Whether a new value may still be listed. Once one has spilled, all new ones do.
    fn may_list(&mut self, limits: &Limits) -> bool {
        let judged = self.listed >= limits.listed_until_judged;
        let mostly_new = u64::from(self.listed) * 10 > u64::from(self.values) * 9;
        if self.listed >= limits.listed_max || (judged && mostly_new) {
            self.has_spilled = true;
        }
        !self.has_spilled
    }
}

/// The listed values as terms.
pub(crate) struct Finished {
    pub table: FieldsTable,
    listed: Interner,
    /// Numbers of the values in the order of their terms.
    order: Vec<u32>,
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl Finished {
    /// The terms in order: ordinal, field, kind, text, and the rows that hold it.
    pub fn terms(&self) -> impl Iterator<Item = (u32, FieldId, Kind, &[u8], &[u32])> {
        (0_u32..).zip(&self.order).map(|(ordinal, number)| {
            let (field, kind) = tag_parts(self.listed.tag(*number));
            let rows = super::words::range_of(&self.starts, ordinal)
                .and_then(|(from, to)| self.rows.get(from..to))
                .unwrap_or_default();
            (ordinal, field, kind, self.listed.text(*number), rows)
        })
    }
}
