//! What a run tells while it goes on: a line on a terminal, or log lines on standard error.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::{Exit, Failure, terminal};
use crate::error::{Error, Result};
use crate::pipeline::{Manifest, Progress, STATE, Watch, now};

/// How long a run may take to end by itself after Ctrl-C.
const GRACE: Duration = Duration::from_secs(2);
/// Time between two log lines about progress.
const LOG_EVERY: Duration = Duration::from_secs(10);
/// Time between two changes of the line on a terminal.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// What is left of a run that was stopped.
const RESUMABLE: &str = "go on with --resume";
const NOTHING: &str = "nothing was written";

/// How much is told, and how.
#[derive(Debug, Args)]
pub(super) struct Reporter {
    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell each step and each file
    #[arg(short, long)]
    verbose: bool,
    /// How standard error is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// Lines for people, and progress on a terminal
    Text,
    /// One JSON object per line
    Json,
}

impl Reporter {
    pub(super) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Runs `work`, tells how it goes and what came of it, and ends it on Ctrl-C. `resumable`
    /// says whether a run that is stopped can go on; else its state folder in `out` goes.
    pub(super) fn watch(
        &self,
        out: &Path,
        resumable: bool,
        work: impl FnOnce(Watch<'_>) -> Result<Manifest>,
    ) -> std::result::Result<Exit, Failure> {
        let (stop, ended) = stop_on_interrupt((!resumable).then(|| out.join(STATE)));
        let teller = Teller::new(self);
        let result = work(Watch {
            progress: &|progress| teller.tell(progress),
            stop: &stop,
        });
        ended.store(true, Ordering::SeqCst);
        teller.bar.finish_and_clear();
        match result {
            Err(_) if stop.load(Ordering::SeqCst) => Err(Failure::Interrupted(left(resumable))),
            Err(error) => Err(self.failure(error)),
            Ok(manifest) => {
                self.summary(&manifest, out);
                let has_errors = manifest.counts.errors > 0;
                Ok(if has_errors {
                    Exit::Findings
                } else {
                    Exit::Clean
                })
            }
        }
    }

    /// An error in the form that was asked for.
    fn failure(&self, error: Error) -> Failure {
        if self.log_format == LogFormat::Text {
            return Failure::Error(error);
        }
        log("error", "failed", json!({ "error": error }));
        Failure::Told
    }

    fn summary(&self, manifest: &Manifest, out: &Path) {
        let counts = manifest.counts;
        if self.quiet {
            return;
        }
        if self.log_format == LogFormat::Json {
            let skipped = manifest.skipped.len();
            let done = json!({"counts": counts, "skipped": skipped, "out": out});
            return log("info", "done", done);
        }
        let mut line = format!("{} records: {} articles", counts.records, counts.articles);
        let rest = [
            (counts.exact, "exact copies"),
            (counts.near, "near-duplicates"),
            (counts.empty, "without text"),
            (counts.errors, "errors"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            line.push_str(&format!(", {count} {what}"));
        }
        eprintln!("{line}");
        if !manifest.skipped.is_empty() {
            let count = manifest.skipped.len();
            eprintln!("{count} files of other kinds were not read; the manifest lists them");
        }
        if counts.errors > 0 {
            eprintln!("see {}", out.join("errors.jsonl").display());
        }
    }
}

fn left(resumable: bool) -> &'static str {
    if resumable { RESUMABLE } else { NOTHING }
}

/// One log line.
fn log(level: &str, event: &str, mut more: Value) {
    if let Some(object) = more.as_object_mut() {
        object.insert("time".into(), now().into());
        object.insert("level".into(), level.into());
        object.insert("event".into(), event.into());
    }
    eprintln!("{more}");
}

/// Makes Ctrl-C end the run. The first flag asks for it; where the run does not set the second
/// one in time (it may wait for a stream or a slow disk) the process ends as it is: what lies on
/// disk is whole at any time. `discard` is the state folder of a run that cannot be resumed.
fn stop_on_interrupt(discard: Option<PathBuf>) -> (Arc<AtomicBool>, Arc<AtomicBool>) {
    let flags = (Arc::default(), Arc::default());
    let (stop, ended): (Arc<AtomicBool>, Arc<AtomicBool>) = flags.clone();
    // Without a handler Ctrl-C ends the process as ever, so a failure to set one is no error.
    let _ = ctrlc::set_handler(move || {
        stop.store(true, Ordering::SeqCst);
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if ended.load(Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if let Some(state) = &discard {
            // What cannot be removed does no harm: --force passes over it.
            let _ = std::fs::remove_dir_all(state);
        }
        eprintln!("lavoir: stopped; {}", left(discard.is_none()));
        std::process::exit(Exit::Interrupted as i32);
    });
    flags
}

/// Tells how far a run is, from any thread.
struct Teller<'r> {
    reporter: &'r Reporter,
    bar: ProgressBar,
    state: Mutex<Told>,
}

/// What was told last, and what the rate is reckoned from.
struct Told {
    started: Instant,
    last: Option<Instant>,
    /// Bytes of all inputs, and bytes and records that an earlier run had done.
    total: u64,
    before: Option<(u64, u64)>,
    file: String,
}

impl<'r> Teller<'r> {
    fn new(reporter: &'r Reporter) -> Self {
        let bar = ProgressBar::new_spinner();
        let on_terminal = std::io::stderr().is_terminal();
        if reporter.quiet || reporter.log_format == LogFormat::Json || !on_terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        Self {
            reporter,
            bar,
            state: Mutex::new(Told {
                started: Instant::now(),
                last: None,
                total: 0,
                before: None,
                file: String::new(),
            }),
        }
    }

