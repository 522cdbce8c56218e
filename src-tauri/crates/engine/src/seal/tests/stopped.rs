//! What is left when sealing stops: by a wish, for lack of input, or killed.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::*;

#[test]
fn a_wish_to_stop_leaves_an_archive_that_can_be_gone_on_with() {
    /// Gives lines for ever, and wishes to stop after some.
    struct Endless(Cancel, usize);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1 == 5 {
                self.0.stop();
            }
            let line = b"again and again\n";
            buffer[..line.len()].copy_from_slice(line);
            Ok(line.len())
        }
    }
    let folder = inputs();
    let out = folder.path().join("out.sealog");
    let cancel = Cancel::default();
    let stream = SealInput::Stream {
        name: "endless".to_owned(),
        bytes: Box::new(Endless(cancel.clone(), 0)),
    };
    let report = Job::new(vec![stream], &out)
        .run_until(&cancel)
        .expect("it is stopped");
    assert!(report.is_stopped && !report.is_closed);
    let mut append = Job::new(vec![path_of(&folder.path().join("in/a.log"))], &out);
    append.mode = SealMode::Append;
    append.run().expect("it is appended");
    assert_eq!(give_back(&out).bytes[1], b"one\r\ntwo\n");
}

#[test]
fn a_silent_stream_is_checkpointed_after_a_minute() {
    /// Gives one line, then nothing until the clock has been looked at long enough.
    struct Silent(bool, std::sync::Arc<AtomicI64>);
    impl Read for Silent {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if !std::mem::replace(&mut self.0, true) {
                buffer[..4].copy_from_slice(b"one\n");
                return Ok(4);
            }
            let patience = std::time::Instant::now();
            while self.1.load(Ordering::Relaxed) < 3 && patience.elapsed() < Duration::from_secs(20)
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(0)
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.sealog");
    let (signer, calls) = (signer(), std::sync::Arc::new(AtomicI64::new(0)));
    let clock = std::sync::Arc::clone(&calls);
    let request = SealRequest {
        inputs: vec![SealInput::Stream {
            name: "silent".to_owned(),
            bytes: Box::new(Silent(false, calls)),
        }],
        out: out.clone(),
        mode: SealMode::New,
        origin: Some("example.org/audit".to_owned()),
        signer: &signer,
        leaf_lists: true,
        ending: Ending::Close,
        schema: None,
        tool: "sealscope test".to_owned(),
        // Every look at the clock is half a minute later.
        now: &|| clock.fetch_add(1, Ordering::Relaxed) * 30_000_000_000,
        uuid: &|| [1; 16],
        threads: 1,
    };
    let report = seal(request, &Progress::default(), &Cancel::default()).expect("it is sealed");
    assert!(report.checkpoints >= 2, "one while silent, one at the end");
    give_back(&out);
}

/// Not a test of its own: the program that the test below kills.
#[test]
fn sealing_child() {
    let Some(out) = std::env::var_os("SEALSCOPE_TEST_SEAL_INTO") else {
        return;
    };
    /// Gives numbered lines for ever, as many at once as are wanted.
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut done = 0;
            while done + 32 <= buffer.len() {
                self.0 += 1;
                let line = format!("entry {}\n", self.0);
                buffer[done..done + line.len()].copy_from_slice(line.as_bytes());
                done += line.len();
            }
            Ok(done)
        }
    }
    let out = PathBuf::from(out);
    let stream = SealInput::Stream {
        name: "endless".to_owned(),
        bytes: Box::new(Endless(0)),
    };
    let mut job = Job::new(vec![stream], &out);
    if out.exists() {
        job.mode = SealMode::Append;
    }
    job.run().expect("it is killed before it fails");
}

#[test]
fn killed_at_any_time_the_archive_opens_and_can_be_gone_on_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.sealog");
    let program = std::env::current_exe().expect("a test has a program");
    let mut sealed = 0;
    for round in 0..8u64 {
        let mut child = Command::new(&program)
            .args(["--exact", "seal::tests::stopped::sealing_child"])
            .env("SEALSCOPE_TEST_SEAL_INTO", &out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_millis(30 + round * round * 23 % 400));
        child.kill().expect("it was running");
        child.wait().expect("it is gone");
        if !out.exists() {
            continue;
        }
        let source = Source::open(&out).expect("it is there");
        if sealscope_archive::sealog::is_barely_begun(&source).expect("it reads") {
            continue;
        }
        // Reading the state checks every checkpoint against the lines before it.
        let archive = open(&out);
        let state = LogState::read(&archive, signer().verifier(), &Watch::default());
        let state = state.unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert!(
            state.sealed() >= sealed,
            "round {round}: what was sealed stays"
        );
        sealed = state.sealed();
    }
    assert!(
        sealed > 0,
        "some of the programs were killed after a checkpoint"
    );
    let last = folder.path().join("last.log");
    fs::write(&last, "the end\n").expect("written");
    let mut append = Job::new(vec![path_of(&last)], &out);
    append.mode = SealMode::Append;
    append.run().expect("it is appended");
    let kept = give_back(&out);
    assert_eq!(
        kept.bytes.last().map(Vec::as_slice),
        Some(&b"the end\n"[..])
    );
}
