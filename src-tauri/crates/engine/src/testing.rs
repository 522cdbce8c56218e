//! Archives that are open and checked, for the tests of this crate.

use std::path::Path;
use std::sync::Arc;

use sealscope_model::{Aspect, Aspects, End, EntryCounts, Strength, Verdict, VerdictRanges};
use sealscope_testkit::sealog::{Made, our_signer, trust_in};
use sealscope_verify::{Summary, TrustStore};

use crate::open::EntrySettings;
use crate::places::Places;
use crate::progress::{Cancel, Progress};
use crate::workspace::{OpenRequest, RunMode, Workspace};

/// A workspace with the folder that it lives in.
pub(crate) struct Opened {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) folder: tempfile::TempDir,
}

/// Opens and checks bytes under a name, with our signer's key trusted.
pub(crate) fn open_text(name: &str, bytes: &[u8]) -> Opened {
    open_trusting(name, bytes, trust_in(our_signer().verifier()))
}

/// Opens and checks a sealog archive, with our signer's key trusted.
pub(crate) fn open_made(made: &Made) -> Opened {
    open_text("made.sealog", &made.bytes())
}

/// Opens and checks bytes under a name with these keys.
pub(crate) fn open_trusting(name: &str, bytes: &[u8], trust: TrustStore) -> Opened {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("evidence").join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
    std::fs::write(&path, bytes).expect("written");
    open_path(folder, path, trust)
}

/// Opens and checks what lies in a folder that is gone with the workspace.
pub(crate) fn open_path(
    folder: tempfile::TempDir,
    path: std::path::PathBuf,
    trust: TrustStore,
) -> Opened {
    let workspace = Workspace::open(OpenRequest {
        paths: vec![path],
        trust,
        trust_notes: Vec::new(),
        uses_memory: true,
        settings: EntrySettings::default(),
        places: Places::under(&folder.path().join("places")),
        now_ns: 1_773_000_000_000_000_000,
    });
    assert!(
        workspace.failures().is_empty(),
        "{:?}",
        workspace.failures()
    );
    workspace.run(RunMode::Verify, 1, &Progress::default(), &Cancel::default());
    Opened {
        workspace: Arc::new(workspace),
        folder,
    }
}

/// A judgement with this verdict and nothing else in it.
pub(crate) fn summary(verdict: Verdict) -> Summary {
    Summary {
        verdict,
        strength: Strength::NONE,
        head: End::Open,
        tail: End::Open,
        says: String::new(),
        entries: EntryCounts::default(),
        ranges: VerdictRanges::default(),
        breaks: Vec::new(),
        damage: Vec::new(),
        observations: Vec::new(),
        aspects: Aspects {
            content: Aspect::OK,
            order: Aspect::OK,
            seal: Aspect::OK,
            signer: Aspect::OK,
            time: Aspect::OK,
            completeness: Aspect::OK,
        },
        signers: Vec::new(),
        origin: None,
        checkpoints_held: 0,
        checkpoints: 0,
        links: Vec::new(),
        outside: sealscope_verify::Outside::default(),
        notes: Vec::new(),
    }
}
