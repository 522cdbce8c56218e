//! A bundle in JSON-LD after CASE 1.4 and UCO 1.4: the investigation, the search as an action by a tool,
//! the archives as files with their hashes, and each row as an event record inside its archive.
//!
//! Everything stands in one `uco-core:Bundle`, written object by object. The context is inline: nothing is
//! fetched. Identifiers are UUIDs of version 5 (RFC 9562, section 5.5) of what they name. The seal, for which
//! UCO has no words, is a facet of our own. Names of fields come from the log and never become terms: the
//! fields stand as JSON in one text.

use std::io::{self, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;
use sha1::{Digest as _, Sha1};

use super::row::{ExportArchive, ExportHead, ExportRow};
use super::safe_json::{Fields, write_json};
use super::vocabulary::{message, sha256_hex};
use super::{KEPT_BYTES_MAX, RowSink, Taken, times};

/// Namespace of all identifiers: UUID of version 5 of `urn:sealscope:ns` among URLs (RFC 9562, 6.6).
const NAMESPACE: [u8; 16] = [
    0x5a, 0x1c, 0x0b, 0x6e, 0x2f, 0x87, 0x5d, 0x43, 0x9b, 0x52, 0x71, 0xe4, 0x0d, 0xa6, 0x3c, 0x18,
];

const CONTEXT: &str = concat!(
    r#""@context":{"kb":"urn:sealscope:kb:","sealscope":"urn:sealscope:ns:","#,
    r#""case-investigation":"https://ontology.caseontology.org/case/investigation/","#,
    r#""uco-action":"https://ontology.unifiedcyberontology.org/uco/action/","#,
    r#""uco-core":"https://ontology.unifiedcyberontology.org/uco/core/","#,
    r#""uco-observable":"https://ontology.unifiedcyberontology.org/uco/observable/","#,
    r#""uco-tool":"https://ontology.unifiedcyberontology.org/uco/tool/","#,
    r#""uco-types":"https://ontology.unifiedcyberontology.org/uco/types/","#,
    r#""xsd":"http://www.w3.org/2001/XMLSchema#"}"#,
);

/// The bundle while it is written.
pub(super) struct Bundle<'w> {
    out: Box<dyn Write + Send + 'w>,
    object: Vec<u8>,
    /// Identifiers of the archives, in the order of the head.
    archives: Vec<(&'w ExportArchive, String)>,
}

impl<'w> Bundle<'w> {
    pub(super) fn new(
        head: &'w ExportHead,
        mut out: Box<dyn Write + Send + 'w>,
    ) -> io::Result<Self> {
        let archives: Vec<_> = head
            .archives
            .iter()
            .map(|archive| (archive, id("archive", &archive_key(archive))))
            .collect();
        let of_export = export_key(head);
        let bundle = id("bundle", &of_export);
        writeln!(
            out,
            "{{{CONTEXT},\n\"@id\":\"{bundle}\",\"@type\":\"uco-core:Bundle\",\"uco-core:object\":["
        )?;
        let mut bundle = Self {
            out,
            object: Vec::new(),
            archives,
        };
        bundle.preamble(head, &of_export)?;
        Ok(bundle)
    }

    fn preamble(&mut self, head: &ExportHead, of_export: &str) -> io::Result<()> {
        let tool = id("tool", &head.tool_version);
        self.first_object(&Tool {
            id: &tool,
            r#type: "uco-tool:AnalyticTool",
            name: "Sealscope",
            version: &head.tool_version,
        })?;
        let action = id("action", of_export);
        let archives = self.archives.clone();
        self.object(&Action {
            id: &action,
            r#type: "case-investigation:InvestigativeAction",
            name: "Search of sealed logs, exported",
            description: format!(
                "Query: {}. Run as: {}. Hits: {} of {} rows{}.",
                head.query,
                head.canonical,
                head.count,
                head.searched,
                if head.is_exact {
                    ""
                } else {
                    "; not all rows could be searched"
                }
            ),
            end_time: Typed::time(head.made_at.clone()),
            instrument: Reference { id: &tool },
            object: archives.iter().map(|(_, id)| Reference { id }).collect(),
        })?;
        self.object(&Investigation {
            id: &id("investigation", of_export),
            r#type: "case-investigation:Investigation",
            name: "Sealed logs",
            object: [Reference { id: &action }],
        })?;
        for (archive, id) in &archives {
            self.object(&archive_object(archive, id))?;
        }
        Ok(())
    }

    fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        self.out.write_all(b",\n")?;
        self.first_object(object)
    }

    fn first_object(&mut self, object: &impl Serialize) -> io::Result<()> {
        self.object.clear();
        self.object.shrink_to(KEPT_BYTES_MAX);
        write_json(object, &mut self.object)?;
        self.out.write_all(&self.object)
    }
}

