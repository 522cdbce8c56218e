use std::fs;
use std::io::{self, Cursor, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};

use proptest::prelude::*;
use sealscope_archive::Archive as _;
use sealscope_archive::sealog::{
    SealogArchive, SourceBytes, SourceName, SourceOutcome, SourceSink,
};

use super::*;

mod stopped;

fn signer() -> Signer {
    Signer::from_seed("example.org/sealer", &[7; 32]).expect("the name is valid")
}

fn path_of(path: &Path) -> SealInput {
    SealInput::Path(path.to_owned())
}

struct Job<'j> {
    inputs: Vec<SealInput>,
    out: &'j Path,
    mode: SealMode,
    ending: Ending,
    threads: usize,
}

impl<'j> Job<'j> {
    fn new(inputs: Vec<SealInput>, out: &'j Path) -> Self {
        Self {
            inputs,
            out,
            mode: SealMode::New,
            ending: Ending::Close,
            threads: 2,
        }
    }

    fn run(self) -> Result<SealReport, SealError> {
        self.run_until(&Cancel::default())
    }

    fn run_until(self, cancel: &Cancel) -> Result<SealReport, SealError> {
        let (signer, uuids) = (signer(), AtomicU8::new(1));
        let request = SealRequest {
            inputs: self.inputs,
            out: self.out.to_owned(),
            mode: self.mode,
            origin: Some("example.org/audit".to_owned()),
            signer: &signer,
            leaf_lists: true,
            ending: self.ending,
            schema: None,
            tool: "sealscope test".to_owned(),
            now: &|| 1_000_000_000,
            uuid: &|| [uuids.fetch_add(1, Ordering::Relaxed); 16],
            threads: self.threads,
        };
        seal(request, &Progress::default(), cancel)
    }
}

fn open(path: &Path) -> SealogArchive {
    SealogArchive::open(Source::open(path).expect("it is there")).expect("it opens")
}

#[derive(Default)]
struct Kept {
    bytes: Vec<Vec<u8>>,
    outcomes: Vec<SourceOutcome>,
}

impl SourceSink for Kept {
    fn begin(&mut self, _: &SourceName) -> io::Result<()> {
        self.bytes.push(Vec::new());
        Ok(())
    }

    fn bytes(&mut self, source: Option<&SourceName>, bytes: &[u8]) -> io::Result<()> {
        assert!(source.is_some(), "every entry has a source");
        self.bytes
            .last_mut()
            .expect("one began")
            .extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, outcome: SourceOutcome) -> io::Result<()> {
        self.outcomes.push(outcome);
        Ok(())
    }
}

/// The sources' bytes as the archive gives them back; its roots are checked on the way.
fn give_back(path: &Path) -> Kept {
    let archive = open(path);
    let checked = LogState::read(&archive, signer().verifier(), &Watch::default());
    checked.expect("lines and roots agree");
    let (mut kept, mut sources) = (Kept::default(), SourceBytes::default());
    for ordinal in 0..archive.segment_count() {
        let segment = archive.read_segment(ordinal, None).expect("it reads");
        for line in segment.entry_bytes() {
            sources.line(line, &mut kept).expect("it is kept");
        }
    }
    sources.finish(&mut kept).expect("it is kept");
    kept
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes all bytes");
    encoder.finish().expect("memory takes all bytes")
}

/// A folder with some inputs.
fn inputs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("written");
    fs::create_dir(folder.path().join("in")).expect("made");
    write("in/a.log", b"one\r\ntwo\n");
    write("in/b.log.gz", &[gzip(b"three\n"), gzip(b"four")].concat());
    write(
        "in/c.log.zst",
        &zstd::encode_all(&b"\n\n{\"@sealog\":\"close\"}\n"[..], 1).expect("packed"),
    );
    write("in/empty.log", b"");
    write("in/random.bin", &[0, 255, 10, 10, 13, 128, 10, 1]);
    folder
}

