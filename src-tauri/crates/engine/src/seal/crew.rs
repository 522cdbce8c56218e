//! The threads that seal: one reads, some compress and hash, one writes.
//!
//! Frames are packed in any order and written in theirs, so the archive's bytes do not depend on
//! the number of threads. Memory is bounded by the text that is under way, not by the inputs.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use sealscope_archive::sealog::{
    Committer, FrameDraft, PackedFrame, Packer, SealogOutput, Step, TakeSteps, WriteError,
    WriterSettings,
};

/// Bytes of text that may be under way between reader and writer; one frame always may.
const UNDER_WAY_BYTES_MAX: usize = 64 << 20;
/// Buffers kept to be used again.
const SPARE_MAX: usize = 8;

/// How many threads to use for a wish; 0 means one a core.
pub(super) fn threads(wish: usize) -> usize {
    match wish {
        0 => thread::available_parallelism().map_or(1, usize::from),
        wish => wish,
    }
}

pub(super) struct Crew {
    pub(super) threads: usize,
    pub(super) settings: WriterSettings,
}

/// What the writing thread does next.
enum Next {
    /// Wait for a frame that is being packed, and write it.
    Packed(Receiver<Result<PackedFrame, WriteError>>),
    /// Pack and write a frame that names the checkpoint before it.
    Opening(FrameDraft),
    Checkpoint,
    Finish,
}

/// A frame to be packed, and where to put it.
struct Job {
    draft: FrameDraft,
    packed: Sender<Result<PackedFrame, WriteError>>,
}

impl Crew {
    /// Runs `feed` with steps that the crew carries out; ends when all of them are done.
    pub(super) fn run<'s, O, R>(
        &self,
        mut committer: Committer<'s, O>,
        feed: impl FnOnce(Steps) -> R,
    ) -> (R, Result<Committer<'s, O>, WriteError>)
    where
        O: SealogOutput + Send,
    {
        let under_way = Arc::new(UnderWay::default());
        let (jobs, to_pack) = channel::<Job>();
        let (nexts, to_commit) = channel::<Next>();
        let (spares, spare) = sync_channel(SPARE_MAX);
        let to_pack = Mutex::new(to_pack);
        thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(|| pack_all(self.settings, &to_pack));
            }
            let done = StopAtEnd(Arc::clone(&under_way));
            let commit = scope.spawn(move || {
                commit_all(&mut committer, &to_commit, &spares, &done.0).map(|()| committer)
            });
            let fed = feed(Steps {
                jobs,
                nexts,
                spare,
                under_way,
            });
            let committed = commit.join();
            (fed, committed.unwrap_or(Err(WriteError::Stopped)))
        })
    }
}

/// Packs frame after frame until no more come.
fn pack_all(settings: WriterSettings, to_pack: &Mutex<Receiver<Job>>) {
    let mut packer = Packer::new(settings);
    loop {
        let job = to_pack
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(Job { draft, packed }) = job else {
            return;
        };
        let result = match &mut packer {
            Ok(packer) => packer.pack(draft),
            Err(_) => Packer::new(settings).and_then(|mut packer| packer.pack(draft)),
        };
        // Nobody waits for it any more once writing has failed.
        let _ = packed.send(result);
    }
}

fn commit_all<O: SealogOutput>(
    committer: &mut Committer<'_, O>,
    to_commit: &Receiver<Next>,
    spares: &SyncSender<FrameDraft>,
    under_way: &UnderWay,
) -> Result<(), WriteError> {
    while let Ok(next) = to_commit.recv() {
        let (spent, bytes) = match next {
            Next::Packed(packed) => {
                let packed = packed.recv().map_err(|_| WriteError::Stopped)??;
                let bytes = packed.content_bytes();
                (committer.commit_frame(packed)?, bytes)
            }
            Next::Opening(draft) => {
                let bytes = draft.content_bytes();
                (committer.commit_draft(draft)?, bytes)
            }
            Next::Checkpoint => {
                committer.take(Step::Checkpoint)?;
                continue;
            }
            Next::Finish => {
                committer.take(Step::Finish)?;
                continue;
            }
        };
        under_way.leave(bytes);
        // More come back than are needed after a burst of small frames.
        let _ = spares.try_send(spent);
    }
    Ok(())
}

