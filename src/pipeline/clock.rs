//! When a run was: in a file of its own, since the same run at another time gives the same bytes
//! everywhere else.

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::io::output::OutputFile;

/// Name of the file in the output folder. The manifest does not list it.
pub const TIMES: &str = "run.json";

/// When a run was, and what it ran on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Begin of the run that finished, in UTC (RFC 3339).
    pub started: String,
    /// Its end.
    pub ended: String,
    /// Seconds between them.
    pub seconds: f64,
    /// Threads it used.
    pub threads: usize,
    /// Parts that an earlier run had done when this one went on.
    pub resumed_parts: usize,
}

/// A clock that was started.
pub(super) struct Clock(SystemTime, Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(SystemTime::now(), Instant::now())
    }

    /// Writes the file into `dir`.
    pub(super) fn write(&self, dir: &Path, threads: usize, resumed_parts: usize) -> Result<()> {
        let times = Times {
            started: stamp(self.0),
            ended: stamp(SystemTime::now()),
            seconds: self.1.elapsed().as_millis() as f64 / 1e3,
            threads,
            resumed_parts,
        };
        let json = serde_json::to_vec_pretty(&times)
            .map_err(|error| Error::io(TIMES, &std::io::Error::other(error)))?;
        let mut file = OutputFile::create(dir, TIMES)?;
        file.row(&json)?;
        file.finish().map(drop)
    }
}

/// The time as RFC 3339 in UTC, for logs.
pub fn now() -> String {
    stamp(SystemTime::now())
}

/// A point in time as RFC 3339, to the second.
fn stamp(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let of_day = seconds % 86_400;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", date(seconds))
}

/// The day (UTC, proleptic Gregorian calendar) of a number of seconds since 1970.
pub(super) fn date(seconds: u64) -> String {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut year, mut day) = (1970, seconds / 86_400);
    loop {
        let days = if is_leap(year) { 366 } else { 365 };
        if day < days {
            break;
        }
        day -= days;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for days in months {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn days_are_those_of_the_calendar() {
        let at = |seconds| stamp(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_000_000_000), "2001-09-09T01:46:40Z");
        assert_eq!(at(4_102_444_799), "2099-12-31T23:59:59Z");
        assert_eq!(date(4_107_542_400), "2100-03-01");
    }
}
