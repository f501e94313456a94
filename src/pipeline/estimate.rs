//! What a run would take, reckoned from a small sample.

use std::fs::File;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::part::Chunk;
use super::plan::Stat;
use super::{Pipeline, clean_one};
use crate::error::{Error, ErrorKind, Result};
use crate::io::Part;
use crate::io::inputs::{Input, Inputs};

/// Inputs that are looked into, spread evenly over all.
const INPUTS: usize = 32;
/// Bytes on disk that are read of one input.
const HEAD_BYTES: u64 = 1 << 20;
/// Time after which no further input is looked into.
const TIME: Duration = Duration::from_secs(5);

/// What a run would take. All but files and bytes is an estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Files to read.
    pub files: usize,
    /// Their bytes on disk.
    pub bytes: u64,
    /// Records in the sample, and the bytes on disk it stands for.
    pub sample_records: u64,
    /// See `sample_records`.
    pub sample_bytes: u64,
    /// Records, about.
    pub records: u64,
    /// Bytes of articles before deduplication, and of provenance, as JSON lines, about.
    pub output_bytes: u64,
    /// Bytes that the output folder needs while the run is on, about.
    pub working_bytes: u64,
    /// Seconds of the first pass, about; finding copies comes on top.
    pub seconds: u64,
    /// The threads that `seconds` is reckoned for.
    pub threads: usize,
}

impl Pipeline<'_> {
    /// Reckons what a run over these inputs would take, from a sample of them; writes nothing.
    ///
    /// # Errors
    /// The inputs are a stream, or nothing in them can be read.
    pub fn estimate(&self, inputs: &Inputs) -> Result<Estimate> {
        if inputs.files.iter().any(Input::is_stream) {
            let remedy = "write the records to a file first";
            let cause = "standard input cannot be read twice, so nothing can be estimated";
            return Err(Error::new(ErrorKind::Usage, cause, remedy));
        }
        let size = |input: &Input| Stat::of(&input.path).map_or(0, |stat| stat.bytes);
        let sizes: Vec<u64> = inputs.files.iter().map(size).collect();
        let mut sample = Sample::default();
        let begun = Instant::now();
        let step = inputs.files.len().div_ceil(INPUTS).max(1);
        for (input, &bytes) in inputs.files.iter().zip(&sizes).step_by(step) {
            self.look_into(input, bytes, &mut sample);
            if begun.elapsed() > TIME {
                break;
            }
        }
        if sample.bytes == 0 || sample.records == 0 {
            let cause = "no record could be read in a sample of the inputs";
            let remedy = "run without --dry-run: errors.jsonl says what is wrong";
            return Err(Error::new(ErrorKind::Malformed, cause, remedy));
        }
        Ok(self.scale(&sample, &sizes))
    }

    /// Reads and cleans the beginning of an input.
    fn look_into(&self, input: &Input, bytes: u64, sample: &mut Sample) {
        let begun = Instant::now();
        let mut results = Chunk::default();
        let mut each = |record| {
            // What cannot be written as JSON would be told by the run itself.
            let _ = results.push(&clean_one(self.cleaner, record, |_, cleaned| cleaned), "");
            true
        };
        if bytes <= HEAD_BYTES {
            crate::io::read(input, &self.options.read, &mut each);
            sample.bytes += bytes;
        } else if let Some(unit) = self.piece(input) {
            crate::io::read_unit(&unit.0, &self.options.read, &mut each);
            sample.bytes += unit.1;
        } else if let Ok(head) = head(input) {
            let cut = Input {
                path: head.path().to_path_buf(),
                ..input.clone()
            };
            // The last record is cut: an error that the input does not have.
            crate::io::read(&cut, &self.options.read, &mut each);
            sample.bytes += HEAD_BYTES;
        }
        let (records, errors) = results.records();
        sample.records += if bytes > HEAD_BYTES {
            records - errors.min(1)
        } else {
            records
        };
        sample.output += results.size() as u64;
        sample.time += begun.elapsed();
    }

    /// A piece of a file that cannot be read from its beginning alone, and its bytes.
    fn piece(&self, input: &Input) -> Option<(crate::io::Unit, u64)> {
        let ending = input.path.extension()?.to_str()?.to_ascii_lowercase();
        if !matches!(ending.as_str(), "parquet" | "arrow" | "feather" | "zip") {
            return None;
        }
        let units = crate::io::split(input, &self.options.read, HEAD_BYTES);
        let bytes = Stat::of(&input.path)?.bytes / units.len() as u64;
        let unit = units.into_iter().find(|unit| unit.part != Part::Whole)?;
        Some((unit, bytes))
    }

    fn scale(&self, sample: &Sample, sizes: &[u64]) -> Estimate {
        let bytes: u64 = sizes.iter().sum();
        let selection = self.options.selection;
        let share = selection
            .sample
            .map_or(1.0, |millionths| f64::from(millionths) / 1e6);
        let all = sample.records as f64 * bytes as f64 / sample.bytes as f64 * share;
        let records = selection.limit.map_or(all, |limit| all.min(limit as f64));
        let of_sample = records / sample.records as f64;
        let threads = self.pool.current_num_threads();
        let output = sample.output as f64 * of_sample;
        Estimate {
            files: sizes.len(),
            bytes,
            sample_records: sample.records,
            sample_bytes: sample.bytes,
            records: records.round() as u64,
            output_bytes: output as u64,
            // The parts and the outputs lie side by side at the end.
            working_bytes: (2.0 * output) as u64,
            seconds: (sample.time.as_secs_f64() * of_sample / threads as f64).ceil() as u64,
            threads,
        }
    }
}

/// What the sample holds.
#[derive(Default)]
struct Sample {
    bytes: u64,
    records: u64,
    output: u64,
    time: Duration,
}

/// The beginning of a file as a file.
fn head(input: &Input) -> io::Result<tempfile::NamedTempFile> {
    let name = input
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut head = tempfile::Builder::new().suffix(&name).tempfile()?;
    io::copy(&mut File::open(&input.path)?.take(HEAD_BYTES), &mut head)?;
    Ok(head)
}
