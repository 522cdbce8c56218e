//! The HTML report in real browsers, opened from its file: it checks itself, and finds what was
//! changed.
#![cfg(target_os = "linux")]

mod browser;
mod changes;
mod html;
