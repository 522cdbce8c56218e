//! How fast chains are checked, with two threads: raw lines, fields, canonical JSON.
//!
//! `cargo run --release -p sealscope-verify --example chain_rate`

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use sealscope_archive::chained_jsonl::ChainProfile;
use sealscope_archive::{OpenContext, open};
use sealscope_testkit::chains::{ChainFamily, chain_lines};
use sealscope_verify::{Checker, TrustStore, judge};

/// Processor time of this process so far, in seconds: says what a calm machine would do.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2);
    ticks.filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn main() {
    let folder = std::env::temp_dir().join("sealscope-chain-rate");
    std::fs::create_dir_all(&folder).expect("a folder");
    for family in ChainFamily::ALL {
        let path = folder.join("chain.jsonl");
        let word =
            "file.read by svc-backup of /srv/data/2026/11/24/customers.db, allowed; ".repeat(3);
        let text = chain_lines(family, 300_000, &word).join("\n") + "\n";
        std::fs::write(&path, &text).expect("written");
        let mut context = OpenContext::new(&folder);
        let profile = ChainProfile::from_toml(&family.profile(true)).expect("a profile");
        context.profile = Some(Arc::new(profile));
        let archive = open(&path, &context).expect("it opens");
        let trust = TrustStore::default();
        let (begun, busy) = (Instant::now(), processor_seconds());
        let checker = Checker::new(&*archive, &trust);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            let mut reuse = None;
            loop {
                let ordinal = next.fetch_add(1, Ordering::Relaxed);
                if ordinal >= archive.segment_count() {
                    return found;
                }
                let segment = archive
                    .read_segment(ordinal, reuse.take())
                    .expect("it reads");
                let checked = checker.check(segment, 0);
                found.push(checked.findings());
                reuse = Some(checked.into_segment());
            }
        };
        let mut findings = std::thread::scope(|scope| {
            let other = scope.spawn(work);
            let mut found = work();
            found.extend(other.join().expect("it ends"));
            found
        });
        findings.sort_by_key(|found| found.ordinal);
        let summary = judge(&*archive, &findings, &trust);
        let seconds = begun.elapsed().as_secs_f64();
        let rate = text.len() as f64 / 1e6 / seconds;
        let calm = text.len() as f64 / 1e6 * 2.0 / (processor_seconds() - busy);
        println!(
            "{family:?}: {rate:.0} MB/s now, {calm:.0} MB/s by processor time, {}",
            summary.verdict
        );
    }
    let _ = std::fs::remove_dir_all(&folder);
}
