//! What a data set was like when somebody accepted it: findings that are known, and its shape.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Finding, Kind, Outcome, Statistics};
use crate::error::{Error, ErrorKind, Result};
use crate::io::output::OutputFile;

/// Languages below this share on both sides do not drift.
const RARE: f64 = 0.02;

/// A stored state of a data set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The form of this file.
    pub version: u32,
    /// What the data set looked like.
    pub statistics: Statistics,
    /// [`Finding::fingerprint`] of what is known.
    pub known: BTreeSet<String>,
}

impl Baseline {
    /// The form that this version writes.
    const VERSION: u32 = 1;

    /// The baseline that an outcome makes.
    pub fn of(outcome: &Outcome) -> Self {
        Self {
            version: Self::VERSION,
            statistics: outcome.statistics.clone(),
            known: outcome.findings.iter().map(Finding::fingerprint).collect(),
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// There is none, or it is no baseline of this version.
    pub fn read(path: &Path) -> Result<Self> {
        let remedy = "write one with `lavoir check … --baseline write`";
        let bytes = std::fs::read(path)
            .map_err(|error| Error::new(ErrorKind::Io, error, remedy).at(path.display()))?;
        let baseline: Self = serde_json::from_slice(&bytes).map_err(|error| {
            let line = error.line();
            Error::new(ErrorKind::Malformed, error, remedy)
                .at(path.display())
                .on_line(line)
        })?;
        if baseline.version == Self::VERSION {
            return Ok(baseline);
        }
        let cause = format!("is a baseline of version {}", baseline.version);
        Err(Error::new(ErrorKind::Malformed, cause, remedy).at(path.display()))
    }

    /// Writes the baseline; the file appears whole or not at all.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut file = OutputFile::create_at(path)?;
        let json = serde_json::to_string_pretty(self)
            .map_err(|error| Error::io(path.display(), &std::io::Error::other(error)))?;
        file.row(json.as_bytes())?;
        file.finish().map(drop)
    }

    /// Whether this finding was there when the baseline was written.
    pub fn knows(&self, finding: &Finding) -> bool {
        self.known.contains(&finding.fingerprint())
    }

    /// What has moved away by more than `tolerance`.
    pub(super) fn drift(&self, now: &Statistics, tolerance: f64) -> Vec<Finding> {
        let then = &self.statistics;
        let mut findings = Vec::new();
        if then.documents == 0 || now.documents == 0 {
            return findings;
        }
        let (was, is) = (then.median_chars(), now.median_chars());
        if is.abs_diff(was) as f64 > tolerance * was.max(1) as f64 {
            let message = format!("the median text had {was} characters and has {is} now");
            findings.push(drifted("check/length", message));
        }
        let languages: BTreeSet<&String> =
            then.languages.keys().chain(now.languages.keys()).collect();
        for language in languages {
            let (was, is) = (then.share(language), now.share(language));
            if (is - was).abs() > tolerance && was.max(is) > RARE {
                let (was, is) = (was * 100.0, is * 100.0);
                let message =
                    format!("{was:.0} % of the texts were in `{language}`, {is:.0} % are now");
                findings.push(drifted("check/language", message));
            }
        }
        findings
    }
}

fn drifted(rule: &str, message: String) -> Finding {
    Finding {
        path: String::new(),
        line: None,
        span: None,
        kind: Kind::Drift,
        rule: rule.into(),
        document: rule.into(),
        message,
        excerpt: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(texts: &[(&str, &str)]) -> Statistics {
        let mut all = Statistics::default();
        for (text, language) in texts {
            all.add(text, language);
        }
        all
    }

    #[test]
    fn drift_is_told_past_the_tolerance_only() {
        let baseline = Baseline {
            statistics: statistics(&[("x".repeat(100).as_str(), "fr"), ("short", "de")]),
            ..Baseline::default()
        };
        assert_eq!(baseline.drift(&baseline.statistics, 0.0), []);
        let now = statistics(&[("x".repeat(200).as_str(), "fr"), ("xxxxx", "fr")]);
        let rules: Vec<String> = baseline
            .drift(&now, 0.2)
            .into_iter()
            .map(|f| f.rule)
            .collect();
        assert_eq!(rules, ["check/language", "check/language"]);
        assert_eq!(baseline.drift(&now, 0.5), []);
        let long = statistics(&[
            ("x".repeat(200).as_str(), "fr"),
            ("x".repeat(90).as_str(), "de"),
        ]);
        assert_eq!(baseline.drift(&long, 0.2)[0].rule, "check/length");
    }

    #[test]
    fn a_baseline_comes_back_and_what_is_none_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("b.json");
        let baseline = Baseline {
            version: 1,
            statistics: statistics(&[("text", "en")]),
            known: ["00ff".to_owned()].into(),
        };
        baseline.write(&path).unwrap();
        assert_eq!(Baseline::read(&path).unwrap(), baseline);
        std::fs::write(&path, "{\"version\": 9, \"statistics\": {}}").unwrap();
        assert!(Baseline::read(&path).is_err());
        std::fs::write(
            &path,
            serde_json::to_string(&Baseline {
                version: 9,
                ..baseline
            })
            .unwrap(),
        )
        .unwrap();
        assert!(
            Baseline::read(&path)
                .unwrap_err()
                .cause
                .contains("version 9")
        );
        assert!(Baseline::read(&dir.path().join("none")).is_err());
    }
}
