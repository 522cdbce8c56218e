//! Vectors that others published, and logs that others wrote.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;
use sealscope_proof::{
    Checkpoint, CompactRange, Note, NoteError, VerifierKey, WitnessKey, check_consistency,
    check_inclusion, leaf_hash,
};
use sealscope_testkit::shared_data;
use serde_json::Value;

fn transparency() -> Option<PathBuf> {
    Some(shared_data()?.join("transparency"))
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is there");
    serde_json::from_str(&text).expect("it is JSON")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).expect("a folder");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// A hash; `None` when it is not 32 bytes, which no proof can hold.
fn digest(value: &Value) -> Option<Digest> {
    let bytes = BASE64.decode(value.as_str()?).expect("base64");
    Some(Digest::new(bytes.try_into().ok()?))
}

/// A root; some vectors state text that no tree has, and only ask whether two of them are equal.
fn root(value: &Value) -> Option<Digest> {
    let mut bytes = BASE64.decode(value.as_str()?).expect("base64");
    bytes.resize(32, 0);
    Some(Digest::new(bytes.try_into().ok()?))
}

fn digests(value: &Value) -> Option<Vec<Digest>> {
    match value.as_array() {
        Some(list) => list.iter().map(digest).collect(),
        None => Some(Vec::new()),
    }
}

fn inclusion_holds(vector: &Value, index: &str, size: &str, leaf: &str) -> bool {
    let parts = (
        vector[index].as_u64(),
        vector[size].as_u64(),
        digest(&vector[leaf]),
        digests(&vector["proof"]),
        digest(&vector["root"]),
    );
    let (Some(index), Some(size), Some(leaf), Some(path), Some(root)) = parts else {
        return false;
    };
    check_inclusion(index, size, &leaf, &path, &root).is_ok()
}

fn consistency_holds(vector: &Value) -> bool {
    let parts = (
        vector["size1"].as_u64(),
        vector["size2"].as_u64(),
        digests(&vector["proof"]),
        root(&vector["root1"]),
        root(&vector["root2"]),
    );
    let (Some(first), Some(second), Some(path), Some(old), Some(new)) = parts else {
        return false;
    };
    check_consistency(first, second, &path, &old, &new).is_ok()
}

#[test]
fn proof_vectors_of_transparency_dev_hold_or_fail_as_they_say() {
    let Some(folder) = transparency() else { return };
    let mut seen = 0;
    for path in files_below(&folder.join("merkle")) {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector = json(&path);
        let holds = if path
            .components()
            .any(|part| part.as_os_str() == "inclusion")
        {
            inclusion_holds(&vector, "leafIdx", "treeSize", "leafHash")
        } else {
            consistency_holds(&vector)
        };
        let is_valid = vector["wantErr"] == Value::Bool(false);
        // From the empty tree anything is consistent; here it is no proof, and nothing is claimed.
        let is_empty = vector["size1"].as_u64() == Some(0);
        assert_eq!(holds, is_valid && !is_empty, "{}: {vector}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 196);
}

#[test]
fn proofs_of_a_tiled_log_hold_or_fail_as_they_say() {
    let Some(folder) = transparency() else { return };
    let vectors = json(&folder.join("made/proofs.json"));
    let vectors = vectors["vectors"].as_array().expect("a list");
    assert_eq!(vectors.len(), 30);
    for vector in vectors {
        let holds = match vector["type"].as_str() {
            Some("inclusion") => inclusion_holds(vector, "leaf_index", "tree_size", "leaf_hash"),
            _ => consistency_holds(vector),
        };
        assert_eq!(Value::Bool(holds), vector["valid"], "{vector}");
    }
}

/// What becomes of a note under one key, in the words of the vectors.
fn judge(note: &[u8], vkey: &str) -> &'static str {
    let key = VerifierKey::parse(vkey).expect("a vkey");
    let Ok(note) = Note::parse(note) else {
        return "malformed";
    };
    let named: Vec<_> = note
        .signatures
        .iter()
        .filter(|line| key.is_named_by(line))
        .collect();
    if named.is_empty() {
        "no signature of this key"
    } else if named.iter().all(|line| key.verifies(&note.text, line)) {
        "valid"
    } else {
        "invalid signature"
    }
}

#[test]
fn notes_of_other_implementations_are_judged_as_they_say() {
    let Some(folder) = transparency() else { return };
    let vectors = json(&folder.join("note-vectors.json"));
    let vectors = vectors.as_array().expect("a list");
    assert_eq!(vectors.len(), 11);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().expect("text");
        let found = judge(text("message").as_bytes(), text("vkey"));
        assert_eq!(found, text("verdict"), "{}", vector["name"]);
    }
}

