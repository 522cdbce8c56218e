//! What lets a reader believe an exhibit without the archive.

use std::collections::HashMap;
use std::sync::Arc;

use sealscope_archive::Structure;
use sealscope_report::content::Proof;
use sealscope_verify::{KnownHashes, SealedLog, TrustStore, grouped};

use crate::rows::Row;
use crate::sealed_places::sealed_index;
use crate::workspace::Workspace;

/// Finds proofs; what was sealed is worked out once for each archive.
pub(super) struct Prover<'w> {
    workspace: &'w Workspace,
    trust: TrustStore,
    logs: HashMap<usize, (Option<Arc<SealedLog>>, KnownHashes)>,
    /// Notes by their place in the report.
    places: HashMap<String, usize>,
}

impl<'w> Prover<'w> {
    pub(super) fn new(workspace: &'w Workspace) -> Self {
        Self {
            workspace,
            trust: workspace.trust_store(),
            logs: HashMap::new(),
            places: HashMap::new(),
        }
    }

    /// The proof of a row; a checkpoint that it needs is added to the list.
    pub(super) fn proof(&mut self, row: &Row, checkpoints: &mut Vec<String>) -> Proof {
        let none = |says: &str| Proof::None {
            says: says.to_owned(),
        };
        let Some(archive) = self.workspace.archives().get(row.archive) else {
            return none("Its archive is not open.");
        };
        let sealog = match archive.archive().structure() {
            Structure::Sealog(sealog) => sealog,
            Structure::Unsealed => {
                return none(
                    "The log has no seals, so nothing proves the entry: it is what the file held \
                    when this \
                     report was made, and the file's SHA-256 is all that binds it.",
                );
            }
            // Their files are added when all exhibits are known.
            Structure::CloudTrail(_) | Structure::Journal(_) | Structure::Chained(_) => {
                return Proof::default();
            }
        };
        let trust = &self.trust;
        let (log, known) = self
            .logs
            .entry(row.archive)
            .or_insert_with(|| (archive.sealed_log(trust), KnownHashes::default()));
        let (Some(log), Some(summary)) = (log, archive.summary()) else {
            return none("The archive was not checked.");
        };
        let index = sealed_index(&summary, log, row.position);
        let Some(proof) = index.and_then(|index| log.prove_again(sealog, index, known)) else {
            return none("No checkpoint confirms an entry at this place.");
        };
        if proof.leaf != row.leaf {
            return none(
                "The entry is not as it was sealed at this place, so there is no proof of it: the \
                sealed \
                 entry had another hash.",
            );
        }
        let checkpoint = *self.places.entry(proof.note.clone()).or_insert_with(|| {
            checkpoints.push(proof.note.clone());
            checkpoints.len() - 1
        });
        let says = match &proof.trusted_by {
            Some(key) => format!(
                "The entry is leaf {} of {} under a checkpoint that {} ({}) signed, a key that \
                the examiner \
                 trusts.",
                grouped(proof.index),
                grouped(proof.size),
                key.name(),
                key.id_hex()
            ),
            None => format!(
                "The entry is leaf {} of {} under a checkpoint whose signature is by no key that \
                the examiner \
                 trusts: anyone could have made it.",
                grouped(proof.index),
                grouped(proof.size)
            ),
        };
        Proof::Merkle {
            checkpoint,
            index: proof.index,
            size: proof.size,
            path: proof.path.iter().map(ToString::to_string).collect(),
            vkey: proof.trusted_by.as_ref().map(|key| key.to_vkey()),
            says,
        }
    }
}
