//! Journals of systemd: our answers beside the truth and beside journalctl's.

mod fixtures;
mod hostile;
mod journalctl;
mod made;
mod samples;
mod support;
