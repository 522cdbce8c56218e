//! Progress on standard error, when that is a terminal.

use std::io::IsTerminal as _;
use std::panic::resume_unwind;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sealscope_engine::Progress;

/// Between two drawings; also how late the end of the work may be noticed.
const DRAW_EVERY: Duration = Duration::from_millis(40);

/// Does the work, with a bar beside it where a person looks on.
pub fn shown<T: Send>(label: &str, progress: &Progress, work: impl FnOnce() -> T + Send) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_message(label.to_owned());
    let outcome = std::thread::scope(|scope| {
        let working = scope.spawn(work);
        let mut style_is_sized = None;
        while !working.is_finished() {
            draw(&bar, progress, &mut style_is_sized);
            std::thread::sleep(DRAW_EVERY);
        }
        working.join()
    });
    bar.finish_and_clear();
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

fn draw(bar: &ProgressBar, progress: &Progress, style_is_sized: &mut Option<bool>) {
    let total = progress.bytes_total();
    let is_sized = total > 0;
    if *style_is_sized != Some(is_sized) {
        *style_is_sized = Some(is_sized);
        let template = if is_sized {
            "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} ETA {eta} {prefix}"
        } else {
            "{spinner} {msg} {bytes} {bytes_per_sec} {prefix}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
    }
    if is_sized {
        bar.set_length(total);
    }
    bar.set_prefix(format!(
        "{} entries",
        crate::text::grouped(progress.entries())
    ));
    bar.set_position(progress.bytes_done());
    bar.tick();
}
