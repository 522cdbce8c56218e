//! Help, completions, and the window.

use std::fs;

use crate::world::World;

const VERBS: [&str; 16] = [
    "verify",
    "seal",
    "stamp",
    "keygen",
    "trust",
    "info",
    "search",
    "export",
    "cat",
    "check",
    "compare",
    "report",
    "cache",
    "formats",
    "completions",
    "open",
];

#[test]
fn every_verb_explains_itself_with_examples() {
    let world = World::new();
    let all = world.expect(0, &["--help"]).text();
    for verb in VERBS {
        assert!(all.contains(verb), "{verb} is not in --help");
        let help = world.expect(0, &[verb, "--help"]).text();
        assert!(help.contains("Examples:"), "{verb}");
        assert!(help.contains(&format!("sealscope {verb}")), "{verb}");
    }
}

#[test]
fn verbs_of_later_versions_are_not_there() {
    let world = World::new();
    let all = world.expect(0, &["--help"]).text();
    for verb in ["detect", "watch", "replay"] {
        assert!(
            !all.lines().any(|line| line.trim_start().starts_with(verb)),
            "{verb}"
        );
    }
}

#[test]
fn the_version_is_printed() {
    let text = World::new().expect(0, &["--version"]).text();
    assert!(
        text.starts_with("sealscope ") && text.contains('.'),
        "{text}"
    );
}

#[test]
fn completions_exist_for_the_usual_shells() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = world.expect(0, &["completions", shell]).text();
        for verb in VERBS {
            assert!(script.contains(verb), "{verb} in {shell}");
        }
    }
}

#[test]
fn the_bash_completions_are_a_valid_script() {
    let world = World::new();
    let script = world.expect(0, &["completions", "bash"]).out;
    let path = world.file("complete.bash", script);
    let checked = std::process::Command::new("bash")
        .arg("-n")
        .arg(path)
        .status();
    assert!(checked.expect("bash").success());
}

#[test]
fn formats_and_schemas_are_listed() {
    let world = World::new();
    let listed = world.expect(0, &["formats", "--json"]).json();
    let names = |kind: &str| {
        let all = listed[kind].as_array().expect("a list");
        all.iter()
            .filter_map(|one| one["name"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert!(names("formats").contains(&"sealog".to_owned()), "{listed}");
    for schema in ["kubernetes-audit", "cloudtrail", "syslog", "json", "text"] {
        assert!(
            names("schemas").contains(&schema.to_owned()),
            "{schema}: {listed}"
        );
    }
    let text = world.expect(0, &["formats"]).text();
    assert!(
        text.contains("sealog") && text.contains("cloudtrail"),
        "{text}"
    );
}

/// The program in a folder without the window.
fn alone(world: &World) -> std::path::PathBuf {
    let program = sealscope_tests::program("sealscope").expect("it is built");
    let own = world.path("bin/sealscope");
    fs::create_dir_all(world.path("bin")).expect("writable");
    if fs::hard_link(&program, &own).is_err() {
        fs::copy(&program, &own).expect("copied");
    }
    own
}

#[test]
fn a_window_that_is_not_installed_is_said() {
    let world = World::new();
    let ran = std::process::Command::new(alone(&world))
        .arg("open")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{said}");
    assert!(
        said.contains("sealscope-desktop") && said.contains("not installed"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn the_window_is_started_with_the_archives_and_keys() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let own = alone(&world);
    let window = world.file(
        "bin/sealscope-desktop",
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$OUT\"\n",
    );
    fs::set_permissions(&window, fs::Permissions::from_mode(0o755)).expect("ours");
    let out = world.path("arguments");
    let ran = std::process::Command::new(own)
        .args(["open", "--trust", "k.vkey", "a.sealog", "b c.log"])
        .env("OUT", &out)
        .status();
    assert_eq!(ran.expect("it runs").code(), Some(0));
    assert_eq!(
        fs::read_to_string(out).expect("written"),
        "--trust\nk.vkey\n--\na.sealog\nb c.log\n"
    );
}
