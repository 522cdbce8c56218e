//! Cited entries: what they say beside the bytes that say it.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::super::blocks::{
    Block, PrintedExhibit, Rows, count, digest, glyph, remark, text, verdict_word,
};
use super::super::text::{Runs, line, line_up_to, lines, mono, mono_up_to, wrapped};
use crate::content::{Content, Exhibit, ExhibitTime, Proof, ValueKind};

/// Bytes of an entry that are printed.
const RAW_BYTES_MAX: usize = 16 << 10;
/// Bytes of a field that are printed.
const FIELD_BYTES_MAX: usize = 2 << 10;
/// Fields of an entry that are printed.
const FIELDS_MAX: usize = 100;
/// What all entries together may take on paper: bytes of text, and sixteen for each piece of it.
const ROOM: usize = 12 << 20;
/// Exhibits that are printed whatever the report asks for.
const PRINTED_MAX: usize = 5_000;
/// Exhibits up to which the bytes stand beside what they say. In two columns the typesetter
/// measures each piece before it sets it, and keeps both: a thousand would take a third more.
const BESIDE_MAX: usize = 400;
/// Width of the column of bytes in em of its face, a little less than there is.
const BESIDE_WIDTH: f64 = 35.6;
/// The same across the page.
const BELOW_WIDTH: f64 = 65.2;

pub(super) fn exhibits(content: &Content) -> Vec<Block> {
    if content.exhibits.is_empty() {
        return vec![text("No entry is cited.")];
    }
    let max = usize::try_from(content.printed_exhibits_max).unwrap_or(PRINTED_MAX);
    let max = max.min(PRINTED_MAX);
    let printed = content.exhibits.iter().take(max);
    let beside = printed.len() <= BESIDE_MAX;
    let mut blocks = Vec::new();
    if max < content.exhibits.len() {
        blocks.push(text(&format!(
            "{} of {} exhibits are printed. All of them, with their bytes and proofs, are in \
             report.json, which is attached to this document.",
            count(max as u64),
            count(content.exhibits.len() as u64)
        )));
    }
    let places = match beside {
        true => ["Left", "Right"],
        false => ["First", "Below"],
    };
    blocks.push(remark(format!(
        "{}: what the entry says, in common words and under its own names. {}: its bytes as they \
         are stored. Codes in grey boxes stand for what cannot be seen or would act: line ends, \
         controls, characters that turn the direction of text, and bytes that are no text. Lines \
         are broken to fit.",
        places[0], places[1]
    )));
    let mut room = ROOM;
    blocks.extend(printed.map(|exhibit| {
        let mut printed = print(content, exhibit, beside);
        match room.checked_sub(taken_by(&printed)) {
            Some(left) => room = left,
            None => shorten(&mut printed),
        }
        Block::Exhibit(Box::new(printed))
    }));
    blocks
}

fn taken_by(exhibit: &PrintedExhibit) -> usize {
    let rows = exhibit.spine.iter().chain(&exhibit.fields);
    let rows: usize = rows.map(|(label, value)| label.size() + value.size()).sum();
    rows + exhibit.raw.size()
}

/// Without its bytes and fields, which would make a document that nobody could open.
fn shorten(exhibit: &mut PrintedExhibit) {
    exhibit.raw = Runs::none();
    exhibit.raw_says = Runs::own(
        "Bytes and fields are not printed: those before take the room that a document has for \
         them. They are in the attached report.json.",
    );
    exhibit.spine.truncate(4);
    exhibit.fields.clear();
}

fn print(content: &Content, exhibit: &Exhibit, beside: bool) -> PrintedExhibit {
    let width = if beside { BESIDE_WIDTH } else { BELOW_WIDTH };
    let (raw_says, raw) = raw(exhibit, width);
    PrintedExhibit {
        name: format!("E{}", exhibit.number),
        place: place(content, exhibit),
        glyph: glyph(&exhibit.verdict),
        word: match exhibit.title.trim() {
            "" => verdict_word(&exhibit.verdict),
            title => line(title),
        },
        beside,
        says: lines(&exhibit.says),
        spine: spine(exhibit),
        fields: fields(exhibit),
        raw_says,
        raw,
        proof: proof(exhibit),
        comment: Some(exhibit.comment.trim())
            .filter(|comment| !comment.is_empty())
            .map(lines),
    }
}

fn place(content: &Content, exhibit: &Exhibit) -> Runs {
    let record = match exhibit.records > 1 {
        true => format!(
            ", record {} of {}",
            count(u64::from(exhibit.record) + 1),
            count(u64::from(exhibit.records))
        ),
        false => String::new(),
    };
    Runs::own("item ")
        .then(line_up_to(content.item_label(exhibit.item), 40))
        .then(Runs::own(format!(
            ", entry {}{record}",
            count(exhibit.position)
        )))
}

