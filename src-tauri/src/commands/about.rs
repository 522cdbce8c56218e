//! What the program says about itself.

/// The version of this program, such as `0.1.0`.
#[tauri::command]
#[must_use]
pub fn about() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
