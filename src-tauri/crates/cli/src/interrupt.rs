//! Ctrl-C: the first one asks the work to stop, so that what was found is still said; the second
//! one ends the program at once.

use sealscope_engine::Cancel;

/// Listens for Ctrl-C, and for the system's wish to end, from now on.
///
/// Where the system lets nobody listen, Ctrl-C ends the program as it does any other.
pub fn listen(end_now: impl Fn() + Send + 'static) -> Cancel {
    let cancel = Cancel::default();
    let shared = cancel.clone();
    let listening = ctrlc::set_handler(move || {
        if shared.is_stopped() {
            end_now();
        }
        shared.stop();
    });
    if let Err(error) = listening {
        crate::failure::complain(
            &format!("Ctrl-C will end the program at once: {error}"),
            None,
        );
    }
    cancel
}
