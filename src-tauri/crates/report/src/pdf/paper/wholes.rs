//! The parts that stand once.

use sealscope_case::Person;

use super::super::blocks::{
    Block, Rows, count, digest, heading, list, minor, remark, short, stated, text, yes,
};
use super::super::text::{Runs, line, lines, mono, mono_lines};
use super::{exhibit_names, item_name};
use crate::content::Content;

pub(super) fn identity(content: &Content, hash: &str) -> Vec<Block> {
    let identity = &content.identity;
    let mut rows = Rows::default();
    rows.stated("Title", &identity.title)
        .put("Kind", Runs::own(content.template.title()))
        .put("Report id", mono(&content.report_id))
        .stated("Case number", &identity.case_number)
        .put("Version", Runs::own(identity.version.to_string()))
        .put(
            "Replaces report",
            match identity.supersedes.trim() {
                "" => Runs::own("none"),
                id => mono(id),
            },
        )
        .stated("Issued by", &identity.organisation)
        .stated("Address", &identity.address)
        .stated("Made for", &identity.customer)
        .stated("Classification", &identity.classification)
        .put("Made at", line(&content.made_at))
        .digest("Content hash", hash);
    let banner = content.banner.as_deref().map(text);
    let mut blocks: Vec<Block> = banner.into_iter().collect();
    blocks.push(rows.block());
    blocks.push(remark(
        "The content hash is the SHA-256 of the machine-readable report (report.json), which is \
         attached to this document. Its first 16 digits stand on every page. The results relate \
         only to the items that were examined.",
    ));
    blocks
}

pub(super) fn name_and_title(person: &Person) -> Runs {
    let name = stated(&person.name);
    match person.title.trim() {
        "" => name,
        title => name.then(Runs::own(", ")).then(line(title)),
    }
}

pub(super) fn people(content: &Content) -> Vec<Block> {
    if content.people.is_empty() {
        return vec![Block::Text {
            t: Runs::not_stated(),
        }];
    }
    let person = |person: &Person| {
        let mut rows = Rows::default();
        rows.put("Role", Runs::own(person.role.title()))
            .stated("Name", &person.name)
            .stated("Position", &person.title)
            .stated("Contact", &person.contact)
            .stated("Qualifications", &person.qualifications);
        rows.block()
    };
    content.people.iter().map(person).collect()
}

pub(super) fn scope(content: &Content) -> Vec<Block> {
    let scope = &content.scope;
    let mut rows = Rows::default();
    rows.stated("Question", &scope.question)
        .stated("Authority", &scope.authority)
        .stated("Period from", &scope.period_from)
        .stated("Period to", &scope.period_to)
        .stated("In scope", &scope.in_scope)
        .stated("Out of scope", &scope.out_of_scope);
    vec![rows.block()]
}

pub(super) fn custody(content: &Content) -> Vec<Block> {
    if content.custody.is_empty() {
        return vec![Block::Text {
            t: Runs::not_stated(),
        }];
    }
    let mut blocks = Vec::new();
    let rows = content.custody.iter().map(|row| {
        vec![
            stated(&row.item),
            stated(&row.time),
            stated(&row.action),
            stated(&row.who),
            stated(&row.why),
            stated(&row.place),
        ]
    });
    blocks.push(Block::Table {
        widths: vec![0, 3, 2, 3, 3, 3],
        right: vec![false; 6],
        head: vec!["Item", "When", "What", "Who", "Why", "Place"],
        rows: rows.collect(),
    });
    let noted = content.custody.iter().filter(|row| !row.hash.is_empty());
    let mut hashes = Rows::default();
    for row in noted {
        let label = lines(&row.item)
            .then(Runs::own(", "))
            .then(line(&row.action));
        hashes.0.push((label, digest(&row.hash)));
    }
    if !hashes.0.is_empty() {
        blocks.push(minor("Hashes noted then"));
        blocks.push(hashes.block());
    }
    blocks
}

pub(super) fn method(content: &Content) -> Vec<Block> {
    let method = &content.method;
    let mut rows = Rows::default();
    rows.put(
        "Tool",
        line(&method.tool)
            .then(Runs::own(" "))
            .then(line(&method.version)),
    )
    .put("Commit", mono(&method.commit))
    .digest("SHA-256 of the program", &method.binary_sha256)
    .stated("Platform", &method.platform)
    .stated("Time zone data", &method.tz_data);
    for setting in &method.settings {
        let label = Runs::own("Setting ").then(line(&setting.name));
        rows.0.push((label, mono(&setting.value)));
    }
    rows.put("Rule packs", joined(&method.rule_packs))
        .put("Keys and anchors given", joined(&method.trust))
        .put("Remembered checkpoints", joined(&method.remembered))
        .stated("Validation", &method.validation)
        .stated("Departures", &method.deviations);
    let mut blocks = vec![rows.block()];
    if !method.steps.is_empty() {
        blocks.push(minor("What was done"));
        blocks.push(list(&method.steps));
    }
    blocks
}

