//! Selectors for one site, proposed from the elements that hold nothing but what it repeats.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rustc_hash::FxHashSet;

use super::elements::SiteElement;
use super::learn::{SAMPLES, drops, examples_of_page, folder, heading};
use super::{Hit, Place, SHORT};
use crate::rules::Matchers;

/// What was seen of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Pages on which all that is kept in its elements is furniture.
    pub pages: u64,
    /// Pages on which something else is kept in them.
    pub mixed: u64,
    /// Speaking pages of the host.
    pub of: u64,
    /// How often the furniture stood where.
    pub places: BTreeMap<Place, u64>,
    /// What stood in it, as it first did.
    pub text: String,
    /// Different texts that stood in it.
    pub texts: FxHashSet<u64>,
    /// Ids of pages that have it.
    pub samples: Vec<String>,
    /// Which blocks of which pages stand in it.
    covers: FxHashSet<u64>,
}

/// A page and its furniture.
#[derive(Debug, Clone, Copy)]
pub struct Page<'p> {
    /// Its host.
    pub host: &'p str,
    /// Its id.
    pub id: &'p str,
    /// Its number.
    pub number: u32,
    /// What selectors name on it.
    pub elements: &'p [SiteElement],
    /// What the site repeats.
    pub hits: &'p [Hit],
}

/// Gathers evidence about selectors.
#[derive(Debug, Default)]
pub struct Selectors {
    hosts: BTreeMap<String, BTreeMap<String, Named>>,
}

impl Selectors {
    /// Notes a page; `text` gives the text of a block and its hash.
    pub fn note<'t>(&mut self, page: Page<'_>, text: impl Fn(usize) -> (&'t str, u64)) {
        if page.elements.is_empty() {
            return;
        }
        let hits: BTreeMap<u32, &Hit> = page
            .hits
            .iter()
            .map(|hit| (hit.block as u32, hit))
            .collect();
        let host = self.hosts.entry(page.host.to_owned()).or_default();
        for element in page.elements {
            let found: Vec<&Hit> = element
                .blocks
                .iter()
                .filter_map(|at| hits.get(at).copied())
                .collect();
            if found.len() < element.blocks.len() {
                host.entry(element.selector.clone()).or_default().mixed += 1;
                continue;
            }
            let named = host.entry(element.selector.clone()).or_default();
            named.pages += 1;
            for hit in found {
                let (text, hash) = text(hit.block);
                if named.text.is_empty() {
                    named.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                }
                named.of = hit.of;
                named.texts.insert(hash);
                *named.places.entry(hit.place).or_default() += 1;
                named
                    .covers
                    .insert(u64::from(page.number) << 32 | hit.block as u64);
            }
            if named.samples.len() < SAMPLES {
                named.samples.push(page.id.to_owned());
            }
        }
    }

    /// Rule files with their paths below a pack (`site/example.org/elements.toml`).
    pub fn rules(&self) -> Vec<(String, String)> {
        let rule = |(host, all): (&String, &BTreeMap<String, Named>)| {
            let text = rule(host, &proposed(all))?;
            Some((format!("site/{}/elements.toml", folder(host)), text))
        };
        self.hosts.iter().filter_map(rule).collect()
    }
}

/// The selectors that never name anything but furniture, those that name most first; what others
/// name already is left out. Of two that name the same, the id or longer name says more.
fn proposed(all: &BTreeMap<String, Named>) -> Vec<(&str, &Named)> {
    let is_furniture = |named: &Named| named.mixed == 0 && SHORT.is_met(named.pages, named.of);
    let mut chosen: Vec<(&str, &Named)> = all
        .iter()
        .filter(|(_, named)| is_furniture(named))
        .map(|(selector, named)| (&**selector, named))
        .collect();
    chosen.sort_by_key(|(selector, named)| {
        let is_id = selector.starts_with('#');
        Reverse((named.covers.len(), is_id, selector.len()))
    });
    let mut covered: FxHashSet<u64> = FxHashSet::default();
    chosen.retain(|(_, named)| {
        let before = covered.len();
        covered.extend(&named.covers);
        covered.len() > before
    });
    chosen
}

fn rule(host: &str, chosen: &[(&str, &Named)]) -> Option<String> {
    let (selector, first) = chosen.first()?;
    let summary = format!("Elements in which {host} repeats itself");
    let why = format!(
        "Learnt from pages of {host}: {} elements that held nothing else, the first of them on {} of \
         {} pages",
        chosen.len(),
        first.pages,
        first.of
    );
    let matchers = Matchers {
        selector: chosen
            .iter()
            .map(|(selector, _)| (*selector).to_owned())
            .collect(),
        ..Matchers::default()
    };
    let file = drops(
        summary,
        why,
        matchers,
        examples_of_page(selector, &first.text),
    );
    let mut out = String::new();
    for (selector, named) in chosen {
        let text: String = named.text.chars().take(80).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "# {selector}: {text:?}");
        match named.texts.len() - 1 {
            0 => {}
            1 => out.push_str("#   and another text\n"),
            more => {
                let _ = writeln!(out, "#   and {more} other texts");
            }
        }
        let _ = writeln!(
            out,
            "{}",
            heading((named.pages, named.of), &named.places, &named.samples)
        );
    }
    let _ = writeln!(
        out,
        "# Proposed by `lavoir learn`; an element goes whatever stands in it. Review it, then give its\n\
         # folder to --rules.\n"
    );
    out.push_str(&toml::to_string(&file).ok()?);
    Some(out)
}
