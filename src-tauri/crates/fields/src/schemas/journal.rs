//! Entries of the systemd journal as JSON, as `journalctl -o json` prints them: one entry each.
//!
//! Follows systemd.journal-fields(7). All fields stay under their own names; a value that is a list
//! of bytes (text with colours in it, say) is read as text.
//!
//! | spine | from |
//! | --- | --- |
//! | time | `__REALTIME_TIMESTAMP`: microseconds since 1970 |
//! | who | what the message of a login service says, else `_UID` |
//! | did, outcome, decision, from where | what the message of a login service says |
//! | to what | the same, else `UNIT`, `USER_UNIT`, `OBJECT_SYSTEMD_UNIT` |
//! | severity | `PRIORITY` (RFC 5424, table 2); else what such a message says |
//! | message | `MESSAGE` |
//!
//! The messages of login services are read as in [`auth`](crate::schemas::syslog_auth); what they
//! say as `key=value` is added as fields. The class is theirs, else that of the service that logs:
//! authentication for sshd, login, logind and display managers, privilege for sudo, su, doas and
//! polkit.

use crate::json_reader::{self, Dialect};
use crate::record::{Kind, Record, Slot};
use crate::schema::{Recognition, Schema};
use crate::schemas::{count_objects, fill_time, holds_all, role_in, syslog_auth};
use crate::settings::Settings;
use crate::value::{Class, Severity};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Journal;

impl Schema for Journal {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn describe(&self) -> &'static str {
        "systemd journal entries (journalctl -o json)"
    }

    fn recognize(&self, sample: &[&[u8]]) -> Recognition {
        let fitting = count_objects(sample, |entry| {
            holds_all(entry, &["\"__CURSOR\"", "\"__REALTIME_TIMESTAMP\""])
        });
        Recognition::from_share(fitting, sample.len(), 99)
    }

    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        json_reader::read(&DIALECT, entry, settings, record, each);
    }
}

static DIALECT: Dialect = Dialect {
    name: "journal",
    role: |path| role_in(&PATHS, path),
    records_key: None,
    fill,
};

const PATHS: [&str; 10] = [
    "__REALTIME_TIMESTAMP",
    "MESSAGE",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "_COMM",
    "_HOSTNAME",
    "_UID",
    "UNIT",
    "USER_UNIT",
    "OBJECT_SYSTEMD_UNIT",
];
const TIME: u8 = 2;
const MESSAGE: u8 = 3;
const PRIORITY: u8 = 4;
const IDENTIFIER: u8 = 5;
const COMM: u8 = 6;
const HOSTNAME: u8 = 7;
const UID: u8 = 8;
const UNITS: [u8; 3] = [9, 10, 11];

fn fill(record: &mut Record, settings: &Settings) {
    join_bytes(record);
    fill_time(record, settings, &[TIME]);
    record.spans.message = record.role_span(MESSAGE);
    let priority = record
        .role_text(PRIORITY)
        .and_then(|text| text.parse().ok());
    record.spans.severity = priority.and_then(Severity::from_syslog);
    let text = |role| record.role_text(role).unwrap_or("").to_owned();
    let service = match text(IDENTIFIER) {
        empty if empty.is_empty() => text(COMM),
        identifier => identifier,
    };
    let class = class_of(&service);
    if is_login_service(&service) || class != Class::Other {
        let (host, message) = (text(HOSTNAME), text(MESSAGE));
        syslog_auth::fill(record, "", &service, &host, &message);
    }
    if record.spans.class == Class::Other {
        record.spans.class = class;
    }
    record.spans.who = record.spans.who.or_else(|| record.role_span(UID));
    let unit = UNITS.into_iter().find_map(|role| record.role_span(role));
    record.spans.to_what = record.spans.to_what.or(unit);
}

/// The class of what a service logs, where its message says no more.
fn class_of(service: &str) -> Class {
    match service {
        "sshd" | "sshd-session" | "sshd-auth" | "login" | "systemd-logind" | "gdm"
        | "gdm-password" | "lightdm" | "sddm" => Class::Authentication,
        "sudo" | "su" | "doas" | "polkitd" | "pkexec" => Class::Privilege,
        _ => Class::Other,
    }
}

