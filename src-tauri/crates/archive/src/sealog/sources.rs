//! Gives back the original bytes of the sources that were sealed, and checks them against the
//! digests taken when they were sealed.

use std::io;

use sealscope_model::{Claimed, Digest, agree};
use sealscope_proof::Sha256Stream;

use super::control::{Control, Line, SourceForm};

/// A source as its opening line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceName {
    /// Number in the archive, from 0, in sealed order.
    pub number: u64,
    /// Name as sealed; never used as a path unchanged, see [`safe_file_name`].
    pub name: String,
    /// Modification time, RFC 3339.
    pub modified: Option<String>,
    /// How it was stored.
    pub form: SourceForm,
}

/// How the bytes given back compare with what was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOutcome {
    /// Which source.
    pub source: SourceName,
    /// Bytes given back.
    pub bytes: u64,
    /// SHA-256 of the bytes given back.
    pub computed: Digest,
    /// SHA-256 of the unpacked bytes when they were sealed; `None` where sealing was interrupted.
    pub claimed: Option<Digest>,
    /// Whether bytes, digest and number of entries are those that were sealed.
    pub is_same: bool,
    /// What the sealer said is missing from it, in sentences.
    pub gaps: Vec<String>,
}

/// Where the original bytes go.
pub trait SourceSink {
    /// A source begins.
    ///
    /// # Errors
    /// When it cannot be taken.
    fn begin(&mut self, source: &SourceName) -> io::Result<()>;

    /// The next bytes: of the source that began last, or of no source.
    ///
    /// # Errors
    /// When they cannot be taken.
    fn bytes(&mut self, source: Option<&SourceName>, bytes: &[u8]) -> io::Result<()>;

    /// A source is over.
    ///
    /// # Errors
    /// When that cannot be taken.
    fn end(&mut self, outcome: SourceOutcome) -> io::Result<()>;
}

/// Turns stored lines, in order, into the bytes of their sources.
#[derive(Debug, Default)]
pub struct SourceBytes {
    open: Option<OpenSource>,
    next_number: u64,
}

#[derive(Debug)]
struct OpenSource {
    name: SourceName,
    bytes: u64,
    entries: u64,
    hash: Sha256Stream,
    gaps: Vec<String>,
}

impl SourceBytes {
    /// Takes the next stored line, control lines too.
    ///
    /// # Errors
    /// What the sink says.
    pub fn line(&mut self, stored: &[u8], sink: &mut dyn SourceSink) -> io::Result<()> {
        match Line::read(stored) {
            Line::Entry | Line::Malformed(_) => self.entry(stored, sink),
            Line::Enveloped(original) => self.entry(&original, sink),
            Line::Control(control) => self.control(*control, sink),
        }
    }

    /// Ends a source that no line has ended.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(mut self, sink: &mut dyn SourceSink) -> io::Result<()> {
        self.interrupt(sink)
    }

    fn entry(&mut self, line: &[u8], sink: &mut dyn SourceSink) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            sink.bytes(None, line)?;
            return sink.bytes(None, b"\n");
        };
        // Whether the last line had a line feed is known only when the source ends: each line feed
        // is given out with the line after it.
        if open.entries > 0 {
            open.give(b"\n", sink)?;
        }
        open.entries += 1;
        open.give(line, sink)
    }

    fn control(&mut self, control: Control, sink: &mut dyn SourceSink) -> io::Result<()> {
        match control {
            Control::Source {
                name,
                modified,
                form,
            } => {
                self.interrupt(sink)?;
                let name = SourceName {
                    number: self.next_number,
                    name,
                    modified,
                    form,
                };
                self.next_number += 1;
                sink.begin(&name)?;
                self.open = Some(OpenSource {
                    name,
                    bytes: 0,
                    entries: 0,
                    hash: Sha256Stream::default(),
                    gaps: Vec::new(),
                });
                Ok(())
            }
            Control::SourceEnd {
                bytes_raw,
                sha256_raw,
                entries,
                ends_with_lf,
                ..
            } => {
                let Some(mut open) = self.open.take() else {
                    return Ok(());
                };
                if ends_with_lf && open.entries > 0 {
                    open.give(b"\n", sink)?;
                }
                let counts_agree = open.bytes == bytes_raw && open.entries == entries;
                sink.end(open.outcome(Digest::from_hex(&sha256_raw).ok(), counts_agree))
            }
            Control::Gap { reason, .. } => {
                let is_end = reason == super::INTERRUPTED;
                if let Some(open) = &mut self.open {
                    open.gaps.push(reason);
                }
                if is_end { self.interrupt(sink) } else { Ok(()) }
            }
            Control::Header(_)
            | Control::Segment { .. }
            | Control::Close { .. }
            | Control::Line { .. } => Ok(()),
        }
    }

    /// A source that is over without its closing line: only its last line can lack the line feed,
    /// and that one was not sealed.
    fn interrupt(&mut self, sink: &mut dyn SourceSink) -> io::Result<()> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        if open.entries > 0 {
            open.give(b"\n", sink)?;
        }
        sink.end(open.outcome(None, false))
    }
}

