//! What the rules of a page's site name by CSS selectors.

use super::draft::{Draft, Evidence};
use super::rules::verdict;
use crate::decision::Action;
use crate::document::Span;
use crate::html::scraped::Scraped;
use crate::rules::{Hit, RuleSet, Safety};

/// Applies the selectors; `keep` wins over the others. Pages of sites without selectors are not
/// parsed again.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet) {
    let Some(host) = draft.document.host.as_deref() else {
        return;
    };
    if !draft.document.is_html || rules.selectors(host).next().is_none() {
        return;
    }
    let page = Scraped::new(draft.document.text);
    let mut named: Vec<(usize, Vec<Span>)> = Vec::new();
    for (rule, selector) in rules.selectors(host) {
        let texts = page.select(selector).into_iter();
        named.push((*rule, texts.flat_map(|element| element.texts).collect()));
    }
    // The keeping ones first: a verdict stands.
    named.sort_by_key(|(rule, _)| (rules.rules()[*rule].file.action != Action::Keep, *rule));
    for (rule, mut texts) in named {
        texts.sort_unstable();
        apply(draft, rules, rule, &texts);
    }
}

fn apply(draft: &mut Draft<'_, '_>, rules: &RuleSet, number: usize, texts: &[Span]) {
    let rule = &rules.rules()[number];
    let holds = |at: usize| {
        let next = texts.partition_point(|text| text.end <= at);
        texts.get(next).is_some_and(|text| text.start <= at)
    };
    for at in 0..draft.states.len() {
        let extent = draft.document.extent(&draft.document.blocks[at]);
        if extent.is_empty() || !holds(extent.start) || !holds(extent.end - 1) {
            continue;
        }
        match rule.file.safety {
            Safety::Evidence => draft.states[at].evidence.push(Evidence {
                rule: number,
                hit: Hit {
                    rule: number,
                    part: None,
                    fields: Vec::new(),
                },
            }),
            Safety::Exact => {
                let field = rule.file.field.filter(|_| rule.file.action == Action::Lift);
                let action = match (rule.file.action, field) {
                    (Action::Lift, None) => Action::Drop,
                    (action, _) => action,
                };
                let state = &mut draft.states[at];
                state
                    .verdict
                    .get_or_insert_with(|| verdict(rule, action, field));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::RulePack;
    use crate::{CleanConfig, Cleaner, Record};

    const RULE: &str = "summary = 's'\nwhy = 'w'\nsafety = 'exact'\n";

    fn clean(url: &str) -> (String, Vec<String>) {
        let prose = "The ferry will run again from Monday, the council said on Friday. ".repeat(4);
        let page = format!(
            "<title>The ferry is back</title><main><article><h1>The ferry is back</h1><p \
             class=byl>Ada B.<p>{prose}</p><div class='promo box'><p>{prose}Join our club today, \
             dear readers.</p></div><p>{prose}</p></article></main>"
        );
        let mut pack = RulePack::builtin().unwrap();
        let rules = [
            (
                "ad/club",
                "action = 'drop'\nmatch = { selector = ['article > div.promo'] }",
            ),
            (
                "byline/box",
                "action = 'lift'\nfield = 'author'\nmatch = { selector = ['.byl'] }",
            ),
        ];
        for (name, rest) in rules {
            let path = format!("site/example.org/{name}.toml");
            pack.extend(RulePack::single(&path, &format!("{RULE}{rest}\n")).unwrap());
        }
        let cleaner = Cleaner::with(CleanConfig::default(), &pack).unwrap();
        let mut record = Record::html("a", &page);
        record.hints.url = Some(url.into());
        let cleaned = cleaner.clean(&record).unwrap();
        cleaned.provenance.conserves(&page).unwrap();
        (cleaned.article.text, cleaned.article.metadata.authors)
    }

    #[test]
    fn selectors_speak_on_their_site_alone() {
        let (text, authors) = clean("https://www.example.org/ferry");
        assert!(
            !text.contains("Join our club") && text.contains("The ferry will"),
            "{text}"
        );
        assert_eq!(authors, ["Ada B."]);
        let (text, _) = clean("https://example.com/ferry");
        assert!(text.contains("Join our club"), "{text}");
    }

    #[test]
    fn a_selector_needs_a_host_and_must_parse() {
        let compile = |path: &str, selector: &str| {
            let text = format!("{RULE}action = 'drop'\nmatch = {{ selector = ['{selector}'] }}\n");
            let pack = RulePack::single(path, &text).unwrap();
            crate::rules::RuleSet::compile(&pack).map(|_| ())
        };
        assert!(compile("site/example.org/ad/a.toml", ".a").is_ok());
        let error = compile("core/ad/a.toml", ".a").unwrap_err();
        assert!(error.to_string().contains("host"), "{error}");
        assert!(compile("site/example.org/ad/a.toml", "p[").is_err());
    }
}