/// Whether a service writes messages that tell who logged in or gained rights.
fn is_login_service(service: &str) -> bool {
    let name = service.rsplit('/').next().unwrap_or(service);
    let name = name.split('(').next().unwrap_or(name);
    matches!(
        name.to_ascii_lowercase().as_str(),
        "cron"
            | "crond"
            | "crontab"
            | "elogind"
            | "useradd"
            | "userdel"
            | "usermod"
            | "groupadd"
            | "groupdel"
            | "groupmod"
            | "passwd"
            | "chpasswd"
            | "gpasswd"
            | "chage"
            | "chfn"
            | "chsh"
            | "adduser"
            | "deluser"
    ) || class_of(name) != Class::Other
}

/// Values of the journal are text or bytes; bytes come as a list of numbers, an element each. Each
/// such list becomes one text.
fn join_bytes(record: &mut Record) {
    if !record.slots.iter().any(|slot| slot.kind == Kind::Number) {
        return;
    }
    let old = std::mem::take(&mut record.slots);
    let mut places = Vec::with_capacity(old.len());
    let mut rest = old.as_slice();
    while let Some(first) = rest.first() {
        let is_byte = |slot: &&Slot| slot.kind == Kind::Number && slot.path == first.path;
        let count = rest.iter().take_while(is_byte).count();
        let (list, after) = rest.split_at(count.max(1));
        places.extend(list.iter().map(|_| record.slots.len()));
        let bytes: Option<Vec<u8>> = list
            .iter()
            .take(count)
            .map(|slot| record.text(slot.span).parse().ok())
            .collect();
        match bytes.filter(|_| count > 0) {
            Some(bytes) => {
                let span = record.keep(&String::from_utf8_lossy(&bytes));
                record.slots.push(Slot {
                    path: first.path,
                    span,
                    kind: Kind::Text,
                });
            }
            None => {
                // Not bytes: they stay as they are, each in its own place.
                let begin = places.len() - list.len();
                places.truncate(begin);
                for slot in list {
                    places.push(record.slots.len());
                    record.slots.push(*slot);
                }
            }
        }
        rest = after;
    }
    for role in &mut record.roles {
        let place = usize::try_from(*role)
            .ok()
            .and_then(|place| place.checked_sub(1));
        if let Some(place) = place.and_then(|place| places.get(place)) {
            *role = u32::try_from(place + 1).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::read_one;

    #[test]
    fn a_login_is_told_as_in_syslog() {
        let said = read_one(
            &Journal,
            br#"{"__CURSOR":"s=1;i=1","__REALTIME_TIMESTAMP":"1490620016000001","_BOOT_ID":"b0",
            "PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_HOSTNAME":"web1","_UID":"0",
            "MESSAGE":"Accepted publickey for anna from 10.0.0.7 port 22 ssh2"}"#,
        );
        assert_eq!(
            said.acts(),
            ["anna", "Accepted publickey", "web1", "10.0.0.7", "success"]
        );
        assert_eq!(said.class, Class::Authentication);
        assert_eq!(said.severity, Some(Severity::Info));
        assert_eq!(
            said.time.map(|time| time.ns),
            Some(1_490_620_016_000_001_000)
        );
        assert_eq!(
            said.message,
            "Accepted publickey for anna from 10.0.0.7 port 22 ssh2"
        );
        assert_eq!(said.raw("_BOOT_ID"), Some("b0"));
    }

    #[test]
    fn bytes_are_read_as_text_and_other_values_stay_in_their_places() {
        let said = read_one(
            &Journal,
            br#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1490620016000001","A":["x","y"],
            "MESSAGE":[27,91,51,49,109,114,101,100],"PRIORITY":"3","B":"z","_UID":"1000",
            "UNIT":"ssh.service","N":[1,999]}"#,
        );
        assert_eq!(said.message, "\u{1b}[31mred");
        assert_eq!(said.severity, Some(Severity::Error));
        assert_eq!(said.acts(), ["1000", "-", "ssh.service", "-", "-"]);
        let of = |name| {
            let values = said.raw.iter().filter(|(path, _)| path == name);
            values.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(
            (of("A"), of("B"), of("N")),
            (vec!["x", "y"], vec!["z"], vec!["1", "999"])
        );
    }

    #[test]
    fn services_that_gain_rights_have_their_class() {
        for (service, class) in [
            ("polkitd", Class::Privilege),
            ("sudo", Class::Privilege),
            ("systemd-logind", Class::Authentication),
            ("kernel", Class::Other),
        ] {
            let entry = format!(
                r#"{{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1490620016000001",
                "SYSLOG_IDENTIFIER":"{service}","MESSAGE":"something"}}"#
            );
            assert_eq!(
                read_one(&Journal, entry.as_bytes()).class,
                class,
                "{service}"
            );
        }
    }
}
