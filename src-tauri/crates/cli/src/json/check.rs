//! `sealscope.check/1`: what `sealscope check --json` prints.

use std::path::Path;

use sealscope_engine::checked::{Answer, Check, ExhibitChecks, Finding, Outcome};
use serde::Serialize;

/// A report that was looked at.
#[derive(Serialize)]
pub struct CheckObject<'o> {
    schema: &'static str,
    path: String,
    form: &'static str,
    answer: &'static str,
    signed: bool,
    report: Option<ReportObject<'o>>,
    checks: Vec<CheckLine<'o>>,
    exhibits: Vec<ExhibitLine<'o>>,
    limits: &'o [&'static str],
}

#[derive(Serialize)]
struct ReportObject<'o> {
    id: &'o str,
    content_sha256: &'o str,
    made_at: &'o str,
    tool: &'o str,
    verdict: &'o str,
    headline: &'o str,
}

#[derive(Serialize)]
struct CheckLine<'o> {
    what: &'o str,
    state: &'static str,
    says: &'o str,
}

#[derive(Serialize)]
struct ExhibitLine<'o> {
    number: u32,
    bytes: FindingObject<'o>,
    proof: FindingObject<'o>,
    signature: FindingObject<'o>,
}

#[derive(Serialize)]
struct FindingObject<'o> {
    state: &'static str,
    says: &'o str,
}

impl<'o> CheckObject<'o> {
    /// The object for an outcome.
    pub fn of(path: &Path, outcome: &'o Outcome) -> Self {
        Self {
            schema: "sealscope.check/1",
            path: path.to_string_lossy().into_owned(),
            form: outcome.form.word(),
            answer: match outcome.answer() {
                Answer::Holds => "holds",
                Answer::DoesNotHold => "does-not-hold",
                Answer::NotInFull => "not-in-full",
            },
            signed: outcome.is_signed,
            report: outcome.claimed.as_ref().map(|claimed| ReportObject {
                id: &claimed.report_id,
                content_sha256: &claimed.content_sha256,
                made_at: &claimed.made_at,
                tool: &claimed.tool,
                verdict: &claimed.verdict,
                headline: &claimed.headline,
            }),
            checks: outcome.checks.iter().map(CheckLine::of).collect(),
            exhibits: outcome.exhibits.iter().map(ExhibitLine::of).collect(),
            limits: &outcome.limits,
        }
    }
}

impl<'o> CheckLine<'o> {
    fn of(check: &'o Check) -> Self {
        Self {
            what: &check.what,
            state: check.finding.state.word(),
            says: &check.finding.says,
        }
    }
}

impl<'o> ExhibitLine<'o> {
    fn of(checks: &'o ExhibitChecks) -> Self {
        Self {
            number: checks.number,
            bytes: FindingObject::of(&checks.bytes),
            proof: FindingObject::of(&checks.proof),
            signature: FindingObject::of(&checks.signature),
        }
    }
}

impl<'o> FindingObject<'o> {
    fn of(finding: &'o Finding) -> Self {
        Self {
            state: finding.state.word(),
            says: &finding.says,
        }
    }
}
