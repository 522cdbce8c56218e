//! Measures the engine on one sealed archive and prints one JSON object, for `cargo xtask bench`.
//!
//! usage: figures ARCHIVE VKEY-FILE HOME

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sealscope_engine::{
    Cancel, EntrySettings, OpenRequest, OriginPattern, Places, Progress, RunMode, Search,
    SearchSpec, Sort, TrustStore, TrustedKey, Workspace, load_vkeys,
};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, archive, vkey, home] = args.as_slice() else {
        eprintln!("usage: figures ARCHIVE VKEY-FILE HOME");
        std::process::exit(2);
    };
    let keys = load_vkeys(vkey.as_ref()).expect("a vkey file");
    let trust = TrustStore::new(
        keys.into_iter()
            .map(|key| TrustedKey {
                key,
                origin: OriginPattern::any(),
            })
            .collect(),
    );
    let open = || {
        Arc::new(Workspace::open(OpenRequest {
            paths: vec![PathBuf::from(archive)],
            trust: trust.clone(),
            trust_notes: Vec::new(),
            uses_memory: true,
            settings: EntrySettings::default(),
            places: Places::under(home.as_ref()),
            now_ns: 0,
        }))
    };
    let mut out = serde_json::Map::new();
    let mut put = |name: &str, value: f64| {
        out.insert(
            name.to_owned(),
            serde_json::json!((value * 1000.0).round() / 1000.0),
        );
    };

    let workspace = open();
    let ((), seconds, rss) = watched(|| run(&workspace, RunMode::Verify));
    put("verify_s", seconds);
    put("verify_rss_anon_mb", rss);
    let entries = workspace.ledger().entries as f64;
    put("entries", entries);

    let scan = |text: &str| {
        let spec = SearchSpec {
            no_index: true,
            ..SearchSpec::new(text)
        };
        let started = Instant::now();
        let found = workspace
            .search(spec, &Cancel::default())
            .expect("an answer");
        (found.count(), started.elapsed().as_secs_f64())
    };
    put(
        "scan_field_s",
        scan("verb:delete AND responseStatus.code:403").1,
    );
    put("scan_words_s", scan("argocd").1);

    let workspace = open();
    let ((), seconds, rss) = watched(|| run(&workspace, RunMode::IndexAnew));
    put("index_s", seconds);
    put("index_entries_per_s", entries / seconds);
    put("index_rss_anon_mb", rss);
    let cache = sealscope_engine::cache::info(workspace.places()).expect("a cache");
    put("index_bytes", cache.bytes as f64);
    put("raw_bytes", workspace.ledger().bytes as f64);

    let started = Instant::now();
    let workspace = open();
    run(&workspace, RunMode::Index);
    let first = ask(&workspace, "*", Sort::Position)
        .page(0, 60)
        .expect("rows")
        .rows
        .len();
    assert_eq!(first, 60, "the first rows");
    put("second_open_first_rows_s", started.elapsed().as_secs_f64());

    queries(&workspace, &mut put);
    println!("{}", serde_json::Value::Object(out));
}

fn run(workspace: &Workspace, mode: RunMode) {
    workspace.run(mode, 0, &Progress::default(), &Cancel::default());
}

fn ask(workspace: &Arc<Workspace>, text: &str, sort: Sort) -> Search {
    let spec = SearchSpec {
        sort,
        ..SearchSpec::new(text)
    };
    workspace
        .search(spec, &Cancel::default())
        .expect("an answer")
}

fn queries(workspace: &Arc<Workspace>, put: &mut impl FnMut(&str, f64)) {
    put(
        "term_count_p95_ms",
        p95(200, |n| {
            let text = format!("user.username:user{:04}@example.org", n * 7 % 900);
            let _ = ask(workspace, &text, Sort::Position).count();
        }),
    );
    put(
        "phrase_p95_ms",
        p95(50, |n| {
            let text = format!("\"kube controller manager\" AND user{:04}", n * 13 % 900);
            let _ = ask(workspace, &text, Sort::Position).count();
        }),
    );
    let all = ask(workspace, "*", Sort::Position);
    let total = all.count();
    put(
        "page_p95_ms",
        p95(100, |n| {
            let first = (n as u64).wrapping_mul(2_654_435_761) % (total - 100);
            assert_eq!(all.page(first, 100).expect("rows").rows.len(), 100);
        }),
    );
    put(
        "top_by_time_p95_ms",
        p95(20, |_| {
            let found = ask(workspace, "*", Sort::TimeDown);
            assert_eq!(found.page(0, 100).expect("rows").rows.len(), 100);
        }),
    );
    put(
        "histogram_p95_ms",
        p95(20, |_| {
            let found = ask(workspace, "*", Sort::Position);
            let (from, to) = found.times().expect("dated");
            found
                .histogram_of(from, to, 3_600_000_000_000)
                .expect("counts");
        }),
    );
    put(
        "histogram_filtered_p95_ms",
        p95(20, |_| {
            let found = ask(workspace, "NOT verb:get", Sort::Position);
            let (from, to) = found.times().expect("dated");
            found
                .histogram_of(from, to, 3_600_000_000_000)
                .expect("counts");
        }),
    );
    put(
        "facet_p95_ms",
        p95(20, |_| {
            ask(workspace, "NOT verb:get", Sort::Position)
                .facet("objectRef.resource", 10)
                .expect("values");
        }),
    );
    // One row of each of 100 frames, far apart and each time others.
    let found = ask(workspace, "*", Sort::Position);
    put(
        "scattered_page_p95_ms",
        p95(10, |n| {
            let step = total / 100;
            let text: Vec<String> = (0..100)
                .map(|k| format!("#{}", k * step + 50 + n as u64 * 4_100 % step))
                .collect();
            let started = Instant::now();
            let hits = ask(workspace, &text.join(" OR "), Sort::Position);
            let rows = hits.page(0, 100).expect("rows").rows.len();
            assert!(rows >= 95, "{rows} rows, {:?}", started.elapsed());
        }),
    );
    drop(found);
}

fn p95(times: usize, mut work: impl FnMut(usize)) -> f64 {
    work(times);
    let mut spans: Vec<Duration> = (0..times)
        .map(|number| {
            let started = Instant::now();
            work(number);
            started.elapsed()
        })
        .collect();
    spans.sort_unstable();
    let place = (times * 95).div_ceil(100).saturating_sub(1);
    spans
        .get(place)
        .map_or(0.0, |span| span.as_secs_f64() * 1000.0)
}

/// Runs work while another thread watches this process's anonymous memory (MB).
fn watched(work: impl FnOnce()) -> ((), f64, f64) {
    let (stop, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut seconds = 0.0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                peak.fetch_max(rss_anon_kb(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let started = Instant::now();
        work();
        seconds = started.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
    });
    ((), seconds, peak.load(Ordering::Relaxed) as f64 / 1000.0)
}

fn rss_anon_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap_or(0)
}
