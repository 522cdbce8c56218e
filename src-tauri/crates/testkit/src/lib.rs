//! Builders, tamperers and fixture paths; for tests only.
//!
//! [`shared_data`] finds the sample data that stands beside the repository. It is real log material
//! that is not ours to publish, so a checkout may lack it: such a test says so and ends early. In
//! continuous integration it has to be there.

pub mod chains;
pub mod cloudtrail;
pub mod journal;
pub mod sample;
pub mod sealog;
mod shared;
pub mod timestamp;

pub use shared::{fixtures, repository, shared_data};
