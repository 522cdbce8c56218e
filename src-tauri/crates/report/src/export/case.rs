//! A bundle in JSON-LD after CASE 1.4 and UCO 1.4: the investigation, the search as an action by
//! a tool, the archives as files with their hashes, and each row as an event record inside its
//! archive.
//!
//! Everything stands in one `uco-core:Bundle`, written object by object. The context is inline:
//! nothing is fetched. Identifiers are UUIDs of version 5 (RFC 9562, section 5.5) of what they
//! name. The seal, for which UCO has no words, is a facet of our own. Names of fields come from
//! the log and never become terms: the fields stand as JSON in one text.

use std::io::{self, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;
use sha1::{Digest as _, Sha1};

use super::row::{ExportArchive, ExportHead, ExportRow};
use super::safe_json::{Fields, write_json};
use super::vocabulary::{message, sha256_hex};
use super::{KEPT_BYTES_MAX, RowSink, Taken, times};

mod nodes;

use nodes::{
    Action, ArchiveSeal, Content, Facet, FileFacet, FileObject, Investigation, RecordFacet,
    Reference, Relationship, SealFacet, Tool, Typed,
};

/// Namespace of all identifiers: UUID of version 5 of `urn:sealscope:ns` among URLs (RFC 9562,
/// 6.6).
const NAMESPACE: [u8; 16] = [
    0x3b, 0x67, 0x64, 0x8c, 0xf6, 0xc1, 0x56, 0x69, 0xbf, 0x5a, 0x19, 0x7a, 0x8f, 0x9e, 0x5b, 0x36,
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
            Facet::Seal(Box::new(SealFacet {
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
            })),
        ],
    }
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