#[test]
fn files_of_every_form_come_back_byte_for_byte() {
    let folder = inputs();
    let out = folder.path().join("out.sealog");
    let stream = SealInput::Stream {
        name: "standard input".to_owned(),
        bytes: Box::new(Cursor::new(b"piped\nlines".to_vec())),
    };
    let report = Job::new(vec![path_of(&folder.path().join("in")), stream], &out)
        .run()
        .expect("it is sealed");
    let kept = give_back(&out);
    let expected: [&[u8]; 6] = [
        b"one\r\ntwo\n",
        b"three\nfour",
        b"\n\n{\"@sealog\":\"close\"}\n",
        b"",
        &[0, 255, 10, 10, 13, 128, 10, 1],
        b"piped\nlines",
    ];
    assert_eq!(kept.bytes, expected);
    assert!(
        kept.outcomes
            .iter()
            .all(|outcome| outcome.is_same && outcome.gaps.is_empty())
    );
    for (source, bytes) in report.sources.iter().zip(expected) {
        assert_eq!(
            source.sha256_raw,
            sealscope_proof::sha256(bytes),
            "{}",
            source.name
        );
        assert_eq!(source.bytes_raw, bytes.len() as u64);
    }
    assert_eq!(report.entries, 2 + 2 + 3 + 4 + 2);
    assert!(report.is_closed && !report.is_stopped);
    let stored = fs::read(folder.path().join("in/b.log.gz")).expect("it reads");
    assert_eq!(report.sources[1].sha256, sealscope_proof::sha256(&stored));
}

#[test]
fn inputs_are_as_before_and_the_archive_is_its_owners_alone() {
    let folder = inputs();
    let input = folder.path().join("in/a.log");
    let before = (
        fs::read(&input).ok(),
        fs::metadata(&input).and_then(|m| m.modified()).ok(),
    );
    let out = folder.path().join("out.sealog");
    Job::new(vec![path_of(&input)], &out)
        .run()
        .expect("it is sealed");
    let after = (
        fs::read(&input).ok(),
        fs::metadata(&input).and_then(|m| m.modified()).ok(),
    );
    assert_eq!(before, after);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&out)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_archive_does_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in.log");
    let lines: String = (0..150_000)
        .map(|n| format!("{{\"entry\":{n}}}\n"))
        .collect();
    fs::write(&input, lines).expect("written");
    let sealed = |threads: usize| {
        let out = folder.path().join(format!("{threads}.sealog"));
        let mut job = Job::new(vec![path_of(&input)], &out);
        job.threads = threads;
        job.run().expect("it is sealed");
        fs::read(out).expect("it reads")
    };
    let one = sealed(1);
    assert!(one == sealed(2), "two threads");
    assert!(one == sealed(7), "seven threads");
}

#[test]
fn a_faulty_input_is_sealed_as_far_as_it_goes_and_the_gap_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = gzip("line\n".repeat(5000).as_bytes());
    let trailing = [&gzip(b"one\n")[..], b"garbage"].concat();
    for (name, stored) in [
        ("cut.gz", &whole[..whole.len() - 9]),
        ("trailing.gz", &trailing),
    ] {
        let input = folder.path().join(name);
        fs::write(&input, stored).expect("written");
        let out = folder.path().join(format!("{name}.sealog"));
        let report = Job::new(vec![path_of(&input)], &out)
            .run()
            .expect("it is sealed");
        let source = &report.sources[0];
        assert_eq!(source.gaps.len(), 1, "{name}");
        assert!(source.gaps[0].contains("byte"), "{name}: {:?}", source.gaps);
        assert_eq!(
            source.sha256,
            sealscope_proof::sha256(stored),
            "{name}: all bytes as found"
        );
        let kept = give_back(&out);
        assert_eq!(kept.outcomes[0].gaps, source.gaps);
        assert!(kept.outcomes[0].is_same, "what was unpacked is there");
    }
}

