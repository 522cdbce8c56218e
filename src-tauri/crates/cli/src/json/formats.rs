//! `sealscope.formats/1`.

use sealscope_engine::{FORMATS, SCHEMAS};
use serde::Serialize;

/// What can be read.
#[derive(Serialize)]
pub struct FormatsObject {
    schema: &'static str,
    formats: Vec<Named>,
    schemas: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    says: &'static str,
}

impl FormatsObject {
    /// The object for this version.
    pub fn new() -> Self {
        let named = |name, says| Named { name, says };
        Self {
            schema: "sealscope.formats/1",
            formats: FORMATS
                .iter()
                .map(|one| named(one.name(), one.describe()))
                .collect(),
            schemas: SCHEMAS
                .iter()
                .map(|one| named(one.name(), one.describe()))
                .collect(),
        }
    }
}
