use super::*;
use crate::testing::{Said, read_with, utc};
use sealscope_model::ZoneOrigin;

fn read(line: &str) -> Said {
    let settings = Settings {
        year: Some(2026),
        ..Settings::default()
    };
    let mut all = read_with(&Syslog, line.as_bytes(), &settings);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn raw(said: &Said) -> Vec<(&str, &str)> {
    said.raw
        .iter()
        .map(|(path, value)| (path.as_str(), value.as_str()))
        .collect()
}

#[test]
fn rfc_3164_is_read_without_and_with_a_priority() {
    let said = read("Mar  7 09:01:02 web-1 backupd[19]: done: 3 files\r\n");
    assert_eq!(
        raw(&said),
        [
            ("timestamp", "Mar  7 09:01:02"),
            ("host", "web-1"),
            ("app", "backupd"),
            ("pid", "19"),
            ("msg", "done: 3 files"),
        ]
    );
    assert_eq!(said.message, "backupd[19]: done: 3 files");
    let time = said.time.unwrap();
    assert_eq!(time.ns, utc("2026-03-07T09:01:02Z"));
    assert_eq!(
        (time.zone, time.year_inferred),
        (ZoneOrigin::Inferred, true)
    );
    assert_eq!(said.severity, None);

    let said = read("<34>Oct 11 22:14:15 mymachine su: 'su root' failed");
    assert_eq!(
        raw(&said)[..2],
        [("facility", "auth"), ("severity", "crit")]
    );
    assert_eq!(said.severity, Some(Severity::Critical));
}

#[test]
fn names_of_programs_come_in_many_forms() {
    for (message, app, pid, msg) in [
        ("kernel: [  12.3] usb: x", "kernel", None, "[  12.3] usb: x"),
        (
            "sshd(pam_unix)[7]: check",
            "sshd(pam_unix)",
            Some("7"),
            "check",
        ),
        (
            "postfix/smtpd[12]: connect",
            "postfix/smtpd",
            Some("12"),
            "connect",
        ),
        (
            "systemd-logind[1118]:x",
            "systemd-logind",
            Some("1118"),
            "x",
        ),
        ("app:", "app", None, ""),
    ] {
        let said = read(&format!("Mar  7 09:01:02 h {message}"));
        assert_eq!(
            (said.raw("app"), said.raw("pid")),
            (Some(app), pid),
            "{message}"
        );
        assert_eq!(said.raw("msg"), Some(msg));
        assert_eq!(said.message, message);
    }
    let said = read("Mar  7 09:01:02 h last message repeated 2 times");
    assert_eq!(
        (said.raw("app"), said.raw("msg")),
        (None, Some("last message repeated 2 times"))
    );
}

#[test]
fn iso_times_state_their_zone() {
    let said = read("2026-03-07T09:01:02.123456+01:00 web-1 sshd[19]: x");
    let time = said.time.unwrap();
    assert_eq!(
        (time.ns, time.zone),
        (utc("2026-03-07T08:01:02.123456Z"), ZoneOrigin::Stated)
    );
    assert!(!time.year_inferred);
    assert_eq!(
        (said.raw("host"), said.raw("app")),
        (Some("web-1"), Some("sshd"))
    );
}

#[test]
fn rfc_5424_gives_its_structured_data_as_fields() {
    let said = read(concat!(
        r#"<165>1 2026-03-07T09:01:02.003Z web-1 evntslog 42 ID47 "#,
        r#"[a@1 iut="3" t="x \"y\" \] \z"][b][c q="]"] An event"#,
    ));
    assert_eq!(
        raw(&said),
        [
            ("facility", "local4"),
            ("severity", "notice"),
            ("timestamp", "2026-03-07T09:01:02.003Z"),
            ("host", "web-1"),
            ("app", "evntslog"),
            ("pid", "42"),
            ("msgid", "ID47"),
            ("sd.a@1.iut", "3"),
            ("sd.a@1.t", r#"x "y" ] \z"#),
            ("sd.c.q", "]"),
            ("msg", "An event"),
        ]
    );
    assert_eq!(
        (said.severity, said.message.as_str()),
        (Some(Severity::Info), "An event")
    );
    assert_eq!(
        said.time.map(|time| time.ns),
        Some(utc("2026-03-07T09:01:02.003Z"))
    );
}

#[test]
fn a_million_empty_elements_are_passed_over_at_once() {
    let said = read(&format!(
        "<14>1 - h a - - {}[x y=\"z\"] m",
        "[b]".repeat(1_000_000)
    ));
    assert_eq!(
        (said.raw("sd.x.y"), said.raw("msg")),
        (Some("z"), Some("m"))
    );
}

#[test]
fn rfc_5424_may_leave_out_everything() {
    let said = read("<14>1 - - - - - -");
    assert_eq!(
        raw(&said),
        [("facility", "user"), ("severity", "info"), ("msg", "")]
    );
    assert_eq!(said.time, None);
    assert!(said.notes.is_empty());
    let said = read("<14>1 - - - - - - \u{FEFF}text");
    assert_eq!(said.message, "text");
    let said = read(r#"<14>1 - h a - - [x y="z"]"#);
    assert_eq!(said.message, r#"[x y="z"]"#);
}

#[test]
fn a_time_that_is_no_moment_leaves_the_entry_undated_and_is_noted() {
    let said = read("Feb 30 09:01:02 h app: x");
    assert_eq!(
        (said.time, said.time_text.as_deref()),
        (None, Some("Feb 30 09:01:02"))
    );
    assert_eq!(
        said.notes,
        ["A time that could not be read at byte 0: no such moment."]
    );
    let said = read_with(&Syslog, b"Mar  7 09:01:02 h app: x", &Settings::default()).remove(0);
    assert_eq!(
        said.notes,
        ["A time that could not be read at byte 0: no year is given."]
    );
    assert_eq!(said.raw("app"), Some("app"));
}

#[test]
fn a_line_without_header_is_read_as_text() {
    for line in [
        "",
        "    at com.example.Main(Main.java:7)",
        "<999>x",
        "Mar",
        "2026-03-07 09:01:02 x y: z",
    ] {
        let said = read(line);
        assert_eq!(
            (said.message.as_str(), said.raw.len(), said.notes.len()),
            (line, 0, 1),
            "{line}"
        );
    }
}

#[test]
fn a_line_cut_anywhere_is_read_without_panic() {
    for line in [
        r#"<165>1 2026-03-07T09:01:02.003Z web-1 app 42 ID47 [a@1 iut="3" t="\"y\""] An évent"#,
        "<34>Mar  7 09:01:02 h sudo: anna : TTY=pts/0 ; PWD=/é ; USER=root ; COMMAND=/bin/sh",
        "Mar  7 09:01:02 h sshd[1]: Failed password for invalid user é from 10.0.0.1 port 2 ssh2",
        "Mar  7 09:01:02 h sshd[1]: pam_unix(sshd:auth): authentication failure; logname= rhost=é",
    ] {
        for cut in 0..line.len() {
            let settings = Settings {
                year: Some(2026),
                ..Settings::default()
            };
            for entry in [&line.as_bytes()[..cut], &line.as_bytes()[cut..]] {
                assert_eq!(read_with(&Syslog, entry, &settings).len(), 1);
            }
        }
    }
}

#[test]
fn syslog_is_recognised_and_other_dated_lines_are_not() {
    let recognize = |lines: &[&str]| {
        Syslog.recognize(&lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>())
    };
    assert_eq!(
        recognize(&["Mar  7 09:01:02 h app[1]: x"]),
        Recognition::Certain
    );
    assert_eq!(recognize(&["<14>1 - - - - - -"]), Recognition::Certain);
    assert_eq!(
        recognize(&["2026-03-07T09:01:02Z h app: x"]),
        Recognition::Certain
    );
    assert_eq!(
        recognize(&["2026-03-07 09:01:02 INFO main: x"]),
        Recognition::No
    );
    assert_eq!(
        recognize(&["Mar  7 09:01:02 something happened"]),
        Recognition::No
    );
    assert_eq!(recognize(&["{\"a\":1}", "hello"]), Recognition::No);
}
