//! The list of a shard's files with their digests, written last.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::layout::SHARD_VERSION;
use crate::IndexError;

/// Name of the manifest in a shard's folder.
pub(crate) const MANIFEST: &str = "manifest";
/// Largest manifest that is read, in bytes.
const MANIFEST_BYTES_MAX: u64 = 1 << 16;

/// What a shard's folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Manifest {
    /// tantivy's name for the one segment.
    pub segment: String,
    /// Rows.
    pub rows: u32,
    /// Entries that have rows.
    pub entries: u32,
    /// Rows that have a time.
    pub dated: u32,
    /// Oldest and newest time, in nanoseconds; present when any row is dated.
    pub times: Option<(i64, i64)>,
    /// Files: name, size in bytes, SHA-256 in hex.
    pub files: Vec<(String, u64, String)>,
}

impl Manifest {
    /// Lists the files of a folder and writes the manifest beside them.
    pub fn write(mut self, dir: &Path) -> Result<Self, IndexError> {
        let io = |error| IndexError::io(dir, error);
        let mut names = Vec::new();
        for file in fs::read_dir(dir).map_err(io)? {
            let name = file.map_err(io)?.file_name().to_string_lossy().into_owned();
            // tantivy's lock files are empty and say nothing about the content.
            if !name.ends_with(".lock") {
                names.push(name);
            }
        }
        names.sort();
        for name in names {
            let (size, digest) = digest_of(&dir.join(&name)).map_err(io)?;
            self.files.push((name, size, digest));
        }
        // Under another name first: a manifest is whole or not there.
        let draft = dir.join("manifest.new");
        let mut file = fs::File::create(&draft).map_err(io)?;
        file.write_all(self.text().as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(io)?;
        fs::rename(&draft, dir.join(MANIFEST)).map_err(io)?;
        Ok(self)
    }

    /// Reads a folder's manifest and checks every file against it.
    pub fn read_checked(dir: &Path) -> Result<Self, IndexError> {
        let damaged = |what: String| IndexError::damaged(dir, what);
        let file = fs::File::open(dir.join(MANIFEST))
            .map_err(|error| damaged(format!("its manifest cannot be read ({error})")))?;
        let mut text = String::new();
        file.take(MANIFEST_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|error| damaged(format!("its manifest cannot be read ({error})")))?;
        let manifest = Self::parse(&text)
            .ok_or_else(|| damaged("its manifest is of another version or cut".to_owned()))?;
        for (name, size, digest) in &manifest.files {
            let found = digest_of(&dir.join(name))
                .map_err(|error| damaged(format!("{name} cannot be read ({error})")))?;
            if found != (*size, digest.clone()) {
                return Err(damaged(format!("{name} is not what was written")));
            }
        }
        Ok(manifest)
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{SHARD_VERSION} tantivy/{}\nsegment {}\nrows {}\nentries {}\ndated {}\n",
            tantivy::INDEX_FORMAT_VERSION,
            self.segment,
            self.rows,
            self.entries,
            self.dated,
        );
        if let Some((oldest, newest)) = self.times {
            text.push_str(&format!("times {oldest} {newest}\n"));
        }
        for (name, size, digest) in &self.files {
            text.push_str(&format!("file {size} {digest} {name}\n"));
        }
        let digest = hex(&Sha256::digest(&text));
        text.push_str(&format!("end {digest}\n"));
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut manifest = Self::default();
        let mut lines = text.lines();
        let version = format!("{SHARD_VERSION} tantivy/{}", tantivy::INDEX_FORMAT_VERSION);
        if lines.next()? != version {
            return None;
        }
        for line in &mut lines {
            let (word, rest) = line.split_once(' ')?;
            match word {
                // The last line vouches for all before it; the text made anew must be the same.
                "end" => return (manifest.text() == text).then_some(manifest),
                "segment" => rest.clone_into(&mut manifest.segment),
                "rows" => manifest.rows = rest.parse().ok()?,
                "entries" => manifest.entries = rest.parse().ok()?,
                "dated" => manifest.dated = rest.parse().ok()?,
                "times" => {
                    let (oldest, newest) = rest.split_once(' ')?;
                    manifest.times = Some((oldest.parse().ok()?, newest.parse().ok()?));
                }
                "file" => {
                    let mut parts = rest.splitn(3, ' ');
                    let (size, digest) = (parts.next()?.parse().ok()?, parts.next()?.to_owned());
                    let name = parts.next()?;
                    // A name that leaves the folder was not written here.
                    let plain = !name.contains(['/', '\\']) && !name.starts_with("..");
                    manifest
                        .files
                        .push((plain.then(|| name.to_owned())?, size, digest));
                }
                _ => return None,
            }
        }
        None
    }
}

/// Size and SHA-256 of a file.
fn digest_of(path: &PathBuf) -> std::io::Result<(u64, String)> {
    let mut file = fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut size = 0;
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        size += length as u64;
        hash.update(buffer.get(..length).unwrap_or_default());
    }
    Ok((size, hex(&hash.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_and_no_shorter_text_does() {
        let manifest = Manifest {
            segment: "abc".to_owned(),
            rows: 5,
            entries: 4,
            dated: 3,
            times: Some((-1, 7)),
            files: vec![("a b.idx".to_owned(), 12, "00ff".to_owned())],
        };
        let text = manifest.text();
        assert_eq!(Manifest::parse(&text).as_ref(), Some(&manifest));
        for length in 0..text.len() {
            assert_eq!(Manifest::parse(&text[..length]), None, "{length}");
        }
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Manifest::parse(&changed), None, "{at}");
        }
        let outside = Manifest {
            files: vec![("../x".to_owned(), 1, "00".to_owned())],
            ..manifest
        };
        assert_eq!(Manifest::parse(&outside.text()), None);
    }
}
