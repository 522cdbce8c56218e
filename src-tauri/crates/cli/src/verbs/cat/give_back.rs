//! The original bytes of what was sealed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sealscope_engine::{
    GiveBackError, OpenArchive, SourceName, SourceOutcome, SourceSink, safe_file_name,
};

use super::{CatArgs, failure};
use crate::failure::{Failure, complain};
use crate::json::cat::{CatObject, FileObject};
use crate::output::Output;
use crate::text::{bytes, escaped, escaped_bytes};
use crate::verbs::Run;

/// Bytes outside any source go into a file of this name.
const OUTSIDE: &str = "outside-of-sources";

/// Prints the bytes of all sources, one behind the other, or of one.
pub fn to_stdout(archive: &OpenArchive, args: &CatArgs, run: &Run) -> Result<(), Failure> {
    let mut sink = Stdout {
        output: Output::open(),
        wanted: args.source,
        line: Vec::new(),
        outcomes: Vec::new(),
    };
    let given = archive.give_back_sources(&run.cancel, &mut sink);
    sink.end_line()?;
    sink.output.flush()?;
    given.map_err(failure)?;
    judge(&sink.outcomes, args)
}

/// Writes the bytes of each source, or of one, into a file of its own.
pub fn into_folder(
    archive: &OpenArchive,
    args: &CatArgs,
    folder: &Path,
    run: &Run,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let mut sink = Folder {
        folder,
        wanted: args.source,
        open: None,
        outside: None,
        written: Vec::new(),
        failed: None,
    };
    let given = archive.give_back_sources(&run.cancel, &mut sink);
    let flushed = sink.close();
    if let Some((path, error)) = sink.failed.take() {
        return Err(cannot_write(&path, &error));
    }
    given
        .and(flushed.map_err(GiveBackError::from))
        .map_err(failure)?;
    let mut output = Output::open();
    if args.json {
        let files = sink
            .written
            .iter()
            .map(|(path, outcome)| FileObject::of(path, outcome));
        output.json(&CatObject::of(archive.path(), files.collect()))?;
    } else {
        for (path, outcome) in &sink.written {
            let path = escaped(&path.to_string_lossy());
            let (size, sha256) = (bytes(outcome.bytes), outcome.computed);
            output.line(&format!(
                "{path}: {size}, SHA-256 {sha256}, {}",
                words(outcome)
            ))?;
        }
    }
    output.flush()?;
    let outcomes: Vec<SourceOutcome> = sink
        .written
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    judge(&outcomes, args)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let says = format!("{} cannot be written: {error}", path.display());
    match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(
            says,
            "Nothing is written over: give another folder, or move it away.",
        ),
        _ => Failure::new(says, "Check the path, the disk and who may write there."),
    }
}

fn words(outcome: &SourceOutcome) -> &'static str {
    match (&outcome.claimed, outcome.is_same) {
        (_, true) => "the bytes that were sealed",
        (Some(_), false) => "NOT the bytes that were sealed",
        (None, false) => "no sealed digest to compare with",
    }
}

/// Says what differs from what was sealed.
fn judge(outcomes: &[SourceOutcome], args: &CatArgs) -> Result<(), Failure> {
    if outcomes.is_empty()
        && let Some(number) = args.source
    {
        return Err(Failure::new(
            format!(
                "{} has no source with the number {number}",
                args.path.display()
            ),
            "Run `sealscope info` for the sources and their numbers.",
        ));
    }
    for outcome in outcomes {
        let name = &outcome.source.name;
        if let (Some(claimed), false) = (outcome.claimed, outcome.is_same) {
            complain(
                &format!(
                    "{name} is not as it was sealed: SHA-256 is {}, was {claimed}",
                    outcome.computed
                ),
                Some("Run `sealscope verify` to see which entries differ."),
            );
        }
        for gap in &outcome.gaps {
            complain(&format!("{name}: {gap}"), None);
        }
    }
    Ok(())
}

