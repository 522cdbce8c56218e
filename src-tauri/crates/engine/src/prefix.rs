//! All rows in stored order, as far as they are known: what is shown while an archive is still
//! being read, before there is an index.

use std::sync::Arc;

use sealscope_fields::Record;
use sealscope_model::Position;

use crate::open_archive::OpenArchive;
use crate::rows::{RowError, RowPlace, SegmentCache};

/// Rows of the segments read so far.
pub(crate) fn rows_known(archives: &[Arc<OpenArchive>]) -> u64 {
    archives.iter().map(|archive| archive.rows_known()).sum()
}

/// Where the rows `first` to `first + count` are.
pub(crate) fn places(
    archives: &[Arc<OpenArchive>],
    cache: &SegmentCache,
    first: u64,
    count: usize,
) -> Result<Vec<RowPlace>, RowError> {
    let mut places = Vec::new();
    let (mut skip, mut left) = (first, count);
    for archive in archives {
        let mut ordinal = 0;
        while left > 0 {
            let Some(rows) = archive.rows_of(ordinal) else {
                break;
            };
            if rows <= skip {
                skip -= rows;
            } else {
                let found = places_in(archive, cache, ordinal, skip, left)?;
                left -= found.len();
                places.extend(found);
                skip = 0;
            }
            ordinal += 1;
        }
    }
    Ok(places)
}

/// The number of the first row at or after an entry; `None` where that was not read so far.
pub(crate) fn ordinal_of(
    archives: &[Arc<OpenArchive>],
    cache: &SegmentCache,
    archive: usize,
    position: Position,
) -> Option<u64> {
    let (before, own) = archives.split_at_checked(archive)?;
    let own = own.first()?;
    let mut rows = rows_known(before);
    let (segment, _) = own.locate(position)?;
    for ordinal in 0..segment {
        rows += own.rows_of(ordinal)?;
    }
    let found = places_in(own, cache, segment, 0, usize::MAX).ok()?;
    Some(rows + found.partition_point(|place| place.position < position) as u64)
}

fn places_in(
    archive: &OpenArchive,
    cache: &SegmentCache,
    ordinal: usize,
    skip: u64,
    most: usize,
) -> Result<Vec<RowPlace>, RowError> {
    let checked = cache.get(archive, ordinal)?;
    let first = archive.first_position_of(ordinal);
    let reading = archive.reading();
    let mut record = Record::new();
    let mut places = Vec::new();
    let mut passed = 0;
    for entry in checked.log_entries() {
        if places.len() == most {
            break;
        }
        reading.schema.read(
            entry.bytes,
            &reading.settings,
            &mut record,
            &mut |number, _| {
                if passed >= skip && places.len() < most {
                    places.push(RowPlace {
                        archive: archive.id(),
                        position: first + u64::from(entry.number),
                        record: number,
                    });
                }
                passed += 1;
            },
        );
    }
    Ok(places)
}
