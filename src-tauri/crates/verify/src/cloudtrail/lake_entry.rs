//! What the signature of a CloudTrail Lake result says of one row.

use sealscope_archive::cloudtrail::CloudTrailArchive;
use sealscope_model::{AspectState, Claimed, Computed, Digest, Verdict, agree};

use super::keys::{KeyRing, Signed};
use super::lake::Case;
use super::logs::last;
use crate::check::SegmentFindings;
use crate::entry_seal::{EntryPlace, EntrySeal, SealStep};
use crate::summary::grouped;
use crate::trust::TrustStore;

/// What the results say of every file of rows that was looked at.
#[derive(Debug)]
pub(crate) struct LakeSeals {
    files: Vec<FileSeal>,
}

/// One file of rows.
#[derive(Debug)]
struct FileSeal {
    file: String,
    first_segment: usize,
    computed: Option<Computed<Digest>>,
    verdict: Verdict,
    listed: Option<Listed>,
}

/// How a result lists it.
#[derive(Debug)]
struct Listed {
    /// The signature file.
    result: String,
    claimed: Option<Claimed<Digest>>,
    /// The listed name, where the file has another one here.
    named: Option<String>,
    signature: SealStep,
}

impl LakeSeals {
    /// `None` where the archive is no query result.
    pub(crate) fn of(
        archive: &CloudTrailArchive,
        findings: &[SegmentFindings],
        trust: &TrustStore,
    ) -> Option<Self> {
        let ring = KeyRing::new(archive.keys_beside(), trust);
        let case = Case::of(archive.lake()?, findings, &ring);
        let verdicts = case.verdicts.iter().zip(&case.listed);
        let files = case.lake.files.iter().zip(verdicts);
        let files = files.map(|(file, (verdict, listed))| FileSeal {
            file: file.file.clone(),
            first_segment: file.first_segment,
            computed: file.stored_sha256,
            verdict: *verdict,
            listed: listed.and_then(|(number, signed)| {
                let result = case.lake.results.get(number)?;
                let names = result.document.as_ref().map_or(0, |d| d.files.len());
                Some(Listed {
                    result: result.file.clone(),
                    claimed: signed.hash(),
                    named: (last(&file.file) != signed.file_name).then(|| signed.file_name.clone()),
                    signature: signature(&result.file, names, case.signed.get(number)),
                })
            }),
        });
        Some(Self {
            files: files.collect(),
        })
    }

    /// What seals the row: its whole file, as it was when it was opened.
    pub(crate) fn entry(&self, place: EntryPlace<'_>) -> Option<EntrySeal> {
        let after = self
            .files
            .partition_point(|file| file.first_segment <= place.segment.ordinal);
        let file = self.files.get(after.checked_sub(1)?)?;
        let listed = file.listed.as_ref();
        let mut seal = EntrySeal {
            hashed: format!("SHA-256 of the packed file {}", last(&file.file)),
            computed: file.computed,
            claimed: listed.and_then(|listed| listed.claimed),
            claimed_from: listed
                .map(|listed| format!("Listed by {}.", last(&listed.result)))
                .unwrap_or_default(),
            steps: vec![file_step(file)],
            worth: worth(place.verdict, listed.is_some()).to_owned(),
        };
        seal.steps
            .extend(listed.map(|listed| listed.signature.clone()));
        Some(seal)
    }
}

fn file_step(file: &FileSeal) -> SealStep {
    let name = &file.file;
    let Some(listed) = &file.listed else {
        let detail = format!("{name}: no query result here lists it.");
        return SealStep::new("File of the result", AspectState::Absent, detail);
    };
    let agrees = listed
        .claimed
        .zip(file.computed)
        .map(|(claimed, computed)| agree(&claimed, &computed));
    let (state, found) = match agrees {
        Some(true) if file.verdict == Verdict::Broken => (
            AspectState::NotCheckable,
            "its bytes have the SHA-256 that the result lists",
        ),
        Some(true) => (
            AspectState::Ok,
            "its bytes have the SHA-256 that the result lists",
        ),
        Some(false) => (
            AspectState::Broken,
            "its bytes do not have the SHA-256 that the result lists",
        ),
        None => (
            AspectState::NotCheckable,
            "the hash that the result lists cannot be read",
        ),
    };
    let mut detail = format!("{name}: {found}.");
    if let Some(named) = &listed.named {
        detail.push_str(&format!(" It is listed as {named}; names are not signed."));
    }
    SealStep::new("File of the result", state, detail)
}

fn signature(file: &str, files: usize, signed: Option<&Option<Signed>>) -> SealStep {
    let (state, found) = match signed.and_then(Option::as_ref) {
        Some(Signed::Given) => (
            AspectState::Ok,
            "A key that you gave made its signature.".to_owned(),
        ),
        Some(Signed::Beside(key)) => (
            AspectState::NotCheckable,
            format!("The key that made its signature lay beside the evidence ({key})."),
        ),
        Some(Signed::NotByBeside(key)) => (
            AspectState::NotCheckable,
            format!(
                "The key of its fingerprint that lay beside the evidence ({key}) did not make its \
                 signature."
            ),
        ),
        Some(Signed::Bad | Signed::Malformed) => (
            AspectState::Broken,
            "Its signature was not made over these hashes by the key that it names.".to_owned(),
        ),
        Some(Signed::OutOfTime(_)) => (
            AspectState::NotCheckable,
            "The key that made its signature was not in use at that time.".to_owned(),
        ),
        Some(Signed::NoKey) | None => (
            AspectState::NotCheckable,
            "None of the keys at hand belongs to its signature.".to_owned(),
        ),
    };
    let covers = format!(
        "{file} signs the hashes of {} in their order.",
        match files {
            1 => "1 file".to_owned(),
            more => format!("{} files", grouped(more as u64)),
        }
    );
    SealStep::new("Signature of the result", state, found).about(&covers)
}

const fn worth(verdict: Option<Verdict>, is_listed: bool) -> &'static str {
    match (verdict, is_listed) {
        (Some(Verdict::Intact), _) => {
            "The file of this row is, byte for byte, one whose hash the service signed, as far as \
             the key that you gave is its own. The query, its time and the names of the files are \
             not signed: what the query left out cannot be seen here."
        }
        (Some(Verdict::Broken), true) => {
            "What stands here is not proven to be what the query returned: the file, or the \
             signature that covers it, is not as it was made. That does not tell who changed it, \
             or when."
        }
        (Some(_), true) => {
            "File and list agree, but nothing here proves who made the list: whoever could write \
             the folder could have made both."
        }
        (Some(_), false) => {
            "Nothing that is signed speaks of this file: whether it was changed cannot be told."
        }
        (None, _) => "It was not checked so far.",
    }
}
