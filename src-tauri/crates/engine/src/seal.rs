//! Seals logs: files, folders and standard input into one sealog archive.
//!
//! Invariants: 1. Inputs are opened read-only. 2. An archive that exists is never written over;
//! appending only adds. 3. Whatever stops the work, the archive opens with all entries of its last
//! checkpoint. 4. Bytes that could not be read or unpacked are told, in the archive (`gap`) and in
//! the report.

mod crew;
mod feed;
mod inputs;
mod output;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sealscope_archive::input::Skipped;
use sealscope_archive::sealog::{
    Beginning, Committer, LogState, NewArchive, Now, SealogWriter, SourceForm, StateError,
    WriteError, WriteSummary, WriterSettings, is_barely_begun,
};
use sealscope_archive::{OpenError, Source, Watch};
use sealscope_model::Digest;
use sealscope_proof::Signer;

use crate::{Cancel, Progress};
use inputs::Input;
use output::Output;

/// What to seal, into what, as whom.
pub struct SealRequest<'r> {
    /// What is sealed, in this order.
    pub inputs: Vec<SealInput>,
    /// The archive's file.
    pub out: PathBuf,
    /// Whether the archive is new, or goes on after another.
    pub mode: SealMode,
    /// Name under which the log is sealed. A new log needs one; where a log goes on, a name given
    /// has to be its own.
    pub origin: Option<String>,
    /// The key that signs the checkpoints.
    pub signer: &'r Signer,
    /// Whether leaf lists are written: 32 bytes an entry, for which a break is localised exactly.
    pub leaf_lists: bool,
    /// Whether more can be appended later.
    pub ending: Ending,
    /// Schema of the entries, where known.
    pub schema: Option<String>,
    /// Program and version, for the header.
    pub tool: String,
    /// Wall time in nanoseconds since 1970.
    pub now: Now<'r>,
    /// Gives uuids: see [`random_uuid`].
    pub uuid: &'r dyn Fn() -> [u8; 16],
    /// Threads that compress and hash; 0 means one a core.
    pub threads: usize,
}

impl std::fmt::Debug for SealRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealRequest")
            .field("inputs", &self.inputs)
            .field("out", &self.out)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// One thing to seal.
pub enum SealInput {
    /// A file, or a folder with all files in it and below.
    Path(PathBuf),
    /// A stream, such as standard input. It is not unpacked.
    Stream {
        /// What the archive calls it.
        name: String,
        /// Where its bytes come from.
        bytes: Box<dyn Read + Send>,
    },
}

impl std::fmt::Debug for SealInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Self::Stream { name, .. } => f.debug_tuple("Stream").field(name).finish(),
        }
    }
}

/// Whether the archive is new, or goes on after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealMode {
    /// The first file of a new log; it must not exist.
    New,
    /// More entries at the end of the archive, which has to exist and not be closed.
    Append,
    /// The next file of the log that this archive belongs to; it must not exist.
    Continue {
        /// The archive before.
        previous: PathBuf,
    },
}

/// How the archive ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a `close` line: a cut at the end shows, and nothing can be appended.
    Close,
    /// Without: more can be appended, and a cut between checkpoints does not show.
    LeaveOpen,
}

