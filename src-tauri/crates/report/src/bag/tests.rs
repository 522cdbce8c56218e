use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::testing::{package, signer};

/// The examiner of the sample.
fn examiner() -> Signer {
    Signer::from_seed("examiner.example", &[9; 32]).expect("a key")
}

fn signed(package: &Package) -> Bag<'_> {
    let mut bag = Bag::new(package, &[]).expect("a bag");
    bag.sign(&examiner());
    bag
}

/// A tool of the system that the project's set-up installs.
fn run(program: &str, arguments: &[&std::ffi::OsStr], folder: &Path) -> (bool, String) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the tool is installed");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn the_same_report_is_the_same_bag() {
    let package = package(3);
    assert_eq!(signed(&package).finish(), signed(&package).finish());
    let folder = tempfile::tempdir().expect("a folder");
    let [a, b] = ["a.zip", "b.zip"].map(|name| folder.path().join(name));
    write_zip(signed(&package), &a).expect("written");
    write_zip(signed(&package), &b).expect("written");
    let read = |path: &PathBuf| std::fs::read(path).expect("there");
    assert_eq!(read(&a), read(&b));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_behind() {
    let package = package(1);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bag");
    write_folder(signed(&package), &path).expect("written");
    let again = write_folder(signed(&package), &path);
    assert!(matches!(again, Err(WriteError::Exists { .. })));
    let again = write_zip(signed(&package), &path);
    assert!(matches!(again, Err(WriteError::Exists { .. })));
    let names = std::fs::read_dir(folder.path()).expect("there");
    assert_eq!(names.count(), 1);
    let nowhere = folder.path().join("not/there");
    assert!(write_folder(signed(&package), &nowhere).is_err());
}

#[test]
fn a_report_whose_file_takes_the_place_of_another_makes_no_bag() {
    let original = package(1);
    for (name, fits) in [
        ("notes/a.txt", true),
        ("Report.json", false),
        ("report.html", true),
        ("entries/E1.bin", false),
        ("entries", false),
        ("proofs/E1.tlog-proof/more", false),
        ("keys/other.vkey", true),
    ] {
        let mut content = original.content().clone();
        let mut files = original.files().to_vec();
        let file = AttachedFile {
            name: name.to_owned(),
            bytes: b"x".to_vec(),
        };
        content
            .attachments
            .push(crate::content::Attachment::of(name, "", "", &file.bytes));
        files.push(file);
        let package = Package::new(content, files).expect("a package");
        assert_eq!(Bag::new(&package, &[]).is_ok(), fits, "{name}");
    }
}

#[test]
fn a_report_with_a_line_break_in_its_id_makes_no_bag() {
    let mut content = package(1).content().clone();
    content.report_id = "5f0c\nPayload-Oxum: 1.1".to_owned();
    let package = Package::new(content, package(1).files().to_vec()).expect("a package");
    assert_eq!(Bag::new(&package, &[]).err(), Some(BagError::Text("id")));
}

/// `sha256sum`, as README.txt says, and `unzip -t` where it is there, take the bag apart.
#[test]
fn tools_of_the_system_read_the_bag() {
    let package = package(2);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bag");
    write_folder(signed(&package), &path).expect("written");
    let arguments = ["-c", "--quiet", MANIFEST, TAG_MANIFEST].map(std::ffi::OsStr::new);
    let (holds, says) = run("sha256sum", &arguments, &path);
    assert!(holds, "{says}");
    let zip = folder.path().join("bag.zip");
    write_zip(signed(&package), &zip).expect("written");
    let unpack = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is \
    None; \
                  z.extractall(sys.argv[2])";
    let out = folder.path().join("out");
    let arguments = [
        "-c".as_ref(),
        unpack.as_ref(),
        zip.as_os_str(),
        out.as_os_str(),
    ];
    let (holds, says) = run("python3", &arguments, folder.path());
    assert!(holds, "{says}");
    let unpacked = out.join(format!("report-{}", package.content().report_id));
    let unpacked = read_folder(&unpacked).expect("a bag");
    assert_eq!(unpacked.files, signed(&package).finish());
}

/// The script that is written from the standards alone.
#[test]
fn the_independent_check_accepts_the_bag_and_no_altered_one() {
    let package = package(3);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bag");
    write_folder(signed(&package), &path).expect("written");
    let keys = ["log.vkey", "examiner.vkey"].map(|name| folder.path().join(name));
    let vkeys = [signer(), examiner()].map(|signer| signer.verifier().to_vkey());
    for (key, vkey) in keys.iter().zip(vkeys) {
        std::fs::write(key, vkey).expect("written");
    }
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/independent/check_bag.py");
    let check = |bag: &Path| {
        let arguments = [
            script.as_os_str(),
            bag.as_os_str(),
            "--trust".as_ref(),
            keys[0].as_os_str(),
            "--signer".as_ref(),
            keys[1].as_os_str(),
        ];
        run("python3", &arguments, folder.path())
    };
    let (holds, says) = check(&path);
    assert!(holds, "{says}");
    let zip = folder.path().join("bag.zip");
    write_zip(signed(&package), &zip).expect("written");
    let (holds, says) = check(&zip);
    assert!(holds, "{says}");
    for name in [
        "data/entries/E2.bin",
        "data/proofs/E1.tlog-proof",
        "data/checkpoints/1.note",
        "data/report.json",
        "bag-info.txt",
        STATEMENT,
    ] {
        let file = path.join(name);
        let bytes = std::fs::read(&file).expect("there");
        let mut other = bytes.clone();
        let middle = other.len() / 2;
        other[middle] ^= 1;
        std::fs::write(&file, &other).expect("written");
        let (holds, says) = check(&path);
        assert!(!holds, "{name}: {says}");
        std::fs::write(&file, &bytes).expect("written");
    }
    assert!(check(&path).0);
}

/// The commands of README.txt.
#[test]
fn openssl_accepts_the_signature_and_no_altered_one() {
    let package = package(1);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bag");
    write_folder(signed(&package), &path).expect("written");
    let readme = std::fs::read_to_string(path.join(README)).expect("there");
    let begin = readme.find("export DIR").expect("the commands");
    let end = readme.find("   The statement printed").expect("their end");
    let mine = folder.path().join("mine.vkey");
    std::fs::write(&mine, examiner().verifier().to_vkey()).expect("written");
    let commands = readme[begin..end].replace("EXAMINER.vkey", &mine.to_string_lossy());
    let check = || run("sh", &["-c".as_ref(), commands.as_ref()], &path);
    let (holds, says) = check();
    assert!(
        holds && says.contains("Signature Verified Successfully"),
        "{says}"
    );
    assert!(says.contains("urn:sealscope:report:v1"), "{says}");
    let file = path.join(STATEMENT);
    let text = std::fs::read_to_string(&file).expect("there");
    let payload = text.find("\"payload\": \"").expect("a payload") + 60;
    let mut other = text.into_bytes();
    other[payload] = if other[payload] == b'A' { b'B' } else { b'A' };
    std::fs::write(&file, other).expect("written");
    let (holds, says) = check();
    assert!(!holds, "{says}");
}
