//! UTF-16 into UTF-8, so that lines and words can be found in it.

use std::io::{self, BufReader, BufWriter, Read as _};

use sealscope_model::Damage;

use super::Reading;
use super::spool::{InOrder, nameless_file};
use crate::{OpenContext, OpenError, Source, limits};

const CHUNK_BYTES: usize = 1 << 20;

/// Transcribes the text read so far; what is no UTF-16 becomes U+FFFD and is told.
pub(super) fn to_utf8(
    source: &Source,
    big_endian: bool,
    context: &OpenContext,
    reading: &mut Reading,
) -> Result<(), OpenError> {
    let text = reading.text.take();
    let text = text.as_ref().unwrap_or(source);
    let path = source.path();
    let full = |error| OpenError::from_io(&context.spool, error);
    let mut input = BufReader::with_capacity(CHUNK_BYTES, InOrder::new(text));
    let mut output = BufWriter::new(nameless_file(context)?);
    let mut transcript = Transcript::new(big_endian);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut done = 0u64;
    loop {
        let count = match input.read(&mut chunk) {
            Ok(count) => count,
            Err(error) => return Err(OpenError::from_io(path, error)),
        };
        transcript.take(chunk.get(..count).unwrap_or_default());
        if count == 0 {
            transcript.end();
        }
        transcript.give(&mut output).map_err(full)?;
        done += count as u64;
        if count == 0 {
            break;
        }
        if !context.watch.goes_on(done, text.bytes()) {
            return Err(OpenError::Stopped {
                path: path.to_owned(),
            });
        }
    }
    let file = output
        .into_inner()
        .map_err(|error| full(error.into_error()))?;
    reading.damage.append(&mut transcript.damage);
    let order = if big_endian { "big" } else { "little" };
    reading.notes.push(format!(
        "The text is UTF-16, {order} endian: its entries are a transcription into UTF-8, and their \
         offsets count in that."
    ));
    reading.text = Some(Source::of_own_file(path, file).map_err(full)?);
    Ok(())
}

struct Transcript {
    big_endian: bool,
    /// Bytes taken before `units`, from the beginning of the text.
    offset_bytes: u64,
    half: Option<u8>,
    /// A high surrogate that waits for its low one.
    high: Option<u16>,
    text: String,
    damage: Vec<Damage>,
}

impl Transcript {
    const fn new(big_endian: bool) -> Self {
        Self {
            big_endian,
            offset_bytes: 0,
            half: None,
            high: None,
            text: String::new(),
            damage: Vec::new(),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let pair = [first, *byte];
            self.unit(if self.big_endian {
                u16::from_be_bytes(pair)
            } else {
                u16::from_le_bytes(pair)
            });
            self.offset_bytes += 2;
        }
    }

    fn unit(&mut self, unit: u16) {
        // The mark at the beginning only tells the order of bytes.
        if self.offset_bytes == 0 && unit == 0xFEFF {
            return;
        }
        if let Some(high) = self.high.take() {
            if let Some(Ok(c)) = char::decode_utf16([high, unit]).next() {
                self.text.push(c);
                return;
            }
            self.replace(2);
        }
        match unit {
            0xD800..=0xDBFF => self.high = Some(unit),
            _ => match char::from_u32(u32::from(unit)) {
                Some(c) => self.text.push(c),
                None => self.replace(0),
            },
        }
    }

    fn end(&mut self) {
        if self.high.take().is_some() {
            self.replace(2);
        }
        if self.half.take().is_some() {
            self.replace(0);
        }
    }

    /// Puts a mark in place of what begins so many bytes before.
    fn replace(&mut self, before: u64) {
        self.text.push(char::REPLACEMENT_CHARACTER);
        if self.damage.len() < limits::DAMAGE_MAX {
            self.damage.push(Damage::at(
                self.offset_bytes.saturating_sub(before),
                "half a character of UTF-16 is shown as U+FFFD",
            ));
        }
    }

    fn give(&mut self, output: &mut impl io::Write) -> io::Result<()> {
        output.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}
