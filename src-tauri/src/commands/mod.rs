//! What the page can call: one file per feature. A command decodes, calls the engine, encodes.

pub mod about;
mod names;
#[cfg(test)]
mod tests;

pub use names::COMMANDS;
