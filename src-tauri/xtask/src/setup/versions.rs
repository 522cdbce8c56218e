//! Reads version numbers out of what programs print.

/// The first `major.minor.patch` in a text, such as `cargo 1.95.0 (…)` or `v20.20.2`. Missing
/// parts count as 0.
pub fn first(text: &str) -> Option<(u32, u32, u32)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let number = text
        .get(start..)?
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?;
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    Some((next(), next(), next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_print_them() {
        assert_eq!(
            first("cargo 1.95.0 (f2d3ce0bd 2026-03-21)"),
            Some((1, 95, 0))
        );
        assert_eq!(first("v20.20.2\n"), Some((20, 20, 2)));
        assert_eq!(first("11.19"), Some((11, 19, 0)));
        assert_eq!(first("no version"), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(first("v9.9.9") < first("v20.0.0"));
    }
}