/// Why nothing, or not everything, was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// An input cannot be opened.
    #[error(transparent)]
    Input(OpenError),
    /// An input is no file and no folder.
    #[error("{path} is neither a file nor a folder; pipe it into standard input instead")]
    NotRegular {
        /// The input.
        path: PathBuf,
    },
    /// A folder without files.
    #[error("there is no file to seal: {path} holds none")]
    NothingToSeal {
        /// The input.
        path: PathBuf,
    },
    /// The archive would be sealed into itself.
    #[error("the archive {out} lies inside the input {input}; put it somewhere else")]
    OutputInsideInput {
        /// The archive.
        out: PathBuf,
        /// The input.
        input: PathBuf,
    },
    /// The archive is there already.
    #[error("{path} exists already and is never written over; use --append, or another name")]
    OutputExists {
        /// The archive.
        path: PathBuf,
    },
    /// The archive cannot be created, opened or written.
    #[error("the archive {path} cannot be written: {error}")]
    Output {
        /// The archive.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another program writes to the archive.
    #[error("another program is writing to {path}; wait until it has finished")]
    Busy {
        /// The archive.
        path: PathBuf,
    },
    /// The archive is closed.
    #[error("{path} is closed: nothing can be appended; use --continue {path} with a new file")]
    Closed {
        /// The archive.
        path: PathBuf,
    },
    /// The archive to go on after cannot be read.
    #[error(transparent)]
    Previous(OpenError),
    /// The archive to go on after is not as its seals say, or of another key.
    #[error("{path} is not gone on with: {error}; see `sealscope verify`")]
    State {
        /// The archive.
        path: PathBuf,
        /// What was found.
        error: StateError,
    },
    /// The archive to continue has entries that no checkpoint covers.
    #[error(
        "the last {count} lines of {path} are not sealed; seal them first: append an empty file \
         with --append"
    )]
    UnsealedTail {
        /// The archive before.
        path: PathBuf,
        /// Lines after its last checkpoint.
        count: u64,
    },
    /// A new log has no name.
    #[error("a new log needs a name: give one with --origin")]
    NoOrigin,
    /// The log has another name.
    #[error("this log is sealed under {found:?}, not under {asked:?}")]
    OtherOrigin {
        /// What was asked for.
        asked: String,
        /// What the archive states.
        found: String,
    },
    /// A line is longer than an entry may be. What came before it is sealed.
    #[error(
        "{input}: the line at byte {offset_bytes} is longer than 64 MiB, which no entry may be; \
         what came before it is sealed in {out}"
    )]
    LineTooLong {
        /// The input.
        input: String,
        /// Where the line begins, in the unpacked bytes.
        offset_bytes: u64,
        /// The archive.
        out: PathBuf,
    },
    /// Writing failed. What the last checkpoint covers is safe.
    #[error("{path}: {error}")]
    Write {
        /// The archive.
        path: PathBuf,
        /// What happened.
        error: WriteError,
    },
}

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealReport {
    /// The archive.
    pub out: PathBuf,
    /// Origin of its checkpoints, with the log's uuid.
    pub origin: String,
    /// Log entries added.
    pub entries: u64,
    /// Unpacked bytes of all inputs.
    pub bytes_raw: u64,
    /// Bytes of the archive.
    pub archive_bytes: u64,
    /// Each input that was read.
    pub sources: Vec<SealedSource>,
    /// Things in folders that were left out.
    pub skipped: Vec<Skipped>,
    /// Leaves that an interrupted writer left unsealed and that are sealed now, as they were found:
    /// nothing proves that nobody changed them meanwhile.
    pub found_unsealed: u64,
    /// Checkpoints made.
    pub checkpoints: u64,
    /// Leaves of the log: the size of the last checkpoint.
    pub size: u64,
    /// Root of the last checkpoint.
    pub root: Digest,
    /// The public key to verify with.
    pub vkey: String,
    /// Whether a `close` line ends the archive.
    pub is_closed: bool,
    /// Whether the work was stopped before all inputs were read.
    pub is_stopped: bool,
}

/// One input as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSource {
    /// What the archive calls it.
    pub name: String,
    /// How it was stored.
    pub form: SourceForm,
    /// Bytes as found.
    pub bytes: u64,
    /// SHA-256 of the bytes as found.
    pub sha256: Digest,
    /// Unpacked bytes.
    pub bytes_raw: u64,
    /// SHA-256 of the unpacked bytes.
    pub sha256_raw: Digest,
    /// Log entries.
    pub entries: u64,
    /// What is missing or odd, in sentences; each is a `gap` line in the archive too.
    pub gaps: Vec<String>,
    /// Whether the file changed while it was read.
    pub has_changed: bool,
}

