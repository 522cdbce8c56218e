use super::{Shown, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A field that can be broken down.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FacetField {
    /// The field's name in queries.
    pub field: String,
    /// Heading, escaped.
    pub title: String,
    /// Open from the start.
    pub open: bool,
}

/// Which facets are wanted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FacetRequest {
    /// The search.
    pub search_id: Whole,
    /// The fields.
    pub fields: Vec<String>,
    /// How many values of each, at most 200.
    pub top: u32,
    /// Only values that contain this, whatever the case.
    #[ts(optional)]
    pub filter: Option<String>,
}

/// The most frequent values of one field, counted under the query.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    /// The field's name in queries.
    pub field: String,
    /// Heading, escaped.
    pub title: String,
    /// How far the counts can be relied on.
    pub state: FacetState,
    /// How many different values there are; `None` while not known.
    pub distinct: Option<Whole>,
    /// Most frequent first; `seal` stands in the order of verdicts.
    pub values: Vec<FacetValue>,
    /// Why this facet could not be counted.
    pub error: Option<String>,
}

/// How far counts can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FacetState {
    /// All counted.
    Exact,
    /// More may come while indexing.
    Partial,
    /// Estimated.
    Sampled,
}

/// One value with its count.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FacetValue {
    /// The value.
    pub value: Shown,
    /// The condition that stands for it, quoted where needed: `who:"system:admin"`.
    pub condition: String,
    /// Rows.
    pub count: Whole,
    /// The query asks for it already.
    pub included: bool,
    /// The query excludes it already.
    pub excluded: bool,
}
