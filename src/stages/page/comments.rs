//! Comments of readers, kept apart on request: they go to metadata.

use super::words::Words;
use crate::decision::{Action, Field, Reason, Stage};
use crate::document::{About, BlockKind};
use crate::stages::draft::{Draft, Verdict};

/// The group of terms that names comments, in [`GROUPS`](super::words::GROUPS).
const GROUP: &str = "comment";
/// Fewest characters, white space left out, of a comment: shorter lines are names and buttons.
const MIN_CHARS: usize = 20;
/// Most link text of a comment, in percent.
const MAX_LINK: usize = 50;

/// Lifts what stands in an element named for comments: what the main-content decision removed,
/// and on a page that calls itself an article also what it kept.
pub fn run(draft: &mut Draft<'_, '_>) {
    let inside = comment_elements(draft);
    let apart = is_article(&draft.document.about);
    for at in 0..draft.states.len() {
        let block = &draft.document.blocks[at];
        let within = block.element.and_then(|at| inside.get(at as usize));
        let control = block.kind == BlockKind::Heading || draft.shapes[at].chars < MIN_CHARS;
        let links = block.link_bytes as usize * 100 >= draft.text(at).len() * MAX_LINK;
        if within != Some(&true) || control || links || !draft.states[at].parts.is_empty() {
            continue;
        }
        let removed =
            |verdict: &Verdict| verdict.stage == Stage::Content && verdict.action == Action::Drop;
        let takes = draft.states[at].verdict.as_ref().map_or(apart, removed);
        if takes {
            draft.states[at].verdict = Some(Verdict {
                action: Action::Lift,
                kind: "comment".into(),
                field: Some(Field::Comment),
                stage: Stage::Content,
                reason: Reason::rule("comments/element"),
            });
        }
    }
}

/// Per element whether it or one around it is named for comments.
fn comment_elements(draft: &Draft<'_, '_>) -> Vec<bool> {
    let group = super::words::GROUPS
        .iter()
        .position(|(name, _)| *name == GROUP);
    let Some(group) = group else {
        return Vec::new();
    };
    let words = Words::get();
    let text = draft.document.text;
    let mut inside: Vec<bool> = Vec::with_capacity(draft.document.elements.len());
    for element in &draft.document.elements {
        let around = element
            .parent
            .and_then(|at| inside.get(at as usize))
            .copied();
        let names = [element.class, element.id, element.label];
        let named = |span: &crate::document::Span| words.of(span.of(text)) >> group & 1 == 1;
        inside.push(around.unwrap_or(false) || names.iter().any(named));
    }
    inside
}

/// Whether Open Graph or JSON-LD says that the page is an article and not a talk.
fn is_article(about: &About) -> bool {
    let talk = about.types >> 2 & 1 == 1;
    (about.og_type == 1 || about.types & 1 == 1) && !talk
}

#[cfg(test)]
mod tests {
    use crate::document::Extras;
    use crate::rules::RulePack;
    use crate::{CleanConfig, Cleaned, Cleaner, Record};

    fn clean(extras: Extras) -> (Cleaned, String) {
        let prose = "The ferry will run again from Monday, the council said on Friday. ".repeat(4);
        let page = format!(
            "<meta property=og:type content=article><title>The ferry is back</title><nav><a \
             href=/home>Home</a></nav><article><h1>The ferry is back</h1><p>{prose}</p><p>See <a \
             href='/plan?a=1&amp;b=2'>the plan</a>. {prose}<img src=/slip.jpg></p></article><div \
             class=comments-list><div class=comment><p>About time too, I have walked round the \
             bay for two years now.</p><a href=/reply>Reply</a></div></div><footer><a \
             href=/imprint>Imprint</a><img src=/logo.png></footer>"
        );
        let config = CleanConfig {
            extras,
            ..CleanConfig::default()
        };
        let cleaner = Cleaner::with(config, &RulePack::builtin().unwrap()).unwrap();
        (cleaner.clean(&Record::html("a", &page)).unwrap(), page)
    }

    #[test]
    fn comments_links_and_pictures_come_on_request_and_replay() {
        let all = Extras {
            comments: true,
            links: true,
            images: true,
        };
        let (with, page) = clean(all);
        let (without, _) = clean(Extras::default());
        assert_eq!(with.article.text, without.article.text);
        let metadata = &with.article.metadata;
        assert_eq!(metadata.links, ["/plan?a=1&b=2"]);
        assert_eq!(metadata.pictures, ["/slip.jpg"]);
        assert_eq!(metadata.comments.len(), 1, "{:?}", metadata.comments);
        assert!(metadata.comments[0].starts_with("About time too"));
        let plain = &without.article.metadata;
        assert!(plain.links.is_empty() && plain.pictures.is_empty() && plain.comments.is_empty());
        with.provenance.conserves(&page).unwrap();
        let again = with.provenance.replay(page.as_bytes()).unwrap();
        assert_eq!(again.metadata.links, metadata.links);
        assert_eq!(again.text, with.article.text);
    }
}