fn joined(texts: &[String]) -> Runs {
    match texts.is_empty() {
        true => Runs::own("none"),
        false => lines(&texts.join("\n")),
    }
}

pub(super) fn time(content: &Content) -> Vec<Block> {
    let time = &content.time;
    let mut rows = Rows::default();
    rows.put("Shown in", stated(&time.zone))
        .put("Corrections", stated(&time.corrections));
    let mut blocks = vec![rows.block()];
    if !time.sources.is_empty() {
        let source = |source: &crate::content::TimeSource| {
            let or_none = |time: &Option<String>| time.as_deref().map_or(Runs::own("none"), line);
            vec![
                item_name(content, source.item),
                or_none(&source.earliest),
                or_none(&source.latest),
                stated(&source.precision),
                stated(&source.zone),
            ]
        };
        blocks.push(Block::Table {
            widths: vec![2, 4, 4, 2, 3],
            right: vec![false; 5],
            head: vec![
                "Item",
                "Earliest (UTC)",
                "Latest (UTC)",
                "Precision",
                "Zone",
            ],
            rows: time.sources.iter().map(source).collect(),
        });
    }
    if !time.says.is_empty() {
        blocks.push(list(&time.says));
    }
    blocks
}

pub(super) fn limits(content: &Content) -> Vec<Block> {
    match content.limits.is_empty() {
        true => vec![Block::Text {
            t: Runs::not_stated(),
        }],
        false => vec![list(&content.limits)],
    }
}

pub(super) fn redactions(content: &Content) -> Vec<Block> {
    if content.redactions.is_empty() {
        return vec![text("Nothing was withheld.")];
    }
    let rows = content.redactions.iter().map(|redaction| {
        vec![
            mono(&redaction.field),
            stated(&redaction.reason),
            exhibit_names(&redaction.exhibits),
            yes(redaction.withholds_proof),
        ]
    });
    vec![Block::Table {
        widths: vec![3, 4, 3, 2],
        right: vec![false; 4],
        head: vec!["Field", "Why", "Exhibits", "Proofs withheld"],
        rows: rows.collect(),
    }]
}

pub(super) fn reproduction(content: &Content, hash: &str) -> Vec<Block> {
    let mut rows = Rows::default();
    rows.put("Command", mono(&content.reproduction.command))
        .put("Needs", joined(&content.reproduction.needs))
        .digest("Expected content hash", hash);
    vec![
        rows.block(),
        Block::Text {
            t: Runs::own("To check this document without the archives: ")
                .then(mono("sealscope check REPORT.pdf"))
                .then(Runs::own(
                    ". It reads the machine-readable report out of the document, checks each \
                     proof in it and, where it has the version named above, makes the document \
                     again to compare it byte for byte.",
                )),
        },
    ]
}

pub(super) fn declarations(content: &Content) -> Vec<Block> {
    if content.declarations.is_empty() {
        return vec![text("No declaration is made.")];
    }
    let declaration = |made: &crate::content::Declaration| {
        let mut rows = Rows::default();
        rows.stated("Name", &made.name)
            .stated("Position", &made.position)
            .stated("Place", &made.place);
        Block::Declaration {
            title: lines(&made.title),
            basis: lines(&made.basis),
            t: lines(&made.text),
            rows: rows.0,
        }
    };
    content.declarations.iter().map(declaration).collect()
}

pub(super) fn attachments(content: &Content) -> Vec<Block> {
    let proofs = content
        .exhibits
        .iter()
        .filter(|exhibit| matches!(exhibit.proof, crate::content::Proof::Merkle { .. }))
        .count();
    let mut blocks = vec![Block::List {
        items: vec![
            mono("report.json").then(Runs::own(
                ": the machine-readable report; everything that this document says, and more",
            )),
            mono("proofs/E*.tlog-proof").then(Runs::own(format!(
                ": proofs of exhibits as C2SP tlog-proofs; {}",
                count(proofs as u64)
            ))),
            mono("checkpoints/*.note").then(Runs::own(format!(
                ": checkpoints that the proofs lead to, as signed (C2SP signed-note); {}",
                count(content.checkpoints.len() as u64)
            ))),
        ],
    }];
    if !content.attachments.is_empty() {
        let rows = content.attachments.iter().map(|file| {
            vec![
                mono(&file.name),
                stated(&file.says),
                Runs::own(count(file.bytes)),
                short(&file.sha256),
            ]
        });
        blocks.push(Block::Table {
            widths: vec![4, 4, 0, 0],
            right: vec![false, false, true, false],
            head: vec!["File", "What it is", "Bytes", "SHA-256 begins"],
            rows: rows.collect(),
        });
    }
    if !content.checkpoints.is_empty() {
        blocks.push(heading("Checkpoints"));
        for (place, note) in content.checkpoints.iter().enumerate().take(100) {
            blocks.push(minor(&format!("Checkpoint {}", place + 1)));
            blocks.push(Block::Text {
                t: mono_lines(note.trim_end()),
            });
        }
        if content.checkpoints.len() > 100 {
            blocks.push(remark("More checkpoints are attached and not printed."));
        }
    }
    blocks
}
