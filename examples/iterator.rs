//! An iterator adapter: `.cleaned(&cleaner)` on whatever yields records.
//!
//! `cargo run --example iterator`

use std::error::Error;

use lavoir::decode::Undecodable;
use lavoir::{Cleaned, Cleaner, Record};

/// Cleans the records of an iterator as they are asked for.
struct CleanedRecords<'c, I> {
    records: I,
    cleaner: &'c Cleaner,
}

impl<'r, I: Iterator<Item = Record<'r>>> Iterator for CleanedRecords<'_, I> {
    type Item = Result<Cleaned, Undecodable>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        Some(self.cleaner.clean(&record))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.records.size_hint()
    }
}

/// Adds [`cleaned`](CleanExt::cleaned) to every iterator of records.
trait CleanExt<'r>: Iterator<Item = Record<'r>> + Sized {
    /// The cleaned records, lazily and in order.
    fn cleaned(self, cleaner: &Cleaner) -> CleanedRecords<'_, Self> {
        CleanedRecords {
            records: self,
            cleaner,
        }
    }
}

impl<'r, I: Iterator<Item = Record<'r>>> CleanExt<'r> for I {}

pub fn main() -> Result<(), Box<dyn Error>> {
    let pages = [
        (
            "tide",
            "Publicité\n\nLa mer est venue la nuit\n\nÀ Port-Aubin, l'eau est montée mardi jusqu'aux \
             marches de l'église. Personne n'a été blessé, ont indiqué les pompiers.",
        ),
        (
            "orchard",
            "The last orchard of Pell Green\n\nThe apples are picked by hand, and most of them go \
             to a press in the next valley. What is left feeds the pigs, says the owner.\n\nShare",
        ),
    ];
    let cleaner = Cleaner::new()?;
    let texts: Vec<String> = pages
        .iter()
        .map(|(id, text)| Record::text(*id, text))
        .cleaned(&cleaner)
        .map(|result| result.map(|cleaned| cleaned.article.text))
        .collect::<Result<_, _>>()?;
    assert_eq!(texts.len(), 2);
    assert!(
        texts[0].starts_with("La mer est venue la nuit\n\nÀ Port-Aubin"),
        "{}",
        texts[0]
    );
    assert!(
        texts[1].ends_with("feeds the pigs, says the owner."),
        "{}",
        texts[1]
    );
    Ok(())
}
