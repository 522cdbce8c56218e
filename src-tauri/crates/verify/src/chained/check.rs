//! The digests of one segment's entries. Segments are checked apart from each other; what joins
//! them is looked at by the judge.

use std::borrow::Cow;
use std::collections::HashMap;

use sealscope_archive::chained_jsonl::{Before, EntryReader, Named, OwnDigest};
use sealscope_archive::{Segment, SegmentSeal};

use super::findings::{Flaw, Link, LinkFindings, NAMED_MAX, Prev, RUNS_MAX, Run, Uncovered};
use super::keys::{Keys, holds};

/// Where the chain of one partition stands.
#[derive(Default)]
struct Place {
    /// The run that the next entry may continue.
    run: Option<usize>,
    /// The digest of the last entry as written; `None` before the first, or where it has none.
    id: Option<Vec<u8>>,
    /// What its bytes gave, where that is another one.
    computed: Option<Vec<u8>>,
    seq: Option<i64>,
    /// Number of the last entry.
    number: Option<u32>,
}

struct Check<'k, 's> {
    keys: &'k Keys,
    reader: EntryReader,
    segment: &'s Segment,
    before: &'s [u8],
    findings: LinkFindings,
    places: HashMap<Option<Link>, Place>,
}

/// One entry, taken apart.
struct Entry<'s> {
    number: u32,
    bytes: &'s [u8],
    partition: Option<Link>,
    named: Named<'s>,
    own: Option<Cow<'s, [u8]>>,
    seq: Option<i64>,
}

/// What came of an entry.
struct Outcome {
    prev: Prev,
    /// It follows the last entry of its partition.
    follows: bool,
    /// Its digest as the next one has to name it.
    id: Option<Vec<u8>>,
    computed: Option<Vec<u8>>,
    flaw: Option<Flaw>,
}

impl Outcome {
    const fn unreadable(why: String) -> Self {
        Self {
            prev: Prev::Unknown,
            follows: false,
            id: None,
            computed: None,
            flaw: Some(Flaw::Unreadable(why)),
        }
    }
}

/// Checks a segment.
pub(super) fn check(keys: &Keys, segment: &Segment) -> LinkFindings {
    let before = match &segment.seal {
        SegmentSeal::Links(seal) => seal.before.as_slice(),
        _ => &[],
    };
    let mut check = Check {
        keys,
        reader: EntryReader::new(std::sync::Arc::clone(&keys.profile)),
        segment,
        before,
        findings: LinkFindings::default(),
        places: HashMap::new(),
    };
    check.begin();
    for (bytes, number) in segment.entry_bytes().zip(0u32..) {
        check.entry(number, bytes);
    }
    let places = std::mem::take(&mut check.places);
    places.values().for_each(|place| check.close(place));
    check.findings
}

