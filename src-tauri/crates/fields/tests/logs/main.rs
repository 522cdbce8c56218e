//! Whole logs, read under the schemas that are found for them.

mod common;
mod hostile;
mod samples;
