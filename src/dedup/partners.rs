//! Partners of documents: with which others each is aligned.

/// For each document its partners, the most promising first.
#[derive(Debug)]
pub(super) struct Partners {
    starts: Vec<u32>,
    others: Vec<u32>,
}

impl Partners {
    /// Of no documents yet.
    pub fn new() -> Self {
        Self {
            starts: vec![0],
            others: Vec::new(),
        }
    }

    /// The partner of `doc` in this round.
    pub fn get(&self, doc: u32, round: usize) -> Option<u32> {
        self.of(doc).get(round).copied()
    }

    fn of(&self, doc: u32) -> &[u32] {
        let at = doc as usize;
        let (Some(&from), Some(&to)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return &[];
        };
        self.others
            .get(from as usize..to as usize)
            .unwrap_or_default()
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Adds the partners of the next document.
    pub fn push(&mut self, partners: &[u32]) {
        self.others.extend_from_slice(partners);
        self.starts.push(self.others.len() as u32);
    }
}

#[cfg(test)]
impl FromIterator<Vec<u32>> for Partners {
    fn from_iter<I: IntoIterator<Item = Vec<u32>>>(iter: I) -> Self {
        let mut partners = Self::new();
        iter.into_iter().for_each(|others| partners.push(&others));
        partners
    }
}
