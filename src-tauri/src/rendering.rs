//! Chooses how WebKitGTK draws, before it starts.

use std::path::Path;

/// WebKitGTK's own switch. It has to be set before GTK starts.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Whether to draw without the graphics card.
///
/// Where there is none, WebKitGTK's default renderer copies each frame twice: measured at a median
/// of 58 ms a frame against 16 ms.
#[must_use]
pub fn wants_software(asked_for: bool, already_decided: bool, has_gpu: bool) -> bool {
    !already_decided && (asked_for || !has_gpu)
}

/// Starts this program again with the switch set, where it is wanted and not set yet.
///
/// The environment of a running process cannot be changed soundly, so the process replaces itself:
/// same process id, same arguments. Returns when there is nothing to do, or if that failed: the
/// window then works all the same, more slowly.
#[cfg(target_os = "linux")]
pub fn restart_if_wanted(asked_for: bool) {
    use std::os::unix::process::CommandExt;

    let decided = std::env::var_os(SWITCH).is_some();
    if !wants_software(asked_for, decided, Path::new("/dev/dri").exists()) {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SWITCH, "1")
        .exec();
    eprintln!("sealscope-desktop: could not switch to safe rendering: {error}.");
}

/// Elsewhere the system's web view needs no such switch.
#[cfg(not(target_os = "linux"))]
pub fn restart_if_wanted(_asked_for: bool) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_is_chosen_on_request_and_where_there_is_no_graphics_card() {
        assert!(wants_software(true, false, true));
        assert!(wants_software(false, false, false));
        assert!(!wants_software(false, false, true));
    }

    #[test]
    fn a_setting_made_by_hand_is_respected_so_the_program_restarts_once_at_most() {
        assert!(!wants_software(true, true, false));
    }
}