/// Seals the inputs.
///
/// A wish to stop ends the archive at a checkpoint, without `close`, so that it can be gone on
/// with; the report says so.
///
/// # Errors See [`SealError`]. Before the first input is read nothing is created; after that the
/// archive stays, with everything that was sealed in it.
pub fn seal(
    request: SealRequest<'_>,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<SealReport, SealError> {
    let SealRequest {
        inputs, ref out, ..
    } = request;
    let (inputs, mut skipped) = inputs::expand(inputs, out)?;
    progress.set_bytes_total(inputs.iter().filter_map(Input::bytes).sum());
    let request = Settings {
        out,
        mode: &request.mode,
        origin: request.origin.as_deref(),
        signer: request.signer,
        schema: request.schema,
        tool: request.tool,
        uuid: request.uuid,
        now: request.now,
        ending: request.ending,
        threads: crew::threads(request.threads),
        writer: WriterSettings {
            leaf_lists: request.leaf_lists,
            ..WriterSettings::default()
        },
    };
    let Begun {
        output,
        beginning,
        found_unsealed,
    } = begin(&request, cancel)?;
    let origin = beginning.checkpoint_origin().to_owned();
    let (fed, summary) = write(&request, inputs, output, &beginning, progress, cancel)?;
    skipped.extend(fed.vanished);
    Ok(SealReport {
        out: out.clone(),
        origin,
        entries: fed.entries,
        bytes_raw: fed.sources.iter().map(|source| source.bytes_raw).sum(),
        archive_bytes: summary.bytes,
        sources: fed.sources,
        skipped,
        found_unsealed,
        checkpoints: summary.checkpoints,
        size: summary.size,
        root: summary.root,
        vkey: request.signer.verifier().to_vkey(),
        is_closed: fed.is_closed,
        is_stopped: fed.is_stopped,
    })
}

/// The request without its inputs.
struct Settings<'r> {
    out: &'r Path,
    mode: &'r SealMode,
    origin: Option<&'r str>,
    signer: &'r Signer,
    schema: Option<String>,
    tool: String,
    uuid: &'r dyn Fn() -> [u8; 16],
    now: Now<'r>,
    ending: Ending,
    threads: usize,
    writer: WriterSettings,
}

/// What came of feeding the inputs to the writer.
struct Fed {
    entries: u64,
    sources: Vec<SealedSource>,
    /// Files that were there before and could not be opened when their turn came.
    vanished: Vec<Skipped>,
    is_closed: bool,
    is_stopped: bool,
}

/// The output, and where writing begins in it.
struct Begun {
    output: Output,
    beginning: Beginning,
    found_unsealed: u64,
}

impl Begun {
    const fn anew(output: Output, beginning: Beginning) -> Self {
        Self {
            output,
            beginning,
            found_unsealed: 0,
        }
    }
}

/// Opens the output and finds where writing begins.
fn begin(request: &Settings<'_>, cancel: &Cancel) -> Result<Begun, SealError> {
    let written = |error| SealError::Write {
        path: request.out.to_owned(),
        error,
    };
    match request.mode {
        SealMode::New => {
            let beginning = new_log(request)?;
            Ok(Begun::anew(Output::create(request.out)?, beginning))
        }
        SealMode::Continue { previous } => {
            let state = state_of(previous, request, cancel)?;
            if state.unsealed() > 0 {
                return Err(SealError::UnsealedTail {
                    path: previous.clone(),
                    count: state.unsealed(),
                });
            }
            let names = names(request, String::new());
            let beginning =
                Beginning::continuing(&state, &names, request.signer).map_err(written)?;
            Ok(Begun::anew(Output::create(request.out)?, beginning))
        }
        SealMode::Append => begin_at_end(request, cancel),
    }
}

