//! Progress on standard error, when that is a terminal.

use std::io::IsTerminal as _;
use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sealscope_engine::Progress;

/// Between two drawings; also how late the end of the work may be noticed.
const DRAW_EVERY: Duration = Duration::from_millis(40);
/// What is over sooner shows no bar: it would only flicker.
const DRAW_AFTER: Duration = Duration::from_millis(200);

const SIZED: &str = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} ETA {eta} {prefix}";
const UNSIZED: &str = "{spinner} {msg} {bytes} {bytes_per_sec} {prefix}";

/// Does the work, with a bar beside it where a person looks on.
pub fn shown<T: Send>(
    label: &'static str,
    progress: &Progress,
    work: impl FnOnce() -> T + Send,
) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let mut bar = None;
    let outcome = std::thread::scope(|scope| {
        let working = scope.spawn(work);
        let started = Instant::now();
        while !working.is_finished() {
            if started.elapsed() > DRAW_AFTER {
                draw(bar.get_or_insert_with(|| Bar::new(label)), progress);
            }
            std::thread::sleep(DRAW_EVERY);
        }
        working.join()
    });
    if let Some(bar) = bar {
        bar.bar.finish_and_clear();
    }
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

struct Bar {
    bar: ProgressBar,
    /// Whether the style at hand shows a total; `None` before the first drawing.
    is_sized: Option<bool>,
}

impl Bar {
    fn new(label: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_message(label);
        Self {
            bar,
            is_sized: None,
        }
    }
}

fn draw(bar: &mut Bar, progress: &Progress) {
    let total = progress.bytes_total();
    let is_sized = total > 0;
    if bar.is_sized != Some(is_sized) {
        let template = if is_sized { SIZED } else { UNSIZED };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.bar.set_style(style);
        }
        // Drawn only in a style of ours.
        if bar.is_sized.is_none() {
            bar.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.is_sized = Some(is_sized);
    }
    if is_sized {
        bar.bar.set_length(total);
    }
    bar.bar.set_prefix(format!(
        "{} entries",
        crate::text::grouped(progress.entries())
    ));
    bar.bar.set_position(progress.bytes_done());
    bar.bar.tick();
}
