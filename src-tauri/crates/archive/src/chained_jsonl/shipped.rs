//! The recipes that are known from the start.

use std::sync::{Arc, LazyLock};

use super::ChainProfile;

const TEXTS: [&str; 5] = [
    include_str!("profiles/aegis.toml"),
    include_str!("profiles/agentic-harness-tsv.toml"),
    include_str!("profiles/agt-file-audit-sink.toml"),
    include_str!("profiles/haller17-hashchain.toml"),
    include_str!("profiles/ujex-audit-chain.toml"),
];

static PROFILES: LazyLock<Vec<Arc<ChainProfile>>> = LazyLock::new(|| {
    // A test reads them all; one that does not read is not shipped.
    let read = TEXTS.iter().map(|text| ChainProfile::from_toml(text));
    read.flatten().map(Arc::new).collect()
});

/// The recipes that come with the program.
#[must_use]
pub fn shipped_profiles() -> &'static [Arc<ChainProfile>] {
    &PROFILES
}
