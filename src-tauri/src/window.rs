use tauri::{AppHandle, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The label that `capabilities/main.json` names.
pub const LABEL: &str = "main";

/// Opens the one window.
///
/// # Errors
///
/// When the system gives no window: no display, no web view.
pub fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Sealscope")
        .inner_size(1440.0, 900.0)
        .min_inner_size(1024.0, 640.0)
        .on_navigation(is_own_page)
        .build()
}

/// Whether an address is the application's own page. Everything else is refused: a dropped file
/// that the web view would show, a link in a log, an address set by a script.
fn is_own_page(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default();
    match address.scheme() {
        "tauri" => host == "localhost",
        // Windows and Android serve the same page under this name.
        "http" | "https" => host == "tauri.localhost",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(address: &str) -> bool {
        is_own_page(&address.parse().expect("a well-formed address"))
    }

    #[test]
    fn the_window_shows_its_own_page() {
        assert!(allowed("tauri://localhost/index.html#/w"));
        assert!(allowed("http://tauri.localhost/"));
    }

    #[test]
    fn the_window_goes_nowhere_else() {
        for address in [
            "https://example.org/",
            "http://localhost/",
            "http://tauri.localhost.example.org/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "javascript:alert(1)",
            "tauri://example.org/",
        ] {
            assert!(!allowed(address), "{address}");
        }
    }
}
