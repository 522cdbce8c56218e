//! The formats, and how one is chosen.

use std::path::Path;

use crate::chained_jsonl::ChainedJsonl;
use crate::cloudtrail::CloudTrail;
use crate::input::{Content, look_at};
use crate::journal::Journal;
use crate::lines::Lines;
use crate::sealog::Sealog;
use crate::{
    Archive, ArchiveFormat, FolderSample, OpenContext, OpenError, Recognition, Sample, Source,
    limits,
};

/// Every format that is read here. Of two that are equally sure, the first one opens.
pub const FORMATS: &[&dyn ArchiveFormat] = &[&Sealog, &CloudTrail, &Journal, &ChainedJsonl, &Lines];

/// Opens a file in the format that its content shows; names and extensions count for little.
///
/// # Errors
/// When it cannot be looked at; see [`OpenError`].
pub fn open(path: &Path, context: &OpenContext) -> Result<Box<dyn Archive>, OpenError> {
    let source = Source::open(path).map_err(|error| OpenError::from_io(path, error))?;
    if source.bytes() == 0 {
        return Err(OpenError::Empty {
            path: path.to_owned(),
        });
    }
    let mut bytes = vec![0; limits::SAMPLE_BYTES];
    let count = source
        .read_at(0, &mut bytes)
        .map_err(|error| OpenError::from_io(path, error))?;
    bytes.truncate(count);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let sample = Sample {
        name: &name,
        bytes: &bytes,
        bytes_total: source.bytes(),
    };
    let is_profile_given = context.profile.is_some();
    let best = FORMATS
        .iter()
        // With a profile at hand nothing has to be found out.
        .filter(|format| !is_profile_given || format.name() != ChainedJsonl.name())
        .map(|format| (format.recognize(&sample), format))
        .rev()
        .max_by_key(|(recognition, _)| *recognition);
    match best {
        // A profile that the examiner gave is for what no format is sure of.
        Some((Recognition::Maybe, _)) if is_profile_given => ChainedJsonl.open(source, context),
        Some((Recognition::Certain | Recognition::Maybe, format)) => format.open(source, context),
        Some((Recognition::No, _)) | None => Err(OpenError::UnknownFormat {
            path: path.to_owned(),
            found: match look_at(&bytes) {
                Content::Other { what, next } => {
                    crate::lines::said(crate::input::Packing::Plain, what, next)
                }
                Content::Text | Content::Utf16 { .. } => "no format claims it".to_owned(),
            },
        }),
    }
}

/// Opens a folder as one archive; `None` where no format claims it whole, so that each of its files
/// is an archive of its own.
///
/// # Errors
/// When it cannot be looked at; see [`OpenError`].
pub fn open_folder(
    folder: &FolderSample<'_>,
    context: &OpenContext,
) -> Result<Option<Box<dyn Archive>>, OpenError> {
    let best = FORMATS
        .iter()
        .map(|format| (format.recognize_folder(folder), format))
        .rev()
        .max_by_key(|(recognition, _)| *recognition);
    match best {
        Some((Recognition::Certain | Recognition::Maybe, format)) => {
            format.open_folder(folder, context).map(Some)
        }
        Some((Recognition::No, _)) | None => Ok(None),
    }
}
