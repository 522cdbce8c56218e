//! The real window, driven through WebDriver on a screen of its own.
//!
//! Each test starts the program that people start. What a test needs stands in `harness`, what an
//! examiner does in `page`; the names by which things are found on the page (`data-testid`) are
//! listed in `ui/README.md`.
#![cfg(target_os = "linux")]

mod accessibility;
mod closed;
mod explaining;
mod figures;
mod giving;
mod harness;
mod hostile_text;
mod investigating;
mod others;
mod page;
mod reporting;
mod sample;
mod starting;
mod trusting;
