//! A value for each document, where most have none.

/// A value for each document, most often the default: it costs nothing where none has another.
#[derive(Debug, Default)]
pub(super) struct Column<T>(Vec<T>);

impl<T: Copy + Default + PartialEq> Column<T> {
    /// Sets the value of the document `index`, the last one so far.
    pub fn set(&mut self, index: usize, value: T) {
        if value != T::default() {
            self.0.resize(index, T::default());
            self.0.push(value);
        }
    }

    /// The value of a document.
    pub fn get(&self, index: usize) -> T {
        self.0.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_their_documents() {
        let mut column = Column::default();
        for (index, value) in [0, 0, 7, 0, 5, 0].into_iter().enumerate() {
            column.set(index, value);
        }
        let values: Vec<u32> = (0..8).map(|index| column.get(index)).collect();
        assert_eq!(values, [0, 0, 7, 0, 5, 0, 0, 0]);
        assert_eq!(column.0.len(), 5);
    }
}
