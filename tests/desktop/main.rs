//! The real window, driven through WebDriver on a screen of its own.
//!
//! Each test starts the program that people start. What a test needs stands in `harness`; the
//! names by which it finds things on the page (`data-testid`) are listed in `ui/README.md`.
#![cfg(target_os = "linux")]

mod closed;
mod harness;
