use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::dedup::Earlier;

fn addition(n: u32) -> Addition {
    Addition {
        id: format!("d{n}"),
        digest: u128::from(n) << 70 | 7,
        address: Some(u64::from(n)),
        text: format!("text number {n}\n"),
        shingles: (0..5000).map(|i| u64::from(i * 7 + n) << 20).collect(),
        lines: (0..4500_u64).map(|i| i << 30).collect(),
        speaks: n.is_multiple_of(2),
        stays: true,
    }
}

fn postings(index: &Index) -> Vec<(u64, u32)> {
    let mut all = Vec::new();
    index
        .postings(&mut |shingle, document| {
            all.push((shingle, document));
            Ok(())
        })
        .unwrap();
    all
}

fn lines(index: &Index) -> BTreeMap<u64, (u64, u64)> {
    let mut all = BTreeMap::<u64, (u64, u64)>::new();
    index
        .lines(&mut |seen| {
            let (pages, speaking) = all.entry(seen.key).or_default();
            *pages += seen.pages;
            *speaking += seen.speaking;
            Ok(())
        })
        .unwrap();
    all
}

#[test]
fn documents_are_found_and_compacting_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seen.index");
    let mut index = Index::open_or_create(&path).unwrap();
    assert_eq!(index.add((0..3).map(|n| Ok(addition(n)))).unwrap(), 3);
    // A document that is known is not added again.
    assert_eq!(index.add((2..5).map(|n| Ok(addition(n)))).unwrap(), 2);
    assert_eq!(
        index.document(4).unwrap(),
        ("d4".into(), "text number 4\n".into())
    );
    assert_eq!(index.by_digest(addition(3).digest).unwrap(), Some(3));
    assert_eq!(index.by_digest(1).unwrap(), None);
    assert_eq!(index.by_address(2).unwrap(), Some(2));
    let lines = lines(&index);
    assert_eq!(lines.len(), 4500);
    assert_eq!(lines.values().collect::<BTreeSet<_>>(), [&(5, 3)].into());
    let before = postings(&index);
    assert_eq!(before.len(), 25_000);
    assert!(before.is_sorted());
    assert_eq!(
        (
            index.info().unwrap().segments,
            index.info().unwrap().documents
        ),
        (2, 5)
    );
    assert_eq!(index.check().unwrap(), Vec::<String>::new());
    index.compact().unwrap();
    assert_eq!(index.info().unwrap().segments, 1);
    assert_eq!(postings(&index), before);
    assert_eq!(self::lines(&index), lines);
    assert_eq!(index.check().unwrap(), Vec::<String>::new());
    drop(index);
    assert_eq!(postings(&Index::open(&path).unwrap()), before);
}

#[test]
fn what_fails_half_way_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seen.index");
    let mut index = Index::open_or_create(&path).unwrap();
    index.add([Ok(addition(0))]).unwrap();
    let broken = [Ok(addition(1)), Err(io::Error::other("the disk is gone"))];
    assert!(index.add(broken).is_err());
    assert_eq!(index.info().unwrap().documents, 1);
    assert_eq!(index.check().unwrap(), Vec::<String>::new());
}

#[test]
fn another_version_and_another_file_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seen.index");
    let index = Index::open_or_create(&path).unwrap();
    index
        .write(|write| {
            write.open_table(META)?.insert("version", 9)?;
            Ok(())
        })
        .unwrap();
    drop(index);
    let error = Index::open(&path).unwrap_err();
    assert!(error.to_string().contains("version 9"), "{error}");
    let text = dir.path().join("text");
    std::fs::write(&text, "no index").unwrap();
    assert!(Index::open(&text).is_err());
    assert!(Index::open(&dir.path().join("none")).is_err());
}

#[test]
fn a_document_that_went_is_counted_once_and_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = Index::open_or_create(&dir.path().join("seen.index")).unwrap();
    let went = || Addition {
        stays: false,
        ..addition(7)
    };
    assert_eq!(index.add([Ok(addition(0)), Ok(went())]).unwrap(), 1);
    assert_eq!(index.add([Ok(went())]).unwrap(), 0);
    let counts = |index: &Index| lines(index).into_values().collect::<BTreeSet<_>>();
    assert_eq!(counts(&index), [(2, 1)].into());
    assert!(index.is_counted("d7").unwrap() && index.is_counted("d0").unwrap());
    assert!(!index.is_counted("d1").unwrap());
    assert_eq!(index.by_id("d7").unwrap(), None);
    assert_eq!(index.info().unwrap().documents, 1);
    // It stays after all, as another run has it: its lines are counted already.
    assert_eq!(index.add([Ok(addition(7))]).unwrap(), 1);
    assert_eq!(counts(&index), [(2, 1)].into());
    index.compact().unwrap();
    assert_eq!(counts(&index), [(2, 1)].into());
    assert_eq!(index.check().unwrap(), Vec::<String>::new());
}