/// Hands steps to the crew.
pub(super) struct Steps {
    jobs: Sender<Job>,
    nexts: Sender<Next>,
    spare: Receiver<FrameDraft>,
    under_way: Arc<UnderWay>,
}

impl TakeSteps for Steps {
    fn take(&mut self, step: Step) -> Result<(), WriteError> {
        let next = match step {
            Step::Checkpoint => Next::Checkpoint,
            Step::Finish => Next::Finish,
            Step::Frame(draft) => {
                self.under_way.enter(draft.content_bytes())?;
                if draft.waits_for_checkpoint() {
                    Next::Opening(draft)
                } else {
                    let (packed, to_come) = channel();
                    self.jobs
                        .send(Job { draft, packed })
                        .map_err(|_| WriteError::Stopped)?;
                    Next::Packed(to_come)
                }
            }
        };
        self.nexts.send(next).map_err(|_| WriteError::Stopped)
    }

    fn spare(&mut self) -> FrameDraft {
        self.spare.try_recv().unwrap_or_default()
    }
}

/// Whoever waits for room must see that nobody makes any, however the writing thread ends.
struct StopAtEnd(Arc<UnderWay>);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Counts the bytes under way, so that a fast reader waits for a slow disk.
#[derive(Default)]
struct UnderWay {
    state: Mutex<UnderWayState>,
    changed: Condvar,
}

#[derive(Default)]
struct UnderWayState {
    bytes: usize,
    is_stopped: bool,
}

impl UnderWay {
    fn enter(&self, bytes: usize) -> Result<(), WriteError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.is_stopped && state.bytes > 0 && state.bytes + bytes > UNDER_WAY_BYTES_MAX {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_stopped {
            return Err(WriteError::Stopped);
        }
        state.bytes += bytes;
        Ok(())
    }

    fn leave(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes = state.bytes.saturating_sub(bytes);
        self.changed.notify_all();
    }

    fn stop(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_stopped = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use sealscope_archive::sealog::{Beginning, NewArchive, SealogWriter};
    use sealscope_proof::Signer;

    use super::*;

    /// A disk with room for so many bytes.
    #[derive(Debug)]
    struct Small(usize);

    impl SealogOutput for Small {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            match self.0.checked_sub(bytes.len()) {
                None => Err(io::ErrorKind::StorageFull.into()),
                Some(room) => {
                    self.0 = room;
                    Ok(())
                }
            }
        }

        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_ends_the_work_whenever_it_is_full() {
        let signer = Signer::from_seed("me", &[7; 32]).expect("the name is valid");
        let new = NewArchive {
            archive: [1; 16],
            log: [2; 16],
            origin: "example.org".to_owned(),
            schema: None,
            tool: "test".to_owned(),
        };
        let beginning = Beginning::new_log(&new, &signer).expect("the origin is valid");
        let settings = WriterSettings::default();
        let line = vec![b'x'; 1 << 20];
        for room in [56, 1000, 20_000, 40_000] {
            let committer = Committer::new(&beginning, Small(room), &signer, settings);
            let crew = Crew {
                threads: 2,
                settings,
            };
            let (fed, committed) = crew.run(committer.expect("its head fits"), |steps| {
                let mut writer = SealogWriter::new(&beginning, steps, &|| 0)?;
                // Far more than may be under way: waiting for room must end too.
                (0..400).try_for_each(|_| writer.entry(&line))?;
                writer.leave_open().map(drop)
            });
            // Who feeds may have handed over the last step before the disk was full.
            assert!(
                matches!(fed, Ok(()) | Err(WriteError::Stopped)),
                "{room}: {fed:?}"
            );
            let error = committed.expect_err("the disk is full");
            assert!(matches!(error, WriteError::Output(_)), "{room}: {error}");
        }
    }
}
