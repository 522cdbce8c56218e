//! How fast a sealed journal is checked: `journal_speed FILE KEY`, or `journal_speed make FILE` to
//! write one of 145,000 entries.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use sealscope_archive::OpenContext;
use sealscope_testkit::journal::{JournalBuilder, Layout, SEAL_KEY};
use sealscope_verify::{Checker, GivenKey, TrustStore, judge};

const ENTRIES: usize = 145_000;
const WORKERS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", file] => make(Path::new(file)),
        [file, key] => check(Path::new(file), key),
        _ => eprintln!("journal_speed FILE KEY | make FILE"),
    }
}

fn make(file: &Path) {
    let mut journal = JournalBuilder::indexed(Layout::USUAL, 1, ENTRIES);
    journal.seal(0);
    let per_epoch = 1000;
    for number in 0..ENTRIES {
        let epoch = (number / per_epoch) as u64;
        let time = journal.epoch_start(epoch) + 1000 * (number % per_epoch) as u64;
        let message = format!(
            "MESSAGE=Failed password for invalid user u{} from 10.0.{}.{} port {} ssh2: \
             no more authentication methods",
            number % 977,
            number % 251,
            number % 13,
            1024 + number * 7 % 60_000
        );
        let pid = format!("_PID={}", number / 3);
        let fields: [&[u8]; 10] = [
            b"_MACHINE_ID=5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
            b"_HOSTNAME=web1",
            b"_TRANSPORT=syslog",
            b"PRIORITY=6",
            b"SYSLOG_FACILITY=10",
            b"SYSLOG_IDENTIFIER=sshd",
            b"_UID=0",
            b"_COMM=sshd",
            pid.as_bytes(),
            message.as_bytes(),
        ];
        journal.entry(time, &fields);
        if number + 1 == ENTRIES {
            journal.index();
        }
        if number % per_epoch == per_epoch - 1 {
            journal.seal(epoch);
        }
    }
    std::fs::write(file, journal.finish()).expect("written");
    println!("{SEAL_KEY}");
}

fn check(file: &Path, key: &str) {
    let mut trust = TrustStore::default();
    trust.given_keys.push(GivenKey {
        name: "given".to_owned(),
        bytes: key.as_bytes().to_vec(),
    });
    let begun = Instant::now();
    let spool = std::env::temp_dir().join("journal-speed");
    let archive = sealscope_archive::open(file, &OpenContext::new(spool)).expect("it opens");
    let opened = begun.elapsed();
    let checker = Checker::new(archive.as_ref(), &trust);
    let ready = begun.elapsed();
    let next = AtomicUsize::new(0);
    let findings = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut reuse = None;
                loop {
                    let ordinal = next.fetch_add(1, Ordering::Relaxed);
                    if ordinal >= archive.segment_count() {
                        return;
                    }
                    let segment = archive.read_segment(ordinal, reuse.take());
                    let checked = checker.check(segment.expect("it reads"), 0);
                    findings.lock().expect("sound").push(checked.findings());
                    reuse = Some(checked.into_segment());
                }
            });
        }
    });
    let checked = begun.elapsed();
    let mut findings = findings.into_inner().expect("sound");
    findings.sort_by_key(|found| found.ordinal);
    let found = judge(archive.as_ref(), &findings, &trust);
    println!(
        "{} entries, {} segments: opened {opened:?}, key {:?}, checked {:?}, judged {:?}, all {:?}",
        found.entries.total,
        archive.segment_count(),
        ready - opened,
        checked - ready,
        begun.elapsed() - checked,
        begun.elapsed()
    );
    println!("{}: {}", found.verdict.word(), found.says);
}
