//! `sealscope.cache/1`.

use std::path::Path;

use sealscope_engine::cache::CacheInfo;
use serde::Serialize;

/// What the cache holds.
#[derive(Serialize)]
pub struct CacheObject {
    schema: &'static str,
    path: String,
    bytes: u64,
    cap_bytes: u64,
    archives: u64,
}

impl CacheObject {
    /// The object for a cache.
    pub fn of(info: &CacheInfo) -> Self {
        Self {
            schema: "sealscope.cache/1",
            path: info.path.to_string_lossy().into_owned(),
            bytes: info.bytes,
            cap_bytes: info.cap_bytes,
            archives: info.archives,
        }
    }
}

/// What was deleted.
#[derive(Serialize)]
pub struct ClearedObject {
    schema: &'static str,
    path: String,
    freed_bytes: u64,
}

impl ClearedObject {
    /// The object for a cache that was cleared.
    pub fn of(path: &Path, freed_bytes: u64) -> Self {
        let path = path.to_string_lossy().into_owned();
        Self {
            schema: "sealscope.cache/1",
            path,
            freed_bytes,
        }
    }
}
