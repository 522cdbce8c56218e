/// Every command that the page may call. `build.rs` declares them, `capabilities/main.json` allows
/// them, and a test compares both, the handlers and the page's own list.
pub const COMMANDS: &[&str] = &["about"];
