//! Edits made to a sealed archive: the lines of a data frame are changed and the frame is
//! compressed anew; everything else stays byte for byte, the list of leaf hashes too.

use anyhow::{Context, bail, ensure};
use zstd::zstd_safe;

/// What is done to the entries. Positions are leaf indexes before any of the edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Replaces, in the entry's text, the first occurrence of one text by another.
    Modify {
        /// The entry.
        position: u64,
        /// What stands in it.
        from: String,
        /// What shall stand there.
        to: String,
    },
    /// Takes entries out.
    Remove {
        /// The first of them.
        position: u64,
        /// How many.
        count: u64,
    },
    /// Puts an entry before another one of the same frame.
    Move {
        /// The entry.
        position: u64,
        /// The other one.
        before: u64,
    },
}

impl Edit {
    fn position(&self) -> u64 {
        match self {
            Self::Modify { position, .. }
            | Self::Remove { position, .. }
            | Self::Move { position, .. } => *position,
        }
    }
}

/// Skippable frames have one of sixteen magic numbers (RFC 8878 §3.1.2).
const SKIPPABLE: std::ops::RangeInclusive<u32> = 0x184D_2A50..=0x184D_2A5F;

/// The archive with the edits made. Its leaf list, index and checkpoints are those of before.
///
/// # Errors
///
/// When the bytes are no sealed archive, or an edit does not fit: no such entry, a text that is
/// not in it, a range that crosses frames.
pub fn edit_lines(archive: &[u8], edits: &[Edit]) -> anyhow::Result<Vec<u8>> {
    let mut edited = Vec::with_capacity(archive.len());
    let mut rest = archive;
    let mut first = 0;
    let mut done = 0;
    while !rest.is_empty() {
        let (frame, after) = rest.split_at(frame_length(rest)?);
        rest = after;
        if SKIPPABLE.contains(&magic(frame)?) {
            edited.extend_from_slice(frame);
            continue;
        }
        let content = zstd::decode_all(frame).context("a data frame")?;
        let lines = lines(&content);
        let here = first..first + lines.len() as u64;
        first = here.end;
        let mine: Vec<&Edit> = edits
            .iter()
            .filter(|e| here.contains(&e.position()))
            .collect();
        if mine.is_empty() {
            edited.extend_from_slice(frame);
            continue;
        }
        done += mine.len();
        edited.extend(compress(&apply(lines, here.start, &mine)?)?);
    }
    ensure!(
        done == edits.len(),
        "an edit is beyond the {first} entries of the archive"
    );
    Ok(edited)
}

/// The entries of an archive in their order, with the leaf index of each.
///
/// # Errors
///
/// When the bytes are no sequence of zstd frames.
pub fn stored_lines(archive: &[u8]) -> anyhow::Result<Vec<Vec<u8>>> {
    let content = zstd::decode_all(archive).context("the archive")?;
    Ok(lines(&content))
}

fn magic(frame: &[u8]) -> anyhow::Result<u32> {
    let bytes = frame
        .first_chunk::<4>()
        .context("a frame shorter than its magic number")?;
    Ok(u32::from_le_bytes(*bytes))
}

fn frame_length(rest: &[u8]) -> anyhow::Result<usize> {
    let length = zstd_safe::find_frame_compressed_size(rest)
        .map_err(|code| anyhow::anyhow!("no zstd frame: {}", zstd_safe::get_error_name(code)))?;
    ensure!(0 < length && length <= rest.len(), "a frame beyond the end");
    Ok(length)
}

