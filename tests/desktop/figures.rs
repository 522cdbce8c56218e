//! How fast the window is: measured by `cargo xtask bench`, never asserted.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::harness::{Start, Window, with_window_for};

/// No story of measuring takes longer: the index of 2,000,000 entries is made meanwhile.
const MEASURING_MAX: Duration = Duration::from_secs(240);

/// Moves the rows by three lines with each frame, and passes on the time of each frame in ms.
const SCROLL: &str = "const done = arguments[arguments.length - 1];
    const grid = document.querySelector('[data-testid=grid]');
    const frames = [];
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      if (frames.length > 400) { done(frames.slice(1)); return }
      grid.scrollTop += 66;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step)";

/// The times between frames in which nothing happens: what the screen itself allows.
const IDLE: &str = "const done = arguments[arguments.length - 1];
    const frames = [];
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      if (frames.length > 120) done(frames.slice(1)); else requestAnimationFrame(step);
    };
    requestAnimationFrame(step)";

/// Starts a clock at the click on Search, and stops it when a frame has been drawn after all rows
/// of the answer were put in place.
const WATCH: &str = "const before = document.querySelector('[data-testid=hit-count]').textContent;
    window.searchTook = null;
    document.querySelector('[data-testid=run-query]').addEventListener('click', () => {
      const began = performance.now();
      const look = () => {
        const rows = [...document.querySelectorAll('.row[data-ordinal]')]
          .filter((row) => row.dataset.ordinal !== '' && row.offsetParent !== null);
        const settled = rows.length > 0
          && document.querySelector('[data-testid=hit-count]').textContent !== before
          && rows.every((row) => row.getAttribute('aria-busy') === null
            && row.querySelector('.seal .word') !== null);
        if (settled) requestAnimationFrame(() => { window.searchTook = performance.now() - began });
        else requestAnimationFrame(look);
      };
      look();
    }, { once: true, capture: true });
    return true";

/// Queries with different numbers of hits, some of which follow each other by a narrower one.
const QUERIES: [&str; 12] = [
    "verb:get",
    "verb:delete",
    "objectRef.resource:secrets",
    "objectRef.resource:secrets AND verb:list",
    "responseStatus.code:403",
    "responseStatus.code:>=400",
    "user.username:system*",
    "NOT verb:get",
    "secrets",
    "\"pods is forbidden\" OR verb:create",
    "objectRef.resource:pods AND verb:create",
    "sourceIPs:203.0.113.66",
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; run by `cargo xtask bench`, which names the archive"]
async fn figures_of_the_window() -> anyhow::Result<()> {
    let archive = std::env::var_os("SEALSCOPE_BENCH_ARCHIVE").context("no archive is named")?;
    let key = std::env::var_os("SEALSCOPE_BENCH_TRUST").context("no key is named")?;
    let home = tempfile::tempdir()?;
    let start = Start {
        home: Some(home.path().to_owned()),
        ..Start::on(["--trust".into(), key, archive])
    };
    let (first, second) = (start.clone(), start);
    let mut open_ms = 0.0;
    with_window_for("figures", first, MEASURING_MAX, async |window| {
        open_ms = first_rows(window).await?;
        until_indexed(window).await
    })
    .await?;
    with_window_for("figures", second, MEASURING_MAX, async |window| {
        let open_again_ms = first_rows(window).await?;
        until_indexed(window).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let idle = window.run_async(IDLE, Vec::new()).await?;
        let frames = window.run_async(SCROLL, Vec::new()).await?;
        let mut searches = Vec::new();
        for query in QUERIES.iter().chain(&QUERIES) {
            if let Some(took) = search_took(window, query).await? {
                searches.push(took);
            }
        }
        ensure!(
            searches.len() >= 12,
            "{} searches were timed",
            searches.len()
        );
        let figures = json!({
            "open_ms": open_ms,
            "open_again_ms": open_again_ms,
            "idle_frame_p95_ms": p95(&numbers(&idle)),
            "scroll_frame_p50_ms": at(&numbers(&frames), 0.5),
            "scroll_frame_p95_ms": p95(&numbers(&frames)),
            "search_to_rows_p50_ms": at(&searches, 0.5),
            "search_to_rows_p95_ms": p95(&searches),
        });
        if let Some(file) = std::env::var_os("SEALSCOPE_BENCH_OUT") {
            std::fs::write(Path::new(&file), figures.to_string())?;
        }
        println!("{figures}");
        Ok(())
    })
    .await
}

/// Time from the start of the program to its first painted row, in ms.
async fn first_rows(window: &Window) -> anyhow::Result<f64> {
    let shown = window
        .wait_until(
            "the first row shows",
            "return document.querySelector('.row[data-ordinal=\"0\"] .seal .word') !== null
               && performance.timeOrigin + performance.now()",
        )
        .await?;
    let shown = shown.as_f64().context("no time")?;
    Ok(shown - started_ms().context("the program is not running")?)
}

/// When the newest window was started, in ms since 1970 and to a hundredth of a second (proc(5)).
fn started_ms() -> Option<f64> {
    const TICKS_PER_S: f64 = 100.0;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let uptime_s: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    let mut newest: Option<f64> = None;
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let Some((head, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        if !head.contains("(sealscope-deskt") {
            continue;
        }
        let ticks: Option<f64> = rest.split_whitespace().nth(19).and_then(|t| t.parse().ok());
        newest = ticks.map_or(newest, |ticks| Some(newest.map_or(ticks, |n| n.max(ticks))));
    }
    Some((now.as_secs_f64() - uptime_s + newest? / TICKS_PER_S) * 1000.0)
}

async fn until_indexed(window: &Window) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs(120);
    while window.is_ready().await.is_err() {
        ensure!(Instant::now() < until, "the index was not finished");
    }
    Ok(())
}

/// `None` where the number of hits stayed the same, which the clock cannot see.
async fn search_took(window: &Window, query: &str) -> anyhow::Result<Option<f64>> {
    window.run(WATCH, Vec::new()).await?;
    window.search(query).await?;
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        let took = window.run("return window.searchTook", Vec::new()).await?;
        if let Some(took) = took.as_f64() {
            return Ok(Some(took));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(None)
}

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_f64).collect()
}

fn p95(values: &[f64]) -> f64 {
    at(values, 0.95)
}

fn at(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share) as usize;
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}
