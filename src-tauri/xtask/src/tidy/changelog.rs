//! The changelog's form: in each version, changes of verdicts stand first, even when there are
//! none. An expert witness has to read that part and must be able to rely on it.

use super::{Complaint, Repo};

const PATH: &str = "src-tauri/CHANGELOG.md";

/// The kinds of changes, in the order in which they stand.
const KINDS: &[&str] = &[
    "Verdict changes",
    "Added",
    "Changed",
    "Fixed",
    "Removed",
    "Security",
];

/// Looks at the changelog.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let Some(file) = repo.get(PATH) else {
        return Ok(vec![Complaint::failure(PATH, "is missing")]);
    };
    let mut found = Vec::new();
    if file
        .lines()
        .next()
        .is_none_or(|(_, line)| line != "# Changelog")
    {
        found.push(Complaint::failure(file.at(0), "starts with # Changelog"));
    }
    let mut last_kind: Option<usize> = None;
    let mut version: Option<usize> = None;
    for (number, line) in file.lines() {
        if line.starts_with("## ") {
            found.extend(
                version
                    .filter(|_| last_kind.is_none())
                    .map(|at| empty(&file.at(at))),
            );
            (version, last_kind) = (Some(number), None);
        } else if let Some(kind) = line.strip_prefix("### ") {
            let kind_order = KINDS.iter().position(|known| *known == kind);
            let fine = match (kind_order, last_kind) {
                (Some(order), None) => order == 0,
                (Some(order), Some(last)) => last < order,
                (None, _) => false,
            };
            if !fine {
                let says = format!("{kind}: the kinds are, in this order, {}", KINDS.join(", "));
                found.push(Complaint::failure(file.at(number), says));
            }
            last_kind = kind_order.or(last_kind).or(Some(0));
        }
    }
    found.extend(
        version
            .filter(|_| last_kind.is_none())
            .map(|at| empty(&file.at(at))),
    );
    if version.is_none() {
        found.push(Complaint::failure(PATH, "has no version"));
    }
    Ok(found)
}

fn empty(place: &str) -> Complaint {
    Complaint::failure(place, "each version starts with ### Verdict changes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<String> {
        let found = check(&Repo::of(&[(PATH, text)])).expect("nothing to read");
        found
            .into_iter()
            .map(|complaint| complaint.place.replace(PATH, ""))
            .collect()
    }

    #[test]
    fn a_version_starts_with_what_changed_in_verdicts() {
        let good = "# Changelog\n\n## Unreleased\n\n### Verdict changes\n\nNone.\n\n### Added\n";
        assert_eq!(places(good), [""; 0]);
        assert_eq!(
            places("# Changelog\n## Unreleased\n### Added\n### Verdict changes\n"),
            [":3", ":4"]
        );
        assert_eq!(places("# Changelog\n## Unreleased\nNothing.\n"), [":2"]);
    }

    #[test]
    fn unknown_kinds_and_missing_versions_are_found() {
        let text = "# Changelog\n## 0.1.0\n### Verdict changes\n### Improved\n";
        assert_eq!(places(text), [":4"]);
        assert_eq!(places("# Changelog\n"), [""]);
        assert_eq!(check(&Repo::of(&[])).expect("nothing to read").len(), 1);
    }
}
