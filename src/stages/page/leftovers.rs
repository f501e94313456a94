//! Links to other texts inside an article ("Read more: …", "Related"): rules know their heads, the
//! page says where the links are. A line that is both goes, whatever its score.

use crate::decision::{Reason, Stage};
use crate::document::About;
use crate::rules::{RuleSet, Safety};
use crate::stages::draft::Draft;

/// Rule families of such lines.
const FAMILIES: [&str; 4] = ["most-read", "read-also", "read-more", "related"];
/// Most characters, white space left out, of a line of links.
const LINKED_CHARS: usize = 200;
/// The same of a head without a title.
const BARE_CHARS: usize = 40;

/// Removes them from a page that calls itself an article.
pub fn run(draft: &mut Draft<'_, '_>, rules: &RuleSet) {
    if !is_article(&draft.document.about) {
        return;
    }
    for at in 0..draft.states.len() {
        if !draft.is_open(at) || !draft.states[at].parts.is_empty() {
            continue;
        }
        let (chars, links) = (draft.shapes[at].chars, draft.document.blocks[at].link_bytes);
        let linked = links as usize * 2 >= draft.text(at).len() && chars <= LINKED_CHARS;
        let bare = chars <= BARE_CHARS && !draft.text(at).contains(':');
        let speaks = |rule: &crate::rules::Rule| {
            rule.file.safety == Safety::Evidence && FAMILIES.contains(&&*rule.family)
        };
        let mut evidence = draft.states[at].evidence.iter();
        let said = evidence.find(|evidence| speaks(&rules.rules()[evidence.rule]));
        if let Some(evidence) = said.filter(|_| linked || bare) {
            let rule = &rules.rules()[evidence.rule];
            let (family, id) = (rule.family.clone(), rule.id.clone());
            draft.remove(at, Stage::Rules, family, Reason::Rule(id));
        }
    }
}

/// Whether Open Graph or JSON-LD says that the page is an article.
fn is_article(about: &About) -> bool {
    about.og_type == 1 || about.types & 1 == 1
}

#[cfg(test)]
mod tests {
    use crate::{Cleaner, Record};

    #[test]
    fn read_also_lines_go_where_they_are_links() {
        let prose = "The ferry will run again from Monday, the council said on Friday. ".repeat(4);
        let page = |kind: &str| {
            format!(
                "<meta property=og:type content={kind}><title>The ferry is back</title><article>\
                 <h1>The ferry is back</h1><p>{prose}</p><p><b>Read more:</b> <a href=/x>Why the \
                 old ferry had to go at last</a></p><p>Read more: it is all in his book of the \
                 year.</p><p>{prose}</p></article>"
            )
        };
        let clean = |page: &str| {
            let cleaner = Cleaner::new().unwrap();
            cleaner
                .clean(&Record::html("a", page))
                .unwrap()
                .article
                .text
        };
        let text = clean(&page("article"));
        assert!(!text.contains("Why the old ferry"), "{text}");
        assert!(text.contains("it is all in his book"), "{text}");
    }
}