fn spine(exhibit: &Exhibit) -> Vec<(Runs, Runs)> {
    let mut rows = Rows::default();
    match &exhibit.time {
        None => {
            rows.put("Time", Runs::own("none in the entry"));
        }
        Some(time) => times(time, &mut rows),
    }
    let spine = &exhibit.spine;
    let some = [
        ("Who", &spine.who),
        ("Did", &spine.did),
        ("To what", &spine.to_what),
        ("From where", &spine.from_where),
        ("Outcome", &spine.outcome),
        ("Decision", &spine.decision),
        ("Severity", &spine.severity),
    ];
    for (label, value) in some {
        if let Some(value) = value {
            rows.put(label, line_up_to(value, FIELD_BYTES_MAX));
        }
    }
    rows.given("Kind of act", &spine.class);
    if !spine.message.is_empty() {
        rows.put("In one line", line_up_to(&spine.message, FIELD_BYTES_MAX));
    }
    rows.0
}

fn times(time: &ExhibitTime, rows: &mut Rows) {
    rows.put("Time", line(&time.shown))
        .put("Time, UTC", line(&time.utc))
        .put(
            "As written",
            match &time.original {
                Some(original) => mono(original),
                None => Runs::own("as a number"),
            },
        )
        .put(
            "Precision",
            line(&time.precision)
                .then(Runs::own("; zone "))
                .then(line(&time.zone)),
        );
}

fn fields(exhibit: &Exhibit) -> Vec<(Runs, Runs)> {
    let mut rows = Rows::default();
    for field in exhibit.fields.iter().take(FIELDS_MAX) {
        let value = match field.kind {
            ValueKind::Text if field.text.is_empty() => Runs::quiet("empty"),
            ValueKind::Text => mono_up_to(&field.text, FIELD_BYTES_MAX),
            ValueKind::Null => Runs::quiet("null"),
            ValueKind::Number => mono_up_to(&field.text, FIELD_BYTES_MAX).with_quiet("number"),
            ValueKind::Bool => mono_up_to(&field.text, FIELD_BYTES_MAX).with_quiet("true or false"),
        };
        rows.0
            .push((line_up_to(&field.path, FIELD_BYTES_MAX), value));
    }
    let more = exhibit.fields.len().saturating_sub(FIELDS_MAX);
    if more > 0 {
        let says = format!(
            "{} more fields are in the attached report.json",
            count(more as u64)
        );
        rows.put("…", Runs::own(says));
    }
    rows.0
}

fn raw(exhibit: &Exhibit, width: f64) -> (Runs, Runs) {
    let size = format!("{} bytes", count(exhibit.raw_bytes));
    let Some(encoded) = &exhibit.raw_base64 else {
        let says =
            format!("Bytes as stored ({size}) are not printed: something in them is redacted.");
        return (Runs::own(says), Runs::none());
    };
    match BASE64.decode(encoded) {
        Err(_) => (
            Runs::own("The bytes in the machine-readable report are no base64."),
            Runs::none(),
        ),
        Ok(bytes) => {
            let says = match bytes.len() > RAW_BYTES_MAX {
                true => format!(
                    "Bytes as stored, the first {} of {size}; all are in the attached report.json",
                    count(RAW_BYTES_MAX as u64)
                ),
                false => format!("Bytes as stored ({size})"),
            };
            (Runs::own(says), wrapped(&bytes, RAW_BYTES_MAX, width))
        }
    }
}

fn proof(exhibit: &Exhibit) -> Vec<(Runs, Runs)> {
    let mut rows = Rows::default();
    match &exhibit.leaf {
        Some(leaf) => rows.put("Leaf", digest(leaf)),
        None => rows.put("Leaf", Runs::own("withheld")),
    };
    let says = match &exhibit.proof {
        Proof::Merkle {
            checkpoint,
            index,
            size,
            path,
            vkey,
            says,
        } => {
            let who = match vkey {
                Some(_) => "",
                None => " No trusted key signed this checkpoint.",
            };
            Runs::own(format!(
                "leaf index {} in the tree of {} leaves under checkpoint {}, path of {} hashes \
                 (proofs/E{}.tlog-proof).{who} ",
                count(*index),
                count(*size),
                count((*checkpoint as u64).saturating_add(1)),
                count(path.len() as u64),
                exhibit.number
            ))
            .then(lines(says))
        }
        Proof::Files {
            format,
            path,
            says,
            files,
            ..
        } => line(format)
            .then(Runs::own(", "))
            .then(mono(path))
            .then(Runs::own(format!(
                ", {} attached files. ",
                count(files.len() as u64)
            )))
            .then(lines(says)),
        Proof::None { says } => Runs::own("none. ").then(lines(says)),
        Proof::Withheld { says } => Runs::own("withheld. ").then(lines(says)),
    };
    rows.put("Proof", says);
    if exhibit.missing_before > 0 {
        let says = format!(
            "{} sealed entries are missing right before this one.",
            count(exhibit.missing_before)
        );
        rows.put("Missing", Runs::own(says));
    }
    if !exhibit.redacted.is_empty() {
        rows.put("Redacted", mono(&exhibit.redacted.join(", ")));
    }
    rows.given("Remarks", &exhibit.notes.join("\n"));
    rows.0
}
