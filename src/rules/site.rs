//! Rules of one site: their id begins with `site/` and the host, and they speak on its pages only.
//! They may name elements by CSS selectors.

use rustc_hash::FxHashMap;
use scraper::Selector;

use super::pack::Rule;
use crate::error::{Error, ErrorKind, Result};

/// What the ids of such rules begin with.
const FOLDER: &str = "site/";

/// The host of a rule with the id `site/<host>/…`.
pub fn host_of(id: &str) -> Option<&str> {
    let (host, rest) = id.strip_prefix(FOLDER)?.split_once('/')?;
    (host.contains('.') && !rest.is_empty()).then_some(host)
}

/// Whether a rule for `site` speaks on pages of `host`: the host itself and those below it.
pub fn covers(site: &str, host: &str) -> bool {
    let site = site.strip_prefix("www.").unwrap_or(site);
    let below = host.strip_suffix(site);
    below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The selectors of all rules, by site.
#[derive(Debug, Default)]
pub struct Selectors(FxHashMap<Box<str>, Vec<(usize, Selector)>>);

impl Selectors {
    /// Compiles the selectors of `rules`.
    ///
    /// # Errors
    /// A selector that is none, or one in a rule without a host.
    pub fn compile(rules: &[Rule]) -> Result<Self> {
        let mut all = Self::default();
        for (at, rule) in rules.iter().enumerate() {
            for text in &rule.file.matchers.selector {
                let wrong = |cause: String, remedy: &str| {
                    Error::new(ErrorKind::Rule, cause, remedy).at(&*rule.id)
                };
                let host = host_of(&rule.id).ok_or_else(|| {
                    let cause = "a selector in a rule without a host".to_owned();
                    wrong(cause, "put the rule into a folder site/<host>/<family>/")
                })?;
                let selector = Selector::parse(text).map_err(|error| {
                    let cause = format!("{text:?} is no CSS selector: {error}");
                    wrong(cause, "selectors are those of browsers' querySelectorAll")
                })?;
                let host = host.strip_prefix("www.").unwrap_or(host);
                all.0.entry(host.into()).or_default().push((at, selector));
            }
        }
        Ok(all)
    }

    /// The selectors for pages of `host`, with their rules.
    pub fn of(&self, host: &str) -> impl Iterator<Item = &(usize, Selector)> {
        let dots = host.match_indices('.').map(|(at, _)| at + 1);
        let names = std::iter::once(0).chain(dots).map(|at| &host[at..]);
        names
            .filter(|_| !self.0.is_empty())
            .filter_map(|name| self.0.get(name))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_covers_its_subdomains_and_no_other_host() {
        assert!(covers("example.org", "example.org") && covers("example.org", "m.example.org"));
        assert!(!covers("example.org", "badexample.org"));
        assert_eq!(host_of("site/example.org/ad/box"), Some("example.org"));
        assert_eq!(host_of("fr/ad/box"), None);
        assert_eq!(host_of("site/ad/box"), None);
    }
}
