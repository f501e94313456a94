//! The tree → blocks, as a reader sees the page.

use super::lex::Range32;
use super::walk::Walk;
use super::{meta, order, state, tree};
use crate::document::{Document, Extras, Span};

/// Cuts a decoded page into blocks. Bytes beyond 4 GiB are not looked at.
pub fn segment(text: &str) -> Document<'_> {
    segment_with(text, Extras::default())
}

/// The same with the addresses of links and pictures as found values, where `extras` asks.
pub fn segment_with(text: &str, extras: Extras) -> Document<'_> {
    let arena = tree::parse(text);
    let mut walk = Walk::new(text, &arena);
    walk.document.reserve(text.len());
    walk.run();
    let mut document = walk.document;
    state::find(text, &arena, &mut document);
    order::ascend(&mut document);
    meta::find(text, &arena, &mut document);
    meta::addresses(text, &arena, extras, &mut document);
    order::sort_edits(&mut document);
    document
}

/// A range as a span of the document.
pub(super) fn span(range: Range32) -> Span {
    Span::new(range.start as usize, range.end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Marks;
    use crate::html::tags::Tag;

    fn blocks(page: &str) -> Vec<String> {
        let document = segment(page);
        let show = |block: &crate::document::Block| {
            let text = document
                .text_of(block)
                .split([' ', '\n'])
                .collect::<Vec<_>>();
            let text = text
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>();
            format!("{}{} {}", block.kind.name(), block.level, text.join(" "))
        };
        document.blocks.iter().map(show).collect()
    }

    #[test]
    fn kinds_and_levels() {
        let page = "<h2>Head</h2><p>Text <b>bold</b>, more<ul><li>one<li><p>two</p><p>more</p>\
                    <ol><li>deep</ol></ul><dl><dt>t<dd>d</dl><blockquote><p>q</blockquote>\
                    <figure><img><figcaption>cap</figcaption></figure><pre>a\n  b</pre>";
        let wanted = [
            "heading2 Head",
            "paragraph0 Text bold, more",
            "list-item1 one",
            "list-item1 two",
            "paragraph0 more",
            "list-item2 deep",
            "list-item1 t",
            "list-item1 d",
            "quote0 q",
            "caption0 cap",
            "code0 a b",
        ];
        assert_eq!(blocks(page), wanted);
    }

    #[test]
    fn tables_of_data_are_rows_and_tables_of_layout_are_not() {
        let data = "<table><caption>C</caption><tr><th>a<th>b<tr><td>1<td><p>2</p><p>x</p></table>";
        assert_eq!(
            blocks(data),
            ["caption0 C", "table-row0 a | b", "table-row0 1 | 2 x"]
        );
        let empty = "<table><tr><th>a<th>b<th>c<tr><td>1<td><td>3</table>";
        assert_eq!(
            blocks(empty),
            ["table-row0 a | b | c", "table-row0 1 | | 3"]
        );
        let at_first = "<table><tr><td><th>a<th>b<tr><td> <td><td>3</table>";
        assert_eq!(blocks(at_first), ["table-row0 | a | b", "table-row0 | | 3"]);
        let shows_nothing =
            "<p>a&amp;b<table><tr><th>a<th>b<tr><td><td>&nbsp;<tr><td>1<td>2</table>";
        assert_eq!(
            blocks(shows_nothing),
            ["paragraph0 a&b", "table-row0 a | b", "table-row0 1 | 2"]
        );
        assert_eq!(segment(shows_nothing).edits.len(), 3);
        let layout = "<table role=presentation><tr><td>a<td>b</table><table><tr><td><p>c</table>";
        assert_eq!(
            blocks(layout),
            ["paragraph0 a", "paragraph0 b", "paragraph0 c"]
        );
    }

    #[test]
    fn words_stay_apart_and_together() {
        let cases = [
            ("<p>a<b>b</b>c", "ab c".replace(' ', "")),
            ("<p>a <b> b</b>\n c", "a b c".into()),
            ("<a>one</a><a>two</a>", "one two".into()),
            ("<span>Read</span><span>More</span>", "Read More".into()),
            ("<p>x<img>y", "x y".into()),
            ("<p>x<wbr>y<sup>2</sup>", "xy2".into()),
            ("<button>a</button><button>b</button>", "a b".into()),
            (
                "<p>caf&eacute;&nbsp;noir &lt;b&gt;",
                "café\u{a0}noir <b>".into(),
            ),
            ("<p>日本\n  語 x\n y", "日本語 x y".into()),
            ("<p>a<!-- c --><script>x</script>b", "ab".into()),
        ];
        for (page, wanted) in cases {
            assert_eq!(blocks(page), [format!("paragraph0 {wanted}")], "{page}");
        }
    }

    #[test]
    fn breaks_are_lines_and_two_part_paragraphs() {
        let document = segment("<p>a<br>b<br/> <br>c<br>");
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert_eq!(texts, ["a\u{2028}b", "c"]);
    }

    #[test]
    fn what_is_not_shown_is_marked_or_left_out() {
        let page = "<head><title>t</title></head><p>a <span hidden>no</span>b</p>\
                    <div style='color:red; DISPLAY : none'>h1</div><div aria-hidden=true>h2</div>\
                    <nav>n</nav><template>t</template><svg><text>s</text></svg><p>z";
        let document = segment(page);
        let marks = document
            .blocks
            .iter()
            .map(|block| (document.text_of(block), block.marks));
        let wanted = [
            ("a b", Marks::default()),
            ("h1", Marks::HIDDEN),
            ("h2", Marks::HIDDEN),
            ("n", Marks::NAV),
            ("z", Marks::default()),
        ];
        assert_eq!(marks.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_shadow_root_is_shown() {
        let page = "<x-card><template shadowrootmode=open><style>p{}</style><p>a</p><p>b <slot>\
                    </slot></p></template>c</x-card><template><p>no</template><p>d";
        assert_eq!(
            blocks(page),
            [
                "paragraph0 a",
                "paragraph0 b",
                "paragraph0 c",
                "paragraph0 d"
            ]
        );
        let open = "<div><template shadowrootmode=closed></template></div><p>e";
        assert_eq!(blocks(open), ["paragraph0 e"]);
    }

    #[test]
    fn noscript_is_a_page_inside() {
        let page = "<main><noscript><div class=x><p>in</p></div></noscript><p>a<noscript><img>\
                    </noscript>b</p></main>";
        let document = segment(page);
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert_eq!(texts, ["in", "ab"]);
        assert!(
            document.blocks[0]
                .marks
                .has(Marks::NOSCRIPT.with(Marks::MAIN))
        );
        let element = document.blocks[0]
            .element
            .and_then(|at| document.elements.get(at as usize));
        assert_eq!(element.map(|element| element.tag), Some(Tag::P));
    }

    #[test]
    fn blocks_know_the_elements_around_them() {
        let page = "<body><div id=m class='post body'><p>a</p></div>";
        let document = segment(page);
        let block = &document.blocks[0];
        let p = document.elements[block.element.unwrap() as usize];
        let div = document.elements[p.parent.unwrap() as usize];
        assert_eq!((p.tag, div.tag), (Tag::P, Tag::Div));
        assert_eq!((div.class.of(page), div.id.of(page)), ("post body", "m"));
        assert_eq!(div.start.of(page), "<div id=m class='post body'>");
        assert_eq!(div.depth + 1, p.depth);
    }

    #[test]
    fn text_moved_before_a_table_stays_in_page_order() {
        let document = segment("<p>x</p><table><tr><td>cell</td></tr>late</table><p>y");
        let texts: Vec<&str> = document
            .blocks
            .iter()
            .map(|b| document.text_of(b))
            .collect();
        assert_eq!(texts, ["x", "cell", "late", "y"]);
    }
}
