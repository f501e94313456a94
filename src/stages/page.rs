//! Main content of a page: what the elements around a block say, and where the prose stands.
//!
//! Blocks in navigation, footers, forms, hidden or modal parts go; of the rest, what stands in
//! the element that holds most of the prose stays.

use super::draft::Draft;
use crate::decision::{Reason, Stage};
use crate::document::{BlockKind, Marks};

/// Elements whose content is not the page's own, with the rule that says so.
const OUTSIDE: [(Marks, &str, &str); 7] = [
    (Marks::HIDDEN, "hidden", "page/hidden"),
    (Marks::DIALOG, "consent", "page/dialog"),
    (Marks::NAV, "navigation", "page/navigation"),
    (Marks::CONTROL, "navigation", "page/control"),
    (Marks::FORM, "navigation", "page/form"),
    (Marks::ASIDE, "aside", "page/aside"),
    (Marks::NOSCRIPT, "hidden", "page/noscript"),
];
/// Share of link text, in percent, from which a short block is a link and nothing else.
const LINK_PERCENT: usize = 70;
/// What an element passes on to the one around it: so many percent of its prose.
const PASSED_ON: u64 = 88;
/// A document of so many forms is a form (old sites wrap the page in one).
const FORM_PERCENT: usize = 60;

/// Decides about the blocks of a page that no rule settled.
pub fn run(draft: &mut Draft<'_, '_>) {
    let in_form = is_one_form(draft);
    for at in 0..draft.states.len() {
        let marks = draft.document.blocks[at].marks;
        let hit = OUTSIDE
            .iter()
            .find(|(mark, ..)| marks.any(*mark) && !(in_form && *mark == Marks::FORM));
        let footer = marks.has(Marks::FOOTER) && !marks.has(Marks::ARTICLE);
        if let Some((_, kind, rule)) = hit {
            draft.remove(at, Stage::Content, kind, Reason::rule(*rule));
        } else if footer {
            draft.remove(at, Stage::Content, "legal", Reason::rule("page/footer"));
        }
    }
    if let Some(main) = main_element(draft) {
        for at in 0..draft.states.len() {
            if draft.is_open(at) && !is_title(draft, at, main) && !within(draft, at, main) {
                let reason = Reason::rule("page/outside-main");
                draft.remove(at, Stage::Content, "boilerplate", reason);
            }
        }
    }
    for at in 0..draft.states.len() {
        if draft.is_open(at) && is_link(draft, at) {
            draft.remove(at, Stage::Content, "navigation", Reason::rule("page/link"));
        }
    }
}

fn is_one_form(draft: &Draft<'_, '_>) -> bool {
    let (mut all, mut inside) = (0, 0);
    for (block, shape) in draft.document.blocks.iter().zip(&draft.shapes) {
        all += shape.chars;
        inside += if block.marks.has(Marks::FORM) {
            shape.chars
        } else {
            0
        };
    }
    inside * 100 >= all * FORM_PERCENT
}

/// A block that is one link and no prose; items of a list of links go as well.
fn is_link(draft: &Draft<'_, '_>, at: usize) -> bool {
    let block = &draft.document.blocks[at];
    let kind = matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem);
    let percent = block.link_bytes as usize * 100 >= draft.text(at).len() * LINK_PERCENT;
    kind && percent && !draft.shapes[at].is_prose()
}

/// The element that holds most of the open prose; each level up counts a little less, so that
/// the innermost one wins that holds nearly all.
fn main_element(draft: &Draft<'_, '_>) -> Option<u32> {
    let elements = &draft.document.elements;
    let mut weight = vec![0u64; elements.len()];
    for at in 0..draft.states.len() {
        let block = &draft.document.blocks[at];
        if !draft.is_open(at) || !(draft.shapes[at].is_prose() || block.kind == BlockKind::Code) {
            continue;
        }
        let links = u64::from(block.link_bytes) * 1000 / (draft.text(at).len() as u64).max(1);
        let mut share = draft.shapes[at].chars as u64 * (1000 - links.min(1000));
        let mut element = block.element;
        while let Some(e) = element {
            weight[e as usize] += share;
            share = share * PASSED_ON / 100;
            element = elements[e as usize].parent;
        }
    }
    let best = weight
        .iter()
        .enumerate()
        .max_by_key(|&(e, w)| (*w, std::cmp::Reverse(e)))?;
    (*best.1 > 0).then_some(best.0 as u32)
}

fn within(draft: &Draft<'_, '_>, at: usize, main: u32) -> bool {
    let mut element = draft.document.blocks[at].element;
    while let Some(e) = element {
        if e == main {
            return true;
        }
        element = draft.document.elements[e as usize].parent;
    }
    false
}

/// The page's first-level heading stands above the main element more often than in it.
fn is_title(draft: &Draft<'_, '_>, at: usize, main: u32) -> bool {
    let block = &draft.document.blocks[at];
    let first = (0..draft.states.len()).find(|&at| within(draft, at, main));
    block.kind == BlockKind::Heading && block.level == 1 && first.is_some_and(|first| at < first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html;

    fn kept(page: &str) -> Vec<String> {
        let document = html::segment(page);
        let mut draft = Draft::new(&document);
        run(&mut draft);
        let stays = (0..draft.states.len()).filter(|&at| draft.stays(at));
        stays.map(|at| draft.text(at).trim().to_owned()).collect()
    }

    #[test]
    fn the_article_stays_and_the_frame_goes() {
        let prose = "The harbour has been closed since Monday, the port authority said. ".repeat(3);
        let page = format!(
            "<body><nav><a href=/>Home</a></nav><h1>Harbour closed</h1><div><div><p>{prose}</p>\
             <p>{prose}</p><p><a href=/x>Another story</a></p></div><aside><p>{prose}</p></aside>\
             </div><footer><p>Imprint</p></footer>"
        );
        let prose = prose.trim();
        assert_eq!(kept(&page), ["Harbour closed", prose, prose]);
    }

    #[test]
    fn a_page_wrapped_in_a_form_is_still_read() {
        let prose = "The harbour has been closed since Monday, the port authority said. ".repeat(3);
        let page = format!("<form><div><p>{prose}</p></div><input></form>");
        assert_eq!(kept(&page), [prose.trim()]);
    }
}