impl OpenSource {
    fn give(&mut self, bytes: &[u8], sink: &mut dyn SourceSink) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
        sink.bytes(Some(&self.name), bytes)
    }

    fn outcome(self, claimed: Option<Digest>, counts_agree: bool) -> SourceOutcome {
        let computed = self.hash.finish();
        let digests_agree =
            claimed.is_some_and(|claimed| agree(&Claimed::parsed(claimed), &computed));
        SourceOutcome {
            source: self.name,
            bytes: self.bytes,
            computed: *computed.get(),
            claimed,
            is_same: digests_agree && counts_agree,
            gaps: self.gaps,
        }
    }
}

/// A name under which a source can be stored in one folder, whatever its sealed name is: the last
/// part of the path, without anything that another system reads as more than a name, and with the
/// number in front so that no two are the same.
#[must_use]
pub fn safe_file_name(source: &SourceName) -> String {
    const CHARS_MAX: usize = 80;
    let last = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+=@".contains(c);
    let kept: String = last
        .chars()
        .take(CHARS_MAX)
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    // Bytes are given back unpacked, so the name says so too.
    let kept = match source.form {
        SourceForm::Gzip => kept.strip_suffix(".gz").unwrap_or(&kept),
        SourceForm::Zstd => kept.strip_suffix(".zst").unwrap_or(&kept),
        SourceForm::Plain | SourceForm::Stdin => &kept,
    };
    format!("{:04}-{}", source.number, kept.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealscope_proof::sha256;

    #[derive(Default)]
    struct Kept {
        bytes: Vec<Vec<u8>>,
        outside: Vec<u8>,
        outcomes: Vec<SourceOutcome>,
    }

    impl SourceSink for Kept {
        fn begin(&mut self, _: &SourceName) -> io::Result<()> {
            self.bytes.push(Vec::new());
            Ok(())
        }

        fn bytes(&mut self, source: Option<&SourceName>, bytes: &[u8]) -> io::Result<()> {
            let place = match source {
                Some(_) => self.bytes.last_mut().expect("a source began"),
                None => &mut self.outside,
            };
            place.extend_from_slice(bytes);
            Ok(())
        }

        fn end(&mut self, outcome: SourceOutcome) -> io::Result<()> {
            self.outcomes.push(outcome);
            Ok(())
        }
    }

    fn begin(name: &str) -> Vec<u8> {
        Control::Source {
            name: name.to_owned(),
            modified: None,
            form: SourceForm::Plain,
        }
        .to_line()
    }

    fn end(raw: &[u8], entries: u64) -> Vec<u8> {
        Control::SourceEnd {
            bytes: raw.len() as u64,
            sha256: sha256(raw).to_hex(),
            bytes_raw: raw.len() as u64,
            sha256_raw: sha256(raw).to_hex(),
            entries,
            ends_with_lf: raw.is_empty() || raw.ends_with(b"\n"),
        }
        .to_line()
    }

    fn give_back(lines: &[Vec<u8>]) -> Kept {
        let mut kept = Kept::default();
        let mut sources = SourceBytes::default();
        for line in lines {
            sources.line(line, &mut kept).expect("it is kept");
        }
        sources.finish(&mut kept).expect("it is kept");
        kept
    }

    #[test]
    fn each_source_gets_back_its_own_bytes() {
        let kept = give_back(&[
            begin("a"),
            b"one".to_vec(),
            end(b"one\n", 1),
            begin("empty"),
            end(b"", 0),
            begin("no line feed"),
            b"one".to_vec(),
            b"".to_vec(),
            b"two".to_vec(),
            end(b"one\n\ntwo", 3),
        ]);
        assert_eq!(kept.bytes, [&b"one\n"[..], b"", b"one\n\ntwo"]);
        assert!(kept.outcomes.iter().all(|outcome| outcome.is_same));
    }

    #[test]
    fn bytes_that_are_not_those_sealed_are_told() {
        let kept = give_back(&[begin("a"), b"one".to_vec(), end(b"two\n", 1)]);
        assert!(!kept.outcomes[0].is_same);
        let kept = give_back(&[begin("a"), b"one".to_vec()]);
        assert_eq!(kept.outcomes[0].claimed, None);
        assert!(!kept.outcomes[0].is_same);
        assert_eq!(kept.bytes[0], b"one\n");
    }

    #[test]
    fn entries_outside_any_source_are_given_back_too() {
        assert_eq!(give_back(&[b"one".to_vec()]).outside, b"one\n");
    }

    #[test]
    fn a_sealed_name_never_leads_out_of_the_folder() {
        for (name, expected) in [
            ("/etc/passwd", "0007-passwd"),
            ("..\\..\\con", "0007-con"),
            ("..", "0007-"),
            ("a b\u{202e}gol.\n", "0007-a_b_gol._"),
            ("", "0007-"),
        ] {
            let source = SourceName {
                number: 7,
                name: name.to_owned(),
                modified: None,
                form: SourceForm::Plain,
            };
            assert_eq!(safe_file_name(&source), expected);
        }
    }
}
