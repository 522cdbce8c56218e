//! Measures searching: `cargo run --release -p sealscope-index --example measure_search FOLDER`.
//!
//! FOLDER holds the shards that `measure_index` wrote. Prints the median and the slowest but one of
//! twenty runs of each question, and the processor time of one, in milliseconds. A second argument
//! asks only the questions that contain it.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use sealscope_index::query::{FieldName, parse};
use sealscope_index::{Context, Facet, Hits, Index, Shard, ShardPlace, Sort, TimeOrder};

const RUNS: usize = 20;
const SHARD_ENTRIES: u64 = 131_072;
const HOUR_NS: i64 = 3_600_000_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("usage: measure_search FOLDER")?;
    let started = Instant::now();
    let index = open(Path::new(&folder))?;
    println!(
        "open and check: {:.1} ms, {} rows",
        ms(started),
        index.rows()
    );
    let context = Context::plain();
    let path = Path::new(&folder).join("order");
    let started = Instant::now();
    let order = TimeOrder::build(&index, &path, &context)?;
    println!("sort by time: {:.1} ms", ms(started));
    let index = index.with_time_order(order);
    for text in [
        "verb:delete",
        "mallory",
        "get",
        "example",
        "\"system authenticated\"",
        "\"api v1\"",
        "message:\"get pods\"",
        "requestURI:*exec*",
        "auditID:1d*",
        "pod*",
        "responseStatus.code:>=400",
        "user.username:/user0[0-4].*/",
        "NOT verb:get code:*",
        "verb:get AND (secrets OR configmaps)",
        "@-1d",
    ] {
        let query = parse(text)?.query;
        let count = index.count(&query, &context)?;
        measure(&format!("count {text} ({count})"), || {
            black_box(index.count(&query, &context).ok());
        });
    }
    let all = index.everything();
    let some = index.search(&parse("verb:get")?.query, &context)?;
    for (name, hits) in [("all", &all), ("verb:get", &some)] {
        measure_hits(name, hits, &context);
    }
    let query = parse("verb:get")?.query;
    measure("search verb:get and first page by time", || {
        if let Ok(hits) = index.search(&query, &context) {
            black_box(hits.page(Sort::TimeDown, 0, 100));
        }
    });
    Ok(())
}

fn measure_hits(name: &str, hits: &Hits, context: &Context<'_>) {
    for sort in [Sort::Position, Sort::Time, Sort::TimeDown] {
        let mut at = 0;
        measure(&format!("{name}: page anywhere {sort:?}"), || {
            at = (at + 777_777) % hits.count();
            black_box(hits.page(sort, at, 100));
        });
    }
    let (oldest, newest) = hits.times().unwrap_or_default();
    measure(&format!("{name}: histogram by hour"), || {
        black_box(hits.histogram(oldest, newest, HOUR_NS, context).ok());
    });
    for field in ["verb", "user.username", "objectRef.name", "auditID"] {
        let facet = Facet::Field(FieldName::from_query(field));
        measure(&format!("{name}: facet {field}"), || {
            black_box(hits.facet(&facet, 20, context).ok());
        });
    }
}

fn measure(name: &str, mut question: impl FnMut()) {
    if std::env::args()
        .nth(2)
        .is_some_and(|wanted| !name.contains(&wanted))
    {
        return;
    }
    let before = processor_ms();
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            question();
            ms(started)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times.get(place).copied().unwrap_or(0.0);
    let processor = (processor_ms() - before) / RUNS as f64;
    println!(
        "{:8.2} {:8.2} {processor:8.2}  {name}",
        at(RUNS / 2),
        at(RUNS - 2)
    );
}

/// Processor time of all threads so far, where Linux tells it.
fn processor_ms() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let of_task = |task: std::fs::DirEntry| -> Option<f64> {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    tasks.filter_map(of_task).sum::<f64>() / 1e6
}

fn open(folder: &Path) -> Result<Index, Box<dyn Error>> {
    let dirs: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    let mut places = Vec::new();
    for dir in dirs {
        let number: u64 = dir
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or("")
            .parse()?;
        let shard = Shard::open(&dir)?;
        places.push(ShardPlace {
            shard,
            archive: 0,
            first_position: number * SHARD_ENTRIES,
        });
    }
    Ok(Index::new(places))
}

fn ms(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}
