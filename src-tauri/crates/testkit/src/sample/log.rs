use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::cluster;
use super::event::{Event, Request};
use super::random::Random;
use super::story::{self, Planted, Story};

/// How the log is to be.
#[derive(Debug, Clone, Copy)]
pub struct LogSettings {
    /// Lines in all. Below 2,000 the stories lie close together.
    pub entries: u64,
    /// Same seed, same bytes.
    pub seed: u64,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            entries: 50_000,
            seed: 20_260_314,
        }
    }
}

/// The log begins on Thursday, 12 March 2026, at midnight UTC.
const START_SECONDS: i64 = 1_773_273_600;

const SPAN_SECONDS: f64 = 3.0 * 86_400.0;

/// Writes the log, one JSON object a line, and says where the stories are.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_log(out: &mut impl Write, settings: LogSettings) -> io::Result<Vec<Planted>> {
    let mut teller = Teller {
        out,
        random: Random::new(settings.seed),
        now: DateTime::from_timestamp(START_SECONDS, 0).unwrap_or_default(),
        line: 0,
        planted: Vec::new(),
        pending: Vec::new(),
    };
    let step = SPAN_SECONDS / settings.entries.max(1) as f64;
    let share = |part: f64| (settings.entries as f64 * part) as u64;
    let (quiet_at, story_at, back_at) = (share(0.35), share(0.62), share(0.8));
    let mut told = false;
    while teller.line < settings.entries {
        if teller.line >= quiet_at && !teller.has(Story::Quiet) {
            teller.plant(Story::Quiet);
            teller.now += TimeDelta::minutes(45);
        }
        if teller.line >= story_at && !told {
            told = true;
            teller.tell_the_story()?;
        }
        if teller.line >= back_at && !teller.has(Story::ClockBack) {
            teller.plant(Story::ClockBack);
            teller.now -= TimeDelta::seconds(192);
        }
        teller.ordinary(step)?;
    }
    Ok(teller.planted)
}

struct Teller<'a, W> {
    out: &'a mut W,
    random: Random,
    now: DateTime<Utc>,
    line: u64,
    planted: Vec<Planted>,
    /// Watches that have started, and at which line each will end.
    pending: Vec<(u64, Event)>,
}

impl<W: Write> Teller<'_, W> {
    fn ordinary(&mut self, step: f64) -> io::Result<()> {
        let hour = self.now.hour();
        // Busier by day; the mean over a day is 1.
        let rhythm = if (7..19).contains(&hour) { 0.7 } else { 1.3 };
        let pause = step * rhythm * (0.2 + 1.6 * self.random.fraction());
        self.now += TimeDelta::microseconds((pause * 1e6) as i64);
        if let Some(at) = self.pending.iter().position(|(due, _)| *due <= self.line) {
            let (_, event) = self.pending.swap_remove(at);
            return self.write(&event);
        }
        let request = cluster::ordinary(&mut self.random, hour);
        let event = self.event(&request);
        if request.verb == "watch" && request.code == 200 {
            let due = self.line + 20 + self.random.below(400);
            let started = Event::started(&event);
            self.pending.push((due, event));
            return self.write(&started);
        }
        self.write(&event)
    }

    fn tell_the_story(&mut self) -> io::Result<()> {
        for act in story::acts(&mut self.random) {
            self.now += act.pause;
            match self.planted.last_mut() {
                Some(last) if last.story == act.story => last.count += 1,
                _ => self.plant(act.story),
            }
            let event = self.event(&act.request);
            if act.story == Story::Exec {
                self.write(&Event::started(&event))?;
                if let Some(last) = self.planted.last_mut() {
                    last.count += 1;
                }
            }
            self.write(&event)?;
        }
        Ok(())
    }

    fn event(&mut self, request: &Request) -> Event {
        let took_us = match request.verb {
            "watch" => 60_000_000 + self.random.below(400_000_000) as i64,
            _ => 900 + self.random.below(30_000) as i64,
        };
        Event::complete(request, self.random.uuid(), self.now, took_us)
    }

    fn plant(&mut self, story: Story) {
        self.planted.push(Planted {
            story,
            line: self.line,
            count: 1,
        });
    }

    fn has(&self, story: Story) -> bool {
        self.planted.iter().any(|planted| planted.story == story)
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        self.out.write_all(event.line()?.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.line += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(entries: u64) -> (String, Vec<Planted>) {
        let mut out = Vec::new();
        let settings = LogSettings {
            entries,
            ..LogSettings::default()
        };
        let planted = write_log(&mut out, settings).expect("memory can be written to");
        (String::from_utf8(out).expect("JSON is UTF-8"), planted)
    }

    fn line_of(text: &str, planted: &[Planted], story: Story) -> serde_json::Value {
        let found = planted
            .iter()
            .find(|planted| planted.story == story)
            .expect("planted");
        let line = text
            .lines()
            .nth(found.line as usize)
            .expect("the line is there");
        serde_json::from_str(line).expect("a line is JSON")
    }

    #[test]
    fn the_log_is_the_same_every_time() {
        assert_eq!(log(3_000), log(3_000));
    }

    #[test]
    fn every_line_is_an_audit_event() {
        let (text, _) = log(3_000);
        assert_eq!(text.lines().count(), 3_000);
        for line in text.lines() {
            let event: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            assert_eq!(event["apiVersion"], "audit.k8s.io/v1");
        }
    }

    #[test]
    fn stories_are_where_they_are_said_to_be() {
        let (text, planted) = log(3_000);
        let denied = line_of(&text, &planted, Story::DeniedSecrets);
        assert_eq!(denied["responseStatus"]["code"], 403);
        let read = line_of(&text, &planted, Story::SecretRead);
        assert_eq!(read["responseStatus"]["code"], 200);
        assert_eq!(read["objectRef"]["name"], "db-credentials");
        let exec = line_of(&text, &planted, Story::Exec);
        assert_eq!(exec["objectRef"]["subresource"], "exec");
        let binding = line_of(&text, &planted, Story::RoleBinding);
        assert_eq!(binding["requestObject"]["roleRef"]["name"], "cluster-admin");
        let counts: Vec<u64> = planted.iter().map(|planted| planted.count).collect();
        assert_eq!(counts, [1, story::DENIED, 1, 2, 1, story::PLUNDER, 1, 1]);
    }

    #[test]
    fn the_log_has_variety() {
        let (text, _) = log(20_000);
        let mut users = std::collections::HashSet::new();
        let mut codes = std::collections::HashSet::new();
        for line in text.lines() {
            let event: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            users.insert(event["user"]["username"].to_string());
            codes.insert(event["responseStatus"]["code"].to_string());
        }
        assert!(users.len() >= 20, "{users:?}");
        assert!(codes.len() >= 7, "{codes:?}");
    }
}
