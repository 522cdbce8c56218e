//! How fast something long goes, and how long it will still take.

use std::collections::VecDeque;

/// Nanoseconds of work that the pace is taken from.
const WINDOW_NS: i64 = 8_000_000_000;
/// Nanoseconds of steady work before anything is promised.
const STEADY_AFTER_NS: i64 = 3_000_000_000;
/// After this the pace is told even if it varies.
const TOLD_AFTER_NS: i64 = 10_000_000_000;
/// Samples kept at most.
const SAMPLES_MAX: usize = 128;

/// The pace of work, from how much was done when. Times come in; there is no clock here.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    samples: VecDeque<(i64, u64)>,
    began_ns: Option<i64>,
}

impl Pace {
    /// Notes that `done` units were done at `now_ns`. Notes closer than 50 ms replace each other;
    /// work that begins anew begins a new pace.
    pub fn note(&mut self, now_ns: i64, done: u64) {
        if self
            .samples
            .back()
            .is_some_and(|(_, before)| done < *before)
        {
            *self = Self::default();
        }
        self.began_ns.get_or_insert(now_ns);
        let has_two = self.samples.len() > 1;
        if let Some((at, last)) = self.samples.back_mut()
            && has_two
            && now_ns - *at < 50_000_000
        {
            *last = done;
            return;
        }
        self.samples.push_back((now_ns, done));
        let is_old = |samples: &VecDeque<(i64, u64)>| {
            let second = samples.get(1).map_or(now_ns, |(at, _)| *at);
            samples.len() > SAMPLES_MAX || now_ns - second > WINDOW_NS
        };
        while is_old(&self.samples) {
            self.samples.pop_front();
        }
    }

    /// Units a second; `None` while nothing can be promised.
    #[must_use]
    pub fn per_second(&self) -> Option<f64> {
        let (first, last) = (self.samples.front()?, self.samples.back()?);
        let span = last.0 - first.0;
        if span < STEADY_AFTER_NS {
            return None;
        }
        let whole = rate(*first, *last)?;
        let middle = self
            .samples
            .iter()
            .find(|(at, _)| (at - first.0) * 2 >= span)?;
        let is_steady = match (rate(*first, *middle), rate(*middle, *last)) {
            (Some(a), Some(b)) => a <= 2.0 * b && b <= 2.0 * a,
            _ => false,
        };
        let has_waited = self
            .began_ns
            .is_some_and(|began| last.0 - began >= TOLD_AFTER_NS);
        (is_steady || has_waited).then_some(whole)
    }

    /// The rate in bytes: `412 MB/s`; empty while nothing can be promised.
    #[must_use]
    pub fn rate_text(&self) -> String {
        self.per_second().map_or_else(String::new, rate_text)
    }

    /// What is left of `total`: `about 40 s left`, `estimating…`; empty when done.
    #[must_use]
    pub fn eta_text(&self, total: u64) -> String {
        let done = self.samples.back().map_or(0, |(_, done)| *done);
        if done >= total {
            return String::new();
        }
        let left = (total - done) as f64;
        eta_text(self.per_second().map(|rate| left / rate))
    }
}

fn rate(from: (i64, u64), to: (i64, u64)) -> Option<f64> {
    let seconds = (to.0 - from.0) as f64 / 1e9;
    let done = to.1.saturating_sub(from.1) as f64;
    (seconds > 0.0 && done > 0.0).then(|| done / seconds)
}

/// Bytes a second: `412 MB/s`, `4.1 GB/s`.
#[must_use]
pub fn rate_text(bytes_per_second: f64) -> String {
    const UNITS: [&str; 5] = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"];
    let mut value = bytes_per_second.max(0.0);
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let word = UNITS.get(unit).copied().unwrap_or_default();
    if value < 9.95 && unit > 0 {
        format!("{value:.1} {word}")
    } else {
        format!("{value:.0} {word}")
    }
}

/// Seconds left, rounded as people say them: to 5 s below a minute, to 10 s below five minutes,
/// then to minutes. `None`: `estimating…`.
#[must_use]
pub fn eta_text(seconds: Option<f64>) -> String {
    /// Longer than anybody waits; keeps the numbers small.
    const SECONDS_MAX: f64 = 1e8;
    let Some(seconds) = seconds.filter(|seconds| seconds.is_finite()) else {
        return "estimating…".to_owned();
    };
    let seconds = seconds.clamp(0.0, SECONDS_MAX);
    let rounded = |step: f64| (seconds / step).round() * step;
    let (short, middle, minutes) = (rounded(5.0), rounded(10.0), (seconds / 60.0).round());
    let left = if short < 60.0 {
        format!("{:.0} s", short.max(5.0))
    } else if middle < 300.0 {
        let rest = middle % 60.0;
        let seconds = if rest > 0.0 {
            format!(" {rest:.0} s")
        } else {
            String::new()
        };
        format!("{:.0} min{seconds}", (middle / 60.0).floor())
    } else if minutes < 60.0 {
        format!("{minutes:.0} min")
    } else {
        format!(
            "{:.0} h {:.0} min",
            (minutes / 60.0).floor(),
            minutes % 60.0
        )
    };
    format!("about {left} left")
}
