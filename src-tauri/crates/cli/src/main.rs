//! The `sealscope` program.
fn main() {}
