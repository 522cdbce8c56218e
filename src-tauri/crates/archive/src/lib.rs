//! Turns bytes into segments of entries with their seals and damage.

mod segment;

pub use segment::{Segment, SegmentSeal};
