//! Makes checked entries searchable; the only crate that knows tantivy.
