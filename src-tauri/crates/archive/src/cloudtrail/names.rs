//! What the names of files in a folder say.

use std::path::{Path, PathBuf};

/// Endings under which the metadata of an object is kept beside it.
pub(super) const SIDECAR_ENDINGS: [&str; 4] =
    [".head-object.json", ".head.json", ".metadata.json", ".sig"];

/// The names in a folder, seen from where the folder itself stands.
#[derive(Debug)]
pub(super) struct Names {
    root: PathBuf,
    /// The folder's own names from `AWSLogs` or `CloudTraces` on, where it lies inside of such a
    /// tree.
    above: Vec<String>,
    /// All names of the folder's full path.
    full: Vec<String>,
}

impl Names {
    pub(super) fn of(root: &Path) -> Self {
        let whole = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let full = parts(&whole);
        let tree = full
            .iter()
            .position(|name| name == "AWSLogs" || name == "CloudTraces");
        Self {
            root: root.to_owned(),
            above: tree.map_or_else(Vec::new, |at| full.iter().skip(at).cloned().collect()),
            full,
        }
    }

    /// A file's path in the folder, with slashes.
    pub(super) fn relative(&self, file: &Path) -> String {
        if let Some(plain) = self.plain_relative(file) {
            return plain.to_owned();
        }
        parts(file.strip_prefix(&self.root).unwrap_or(file)).join("/")
    }

    /// The same where nothing has to be put in order: names as walking the folder gives them.
    #[cfg(unix)]
    fn plain_relative<'p>(&self, file: &'p Path) -> Option<&'p str> {
        let rest = file.to_str()?.strip_prefix(self.root.to_str()?)?;
        let rest = match self.root.as_os_str().as_encoded_bytes().last() {
            None | Some(b'/') => rest,
            Some(_) => rest.strip_prefix('/')?,
        };
        let is_plain = |name: &str| !matches!(name, "" | "." | "..");
        rest.split('/').all(is_plain).then_some(rest)
    }

    #[cfg(not(unix))]
    const fn plain_relative<'p>(&self, _: &'p Path) -> Option<&'p str> {
        None
    }

    /// A file's full path, with slashes.
    pub(super) fn full(&self, relative: &str) -> String {
        let mut names = self.full.clone();
        names.push(relative.to_owned());
        names.join("/")
    }

    /// The part of an object's key that leads to the folder, where the folder lies inside of the
    /// bucket: files whose keys begin otherwise are not in what was opened.
    pub(super) fn scope_of(&self, relative: &str, key: &str) -> Option<String> {
        let full = self.full(relative);
        let bucket = full.strip_suffix(key)?;
        let root = format!("{}/", self.full.join("/"));
        root.strip_prefix(bucket)
            .filter(|inside| !inside.is_empty())
            .map(str::to_owned)
    }

    fn is_below(&self, relative: &str, is: impl Fn(&str) -> bool) -> bool {
        let folders = relative.rsplit_once('/').map_or("", |(folders, _)| folders);
        self.above.iter().any(|name| is(name)) || folders.split('/').any(is)
    }

    /// A digest file, by its name or its folder.
    pub(super) fn is_digest(&self, relative: &str) -> bool {
        let name = last(relative);
        let is_named = name.contains("_CloudTrail-Digest_") || name.contains("_CloudTrace-Digest_");
        (is_named || self.is_below(relative, |folder| folder == "CloudTrail-Digest"))
            && is_packed_or_json(name)
            && !SIDECAR_ENDINGS.iter().any(|ending| name.ends_with(ending))
    }

    /// The signature file of a Lake query result.
    pub(super) fn is_sign_file(relative: &str) -> bool {
        last(relative) == "result_sign.json"
    }

    /// A file that CloudTrail may have delivered: one in its tree, or packed JSON anywhere.
    pub(super) fn is_log(&self, relative: &str) -> bool {
        let name = last(relative);
        if name.starts_with('.') || matches!(name, "Thumbs.db" | "desktop.ini") {
            return false;
        }
        let is_tree = |folder: &str| {
            (folder.starts_with("CloudTrail") && folder != "CloudTrail-Lake")
                || folder == "CloudTraces"
        };
        let is_named = name.contains("_CloudTrail_") || name.contains("_CloudTrace_");
        name.ends_with(".json.gz") || is_named || self.is_below(relative, is_tree)
    }

    /// A file that may hold public keys.
    pub(super) fn may_hold_keys(file: &Path) -> bool {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_ascii_lowercase();
        name.contains("key") && name.ends_with(".json")
    }
}

fn is_packed_or_json(name: &str) -> bool {
    [".json.gz", ".gz", ".json"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// The last name of a path with slashes.
pub(super) fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn parts(path: &Path) -> Vec<String> {
    path.components()
        .filter_map(|part| match part {
            std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect()
}

/// The time in a file's name, as digits: `…_20230710T1145Z_…`, or Huawei's
/// `…_2017-03-28T02-09-17Z_…`.
pub(super) fn time_in(name: &str) -> Option<String> {
    name.split(['_', '.']).rev().find_map(|word| {
        let (date, time) = word.strip_suffix('Z')?.split_once('T')?;
        let digits = |text: &str| text.replace('-', "");
        let (date, time) = (digits(date), digits(time));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_time = date.len() == 8 && (4..=6).contains(&time.len());
        (is_time && is_number(&date) && is_number(&time)).then(|| format!("{date}T{time:0<6}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_in_names() {
        for (name, time) in [
            (
                "1_CloudTrail_us-east-1_20230710T1145Z_7xgo.json.gz",
                Some("20230710T114500"),
            ),
            (
                "m_CloudTrace_r_2017-03-28T02-09-17Z_0faa.json.gz",
                Some("20170328T020917"),
            ),
            ("1_CloudTrail_us-east-1_TZ_7xgo.json.gz", None),
            ("é_ZTZ_T.json", None),
        ] {
            assert_eq!(time_in(name).as_deref(), time, "{name}");
        }
    }

    #[test]
    fn kinds_are_told_by_name_and_folder() {
        let names = Names::of(Path::new("/case/bucket"));
        let day =
            "AWSLogs/1/CloudTrail-Digest/r/2023/07/10/1_CloudTrail-Digest_r_t_r_20230710T100948Z";
        assert!(names.is_digest(&format!("{day}.json.gz")));
        assert!(!names.is_digest(&format!("{day}.json.gz.head-object.json")));
        assert!(names.is_log("AWSLogs/1/CloudTrail/r/2023/07/10/planted.txt"));
        assert!(names.is_log("moved.json.gz"));
        assert!(!names.is_log("case.json"));
        assert!(!names.is_log("AWSLogs/1/Config/x.json"));
        assert!(Names::may_hold_keys(Path::new("/case/public-keys.json")));
    }

    #[test]
    fn a_folder_inside_of_the_bucket_has_a_scope() {
        let names = Names::of(Path::new("/case/bucket/AWSLogs/1/CloudTrail-Digest"));
        let scope = names.scope_of("r/d.json.gz", "AWSLogs/1/CloudTrail-Digest/r/d.json.gz");
        assert_eq!(scope.as_deref(), Some("AWSLogs/1/CloudTrail-Digest/"));
        let above = Names::of(Path::new("/case"));
        assert_eq!(
            above.scope_of("bucket/AWSLogs/d.json.gz", "AWSLogs/d.json.gz"),
            None
        );
    }
}
