//! Shapes of verdicts, bar of ranges, chain of seals, bars over time. Each has its twin in words.

use super::markup::Html;
use super::parts::{glyph, look};
use crate::content::{Bucket, Chain, Integrity, RangeOf};

/// What the other drawings refer to: eight outlines on a 16 × 16 grid, and fills that differ in
/// grey.
pub(super) fn shapes(html: &mut Html) {
    html.raw(
        "<svg class=\"defs\" aria-hidden=\"true\" focusable=\"false\" width=\"0\" \
         height=\"0\"><defs>\
<symbol id=\"g-intact\" viewBox=\"0 0 16 16\"><path class=\"solid\" d=\"M8 1.2 2.6 3.1v4.3c0 3.4 \
2.2 6 5.4 7.4 3.2-1.4 5.4-4 5.4-7.4V3.1L8 1.2Z\"></path><path class=\"cut\" d=\"m5.2 8 2 2 \
3.7-4.1\"></path></symbol>\
<symbol id=\"g-consistent\" viewBox=\"0 0 16 16\"><path d=\"M8 1.9 3.2 3.6v3.8c0 3 1.9 5.3 4.8 \
6.6 2.9-1.3 4.8-3.6 4.8-6.6V3.6L8 1.9ZM6 6.9h4M6 9.3h4\"></path></symbol>\
<symbol id=\"g-broken\" viewBox=\"0 0 16 16\"><path d=\"M6.7 2.2 2.7 3.7v3.7c0 3 1.6 5.2 4 \
6.5M9.3 2.2l4 1.5v3.7c0 3-1.6 5.2-4 6.5M6.1 6.1l3.8 3.8M9.9 6.1 6.1 9.9\"></path></symbol>\
<symbol id=\"g-unproven\" viewBox=\"0 0 16 16\"><path d=\"M8 1.4 14.6 8 8 14.6 1.4 8 8 1.4ZM6.4 \
6.6c0-1 .7-1.6 1.6-1.6s1.6.6 1.6 1.5c0 1.2-1.6 1.3-1.6 2.5M8 11.1v.01\"></path></symbol>\
<symbol id=\"g-unsealed\" viewBox=\"0 0 16 16\"><path d=\"M13 8A5 5 0 1 1 3 8a5 5 0 0 1 10 \
0Z\"></path></symbol>\
<symbol id=\"g-unchecked\" viewBox=\"0 0 16 16\"><path class=\"dots\" d=\"M4 8v.01M8 8v.01M12 \
8v.01\"></path></symbol>\
<pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><rect \
class=\"hatch-ground\" width=\"5\" height=\"5\"></rect><path d=\"M0 5 5 0\"></path></pattern>\
</defs></svg>\n",
    );
}

/// Width of the drawings in their own units.
const WIDE: f64 = 1000.0;
/// What a range is drawn with at least: one entry among millions must be seen.
const RANGE_MIN: f64 = 6.0;

/// The ranges of an item as one bar. What is worse is drawn later and so never covered.
pub(super) fn range_bar(html: &mut Html, integrity: &Integrity) {
    let end = integrity.ranges.iter().map(|range| range.to).max();
    let Some(end) = end.filter(|end| *end > 0) else {
        return;
    };
    html.raw(
        "<figure class=\"ranges\">\n<svg class=\"bar\" viewBox=\"0 0 1000 28\" \
              preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">",
    );
    for look in [
        "intact",
        "consistent",
        "unchecked",
        "unsealed",
        "unproven",
        "broken",
    ] {
        let ranges = integrity.ranges.iter();
        for range in ranges.filter(|range| super::parts::look(&range.verdict) == look) {
            range_rect(html, range, end, look);
        }
    }
    html.raw(
        "</svg>\n<figcaption><span>0</span><span>Verdicts by position; one entry is drawn \
     wider than it is</span><span>",
    );
    html.number(end)
        .raw("</span></figcaption>\n</figure>\n<ul class=\"legend\">\n");
    for look in [
        "intact",
        "consistent",
        "unproven",
        "unsealed",
        "broken",
        "unchecked",
    ] {
        let is_there = |range: &RangeOf| super::parts::look(&range.verdict) == look;
        if integrity.ranges.iter().any(is_there) {
            html.raw(
                "<li><svg class=\"swatch\" viewBox=\"0 0 24 12\" preserveAspectRatio=\"none\" \
                 aria-hidden=\"true\" focusable=\"false\"><rect class=\"",
            );
            html.raw(look);
            html.raw("\" width=\"24\" height=\"12\"></rect></svg> ")
                .raw(look)
                .raw("</li>\n");
        }
    }
    html.raw("</ul>\n");
}

