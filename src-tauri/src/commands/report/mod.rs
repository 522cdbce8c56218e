//! The report builder: what the examiner writes, what is cited, and the work on a report.
//!
//! `forms` is the one file that knows how each form is written, drawn and checked.

pub mod case;
pub mod cited;
mod desk;
mod forms;
pub mod key;
#[cfg(test)]
mod tests;
pub mod work;

pub use desk::Desk;
