//! What login services write to syslog: sshd, sudo, su, PAM, the account tools, cron, logind.
//!
//! `U` is who, `V` to what, `A` from where; *host* is the machine of the header. What was done is
//! said in the words of the message, but for `sudo` and `su`.
//!
//! | service | message | to what | outcome | class |
//! | --- | --- | --- | --- | --- |
//! | sshd | `Accepted METHOD for U from A` | host | success | authentication |
//! | sshd | `Failed METHOD for [invalid user] U from A` | host | failure | authentication |
//! | sshd | `Invalid user U from A` | host | failure | authentication |
//! | sshd | `maximum … attempts exceeded for U from A` | host | failure | authentication |
//! | sshd | `User U from A not allowed because …` | host | failure, `deny` | authentication |
//! | sshd | connections opened, closed, reset | host | – | authentication |
//! | PAM | `authentication failure; … rhost=A user=U` | – | failure | of the service |
//! | PAM | `session opened for user V by U` | `V` | success | of the service |
//! | PAM | `session closed for user V` | `V` | – | of the service |
//! | PAM | `password changed for V` | `V` | success | privilege |
//! | sudo | `U : TTY=… ; PWD=… ; USER=… ; COMMAND=V` | `V` | success | privilege |
//! | sudo | `U : 3 incorrect password attempts ; …` | `V` | failure | privilege |
//! | sudo | `U : user NOT in sudoers ; …` | `V` | failure, `deny` | privilege |
//! | su | `Successful su for V by U`, `(to V) U on …` | `V` | success | privilege |
//! | su | `FAILED su for V by U` | `V` | failure | privilege |
//! | useradd, … | `new user: name=V`, `delete user 'V'` | `V` | success, failure | privilege |
//! | cron | `(U) CMD (V)` | `V` | – | other |
//! | logind | `New session N of user U.` | host | success | authentication |
//!
//! The class of PAM is that of the service: privilege for sudo and su, other for cron (nobody logs
//! in there), authentication for the rest.
//!
//! `message repeated N times: [ M]` is read as `M`. Names of users come from whoever knocks at the
//! door and may hold anything, ` from ` too: the address is what stands behind the last one.
//! Severity, where there is no priority: failures and refusals are warnings, what begins with
//! `error:` or `fatal:` is as bad as it says, the rest is info.

use crate::record::{Kind, Record};
use crate::value::{Class, Severity};

/// What a message says, as pieces of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Act<'m> {
    who: Option<&'m str>,
    did: &'m str,
    to_what: Option<&'m str>,
    from_where: Option<&'m str>,
    outcome: Option<&'static str>,
    decision: Option<&'static str>,
    class: Class,
}

const SUCCESS: Option<&str> = Some("success");
const FAILURE: Option<&str> = Some("failure");

/// Fills the spine where the message is one of a login service.
pub(crate) fn fill(record: &mut Record, source: &str, app: &str, host: &str, msg: &str) {
    // `sshd(pam_unix)`, `/usr/sbin/cron`, `sshd-session`
    let service = app.split('(').next().unwrap_or(app);
    let service = service.rsplit('/').next().unwrap_or(service);
    let (message, grave) = strip_severity(strip_repeated(msg));
    let Some(act) = interpret(service, app, host, message) else {
        return;
    };
    for (name, value) in key_values(message) {
        let span = record.piece(source, value);
        record.push_slot(name, Kind::Text, span);
    }
    let spans = [act.who, Some(act.did), act.to_what, act.from_where].map(|part| {
        part.filter(|part| !part.is_empty())
            .map(|part| record.piece(source, part))
    });
    [
        record.spans.who,
        record.spans.did,
        record.spans.to_what,
        record.spans.from_where,
    ] = spans;
    record.spans.outcome = act.outcome.map(|outcome| record.keep(outcome));
    record.spans.decision = act.decision.map(|decision| record.keep(decision));
    record.spans.class = act.class;
    if record.spans.severity.is_none() {
        let bad = act.outcome == FAILURE || act.decision == Some("deny");
        let by_outcome = if bad {
            Severity::Warning
        } else {
            Severity::Info
        };
        record.spans.severity = Some(grave.unwrap_or(by_outcome));
    }
}

