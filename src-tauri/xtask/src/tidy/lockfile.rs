//! Lock files name packages and their hashes, not the host that one machine got them from.

use super::{Complaint, Repo};

/// Looks at every `package-lock.json` and `.npmrc`.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for file in repo.ending(&["package-lock.json"]) {
        for (number, line) in file.lines().filter(|(_, line)| names_an_address(line)) {
            let says = format!("a download address: {}", line.trim());
            found.push(Complaint::failure(file.at(number), says));
        }
    }
    for file in repo.ending(&[".npmrc", ".cargo/config.toml"]) {
        for (number, _) in file.lines().filter(|(_, line)| names_a_registry(line)) {
            found.push(Complaint::failure(file.at(number), "a registry's address"));
        }
    }
    Ok(found)
}

fn names_an_address(line: &str) -> bool {
    line.trim_start().starts_with("\"resolved\"") && line.contains("://")
}

fn names_a_registry(line: &str) -> bool {
    let line = line.trim_start();
    line.contains("://") && !line.starts_with('#') && !line.starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_address_is_found() {
        let lock =
            "{\n  \"resolved\": \"https://example.org/a.tgz\",\n  \"integrity\": \"sha512-x\"\n}";
        let repo = Repo::of(&[("ui/package-lock.json", lock)]);
        let places: Vec<String> = check(&repo)
            .expect("nothing to read")
            .into_iter()
            .map(|found| found.place)
            .collect();
        assert_eq!(places, ["ui/package-lock.json:2"]);
    }

    #[test]
    fn a_home_page_is_no_download_address() {
        let lock = "{\n  \"funding\": { \"url\": \"https://example.org\" }\n}";
        assert_eq!(
            check(&Repo::of(&[("ui/package-lock.json", lock)])).expect("reads"),
            []
        );
    }

    #[test]
    fn a_registry_of_ones_own_is_found() {
        let repo = Repo::of(&[("ui/.npmrc", "registry=https://example.org/\n")]);
        assert_eq!(check(&repo).expect("reads").len(), 1);
        let repo = Repo::of(&[("ui/.npmrc", "omit-lockfile-registry-resolved=true\n")]);
        assert_eq!(check(&repo).expect("reads"), []);
    }
}
