//! The examiner's work: what was examined, for whom, with which findings, and which entries are
//! cited.
//!
//! A [`Case`] is one small JSON file in the examiner's own folder, never beside evidence.
//!
//! Invariants: 1. Entries are named by the SHA-256 of their archive and the hash of their leaf: a
//! case opened against other bytes finds nothing rather than something else. 2. A file is
//! replaced as a whole or not at all, and never over a version that was not read. 3. A case file
//! is as untrusted as evidence: its size and its lists are bounded, and what it says is checked
//! when it is read.

mod controls;
mod declarations;
mod file;
mod people;
mod sections;
mod work;

pub use controls::{CONTROLS, ControlQuestion, ControlSet, control_set};
pub use declarations::{DECLARATIONS, DeclarationText, declaration};
pub use file::{CASE_BYTES_MAX, CaseFile, CaseFileError};
pub use people::{Custody, Identity, Person, Role, Scope};
pub use sections::{SECTIONS, Section, SectionId, Template, sections_of};
pub use work::{
    Case, Cited, Deposit, Finding, KeptQuery, LISTS_MAX, Redact, ReportSettings, SCHEMA,
    SectionChoice, ShownPrecision, Signatory,
};
