//! The main-content model of pages: two ensembles over the features of blocks.

use std::sync::{Arc, OnceLock};

use super::{Ensemble, Reader, broken};
use crate::error::Error;

/// The name in provenance.
pub const NAME: &str = "page-blocks";
/// What the weights begin with.
const MAGIC: &[u8] = b"lavoir-blocks-1\n";
/// Entries of the table of the logistic function.
const CURVE: usize = 257;
/// Scores (thousandths of log-odds) per entry of the table.
const STEP: i32 = 62;

/// Weights of the model. The card `models/blocks.md` says how they were made.
#[derive(Debug, Clone)]
pub struct BlockModel {
    /// Own features → score.
    pub first: Ensemble,
    /// Own features and the scores around → score; absent in weights of one level.
    pub second: Option<Ensemble>,
    /// The columns that the ensembles ask for.
    asked: Arc<[bool]>,
    /// The logistic function in thousandths, its middle at a score of 0.
    curve: [u16; CURVE],
    hash: Arc<str>,
}

impl BlockModel {
    /// The weights that come with lavoir.
    ///
    /// # Errors
    /// Only if they are broken, which the tests rule out.
    pub fn builtin() -> Result<Arc<Self>, Error> {
        static MODEL: OnceLock<Arc<BlockModel>> = OnceLock::new();
        if let Some(model) = MODEL.get() {
            return Ok(model.clone());
        }
        let model = Arc::new(Self::read(include_bytes!("../../models/blocks.bin"))?);
        Ok(MODEL.get_or_init(|| model).clone())
    }

    /// Reads weights: magic, curve (u16 × 257), number of levels (u16), the ensembles.
    ///
    /// # Errors
    /// The bytes are no weights of this kind.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or_else(|| broken("another program wrote it"))?;
        let mut reader = Reader(rest);
        let mut curve = [0; CURVE];
        for value in &mut curve {
            *value = reader.u16()?;
        }
        let levels = reader.u16()?;
        let first = Ensemble::read(&mut reader)?;
        let second = match levels {
            1 => None,
            _ => Some(Ensemble::read(&mut reader)?),
        };
        let asked = Ensemble::columns_asked(std::iter::once(&first).chain(&second));
        let mut hash = crate::provenance::sha256(bytes);
        hash.truncate(16);
        Ok(Self {
            first,
            second,
            asked,
            curve,
            hash: hash.into(),
        })
    }

    /// Which columns the ensembles ask for; the others need not be made.
    pub fn asked(&self) -> &Arc<[bool]> {
        &self.asked
    }

    /// 1, or 2 when there is a second ensemble.
    pub fn levels(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }

    /// First 16 hex digits of the SHA-256 of the weights.
    pub fn hash(&self) -> &Arc<str> {
        &self.hash
    }

    /// A score as a probability, in thousandths.
    pub fn probability(&self, score: i32) -> i32 {
        let middle = CURVE as i32 / 2;
        let at = (score.saturating_add(STEP * middle) / STEP).clamp(0, CURVE as i32 - 1);
        self.curve.get(at as usize).copied().map_or(0, i32::from)
    }
}
