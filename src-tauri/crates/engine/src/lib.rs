//! The one public interface: open, verify, search, page, prove.

mod keys;
mod progress;
mod trust_store;

pub use keys::{
    KeyFileError, NewKey, Passphrase, is_exposed, keygen, load_signer, load_vkeys, needs_passphrase,
};
pub use progress::{Cancel, Progress};
pub use trust_store::{StoredKey, TrustStoreError, TrustStoreFile, trust_for_this_run};
