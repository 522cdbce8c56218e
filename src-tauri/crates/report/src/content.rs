//! What a report says: one value, gathered once, that every form renders.
//!
//! Invariants: 1. Renderers decide looks, never facts: every sentence, count and digest of a report
//! is in its [`Content`]. 2. The same content gives the same bytes: no maps, no clock, no place
//! of this computer. 3. Texts from evidence stand here exactly; each renderer makes them safe
//! with
//! `sealscope-shown`. 4. What is claimed of an exhibit is what was found when its bytes were read
//! and hashed for this report.

mod exhibits;
mod integrity;
mod items;
mod queries;
mod wholes;

pub use exhibits::{
    Exhibit, ExhibitTime, FieldValue, NoteText, Proof, ProofFile, Spine, ValueKind,
};
pub use integrity::{
    Aspect, Chain, ChainPiece, Counts, EndOf, FromOutside, Integrity, Problem, RangeOf, Signer,
};
pub use items::{Books, Item, ItemFile, Rejected};
pub use queries::{Bucket, FilterCount, QueryRecord, Timeline};
pub use wholes::{
    Attachment, Content, ContentError, Declaration, Method, Redaction, Reproduction, SCHEMA,
    SectionOf, Setting, TimeSource, TimeStatement,
};
