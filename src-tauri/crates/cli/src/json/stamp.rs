//! `sealscope.stamp/1`: what `sealscope stamp --json` prints.

use std::path::Path;

use sealscope_engine::{StampQuery, StampReport};
use serde::Serialize;

use super::outside::TimestampObject;

const SCHEMA: &str = "sealscope.stamp/1";

/// A query was made.
#[derive(Serialize)]
pub struct QueryObject {
    schema: &'static str,
    path: String,
    query: String,
    /// `null` for a report.
    size: Option<u64>,
    imprint: String,
}

impl QueryObject {
    /// The object for a query that was written.
    pub fn of(archive: &Path, out: &Path, query: &StampQuery) -> Self {
        Self {
            schema: SCHEMA,
            path: archive.to_string_lossy().into_owned(),
            query: out.to_string_lossy().into_owned(),
            size: query.size,
            imprint: query.imprint.to_hex(),
        }
    }
}

/// A token was added.
#[derive(Serialize)]
pub struct TokenObject<'a> {
    schema: &'static str,
    path: String,
    /// `null` for a report.
    size: Option<u64>,
    /// False when the archive or the report had the token before.
    added: bool,
    timestamp: TimestampObject<'a>,
}

impl<'a> TokenObject<'a> {
    /// The object for a token.
    pub fn of(archive: &Path, report: &'a StampReport) -> Self {
        Self {
            schema: SCHEMA,
            path: archive.to_string_lossy().into_owned(),
            size: report.size,
            added: !report.was_there,
            timestamp: TimestampObject::of(&report.finding),
        }
    }
}
