//! Tests of one field or place, read from their texts.

use std::ops::Bound;

use sealscope_model::Verdict;

use super::lexer::{Ends, Glyph, RawValue, Sign, Span, plain};
use super::parser::Read;
use super::time::{self, BadTime, Moment, TimeSpan, Written};
use super::{Diagnostic, FieldTest, Leaf, nearest};

pub(crate) fn positions(text: &str, span: &Span) -> Read<Leaf> {
    let bad = || {
        let message = "A position is written #1204, a range of positions #1000..2000.";
        Diagnostic::error(span.clone(), message)
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|_| digits).ok_or_else(bad)
    };
    let Some((from, to)) = text.split_once("..") else {
        let from = number(text)?;
        let to = from.checked_add(1).ok_or_else(bad)?;
        return Ok(Leaf::Positions { from, to: Some(to) });
    };
    let open = |text: &str| {
        if text.is_empty() {
            Ok(None)
        } else {
            number(text).map(Some)
        }
    };
    let (from, to) = (open(from)?, open(to)?);
    if from.is_none() && to.is_none() {
        return Err(bad());
    }
    Ok(Leaf::Positions {
        from: from.unwrap_or(0),
        to,
    })
}

pub(crate) fn seal(value: &RawValue, span: &Span) -> Read<Leaf> {
    let word = match value {
        RawValue::Bare(glyphs) => plain(glyphs),
        RawValue::Quoted(text) => text.clone(),
        _ => String::new(),
    };
    if word == "unchecked" {
        return Ok(Leaf::Seal(None));
    }
    if let Some(verdict) = Verdict::from_word(&word) {
        return Ok(Leaf::Seal(Some(verdict)));
    }
    let words = || {
        Verdict::ALL
            .into_iter()
            .map(Verdict::word)
            .chain(["unchecked"])
    };
    let list: Vec<&str> = words().collect();
    let message = format!("A seal is one of {}.", list.join(", "));
    let diagnostic = Diagnostic::error(span.clone(), message);
    Err(match nearest(&word, words()) {
        Some(meant) => diagnostic.fix(format!("Did you mean {meant}?"), span.clone(), meant),
        None => diagnostic,
    })
}

pub(crate) fn time_leaf(value: &RawValue, span: &Span) -> Read<Leaf> {
    let time_span = match value {
        RawValue::Bare(glyphs) if glyphs.iter().all(|glyph| *glyph == Glyph::Star) => {
            return Ok(Leaf::Dated);
        }
        RawValue::Bare(glyphs) => {
            time::span(&plain(glyphs)).map_err(|bad| bad_time(bad, span.start))?
        }
        RawValue::Quoted(text) => time::span(text).map_err(|bad| whole(bad, span))?,
        RawValue::Compare { sign, text } => {
            compared(*sign, time::moment(text).map_err(|bad| whole(bad, span))?)
        }
        RawValue::Range {
            low,
            low_span,
            high,
            high_span,
            ends,
        } => time_range((low, low_span), (high, high_span), *ends)?,
        RawValue::Regex(_) => {
            let message = "A time cannot be searched by a regular expression.";
            return Err(Diagnostic::error(span.clone(), message));
        }
    };
    match time_span {
        TimeSpan {
            from: None,
            to: None,
        } => Ok(Leaf::Dated),
        span => Ok(Leaf::Time(span)),
    }
}

fn compared(sign: Sign, written: Written) -> TimeSpan {
    match sign {
        Sign::AtLeast => TimeSpan {
            from: Some(written.start),
            to: None,
        },
        Sign::Greater => TimeSpan {
            from: Some(written.end.unwrap_or(LAST)),
            to: None,
        },
        Sign::Less => TimeSpan {
            from: None,
            to: Some(written.start),
        },
        Sign::AtMost => TimeSpan {
            from: None,
            to: written.end,
        },
    }
}

fn time_range(
    (low, low_span): (&str, &Span),
    (high, high_span): (&str, &Span),
    ends: Ends,
) -> Read<TimeSpan> {
    let side = |text: &str, place: &Span| match text {
        "*" => Ok(None),
        text => time::moment(text)
            .map(Some)
            .map_err(|bad| bad_time(bad, place.start)),
    };
    let (low, high) = (side(low, low_span)?, side(high, high_span)?);
    Ok(TimeSpan {
        from: low.map(|low| {
            if ends.low_included {
                low.start
            } else {
                low.end.unwrap_or(LAST)
            }
        }),
        to: high.and_then(|high| {
            if ends.high_included {
                high.end
            } else {
                Some(high.start)
            }
        }),
    })
}

/// Where "after the last second there is" begins: nothing practical lies there.
const LAST: Moment = Moment::At(i64::MAX);

pub(crate) fn bad_time(bad: BadTime, offset: usize) -> Diagnostic {
    Diagnostic::error(bad.span.start + offset..bad.span.end + offset, bad.message)
}

/// The same where quotes or signs make places inside the value uncertain.
fn whole(bad: BadTime, span: &Span) -> Diagnostic {
    Diagnostic::error(span.clone(), bad.message)
}

pub(crate) fn number(text: &str, span: &Span) -> Read<f64> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| {
        let message = "Only numbers and the field `time` can be compared; this is no number.";
        Diagnostic::error(span.clone(), message)
    })
}

pub(crate) fn number_range(
    (low, low_span): (&str, &Span),
    (high, high_span): (&str, &Span),
    ends: Ends,
) -> Read<FieldTest> {
    let side = |text: &str, span: &Span, included: bool| match (text, included) {
        ("*", _) => Ok(Bound::Unbounded),
        (text, true) => number(text, span).map(Bound::Included),
        (text, false) => number(text, span).map(Bound::Excluded),
    };
    Ok(FieldTest::Number {
        low: side(low, low_span, ends.low_included)?,
        high: side(high, high_span, ends.high_included)?,
    })
}
