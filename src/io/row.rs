//! A row of a table or a JSON object, as far as lavoir looks at it, and the record it makes.

use std::borrow::Cow;

use super::options::{Fields, ReadLimits};
use super::whole::too_large;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Form, Hints, Record};

/// The fields of one row.
pub(super) struct Row<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) url: Option<Cow<'a, str>>,
    pub(super) body: Cow<'a, [u8]>,
    /// The form that the field's name stands for.
    pub(super) form: Option<Form>,
    /// Whether the container says that the body is UTF-8.
    pub(super) decoded: bool,
}

impl Row<'_> {
    /// The record of a row: the `number`-th row or line (from 1) of `name`.
    ///
    /// # Errors
    /// The body is longer than the limit.
    pub(super) fn record(
        self,
        name: &str,
        number: u64,
        limits: ReadLimits,
    ) -> Result<Record<'static>> {
        let id = match self.id.filter(|id| !id.is_empty()) {
            Some(id) => id.into_owned(),
            None => format!("{name}:{number}"),
        };
        if self.body.len() > limits.record_bytes {
            return Err(too_large(limits).in_record(id));
        }
        Ok(Record {
            id,
            bytes: self.body.into_owned().into(),
            hints: Hints {
                path: Some(name.to_owned()),
                record: Some(number.to_string()),
                url: self.url.map(Cow::into_owned),
                form: self.form,
                decoded: self.decoded,
                ..Hints::default()
            },
        })
    }
}

/// Which columns of a table say what, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) id: Option<usize>,
    pub(super) url: Option<usize>,
    /// Columns that hold the document, best first.
    pub(super) bodies: Vec<(usize, Option<Form>)>,
}

impl Columns {
    /// Finds the columns by their names.
    ///
    /// # Errors
    /// No column holds a document, or one that the options name is not there.
    pub(super) fn find<'n>(names: impl Iterator<Item = &'n str>, fields: &Fields) -> Result<Self> {
        let names: Vec<&str> = names.collect();
        let column = |wanted: &str| names.iter().position(|name| *name == wanted);
        let bodies = fields.bodies().into_iter();
        let bodies: Vec<_> = bodies
            .filter_map(|(name, form)| Some((column(name)?, form)))
            .collect();
        let named = [&fields.id, &fields.url].into_iter().flatten();
        let missing = named.into_iter().find(|name| column(name).is_none());
        if let Some(missing) = missing {
            let remedy = format!("its columns are {}", listed(&names));
            let cause = format!("the table has no column {missing:?}");
            return Err(Error::new(ErrorKind::Usage, cause, remedy));
        }
        if bodies.is_empty() {
            let mut error = fields.no_body();
            error.remedy = format!("{}; there are {}", error.remedy, listed(&names));
            return Err(error);
        }
        Ok(Self {
            id: column(fields.id()),
            url: column(fields.url()),
            bodies,
        })
    }
}

/// Names for a message; not all of them where they are many.
fn listed(names: &[&str]) -> String {
    const CHARS: usize = 200;
    let all = names.join(", ");
    match all.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{} …", &all[..end]),
        None => all,
    }
}
