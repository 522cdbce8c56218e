//! The sample case: three days of a made-up cluster's audit log, with a burglary in it, and edits
//! made to the sealed archive afterwards.
//!
//! The log is the same for the same settings, byte for byte. People, hosts and addresses are made
//! up; addresses come from the ranges kept for documentation (RFC 5737) and private use.

mod breaks;
mod case;
mod cluster;
mod event;
mod log;
pub(crate) mod random;
mod story;

pub use breaks::{Edit, edit_lines};
pub use case::{Case, make_case};
pub use log::{LogSettings, write_log};
pub use story::{Planted, Story};
