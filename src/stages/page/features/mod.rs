//! The features of the first level: the block itself and where it stands. One file holds the
//! features that look at one thing; their order here is the order of the columns.

mod around;
mod block;
mod containers;
mod elements;
mod position;
mod sections;
mod whole;

use std::sync::Arc;

pub use self::containers::below;
use super::facts::Facts;
use super::hints;
use super::scale::logs;
use crate::model::Columns;
use crate::stages::draft::Draft;

/// A table of features that knows their names.
#[derive(Debug)]
pub struct Table {
    /// The values.
    pub columns: Columns,
    /// A name per column.
    pub names: Vec<&'static str>,
}

impl Table {
    /// An empty table for `rows` blocks.
    pub fn new(rows: usize) -> Self {
        Self {
            columns: Columns::new(rows, 320),
            names: Vec::with_capacity(320),
        }
    }

    /// An empty table for `rows` blocks that leaves out the columns that nobody asks for.
    pub fn only(rows: usize, asked: &Arc<[bool]>) -> Self {
        Self {
            columns: Columns::only(rows, asked),
            names: Vec::with_capacity(320),
        }
    }

    /// Adds a feature.
    pub fn push(&mut self, name: &'static str, value: impl FnMut(usize) -> i32) {
        self.names.push(name);
        self.columns.push(value);
    }

    /// Adds a feature that is made of one thing per block.
    pub fn push_each<T>(&mut self, name: &'static str, of: &[T], value: impl FnMut(&T) -> i32) {
        self.names.push(name);
        self.columns.push_each(of, value);
    }

    /// Adds a feature of the values of the blocks one after the other.
    pub fn push_all(&mut self, name: &'static str, values: impl Iterator<Item = i32>) {
        self.names.push(name);
        self.columns.push_all(values);
    }

    /// The same of their logarithms.
    pub fn push_logs(&mut self, name: &'static str, values: impl Iterator<Item = i32>) {
        self.names.push(name);
        self.columns.push_through(values, logs);
    }

    /// Adds the feature that `values` are, of the block `off` blocks behind (before, where `off` is
    /// negative); `outside` where there is none.
    pub fn push_shifted(&mut self, name: &'static str, values: &[i16], off: isize, outside: i16) {
        self.names.push(name);
        self.columns.push_shifted(values, off, outside);
    }

    /// Adds a feature of the page: the same for all blocks.
    pub fn push_same(&mut self, name: &'static str, value: i32) {
        self.names.push(name);
        self.columns.push_same(value);
    }
}

/// Fills the table.
pub fn first_level(draft: &Draft<'_, '_>, facts: &Facts, table: &mut Table) {
    block::push(draft, facts, table);
    elements::push(facts, table);
    containers::push(facts, table);
    position::push(draft, facts, table);
    sections::push(draft, facts, table);
    around::push(draft, facts, table);
    whole::push(draft, facts, table);
    hints::push(draft, facts, table);
}
