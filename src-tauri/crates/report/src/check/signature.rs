//! The examiner's signature over a report, and the timestamp over the signature.

use sealscope_proof::VerifierKey;
use sealscope_verify::{Stamped, TimestampState, check_token};

use super::{CheckOptions, Finding, Outcome};
use crate::sign::{Envelope, Opened};

/// A statement as found, and what it should say.
pub(super) struct Signed<'s> {
    pub envelope: Option<&'s [u8]>,
    /// What the report itself makes.
    pub payload: &'s [u8],
    /// In a bag, the file with the examiner's key, if any.
    pub examiner: Option<Option<&'s [u8]>>,
    pub token: Option<&'s [u8]>,
}

/// Checks who signed the report, and since when that is known.
pub(super) fn check_signature(
    signed: &Signed<'_>,
    options: &CheckOptions<'_>,
    outcome: &mut Outcome,
) {
    let Some(envelope) = signed.envelope else {
        let alone = signed.examiner.flatten().is_some() || signed.token.is_some();
        outcome.add(
            "signature",
            match alone {
                true => Finding::broken("A key or a timestamp is there without a signature."),
                false => Finding::absent(
                    "The report is not signed: nothing shows that it was not written anew as a \
                    whole.",
                ),
            },
        );
        return;
    };
    let finding = match Envelope::open(envelope) {
        Err(why) => Finding::broken(format!("The signature does not read: {why}.")),
        Ok(opened) if opened.payload != signed.payload => {
            Finding::broken("The signed statement is not about this report.")
        }
        Ok(opened) => judge(&opened, signed.examiner, options),
    };
    outcome.is_signed = finding.state == super::State::Ok;
    outcome.add("signature", finding);
    if let Some(token) = signed.token {
        let stamped = Stamped::Bytes(envelope);
        let roots = &options.trust.tsa_roots;
        let found = check_token(token, stamped, "the signed statement", roots, &[]);
        let finding = match found.state {
            TimestampState::Trusted => Finding::ok(found.says),
            TimestampState::Untrusted => Finding::not_checkable(found.says),
            TimestampState::Bad => Finding::broken(found.says),
        };
        outcome.add("timestamp", finding);
    }
}

fn who(key: &VerifierKey) -> String {
    format!("{} ({})", key.name(), key.id_hex())
}

fn judge(opened: &Opened, examiner: Option<Option<&[u8]>>, options: &CheckOptions<'_>) -> Finding {
    let claimed = match examiner.map(|bytes| claimed_key(opened, bytes)) {
        None => None,
        Some(Ok(key)) => Some(key),
        Some(Err(says)) => return Finding::broken(says),
    };
    let examiners: Vec<&VerifierKey> = options.examiners.iter().collect();
    let mut good = Vec::new();
    for (number, (id, _)) in opened.signatures.iter().enumerate() {
        let named = examiners.iter().filter(|key| key.id_hex() == *id);
        let mut named = named.peekable();
        let first = named.peek().copied();
        match (named.find(|key| opened.is_signed_by(number, key)), first) {
            (Some(key), _) => good.push(who(key)),
            (None, Some(key)) => {
                return Finding::broken(format!(
                    "A signature names {}, which is trusted here and did not make it.",
                    who(key)
                ));
            }
            (None, None) => {}
        }
    }
    if !good.is_empty() {
        return Finding::ok(format!(
            "The report is signed by {}, trusted here.",
            good.join(" and ")
        ));
    }
    let numbers = 0..opened.signatures.len();
    let mut of_logs = options.trust.keys().iter().map(|trusted| &trusted.key);
    if let Some(key) = of_logs.find(|key| numbers.clone().any(|one| opened.is_signed_by(one, key)))
    {
        return Finding::not_checkable(format!(
            "The report is signed by {}, which is trusted here for logs, but not for reports.",
            who(key)
        ));
    }
    Finding::not_checkable(match claimed {
        Some(key) => format!(
            "The report is signed by {}, a key that comes with it and is not trusted here.",
            who(&key)
        ),
        None => "The report is signed by a key that is not trusted here.".to_owned(),
    })
}

/// The key beside the statement: it must be written in its one form, and have signed.
fn claimed_key(opened: &Opened, bytes: Option<&[u8]>) -> Result<VerifierKey, &'static str> {
    let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
    let key = text.and_then(|text| VerifierKey::parse(text).ok());
    let Some(key) = key.filter(|key| text == Some(&format!("{}\n", key.to_vkey()))) else {
        return Err("The signature comes without the examiner's key.");
    };
    let signed = opened
        .signatures
        .iter()
        .enumerate()
        .any(|(number, (id, _))| *id == key.id_hex() && opened.is_signed_by(number, &key));
    match signed {
        true => Ok(key),
        false => Err("The key that comes with the report did not make the signature."),
    }
}
