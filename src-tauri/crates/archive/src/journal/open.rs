//! Which files are journals, and how one, or a family, is opened.

use std::path::Path;
use std::sync::Arc;

use sealscope_model::Damage;

use super::archive::JournalArchive;
use super::file::{JournalFile, Opened};
use super::header::{Header, MAGIC, is_plausible};
use super::window::Blocks;
use crate::input::{AsFound, Packing, Unpacker};
use crate::lines::spool;
use crate::{
    Archive, ArchiveFormat, FolderSample, OpenContext, OpenError, Recognition, Sample, Source,
    limits,
};

/// Bytes that tell a journal.
const SAMPLE_BYTES: usize = 1024;

/// The format `journal`.
#[derive(Debug, Clone, Copy)]
pub struct Journal;

impl ArchiveFormat for Journal {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn describe(&self) -> &'static str {
        "systemd journals (gzip and zstd too), one file or a rotated family, with Forward Secure \
         Sealing or without"
    }

    fn recognize(&self, sample: &Sample<'_>) -> Recognition {
        let begin = begin_of(sample.bytes);
        if begin.starts_with(MAGIC) || is_plausible(&begin) {
            Recognition::Certain
        } else {
            Recognition::No
        }
    }

    fn open(&self, source: Source, context: &OpenContext) -> Result<Box<dyn Archive>, OpenError> {
        let mut family = Family::new(false);
        family.add(source, None, context)?;
        Ok(Box::new(family.finish()))
    }

    fn recognize_folder(&self, folder: &FolderSample<'_>) -> Recognition {
        match family_files(folder) {
            Some(files) if is_one_machine(&files) => Recognition::Certain,
            _ => Recognition::No,
        }
    }

    fn open_folder(
        &self,
        folder: &FolderSample<'_>,
        context: &OpenContext,
    ) -> Result<Box<dyn Archive>, OpenError> {
        let mut files = Vec::new();
        for path in family_files(folder).unwrap_or_default() {
            let source = Source::open(path).map_err(|error| OpenError::from_io(path, error))?;
            let header = header_of(path).unwrap_or_else(|| Header::parse(&[]));
            let order = (
                family_of(path),
                header.head_realtime,
                header.head_seqnum,
                path,
            );
            files.push((order, source));
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let mut family = Family::new(true);
        for ((.., path), source) in files {
            let name = path.strip_prefix(folder.root).unwrap_or(path);
            family.add(source, Some(name.to_string_lossy().into_owned()), context)?;
        }
        Ok(Box::new(family.finish()))
    }
}

/// The first bytes of a file, unpacked.
fn begin_of(sample: &[u8]) -> Vec<u8> {
    let packing = Packing::of(sample);
    if packing == Packing::Plain {
        return sample.get(..SAMPLE_BYTES).unwrap_or(sample).to_vec();
    }
    let mut begin = vec![0; SAMPLE_BYTES];
    let mut done = 0;
    if let Ok(mut unpacker) = Unpacker::new(AsFound::counting(sample), packing) {
        while let Some(rest) = begin.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match unpacker.read(rest) {
                Ok(0) | Err(_) => break,
                Ok(count) => done += count,
            }
        }
    }
    begin.truncate(done);
    begin
}

fn header_of(path: &Path) -> Option<Header> {
    let source = Source::open(path).ok()?;
    let mut sample = vec![0; 16 << 10];
    let count = source.read_at(0, &mut sample).ok()?;
    let begin = begin_of(sample.get(..count)?);
    (begin.starts_with(MAGIC) || is_plausible(&begin)).then(|| Header::parse(&begin))
}

/// `system`, `user-1000`: what stands before the rotation's mark.
fn family_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let name = ["", ".zst", ".gz"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed).filter(|_| !packed.is_empty()))
        .unwrap_or(name);
    let stem = name
        .strip_suffix(".journal")
        .or_else(|| name.strip_suffix(".journal~"))?;
    let folder = path.parent().unwrap_or(path).to_string_lossy();
    let family = stem.split('@').next().unwrap_or(stem);
    Some(format!("{folder}/{family}"))
}

/// The files of a folder where all of them are journals that go together by their names: a rotated
/// family, or those that journald keeps side by side. The sealing state `fss` is no journal.
fn family_files<'s>(folder: &FolderSample<'s>) -> Option<Vec<&'s Path>> {
    let mut files = Vec::new();
    let mut has_mark = false;
    for path in folder.files {
        let name = path.file_name()?.to_str()?;
        if name == "fss" {
            continue;
        }
        family_of(path)?;
        has_mark |= name.contains('@') || name.starts_with("system.journal");
        files.push(path.as_path());
    }
    let is_family = has_mark && (1..=limits::JOURNAL_FILES_MAX).contains(&files.len());
    is_family.then_some(files)
}

fn is_one_machine(files: &[&Path]) -> bool {
    let mut machine = None;
    files.iter().all(|path| {
        header_of(path)
            .is_some_and(|header| *machine.get_or_insert(header.machine_id) == header.machine_id)
    })
}

/// The files of an archive as they are opened.
struct Family {
    is_folder: bool,
    blocks: Arc<Blocks>,
    files: Vec<Arc<JournalFile>>,
    pieces: Vec<(u32, super::scan::Piece)>,
    damage: Vec<Damage>,
    notes: Vec<String>,
}

impl Family {
    fn new(is_folder: bool) -> Self {
        Self {
            is_folder,
            blocks: Arc::new(Blocks::new()),
            files: Vec::new(),
            pieces: Vec::new(),
            damage: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn add(
        &mut self,
        source: Source,
        name: Option<String>,
        context: &OpenContext,
    ) -> Result<(), OpenError> {
        let path = source.path().to_owned();
        let mut sample = [0; 16];
        let count = source
            .read_at(0, &mut sample)
            .map_err(|error| OpenError::from_io(&path, error))?;
        let packing = Packing::of(sample.get(..count).unwrap_or_default());
        let mut damage = Vec::new();
        let mut unpacked = None;
        if packing != Packing::Plain {
            let copy = spool::unpacked_copy(&source, packing, context, &|_| Ok(()))?;
            damage.extend(copy.fault.map(Damage::from));
            self.notes.push(match &name {
                Some(name) => format!("{name}: {}", copy.note),
                None => copy.note,
            });
            unpacked = Some(copy.text);
        }
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let blocks = Arc::clone(&self.blocks);
        let opened = JournalFile::open(number, name, source, unpacked, blocks, context)?;
        let Opened {
            file,
            pieces,
            damage: found,
        } = opened;
        damage.extend(found);
        damage.extend(super::facts::compare(&file));
        for mut damage in damage {
            damage.file = file.name().map(str::to_owned);
            if self.damage.len() < limits::DAMAGE_MAX {
                self.damage.push(damage);
            }
        }
        self.pieces
            .extend(pieces.into_iter().map(|piece| (number, piece)));
        self.files.push(Arc::new(file));
        Ok(())
    }

    fn finish(self) -> JournalArchive {
        let Self {
            is_folder,
            files,
            pieces,
            damage,
            notes,
            ..
        } = self;
        JournalArchive::new(files, pieces, is_folder, damage, notes)
    }
}
