//! Which weights judge which page.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;

use lavoir::model::blocks::BlockModel;

/// What is made of weights, by the ids of the pages that they judge; `""` stands for all others.
pub struct Folds<T> {
    paths: BTreeMap<String, String>,
    made: HashMap<String, T>,
}

impl<T> Folds<T> {
    /// Reads a JSON object of ids and files of weights, and each of these once.
    pub fn read<E: Into<Box<dyn Error>>>(
        path: &str,
        make: impl Fn(BlockModel) -> Result<T, E>,
    ) -> Result<Self, Box<dyn Error>> {
        let paths = std::fs::read_to_string(path)?;
        let paths: BTreeMap<String, String> = serde_json::from_str(&paths)?;
        let mut made = HashMap::new();
        for path in paths.values() {
            if !made.contains_key(path) {
                let model = BlockModel::read(&std::fs::read(path)?)?;
                made.insert(path.clone(), make(model).map_err(Into::into)?);
            }
        }
        Ok(Self { paths, made })
    }

    /// What judges a page.
    pub fn of(&self, id: &str) -> Option<&T> {
        let path = self.paths.get(id).or_else(|| self.paths.get(""));
        path.and_then(|path| self.made.get(path))
    }
}
