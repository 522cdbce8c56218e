//! What was known from outside, in `sealscope.verify/1`: timestamps, witnesses, the memory.

use sealscope_engine::{CheckpointStatement, TimestampFinding, TimestampState, WitnessSummary};
use serde::Serialize;

/// One timestamp token.
#[derive(Serialize)]
pub struct TimestampObject<'a> {
    /// `trusted`, `untrusted` (no trusted root vouches for its signer) or `bad`.
    state: &'static str,
    /// What it stamps, in words.
    stamps: &'a str,
    time: Option<String>,
    accuracy_ns: Option<u64>,
    policy: Option<&'a str>,
    serial: Option<&'a str>,
    authority: Option<&'a str>,
    root: Option<&'a str>,
    imprint_algorithm: Option<&'a str>,
    imprint: Option<&'a str>,
    signature_algorithm: Option<&'a str>,
    token_sha256: String,
    /// Always false: nothing is looked up.
    revocation_checked: bool,
    why: Option<&'a str>,
    says: &'a str,
}

impl<'a> TimestampObject<'a> {
    /// The object for a finding.
    pub fn of(found: &'a TimestampFinding) -> Self {
        let details = found.details.as_ref();
        Self {
            state: match found.state {
                TimestampState::Trusted => "trusted",
                TimestampState::Untrusted => "untrusted",
                TimestampState::Bad => "bad",
            },
            stamps: &found.stamps,
            time: found.time(),
            accuracy_ns: details.and_then(|one| one.accuracy_ns),
            policy: details.map(|one| one.policy.as_str()),
            serial: details.map(|one| one.serial.as_str()),
            authority: found.authority.as_deref(),
            root: found.root.as_deref(),
            imprint_algorithm: details.map(|one| one.imprint_algorithm.as_str()),
            imprint: details.map(|one| one.imprint.as_str()),
            signature_algorithm: found.signature_algorithm.as_deref(),
            token_sha256: found.token_sha256.to_hex(),
            revocation_checked: false,
            why: found.why.as_deref(),
            says: &found.says,
        }
    }
}

/// A trusted witness whose cosignatures hold.
#[derive(Serialize)]
pub struct WitnessObject<'a> {
    name: &'a str,
    key_id: &'a str,
    checkpoints: u64,
    /// Newest time stated, in seconds since 1970.
    newest_time: u64,
}

impl<'a> WitnessObject<'a> {
    /// The object for a witness.
    pub fn of(witness: &'a WitnessSummary) -> Self {
        Self {
            name: &witness.name,
            key_id: &witness.key_id,
            checkpoints: witness.checkpoints,
            newest_time: witness.newest_time,
        }
    }
}

/// A remembered checkpoint.
#[derive(Serialize)]
pub struct RememberedObject<'a> {
    size: u64,
    root: String,
    seen: &'a str,
}

impl<'a> RememberedObject<'a> {
    /// The object for what was used.
    pub fn of((states, seen): &'a (CheckpointStatement, String)) -> Self {
        Self {
            size: states.size,
            root: states.root.to_hex(),
            seen,
        }
    }
}
