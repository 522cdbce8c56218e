//! The objects of a bundle, as JSON-LD has them.

use serde::Serialize;

use super::id;

#[derive(Serialize)]
pub(super) struct Reference<'a> {
    #[serde(rename = "@id")]
    pub(super) id: &'a str,
}

/// A literal with a type.
#[derive(Serialize)]
pub(super) struct Typed {
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "@value")]
    pub(super) value: String,
}

impl Typed {
    pub(super) fn integer(value: u64) -> Self {
        Self {
            r#type: "xsd:integer",
            value: value.to_string(),
        }
    }

    pub(super) fn time(value: String) -> Self {
        Self {
            r#type: "xsd:dateTime",
            value,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    #[serde(rename = "@id")]
    pub(super) id: &'a str,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-core:name")]
    pub(super) name: &'static str,
    #[serde(rename = "uco-tool:version")]
    pub(super) version: &'a str,
}

#[derive(Serialize)]
pub(super) struct Action<'a> {
    #[serde(rename = "@id")]
    pub(super) id: &'a str,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-core:name")]
    pub(super) name: &'static str,
    #[serde(rename = "uco-core:description")]
    pub(super) description: String,
    #[serde(rename = "uco-action:endTime")]
    pub(super) end_time: Typed,
    #[serde(rename = "uco-action:instrument")]
    pub(super) instrument: Reference<'a>,
    #[serde(rename = "uco-action:object")]
    pub(super) object: Vec<Reference<'a>>,
}

#[derive(Serialize)]
pub(super) struct Investigation<'a> {
    #[serde(rename = "@id")]
    pub(super) id: &'a str,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-core:name")]
    pub(super) name: &'static str,
    #[serde(rename = "uco-core:object")]
    pub(super) object: [Reference<'a>; 1],
}

#[derive(Serialize)]
pub(super) struct Relationship<'a> {
    #[serde(rename = "@id")]
    pub(super) id: &'a str,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-core:source")]
    pub(super) source: Reference<'a>,
    #[serde(rename = "uco-core:target")]
    pub(super) target: Reference<'a>,
    #[serde(rename = "uco-core:kindOfRelationship")]
    pub(super) kind: &'static str,
    #[serde(rename = "uco-core:isDirectional")]
    pub(super) is_directional: bool,
}

/// Anything that facets describe.
#[derive(Serialize)]
pub(super) struct FileObject<'a> {
    #[serde(rename = "@id")]
    pub(super) id: &'a str,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-core:hasFacet")]
    pub(super) facets: Vec<Facet<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Facet<'a> {
    File(FileFacet<'a>),
    Content(Content),
    ArchiveSeal(ArchiveSeal<'a>),
    Record(RecordFacet<'a>),
    Seal(Box<SealFacet<'a>>),
}

#[derive(Serialize)]
pub(super) struct FileFacet<'a> {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-observable:fileName")]
    pub(super) name: &'a str,
    #[serde(rename = "uco-observable:sizeInBytes")]
    pub(super) bytes: Typed,
    #[serde(rename = "uco-observable:isDirectory")]
    pub(super) is_directory: bool,
}

#[derive(Serialize)]
pub(super) struct Content {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-observable:sizeInBytes")]
    pub(super) bytes: Typed,
    #[serde(rename = "uco-observable:hash")]
    pub(super) hash: Hash,
}

#[derive(Serialize)]
pub(super) struct Hash {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-types:hashMethod")]
    pub(super) method: &'static str,
    #[serde(rename = "uco-types:hashValue")]
    pub(super) value: Typed,
}

impl Content {
    pub(super) fn of(key: &str, bytes: u64, sha256: String) -> Self {
        Self {
            id: id("content-data-facet", key),
            r#type: "uco-observable:ContentDataFacet",
            bytes: Typed::integer(bytes),
            hash: Hash {
                id: id("hash", key),
                r#type: "uco-types:Hash",
                method: "SHA256",
                value: Typed {
                    r#type: "xsd:hexBinary",
                    value: sha256,
                },
            },
        }
    }
}

#[derive(Serialize)]
pub(super) struct ArchiveSeal<'a> {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "@type")]
    pub(super) r#type: [&'static str; 2],
    #[serde(rename = "sealscope:format")]
    pub(super) format: &'a str,
    #[serde(rename = "sealscope:schema")]
    pub(super) schema: &'a str,
    #[serde(rename = "sealscope:verdict")]
    pub(super) verdict: &'a str,
    #[serde(rename = "sealscope:strength")]
    pub(super) strength: &'a str,
    #[serde(rename = "sealscope:says")]
    pub(super) says: &'a str,
    #[serde(rename = "sealscope:entries")]
    pub(super) entries: Typed,
}

#[derive(Serialize)]
pub(super) struct RecordFacet<'a> {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "@type")]
    pub(super) r#type: &'static str,
    #[serde(rename = "uco-observable:eventRecordID")]
    pub(super) record_id: String,
    #[serde(
        rename = "uco-observable:eventType",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) event_type: Option<&'a str>,
    #[serde(rename = "uco-observable:eventRecordText")]
    pub(super) text: &'a str,
    #[serde(
        rename = "uco-observable:eventRecordRaw",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) raw: Option<&'a str>,
    #[serde(
        rename = "uco-observable:observableCreatedTime",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) time: Option<Typed>,
}

#[derive(Serialize)]
pub(super) struct SealFacet<'a> {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "@type")]
    pub(super) r#type: [&'static str; 2],
    #[serde(rename = "sealscope:verdict")]
    pub(super) verdict: &'a str,
    #[serde(rename = "sealscope:strength")]
    pub(super) strength: &'a str,
    #[serde(
        rename = "sealscope:archiveSha256",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) archive_sha256: Option<&'a str>,
    #[serde(rename = "sealscope:position")]
    pub(super) position: Typed,
    #[serde(rename = "sealscope:record")]
    pub(super) record: Typed,
    #[serde(rename = "sealscope:leaf", skip_serializing_if = "Option::is_none")]
    pub(super) leaf: Option<&'a str>,
    #[serde(rename = "sealscope:missingBefore")]
    pub(super) missing_before: Typed,
    #[serde(
        rename = "sealscope:note",
        skip_serializing_if = "<[String]>::is_empty"
    )]
    pub(super) notes: &'a [String],
    #[serde(
        rename = "sealscope:timeOriginal",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) time_original: Option<&'a str>,
    #[serde(
        rename = "sealscope:timeInferred",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) time_inferred: Vec<&'static str>,
    #[serde(rename = "sealscope:who", skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<&'a str>,
    #[serde(rename = "sealscope:toWhat", skip_serializing_if = "Option::is_none")]
    pub(super) to_what: Option<&'a str>,
    #[serde(
        rename = "sealscope:fromWhere",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) from_where: Option<&'a str>,
    #[serde(rename = "sealscope:outcome", skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<&'a str>,
    #[serde(rename = "sealscope:decision", skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<&'a str>,
    #[serde(rename = "sealscope:severity", skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<&'a str>,
    #[serde(rename = "sealscope:class")]
    pub(super) class: &'a str,
    #[serde(rename = "sealscope:fieldsJson")]
    pub(super) fields: &'a str,
    #[serde(
        rename = "sealscope:rawBase64",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) raw_base64: Option<String>,
}
