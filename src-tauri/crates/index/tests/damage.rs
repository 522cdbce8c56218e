//! Index folders that were cut, changed or forged: refused or survived, never a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealscope_fields::{Record, Value};
use sealscope_index::query::{FieldName, parse};
use sealscope_index::{
    Context, Facet, Index, IndexError, Shard, ShardPlace, ShardWriter, Sort, TimeOrder,
};
use sealscope_model::{EntryTime, Precision, ZoneOrigin};
use sha2::{Digest, Sha256};

/// A shard with something of everything.
fn write_shard(dir: &Path) {
    let mut writer = ShardWriter::create(dir).unwrap();
    let mut record = Record::new();
    for number in 0_u32..900 {
        record.clear();
        record.push_raw(
            "verb",
            Value::Text(if number % 3 == 0 { "get" } else { "list" }),
        );
        record.push_raw(
            "id",
            Value::Text(&format!("{:x}", u64::from(number) * 2_654_435_761)),
        );
        record.push_raw("path", Value::Text(&format!("/api/v{number}/pods")));
        record.push_raw("code", Value::Number(&number.to_string()));
        if number % 100 == 7 {
            record.push_raw("body", Value::Text(&format!("long {number} ").repeat(300)));
            record.push_raw("path", Value::Text("/second"));
        }
        record.set_message(&format!("user{number} did something"));
        record.set_time((number % 10 != 0).then_some(time(i64::from(number))), None);
        writer.add(number, 0, &record).unwrap();
    }
    writer.finish().unwrap();
}

fn time(seconds: i64) -> EntryTime {
    EntryTime {
        ns: seconds * 1_000_000_000,
        precision: Precision::Seconds,
        zone: ZoneOrigin::Stated,
        year_inferred: false,
        offset_seconds: 0,
    }
}

fn index(shard: Arc<Shard>) -> Index {
    Index::new(vec![ShardPlace {
        shard,
        archive: 0,
        first_position: 0,
    }])
}

/// Asks everything that can be asked, and does not care what the answers are.
fn ask(shard: Arc<Shard>) {
    let index = index(shard);
    let context = Context::plain();
    for text in [
        "verb:get",
        "id:5*",
        "path:*pods",
        "code:>5",
        "user7",
        "\"did something\"",
        "pods",
        "\"api v7\"",
        "body:*7*",
        "long",
        "u*",
        "message:/u.+/",
        "@1970-01-01T00:01",
        "#5..9",
        "NOT code:*",
    ] {
        let _ = index.count(&parse(text).unwrap().query, &context);
    }
    let Ok(hits) = index.search(&parse("verb:list").unwrap().query, &context) else {
        return;
    };
    for field in ["verb", "path", "body", "code"] {
        let _ = hits.facet(&Facet::Field(FieldName::from_query(field)), 5, &context);
    }
    let _ = hits.histogram(0, 1_000_000_000_000, 10_000_000_000, &context);
    let _ = hits.times();
    for sort in [Sort::Position, Sort::TimeDown] {
        let _ = hits.page(sort, 3, 50);
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_none_or(|end| end != "lock"))
        .collect();
    files.sort();
    files
}

fn refused(dir: &Path) -> bool {
    matches!(Shard::open(dir), Err(IndexError::Damaged { .. }))
}

#[test]
fn any_change_of_any_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("0");
    write_shard(&dir);
    ask(Shard::open(&dir).unwrap());
    assert!(files(&dir).len() >= 9);
    for file in files(&dir) {
        let whole = fs::read(&file).unwrap();
        for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            fs::write(&file, &changed).unwrap();
            assert!(refused(&dir), "byte {at} of {}", file.display());
        }
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        assert!(refused(&dir), "{} cut", file.display());
        fs::write(&file, [&whole[..], b"x"].concat()).unwrap();
        assert!(refused(&dir), "{} longer", file.display());
        fs::remove_file(&file).unwrap();
        assert!(refused(&dir), "{} gone", file.display());
        fs::write(&file, &whole).unwrap();
    }
    assert!(!refused(&dir));
}

#[test]
fn an_interrupted_shard_is_refused_and_can_be_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("0");
    drop(ShardWriter::create(&dir).unwrap());
    assert!(refused(&dir));
    write_shard(&dir);
    fs::write(dir.join("leftover"), b"x").unwrap();
    let before = Shard::open(&dir).unwrap().info().rows;
    write_shard(&dir);
    assert!(!dir.join("leftover").exists());
    assert_eq!(Shard::open(&dir).unwrap().info().rows, before);
}

#[test]
fn an_order_of_time_that_was_changed_or_is_of_other_shards_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("0");
    write_shard(&dir);
    let one = index(Shard::open(&dir).unwrap());
    let path = folder.path().join("order");
    TimeOrder::build(&one, &path, &Context::plain()).unwrap();
    assert!(TimeOrder::open(&one, &path).is_ok());
    let whole = fs::read(&path).unwrap();
    for at in [0, 9, 20, 60, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();
        assert!(TimeOrder::open(&one, &path).is_err(), "byte {at}");
    }
    fs::write(&path, &whole[..whole.len() - 4]).unwrap();
    assert!(TimeOrder::open(&one, &path).is_err());
    fs::write(&path, &whole).unwrap();
    let shard = Shard::open(&dir).unwrap();
    let moved = Index::new(vec![ShardPlace {
        shard,
        archive: 0,
        first_position: 1,
    }]);
    assert!(TimeOrder::open(&moved, &path).is_err());
    let order = TimeOrder::open(&one, &path).unwrap();
    assert!(!moved.with_time_order(order).has_time_order());
}

/// The manifest with the digests that the files have now.
fn sign_again(dir: &Path) {
    let text = fs::read_to_string(dir.join("manifest")).unwrap();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let mut signed = String::new();
    for line in text.lines().filter(|line| !line.starts_with("end ")) {
        match line.strip_prefix("file ") {
            None => signed.push_str(line),
            Some(rest) => {
                let name = rest.splitn(3, ' ').nth(2).unwrap();
                let bytes = fs::read(dir.join(name)).unwrap();
                let digest = hex(&Sha256::digest(&bytes));
                signed.push_str(&format!("file {} {digest} {name}", bytes.len()));
            }
        }
        signed.push('\n');
    }
    let digest = hex(&Sha256::digest(&signed));
    fs::write(dir.join("manifest"), format!("{signed}end {digest}\n")).unwrap();
}

#[test]
fn a_forged_folder_may_answer_wrongly_but_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("0");
    write_shard(&dir);
    // Panics end in the library; their messages would only hide other tests' output.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for file in files(&dir)
            .iter()
            .filter(|file| !file.ends_with("manifest"))
        {
            let whole = fs::read(file).unwrap();
            for _ in 0..12 {
                let mut changed = whole.clone();
                let at = random(changed.len());
                changed[at] ^= 1 << random(8);
                fs::write(file, &changed).unwrap();
                sign_again(&dir);
                if let Ok(shard) = Shard::open(&dir) {
                    ask(shard);
                }
            }
            fs::write(file, &whole).unwrap();
        }
    }));
    std::panic::set_hook(hook);
    assert!(result.is_ok(), "a panic came out of the library");
}
