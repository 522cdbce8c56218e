//! The window: a thin shell over the engine. It opens the page, hands commands to the engine and
//! answers in the page's words; it decides nothing that a report could depend on.

pub mod commands;
pub mod dialogs;
pub mod launch;
pub mod recent;
pub mod rendering;
mod window;
pub mod wire;

use launch::Launch;

/// Runs the application until its window is closed.
///
/// # Errors
///
/// When the system gives no window.
pub fn run(_launch: Launch) -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![commands::about::about])
        .setup(|app| {
            window::open(app.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
