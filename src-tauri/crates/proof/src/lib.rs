//! RFC 6962 trees, inclusion and consistency proofs, signed notes.
