use super::keys::RegionKey;
use super::trail::{Hour, Made, Naming, Trail, gzip, lake_result};

/// A folder with something done to it, and what has to be said of it.
#[derive(Debug)]
pub struct Case {
    /// `intact` where nothing was changed that a seal covers, else `tampered`.
    pub state: &'static str,
    /// Name of its folder.
    pub name: &'static str,
    /// What was done, in a sentence.
    pub what: &'static str,
    /// The verdict, in a word.
    pub verdict: &'static str,
    /// The files.
    pub made: Made,
    /// Numbers of the keys that the examiner has.
    pub keys: &'static [usize],
}

fn case(name: &'static str, verdict: &'static str, what: &'static str, made: Made) -> Case {
    let state = if verdict == "broken" {
        "tampered"
    } else {
        "intact"
    };
    Case {
        state,
        name,
        what,
        verdict,
        made,
        keys: &[0, 1],
    }
}

fn changed(change: impl FnOnce(&mut Made)) -> Made {
    let mut made = Trail::of_hours(4, 2).make();
    change(&mut made);
    made
}

/// All kinds of trails, and what can happen to them.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut all = unchanged();
    all.extend(other_forms());
    all.extend(copied());
    all.extend(added());
    all.extend(changed_logs());
    all.extend(changed_digests());
    all
}

fn unchanged() -> Vec<Case> {
    let mut gap = Trail::of_hours(5, 1);
    gap.hours.remove(2);
    gap.hours[2].starts_chain = true;
    let mut backfill = Trail::of_hours(4, 1);
    for number in [0, 1] {
        let hour = Hour {
            is_backfill: true,
            key: 1,
            ..Hour::new(number, 2)
        };
        backfill.hours.push(hour);
    }
    let mut moved = Trail::of_hours(4, 1);
    moved.hours[2].bucket = "second-bucket";
    moved.hours[3].bucket = "second-bucket";
    let mut organisation = Trail::of_hours(3, 1);
    organisation.organisation = Some("o-exampleorg");
    organisation.prefix = "audit/";
    vec![
        case(
            "plain",
            "intact",
            "Nothing was changed.",
            Trail::of_hours(4, 2).make(),
        ),
        case(
            "gap",
            "intact",
            "Validation was off for an hour.",
            gap.make(),
        ),
        case(
            "backfill",
            "intact",
            "A second chain seals earlier hours.",
            backfill.make(),
        ),
        case(
            "second-bucket",
            "intact",
            "The bucket changes in the chain.",
            moved.make(),
        ),
        case(
            "organisation",
            "intact",
            "A trail of an organisation.",
            organisation.make(),
        ),
    ]
}

fn other_forms() -> Vec<Case> {
    let mut rotated = Trail::of_hours(4, 1);
    rotated.hours[2].key = 1;
    rotated.hours[3].key = 1;
    let unknown = rotated.clone().make();
    let mut huawei = Trail::of_hours(3, 2);
    huawei.naming = Naming::Huawei;
    let table = "eventTime,eventName\n2026-03-14T01:00:00Z,AssumeRole\n";
    vec![
        case(
            "second-key",
            "intact",
            "The key changes in the chain.",
            rotated.make(),
        ),
        Case {
            keys: &[0],
            ..case(
                "unknown-key",
                "unproven",
                "The later key is not at hand.",
                unknown,
            )
        },
        case(
            "huawei",
            "consistent",
            "Huawei's names, with MD5.",
            huawei.make(),
        ),
        case(
            "lake",
            "intact",
            "A query result of two files.",
            lake_result(&[table, table], 0),
        ),
    ]
}

fn copied() -> Vec<Case> {
    let bare = changed(|made| {
        for digest in made.digests.clone() {
            made.forget_signature(&digest);
        }
    });
    let renamed = changed(|made| {
        let (digest, log) = (made.digests[1].clone(), made.logs[3].clone());
        made.rename(&digest, &digest.replace("014", "015"));
        made.forget_signature(&digest);
        made.rename(&log, "trail-bucket/elsewhere/renamed.json.gz");
    });
    let unpacked = changed(|made| {
        let log = made.logs[0].clone();
        let mut text = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(&made.files[&log][..]);
        std::io::Read::read_to_end(&mut decoder, &mut text).expect("it unpacks");
        made.files.remove(&log);
        made.files.insert(log.replace(".gz", ""), text);
    });
    let head_cut = changed(|made| {
        let digest = made.digests[0].clone();
        made.files.remove(&digest);
        made.forget_signature(&digest);
        for log in &made.logs[..2] {
            made.files.remove(log);
        }
    });
    vec![
        case(
            "no-metadata",
            "unproven",
            "A copy without any metadata.",
            bare,
        ),
        case(
            "renamed",
            "intact",
            "A digest and a log file have other names.",
            renamed,
        ),
        case("unpacked", "intact", "A log file was unpacked.", unpacked),
        case(
            "head-cut",
            "intact",
            "The oldest hour is not in the copy.",
            head_cut,
        ),
    ]
}

