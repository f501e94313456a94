//! TEMPORARY
/// x
pub fn segment(text: &str) -> crate::document::Document<'_> { crate::plain::segment(text) }
