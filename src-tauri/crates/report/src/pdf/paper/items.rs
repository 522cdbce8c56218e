//! Archives, and where every byte of them went.

use super::super::blocks::{Block, Rows, count, list, minor, remark, short, stated, text};
use super::super::text::{Runs, lines, mono};
use super::item_name;
use crate::content::{Books, Content, Item};

/// Files of a folder that are printed; the others are in the machine-readable report.
const FILES_MAX: usize = 50;

pub(super) fn items(content: &Content) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (place, item) in content.items.iter().enumerate() {
        blocks.push(Block::Heading {
            t: Runs::own("Item ").then(item_name(content, place)),
        });
        blocks.push(facts(item));
        files(item, &mut blocks);
    }
    if blocks.is_empty() {
        blocks.push(text("No item was examined."));
    }
    blocks
}

fn facts(item: &Item) -> Block {
    let mut rows = Rows::default();
    rows.put("Name", lines(&item.name))
        .count("Bytes", item.bytes)
        .put("Format", stated(&item.format))
        .stated("Written by", &item.producer)
        .stated("Origin", &item.origin);
    if let Some(sha256) = &item.sha256 {
        rows.digest("First SHA-256", sha256);
        let after = item.sha256_after.as_deref().unwrap_or_default();
        rows.digest("Last SHA-256", after);
    }
    if let Some(sha512) = &item.sha512 {
        rows.digest("SHA-512", sha512);
    }
    if let Some(all) = &item.files_sha256 {
        rows.count("Files", item.files_total)
            .digest("SHA-256 of the list", all);
    }
    let unchanged = match item.is_unchanged {
        true => "yes, the same when first hashed (see the method) and after the examination",
        false => "NO: other bytes after the examination than when first hashed, or no first hash",
    };
    rows.put("Unchanged", Runs::own(unchanged))
        .stated("Source", &item.source)
        .stated("Collected by", &item.collector)
        .stated("Received from", &item.received_from)
        .stated("Received at", &item.received_at)
        .stated("Condition", &item.condition)
        .stated("Medium", &item.medium)
        .stated("Key obtained", &item.key_obtained);
    match item.keys.is_empty() {
        true => rows.put("Keys", Runs::own("none took part")),
        false => rows.put(
            "Keys",
            super::super::text::mono_lines(&item.keys.join("\n")),
        ),
    };
    rows.block()
}

fn files(item: &Item, blocks: &mut Vec<Block>) {
    if item.files.is_empty() {
        return;
    }
    let rows = item.files.iter().take(FILES_MAX).map(|file| {
        vec![
            mono(&file.name),
            Runs::own(count(file.bytes)),
            short(&file.sha256),
        ]
    });
    blocks.push(minor("Files"));
    blocks.push(Block::Table {
        widths: vec![1, 0, 0],
        right: vec![false, true, false],
        head: vec!["File", "Bytes", "SHA-256 begins"],
        rows: rows.collect(),
    });
    let printed = item.files.len().min(FILES_MAX) as u64;
    if printed < item.files_total {
        blocks.push(remark(format!(
            "{} of {} files are printed. The attached report.json lists {}, with their whole \
             hashes.",
            count(printed),
            count(item.files_total),
            count(item.files.len() as u64)
        )));
    }
}

pub(super) fn completeness(content: &Content) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (place, books) in content.books.iter().enumerate() {
        blocks.push(Block::Heading {
            t: Runs::own("Item ").then(item_name(content, place)),
        });
        if !books.says.is_empty() {
            blocks.push(text(&books.says));
        }
        blocks.push(sums(books));
        rejected(books, &mut blocks);
        if !books.gaps.is_empty() {
            blocks.push(minor("Gaps"));
            blocks.push(list(&books.gaps));
        }
    }
    if blocks.is_empty() {
        blocks.push(text("No item was examined."));
    }
    blocks
}

fn sums(books: &Books) -> Block {
    let not_read = || Runs::own("not read");
    let or_not_read =
        |value: Option<u64>| value.map_or_else(not_read, |value| Runs::own(count(value)));
    let mut rows = Rows::default();
    rows.count("Bytes of the unpacked text", books.bytes)
        .count("Lines", books.lines)
        .count("Log entries", books.entries)
        .count("Control entries", books.control)
        .put("Records", or_not_read(books.rows))
        .put("Records without a time", or_not_read(books.undated))
        .put("Records read as plain text", or_not_read(books.unparsed))
        .put(
            "Entries with an empty list",
            or_not_read(books.empty_entries),
        )
        .count("Bytes of no entry", books.rejected_bytes);
    rows.block()
}

fn rejected(books: &Books, blocks: &mut Vec<Block>) {
    if books.rejected_total == 0 {
        return;
    }
    let rows = books.rejected.iter().map(|one| {
        let file = one.file.as_deref().map_or_else(Runs::none, mono);
        vec![
            file,
            Runs::own(count(one.offset_bytes)),
            stated(&one.reason),
        ]
    });
    blocks.push(minor("Rejected"));
    blocks.push(Block::Table {
        widths: vec![2, 0, 4],
        right: vec![false, true, false],
        head: vec!["File", "Offset", "Why"],
        rows: rows.collect(),
    });
    blocks.push(remark(format!(
        "{} of {} are listed.",
        count(books.rejected.len() as u64),
        count(books.rejected_total)
    )));
}