impl RowSink for Bundle<'_> {
    fn row(&mut self, row: &ExportRow<'_>) -> io::Result<Taken> {
        let of_archive = self
            .archives
            .iter()
            .find(|(archive, _)| *archive == row.archive);
        let archive = match of_archive {
            Some((_, id)) => id.clone(),
            None => id("archive", &archive_key(row.archive)),
        };
        let key = format!(
            "{}\n{}\n{}",
            archive_key(row.archive),
            row.position,
            row.record
        );
        let record = id("event-record", &key);
        let fields = fields_text(row)?;
        self.object(&record_object(row, &record, &key, &fields))?;
        self.object(&Relationship {
            id: &id("relationship", &key),
            r#type: "uco-observable:ObservableRelationship",
            source: Reference { id: &record },
            target: Reference { id: &archive },
            kind: "Contained_Within",
            is_directional: true,
        })?;
        Ok(Taken::Written)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

/// What makes an archive itself.
fn archive_key(archive: &ExportArchive) -> String {
    format!(
        "{}\n{}",
        archive.name,
        archive.sha256.as_deref().unwrap_or("")
    )
}

/// What makes an export itself.
fn export_key(head: &ExportHead) -> String {
    let mut key = format!(
        "{}\n{}\n{:?}{:?}",
        head.made_at, head.canonical, head.from, head.to
    );
    for archive in &head.archives {
        key.push('\n');
        key.push_str(&archive_key(archive));
    }
    key
}

/// `kb:KIND-UUID`.
fn id(kind: &str, key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(NAMESPACE);
    hash.update(kind.as_bytes());
    hash.update(b"\n");
    hash.update(key.as_bytes());
    let digest: [u8; 20] = hash.finalize().into();
    let mut hex = String::with_capacity(36);
    for (place, byte) in digest.into_iter().take(16).enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            hex.push('-');
        }
        let byte = match place {
            6 => byte & 0x0F | 0x50,
            8 => byte & 0x3F | 0x80,
            _ => byte,
        };
        hex.push_str(&format!("{byte:02x}"));
    }
    format!("kb:{kind}-{hex}")
}

fn fields_text(row: &ExportRow<'_>) -> io::Result<String> {
    let mut json = Vec::new();
    write_json(&Fields(&row.fields), &mut json)?;
    String::from_utf8(json).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn archive_object<'a>(archive: &'a ExportArchive, id_of: &'a str) -> FileObject<'a> {
    let key = archive_key(archive);
    let content = archive
        .sha256
        .as_deref()
        .map(|sha256| Facet::Content(Content::of(&key, archive.bytes, sha256.to_owned())));
    let mut facets = vec![Facet::File(FileFacet {
        id: id("file-facet", &key),
        r#type: "uco-observable:FileFacet",
        name: &archive.name,
        bytes: Typed::integer(archive.bytes),
        is_directory: archive.sha256.is_none(),
    })];
    facets.extend(content);
    facets.push(Facet::ArchiveSeal(ArchiveSeal {
        id: id("seal-facet", &key),
        r#type: ["uco-core:Facet", "sealscope:ArchiveSealFacet"],
        format: &archive.format,
        schema: &archive.schema,
        verdict: &archive.verdict,
        strength: &archive.strength,
        says: &archive.says,
        entries: Typed::integer(archive.entries),
    }));
    FileObject {
        id: id_of,
        r#type: "uco-observable:File",
        facets,
    }
}

fn record_object<'a>(
    row: &'a ExportRow<'a>,
    id_of: &'a str,
    key: &str,
    fields: &'a str,
) -> FileObject<'a> {
    let text = std::str::from_utf8(row.raw).ok();
    let spine = &row.spine;
    FileObject {
        id: id_of,
        r#type: "uco-observable:EventRecord",
        facets: vec![
            Facet::Record(RecordFacet {
                id: id("event-record-facet", key),
                r#type: "uco-observable:EventRecordFacet",
                record_id: format!("{}.{}", row.position, row.record),
                event_type: spine.did,
                text: message(row),
                raw: text,
                time: row
                    .time
                    .as_ref()
                    .map(|time| Typed::time(times::rfc3339(time))),
            }),
            Facet::Content(Content::of(key, row.raw.len() as u64, sha256_hex(row.raw))),
            Facet::Seal(SealFacet {
                id: id("seal-facet", key),
                r#type: ["uco-core:Facet", "sealscope:SealFacet"],
                verdict: row.verdict,
                strength: row.strength,
                archive_sha256: row.archive.sha256.as_deref(),
                position: Typed::integer(row.position),
                record: Typed::integer(u64::from(row.record)),
                leaf: row.leaf,
                missing_before: Typed::integer(row.missing_before),
                notes: row.notes,
                time_original: spine.time_text,
                time_inferred: times::inferred(row.time.as_ref()),
                who: spine.who,
                to_what: spine.to_what,
                from_where: spine.from_where,
                outcome: spine.outcome,
                decision: spine.decision,
                severity: spine.severity,
                class: spine.class,
                fields,
                raw_base64: text.is_none().then(|| BASE64.encode(row.raw)),
            }),
        ],
    }
}