#[test]
fn changed_checkpoints_of_a_tiled_log_are_told_apart() {
    let Some(folder) = transparency() else { return };
    let made = folder.join("made");
    let expected = json(&made.join("expected.json"));
    let vkey = expected["log_vkey"].as_str().expect("a vkey");
    let mut seen = 0;
    for case in expected["cases"].as_array().expect("a list") {
        let Some(verdict) = case["note_check"].as_str() else {
            continue;
        };
        let name = case["case"].as_str().expect("a name");
        let note = std::fs::read(made.join(name).join("checkpoint")).expect("the note");
        assert_eq!(judge(&note, vkey), verdict, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 9);
    // A statement with more than three lines is a note, and no checkpoint of ours.
    let note = std::fs::read(made.join("checkpoint-extension-lines/checkpoint")).expect("a note");
    let note = Note::parse(&note).expect("it parses");
    assert!(Checkpoint::parse(&note.text).is_err());
}

/// Of a partial tile (`000.p/7`), older states may lie beside the newest: the longest.
fn newest(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u64>().ok();
    let is_partial = |path: &Path| path.parent()?.to_str().map(|name| name.ends_with(".p"));
    let mut kept: Vec<PathBuf> = Vec::new();
    for file in files {
        let is_older_or_newer =
            |last: &&mut PathBuf| is_partial(&file) == Some(true) && last.parent() == file.parent();
        match kept.last_mut().filter(is_older_or_newer) {
            Some(last) if number(last) < number(&file) => *last = file,
            Some(_) => {}
            None => kept.push(file),
        }
    }
    kept
}

/// Leaf hashes of a tiled log (C2SP tlog-tiles), level 0.
fn tile_leaves(log: &Path) -> Vec<Digest> {
    let mut leaves = Vec::new();
    for tile in newest(files_below(&log.join("tile/0"))) {
        let bytes = std::fs::read(&tile).expect("a tile");
        let (hashes, rest) = bytes.as_chunks::<32>();
        assert!(rest.is_empty(), "{}", tile.display());
        leaves.extend(hashes.iter().map(|hash| Digest::new(*hash)));
    }
    leaves
}

/// Entries of a tiled log: bundles of u16 lengths, big endian, and bytes.
fn bundle_leaves(log: &Path) -> Vec<Digest> {
    let mut leaves = Vec::new();
    for bundle in newest(files_below(&log.join("tile/entries"))) {
        let bytes = std::fs::read(&bundle).expect("a bundle");
        let mut rest = bytes.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            leaves.push(leaf_hash(entry));
            rest = after;
        }
    }
    leaves
}

fn root_of(leaves: &[Digest]) -> Option<Digest> {
    let mut tree = CompactRange::empty(0);
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

#[test]
fn the_root_of_a_log_that_others_wrote_is_that_of_its_entries() {
    let Some(folder) = transparency() else { return };
    for (log, vkey) in [
        (folder.join("tessera/log"), folder.join("tessera/log.vkey")),
        (folder.join("made/log-intact"), PathBuf::new()),
    ] {
        let note = std::fs::read(log.join("checkpoint")).expect("a checkpoint");
        let parsed = Note::parse(&note).expect("a note");
        let checkpoint = Checkpoint::parse(&parsed.text).expect("a checkpoint");
        let (leaves, entries) = (tile_leaves(&log), bundle_leaves(&log));
        assert_eq!(leaves.len() as u64, checkpoint.size);
        assert_eq!(leaves, entries);
        assert_eq!(root_of(&leaves), Some(checkpoint.root));
        if let Ok(vkey) = std::fs::read_to_string(vkey) {
            assert_eq!(judge(&note, &vkey), "valid");
        }
    }
    let edited = folder.join("made/log-entry-edited");
    assert_ne!(tile_leaves(&edited), bundle_leaves(&edited));
    let edited = folder.join("made/log-tile-edited");
    let checkpoint = std::fs::read(edited.join("checkpoint")).expect("a checkpoint");
    let checkpoint = Note::parse(&checkpoint).expect("a note");
    let checkpoint = Checkpoint::parse(&checkpoint.text).expect("a checkpoint");
    assert_ne!(root_of(&tile_leaves(&edited)), Some(checkpoint.root));
}

#[test]
fn the_shared_reference_roots_of_rfc_6962_are_ours() {
    let inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let bytes = |hex: &str| -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2);
        digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16))
            .collect::<Result<_, _>>()
            .expect("hex")
    };
    let leaves: Vec<Digest> = inputs.iter().map(|hex| leaf_hash(&bytes(hex))).collect();
    assert_eq!(
        root_of(&leaves).map(|root| root.to_hex()).as_deref(),
        Some("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
    );
}

#[test]
fn notes_that_look_alike_are_refused() {
    let lines = "\u{2014} a AAAAAAA=\n";
    for (note, why) in [
        (format!("text\n{lines}"), NoteError::Shape),
        (format!("text\n\n{}", lines.trim_end()), NoteError::Shape),
        (format!("text\r\n\r\n{lines}"), NoteError::Control),
        (
            "text\n\n- a AAAAAAA=\n".to_owned(),
            NoteError::SignatureLine(1),
        ),
        (
            format!("text\n\n{lines}\u{2014} a b AAAA\n"),
            NoteError::SignatureLine(2),
        ),
    ] {
        assert_eq!(Note::parse(note.as_bytes()), Err(why), "{note:?}");
    }
}

#[test]
fn a_cosignature_of_another_implementation_holds() {
    let Some(folder) = transparency() else { return };
    let expected = json(&folder.join("made/expected.json"));
    let vkey = expected["witness_vkey"].as_str().expect("a key");
    let witness = WitnessKey::parse(vkey).expect("it is a witness");
    assert_eq!(witness.to_vkey(), vkey);
    let cosigned = |case: &str| {
        let note = std::fs::read(folder.join("made").join(case).join("checkpoint"));
        let note = Note::parse(&note.expect("the sample is there")).expect("it is a note");
        let mut lines = note.signatures.iter();
        lines.find_map(|line| witness.time_of(&note.text, line))
    };
    assert!(cosigned("log-intact").is_some_and(|time| time > 1_700_000_000));
    assert_eq!(cosigned("checkpoint-root-edited"), None);
}