#[test]
fn appending_adds_sources_and_a_closed_archive_takes_none() {
    let folder = inputs();
    let (a, b) = (
        folder.path().join("in/a.log"),
        folder.path().join("in/b.log.gz"),
    );
    let out = folder.path().join("out.sealog");
    let mut first = Job::new(vec![path_of(&a)], &out);
    first.ending = Ending::LeaveOpen;
    assert!(!first.run().expect("it is sealed").is_closed);
    let mut second = Job::new(vec![path_of(&b)], &out);
    second.mode = SealMode::Append;
    second.run().expect("it is appended");
    assert_eq!(
        give_back(&out).bytes,
        [&b"one\r\ntwo\n"[..], b"three\nfour"]
    );
    let before = fs::read(&out).expect("it reads");
    let mut third = Job::new(vec![path_of(&a)], &out);
    third.mode = SealMode::Append;
    assert!(matches!(third.run(), Err(SealError::Closed { .. })));
    assert!(
        before == fs::read(&out).expect("it reads"),
        "nothing was written"
    );
}

#[test]
fn continuing_goes_on_in_another_file() {
    let folder = inputs();
    let (one, two) = (
        folder.path().join("1.sealog"),
        folder.path().join("2.sealog"),
    );
    let a = folder.path().join("in/a.log");
    let first = Job::new(vec![path_of(&a)], &one)
        .run()
        .expect("it is sealed");
    let mut job = Job::new(vec![path_of(&a)], &two);
    job.mode = SealMode::Continue {
        previous: one.clone(),
    };
    let second = job.run().expect("it is continued");
    assert_eq!(first.origin, second.origin);
    assert!(second.size > first.size);
    give_back(&two);
}

#[test]
fn lines_found_unsealed_are_told_when_they_are_sealed() {
    let folder = inputs();
    let (a, out) = (
        folder.path().join("in/a.log"),
        folder.path().join("out.sealog"),
    );
    let mut first = Job::new(vec![path_of(&a)], &out);
    first.ending = Ending::LeaveOpen;
    first.run().expect("it is sealed");
    let checkpoint = open(&out).structure().checkpoints[0].offset_bytes;
    let file = fs::OpenOptions::new()
        .write(true)
        .open(&out)
        .expect("it opens");
    file.set_len(checkpoint)
        .expect("it is cut before its only checkpoint");
    drop(file);
    let mut append = Job::new(vec![], &out);
    append.mode = SealMode::Append;
    let report = append.run().expect("it is sealed");
    // A header, a source, two entries and the end of the source.
    assert_eq!(report.found_unsealed, 5);
    assert_eq!(give_back(&out).bytes, [b"one\r\ntwo\n"]);
}

#[test]
fn real_logs_come_back_byte_for_byte() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    for name in [
        "linux",
        "web",
        "kubernetes",
        "zeek",
        "hash-chains",
        "cloudtrail",
    ] {
        let out = folder.path().join(format!("{name}.sealog"));
        let report = Job::new(vec![path_of(&data.join(name))], &out)
            .run()
            .expect("it is sealed");
        let kept = give_back(&out);
        assert_eq!(kept.bytes.len(), report.sources.len());
        for (source, (bytes, outcome)) in report
            .sources
            .iter()
            .zip(kept.bytes.iter().zip(&kept.outcomes))
        {
            assert!(outcome.is_same, "{}", source.name);
            let stored = fs::read(&source.name).expect("it is there");
            assert_eq!(
                source.sha256,
                sealscope_proof::sha256(&stored),
                "{}",
                source.name
            );
            if source.form == SourceForm::Plain {
                assert!(*bytes == stored, "{}", source.name);
            }
        }
    }
}

#[test]
fn nothing_is_ever_written_over() {
    let folder = inputs();
    let a = folder.path().join("in/a.log");
    let out = folder.path().join("taken.log");
    fs::write(&out, "precious").expect("written");
    assert!(matches!(
        Job::new(vec![path_of(&a)], &out).run(),
        Err(SealError::OutputExists { .. })
    ));
    let mut append = Job::new(vec![path_of(&a)], &out);
    append.mode = SealMode::Append;
    assert!(matches!(append.run(), Err(SealError::State { .. })));
    assert_eq!(fs::read(&out).expect("it reads"), b"precious");
}

