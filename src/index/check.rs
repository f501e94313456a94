//! Whether the parts of an index agree.

use redb::{ReadableDatabase, ReadableTable, ReadableTableMetadata};

use super::record::parse;
use super::{DIGESTS, DOCUMENTS, IDS, Index, POSTINGS, fail, segments};
use crate::error::Result;

impl Index {
    /// Checks the file and that its parts agree: every document is found by its id, its hash is
    /// known, its text can be read, and postings ascend and name documents. Returns what is wrong.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn check(&mut self) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        let sound = self
            .db
            .check_integrity()
            .map_err(|error| fail(&self.path, error))?;
        if !sound {
            findings.push("the file was not closed in order; it was repaired".to_owned());
        }
        self.check_parts(&mut findings)
            .map_err(|error| fail(&self.path, error))?;
        Ok(findings)
    }

    fn check_parts(&self, findings: &mut Vec<String>) -> std::result::Result<(), redb::Error> {
        let read = self.db.begin_read()?;
        let documents = read.open_table(DOCUMENTS)?;
        let (ids, digests) = (read.open_table(IDS)?, read.open_table(DIGESTS)?);
        let mut expected = 0;
        for row in documents.iter()? {
            let (number, record) = row?;
            let number = number.value();
            if number != expected {
                findings.push(format!("document {expected} is missing"));
            }
            expected = number + 1;
            let (head, text) = match parse(record.value()) {
                Ok(parsed) => parsed,
                Err(error) => {
                    findings.push(format!("document {number} cannot be read: {error}"));
                    continue;
                }
            };
            if text.len() != head.bytes {
                findings.push(format!("{}: its text has another length", head.id));
            }
            if ids.get(&*head.id)?.map(|found| found.value()) != Some(number) {
                findings.push(format!("{}: is not found by its id", head.id));
            }
            let digest = u128::from(head.digest[0]) << 64 | u128::from(head.digest[1]);
            if digests.get(digest)?.is_none() {
                findings.push(format!("{}: is not found by its hash", head.id));
            }
        }
        if ids.len()? != u64::from(expected) {
            findings.push(format!("{} ids for {expected} documents", ids.len()?));
        }
        let (mut last, mut rows) = (None, 0_u64);
        segments::merge(&read.open_table(POSTINGS)?, |shingle, document| {
            if last >= Some((shingle, document)) {
                findings.push("postings are out of order".to_owned());
            }
            if document >= expected {
                findings.push(format!(
                    "a posting names document {document}, which is missing"
                ));
            }
            last = Some((shingle, document));
            rows += 1;
            Ok(())
        })?;
        if rows != self.meta("postings")? {
            findings.push(format!("{rows} postings, not {}", self.meta("postings")?));
        }
        Ok(())
    }
}
