//! "Did you mean …?"

/// The candidate that is nearest to a word, if one is near enough to be meant.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let length = word.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = distance(word, candidate);
        // A third of the letters may differ, and at least one; beyond that it is another word.
        let near = distance <= (length.max(candidate.chars().count()) / 3).max(1);
        if near && best.is_none_or(|(found, _)| distance < found) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Letters to change, add, drop or swap with a neighbour; upper and lower case are the same.
fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().flat_map(char::to_lowercase).take(128).collect();
    let other: Vec<char> = other
        .chars()
        .flat_map(char::to_lowercase)
        .take(128)
        .collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(other.len() + 1);
        row.push(i + 1);
        for (j, b) in other.iter().enumerate() {
            let of = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut cost = of(&above, j) + usize::from(a != b);
            cost = cost.min(of(&above, j + 1) + 1).min(of(&row, j) + 1);
            if i > 0 && j > 0 && Some(a) == other.get(j - 1) && one.get(i - 1) == Some(b) {
                cost = cost.min(of(&before, j - 1) + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_its_word() {
        let words = [
            "intact",
            "consistent",
            "unproven",
            "unsealed",
            "broken",
            "unchecked",
        ];
        for (typed, meant) in [
            ("borken", Some("broken")),
            ("Broken", Some("broken")),
            ("unsealled", Some("unsealed")),
            ("consistant", Some("consistent")),
            ("green", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, words), meant, "{typed}");
        }
    }
}