#[test]
fn an_archive_inside_its_own_input_is_refused_before_anything_is_made() {
    let folder = inputs();
    let inside = folder.path().join("in/out.sealog");
    let refused = Job::new(vec![path_of(&folder.path().join("in"))], &inside).run();
    assert!(matches!(refused, Err(SealError::OutputInsideInput { .. })));
    assert!(!inside.exists());
    let a = folder.path().join("in/a.log");
    let mut same = Job::new(vec![path_of(&a)], &a);
    same.mode = SealMode::Append;
    assert!(matches!(
        same.run(),
        Err(SealError::OutputInsideInput { .. })
    ));
}

#[test]
fn what_cannot_be_sealed_is_refused_before_anything_is_made() {
    let folder = inputs();
    let out = folder.path().join("out.sealog");
    let missing = vec![
        path_of(&folder.path().join("in/a.log")),
        path_of(&folder.path().join("missing.log")),
    ];
    let refused = Job::new(missing, &out).run();
    assert!(matches!(
        refused,
        Err(SealError::Input(OpenError::NotFound { .. }))
    ));
    fs::create_dir(folder.path().join("none")).expect("made");
    let none = Job::new(vec![path_of(&folder.path().join("none"))], &out).run();
    assert!(matches!(none, Err(SealError::NothingToSeal { .. })));
    assert!(!out.exists());
}

#[test]
fn a_line_longer_than_an_entry_names_input_and_place_and_what_came_before_is_sealed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, out) = (
        folder.path().join("in.log"),
        folder.path().join("out.sealog"),
    );
    let mut bytes = b"first\n".to_vec();
    bytes.resize((64 << 20) + 7, b'x');
    fs::write(&input, bytes).expect("written");
    let refused = Job::new(vec![path_of(&input)], &out).run();
    assert!(
        matches!(&refused, Err(SealError::LineTooLong { input, offset_bytes: 6, .. })
            if input.ends_with("in.log")),
        "{refused:?}"
    );
    assert_eq!(give_back(&out).bytes, [b"first\n"]);
}

#[cfg(unix)]
#[test]
fn two_programs_do_not_write_to_one_archive() {
    use fs4::fs_std::FileExt as _;
    let folder = inputs();
    let (a, out) = (
        folder.path().join("in/a.log"),
        folder.path().join("out.sealog"),
    );
    let mut first = Job::new(vec![path_of(&a)], &out);
    first.ending = Ending::LeaveOpen;
    first.run().expect("it is sealed");
    let other = fs::File::open(&out).expect("it opens");
    assert_eq!(other.try_lock_exclusive().ok(), Some(true));
    let mut append = Job::new(vec![path_of(&a)], &out);
    append.mode = SealMode::Append;
    assert!(matches!(append.run(), Err(SealError::Busy { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_bytes_come_back_as_they_were(
        bytes in prop::collection::vec(prop_oneof![Just(10u8), any::<u8>()], 0..400),
        packed in 0..3u8,
    ) {
        // A random file must not begin like a packed one.
        prop_assume!(sealscope_archive::input::Packing::of(&bytes)
            == sealscope_archive::input::Packing::Plain);
        let folder = tempfile::tempdir().expect("a folder");
        let (input, out) = (folder.path().join("in"), folder.path().join("out.sealog"));
        let stored = match packed {
            0 => bytes.clone(),
            1 => gzip(&bytes),
            _ => zstd::encode_all(&bytes[..], 1).expect("packed"),
        };
        fs::write(&input, stored).expect("written");
        Job::new(vec![path_of(&input)], &out).run().expect("it is sealed");
        let kept = give_back(&out);
        prop_assert!(kept.outcomes[0].is_same);
        prop_assert_eq!(&kept.bytes[0], &bytes);
    }
}
