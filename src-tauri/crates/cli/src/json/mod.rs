//! What `--json` prints. The members stand in the order in which `docs/json.md` names them; changes
//! are additions only.

pub mod cache;
pub mod cat;
pub mod check;
pub mod compare;
pub mod formats;
pub mod info;
pub mod keys;
mod outside;
pub mod report;
pub mod seal;
pub mod search;
pub mod stamp;
pub mod verify;