/// The message inside of `message repeated 2 times: [ …]`.
fn strip_repeated(msg: &str) -> &str {
    let inside = msg
        .strip_prefix("message repeated ")
        .and_then(|rest| rest.split_once(" times: ["));
    match inside.and_then(|(_, rest)| rest.strip_suffix(']')) {
        Some(inside) => inside.trim_start(),
        None => msg,
    }
}

fn strip_severity(msg: &str) -> (&str, Option<Severity>) {
    for (word, severity) in [
        ("error: ", Severity::Error),
        ("fatal: ", Severity::Critical),
    ] {
        if let Some(rest) = msg.strip_prefix(word) {
            return (rest, Some(severity));
        }
    }
    (msg, None)
}

fn interpret<'m>(service: &str, app: &str, host: &'m str, msg: &'m str) -> Option<Act<'m>> {
    // `pam_unix(sshd:auth): …`, and in older systems `sshd(pam_unix)[19]: …`
    if let Some((module, rest)) = msg.split_once("): ")
        && let Some((_, inside)) = module.split_once('(')
        && module.starts_with("pam_")
    {
        let service = inside.split(':').next().unwrap_or(inside);
        return pam(service, rest);
    }
    if app.contains("(pam_") {
        return pam(service, msg);
    }
    match service {
        "sshd" | "sshd-session" | "sshd-auth" => sshd(host, msg),
        "sudo" => sudo(msg),
        "su" => su(msg),
        "cron" | "CRON" | "crond" | "crontab" => cron(msg),
        "systemd-logind" | "elogind" => logind(host, msg),
        "login" => login(host, msg),
        "useradd" | "userdel" | "usermod" | "groupadd" | "groupdel" | "groupmod" | "passwd"
        | "chpasswd" | "gpasswd" | "chage" | "chfn" | "chsh" | "adduser" | "deluser" => {
            account(msg)
        }
        _ => None,
    }
}

fn authentication<'m>(did: &'m str, outcome: Option<&'static str>, host: &'m str) -> Act<'m> {
    Act {
        did,
        outcome,
        to_what: Some(host),
        class: Class::Authentication,
        ..Act::default()
    }
}

fn sshd<'m>(host: &'m str, msg: &'m str) -> Option<Act<'m>> {
    for (word, outcome) in [
        ("Accepted ", SUCCESS),
        ("Failed ", FAILURE),
        ("Postponed ", None),
        ("Partial ", None),
    ] {
        if let Some(rest) = msg.strip_prefix(word) {
            let (method, rest) = rest.split_once(" for ")?;
            let did = msg.get(..word.len() + method.len())?;
            let (user, from_where) = user_from(rest);
            return Some(Act {
                who: user,
                from_where,
                ..authentication(did, outcome, host)
            });
        }
    }
    for (words, outcome) in [
        ("Invalid user ", FAILURE),
        ("Illegal user ", FAILURE),
        ("maximum authentication attempts exceeded for ", FAILURE),
        ("Connection closed by ", None),
        ("Connection reset by ", None),
        ("Connection from ", None),
        ("Disconnected from ", None),
        ("Received disconnect from ", None),
        ("Did not receive identification string from ", None),
        ("Starting session: ", SUCCESS),
        ("Disconnecting", None),
        ("User ", None),
        ("PAM: Authentication failure for ", FAILURE),
        ("PAM ", FAILURE),
        ("Authentication refused", FAILURE),
        ("Unable to negotiate with ", FAILURE),
        ("Bad protocol version identification ", FAILURE),
        ("reverse mapping checking getaddrinfo for ", FAILURE),
        ("input_userauth_request: invalid user ", FAILURE),
        ("Close session: ", None),
    ] {
        if let Some(rest) = msg.strip_prefix(words) {
            return sshd_other(host, msg, words, outcome, rest);
        }
    }
    None
}

