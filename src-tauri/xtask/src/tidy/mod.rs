//! Holds the house rules that a compiler does not: one file per rule.

mod changelog;
mod declared;
mod edges;
mod formats;
mod length;
mod lockfile;
mod page_imports;
mod page_words;
mod repo;
mod source;
mod words;

use repo::Repo;

use crate::place;

/// One line for the list of verbs.
pub const ABOUT: &str = "checks the house rules: edges, lengths, words, documents";

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Worth a look; the run still passes.
    Warning,
    /// The run fails.
    Failure,
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Whether it fails the run.
    pub weight: Weight,
    /// The file, from the root of the repository, with `:line` where there is one.
    pub place: String,
    /// What is wrong and what would be right.
    pub says: String,
}

impl Complaint {
    /// Something that fails the run.
    pub fn failure(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            weight: Weight::Failure,
            place: place.into(),
            says: says.into(),
        }
    }

    /// Something worth a look.
    pub fn warning(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            place: place.into(),
            says: says.into(),
        }
    }
}

/// A rule: its name and what it finds in the repository.
type Rule = (&'static str, fn(&Repo) -> anyhow::Result<Vec<Complaint>>);

const RULES: &[Rule] = &[
    ("dependency edges", edges::check),
    ("length", length::check),
    ("words", words::check),
    ("undeclared files", declared::check),
    ("formats", formats::check),
    ("package lock", lockfile::check),
    ("changelog", changelog::check),
    ("page imports", page_imports::check),
    ("page words", page_words::check),
];

/// `tidy`.
pub fn verb(_arguments: &[String]) -> anyhow::Result<()> {
    anyhow::ensure!(check()?, "the house is not tidy");
    println!("Tidy.");
    Ok(())
}

/// Runs every rule and prints what it found. Whether nothing failed.
///
/// # Errors
///
/// When the repository cannot be read.
pub fn check() -> anyhow::Result<bool> {
    let repo = Repo::read(&place::repository())?;
    let mut ok = true;
    for (name, rule) in RULES {
        for complaint in rule(&repo)? {
            let word = match complaint.weight {
                Weight::Warning => "warning",
                Weight::Failure => "failure",
            };
            ok &= complaint.weight < Weight::Failure;
            println!("{word} [{name}] {}: {}", complaint.place, complaint.says);
        }
    }
    Ok(ok)
}
