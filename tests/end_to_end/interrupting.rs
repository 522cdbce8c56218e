//! Ctrl-C, and readers that go away.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{World, made_log, start};

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
}

fn ended(child: &mut Child) -> Option<i32> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it can be killed");
    panic!("it did not stop");
}

#[test]
fn sealing_that_is_interrupted_keeps_what_it_had_and_goes_on_later() {
    let world = World::new();
    world.key();
    world.trust();
    let mut command = world.command();
    command.args([
        "seal", "-", "-o", "a.sealog", "--origin", "o/x", "--key", "acme.key",
    ]);
    let mut child = start(command);
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(made_log(20).as_bytes()).expect("it reads");
    stdin.flush().expect("it reads");
    // The stream stays open and silent: nothing but the signal can end the program.
    std::thread::sleep(Duration::from_millis(700));
    let asked = Instant::now();
    signal(&child, "-INT");
    assert_eq!(ended(&mut child), Some(130));
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    let mut said = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("text");
    assert!(
        said.contains("Stopped") && said.contains("--append"),
        "{said}"
    );
    let found = world.verified(&world.path("a.sealog"));
    assert_eq!(
        (&found["verdict"], &found["entries"]["intact"]),
        (&"intact".into(), &20.into())
    );
    assert_eq!(found["tail"]["anchored"], false);
    world.file("more.log", "one more\n");
    world.expect(
        0,
        &[
            "seal", "more.log", "-o", "a.sealog", "--append", "--key", "acme.key",
        ],
    );
    let found = world.verified(&world.path("a.sealog"));
    assert_eq!(
        (&found["verdict"], &found["entries"]["intact"]),
        (&"intact".into(), &21.into())
    );
}

#[test]
fn checking_that_is_interrupted_says_how_far_it_was() {
    let world = World::new();
    // Big enough that it cannot be over before the signal comes.
    world.file("big.log", made_log(20_000).repeat(60));
    let mut command = world.command();
    command.args(["search", "big.log", "-q", "code:403"]);
    let mut child = start(command);
    std::thread::sleep(Duration::from_millis(400));
    signal(&child, "-INT");
    let code = ended(&mut child);
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("text");
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("Stopped"), "{said}");
}

#[test]
fn the_wish_of_the_system_to_end_is_heard_too() {
    let world = World::new();
    world.key();
    let mut command = world.command();
    command.args([
        "seal", "-", "-o", "a.sealog", "--origin", "o/x", "--key", "acme.key",
    ]);
    let mut child = start(command);
    std::thread::sleep(Duration::from_millis(700));
    signal(&child, "-TERM");
    assert_eq!(ended(&mut child), Some(130));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let world = World::new();
    world.file("big.log", made_log(30_000));
    for arguments in [
        &["cat", "big.log"][..],
        &["search", "big.log", "-q", "*", "--limit", "0"],
    ] {
        let mut command = world.command();
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdout = child.stdout.take().expect("piped");
        stdout.read_exact(&mut [0; 10]).expect("it writes");
        drop(stdout);
        assert_eq!(ended(&mut child), Some(0), "{arguments:?}");
        let mut said = String::new();
        child
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut said)
            .expect("text");
        assert_eq!(said, "", "{arguments:?}");
    }
}

#[test]
fn a_verdict_stays_in_the_exit_code_when_nobody_reads_the_words() {
    let world = World::new();
    world.file("a.log", made_log(3));
    let mut command = world.command();
    command
        .args(["verify", "a.log"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    assert_eq!(ended(&mut child), Some(3));
}
