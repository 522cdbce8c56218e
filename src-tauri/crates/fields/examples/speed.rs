//! How fast entries are read:
//! `cargo run --release -p sealscope-fields --example speed -- FILE [SCHEMA]`.
//!
//! Each line of the file is an entry; the whole is read several times and the best time counts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use sealscope_fields::{Record, Settings, by_name, detect, tokens};

const ROUNDS: usize = 15;

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_default();
    let bytes = std::fs::read(path)?;
    let entries: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let chosen = std::env::args().nth(2);
    let schema = chosen
        .and_then(|name| by_name(&name))
        .unwrap_or_else(|| detect(&entries).schema);
    let settings = Settings {
        year: Some(2026),
        ..Settings::default()
    };
    let mut record = Record::new();
    let mut best = |name: &str, each: &mut dyn FnMut(&Record)| {
        let mut time = Duration::MAX;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for entry in &entries {
                schema.read(entry, &settings, &mut record, &mut |_, record| each(record));
            }
            time = time.min(start.elapsed());
        }
        let seconds = time.as_secs_f64();
        let (megabytes, count) = (bytes.len() as f64 / 1e6, entries.len() as f64);
        println!(
            "{name}: {:.0} MB/s, {:.0} ns an entry",
            megabytes / seconds,
            seconds * 1e9 / count
        );
    };
    println!("{}", schema.name());
    best("read", &mut |record| {
        black_box(record.spine());
    });
    best("read and walk over the fields", &mut |record| {
        for field in record.raw() {
            black_box(field);
        }
    });
    best("read and cut into words", &mut |record| {
        record.for_each_text(|text| {
            tokens(text, |word| {
                black_box(word);
            })
        });
    });
    Ok(())
}
