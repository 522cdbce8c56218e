//! What the page can call: one file per feature. A command decodes, calls the engine, encodes.

pub mod archives;
mod checks;
pub mod entries;
pub mod facets;
pub mod given;
mod names;
pub mod queries;
pub mod report;
pub mod rows;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod verification;

pub use names::COMMANDS;
