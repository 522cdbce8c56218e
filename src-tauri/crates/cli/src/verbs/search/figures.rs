//! Counts by time and by value.

use sealscope_engine::{FacetOut, HistogramOut};

use super::csv;
use crate::failure::Failure;
use crate::json::search::{BucketObject, ValueObject};
use crate::output::Output;
use crate::text::{counted, escaped, grouped};
use crate::times;

/// Characters of the longest bar.
const BAR_CHARACTERS: u64 = 40;

/// Prints the buckets that hold something, with bars.
pub fn tell_histogram(histogram: &HistogramOut, output: &mut Output) -> Result<(), Failure> {
    let most = histogram
        .buckets
        .iter()
        .map(|bucket| bucket.count)
        .max()
        .unwrap_or(0)
        .max(1);
    let width = grouped(most).len();
    for bucket in &histogram.buckets {
        let characters = (bucket.count * BAR_CHARACTERS).div_ceil(most);
        let bar = "█".repeat(usize::try_from(characters).unwrap_or(0));
        let (time, count) = (times::of_ns(bucket.start_ns), grouped(bucket.count));
        output.line(format!("{time}  {count:>width$}  {bar}").trim_end())?;
    }
    if histogram.undated > 0 {
        output.line(&format!("undated  {}", grouped(histogram.undated)))?;
    }
    Ok(())
}

/// One JSON object a bucket.
pub fn histogram_lines(histogram: &HistogramOut, output: &mut Output) -> Result<(), Failure> {
    for bucket in &histogram.buckets {
        output.json(&BucketObject::of(bucket))?;
    }
    Ok(())
}

/// The buckets as comma-separated values.
pub fn histogram_csv(histogram: &HistogramOut, output: &mut Output) -> Result<(), Failure> {
    output.line("start,count,intact,consistent,unproven,unsealed,broken,unchecked")?;
    for bucket in &histogram.buckets {
        let mut cells = vec![times::of_ns(bucket.start_ns), bucket.count.to_string()];
        cells.extend(bucket.by_verdict.iter().map(u64::to_string));
        output.line(&csv::line(&cells))?;
    }
    Ok(())
}

/// Prints values with their counts.
pub fn tell_facet(field: &str, facet: &FacetOut, output: &mut Output) -> Result<(), Failure> {
    let most = facet
        .values
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0);
    let width = grouped(most).len();
    for (value, count) in &facet.values {
        output.line(&format!("{:>width$}  {}", grouped(*count), escaped(value)))?;
    }
    let shown = facet.values.len() as u64;
    let field = escaped(field);
    output.flush()?;
    if facet.distinct == 0 {
        eprintln!("No hit has the field {field}.");
    } else if shown < facet.distinct {
        let values = counted(facet.distinct, "value", "values");
        eprintln!("{field} has {values}; the {shown} most frequent are shown.");
    }
    Ok(())
}

/// One JSON object a value.
pub fn facet_lines(facet: &FacetOut, output: &mut Output) -> Result<(), Failure> {
    for (value, count) in &facet.values {
        output.json(&ValueObject::of(value, *count))?;
    }
    Ok(())
}

/// The values as comma-separated values.
pub fn facet_csv(field: &str, facet: &FacetOut, output: &mut Output) -> Result<(), Failure> {
    output.line(&csv::line(&[field.to_owned(), "count".to_owned()]))?;
    for (value, count) in &facet.values {
        output.line(&csv::line(&[value.clone(), count.to_string()]))?;
    }
    Ok(())
}
