//! The checks behind a verdict, one by one.

use super::{
    AspectState, Break, BreakKind, CheckpointState, EntryProof, ProofStep, Telling, Verdict,
    grouped,
};

impl Telling<'_> {
    /// The checks, in order: bytes, leaf, frame, root, signature, chain of checkpoints, end.
    pub(super) fn steps(
        &self,
        found: Option<&Break>,
        proof: Option<&EntryProof>,
    ) -> Vec<ProofStep> {
        let mut steps = vec![self.bytes_read()];
        if let Some(seal) = &self.seal {
            steps.extend(self.what_is_broken(found));
            steps.extend(seal.steps.iter().map(|step| ProofStep {
                label: step.label,
                state: step.state,
                detail: step.detail.clone(),
            }));
            return steps;
        }
        if !self.line.is_of_sealog() {
            steps.push(ProofStep {
                label: "Seal",
                state: AspectState::Absent,
                detail: "Nothing seals this entry: its hash can be compared with nothing."
                    .to_owned(),
            });
            return steps;
        }
        steps.push(self.leaf(found, proof));
        steps.push(self.frame(found, proof));
        steps.push(self.root(proof));
        steps.push(self.signature(proof));
        steps.push(self.links());
        steps.push(self.end());
        steps
    }

    /// The break that concerns the entry, in its own words: the steps after it are made from the
    /// entry alone.
    fn what_is_broken(&self, found: Option<&Break>) -> Option<ProofStep> {
        let found = found?;
        Some(ProofStep {
            label: "What was found here",
            state: AspectState::Broken,
            detail: found.says.clone(),
        })
    }

    fn bytes_read(&self) -> ProofStep {
        if self.seal.is_some() {
            // Which line of which piece says nothing to whoever knows files and intervals.
            let bytes = grouped(self.line.bytes as u64);
            return ProofStep {
                label: "Bytes read again",
                state: AspectState::Ok,
                detail: format!("{bytes} bytes, the same as when the archive was checked."),
            };
        }
        let segment = self.line.segment.segment();
        let place = if self.line.is_of_sealog() {
            "data frame"
        } else {
            "piece"
        };
        ProofStep {
            label: "Bytes read again",
            state: AspectState::Ok,
            detail: format!(
                "{} bytes: line {} of the {place} at byte {} of the file, read and hashed just \
                 now.",
                grouped(self.line.bytes as u64),
                grouped(self.line.number as u64 + 1),
                grouped(segment.offset_bytes)
            ),
        }
    }

    fn leaf(&self, found: Option<&Break>, proof: Option<&EntryProof>) -> ProofStep {
        let computed = self.line.leaf.get().to_short_hex();
        let (state, detail) = match (proof, found) {
            (Some(proof), _) if self.agrees(proof) => (
                AspectState::Ok,
                format!(
                    "The bytes give {computed}…, as sealed for entry {}.",
                    grouped(proof.index)
                ),
            ),
            (Some(proof), _) => (
                AspectState::Broken,
                format!(
                    "The bytes give {computed}…, sealed was {}… for entry {}.",
                    proof.leaf.to_short_hex(),
                    grouped(proof.index)
                ),
            ),
            (None, Some(found)) => (
                AspectState::Broken,
                match found.kind {
                    BreakKind::Inserted => {
                        format!("The bytes give {computed}…, which was never sealed here.")
                    }
                    _ => format!("The bytes give {computed}…, which no seal here confirms."),
                },
            ),
            (None, None) if self.is_after_seals() => (
                AspectState::Absent,
                format!("The bytes give {computed}…; no checkpoint covers this entry yet."),
            ),
            (None, None) => (
                AspectState::NotCheckable,
                format!("The bytes give {computed}…; nothing here tells what was sealed."),
            ),
        };
        ProofStep {
            label: "Content hash",
            state,
            detail,
        }
    }

    fn is_after_seals(&self) -> bool {
        self.archive.verdict_at(self.position) == Some(Verdict::Unsealed)
    }

    fn frame(&self, found: Option<&Break>, proof: Option<&EntryProof>) -> ProofStep {
        let elsewhere = found.and_then(|found| match found.kind {
            BreakKind::Moved => Some("another place"),
            BreakKind::Duplicated => Some("one place only"),
            _ => None,
        });
        let (state, detail) = match (proof, elsewhere) {
            (Some(proof), Some(place)) => (
                AspectState::Broken,
                format!(
                    "It was sealed at {place}: as entry {}. Here it stands at {}.",
                    grouped(proof.index),
                    grouped(self.position)
                ),
            ),
            (Some(proof), None) => {
                let (first, end) = proof.frame;
                (
                    AspectState::Ok,
                    format!(
                        "Entry {} was sealed in the frame of entries {} to {}, whose hashes are \
                         under the root.",
                        grouped(proof.index),
                        grouped(first),
                        grouped(end.saturating_sub(1))
                    ),
                )
            }
            (None, _) => self.without_proof(),
        };
        ProofStep {
            label: "Place in its frame",
            state,
            detail,
        }
    }

    fn root(&self, proof: Option<&EntryProof>) -> ProofStep {
        let (state, detail) = match proof {
            Some(proof) => (
                AspectState::Ok,
                format!(
                    "{} lead from the sealed hash to the root {}… of the checkpoint of {} entries.",
                    counted(proof.path.len(), "hash", "hashes"),
                    proof.root.to_short_hex(),
                    grouped(proof.size)
                ),
            ),
            None => self.without_proof(),
        };
        ProofStep {
            label: "Path to the root",
            state,
            detail,
        }
    }

    fn without_proof(&self) -> (AspectState, String) {
        match self.archive.verdict_at(self.position) {
            None => (
                AspectState::NotCheckable,
                "The archive was not checked so far.".to_owned(),
            ),
            Some(Verdict::Unsealed) => (
                AspectState::Absent,
                "No checkpoint covers this entry.".to_owned(),
            ),
            Some(Verdict::Broken) => (
                AspectState::Broken,
                "No root confirms what stands here.".to_owned(),
            ),
            Some(_) => (
                AspectState::NotCheckable,
                "The hashes that lead to a root are not in the file.".to_owned(),
            ),
        }
    }

    fn signature(&self, proof: Option<&EntryProof>) -> ProofStep {
        let bad = self.checkpoint_states(CheckpointState::BadSignature);
        let (state, detail) = match proof {
            Some(proof) => match &proof.trusted_by {
                Some(key) => (
                    AspectState::Ok,
                    format!(
                        "The checkpoint is signed by {} ({}), a key you trust for this origin.",
                        key.name(),
                        key.id_hex()
                    ),
                ),
                None => (
                    AspectState::NotCheckable,
                    "No key that you trust for this origin signed the checkpoint.".to_owned(),
                ),
            },
            None if bad > 0 => (
                AspectState::Broken,
                format!(
                    "{} with a signature that was not made by the key that it names.",
                    counted(bad, "checkpoint", "checkpoints")
                ),
            ),
            None => self.without_proof(),
        };
        ProofStep {
            label: "Checkpoint signature",
            state,
            detail,
        }
    }

    fn checkpoint_states(&self, state: CheckpointState) -> usize {
        let checkpoints = self.log.as_ref().map(|log| log.checkpoints());
        let all = checkpoints.unwrap_or_default().iter();
        all.filter(|checkpoint| checkpoint.state == state).count()
    }

    fn links(&self) -> ProofStep {
        let total = self.log.as_ref().map_or(0, |log| log.checkpoints().len());
        let broken = self.summary.as_ref().and_then(|summary| {
            let kinds = [BreakKind::Relinked, BreakKind::Resealed, BreakKind::Fork];
            summary
                .breaks
                .iter()
                .find(|found| kinds.contains(&found.kind))
        });
        let (state, detail) = match (broken, total) {
            (Some(found), _) => (AspectState::Broken, found.says.clone()),
            (None, 0) => (AspectState::Absent, "There is no checkpoint.".to_owned()),
            (None, 1) => (AspectState::Ok, "There is one checkpoint.".to_owned()),
            (None, _) => (
                AspectState::Ok,
                format!(
                    "Each of {} checkpoints is named by the entry after it.",
                    grouped(total as u64)
                ),
            ),
        };
        ProofStep {
            label: "Chain of checkpoints",
            state,
            detail,
        }
    }

    fn end(&self) -> ProofStep {
        let is_closed = self
            .summary
            .as_ref()
            .is_some_and(|summary| summary.tail.is_anchored());
        let (state, detail) = if is_closed {
            (
                AspectState::Ok,
                "The log is closed: a cut at its end would show.",
            )
        } else {
            (
                AspectState::NotCheckable,
                "The end is open: later entries could have been cut off.",
            )
        };
        ProofStep {
            label: "End of the log",
            state,
            detail: detail.to_owned(),
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(count as u64),
        if count == 1 { one } else { many }
    )
}
