//! Unpacked copies: files of the program's own, without a name, gone when the archive is closed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;

use super::{Reading, said};
use crate::input::{AsFound, Content, Packing, UnpackFault, Unpacker, look_at};
use crate::{OpenContext, OpenError, Source, limits};

/// Bytes handled at a time: small enough to stop within 100 ms.
const CHUNK_BYTES: usize = 1 << 20;

/// Reads a source from its beginning to its end.
pub(super) struct InOrder<'s> {
    source: &'s Source,
    at: u64,
}

impl<'s> InOrder<'s> {
    pub(super) const fn new(source: &'s Source) -> Self {
        Self { source, at: 0 }
    }
}

impl Read for InOrder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.at, buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// A file in the spool folder that no name leads to.
pub(super) fn nameless_file(context: &OpenContext) -> Result<File, OpenError> {
    let failed = |error| OpenError::from_io(&context.spool, error);
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(&context.spool).map_err(failed)?;
    let process = std::process::id();
    for number in 0..u32::MAX {
        let path = context.spool.join(format!("unpacked-{process}-{number}"));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        #[cfg(windows)]
        // FILE_FLAG_DELETE_ON_CLOSE: Windows removes the name with the last handle.
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
            Ok(file) => {
                if cfg!(not(windows)) {
                    std::fs::remove_file(&path).map_err(failed)?;
                }
                return Ok(file);
            }
        }
    }
    Err(failed(io::ErrorKind::AlreadyExists.into()))
}

/// Unpacks a file into the spool, as far as it goes and the limits allow.
pub(super) fn unpack(
    source: &Source,
    packing: Packing,
    context: &OpenContext,
    reading: &mut Reading,
) -> Result<(), OpenError> {
    let path = source.path();
    let copy = unpacked_copy(source, packing, context, &|first| {
        refuse_other(path, packing, first)
    })?;
    reading.damage.extend(copy.fault.map(Into::into));
    reading.notes.push(copy.note);
    reading.text = Some(copy.text);
    Ok(())
}

/// An unpacked copy of a file.
pub(crate) struct UnpackedCopy {
    /// The copy.
    pub(crate) text: Source,
    /// Why it ends early.
    pub(crate) fault: Option<UnpackFault>,
    /// That it is a copy, in a sentence for the reader.
    pub(crate) note: String,
}

/// Unpacks a file into the spool; `look` sees the first bytes and may refuse them.
pub(crate) fn unpacked_copy(
    source: &Source,
    packing: Packing,
    context: &OpenContext,
    look: &dyn Fn(&[u8]) -> Result<(), OpenError>,
) -> Result<UnpackedCopy, OpenError> {
    let path = source.path();
    let unreadable = |error| OpenError::from_io(path, error);
    let full = |error| OpenError::from_io(&context.spool, error);
    let found = AsFound::counting(InOrder::new(source));
    let mut unpacker = Unpacker::new(found, packing).map_err(unreadable)?;
    let mut file = nameless_file(context)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0u64;
    let limit = loop {
        let count = fill(&mut unpacker, &mut chunk).map_err(unreadable)?;
        let unpacked = chunk.get(..count).unwrap_or_default();
        if bytes == 0 {
            look(unpacked)?;
        }
        if count == 0 {
            break None;
        }
        file.write_all(unpacked).map_err(full)?;
        bytes += count as u64;
        if !context
            .watch
            .goes_on(unpacker.offset_bytes(), source.bytes())
        {
            return Err(OpenError::Stopped {
                path: path.to_owned(),
            });
        }
        if let Some(limit) = limit_reached(bytes, source.bytes(), &unpacker) {
            break Some(limit);
        }
    };
    let note = format!(
        "The file is packed with {}: its entries are read from an unpacked copy of {bytes} bytes, \
         and their offsets count in that.",
        packing.word()
    );
    Ok(UnpackedCopy {
        text: Source::of_own_file(path, file).map_err(full)?,
        fault: unpacker.fault().cloned().or(limit),
        note,
    })
}

/// Fills the chunk, so that the first one shows what is inside.
fn fill<R: Read>(unpacker: &mut Unpacker<R>, chunk: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = chunk.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match unpacker.read(rest)? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

/// What is inside need not be a log: it is refused before it is unpacked as a whole.
fn refuse_other(path: &Path, packing: Packing, first: &[u8]) -> Result<(), OpenError> {
    match look_at(first.get(..limits::SAMPLE_BYTES).unwrap_or(first)) {
        Content::Other { what, next } => Err(OpenError::UnknownFormat {
            path: path.to_owned(),
            found: said(packing, what, next),
        }),
        Content::Text | Content::Utf16 { .. } => Ok(()),
    }
}

/// A small file must not fill the disk.
fn limit_reached<R: Read>(bytes: u64, stored: u64, unpacker: &Unpacker<R>) -> Option<UnpackFault> {
    let ratio_max = limits::UNPACKED_RATIO_MAX;
    let reason = if bytes > limits::UNPACKED_BYTES_MAX {
        format!(
            "unpacking stopped after {} bytes, the most that is unpacked",
            limits::UNPACKED_BYTES_MAX
        )
    } else if bytes > limits::UNPACKED_BYTES_FREE && bytes / stored.max(1) >= ratio_max {
        format!(
            "unpacking stopped after {bytes} bytes, {ratio_max} times what is stored: it may be a \
             bomb; unpack it yourself to read the rest"
        )
    } else {
        return None;
    };
    Some(UnpackFault {
        offset_bytes: unpacker.offset_bytes(),
        reason,
    })
}
