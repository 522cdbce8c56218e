//! Whether a pattern leaves text outside of its groups that can be one thing or another.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Look};

/// Whether all text that a pattern fits is fixed by it, but for what stands in named groups: then
/// nothing can be changed outside of them. In doubt it is not.
pub(super) fn is_fixed(pattern: &str) -> bool {
    // As `regex::bytes` reads it.
    let Ok(hir) = ParserBuilder::new().utf8(false).build().parse(pattern) else {
        return false;
    };
    let properties = hir.properties();
    let is_anchored = properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End);
    is_anchored && is_fixed_outside(&hir)
}

fn is_fixed_outside(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => true,
        HirKind::Capture(group) => group.name.is_some() || is_fixed_outside(&group.sub),
        HirKind::Concat(parts) => parts.iter().all(is_fixed_outside),
        // A group that stands more than once keeps only what it fitted last.
        HirKind::Repetition(repeated) => {
            let is_group =
                matches!(repeated.sub.kind(), HirKind::Capture(group) if group.name.is_some());
            let has_groups = repeated.sub.properties().explicit_captures_len() > 0;
            match (repeated.min, repeated.max) {
                (0, Some(1)) => is_group,
                (1, Some(1)) => is_fixed_outside(&repeated.sub),
                (min, max) => max == Some(min) && !has_groups && is_fixed_outside(&repeated.sub),
            }
        }
        HirKind::Class(_) | HirKind::Alternation(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn a_pattern_is_fixed_where_only_its_groups_can_differ() {
        for fixed in [
            r"^(?<n>\d+) (?<msg>.*) \[(?<h>[0-9a-f]{64})\]$",
            r"^(?<a>x|y)(?:, (?<b>z))$",
            r"^(?<a>.)-{3}(?<b>[ab]+)?$",
            r"^(?<a>(?<b>x)y+)$",
        ] {
            assert!(is_fixed(fixed), "{fixed}");
        }
        for loose in [
            r"(?<n>\d+) (?<h>[0-9a-f]{64})$",
            r"^(?<n>\d+) (?<h>[0-9a-f]{64})",
            r"^(?<n>\d+) .* (?<h>[0-9a-f]{64})$",
            r"^(?<n>\d+)\s+(?<h>[0-9a-f]{64})$",
            r"^(?:INFO|WARN) (?<h>[0-9a-f]{64})$",
            r"^(\d+) (?<h>[0-9a-f]{64})$",
            r"^(?i)info (?<h>[0-9a-f]{64})$",
            r"^(?:(?<a>x|y))+ (?<h>[0-9a-f]{64})$",
            r"^(?: \[(?<a>\d*)\])? (?<h>[0-9a-f]{64})$",
            r"^(?<a>x)$|^(?<b>y)$",
            r"(?m)^(?<h>[0-9a-f]{64})$",
        ] {
            assert!(!is_fixed(loose), "{loose}");
        }
    }
}
