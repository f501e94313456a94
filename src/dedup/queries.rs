//! About which shingles a document asks who else has them, and whom it is told of.

use super::candidates::Mine;
use super::shingles::Shared;

/// How many of its rarest shared shingles a document asks about.
const QUERIES: usize = 32;
/// A shingle of more documents proposes only neighbours, so that a family of n copies costs n
/// pairs and not n².
const CROWD: usize = 48;
/// A document stops asking when it was told of so many others.
const ANSWERS: usize = 384;
/// No fewer than a document is told of: the last shingle may pass the bound.
pub(super) const TOUCHED: usize = 512;

/// What a document asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ask {
    /// The count of the shingle in the upper bits, its name in the lower ones.
    rarity: u64,
    /// Where its documents begin among the postings, see [`Mine`].
    pub place: u32,
}

impl Ask {
    #[inline]
    fn new(mine: &Mine) -> Self {
        Self {
            rarity: mine.shared.rotate_right(Shared::COUNT_BITS),
            place: mine.place,
        }
    }

    /// The shingle.
    #[inline]
    pub fn shared(self) -> Shared {
        Shared(self.rarity.rotate_left(Shared::COUNT_BITS))
    }
}

/// Which documents ask about what: their rarest shared shingles, equally rare ones by their hash.
pub(super) fn queries<'q>(shared: &[Mine], room: &'q mut Vec<Ask>) -> &'q [Ask] {
    room.clear();
    room.extend(shared.iter().map(Ask::new));
    let most = room.len().min(QUERIES);
    if room.len() > QUERIES {
        room.select_nth_unstable(QUERIES);
    }
    let rarest = &mut room[..most];
    rarest.sort_unstable();
    let mut answers = 0;
    let asks = rarest.iter().take_while(|ask| {
        let asks = answers < ANSWERS;
        answers += answers_of(ask.shared().count() as usize);
        asks
    });
    let count = asks.count();
    &rarest[..count]
}

/// How many documents a shingle of `count` documents proposes.
const fn answers_of(count: usize) -> usize {
    if count <= CROWD { count } else { 3 }
}

/// Calls `vote` with the documents that a shingle of these `holders`, ascending, proposes to `doc`.
#[inline]
pub(super) fn answer(holders: &[u32], doc: u32, vote: impl FnMut(u32)) {
    if holders.len() <= CROWD {
        holders.iter().copied().for_each(vote);
        return;
    }
    let at = holders.partition_point(|&holder| holder < doc);
    let before = at.checked_sub(1).and_then(|at| holders.get(at));
    let near = [holders.first(), before, holders.get(at + 1)];
    near.into_iter().flatten().copied().for_each(vote);
}
