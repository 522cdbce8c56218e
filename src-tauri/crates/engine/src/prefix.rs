//! All rows in stored order, as far as they are known: what is shown while an archive is still being
//! read, before there is an index.

use std::sync::Arc;

use sealscope_fields::Record;

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
