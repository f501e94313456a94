//! Which records of a corpus are taken: a sample, the first so many.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::ordered::Read;

/// Which records are taken; the sample first, then the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// So many of a million records, chosen by the hash of their ids: the same ones in every run
    /// and on every machine. Records that cannot be read are chosen by their place.
    pub sample: Option<u32>,
    /// At most so many records, the first ones in input order.
    pub limit: Option<u64>,
}

impl Selection {
    /// Whether the sample holds this record.
    pub(super) fn samples(&self, record: &Read<'_>) -> bool {
        let Some(millionths) = self.sample else {
            return true;
        };
        let hash = match record {
            Ok(record) => xxh3_64(record.id.as_bytes()),
            Err(error) => match &error.record {
                Some(id) => xxh3_64(id.as_bytes()),
                None => {
                    let path = error.path.as_deref().unwrap_or_default();
                    xxh3_64(format!("{path}:{}", error.line.unwrap_or(0)).as_bytes())
                }
            },
        };
        // The upper half of the product is the hash scaled to a million.
        (u128::from(hash) * 1_000_000) >> 64 < u128::from(millionths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn a_sample_has_its_share_and_a_larger_one_holds_it() {
        let sample = |millionths| -> Vec<u32> {
            let selection = Selection {
                sample: Some(millionths),
                limit: None,
            };
            let taken = |n: &u32| selection.samples(&Ok(Record::text(format!("doc-{n}"), "")));
            (0..20_000).filter(taken).collect()
        };
        let (small, large) = (sample(50_000), sample(200_000));
        assert!((900..1100).contains(&small.len()), "{}", small.len());
        assert!((3800..4200).contains(&large.len()), "{}", large.len());
        assert!(small.iter().all(|n| large.contains(n)));
        assert_eq!((sample(0).len(), sample(1_000_000).len()), (0, 20_000));
    }
}
