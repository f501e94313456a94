//! Prints the blocks of a page: `blocks FILE`.
fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let document = lavoir::html::segment(&text);
    for block in &document.blocks {
        println!(
            "{}{} {:x} {} {:?}",
            block.kind.name(),
            block.level,
            block.marks.0,
            block.link_bytes,
            document.text_of(block)
        );
    }
    for found in &document.found {
        println!(
            "{:?} {} {:?}",
            found.field,
            found.rule,
            found.span.of(&text)
        );
    }
}
