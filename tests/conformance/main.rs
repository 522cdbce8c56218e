//! Rules that every reader of a format keeps, and what a second verifier makes of the same
//! archives.

mod fixtures;
mod independent;
mod random;
mod verdicts;
