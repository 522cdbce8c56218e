//! Measures writing: `cargo run --release -p sealscope-index --example measure_index LOG FOLDER`.
//!
//! Reads LOG (Kubernetes audit lines) into memory and writes shards of 131,072 entries into FOLDER
//! on one thread; prints the time for parsing alone and for parsing and indexing, and the sizes.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use sealscope_fields::{Record, Settings, by_name};
use sealscope_index::ShardWriter;

const SHARD_ENTRIES: usize = 131_072;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(log), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: measure_index LOG FOLDER".into());
    };
    let log = std::fs::read(log)?;
    let lines: Vec<&[u8]> = log
        .split(|byte| *byte == b'\n')
        .filter(|l| !l.is_empty())
        .collect();
    let schema = by_name("kubernetes-audit").ok_or("no such schema")?;
    let (settings, mut record) = (Settings::default(), Record::new());
    let started = Instant::now();
    let mut rows = 0_u64;
    for line in &lines {
        schema.read(line, &settings, &mut record, &mut |_, _| rows += 1);
    }
    let per_row = |started: Instant| started.elapsed().as_secs_f64() * 1e6 / rows as f64;
    println!("parse: {:.2} us a row, {} rows", per_row(started), rows);
    let started = Instant::now();
    let (mut bytes, mut memory, mut added) = (0, 0, 0.0);
    for (number, part) in lines.chunks(SHARD_ENTRIES).enumerate() {
        let adding = Instant::now();
        let mut writer = ShardWriter::create(&Path::new(&folder).join(format!("{number}")))?;
        let mut failed = None;
        for (entry, line) in (0_u32..).zip(part) {
            schema.read(line, &settings, &mut record, &mut |number, record| {
                failed = writer.add(entry, number, record).err().or(failed.take());
            });
        }
        if let Some(error) = failed {
            return Err(error.into());
        }
        memory = memory.max(writer.bytes_in_use());
        added += adding.elapsed().as_secs_f64();
        bytes += writer.finish()?.bytes;
    }
    println!("parse and add: {:.2} us a row", added * 1e6 / rows as f64);
    println!("parse and index: {:.2} us a row", per_row(started));
    println!(
        "index: {:.3} of {} bytes",
        bytes as f64 / log.len() as f64,
        log.len()
    );
    println!("memory before finish: {} MB", memory >> 20);
    Ok(())
}