fn lines(content: &[u8]) -> Vec<Vec<u8>> {
    content
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// Lines are replaced by empty ones while positions still count, and taken out at the end.
fn apply(mut lines: Vec<Vec<u8>>, first: u64, edits: &[&Edit]) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut put_before: Vec<(usize, Vec<u8>)> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Modify { position, from, to } => {
                let line = at(&mut lines, first, *position)?;
                let text = String::from_utf8(line.clone()).context("an entry that is not UTF-8")?;
                ensure!(
                    text.contains(from.as_str()),
                    "entry {position} does not hold {from}"
                );
                *line = text.replacen(from.as_str(), to, 1).into_bytes();
            }
            Edit::Remove { position, count } => {
                for taken in *position..position + count {
                    at(&mut lines, first, taken)?.clear();
                }
            }
            Edit::Move { position, before } => {
                let line = std::mem::take(at(&mut lines, first, *position)?);
                at(&mut lines, first, *before)?;
                put_before.push(((before - first) as usize, line));
            }
        }
    }
    put_before.sort();
    for (index, line) in put_before.into_iter().rev() {
        lines.insert(index, line);
    }
    lines.retain(|line| !line.is_empty());
    Ok(lines)
}

fn at(lines: &mut [Vec<u8>], first: u64, position: u64) -> anyhow::Result<&mut Vec<u8>> {
    let index = position
        .checked_sub(first)
        .and_then(|index| usize::try_from(index).ok());
    let Some(line) = index.and_then(|index| lines.get_mut(index)) else {
        bail!("entry {position} is not in the frame of the edit");
    };
    Ok(line)
}

/// As the format asks for: content size and checksum present.
fn compress(lines: &[Vec<u8>]) -> anyhow::Result<Vec<u8>> {
    let content = lines.concat();
    let mut compressor = zstd::bulk::Compressor::new(3)?;
    compressor.include_checksum(true)?;
    compressor.include_contentsize(true)?;
    Ok(compressor.compress(&content)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two frames of three lines, each followed by a skippable frame.
    fn archive() -> Vec<u8> {
        let mut archive = Vec::new();
        for content in [["a\n", "b\n", "c\n"], ["d\n", "e\n", "f\n"]] {
            let lines: Vec<Vec<u8>> = content
                .iter()
                .map(|line| line.as_bytes().to_vec())
                .collect();
            archive.extend(compress(&lines).expect("compresses"));
            archive.extend([0x5A, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7]);
        }
        archive
    }

    fn edited(edits: &[Edit]) -> String {
        let edited = edit_lines(&archive(), edits).expect("the edits fit");
        String::from_utf8(stored_lines(&edited).expect("frames").concat()).expect("UTF-8")
    }

    #[test]
    fn without_edits_every_byte_stays() {
        assert_eq!(edit_lines(&archive(), &[]).expect("frames"), archive());
    }

    #[test]
    fn edits_name_entries_by_their_position_before() {
        let modify = Edit::Modify {
            position: 4,
            from: "e".into(),
            to: "E!".into(),
        };
        assert_eq!(edited(std::slice::from_ref(&modify)), "a\nb\nc\nd\nE!\nf\n");
        let remove = Edit::Remove {
            position: 0,
            count: 2,
        };
        assert_eq!(edited(&[remove.clone(), modify]), "c\nd\nE!\nf\n");
        assert_eq!(
            edited(&[Edit::Move {
                position: 5,
                before: 3
            }]),
            "a\nb\nc\nf\nd\ne\n"
        );
        let twice = [
            remove,
            Edit::Move {
                position: 5,
                before: 4,
            },
        ];
        assert_eq!(edited(&twice), "c\nd\nf\ne\n");
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        let beyond = Edit::Remove {
            position: 6,
            count: 1,
        };
        assert!(edit_lines(&archive(), &[beyond]).is_err());
        let across = Edit::Remove {
            position: 2,
            count: 2,
        };
        assert!(edit_lines(&archive(), &[across]).is_err());
        let absent = Edit::Modify {
            position: 0,
            from: "z".into(),
            to: "y".into(),
        };
        assert!(edit_lines(&archive(), &[absent]).is_err());
    }

    #[test]
    fn frames_that_are_not_edited_stay_byte_for_byte() {
        let before = archive();
        let after = edit_lines(
            &before,
            &[Edit::Remove {
                position: 5,
                count: 1,
            }],
        )
        .expect("fits");
        let half = before.len() / 2;
        assert_eq!(before.get(..half), after.get(..half));
        assert!(after.ends_with(&[2, 0, 0, 0, 7, 7]));
    }
}
