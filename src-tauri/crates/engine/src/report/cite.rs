//! What a case keeps of entries and searches, and the way back to the entries.

use sealscope_case::{Cited, KeptQuery};
use sealscope_model::Precision;

use crate::rows::{Row, RowError, RowPlace};
use crate::times::rfc3339_utc;
use crate::workspace::Workspace;

impl Workspace {
    /// Names the entry of a row as a case names it: by its archive, its place and its leaf. A
    /// folder has no digest of its own and is named by its path.
    #[must_use]
    pub fn cite(&self, row: &Row) -> Cited {
        let archive = self.archives().get(row.archive);
        let digest = archive.and_then(|archive| archive.sha256());
        let path = archive.map(|archive| archive.path().to_string_lossy().into_owned());
        Cited {
            archive: digest.map_or_else(String::new, |digest| digest.to_hex()),
            path: path.unwrap_or_default(),
            position: row.position,
            record: row.record,
            leaf: row.leaf.to_hex(),
            note: String::new(),
        }
    }

    /// The row that a case cites, read and hashed again; `None` where the archive is not open, or
    /// another entry stands there now.
    ///
    /// # Errors
    /// When the archive cannot be read, or has changed since it was checked.
    pub fn cited_row(&self, cited: &Cited) -> Result<Option<Row>, RowError> {
        let archives = self.archives();
        let by_hash = archives.iter().position(|archive| {
            !cited.archive.is_empty()
                && archive
                    .sha256()
                    .is_some_and(|digest| digest.to_hex() == cited.archive)
        });
        let by_path = || {
            archives.iter().position(|archive| {
                cited.archive.is_empty() && archive.path() == std::path::Path::new(&cited.path)
            })
        };
        let Some(archive) = by_hash.or_else(by_path) else {
            return Ok(None);
        };
        let place = RowPlace {
            archive,
            position: cited.position,
            record: cited.record,
        };
        match self.row(place) {
            // A case made of other bytes must not be filled with these.
            Ok(row) => Ok((row.leaf.to_hex() == cited.leaf).then_some(row)),
            Err(RowError::NoEntry(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A search as a case keeps it: its text and its range of time, half-open.
#[must_use]
pub fn kept_query(text: &str, from_ns: Option<i64>, to_ns: Option<i64>) -> KeptQuery {
    let moment =
        |ns: Option<i64>| ns.map_or_else(String::new, |ns| rfc3339_utc(ns, Precision::Nanoseconds));
    KeptQuery {
        text: match text.trim() {
            "" => "*".to_owned(),
            text => text.to_owned(),
        },
        from: moment(from_ns),
        to: moment(to_ns),
        ..KeptQuery::default()
    }
}