fn range_rect(html: &mut Html, range: &RangeOf, end: u64, look: &'static str) {
    let scale = WIDE / end as f64;
    let width = (range.to.saturating_sub(range.from) as f64 * scale).max(RANGE_MIN);
    let x = (range.from as f64 * scale).min(WIDE - width).max(0.0);
    // Broken stands out of the bar, so that it is found without colour.
    let (y, height) = match look {
        "broken" => (0.0, 28.0),
        _ => (6.0, 16.0),
    };
    html.raw("<rect class=\"")
        .raw(look)
        .raw("\" x=\"")
        .length(x);
    html.raw("\" y=\"")
        .length(y)
        .raw("\" width=\"")
        .length(width);
    html.raw("\" height=\"").length(height).raw("\"></rect>");
}

/// A piece of the chain: boxes with what ties each to the one before.
pub(super) fn chain(html: &mut Html, chain: &Chain) {
    html.raw("<p class=\"figure-says\">").lines(&chain.says);
    html.raw("</p>\n<ol class=\"chain\">\n");
    for (place, piece) in chain.pieces.iter().enumerate() {
        let look = look(&piece.verdict);
        html.raw("<li class=\"").raw(match piece.follows {
            Some(true) => "follows",
            Some(false) => "parted",
            None => "loose",
        });
        html.raw("\">");
        if place > 0 {
            html.raw("<span class=\"link\">").raw(match piece.follows {
                Some(true) => "follows",
                Some(false) => "does not follow",
                None => "not known",
            });
            html.raw("</span>");
        }
        html.raw("<span class=\"box ").raw(look);
        html.raw(if piece.is_missing { " missing" } else { "" });
        html.raw("\"><span class=\"name\">").data(&piece.label);
        html.raw("</span>");
        if !piece.digest.is_empty() {
            html.code(&piece.digest);
        }
        html.raw("<span class=\"mark ").raw(look).raw("\">");
        glyph(html, look);
        html.raw(" ");
        html.data(&piece.verdict);
        html.raw(if piece.is_missing { ", missing" } else { "" });
        html.raw("</span></span></li>\n");
    }
    html.raw("</ol>\n");
}

/// Bars over time. The part that is not intact is hatched, the broken part is solid and dark.
pub(super) fn bars(html: &mut Html, buckets: &[Bucket]) {
    let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else {
        return;
    };
    let most = buckets.iter().map(|bucket| bucket.count).max();
    let most = most.unwrap_or(0).max(1);
    html.raw("<figure class=\"time\">\n<p class=\"most\">")
        .number(most);
    html.raw(
        "</p>\n<svg class=\"bars\" viewBox=\"0 0 1000 120\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\" focusable=\"false\">\
         <path class=\"grid\" d=\"M0 .5H1000M0 60H1000\"></path>",
    );
    let step = WIDE / buckets.len() as f64;
    for (place, bucket) in buckets.iter().enumerate() {
        if bucket.count == 0 {
            continue;
        }
        let x = place as f64 * step;
        let scale = |count: u64| count.min(bucket.count) as f64 * 120.0 / most as f64;
        let height = scale(bucket.count).max(1.5);
        bar(html, "all", x, step, (120.0 - height, height));
        let worse = scale(bucket.broken.saturating_add(bucket.not_intact));
        if worse > 0.0 {
            let worse = worse.clamp(4.0, 120.0);
            bar(html, "not-intact", x, step, (120.0 - worse, worse));
        }
        if bucket.broken > 0 {
            let broken = scale(bucket.broken).clamp(4.0, 120.0);
            bar(html, "broken", x, step, (120.0 - broken, broken));
            bar(html, "flag", x, step, (0.0, 120.0));
        }
    }
    html.raw("<path class=\"axis\" d=\"M0 119.5H1000\"></path></svg>\n<figcaption><span>");
    html.data(&first.from).raw("</span><span>");
    if let Some(middle) = buckets.get(buckets.len() / 2) {
        html.data(&middle.from);
    }
    html.raw("</span><span>").data(&last.from);
    html.raw("</span></figcaption>\n</figure>\n<ul class=\"legend\">\n");
    for (class, name) in [
        ("all", "records"),
        ("not-intact", "of them neither intact nor broken"),
        (
            "broken",
            "of them broken; the column is marked up to the top",
        ),
    ] {
        html.raw(
            "<li><svg class=\"swatch\" viewBox=\"0 0 24 12\" preserveAspectRatio=\"none\" \
             aria-hidden=\"true\" focusable=\"false\"><rect class=\"",
        );
        html.raw(class)
            .raw("\" width=\"24\" height=\"12\"></rect></svg> ")
            .raw(name)
            .raw("</li>\n");
    }
    html.raw("</ul>\n");
}

fn bar(html: &mut Html, class: &'static str, x: f64, step: f64, (y, height): (f64, f64)) {
    let gap = if step > 4.0 { step * 0.12 } else { 0.0 };
    html.raw("<rect class=\"").raw(class).raw("\" x=\"");
    html.length(x + gap / 2.0).raw("\" y=\"").length(y);
    html.raw("\" width=\"")
        .length((step - gap).max(0.2))
        .raw("\" height=\"");
    html.length(height).raw("\"></rect>");
}
