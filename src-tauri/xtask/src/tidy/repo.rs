use std::path::Path;
use std::process::Command;

use crate::shell;

/// The files that belong to the repository, or would if they were added now.
pub struct Repo {
    /// Text files; others are left out.
    pub files: Vec<File>,
}

/// One text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// From the root of the repository, with slashes.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

impl Repo {
    /// Reads every file that git knows or does not ignore.
    ///
    /// # Errors
    ///
    /// When git does not answer.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut git = Command::new("git");
        git.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let listed = shell::read(git.current_dir(root))?;
        let mut files = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // Deleted but not committed yet, or no text.
            let Ok(bytes) = std::fs::read(root.join(path)) else {
                continue;
            };
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            files.push(File {
                path: path.to_owned(),
                text,
            });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self { files })
    }

    /// The files with one of these endings.
    pub fn ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = &'a File> {
        self.files
            .iter()
            .filter(move |file| endings.iter().any(|end| file.path.ends_with(end)))
    }

    /// A file by its path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// A repository made up for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).into(),
            text: (*text).into(),
        };
        Self {
            files: files.iter().map(file).collect(),
        }
    }
}

impl File {
    /// `path:line` of a line counted from 0.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{}", self.path, line + 1)
    }

    /// The lines with their numbers from 0.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate()
    }
}