#[derive(Serialize)]
struct Reference<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
}

/// A literal with a type.
#[derive(Serialize)]
struct Typed {
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "@value")]
    value: String,
}

impl Typed {
    fn integer(value: u64) -> Self {
        Self {
            r#type: "xsd:integer",
            value: value.to_string(),
        }
    }

    fn time(value: String) -> Self {
        Self {
            r#type: "xsd:dateTime",
            value,
        }
    }
}

#[derive(Serialize)]
struct Tool<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-core:name")]
    name: &'static str,
    #[serde(rename = "uco-tool:version")]
    version: &'a str,
}

#[derive(Serialize)]
struct Action<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-core:name")]
    name: &'static str,
    #[serde(rename = "uco-core:description")]
    description: String,
    #[serde(rename = "uco-action:endTime")]
    end_time: Typed,
    #[serde(rename = "uco-action:instrument")]
    instrument: Reference<'a>,
    #[serde(rename = "uco-action:object")]
    object: Vec<Reference<'a>>,
}

#[derive(Serialize)]
struct Investigation<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-core:name")]
    name: &'static str,
    #[serde(rename = "uco-core:object")]
    object: [Reference<'a>; 1],
}

#[derive(Serialize)]
struct Relationship<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-core:source")]
    source: Reference<'a>,
    #[serde(rename = "uco-core:target")]
    target: Reference<'a>,
    #[serde(rename = "uco-core:kindOfRelationship")]
    kind: &'static str,
    #[serde(rename = "uco-core:isDirectional")]
    is_directional: bool,
}

/// Anything that facets describe.
#[derive(Serialize)]
struct FileObject<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-core:hasFacet")]
    facets: Vec<Facet<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Facet<'a> {
    File(FileFacet<'a>),
    Content(Content),
    ArchiveSeal(ArchiveSeal<'a>),
    Record(RecordFacet<'a>),
    Seal(SealFacet<'a>),
}

#[derive(Serialize)]
struct FileFacet<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-observable:fileName")]
    name: &'a str,
    #[serde(rename = "uco-observable:sizeInBytes")]
    bytes: Typed,
    #[serde(rename = "uco-observable:isDirectory")]
    is_directory: bool,
}

#[derive(Serialize)]
struct Content {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-observable:sizeInBytes")]
    bytes: Typed,
    #[serde(rename = "uco-observable:hash")]
    hash: Hash,
}

#[derive(Serialize)]
struct Hash {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-types:hashMethod")]
    method: &'static str,
    #[serde(rename = "uco-types:hashValue")]
    value: Typed,
}

impl Content {
    fn of(key: &str, bytes: u64, sha256: String) -> Self {
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
struct ArchiveSeal<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    r#type: [&'static str; 2],
    #[serde(rename = "sealscope:format")]
    format: &'a str,
    #[serde(rename = "sealscope:schema")]
    schema: &'a str,
    #[serde(rename = "sealscope:verdict")]
    verdict: &'a str,
    #[serde(rename = "sealscope:strength")]
    strength: &'a str,
    #[serde(rename = "sealscope:says")]
    says: &'a str,
    #[serde(rename = "sealscope:entries")]
    entries: Typed,
}

#[derive(Serialize)]
struct RecordFacet<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    r#type: &'static str,
    #[serde(rename = "uco-observable:eventRecordID")]
    record_id: String,
    #[serde(
        rename = "uco-observable:eventType",
        skip_serializing_if = "Option::is_none"
    )]
    event_type: Option<&'a str>,
    #[serde(rename = "uco-observable:eventRecordText")]
    text: &'a str,
    #[serde(
        rename = "uco-observable:eventRecordRaw",
        skip_serializing_if = "Option::is_none"
    )]
    raw: Option<&'a str>,
    #[serde(
        rename = "uco-observable:observableCreatedTime",
        skip_serializing_if = "Option::is_none"
    )]
    time: Option<Typed>,
}

