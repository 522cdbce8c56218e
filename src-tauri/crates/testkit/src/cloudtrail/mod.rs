//! Small CloudTrail folders with digests signed by keys of our own, and what can happen to them.
//!
//! Written from the public description of the digest format and apart from the readers. A [`Trail`]
//! is built into a [`Made`] folder, whose files are bytes that can be changed, renamed, left out.

mod cases;
mod judge;
mod keys;
mod trail;

pub use cases::{Case, cases};
pub use judge::{judge_folder, judge_folder_on};
pub use keys::RegionKey;
pub use trail::{Hour, Made, Naming, Trail, gzip, lake_result};