    fn tell(&self, progress: Progress<'_>) {
        let mut told = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Progress::Planned { bytes, parts, done } => {
                told.total = bytes;
                self.step(
                    "planned",
                    json!({"bytes": bytes, "parts": parts, "done": done}),
                );
            }
            Progress::Reading(name) => {
                told.file = terminal::visible(name).into_owned();
                if self.reporter.verbose {
                    self.step("reading", json!({ "input": name }));
                }
            }
            Progress::Cleaned {
                records,
                errors,
                bytes,
            } => self.cleaned(&mut told, records, errors, bytes),
            Progress::Deduplicating => {
                self.bar.set_message("looking for copies");
                self.step("deduplicating", json!({}));
            }
            Progress::Writing => {
                self.bar.set_message("writing");
                self.step("writing", json!({}));
            }
        }
    }

    /// A step of the run, as a log line where these are wanted.
    fn step(&self, event: &str, more: Value) {
        let Reporter {
            quiet,
            verbose,
            log_format,
        } = self.reporter;
        if *quiet {
            return;
        }
        match log_format {
            LogFormat::Json => log("info", event, more),
            LogFormat::Text if *verbose => {
                let more = more.as_object().into_iter().flatten();
                let more: Vec<String> = more.map(|(key, value)| format!("{key} {value}")).collect();
                let line = format!("{event} {}", more.join(", "));
                self.bar
                    .suspend(|| eprintln!("{}", terminal::visible(line.trim_end())));
            }
            LogFormat::Text => {}
        }
    }

    fn cleaned(&self, told: &mut Told, records: u64, errors: u64, bytes: u64) {
        let (bytes_before, records_before) = *told.before.get_or_insert((bytes, records));
        let logs = self.reporter.log_format == LogFormat::Json || self.reporter.verbose;
        let every = if logs { LOG_EVERY } else { DRAW_EVERY };
        if told.last.is_some_and(|last| last.elapsed() < every) {
            return;
        }
        told.last = Some(Instant::now());
        let seconds = told.started.elapsed().as_secs_f64().max(1e-3);
        let rate = records.saturating_sub(records_before) as f64 / seconds;
        let done = bytes.saturating_sub(bytes_before) as f64;
        let eta = (done > 0.0).then(|| seconds * told.total.saturating_sub(bytes) as f64 / done);
        let percent = (told.total > 0).then(|| bytes as f64 * 100.0 / told.total as f64);
        let mut line = format!("{records} records, {rate:.0}/s");
        if errors > 0 {
            line.push_str(&format!(", {errors} errors"));
        }
        if let (Some(percent), Some(eta)) = (percent, eta) {
            line.push_str(&format!(", {percent:.0} %, {} left", clock(eta)));
        }
        self.bar.set_message(format!("{line}  {}", told.file));
        if logs {
            let eta = eta.map(f64::round);
            let rate = rate.round();
            let progress = json!({
                "records": records, "errors": errors, "bytes": bytes,
                "total_bytes": told.total, "records_per_second": rate, "seconds_left": eta,
            });
            self.step("progress", progress);
        }
    }
}

/// Seconds as `1:02:03`.
fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_like_a_clock() {
        assert_eq!(clock(0.4), "0:00");
        assert_eq!(clock(65.0), "1:05");
        assert_eq!(clock(3723.0), "1:02:03");
    }
}
