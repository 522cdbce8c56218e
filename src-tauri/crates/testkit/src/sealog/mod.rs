//! Small sealog archives with every detail under control, and what an attacker can do to them.
//!
//! This is a second encoder, written from `docs/sealog.md` and apart from the writer of the archive
//! crate; a test holds the two against each other byte for byte. A [`Plan`] is built into a
//! [`Made`] archive, whose frames are values ([`Part`]) that can be changed, left out, repeated and
//! encoded again.

mod build;
mod judge;
mod keys;
mod parts;
mod samples;
mod tamper;

pub use build::{Made, Plan, Seal, control_line};
pub use judge::{findings_of, judge, judge_archive, open, open_at, trust_in, trusting};
pub use keys::{other_signer, our_signer, stranger};
pub use parts::{Id, List, Part, Row, data_frame, frame_of, made_of_raw, to_bytes};
pub use samples::{Fixture, fixture_archives};
pub use tamper::{Cover, Owned};
