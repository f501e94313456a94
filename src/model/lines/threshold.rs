//! From what score on a line stays: the threshold of a page, and that of a paragraph in it.

/// Between what a threshold may lie, in thousandths, and what a paragraph's part of the page does to
/// its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// The least threshold.
    pub least: i32,
    /// The greatest threshold.
    pub most: i32,
    /// The greatest threshold for a line as long as a paragraph, whose loss is worse.
    pub paragraph: i32,
    /// The share of a page, in ten-thousandths of what is expected to stay, at which the threshold
    /// of a paragraph is half that of a line.
    pub share: i32,
}

/// The thresholds of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    limits: Limits,
    /// How much log-odds say too much, in thousandths as a factor of the odds.
    excess: i64,
    /// The chance from which on a line is worth to be kept, in millionths.
    wanted: i64,
    /// What is expected to stay: the sum of the chances of all lines times their sizes.
    expected: i64,
}

/// Chances are in millionths here.
const WHOLE: i64 = 1_000_000;

impl Threshold {
    /// The threshold of a page whose lines of `sizes[score]` characters have that score (0 to 1000),
    /// which means so large a chance, in thousandths.
    ///
    /// With exact chances for all lines, the expected F1 of a selection is best when all lines stay
    /// whose chance is at least half of that F1 (Lipton et al. 2014, "Optimal thresholding of
    /// classifiers to maximize F1 measure"). Where little is expected, chances are less exact and
    /// too low, hence a power of it (1.75, measured on the development pages).
    pub(super) fn new(sizes: &[i64], chances: &[i64], excess: i32, limits: Limits) -> Self {
        let scored = || sizes.iter().zip(chances);
        let expected: i64 = scored().map(|(size, chance)| size * chance).sum();
        let (mut best, mut right, mut kept) = (0, 0, 0);
        for (&size, chance) in scored().rev() {
            right += chance * size;
            kept += size * 1000;
            best = best.max(2 * right * WHOLE / (kept + expected).max(1));
        }
        let root = (best * WHOLE).isqrt();
        let power = best * root / WHOLE * (root * WHOLE).isqrt() / WHOLE;
        Self {
            limits,
            excess: excess.into(),
            wanted: power / 2,
            expected: expected / 1000,
        }
    }

    /// The least score with which a line stays, in thousandths.
    pub fn of_line(&self) -> i32 {
        self.score(self.wanted)
    }

    /// The same for a line as long as a paragraph.
    ///
    /// A paragraph that is lost counts as one, however long it is, while what it does to F1 goes
    /// with its part of the page. Both together are best served by a threshold that falls with
    /// that part: `wanted · size / (size + share · expected)`.
    pub fn of_paragraph(&self, chars: usize) -> i32 {
        let size = chars as i64 * 10_000;
        let weight = size + i64::from(self.limits.share) * self.expected;
        self.score(self.wanted * size / weight.max(1))
            .min(self.limits.paragraph)
    }

    /// The score of a chance in millionths, within the limits.
    fn score(&self, chance: i64) -> i32 {
        let odds = chance * self.excess;
        let score = odds * 1000 / (odds + (WHOLE - chance) * 1000).max(1);
        (score as i32).clamp(self.limits.least, self.limits.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        least: 0,
        most: 1000,
        paragraph: 1000,
        share: 100,
    };

    /// The threshold of a page of lines with a score and a size.
    fn page(lines: &[(usize, i64)]) -> Threshold {
        let mut sizes = [0; 1001];
        for (score, size) in lines {
            sizes[*score] += size;
        }
        let chances: Vec<i64> = (0..=1000).collect();
        Threshold::new(&sizes, &chances, 1000, LIMITS)
    }

    #[test]
    fn a_line_must_reach_half_of_a_power_of_what_the_page_lets_expect() {
        let sure = page(&[(1000, 500), (0, 100)]);
        assert_eq!(sure.of_line(), 500);
        // All lines kept, F1 is expected to be 2 · 500 / (1000 + 500) = 2/3.
        let unsure = page(&[(500, 1000)]);
        let power = (2.0_f64 / 3.0).powf(1.75) / 2.0 * 1000.0;
        assert_eq!(unsure.of_line(), power as i32);
        assert_eq!(page(&[]).of_line(), 0);
    }

    #[test]
    fn a_paragraph_stays_the_easier_the_less_of_the_page_it_is() {
        let page = page(&[(1000, 10_000)]);
        // A hundredth of the page: half.
        assert_eq!(page.of_paragraph(100), 250);
        assert_eq!(page.of_paragraph(10_000), 495);
        assert!(page.of_paragraph(10) < page.of_paragraph(11));
    }

    #[test]
    fn limits_hold() {
        let page = Threshold {
            limits: Limits {
                least: 300,
                most: 400,
                paragraph: 350,
                share: 0,
            },
            ..page(&[(1000, 100)])
        };
        assert_eq!((page.of_line(), page.of_paragraph(90)), (400, 350));
        let poor = Threshold { wanted: 0, ..page };
        assert_eq!((poor.of_line(), poor.of_paragraph(90)), (300, 300));
    }
}