/// Whether a source is asked for; bytes of no source are part of everything.
fn is_wanted(wanted: Option<u64>, source: Option<&SourceName>) -> bool {
    wanted.is_none_or(|wanted| source.is_some_and(|source| source.number == wanted))
}

struct Stdout {
    output: Output,
    wanted: Option<u64>,
    /// The line at hand, on a terminal.
    line: Vec<u8>,
    outcomes: Vec<SourceOutcome>,
}

impl Stdout {
    fn end_line(&mut self) -> io::Result<()> {
        if self.line.is_empty() {
            return Ok(());
        }
        let line = escaped_bytes(&std::mem::take(&mut self.line));
        self.output.line(&line)
    }
}

impl SourceSink for Stdout {
    fn begin(&mut self, _: &SourceName) -> io::Result<()> {
        Ok(())
    }

    fn bytes(&mut self, source: Option<&SourceName>, bytes: &[u8]) -> io::Result<()> {
        if !is_wanted(self.wanted, source) {
            return Ok(());
        }
        if !self.output.is_terminal() {
            return self.output.bytes(bytes);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(rest) => {
                    self.line.extend_from_slice(rest);
                    let line = escaped_bytes(&std::mem::take(&mut self.line));
                    self.output.line(&line)?;
                }
                None => self.line.extend_from_slice(piece),
            }
        }
        Ok(())
    }

    fn end(&mut self, outcome: SourceOutcome) -> io::Result<()> {
        if is_wanted(self.wanted, Some(&outcome.source)) {
            self.outcomes.push(outcome);
        }
        Ok(())
    }
}

struct Folder<'f> {
    folder: &'f Path,
    wanted: Option<u64>,
    open: Option<(PathBuf, BufWriter<File>)>,
    outside: Option<(PathBuf, BufWriter<File>)>,
    written: Vec<(PathBuf, SourceOutcome)>,
    /// Which file could not be written, and why.
    failed: Option<(PathBuf, io::Error)>,
}

impl Folder<'_> {
    /// A file that was not there before: never one of somebody else's, nor through a link.
    fn create(&mut self, name: &str) -> io::Result<(PathBuf, BufWriter<File>)> {
        let path = self.folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => Ok((path, BufWriter::with_capacity(256 << 10, file))),
            Err(error) => Err(self.fail(path, error)),
        }
    }

    /// Remembers the cause; what goes on up is only the wish to end.
    fn fail(&mut self, path: PathBuf, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.failed.get_or_insert((path, error));
        kind.into()
    }

    fn close(&mut self) -> io::Result<()> {
        for open in [self.open.take(), self.outside.take()] {
            if let Some((path, mut writer)) = open
                && let Err(error) = writer.flush()
            {
                return Err(self.fail(path, error));
            }
        }
        Ok(())
    }
}

impl SourceSink for Folder<'_> {
    fn begin(&mut self, source: &SourceName) -> io::Result<()> {
        if is_wanted(self.wanted, Some(source)) {
            self.open = Some(self.create(&safe_file_name(source))?);
        }
        Ok(())
    }

    fn bytes(&mut self, source: Option<&SourceName>, bytes: &[u8]) -> io::Result<()> {
        if !is_wanted(self.wanted, source) {
            return Ok(());
        }
        if source.is_none() && self.outside.is_none() {
            self.outside = Some(self.create(OUTSIDE)?);
        }
        let place = if source.is_some() {
            &mut self.open
        } else {
            &mut self.outside
        };
        let Some((path, writer)) = place else {
            return Ok(());
        };
        if let Err(error) = writer.write_all(bytes) {
            let path = path.clone();
            return Err(self.fail(path, error));
        }
        Ok(())
    }

    fn end(&mut self, outcome: SourceOutcome) -> io::Result<()> {
        let Some((path, mut writer)) = self.open.take() else {
            return Ok(());
        };
        if let Err(error) = writer.flush() {
            return Err(self.fail(path, error));
        }
        self.written.push((path, outcome));
        Ok(())
    }
}