#[derive(Serialize)]
struct SealFacet<'a> {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    r#type: [&'static str; 2],
    #[serde(rename = "sealscope:verdict")]
    verdict: &'a str,
    #[serde(rename = "sealscope:strength")]
    strength: &'a str,
    #[serde(
        rename = "sealscope:archiveSha256",
        skip_serializing_if = "Option::is_none"
    )]
    archive_sha256: Option<&'a str>,
    #[serde(rename = "sealscope:position")]
    position: Typed,
    #[serde(rename = "sealscope:record")]
    record: Typed,
    #[serde(rename = "sealscope:leaf", skip_serializing_if = "Option::is_none")]
    leaf: Option<&'a str>,
    #[serde(rename = "sealscope:missingBefore")]
    missing_before: Typed,
    #[serde(
        rename = "sealscope:note",
        skip_serializing_if = "<[String]>::is_empty"
    )]
    notes: &'a [String],
    #[serde(
        rename = "sealscope:timeOriginal",
        skip_serializing_if = "Option::is_none"
    )]
    time_original: Option<&'a str>,
    #[serde(
        rename = "sealscope:timeInferred",
        skip_serializing_if = "Vec::is_empty"
    )]
    time_inferred: Vec<&'static str>,
    #[serde(rename = "sealscope:who", skip_serializing_if = "Option::is_none")]
    who: Option<&'a str>,
    #[serde(rename = "sealscope:toWhat", skip_serializing_if = "Option::is_none")]
    to_what: Option<&'a str>,
    #[serde(
        rename = "sealscope:fromWhere",
        skip_serializing_if = "Option::is_none"
    )]
    from_where: Option<&'a str>,
    #[serde(rename = "sealscope:outcome", skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(rename = "sealscope:decision", skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    #[serde(rename = "sealscope:severity", skip_serializing_if = "Option::is_none")]
    severity: Option<&'a str>,
    #[serde(rename = "sealscope:class")]
    class: &'a str,
    #[serde(rename = "sealscope:fieldsJson")]
    fields: &'a str,
    #[serde(
        rename = "sealscope:rawBase64",
        skip_serializing_if = "Option::is_none"
    )]
    raw_base64: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::export::ExportFormat;
    use crate::export::testing::{BIG, BINARY, HOSTILE, exported};

    fn bundle() -> Vec<Value> {
        let (bytes, _) = exported(ExportFormat::Case);
        let read: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(read["@type"], "uco-core:Bundle");
        let objects = read["uco-core:object"].as_array().expect("objects");
        objects.clone()
    }

    fn of_type<'a>(objects: &'a [Value], name: &str) -> Vec<&'a Value> {
        objects
            .iter()
            .filter(|object| object["@type"] == name)
            .collect()
    }

    #[test]
    fn every_row_is_a_record_inside_its_archive() {
        let objects = bundle();
        let records = of_type(&objects, "uco-observable:EventRecord");
        assert_eq!(records.len(), 4);
        let archive = &of_type(&objects, "uco-observable:File")[0]["@id"];
        let relations = of_type(&objects, "uco-observable:ObservableRelationship");
        for (record, relation) in records.iter().zip(&relations) {
            assert_eq!(relation["uco-core:source"]["@id"], record["@id"]);
            assert_eq!(&relation["uco-core:target"]["@id"], archive);
        }
        let mut ids: Vec<&str> = objects.iter().filter_map(|o| o["@id"].as_str()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "identifiers are unique");
        assert!(ids.iter().all(|id| id.as_bytes()[id.len() - 22] == b'5'));
    }

    #[test]
    fn text_of_a_log_is_a_value_and_never_a_term() {
        let objects = bundle();
        let records = of_type(&objects, "uco-observable:EventRecord");
        let facets = &records[1]["uco-core:hasFacet"];
        assert_eq!(facets[0]["uco-observable:eventRecordRaw"], HOSTILE);
        assert_eq!(facets[2]["sealscope:verdict"], "broken");
        let fields = facets[2]["sealscope:fieldsJson"].as_str().expect("text");
        assert!(fields.contains(BIG), "{fields}");
        let fields: Value = serde_json::from_str(fields).expect("JSON");
        assert_eq!(fields[HOSTILE], HOSTILE);
        let facets = &records[2]["uco-core:hasFacet"];
        assert!(facets[0].get("uco-observable:eventRecordRaw").is_none());
        let raw = facets[2]["sealscope:rawBase64"].as_str().expect("base64");
        assert_eq!(BASE64.decode(raw).expect("base64"), BINARY);
        assert_eq!(
            facets[1]["uco-observable:hash"]["uco-types:hashValue"]["@value"],
            sha256_hex(BINARY)
        );
    }

    #[test]
    fn a_row_without_a_time_has_none() {
        let objects = bundle();
        let undated = of_type(&objects, "uco-observable:EventRecord")[3];
        let facet = &undated["uco-core:hasFacet"][0];
        assert!(facet.get("uco-observable:observableCreatedTime").is_none());
    }
}
