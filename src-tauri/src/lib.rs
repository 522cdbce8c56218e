//! The window: a thin shell over the engine. It opens the page, hands commands to the engine and
//! answers in the page's words; it decides nothing that a report could depend on.

pub mod commands;
pub mod dialogs;
pub mod encode;
pub mod error;
pub mod hashing;
pub mod launch;
pub mod rendering;
pub mod session;
mod window;
pub mod wire;

use std::sync::Arc;

use launch::Launch;
use session::Session;
use tauri::{DragDropEvent, WindowEvent};

/// Why the window could not be opened.
#[derive(Debug)]
pub enum RunError {
    /// The examiner's own folders or key files cannot be used.
    Session(String),
    /// The system gives no window.
    Window(tauri::Error),
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Session(why) => f.write_str(why),
            Self::Window(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs the application until its window is closed.
///
/// # Errors
///
/// When the system gives no window, or a key file given cannot be read.
pub fn run(launch: Launch) -> Result<(), RunError> {
    let session = Session::new(&launch, dialogs::of_this_build()).map_err(RunError::Session)?;
    let session = Arc::new(session);
    if !launch.paths.is_empty() {
        session.open(launch.paths);
    }
    let dropped = Arc::clone(&session);
    tauri::Builder::default()
        .manage(session)
        .manage(Arc::new(commands::report::Desk::default()))
        .on_window_event(move |_, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                dropped.open(paths.clone());
            }
        })
        .invoke_handler(tauri::generate_handler![
            commands::archives::startup,
            commands::archives::open_dialog,
            commands::archives::open_folder_dialog,
            commands::archives::open_recent,
            commands::archives::forget_recent,
            commands::archives::close_archives,
            commands::archives::status,
            commands::archives::cancel,
            commands::archives::recheck,
            commands::queries::query_check,
            commands::queries::query_complete,
            commands::queries::search,
            commands::queries::search_state,
            commands::queries::relaxed,
            commands::rows::columns,
            commands::rows::fields_available,
            commands::rows::page,
            commands::rows::row_gaps,
            commands::timeline::histogram,
            commands::rows::ordinal_at_time,
            commands::rows::goto,
            commands::rows::ordinal_of,
            commands::rows::next_problem,
            commands::facets::facet_fields,
            commands::facets::facets,
            commands::rows::copy_rows,
            commands::entries::entry,
            commands::entries::read_bytes,
            commands::entries::proof,
            commands::entries::chain_window,
            commands::verification::verification,
            commands::verification::breaks,
            commands::verification::trust_preview,
            commands::verification::trust_add,
            commands::given::given,
            commands::given::give_file,
            commands::given::give_text,
            commands::given::forget_given,
            commands::given::use_given,
            commands::given::chain_profile,
            commands::given::profile_file,
            commands::given::use_profile,
            commands::archives::set_zone,
            commands::settings::time_field_candidates,
            commands::settings::set_time_field,
            commands::archives::cache_info,
            commands::archives::cache_clear,
            commands::report::case::report_choices,
            commands::report::case::case_view,
            commands::report::case::case_write,
            commands::report::case::case_new,
            commands::report::case::case_open,
            commands::report::case::keep_query,
            commands::report::case::keep_controls,
            commands::report::cited::cite_rows,
            commands::report::cited::cited_views,
            commands::report::work::report_begin,
            commands::report::work::report_state,
            commands::report::work::report_cancel,
            commands::report::work::report_page,
            commands::report::work::export_begin,
            commands::report::key::choose_signing_key,
            commands::report::key::forget_signing_key
        ])
        .setup(|app| {
            window::open(app.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .map_err(RunError::Window)
}