fn added() -> Vec<Case> {
    let planted = changed(|made| {
        let log = made.logs[0].replace("_CloudTrail_", "_CloudTrail_planted_");
        made.files.insert(log, gzip(b"{\"Records\":[]}"));
    });
    let copy = changed(|made| {
        let bytes = made.files[&made.logs[0]].clone();
        made.files.insert(
            "trail-bucket/AWSLogs/CloudTrail/copy.json.gz".to_owned(),
            bytes,
        );
    });
    vec![
        case(
            "planted",
            "unsealed",
            "A log file was added that no digest lists.",
            planted,
        ),
        case(
            "copied-log",
            "unsealed",
            "A log file is there a second time.",
            copy,
        ),
    ]
}

fn changed_logs() -> Vec<Case> {
    let trailing = |bytes: Vec<u8>| {
        changed(|made| {
            let log = made.logs[1].clone();
            made.files.entry(log).or_default().extend(bytes);
        })
    };
    let missing = changed(|made| {
        let log = made.logs[2].clone();
        made.files.remove(&log);
    });
    let swapped = changed(|made| {
        let [a, b] = [made.logs[0].clone(), made.logs[5].clone()];
        let (x, y) = (made.files[&a].clone(), made.files[&b].clone());
        made.files.insert(a, y);
        made.files.insert(b, x);
    });
    let mut lake = lake_result(&["a,b\n1,2\n", "a,b\n3,4\n"], 0);
    lake.files
        .insert("result_2.csv.gz".to_owned(), gzip(b"a,b\n3,5\n"));
    vec![
        case(
            "trailing",
            "broken",
            "Bytes follow a log file.",
            trailing(b"more".to_vec()),
        ),
        case(
            "second-member",
            "broken",
            "A gzip member follows a log file.",
            trailing(gzip(b"{}")),
        ),
        case("missing-log", "broken", "A log file is missing.", missing),
        case(
            "swapped",
            "broken",
            "Two log files changed places.",
            swapped,
        ),
        case(
            "lake-changed",
            "broken",
            "A file of a query result was changed.",
            lake,
        ),
    ]
}

fn changed_digests() -> Vec<Case> {
    let trailing = changed(|made| {
        let digest = made.digests[1].clone();
        made.files.entry(digest).or_default().extend(b"x");
    });
    let middle = changed(|made| {
        let digest = made.digests[1].clone();
        made.files.remove(&digest);
        made.forget_signature(&digest);
    });
    let over = changed(|made| {
        let bytes = made.files[&made.digests[0]].clone();
        made.files.insert(made.digests[1].clone(), bytes);
        made.forget_signature(&made.digests[1].clone());
    });
    let resigned = changed(|made| {
        // Somebody with a key of his own makes one hour anew.
        let mut other = Trail::of_hours(4, 2);
        other.hours[2].key = 1;
        other.hours[2].logs = 1;
        let other = other.make();
        let digest = made.digests[2].clone();
        let sidecar = format!("{digest}.head-object.json");
        made.files
            .insert(digest.clone(), other.files[&digest].clone());
        made.files
            .insert(sidecar.clone(), other.files[&sidecar].clone());
    });
    vec![
        case(
            "digest-trailing",
            "broken",
            "A byte follows a digest.",
            trailing,
        ),
        case(
            "missing-digest",
            "broken",
            "A digest in the middle is missing.",
            middle,
        ),
        case(
            "digest-replaced",
            "broken",
            "A digest holds the bytes of another one.",
            over,
        ),
        Case {
            keys: &[0],
            ..case(
                "resigned",
                "broken",
                "One hour was made anew with another key.",
                resigned,
            )
        },
    ]
}

impl Case {
    /// The keys as the examiner gives them.
    #[must_use]
    pub fn given_keys(&self) -> Vec<Vec<u8>> {
        vec![RegionKey::list(self.keys)]
    }
}