fn sshd_other<'m>(
    host: &'m str,
    msg: &'m str,
    words: &str,
    outcome: Option<&'static str>,
    rest: &'m str,
) -> Option<Act<'m>> {
    let did = msg.get(..words.len())?.trim_end_matches([' ', ':']);
    let did = did
        .trim_end_matches(" from")
        .trim_end_matches(" for")
        .trim_end_matches(" by")
        .trim_end_matches(" with");
    let act = authentication(did, outcome, host);
    let (who, from_where) = match words {
        "PAM " => return pam_more(act, msg),
        "User " => return sshd_not_allowed(act, msg, rest),
        "Disconnecting" => {
            let failed = rest.contains("Too many authentication failures");
            let (who, from_where) = match rest.strip_prefix(' ') {
                Some(peer) => user_and_peer(peer),
                None => (None, None),
            };
            let outcome = if failed { FAILURE } else { None };
            return Some(Act {
                who,
                from_where,
                outcome,
                ..act
            });
        }
        "Authentication refused" => (None, None),
        "Starting session: " | "Close session: " => {
            let (_, rest) = rest.split_once(" for ").unwrap_or(("", rest));
            user_from(rest)
        }
        "reverse mapping checking getaddrinfo for " => {
            let inside = rest
                .split_once('[')
                .and_then(|(_, rest)| rest.split_once(']'));
            (None, inside.map(|(address, _)| address))
        }
        "Bad protocol version identification " => (None, user_from(rest).1),
        "input_userauth_request: invalid user " => (first_word(rest), None),
        "Invalid user "
        | "Illegal user "
        | "PAM: Authentication failure for "
        | "maximum authentication attempts exceeded for " => user_from(rest),
        _ => user_and_peer(rest),
    };
    Some(Act {
        who,
        from_where,
        ..act
    })
}

/// `User U from A not allowed because …`, `User child is on pid N`.
fn sshd_not_allowed<'m>(act: Act<'m>, msg: &'m str, rest: &'m str) -> Option<Act<'m>> {
    let (peer, _) = rest.split_once(" not allowed because ")?;
    let (who, from_where) = user_from(peer);
    let at = msg.find("not allowed")?;
    let did = msg.get(at..at + "not allowed".len())?;
    Some(Act {
        who,
        from_where,
        did,
        outcome: FAILURE,
        decision: Some("deny"),
        ..act
    })
}

/// `PAM 2 more authentication failures; logname= … rhost=A user=U`, said as one is.
fn pam_more<'m>(act: Act<'m>, msg: &'m str) -> Option<Act<'m>> {
    const WORDS: &str = "authentication failure";
    let at = msg.split(';').next()?.find(WORDS)?;
    let did = msg.get(at..at + WORDS.len())?;
    let (who, from_where) = (value_of(msg, "user"), value_of(msg, "rhost"));
    Some(Act {
        did,
        who,
        from_where,
        ..act
    })
}

/// `[invalid user ]U from A port P …`: the last ` from ` counts.
fn user_from(text: &str) -> (Option<&str>, Option<&str>) {
    let text = text.strip_prefix("invalid user ").unwrap_or(text);
    let text = text.strip_prefix("illegal user ").unwrap_or(text);
    match text.rfind(" from ") {
        Some(at) => {
            let user = text.get(..at).filter(|user| !user.is_empty());
            (user, text.get(at + " from ".len()..).and_then(first_word))
        }
        None => match text.strip_prefix("from ") {
            Some(peer) => (None, first_word(peer)),
            None => (first_word(text), None),
        },
    }
}

/// `[[authenticating |invalid ]user U ]A port P`: the address is what stands before the last
/// ` port `, or all there is.
fn user_and_peer(text: &str) -> (Option<&str>, Option<&str>) {
    let before_port = text.rfind(" port ").and_then(|at| text.get(..at));
    let peer = before_port.unwrap_or(text);
    let peer = peer.strip_prefix("authenticating ").unwrap_or(peer);
    let peer = peer.strip_prefix("invalid ").unwrap_or(peer);
    match peer.strip_prefix("user ") {
        Some(user_and_address) => match user_and_address.rsplit_once(' ') {
            Some((user, address)) => (Some(user), Some(address)),
            None => (None, Some(user_and_address)),
        },
        None => (
            None,
            first_word(peer).map(|peer| peer.trim_end_matches(':')),
        ),
    }
}

fn first_word(text: &str) -> Option<&str> {
    text.split(' ').next().filter(|word| !word.is_empty())
}

