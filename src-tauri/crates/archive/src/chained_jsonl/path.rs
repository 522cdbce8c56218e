//! Where a value stands in an entry.

use std::fmt;

/// A path into an entry: a JSON pointer (RFC 6901) such as `/meta/hash`; of a table the column's
/// number from 0 such as `/3`; of a text line the name of a group such as `/hash`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    names: Vec<Vec<u8>>,
}

impl Path {
    /// Reads a path; `None` when it does not begin with a slash. The empty path is the whole entry.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let names = match text.strip_prefix('/') {
            Some(rest) => rest
                .split('/')
                .map(|name| name.replace("~1", "/").replace("~0", "~").into_bytes())
                .collect(),
            None if text.is_empty() => Vec::new(),
            None => return None,
        };
        Some(Self {
            text: text.to_owned(),
            names,
        })
    }

    /// The names on the way, from the top.
    pub(super) fn names(&self) -> &[Vec<u8>] {
        &self.names
    }

    /// Whether it is another path, or lies below it.
    pub(super) fn is_within(&self, above: &Self) -> bool {
        self.names.starts_with(&above.names)
    }

    /// Whether it names a group of a pattern.
    pub(super) fn is_group(&self, group: &str) -> bool {
        self.names.first().map(Vec::as_slice) == Some(group.as_bytes())
    }

    /// Whether it stands for the text outside of a pattern's groups.
    pub(super) fn is_outside(&self) -> bool {
        self.text == "/"
    }

    /// The number of a column.
    pub(super) fn column(&self) -> Option<usize> {
        match self.names.as_slice() {
            [name] => std::str::from_utf8(name).ok()?.parse().ok(),
            _ => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