/// Finds where a file that exists is gone on with, and cuts off what does not stay.
fn begin_at_end(request: &Settings<'_>, cancel: &Cancel) -> Result<Begun, SealError> {
    let unreadable = |error| SealError::Previous(OpenError::from_io(request.out, error));
    let output = Output::open(request.out)?;
    let source = Source::open(request.out).map_err(unreadable)?;
    let begun = if is_barely_begun(&source).map_err(unreadable)? {
        Begun::anew(output, new_log(request)?)
    } else {
        let state = state_of(request.out, request, cancel)?;
        if state.is_closed() {
            return Err(SealError::Closed {
                path: request.out.to_owned(),
            });
        }
        Begun {
            output,
            beginning: Beginning::appending(&state),
            found_unsealed: state.unsealed(),
        }
    };
    begun.output.cut_to(begun.beginning.kept_bytes())?;
    Ok(begun)
}

fn new_log(request: &Settings<'_>) -> Result<Beginning, SealError> {
    let origin = request.origin.ok_or(SealError::NoOrigin)?;
    Beginning::new_log(&names(request, origin.to_owned()), request.signer).map_err(|error| {
        SealError::Write {
            path: request.out.to_owned(),
            error,
        }
    })
}

fn names(request: &Settings<'_>, origin: String) -> NewArchive {
    NewArchive {
        archive: (request.uuid)(),
        log: (request.uuid)(),
        origin,
        schema: request.schema.clone(),
        tool: request.tool.clone(),
    }
}

/// Reads the archive that is gone on with from end to end: no seal is put over what is not as its
/// own seals say.
fn state_of(path: &Path, request: &Settings<'_>, cancel: &Cancel) -> Result<LogState, SealError> {
    let source =
        Source::open(path).map_err(|error| SealError::Previous(OpenError::from_io(path, error)))?;
    let archive =
        sealscope_archive::sealog::SealogArchive::open(source).map_err(SealError::Previous)?;
    let cancel = cancel.clone();
    let watch = Watch::new(move |_, _| !cancel.is_stopped());
    let state = LogState::read(&archive, request.signer.verifier(), &watch).map_err(|error| {
        SealError::State {
            path: path.to_owned(),
            error,
        }
    })?;
    match request.origin {
        Some(asked) if asked != state.origin() => Err(SealError::OtherOrigin {
            asked: asked.to_owned(),
            found: state.origin().to_owned(),
        }),
        _ => Ok(state),
    }
}

/// Runs the crew and feeds it.
fn write(
    request: &Settings<'_>,
    inputs: Vec<Input>,
    output: Output,
    beginning: &Beginning,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(Fed, WriteSummary), SealError> {
    let written = |error| SealError::Write {
        path: request.out.to_owned(),
        error,
    };
    let committer =
        Committer::new(beginning, output, request.signer, request.writer).map_err(written)?;
    let crew = crew::Crew {
        threads: request.threads,
        settings: request.writer,
    };
    let (fed, committed) = crew.run(committer, |steps| {
        let writer = SealogWriter::new(beginning, steps, request.now).map_err(written)?;
        feed::feed(request, inputs, writer, progress, cancel)
    });
    // The committer's own failure is the cause; the feeder only saw that it was gone.
    let committer = committed.map_err(written)?;
    let fed = fed?;
    let (summary, output) = committer.into_summary().map_err(written)?;
    output.finish()?;
    Ok((fed, summary))
}

/// A uuid from the system's randomness (RFC 9562, version 4).
///
/// # Errors
/// When the system gives none.
pub fn random_uuid() -> io::Result<[u8; 16]> {
    let mut uuid = [0u8; 16];
    getrandom::fill(&mut uuid).map_err(|error| io::Error::other(error.to_string()))?;
    // RFC 9562 §5.4: version 4 in the high half of octet 6, variant in the top bits of octet 8.
    let [.., v, _, r, _, _, _, _, _, _, _] = &mut uuid;
    *v = *v & 0x0F | 0x40;
    *r = *r & 0x3F | 0x80;
    Ok(uuid)
}

#[cfg(test)]
mod tests;