fn pam<'m>(service: &str, msg: &'m str) -> Option<Act<'m>> {
    let class = match service {
        "sudo" | "su" | "su-l" | "sudo-i" | "polkit-1" | "runuser" => Class::Privilege,
        "cron" | "crond" | "CRON" | "atd" => Class::Other,
        "chpasswd" | "passwd" | "chage" | "useradd" | "usermod" => Class::Privilege,
        _ => Class::Authentication,
    };
    for (words, outcome) in [
        ("session opened for user ", SUCCESS),
        ("session closed for user ", None),
    ] {
        if let Some(rest) = msg.strip_prefix(words) {
            let did = msg.get(..words.len() - " for user ".len())?;
            let (user, by) = rest.split_once(" by ").unwrap_or((rest, ""));
            let (user, by) = (before_uid(user), before_uid(by));
            let who = if by.is_empty() { user } else { by };
            let to_what = Some(user);
            return Some(Act {
                who: Some(who),
                did,
                to_what,
                outcome,
                class,
                ..Act::default()
            });
        }
    }
    if let Some((_, user)) = msg.split_once("password changed for ") {
        let did = msg.get(..msg.len() - user.len() - " for ".len())?;
        let to_what = first_word(user);
        let class = Class::Privilege;
        return Some(Act {
            did,
            to_what,
            outcome: SUCCESS,
            class,
            ..Act::default()
        });
    }
    let failed = [
        "authentication failure",
        "check pass; user unknown",
        "auth could not identify",
    ]
    .iter()
    .find(|words| msg.starts_with(**words));
    if let Some(words) = failed {
        let did = msg.get(..words.len())?.split(';').next()?;
        let who = value_of(msg, "user").or_else(|| value_of(msg, "ruser"));
        let from_where = value_of(msg, "rhost");
        return Some(Act {
            who,
            did,
            from_where,
            outcome: FAILURE,
            class,
            ..Act::default()
        });
    }
    let (user, did) = msg.strip_prefix("user \"")?.split_once("\" ")?;
    let did = did.split(" in ").next()?;
    Some(Act {
        did,
        to_what: Some(user),
        outcome: FAILURE,
        class,
        ..Act::default()
    })
}

/// `root(uid=0)` without what stands in brackets.
fn before_uid(name: &str) -> &str {
    name.split('(').next().unwrap_or(name).trim()
}

fn sudo(msg: &str) -> Option<Act<'_>> {
    let (who, rest) = msg.trim_start().split_once(" : ")?;
    let (first, _) = rest.split_once(" ; ").unwrap_or((rest, ""));
    let to_what = msg.split_once("COMMAND=").map(|(_, command)| command);
    let refused = first.contains("NOT in sudoers") || first.contains("not allowed");
    let failed = refused || first.contains("incorrect password") || first.contains("required");
    Some(Act {
        who: Some(who),
        did: "sudo",
        to_what,
        outcome: if failed { FAILURE } else { SUCCESS },
        decision: refused.then_some("deny"),
        class: Class::Privilege,
        ..Act::default()
    })
}

fn su(msg: &str) -> Option<Act<'_>> {
    let act = Act {
        did: "su",
        class: Class::Privilege,
        ..Act::default()
    };
    for (words, outcome) in [
        ("Successful su for ", SUCCESS),
        ("FAILED su for ", FAILURE),
        ("FAILED SU (to ", FAILURE),
        ("(to ", SUCCESS),
    ] {
        let Some(rest) = msg.strip_prefix(words) else {
            continue;
        };
        let (user, rest) = match words.contains('(') {
            true => rest.split_once(") ")?,
            false => rest.split_once(" by ")?,
        };
        return Some(Act {
            who: first_word(rest),
            to_what: Some(user),
            outcome,
            ..act
        });
    }
    // `+ /dev/pts/0 anna:root`, a minus for a failure.
    let (outcome, rest) = match (msg.strip_prefix("+ "), msg.strip_prefix("- ")) {
        (Some(rest), _) => (SUCCESS, rest),
        (_, Some(rest)) => (FAILURE, rest),
        _ => return None,
    };
    let (who, user) = rest.rsplit(' ').next()?.split_once(':')?;
    Some(Act {
        who: Some(who),
        to_what: Some(user),
        outcome,
        ..act
    })
}

