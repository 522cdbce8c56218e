//! What the page can call: one file per feature. A command decodes, calls the engine, encodes.

pub mod about;
mod names;

pub use names::COMMANDS;
