//! Where the clock went back: an entry that says it happened before the one stored before it.

use sealscope_index::Sort;
use sealscope_model::Position;

use crate::workspace::Workspace;

/// Steps shorter than this are the usual disorder of entries written at once.
const STEP_NS_MIN: i64 = 1_000_000_000;
/// Steps listed at most.
pub const CLOCK_STEPS_MAX: usize = 1000;
/// Rows looked at in one go.
const BATCH_ROWS: usize = 1 << 16;

/// One step back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStep {
    /// Number of the archive.
    pub archive: usize,
    /// The entry whose time lies before that of the dated entry stored before it.
    pub position: Position,
    /// Its time, in nanoseconds since 1970.
    pub time_ns: i64,
    /// How far back, in nanoseconds.
    pub back_ns: i64,
}

impl Workspace {
    /// The steps back of a second and more, in stored order; empty while there is no index.
    pub(crate) fn find_clock_steps(&self) -> Vec<ClockStep> {
        let Some(index) = self.index() else {
            return Vec::new();
        };
        let all = index.everything();
        let mut steps = Vec::new();
        let mut before: Option<(u32, i64)> = None;
        let mut first = 0;
        while first < all.count() && steps.len() < CLOCK_STEPS_MAX {
            for row in all.page(Sort::Position, first, BATCH_ROWS) {
                let Some(time_ns) = row.time_ns else { continue };
                let back_ns = match before {
                    Some((archive, last)) if archive == row.archive => last.saturating_sub(time_ns),
                    _ => 0,
                };
                if back_ns >= STEP_NS_MIN && steps.len() < CLOCK_STEPS_MAX {
                    steps.push(ClockStep {
                        archive: row.archive as usize,
                        position: row.position,
                        time_ns,
                        back_ns,
                    });
                }
                before = Some((row.archive, time_ns));
            }
            first += BATCH_ROWS as u64;
        }
        steps
    }
}
