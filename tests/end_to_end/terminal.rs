//! What a person sees: the program on a terminal of its own (made by `script`).

use crate::world::{Ran, World, finish, made_log, start};

/// Runs the program on a terminal; `None` where `script` is not installed.
fn on_terminal(world: &World, arguments: &str) -> Option<Ran> {
    let program = sealscope_tests::program("sealscope").expect("it is built");
    let mut command = world.command();
    let line = format!("{} {arguments}", program.display());
    let envs: Vec<_> = command
        .get_envs()
        .map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned)))
        .collect();
    command = std::process::Command::new("script");
    command
        .args(["-qec", &line, "/dev/null"])
        .current_dir(world.path(""));
    for (name, value) in envs {
        match value {
            Some(value) if name != "NO_COLOR" => command.env(name, value),
            _ => command.env_remove(name),
        };
    }
    command.env("TERM", "xterm");
    if std::process::Command::new("script")
        .arg("--version")
        .output()
        .is_err()
    {
        eprintln!("skipped: no terminal can be made: `script` is not installed");
        return None;
    }
    Some(finish(start(command), b""))
}

const HOSTILE: &[u8] =
    b"Jan  2 03:05:00 h a: \x1b[2J\x1b]0;title\x07 \xe2\x80\xae \xc2\x9b31m \x08 a\rb\n";

#[test]
fn no_byte_of_a_log_reaches_a_terminal_as_a_command() {
    let world = World::new();
    world.file("evil.log", HOSTILE);
    for verb in [
        "cat evil.log",
        "cat evil.log --raw",
        "search evil.log -q '*'",
        "search evil.log -q '*' --facet message",
        "info evil.log",
        "verify evil.log",
    ] {
        let Some(ran) = on_terminal(&world, verb) else {
            return;
        };
        assert!(!ran.out.is_empty(), "{verb}");
        let text = ran.text();
        // Our own colours and line ends, nothing else.
        let plain = text.replace("\r\n", "\n").replace("\u{1b}[0m", "");
        let plain: String = ["31", "32", "33", "36", "37"]
            .iter()
            .fold(plain, |text, colour| {
                text.replace(&format!("\u{1b}[1;{colour}m"), "")
            });
        let acts = plain
            .chars()
            .find(|&c| (c.is_control() && c != '\n') || c == '\u{202e}');
        assert_eq!(acts, None, "{verb}: {plain:?}");
    }
}

#[test]
fn a_pipe_gets_the_exact_bytes_that_a_terminal_does_not() {
    let world = World::new();
    world.file("evil.log", HOSTILE);
    assert_eq!(world.expect(0, &["cat", "evil.log"]).out, HOSTILE);
}

#[test]
fn a_verdict_has_its_colour_only_on_a_terminal() {
    let world = World::new();
    world.file("a.log", made_log(3));
    let Some(ran) = on_terminal(&world, "verify a.log") else {
        return;
    };
    assert!(
        ran.text().contains("\u{1b}[1;37mUNSEALED\u{1b}[0m"),
        "{}",
        ran.text()
    );
    assert_eq!(ran.code, Some(3));
    assert!(
        !world
            .expect(3, &["verify", "a.log"])
            .text()
            .contains('\u{1b}')
    );
}
