use super::*;
use crate::schemas::syslog::Syslog;
use crate::testing::{Said, read_with};
use crate::{Schema, Settings};

fn read(message: &str) -> Said {
    let settings = Settings {
        year: Some(2026),
        ..Settings::default()
    };
    let line = format!("Mar  7 09:01:02 web-1 {message}");
    read_with(&Syslog as &dyn Schema, line.as_bytes(), &settings).remove(0)
}

/// Who, did, to what, from where, outcome; `-` where there is none.
fn check(message: &str, acts: [&str; 5], class: Class) {
    let said = read(message);
    assert_eq!((said.acts(), said.class), (acts, class), "{message}");
}

const SSHD: &[(&str, [&str; 5])] = &[
    (
        "sshd[1]: Accepted password for anna from 10.0.0.1 port 50022 ssh2",
        ["anna", "Accepted password", "web-1", "10.0.0.1", "success"],
    ),
    (
        "sshd[1]: Accepted publickey for anna from 2001:db8::1 port 1 ssh2: RSA SHA256:x",
        [
            "anna",
            "Accepted publickey",
            "web-1",
            "2001:db8::1",
            "success",
        ],
    ),
    (
        "sshd[1]: Failed password for invalid user oracle from 10.0.0.1 port 1 ssh2",
        ["oracle", "Failed password", "web-1", "10.0.0.1", "failure"],
    ),
    (
        "sshd[1]: Failed password for invalid user  from 10.0.0.1 port 1 ssh2",
        ["-", "Failed password", "web-1", "10.0.0.1", "failure"],
    ),
    (
        "sshd[1]: Invalid user test from 10.0.0.1",
        ["test", "Invalid user", "web-1", "10.0.0.1", "failure"],
    ),
    (
        "sshd[1]: Invalid user  from 10.0.0.1 port 7",
        ["-", "Invalid user", "web-1", "10.0.0.1", "failure"],
    ),
    (
        "sshd[1]: Connection closed by 10.0.0.1 port 1 [preauth]",
        ["-", "Connection closed", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Connection closed by authenticating user root 10.0.0.1 port 1 [preauth]",
        ["root", "Connection closed", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Connection reset by invalid user x y 10.0.0.1 port 1",
        ["x y", "Connection reset", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Disconnected from user anna 10.0.0.1 port 1",
        ["anna", "Disconnected", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Received disconnect from 10.0.0.1 port 1:11: disconnected by user",
        ["-", "Received disconnect", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Received disconnect from 10.0.0.1: 11: Bye Bye [preauth]",
        ["-", "Received disconnect", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Disconnecting: Too many authentication failures [preauth]",
        ["-", "Disconnecting", "web-1", "-", "failure"],
    ),
    (
        "sshd: Disconnecting invalid user x 10.0.0.1 port 1: Too many authentication failures",
        ["x", "Disconnecting", "web-1", "10.0.0.1", "failure"],
    ),
    (
        "sshd[1]: fatal: Unable to negotiate with 10.0.0.1 port 1: no matching cipher found.",
        ["-", "Unable to negotiate", "web-1", "10.0.0.1", "failure"],
    ),
    (
        "sshd[1]: Connection from 10.0.0.1 port 1 on 10.9.9.9 port 22",
        ["-", "Connection", "web-1", "10.0.0.1", "-"],
    ),
    (
        "sshd[1]: Starting session: shell on pts/0 for anna from 10.0.0.1 port 1 id 0",
        ["anna", "Starting session", "web-1", "10.0.0.1", "success"],
    ),
    (
        "sshd[1]: Bad protocol version identification 'GET / HTTP/1.1' from 10.0.0.1 port 1",
        [
            "-",
            "Bad protocol version identification",
            "web-1",
            "10.0.0.1",
            "failure",
        ],
    ),
    (
        "sshd: reverse mapping checking getaddrinfo for x.example [10.0.0.1] failed - HELP!",
        [
            "-",
            "reverse mapping checking getaddrinfo",
            "web-1",
            "10.0.0.1",
            "failure",
        ],
    ),
    (
        "sshd[1]: User bob from 10.0.0.1 not allowed because not listed in AllowUsers",
        ["bob", "not allowed", "web-1", "10.0.0.1", "failure"],
    ),
];

#[test]
fn sshd_says_who_came_from_where_and_whether_they_got_in() {
    for (message, acts) in SSHD {
        check(message, *acts, Class::Authentication);
    }
    assert_eq!(
        read("sshd[1]: Server listening on 0.0.0.0 port 22.").class,
        Class::Other
    );
}

#[test]
fn a_user_name_cannot_forge_the_address() {
    let said = read(
        "sshd: Failed password for invalid user root from 1.1.1.1 port 1 ssh2 from 10.0.0.9 port 2",
    );
    assert_eq!(said.from_where.as_deref(), Some("10.0.0.9"));
    assert_eq!(said.who.as_deref(), Some("root from 1.1.1.1 port 1 ssh2"));
}

#[test]
fn failures_are_warnings_and_errors_are_as_bad_as_they_say() {
    for (message, severity) in [
        (
            "sshd[1]: Accepted password for a from 10.0.0.1 port 1",
            Severity::Info,
        ),
        (
            "sshd[1]: Failed password for a from 10.0.0.1 port 1",
            Severity::Warning,
        ),
        (
            "sshd: error: maximum authentication attempts exceeded for root from 10.0.0.1 port 1",
            Severity::Error,
        ),
    ] {
        assert_eq!(read(message).severity, Some(severity), "{message}");
    }
    let said = read(
        "sshd[1]: error: maximum authentication attempts exceeded for root from 10.0.0.1 port 1",
    );
    assert_eq!(
        said.acts(),
        [
            "root",
            "maximum authentication attempts exceeded",
            "web-1",
            "10.0.0.1",
            "failure"
        ]
    );
}

#[test]
fn repeated_messages_say_what_was_repeated() {
    check(
        "sshd[1]: message repeated 2 times: [ Failed password for root from 10.0.0.1 port 1 ssh2]",
        ["root", "Failed password", "web-1", "10.0.0.1", "failure"],
        Class::Authentication,
    );
}

#[test]
fn pam_is_read_with_its_names_in_both_layouts() {
    let pairs =
        "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.1  user=root";
    for message in [
        format!("sshd[1]: pam_unix(sshd:auth): {pairs}"),
        format!("sshd(pam_unix)[1]: {pairs}"),
    ] {
        let said = read(&message);
        assert_eq!(
            said.acts(),
            ["root", "authentication failure", "-", "10.0.0.1", "failure"]
        );
        assert_eq!(said.class, Class::Authentication);
        assert_eq!(
            (said.raw("rhost"), said.raw("user")),
            (Some("10.0.0.1"), Some("root"))
        );
        assert_eq!(
            (said.raw("tty"), said.raw("logname"), said.raw("uid")),
            (Some("ssh"), None, Some("0"))
        );
    }
    check(
        "sshd: PAM 2 more authentication failures; logname= uid=0 rhost=10.0.0.1  user=root",
        [
            "root",
            "authentication failure",
            "web-1",
            "10.0.0.1",
            "failure",
        ],
        Class::Authentication,
    );
    check(
        "sshd[1]: pam_unix(sshd:session): session opened for user anna by (uid=0)",
        ["anna", "session opened", "anna", "-", "success"],
        Class::Authentication,
    );
    check(
        "sudo: pam_unix(sudo:session): session opened for user root(uid=0) by anna(uid=1000)",
        ["anna", "session opened", "root", "-", "success"],
        Class::Privilege,
    );
    check(
        "CRON[1]: pam_unix(cron:session): session closed for user root",
        ["root", "session closed", "root", "-", "-"],
        Class::Other,
    );
    check(
        "chpasswd[1]: pam_unix(chpasswd:chauthtok): password changed for anna",
        ["-", "password changed", "anna", "-", "success"],
        Class::Privilege,
    );
    check(
        "chpasswd[1]: pam_unix(chpasswd:chauthtok): user \"eve\" does not exist in /etc/passwd",
        ["-", "does not exist", "eve", "-", "failure"],
        Class::Privilege,
    );
}

#[test]
fn sudo_says_who_ran_what_and_who_was_refused() {
    let said = read(
        "sudo:   anna : TTY=pts/1 ; PWD=/home ; USER=root ; COMMAND=/usr/bin/vim /etc/passwd ; id",
    );
    assert_eq!(
        said.acts(),
        [
            "anna",
            "sudo",
            "/usr/bin/vim /etc/passwd ; id",
            "-",
            "success"
        ]
    );
    assert_eq!(
        (said.class, said.severity),
        (Class::Privilege, Some(Severity::Info))
    );
    for (name, value) in [
        ("TTY", "pts/1"),
        ("PWD", "/home"),
        ("USER", "root"),
        ("COMMAND", "/usr/bin/vim /etc/passwd ; id"),
    ] {
        assert_eq!(said.raw(name), Some(value));
    }
    let said = read(
        "sudo: bob : user NOT in sudoers ; TTY=pts/2 ; PWD=/tmp ; USER=root ; COMMAND=/bin/sh",
    );
    assert_eq!(said.acts(), ["bob", "sudo", "/bin/sh", "-", "failure"]);
    assert_eq!(
        (said.decision.as_deref(), said.severity),
        (Some("deny"), Some(Severity::Warning))
    );
    let said =
        read("sudo: bob : 3 incorrect password attempts ; TTY=pts/2 ; USER=root ; COMMAND=/bin/sh");
    assert_eq!(
        (said.outcome.as_deref(), said.decision),
        (Some("failure"), None)
    );
}

#[test]
fn su_says_who_became_whom() {
    use Class::Privilege;
    check(
        "su[1]: Successful su for root by anna",
        ["anna", "su", "root", "-", "success"],
        Privilege,
    );
    check(
        "su[1]: FAILED su for root by bob",
        ["bob", "su", "root", "-", "failure"],
        Privilege,
    );
    check(
        "su: (to root) anna on pts/0",
        ["anna", "su", "root", "-", "success"],
        Privilege,
    );
    check(
        "su: FAILED SU (to root) bob on pts/0",
        ["bob", "su", "root", "-", "failure"],
        Privilege,
    );
    check(
        "su[1]: + /dev/pts/0 anna:root",
        ["anna", "su", "root", "-", "success"],
        Privilege,
    );
}

#[test]
fn account_tools_say_which_account() {
    use Class::Privilege;
    for (message, did, account, outcome) in [
        (
            "useradd[1]: new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/sh",
            "new user",
            "eve",
            "success",
        ),
        (
            "groupadd[1]: new group: name=eve, GID=1001",
            "new group",
            "eve",
            "success",
        ),
        (
            "useradd[1]: failed adding user 'eve', data deleted",
            "failed adding user",
            "eve",
            "failure",
        ),
        (
            "userdel[1]: delete user 'eve'",
            "delete user",
            "eve",
            "success",
        ),
        (
            "usermod[1]: add 'eve' to group 'sudo'",
            "add",
            "eve",
            "success",
        ),
    ] {
        check(message, ["-", did, account, "-", outcome], Privilege);
    }
}

#[test]
fn cron_logind_and_login_are_known() {
    check(
        "CRON[1]: (root) CMD (cd / && run-parts --report /etc/cron.hourly)",
        [
            "root",
            "CMD",
            "cd / && run-parts --report /etc/cron.hourly",
            "-",
            "-",
        ],
        Class::Other,
    );
    check(
        "systemd-logind[1]: New session 5 of user anna.",
        ["anna", "New session", "web-1", "-", "success"],
        Class::Authentication,
    );
    check(
        "login[1]: FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure",
        ["root", "FAILED LOGIN", "web-1", "-", "failure"],
        Class::Authentication,
    );
}

#[test]
fn other_programs_are_left_alone() {
    let said = read("backupd[1]: Failed password for root from 10.0.0.1 port 1");
    assert_eq!((said.acts(), said.class), (["-"; 5], Class::Other));
}
