//! The attacks of the sealog design, on every index of a small archive. The archive has three
//! segments of eight entries, four lines to a frame; with header, two `segment` lines and `close`
//! that makes 28 leaves.

mod checkpoints;
mod control_lines;
mod entries;
mod flips_and_cuts;
mod frames;
mod limits;
mod outside;
mod stamps;
mod support;