fn cron(msg: &str) -> Option<Act<'_>> {
    let (who, rest) = msg.strip_prefix('(')?.split_once(") ")?;
    let (did, command) = rest.split_once(" (").unwrap_or((rest, ""));
    let to_what = command.strip_suffix(')').or(Some(command));
    Some(Act {
        who: Some(who),
        did,
        to_what,
        ..Act::default()
    })
}

fn logind<'m>(host: &'m str, msg: &'m str) -> Option<Act<'m>> {
    let (_, user) = msg.strip_prefix("New session ")?.split_once(" of user ")?;
    let who = Some(user.trim_end_matches('.'));
    Some(Act {
        who,
        ..authentication(msg.get(..11)?, SUCCESS, host)
    })
}

fn login<'m>(host: &'m str, msg: &'m str) -> Option<Act<'m>> {
    let outcome = match msg {
        _ if msg.starts_with("FAILED LOGIN") => FAILURE,
        _ if msg.starts_with("ROOT LOGIN") || msg.starts_with("LOGIN ON") => SUCCESS,
        _ => return None,
    };
    let did = msg.split(" ON ").next()?.split(" (").next()?;
    let named = msg
        .split_once(" FOR ")
        .or_else(|| msg.split_once(" BY "))
        .map(|(_, rest)| rest);
    let who = named
        .and_then(|name| name.split([',', ' ']).next())
        .map(|name| name.trim_matches('\''));
    let peer = msg
        .split_once(" FROM ")
        .and_then(|(_, rest)| rest.split([',', ' ']).next());
    let from_where = peer.map(|peer| peer.trim_matches('\''));
    Some(Act {
        who,
        from_where,
        ..authentication(did, outcome, host)
    })
}

/// The account tools: `new user: name=anna, UID=…`, `delete user 'anna'`, `failed adding user 'x'`.
fn account(msg: &str) -> Option<Act<'_>> {
    let failed = msg.starts_with("failed") || msg.contains("cannot");
    let outcome = if failed { FAILURE } else { SUCCESS };
    let act = Act {
        outcome,
        class: Class::Privilege,
        ..Act::default()
    };
    if let Some((did, rest)) = msg.split_once(": name=") {
        let to_what = rest.split([',', ' ']).next();
        return Some(Act {
            did,
            to_what,
            ..act
        });
    }
    let (did, rest) = msg.split_once('\'')?;
    let to_what = rest.split('\'').next();
    Some(Act {
        did: did.trim_end(),
        to_what,
        ..act
    })
}

/// Names that PAM and sudo write as `name=value`.
const KEYS: [&str; 12] = [
    "logname", "uid", "euid", "tty", "ruser", "rhost", "user", "TTY", "PWD", "USER", "GROUP",
    "COMMAND",
];

/// The `name=value` pairs of sudo (behind ` ; `) and of PAM (behind blanks).
fn key_values(msg: &str) -> impl Iterator<Item = (&'static str, &str)> {
    let pairs = msg.contains("; logname=") || msg.contains("; TTY=") || msg.contains(": TTY=");
    let keys = KEYS.into_iter().filter(move |_| pairs);
    keys.filter_map(move |name| Some((name, value_of(msg, name)?)))
}

/// The value of one of [`KEYS`]; `None` where it is empty.
fn value_of<'m>(msg: &'m str, name: &str) -> Option<&'m str> {
    let mut from = 0;
    loop {
        let at = from + msg.get(from..)?.find(name)?;
        let before = msg.get(..at)?.chars().next_back();
        let value = msg.get(at + name.len()..)?.strip_prefix('=');
        match (before, value) {
            (None | Some(' ' | ';'), Some(value)) => {
                let end = match name {
                    "COMMAND" => value.len(),
                    "TTY" | "PWD" | "USER" | "GROUP" => value.find(" ;").unwrap_or(value.len()),
                    _ => value.find(' ').unwrap_or(value.len()),
                };
                return value.get(..end).filter(|value| !value.is_empty());
            }
            _ => from = at + name.len(),
        }
    }
}

#[cfg(test)]
#[path = "syslog_auth_tests.rs"]
mod tests;