impl<'s> Check<'_, 's> {
    /// The entry before the segment gives the first one its place.
    fn begin(&mut self) {
        let profile = &self.keys.profile;
        let is_implicit = profile.has_own() && !profile.has_prev();
        if self.before.is_empty() || !is_implicit || self.reader.read(self.before).is_err() {
            return;
        }
        let place = Place {
            id: self.reader.own(self.before).map(Cow::into_owned),
            ..Place::default()
        };
        self.places.insert(None, place);
    }

    fn entry(&mut self, number: u32, bytes: &'s [u8]) {
        let read = self.reader.read(bytes);
        let is_read = read.is_ok();
        let partition = if is_read {
            self.reader.partition(bytes).map(|text| Link::of(&text))
        } else {
            None
        };
        let entry = Entry {
            number,
            bytes,
            partition,
            named: if is_read {
                self.reader.prev(bytes)
            } else {
                Named::Nothing
            },
            own: if is_read {
                self.reader.own(bytes)
            } else {
                None
            },
            seq: if is_read {
                self.reader.seq(bytes)
            } else {
                None
            },
        };
        let place = self.places.remove(&partition).unwrap_or_default();
        let outcome = match read {
            Err(why) => Outcome::unreadable(why.0),
            Ok(()) if !self.keys.profile.has_own() => self.without_own(&entry, &place),
            Ok(()) if self.keys.profile.has_prev() => self.explicit(&entry, &place),
            Ok(()) => self.implicit(&entry, &place),
        };
        if is_read {
            self.uncovered(&entry);
        }
        self.sign(&entry);
        self.place(&entry, outcome, place);
    }

    fn line_before(&self, place: &Place) -> &'s [u8] {
        match place.number {
            Some(number) => self.segment.entry(number as usize).unwrap_or_default(),
            None => self.before,
        }
    }

    /// What an entry follows that names the one before it.
    fn named_prev(&self, entry: &Entry<'_>, place: &Place) -> (Prev, bool) {
        let text = entry.named.text();
        let is_reset = self.reader.is_reset(entry.bytes);
        let follows = place.id.as_deref() == Some(text) && !is_reset;
        if follows {
            return (Prev::Link(Link::of(b"")), true);
        }
        let prev = match (self.reader.may_begin(&entry.named), &entry.named) {
            (true, _) if is_reset => Prev::Reset,
            // Where anything may stand first, only the first entry of all can tell (the judge).
            (true, _) if !self.keys.profile.begins_anywhere() => Prev::Start,
            (_, Named::Text(text)) => Prev::Link(Link::of(text)),
            (true, Named::Nothing) => Prev::Start,
            (false, Named::Nothing) => Prev::Unknown,
        };
        (prev, false)
    }

    /// Entries that hold their own digest and the one before.
    fn explicit(&mut self, entry: &Entry<'_>, place: &Place) -> Outcome {
        let Some(own) = entry.own.as_deref() else {
            return Outcome::unreadable("it holds no digest of itself".to_owned());
        };
        let (prev, follows) = self.named_prev(entry, place);
        let before = Before {
            digest: entry.named.text(),
            line: self.line_before(place),
        };
        let (flaw, computed) = self.own(entry.bytes, own, before);
        Outcome {
            prev: if follows && flaw.is_some() {
                Prev::Link(Link::of(entry.named.text()))
            } else {
                prev
            },
            follows: follows && flaw.is_none(),
            id: Some(own.to_vec()),
            computed,
            flaw,
        }
    }

    fn own(
        &mut self,
        bytes: &[u8],
        own: &[u8],
        before: Before<'_>,
    ) -> (Option<Flaw>, Option<Vec<u8>>) {
        let key = self.keys.digest_secret();
        if self.keys.profile.is_keyed() && key.is_none() {
            self.findings.keyless += 1;
            return (None, None);
        }
        match self.reader.check_own(bytes, own, before, key) {
            OwnDigest::Holds => {
                self.findings.reproduced += 1;
                (None, None)
            }
            OwnDigest::Differs(digest) => {
                let claimed = self.keys.profile.read_digest(own);
                let flaw = Flaw::Differs {
                    claimed: claimed.and_then(|bytes| bytes.try_into().ok()),
                    computed: digest.as_slice().try_into().ok(),
                };
                let written = self.keys.profile.write_digest(digest.as_slice());
                (Some(flaw), Some(written))
            }
            OwnDigest::Impossible(why) => (Some(Flaw::Unreadable(why.0)), None),
        }
    }

    /// Entries whose digest takes in the one before, which is not written in them.
    fn implicit(&mut self, entry: &Entry<'_>, place: &Place) -> Outcome {
        let Some(own) = entry.own.as_deref() else {
            return Outcome::unreadable("it holds no digest of itself".to_owned());
        };
        let line = self.line_before(place);
        let is_reset = self.reader.is_reset(entry.bytes);
        let is_first = place.id.is_none() && place.number.is_none();
        let mut tries: Vec<(Vec<u8>, Prev, bool)> = Vec::new();
        if !is_reset {
            let known = place.id.iter().map(|id| (id, true));
            for (id, is_claimed) in known.chain(place.computed.iter().map(|id| (id, false))) {
                tries.push((id.clone(), Prev::Link(Link::of(id)), is_claimed));
            }
        }
        if is_reset || is_first {
            let begin = if is_reset { Prev::Reset } else { Prev::Start };
            let texts = self.reader.genesis_texts();
            tries.extend(texts.map(|text| (text.to_vec(), begin, false)));
        }
        let mut first = None;
        for (digest, prev, follows) in tries {
            let before = Before {
                digest: &digest,
                line,
            };
            let (flaw, computed) = self.own(entry.bytes, own, before);
            if flaw.is_none() {
                return Outcome {
                    prev,
                    follows,
                    id: Some(own.to_vec()),
                    computed: None,
                    flaw: None,
                };
            }
            first.get_or_insert((flaw, computed));
        }
        let is_very_first = is_first && self.segment.ordinal == 0 && self.before.is_empty();
        if is_very_first && self.keys.profile.begins_anywhere() {
            self.findings.headless += 1;
            return Outcome {
                prev: Prev::Start,
                follows: false,
                id: Some(own.to_vec()),
                computed: None,
                flaw: None,
            };
        }
        let (flaw, computed) = first.unwrap_or((None, None));
        Outcome {
            prev: Prev::Unknown,
            follows: false,
            id: Some(own.to_vec()),
            computed,
            flaw: Some(match flaw {
                Some(Flaw::Differs { claimed, computed }) => Flaw::OutOfPlace { claimed, computed },
                Some(other) => other,
                None => Flaw::OutOfPlace {
                    claimed: None,
                    computed: None,
                },
            }),
        }
    }

    /// Entries that hold only the digest of the one before.
    fn without_own(&mut self, entry: &Entry<'_>, place: &Place) -> Outcome {
        let key = self.keys.digest_secret();
        let is_keyless = self.keys.profile.is_keyed() && key.is_none();
        let (prev, follows) = self.named_prev(entry, place);
        if is_keyless {
            self.findings.keyless += 1;
            return Outcome {
                prev,
                follows: place.number.is_some(),
                id: None,
                computed: None,
                flaw: None,
            };
        }
        match self.reader.link_digest(entry.bytes, key) {
            Err(why) => Outcome::unreadable(why.0),
            Ok(digest) => {
                self.findings.reproduced += u64::from(follows);
                Outcome {
                    prev,
                    follows,
                    id: Some(self.keys.profile.write_digest(digest.as_slice())),
                    computed: None,
                    flaw: None,
                }
            }
        }
    }

    fn sign(&mut self, entry: &Entry<'_>) {
        let (Some(rule), Some((key, _))) =
            (self.keys.profile.signature(), &self.keys.signature_key)
        else {
            return;
        };
        let own = entry.own.as_deref().unwrap_or_default();
        let before = Before {
            digest: entry.named.text(),
            line: b"",
        };
        let signature = match &entry.own {
            None if self.keys.profile.has_own() => None,
            _ => self.reader.signature(entry.bytes),
        };
        match signature {
            None => {
                let (from, to) = (entry.number, entry.number + 1);
                let is_full = self.findings.unsigned.len() >= NAMED_MAX;
                match self.findings.unsigned.last_mut() {
                    Some(last) if last.1 == from || is_full => last.1 = to,
                    _ => self.findings.unsigned.push((from, to)),
                }
            }
            Some(signature) => {
                let bytes = self.reader.signed_bytes(entry.bytes, own, before);
                let is_good = match (bytes, signature) {
                    (Ok(bytes), Ok(signature)) => holds(rule.alg, key, bytes, &signature),
                    _ => false,
                };
                if is_good {
                    self.findings.signed += 1;
                } else if self.findings.bad_signatures.len() < NAMED_MAX {
                    self.findings.bad_signatures.push(entry.number);
                } else {
                    self.findings.more_bad_signatures += 1;
                }
            }
        }
    }

    /// Notes what of an entry no digest covers.
    fn uncovered(&mut self, entry: &Entry<'_>) {
        let members = self.reader.uncovered(entry.bytes);
        let found = (!members.is_empty()).then(|| Uncovered {
            from: entry.number,
            to: entry.number + 1,
            count: 1,
            members,
        });
        if self.keys.profile.is_covered_by_next() {
            self.findings.uncovered_last = found;
            return;
        }
        let Some(found) = found else {
            return;
        };
        let is_full = self.findings.uncovered.len() >= NAMED_MAX;
        match self.findings.uncovered.last_mut() {
            // Once there are too many runs, the last one takes in all that follow.
            Some(last) if is_full || (last.to == found.from && last.members == found.members) => {
                last.to = found.to;
                last.count += 1;
            }
            _ => self.findings.uncovered.push(found),
        }
    }

    /// The run of a partition ends with the last entry seen of it.
    fn close(&mut self, place: &Place) {
        if let Some(run) = place.run.and_then(|run| self.findings.runs.get_mut(run)) {
            run.end_id = place.id.as_deref().map(Link::of);
        }
    }

    /// Adds the entry to the run that it continues, or begins one.
    fn place(&mut self, entry: &Entry<'_>, outcome: Outcome, mut place: Place) {
        let step = self.keys.profile.sequence().map_or(1, |seq| seq.step);
        let is_full = self.findings.runs.len() >= RUNS_MAX;
        let continued = place
            .run
            .filter(|_| outcome.follows && outcome.flaw.is_none());
        let run = continued.and_then(|run| self.findings.runs.get_mut(run));
        let is_in_step = match (place.seq, entry.seq) {
            (Some(last), Some(now)) => last.checked_add(step) == Some(now),
            _ => true,
        };
        let is_flawed = outcome.flaw.is_some();
        match run {
            Some(run) => {
                run.count += 1;
                if let (Some(seq), Some(now)) = (&mut run.seq, entry.seq) {
                    seq.1 = now;
                }
                if !is_in_step && self.findings.out_of_step.len() < NAMED_MAX {
                    self.findings.out_of_step.push(entry.number);
                }
            }
            None if is_full => {
                if let Some(lump) = self.findings.runs.last_mut() {
                    lump.count += 1;
                    lump.flaw = Some(Flaw::Lump);
                }
                place.run = None;
            }
            None => {
                self.close(&place);
                let runs = &mut self.findings.runs;
                let id = outcome.id.as_deref().map(Link::of);
                runs.push(Run {
                    first: entry.number,
                    count: 1,
                    partition: entry.partition,
                    prev: match outcome.prev {
                        Prev::Link(_) if outcome.follows => place
                            .id
                            .as_deref()
                            .map_or(Prev::Unknown, |id| Prev::Link(Link::of(id))),
                        prev => prev,
                    },
                    first_id: id,
                    end_id: id,
                    computed_id: outcome.computed.as_deref().map(Link::of),
                    seq: entry.seq.map(|seq| (seq, seq)),
                    flaw: outcome.flaw,
                });
                place.run = (!is_flawed).then(|| runs.len() - 1);
            }
        }
        place.id = outcome.id;
        place.computed = outcome.computed;
        place.seq = entry.seq;
        place.number = Some(entry.number);
        self.places.insert(entry.partition, place);
    }
}
