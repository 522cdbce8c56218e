//! Makes checked entries searchable; the only crate that knows tantivy.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable
    )
)]

pub mod query;

#[cfg(test)]
mod testing;
