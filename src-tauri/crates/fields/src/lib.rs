//! Reads what one entry says.

mod record;

pub use record::{Class, Field, SPINE_KEYWORDS, Severity, Spine, Value};
