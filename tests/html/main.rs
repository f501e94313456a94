//! HTML: the lexer against html5lib's tests, the tree against `scraper`, blocks against their
//! invariants, and pages made to be slow.

mod adversarial;
mod differential;
mod properties;
mod tokenizer;
mod vocabulary;
