//! Plain logs: one entry a line, no seal.
//!
//! Any text is read, packed with gzip or zstd or not at all. *Covered by seals:* nothing; entries
//! are unsealed. An entry is a line's bytes without its LF; a CR before the LF belongs to the
//! entry, as do NUL bytes and what is no UTF-8, and a byte order mark belongs to the first entry.
//! Text in UTF-16 is read from a transcription into UTF-8. A file that is one JSON document
//! (CloudTrail's `Records`, an array over many lines) is one entry. Fixtures are made by the tests
//! in this folder.

mod archive;
mod document;
pub(crate) mod spool;
mod transcribe;

pub(crate) use archive::LinesArchive;
use archive::Plan;
use sealscope_model::Damage;

use crate::input::{Content, Packing, look_at};
use crate::{Archive, ArchiveFormat, OpenContext, OpenError, Recognition, Sample, Source, limits};

/// The format `lines`.
#[derive(Debug, Clone, Copy)]
pub struct Lines;

impl ArchiveFormat for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn describe(&self) -> &'static str {
        "Plain logs, one entry a line (gzip, zstd and UTF-16 too), and JSON documents; not sealed"
    }

    fn recognize(&self, sample: &Sample<'_>) -> Recognition {
        let is_packed = Packing::of(sample.bytes) != Packing::Plain;
        match look_at(sample.bytes) {
            _ if is_packed => Recognition::Maybe,
            Content::Text | Content::Utf16 { .. } => Recognition::Maybe,
            Content::Other { .. } => Recognition::No,
        }
    }

    fn open(&self, source: Source, context: &OpenContext) -> Result<Box<dyn Archive>, OpenError> {
        Ok(Box::new(open(source, context)?))
    }
}

/// What is learnt of a file on the way from its stored bytes to its lines.
struct Reading {
    /// The bytes to be divided into lines, where they are not those of the file.
    text: Option<Source>,
    damage: Vec<Damage>,
    notes: Vec<String>,
}

pub(crate) fn open(source: Source, context: &OpenContext) -> Result<LinesArchive, OpenError> {
    let path = source.path().to_owned();
    let unreadable = |error| OpenError::from_io(&path, error);
    let (mut reading, sample) = read_as_text(&source, context)?;
    let text = reading.text.as_ref().unwrap_or(&source);
    let document = document::look_for(text, &sample).map_err(unreadable)?;
    let plan = match document {
        None => Plan::pieces(text.bytes()),
        Some(found) => {
            reading.damage.extend(found.damage);
            reading.notes.extend(found.note);
            if found.is_whole {
                Plan::Document
            } else {
                Plan::pieces(text.bytes())
            }
        }
    };
    Ok(LinesArchive::new(source, plan, reading))
}

/// Opens a file as lines, whatever they hold: for formats that are made of lines.
pub(crate) fn open_as_lines(
    source: Source,
    context: &OpenContext,
) -> Result<LinesArchive, OpenError> {
    let (reading, _) = read_as_text(&source, context)?;
    let text = reading.text.as_ref().unwrap_or(&source);
    let plan = Plan::pieces(text.bytes());
    Ok(LinesArchive::new(source, plan, reading))
}

/// Unpacks and transcribes what has to be; gives the first bytes of the text.
fn read_as_text(source: &Source, context: &OpenContext) -> Result<(Reading, Vec<u8>), OpenError> {
    let path = source.path().to_owned();
    let unreadable = |error| OpenError::from_io(&path, error);
    if source.bytes() == 0 {
        return Err(OpenError::Empty { path });
    }
    let mut reading = Reading {
        text: None,
        damage: Vec::new(),
        notes: Vec::new(),
    };
    let mut sample = sample_of(source).map_err(unreadable)?;
    let packing = Packing::of(&sample);
    if packing != Packing::Plain {
        spool::unpack(source, packing, context, &mut reading)?;
        let text = reading.text.as_ref().unwrap_or(source);
        if text.bytes() == 0 && reading.damage.is_empty() {
            return Err(OpenError::Empty { path });
        }
        sample = sample_of(text).map_err(unreadable)?;
    }
    match look_at(&sample) {
        Content::Other { what, next } => {
            return Err(OpenError::UnknownFormat {
                path,
                found: said(packing, what, next),
            });
        }
        Content::Utf16 { big_endian } => {
            transcribe::to_utf8(source, big_endian, context, &mut reading)?;
        }
        Content::Text => {}
    }
    Ok((reading, sample))
}

/// The first bytes of a file.
pub(crate) fn sample_of(source: &Source) -> std::io::Result<Vec<u8>> {
    let mut sample = vec![0; limits::SAMPLE_BYTES];
    let count = source.read_at(0, &mut sample)?;
    sample.truncate(count);
    Ok(sample)
}

/// What a file looks like that is no log of lines, and what to do.
pub(crate) fn said(packing: Packing, what: &str, next: &str) -> String {
    match packing {
        Packing::Plain => format!("it looks like {what}; {next}"),
        packing => format!(
            "it looks like {what} packed with {}; {next}",
            packing.word()
        ),
    }
}

#[cfg(test)]
mod tests;
